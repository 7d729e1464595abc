// Configs: a plain struct with defaults, and one list of its fields. Flags, YAML, help text and the saved copy all
// come from that list.
//
//   struct Options { int size = 256; std::string out; std::vector<std::string> passes = {"img"}; };
//   FieldList FieldsOf(Options* o) {
//     FieldList fields;
//     fields.Add("size", &o->size, "width and height of the pictures").Range(1, 8192).Unit("pixels");
//     fields.Add("passes", &o->passes, "what to draw").Choices({"img", "id", "depth"});
//     return fields;
//   }
//
// A list points into its struct, which must outlive it. Keys are lower_case; the flag of `img_format` is
// `--img-format`, and Set accepts either spelling. Every error is a usage Error that names the key, the value and what
// is expected.
//
// Text of values: booleans on/off (also true/false, yes/no, 1/0, in any case); lists comma-separated; `none` is the
// empty list or the absent optional value. Numbers are written with the fewest digits that read back equal; nan and inf
// are refused.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace figment::base {

struct Field {
  enum class Kind {
    kBool,
    kInteger,
    kNumber,
    kText,
    kList,    // comma-separated texts; a sequence in YAML and JSON
    kParsed,  // text with a syntax of its own; YAML sequences and mappings are given to it as flow text: "[1, 2]"
  };

  std::string key;
  std::string help;
  Kind kind = Kind::kText;
  bool optional = false;             // `none` is a value
  std::string expected;              // "an integer"
  std::string unit;
  std::string default_text;          // the value when the field was added
  std::vector<std::string> choices;  // of the value, or of each item of a list; empty = anything
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  std::function<bool(const std::string&)> parse;  // assigns and returns true, or returns false
  std::function<std::string()> get;

  // Restrictions, in the style `fields.Add(...).Range(0, 1).Unit("m")`.
  Field& Choices(std::vector<std::string> valid);
  Field& Range(double smallest, double largest);  // inclusive
  Field& AtLeast(double smallest);
  Field& Unit(std::string name);

  void Set(const std::string& text) const;  // throws Error; the value is unchanged then
  std::string Flag() const;           // "--img-format"
  std::string Expected() const;       // "an integer from 1 to 8192 (pixels)", "one of jpg, png"
  std::string HelpText() const;       // "width and height of the pictures (pixels, from 1 to 8192)"
};

class FieldList {
 public:
  // Adds a field. The reference is valid until the next Add.
  Field& Add(std::string key, bool* value, std::string help);
  Field& Add(std::string key, int* value, std::string help);
  Field& Add(std::string key, int64_t* value, std::string help);
  Field& Add(std::string key, uint64_t* value, std::string help);
  Field& Add(std::string key, double* value, std::string help);
  Field& Add(std::string key, std::string* value, std::string help);
  Field& Add(std::string key, std::optional<int>* value, std::string help);
  Field& Add(std::string key, std::optional<double>* value, std::string help);
  Field& Add(std::string key, std::vector<std::string>* value, std::string help);

  template <class Enum>
  Field& AddEnum(std::string key, Enum* value, std::vector<std::pair<std::string, Enum>> names, std::string help);

  // A value of any type: `parse` assigns it and returns true, or returns false and leaves it; `expected` says what is
  // valid.
  Field& AddParsed(std::string key, std::function<bool(const std::string&)> parse, std::function<std::string()> get,
                   std::string expected, std::string help);

  // Adds all fields of another list, which may point into another struct.
  void Append(const FieldList& other);

  void Set(std::string_view key, const std::string& text);
  // A flat YAML mapping from keys to values. Errors open with "source_name:line: ".
  void SetFromYaml(const std::string& yaml, const std::string& source_name);

  std::string ToYaml() const;  // one "key: value" a field under its help as a comment; SetFromYaml reads it back
  std::string ToJson() const;  // one JSON object on one line, in field order

  const std::vector<Field>& fields() const { return fields_; }
  const Field& Find(std::string_view key) const;  // throws Error with the nearest key

 private:
  Field& Push(Field field);
  std::vector<Field> fields_;
};

template <class Enum>
Field& FieldList::AddEnum(std::string key, Enum* value, std::vector<std::pair<std::string, Enum>> names,
                          std::string help) {
  std::vector<std::string> choices;
  for (const auto& [name, unused] : names) choices.push_back(name);
  const auto parse = [value, names](const std::string& text) {
    for (const auto& [name, meaning] : names)
      if (name == text) return *value = meaning, true;
    return false;
  };
  const auto get = [value, names] {
    for (const auto& [name, meaning] : names)
      if (meaning == *value) return name;
    return std::string();
  };
  Field field{.key = std::move(key), .help = std::move(help), .parse = parse, .get = get};
  return Push(std::move(field)).Choices(std::move(choices));
}

}  // namespace figment::base
