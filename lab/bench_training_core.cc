#include "base/error.h"
#include "lab/bench_training.h"

namespace figment::lab {

base::Table BenchTraining() {
  throw base::Error("`figment bench training` needs the full build, which has torch: scripts/setup.sh --full && "
                    "cmake --preset full && cmake --build --preset full");
}

}  // namespace figment::lab
