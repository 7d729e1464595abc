// Without GLFW: everything else of the viewer is there.
#include "base/error.h"
#include "lab/viewer.h"

namespace figment::lab {

void RunViewer(Viewable, const ViewerOptions&) {
  throw base::Error("this build has no window: install GLFW's headers (libglfw3-dev; scripts/setup.sh does) and build "
                    "again");
}

std::string ViewerVersion() { return "not in this build (libglfw3-dev)"; }

}  // namespace figment::lab
