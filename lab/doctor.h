// What the machine offers Figment: EGL devices, libraries and their versions, and what is missing with the line that
// installs it.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace figment::lab {

// {"figment", "machine": {...}, "devices": [...], "renderer": {...}, "libraries": {...}, "problems": [{what, fix}],
//  "notes": [...]}. "problems" is empty where everything a user needs works.
nlohmann::ordered_json Examine();

// The same as lines for people.
std::string ToText(const nlohmann::ordered_json& report);

}  // namespace figment::lab
