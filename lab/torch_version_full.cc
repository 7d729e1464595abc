#include "agents/torch_version.h"
#include "lab/torch_version.h"

namespace figment::lab {

std::string TorchVersion() { return agents::TorchVersion(); }

}  // namespace figment::lab
