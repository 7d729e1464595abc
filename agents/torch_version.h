// Which torch this program runs with.
#pragma once

#include <string>

namespace figment::agents {

std::string TorchVersion();  // "2.13.0"

}  // namespace figment::agents
