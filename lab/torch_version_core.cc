#include "lab/torch_version.h"

namespace figment::lab {

std::string TorchVersion() { return {}; }

}  // namespace figment::lab
