// The defaults that a controller changes, over those of KnownArguments().
#pragma once

#include <map>
#include <string>
#include <vector>

#include "physion/arguments.h"

namespace figment::physion {

// Tables of name -> text to be laid over the common defaults, in order; empty for dominoes.
std::vector<const std::map<std::string, std::string>*> ControllerDefaults(const std::string& controller);

}  // namespace figment::physion
