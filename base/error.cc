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

// "maze" of "maze_forage", "touch" of "two_touch".
bool HasWordThatBegins(std::string_view choice, std::string_view value) {
  const auto is_part_of_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  for (size_t i = 0; i + value.size() <= choice.size(); ++i)
    if ((i == 0 || !is_part_of_word(choice[i - 1])) && EditDistance(choice.substr(i, value.size()), value) == 0)
      return true;
  return false;
}

}  // namespace

std::string NearestChoice(std::string_view value, std::span<const std::string> choices) {
  const auto rank = [&](const std::string& choice) {
    return std::pair(!HasWordThatBegins(choice, value), EditDistance(value, choice));
  };
  const auto nearest = std::min_element(choices.begin(), choices.end(),
                                        [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
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
