#include "files/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/error.h"

namespace figment::files {
namespace {

std::vector<std::string> Fields(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') fields.back() += line[++i];
    else if (c == '"') quoted = !quoted;
    else if (c == ',' && !quoted) fields.emplace_back();
    else fields.back() += c;
  }
  return fields;
}

}  // namespace

CsvTable::CsvTable(std::string_view text, std::string source) : source_(std::move(source)) {
  int number = 0;
  while (!text.empty()) {
    ++number;
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (number == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);  // a byte order mark
    if (line.empty()) continue;
    std::vector<std::string> fields = Fields(line);
    if (columns_.empty()) {
      columns_ = std::move(fields);
      continue;
    }
    if (fields.size() != columns_.size())
      throw base::Error(source_ + ":" + std::to_string(number) + ": " + std::to_string(fields.size()) +
                        " fields where the first line names " + std::to_string(columns_.size()) + " columns");
    rows_.push_back(std::move(fields));
    lines_.push_back(number);
  }
  if (columns_.empty()) throw base::Error(source_ + " is empty: a line of column names was expected");
}

bool CsvTable::Has(const std::string& column) const {
  return std::find(columns_.begin(), columns_.end(), column) != columns_.end();
}

void CsvTable::Require(const std::vector<std::string>& columns) const {
  std::string missing;
  for (const std::string& column : columns)
    if (!Has(column)) missing += (missing.empty() ? "" : ", ") + column;
  if (!missing.empty()) throw base::Error(source_ + " lacks the column(s) " + missing);
}

size_t CsvTable::IndexOf(const std::string& column) const {
  const auto found = std::find(columns_.begin(), columns_.end(), column);
  if (found == columns_.end()) throw base::Error(source_ + " lacks the column " + column);
  return static_cast<size_t>(found - columns_.begin());
}

const std::string& CsvTable::Text(size_t row, const std::string& column) const { return rows_[row][IndexOf(column)]; }

std::optional<double> CsvTable::Number(size_t row, const std::string& column) const {
  const std::string& text = Text(row, column);
  if (text.empty()) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    throw base::Error(source_ + ":" + std::to_string(lines_[row]) + ": " + column + " is '" + text +
                      "', expected a number");
  return value;
}

}  // namespace figment::files
