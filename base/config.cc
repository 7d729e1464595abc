#include "base/config.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <set>
#include <type_traits>

#include "base/check.h"
#include "base/error.h"
#include "base/names.h"
#include "base/text.h"

namespace figment::base {
namespace {

constexpr char kNone[] = "none";

template <class T>
std::optional<T> ParseNumber(const std::string& text) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(static_cast<double>(value))) return std::nullopt;
  return value;
}

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::optional<bool> ParseBool(const std::string& text) {
  const std::string lower = Lower(text);
  for (const char* yes : {"on", "true", "yes", "1"})
    if (lower == yes) return true;
  for (const char* no : {"off", "false", "no", "0"})
    if (lower == no) return false;
  return std::nullopt;
}

template <class T>
std::string NumberText(T value) {
  char buffer[32];
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof(buffer), value).ptr);
}

std::vector<std::string> SplitList(const std::string& text) {
  std::vector<std::string> items;
  if (text.empty() || text == kNone) return items;
  for (const std::string& part : SplitAt(text, ',')) {
    size_t first = 0, last = part.size();
    while (first < last && part[first] == ' ') ++first;
    while (last > first && part[last - 1] == ' ') --last;
    items.push_back(part.substr(first, last - first));
  }
  return items;
}

std::string JoinList(const std::vector<std::string>& items, const char* separator) {
  std::string text;
  for (size_t i = 0; i < items.size(); ++i) text += (i ? separator : "") + items[i];
  return text;
}

template <class T>
Field NumberField(T* value) {
  constexpr bool is_integer = std::is_integral_v<T>;
  return {.kind = is_integer ? Field::Kind::kInteger : Field::Kind::kNumber,
          .expected = is_integer ? "an integer" : "a number",
          .minimum = static_cast<double>(std::numeric_limits<T>::lowest()),
          .maximum = static_cast<double>(std::numeric_limits<T>::max()),
          .parse = [value](const std::string& text) {
            const std::optional<T> number = ParseNumber<T>(text);
            if (number) *value = *number;
            return number.has_value();
          },
          .get = [value] { return NumberText(*value); }};
}

template <class T>
Field OptionalField(std::optional<T>* value) {
  Field field = NumberField<T>(nullptr);
  field.optional = true;
  field.parse = [value](const std::string& text) {
    const std::optional<T> number = ParseNumber<T>(text);
    if (number || text == kNone) *value = number;
    return number || text == kNone;
  };
  field.get = [value] { return value->has_value() ? NumberText(**value) : kNone; };
  return field;
}

// A double-quoted string is the same in JSON and YAML.
std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (byte < 0x20) {
      constexpr char kHex[] = "0123456789abcdef";
      quoted += std::string("\\u00") + kHex[byte >> 4] + kHex[byte & 15];
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

// Plain where no YAML reader can take it for anything else.
std::string YamlText(const std::string& text) {
  const auto is_letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
  const std::string lower = Lower(text);
  const bool is_word_of_yaml = lower == "null" || lower == "y" || lower == "n" || ParseBool(text);
  const bool plain = !text.empty() && is_letter(text[0]) && !is_word_of_yaml &&
                     std::all_of(text.begin(), text.end(), [&](char c) {
                       return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '/';
                     });
  return plain ? text : Quoted(text);
}

std::string YamlValue(const Field& field) {
  const std::string text = field.get();
  if (field.kind == Field::Kind::kText || field.kind == Field::Kind::kParsed) return YamlText(text);
  if (field.kind != Field::Kind::kList) return text;
  std::vector<std::string> items = SplitList(text);
  for (std::string& item : items) item = YamlText(item);
  return "[" + JoinList(items, ", ") + "]";
}

std::string JsonValue(const Field& field) {
  const std::string text = field.get();
  if (field.kind == Field::Kind::kBool) return text == "on" ? "true" : "false";
  if (field.kind == Field::Kind::kText || field.kind == Field::Kind::kParsed) return Quoted(text);
  if (field.kind != Field::Kind::kList) return text == kNone ? "null" : text;
  std::vector<std::string> items = SplitList(text);
  for (std::string& item : items) item = Quoted(item);
  return "[" + JoinList(items, ", ") + "]";
}

// The text of a YAML value as Field::Set takes it; throws an Error without place.
std::string TextOf(const YAML::Node& node, const Field& field) {
  const auto refuse = [&](const char* what) {
    return UsageError(field.key + " is " + what + ": expected " + field.Expected());
  };
  if (node.IsScalar()) return node.Scalar();
  if (node.IsNull()) {
    if (field.optional) return kNone;
    throw refuse("empty");
  }
  if (field.kind == Field::Kind::kParsed) {
    YAML::Emitter flow;
    flow << YAML::Flow << node;
    return flow.c_str();
  }
  if (!node.IsSequence()) throw refuse("a mapping");
  if (field.kind != Field::Kind::kList) throw refuse("a list");
  std::vector<std::string> items;
  for (const YAML::Node& item : node) {
    if (!item.IsScalar()) throw refuse("a list of lists");
    items.push_back(item.Scalar());
  }
  return JoinList(items, ",");
}

std::string Normalised(std::string_view key) {
  std::string normalised(key);
  std::replace(normalised.begin(), normalised.end(), '-', '_');
  return normalised;
}

YAML::Node LoadYaml(const std::string& yaml, const std::string& source_name) {
  // YAML forbids tabs only where they indent, and parsers disagree on what that is; we need none anywhere.
  const size_t tab = yaml.find('\t');
  if (tab != std::string::npos) {
    const auto line = 1 + std::count(yaml.begin(), yaml.begin() + static_cast<std::ptrdiff_t>(tab), '\n');
    throw UsageError(source_name + ":" + std::to_string(line) + ": there is a tab: use spaces");
  }
  try {
    return YAML::Load(yaml);
  } catch (const YAML::Exception& error) {
    throw UsageError(source_name + ":" + std::to_string(error.mark.line + 1) + ": not valid YAML: " + error.msg);
  }
}

}  // namespace

Field& Field::Choices(std::vector<std::string> valid) {
  choices = std::move(valid);
  return *this;
}

Field& Field::Range(double smallest, double largest) {
  minimum = smallest;
  maximum = largest;
  return *this;
}

Field& Field::AtLeast(double smallest) { return Range(smallest, maximum); }

Field& Field::Unit(std::string name) {
  unit = std::move(name);
  return *this;
}

void Field::Set(const std::string& text) const {
  const std::vector<std::string> items = kind == Kind::kList ? SplitList(text) : std::vector{text};
  if (!choices.empty())
    for (const std::string& item : items) RequireName(key, item, choices);

  // Range: integers of 64 bits may round here, which moves no bound that is itself a double.
  const bool is_number = kind == Kind::kInteger || kind == Kind::kNumber;
  const std::optional<double> number = is_number ? ParseNumber<double>(text) : std::nullopt;
  const bool in_range = !number || (*number >= minimum && *number <= maximum);
  if (!in_range || !parse(text)) throw UsageError(key + " is '" + text + "': expected " + Expected());
}

std::string Field::Flag() const {
  std::string flag = "--" + key;
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

// "from 1 to 64", "at least 1", or nothing.
static std::string RangeText(const Field& field) {
  // Bounds beyond any sensible request are those of the type: not worth a word.
  constexpr double kUnbounded = 2e9;
  const bool has_minimum = field.minimum > -kUnbounded, has_maximum = field.maximum < kUnbounded;
  if (has_minimum && has_maximum) return "from " + NumberText(field.minimum) + " to " + NumberText(field.maximum);
  if (has_minimum) return "at least " + NumberText(field.minimum);
  if (has_maximum) return "at most " + NumberText(field.maximum);
  return "";
}

std::string Field::Expected() const {
  if (!choices.empty()) return (kind == Kind::kList ? "some of " : "one of ") + JoinList(choices, ", ");
  std::string text = expected;
  if (const std::string range = RangeText(*this); !range.empty()) text += " " + range;
  if (!unit.empty()) text += " (" + unit + ")";
  return text + (optional ? " or none" : "");
}

std::string Field::HelpText() const {
  std::vector<std::string> notes;
  if (!unit.empty()) notes.push_back(unit);
  if (const std::string range = RangeText(*this); !range.empty()) notes.push_back(range);
  if (!choices.empty()) notes.push_back(JoinList(choices, "|"));
  return notes.empty() ? help : help + " (" + JoinList(notes, ", ") + ")";
}

Field& FieldList::Push(Field field) {
  for (const Field& other : fields_) CHECK_NE(other.key, field.key);
  field.default_text = field.get();
  fields_.push_back(std::move(field));
  return fields_.back();
}

static Field Named(Field field, std::string key, std::string help) {
  field.key = std::move(key);
  field.help = std::move(help);
  return field;
}

Field& FieldList::Add(std::string key, bool* value, std::string help) {
  const auto parse = [value](const std::string& text) {
    const std::optional<bool> parsed = ParseBool(text);
    if (parsed) *value = *parsed;
    return parsed.has_value();
  };
  const auto get = [value] { return std::string(*value ? "on" : "off"); };
  return Push({.key = std::move(key), .help = std::move(help), .kind = Field::Kind::kBool, .expected = "on or off",
               .parse = parse, .get = get});
}

Field& FieldList::Add(std::string key, int* value, std::string help) {
  return Push(Named(NumberField(value), std::move(key), std::move(help)));
}

Field& FieldList::Add(std::string key, int64_t* value, std::string help) {
  return Push(Named(NumberField(value), std::move(key), std::move(help)));
}

Field& FieldList::Add(std::string key, uint64_t* value, std::string help) {
  return Push(Named(NumberField(value), std::move(key), std::move(help)));
}

Field& FieldList::Add(std::string key, double* value, std::string help) {
  return Push(Named(NumberField(value), std::move(key), std::move(help)));
}

Field& FieldList::Add(std::string key, std::optional<int>* value, std::string help) {
  return Push(Named(OptionalField(value), std::move(key), std::move(help)));
}

Field& FieldList::Add(std::string key, std::optional<double>* value, std::string help) {
  return Push(Named(OptionalField(value), std::move(key), std::move(help)));
}

Field& FieldList::Add(std::string key, std::string* value, std::string help) {
  return Push({.key = std::move(key), .help = std::move(help), .expected = "a text",
               .parse = [value](const std::string& text) { return *value = text, true; },
               .get = [value] { return *value; }});
}

Field& FieldList::Add(std::string key, std::vector<std::string>* value, std::string help) {
  return Push({.key = std::move(key), .help = std::move(help), .kind = Field::Kind::kList, .optional = true,
               .expected = "a comma-separated list",
               .parse = [value](const std::string& text) { return *value = SplitList(text), true; },
               .get = [value] { return value->empty() ? kNone : JoinList(*value, ","); }});
}

Field& FieldList::AddParsed(std::string key, std::function<bool(const std::string&)> parse,
                            std::function<std::string()> get, std::string expected, std::string help) {
  return Push({.key = std::move(key), .help = std::move(help), .kind = Field::Kind::kParsed,
               .expected = std::move(expected), .parse = std::move(parse), .get = std::move(get)});
}

void FieldList::Append(const FieldList& other) {
  for (const Field& field : other.fields_) Push(field);
}

const Field& FieldList::Find(std::string_view key) const {
  std::vector<std::string> keys;
  for (const Field& field : fields_) {
    if (field.key == Normalised(key)) return field;
    keys.push_back(field.key);
  }
  throw UnknownName("key", key, keys);
}

void FieldList::Set(std::string_view key, const std::string& text) { Find(key).Set(text); }

void FieldList::SetFromYaml(const std::string& yaml, const std::string& source_name) {
  const YAML::Node root = LoadYaml(yaml, source_name);
  if (root.IsNull()) return;
  if (!root.IsMap()) throw UsageError(source_name + ":1: expected lines of the form 'key: value'");
  std::set<std::string> seen;
  for (const auto& entry : root) {
    const std::string place = source_name + ":" + std::to_string(entry.first.Mark().line + 1) + ": ";
    if (!entry.first.IsScalar()) throw UsageError(place + "expected 'key: value'");
    const std::string key = Normalised(entry.first.Scalar());
    try {
      if (!seen.insert(key).second) throw UsageError("key '" + key + "' is given twice");
      const Field& field = Find(key);
      field.Set(TextOf(entry.second, field));
    } catch (const Error& error) {
      throw UsageError(place + error.what());
    }
  }
}

std::string FieldList::ToYaml() const {
  std::string yaml;
  for (const Field& field : fields_)
    yaml += "# " + field.HelpText() + "\n" + field.key + ": " + YamlValue(field) + "\n";
  return yaml;
}

std::string FieldList::ToJson() const {
  std::vector<std::string> entries;
  for (const Field& field : fields_) entries.push_back(Quoted(field.key) + ": " + JsonValue(field));
  return "{" + JoinList(entries, ", ") + "}";
}

}  // namespace figment::base
