// Comma-separated tables (RFC 4180): a line of column names, then rows of texts. Quoted fields may hold commas and
// doubled quotes, not line ends.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace figment::files {

class CsvTable {
 public:
  // Throws base::Error "source:line: ..." if a row has another number of fields than there are columns, and if there is
  // no line of column names. Empty lines are passed over.
  CsvTable(std::string_view text, std::string source);

  size_t rows() const { return rows_.size(); }
  const std::string& source() const { return source_; }

  // Throw base::Error naming the column, and the source and line of a value that is no number.
  const std::string& Text(size_t row, const std::string& column) const;
  std::optional<double> Number(size_t row, const std::string& column) const;  // an empty field has none
  bool Has(const std::string& column) const;
  void Require(const std::vector<std::string>& columns) const;                // names every column that is missing

 private:
  size_t IndexOf(const std::string& column) const;

  std::string source_;
  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> rows_;
  std::vector<int> lines_;  // of the rows
};

}  // namespace figment::files
