// Text in parts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace figment::base {

// What stands between the separators, empty parts too; one part if there is no separator.
inline std::vector<std::string> SplitAt(std::string_view text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text)
    if (c == separator) parts.emplace_back();
    else parts.back().push_back(c);
  return parts;
}

}  // namespace figment::base
