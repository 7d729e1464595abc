// Things that are found by their name: entries of a table, each with a member `name` or as a pair (name, value), and
// plain lists of names. What is not found is an UnknownName.
#pragma once

#include <algorithm>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace figment::base {

template <class Entry>
const auto& NameOfEntry(const Entry& entry) {
  if constexpr (requires { entry.name; }) return entry.name;
  else return entry.first;
}

// The names of a table's entries, in its order.
template <std::ranges::input_range Table>
std::vector<std::string> NamesOf(const Table& table) {
  std::vector<std::string> names;
  for (const auto& entry : table) names.emplace_back(base::NameOfEntry(entry));
  return names;
}

// The first entry of that name, or null. The table must live as long as the entry is used.
template <std::ranges::input_range Table>
auto FindNamedOrNull(std::string_view name, const Table& table) -> decltype(&*std::ranges::begin(table)) {
  for (const auto& entry : table)
    if (base::NameOfEntry(entry) == name) return &entry;
  return nullptr;
}

// The same; throws UnknownName(what, name, ..., list_at_most).
template <std::ranges::input_range Table>
const auto& FindNamed(std::string_view what, std::string_view name, const Table& table, int list_at_most = 30) {
  if (const auto* const entry = FindNamedOrNull(name, table)) return *entry;
  throw UnknownName(what, name, NamesOf(table), list_at_most);
}

// Throws UnknownName if the name is none of the choices.
inline void RequireName(std::string_view what, std::string_view name, std::span<const std::string> choices) {
  if (std::ranges::find(choices, name) == choices.end()) throw UnknownName(what, name, choices);
}

}  // namespace figment::base
