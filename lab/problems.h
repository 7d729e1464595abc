// The problems that a report on the machine lists: {what, fix}.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace figment::lab {

// An error as a problem. Errors of drawing say how to mend them; `fix` is for those that do not.
nlohmann::ordered_json ProblemOf(const base::Error& error, const std::string& fix);

// Two lines for people for each.
std::string ProblemsToText(const nlohmann::ordered_json& problems);

}  // namespace figment::lab
