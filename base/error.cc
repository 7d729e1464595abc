#include "base/error.h"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

namespace figment::base {
namespace {

char Lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

// Levenshtein distance over lower-cased characters.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substituted = diagonal + (Lower(a[i - 1]) == Lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

}  // namespace

// A choice of which `value` is the beginning is nearer than any other.
std::string NearestChoice(std::string_view value, std::span<const std::string> choices) {
  const auto distance = [value](const std::string& choice) {
    const bool is_beginning = value.size() > 2 && EditDistance(value, std::string_view(choice).substr(0, value.size())) == 0;
    return std::pair(!is_beginning, EditDistance(value, choice));
  };
  const auto nearest = std::min_element(choices.begin(), choices.end(), [&](const auto& a, const auto& b) {
    return distance(a) < distance(b);
  });
  return nearest == choices.end() ? std::string() : *nearest;
}

Error UnknownName(std::string_view what, std::string_view value, std::span<const std::string> choices,
                  int list_at_most) {
  std::string message = "unknown " + std::string(what) + " '" + std::string(value) + "'";
  if (choices.empty()) return UsageError(message + ": there are none");
  message += ": did you mean '" + NearestChoice(value, choices) + "'? Valid: ";
  const size_t listed = std::min(choices.size(), static_cast<size_t>(list_at_most));
  for (size_t i = 0; i < listed; ++i) message += (i ? ", " : "") + choices[i];
  if (listed < choices.size()) message += " and " + std::to_string(choices.size() - listed) + " more";
  return UsageError(message);
}

}  // namespace figment::base
