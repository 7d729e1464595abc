#include "agents/torch_version.h"

#include <ATen/Version.h>
#include <torch/version.h>

#include "base/check.h"

namespace figment::agents {

std::string TorchVersion() {
  // Asks the library too, so that a program linked with it does not start without it.
  CHECK(!at::show_config().empty());
  return TORCH_VERSION;
}

}  // namespace figment::agents
