// The torch this program was built with.
#pragma once

#include <string>

namespace figment::lab {

// "2.13.0"; empty in a program of the preset `core`, which knows no torch.
std::string TorchVersion();

}  // namespace figment::lab
