// A table of results: printed aligned for people, or as JSON for programs.
#pragma once

#include <string>
#include <variant>
#include <vector>

namespace figment::base {

// One cell: a number keeps its value for JSON and is printed with `digits` decimals; monostate prints as "-".
struct Cell {
  Cell() = default;
  Cell(std::string text) : value(std::move(text)) {}
  Cell(const char* text) : value(std::string(text)) {}
  Cell(int number) : value(static_cast<double>(number)) {}
  Cell(double number, int decimals) : value(number), digits(decimals) {}

  std::string Text() const;
  std::variant<std::monostate, std::string, double> value;
  int digits = 0;
};

struct Table {
  std::string title;                 // optional line above
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;
  std::vector<std::string> notes;    // lines below: machine, versions, settings
};

// Columns aligned, texts to the left and numbers to the right.
std::string ToText(const Table& table);
// {"title": ..., "rows": [{column: value, ...}], "notes": [...]}
std::string ToJson(const Table& table);

}  // namespace figment::base
