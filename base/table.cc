#include "base/table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/check.h"

namespace figment::base {
namespace {

std::string Quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') out += "\\n";
    else if (static_cast<unsigned char>(c) >= 0x20) out += c;
  }
  return out + "\"";
}

std::string JsonOf(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell.value)) return Quoted(*text);
  const auto* number = std::get_if<double>(&cell.value);
  if (!number || !std::isfinite(*number)) return "null";
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%.*g", 10, *number);
  return buffer;
}

std::string ListOf(const std::vector<std::string>& items) {
  std::string out = "[";
  for (size_t i = 0; i < items.size(); ++i) out += (i ? ", " : "") + items[i];
  return out + "]";
}

}  // namespace

std::string Cell::Text() const {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  const auto* number = std::get_if<double>(&value);
  if (!number || !std::isfinite(*number)) return "-";
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.*f", digits, *number);
  return buffer;
}

std::string ToText(const Table& table) {
  std::vector<size_t> widths;
  for (const std::string& column : table.columns) widths.push_back(column.size());
  for (const auto& row : table.rows) {
    CHECK_EQ(row.size(), table.columns.size());
    for (size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].Text().size());
  }
  const auto is_text = [&](size_t c) {
    return std::any_of(table.rows.begin(), table.rows.end(),
                       [&](const auto& row) { return std::holds_alternative<std::string>(row[c].value); });
  };
  std::string out = table.title.empty() ? "" : table.title + "\n";
  const auto add_row = [&](const auto& text_of) {
    std::string line;
    for (size_t c = 0; c < widths.size(); ++c) {
      const std::string text = text_of(c);
      const std::string padding(widths[c] - std::min(widths[c], text.size()), ' ');
      line += (c ? "  " : "") + (is_text(c) ? text + padding : padding + text);
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    out += line + "\n";
  };
  add_row([&](size_t c) { return table.columns[c]; });
  for (const auto& row : table.rows) add_row([&](size_t c) { return row[c].Text(); });
  for (const std::string& note : table.notes) out += note + "\n";
  return out;
}

std::string ToJson(const Table& table) {
  std::vector<std::string> rows, notes;
  for (const auto& row : table.rows) {
    std::string object = "{";
    for (size_t c = 0; c < row.size(); ++c)
      object += (c ? ", " : "") + Quoted(table.columns[c]) + ": " + JsonOf(row[c]);
    rows.push_back(object + "}");
  }
  for (const std::string& note : table.notes) notes.push_back(Quoted(note));
  return "{\"title\": " + Quoted(table.title) + ", \"rows\": " + ListOf(rows) + ", \"notes\": " + ListOf(notes) + "}";
}

}  // namespace figment::base
