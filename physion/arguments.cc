#include "physion/arguments.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>

#include "base/check.h"
#include "base/error.h"
#include "base/names.h"
#include "base/text.h"
#include "physion/argument_table.h"
#include "physion/scenario.h"

namespace figment::physion {
namespace {

constexpr int kDeepestInclude = 16;  // an argument file that includes itself would never end

std::string Stripped(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::vector<std::string> ControllerNames() { return base::NamesOf(Scenarios()); }

bool IsNone(const std::string& text) { return Stripped(text) == "None"; }

// --- Literals: numbers, [lists], (tuples), a,b,c and {'x':..} dictionaries, nested.

struct Literal {
  enum Kind { kNumber, kList, kDictionary } kind = kNumber;
  double number = 0;
  std::vector<Literal> items;
  std::vector<std::string> keys;  // of a dictionary, one per item
};

class LiteralReader {
 public:
  explicit LiteralReader(const std::string& text) : text_(text) {}

  // The whole text; a comma list without brackets counts as a list. Throws base::Error without context.
  Literal ReadAll() {
    std::vector<Literal> items = {Read()};
    while (Next() == ',') {
      ++at_;
      items.push_back(Read());
    }
    if (Next() != '\0') Fail("unexpected '" + std::string(1, Next()) + "'");
    if (items.size() == 1) return items.front();
    Literal list;
    list.kind = Literal::kList;
    list.items = std::move(items);
    return list;
  }

 private:
  [[noreturn]] void Fail(const std::string& what) const {
    throw base::UsageError(what + " at character " + std::to_string(at_ + 1));
  }

  char Next() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  void Expect(char c) {
    if (Next() != c) Fail(std::string("expected '") + c + "'");
    ++at_;
  }

  Literal Read() {
    const char c = Next();
    if (c == '[') return ReadList('[', ']');
    if (c == '(') return ReadList('(', ')');
    if (c == '{') return ReadDictionary();
    return ReadNumber();
  }

  Literal ReadList(char open, char close) {
    Literal list;
    list.kind = Literal::kList;
    Expect(open);
    while (Next() != close) {
      list.items.push_back(Read());
      if (Next() != close) Expect(',');
    }
    Expect(close);
    return list;
  }

  Literal ReadDictionary() {
    Literal dictionary;
    dictionary.kind = Literal::kDictionary;
    Expect('{');
    while (Next() != '}') {
      dictionary.keys.push_back(ReadKey());
      Expect(':');
      dictionary.items.push_back(Read());
      if (Next() != '}') Expect(',');
    }
    Expect('}');
    return dictionary;
  }

  std::string ReadKey() {
    const char quote = Next();
    const bool quoted = quote == '\'' || quote == '"';
    if (quoted) ++at_;
    std::string key;
    while (at_ < text_.size() && std::isalnum(static_cast<unsigned char>(text_[at_]))) key += text_[at_++];
    if (quoted) Expect(quote);
    if (key.empty()) Fail("expected a key such as 'x'");
    return key;
  }

  Literal ReadNumber() {
    if (Next() == '+') ++at_;
    Literal literal;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), literal.number);
    if (error != std::errc() || !std::isfinite(literal.number)) Fail("expected a number");
    at_ += static_cast<size_t>(end - begin);
    literal.number += 0.0;  // -0 becomes 0
    return literal;
  }

  const std::string& text_;
  size_t at_ = 0;
};

Range ToRange(const Literal& literal) {
  if (literal.kind == Literal::kNumber) return {literal.number, literal.number};
  if (literal.kind == Literal::kDictionary || literal.items.size() != 2 ||
      literal.items[0].kind != Literal::kNumber || literal.items[1].kind != Literal::kNumber)
    throw base::UsageError("expected a number or a pair");
  const Range range = {literal.items[0].number, literal.items[1].number};
  if (range.low > range.high) throw base::UsageError("the lower end is above the upper end");
  return range;
}

AxisRanges ToAxes(const Literal& literal) {
  if (literal.kind == Literal::kDictionary) {
    AxisRanges axes;
    std::string found;
    for (size_t i = 0; i < literal.keys.size(); ++i) {
      const std::string& key = literal.keys[i];
      if (key.size() != 1 || key < "x" || key > "z") throw base::UsageError("unknown axis '" + key + "'");
      (key == "x" ? axes.x : key == "y" ? axes.y : axes.z) = ToRange(literal.items[i]);
      found += key;
    }
    for (const char* axis : {"x", "y", "z"})
      if (found.find(axis) == std::string::npos) throw base::UsageError(std::string("axis ") + axis + " is missing");
    return axes;
  }
  if (literal.kind == Literal::kList && literal.items.size() == 3)
    return {ToRange(literal.items[0]), ToRange(literal.items[1]), ToRange(literal.items[2]), false};
  const Range range = ToRange(literal);
  return {range, range, range, true};
}

base::Vec3 ToColor(const Literal& literal) {
  base::Vec3 color = base::Vec3::Constant(-1);
  if (literal.kind != Literal::kList || literal.items.size() != 3) throw base::UsageError("expected three numbers");
  for (int channel = 0; channel < 3; ++channel) {
    const Literal& item = literal.items[static_cast<size_t>(channel)];
    if (item.kind != Literal::kNumber) throw base::UsageError("expected three numbers");
    color[channel] = item.number;
  }
  if (color.minCoeff() < 0 || color.maxCoeff() > 1) throw base::UsageError("a channel is outside 0..1");
  return color;
}

std::vector<std::string> SplitNames(const std::string& text) {
  std::vector<std::string> names;
  for (const std::string& part : base::SplitAt(text, ',')) {
    const std::string name = Stripped(part);
    if (name.empty()) throw base::UsageError("there is an empty name");
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

std::optional<bool> ToSwitch(const std::string& text) {
  for (const char* yes : {"1", "true", "True", "t"})
    if (text == yes) return true;
  for (const char* no : {"0", "false", "False", "f"})
    if (text == no) return false;
  return std::nullopt;
}

int ToInteger(const std::string& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) throw base::UsageError("expected a whole number");
  return value;
}

// --- What each kind accepts.

std::string Accepted(ArgumentKind kind) {
  switch (kind) {
    case ArgumentKind::kFlag: return "no value, or true or false";
    case ArgumentKind::kSwitch: return "0 or 1";
    case ArgumentKind::kInteger: return "a whole number";
    case ArgumentKind::kNumber: return "a number";
    case ArgumentKind::kRange: return "a number, [lo,hi] or None";
    case ArgumentKind::kAxes:
      return "a number, [lo,hi], [x,y,z] or {'x':..,'y':..,'z':..} of numbers or [lo,hi], or None";
    case ArgumentKind::kColor: return "r,g,b from 0 to 1, or None";
    case ArgumentKind::kNames: return "a comma list of names, or None";
    case ArgumentKind::kText: return "text";
  }
  return "";
}

// Throws base::Error without context if `text` is not of this kind.
void CheckText(ArgumentKind kind, const std::string& text) {
  switch (kind) {
    case ArgumentKind::kFlag:
      if (!text.empty() && !ToSwitch(text)) throw base::UsageError("this is a flag");
      return;
    case ArgumentKind::kSwitch:
      if (!ToSwitch(text)) throw base::UsageError("neither 0 nor 1");
      return;
    case ArgumentKind::kInteger: ToInteger(text); return;
    case ArgumentKind::kNumber:
      if (LiteralReader(text).ReadAll().kind != Literal::kNumber) throw base::UsageError("expected one number");
      return;
    case ArgumentKind::kRange:
      if (!IsNone(text)) ToRange(LiteralReader(text).ReadAll());
      return;
    case ArgumentKind::kAxes:
      if (!IsNone(text)) ToAxes(LiteralReader(text).ReadAll());
      return;
    case ArgumentKind::kColor:
      if (!IsNone(text)) ToColor(LiteralReader(text).ReadAll());
      return;
    case ArgumentKind::kNames:
      if (!IsNone(text)) SplitNames(text);
      return;
    case ArgumentKind::kText: return;
  }
}

const ArgumentInfo* FindKnown(const std::string& name) {
  for (const ArgumentInfo& info : KnownArguments())
    if (info.name == name) return &info;
  return nullptr;
}

bool BelongsTo(const ArgumentInfo& info, const std::string& controller) {
  return info.controllers.empty() ||
         std::find(info.controllers.begin(), info.controllers.end(), controller) != info.controllers.end();
}

const ArgumentInfo& KnownOrThrow(const std::string& name) {
  if (const ArgumentInfo* info = FindKnown(name)) return *info;
  throw base::UnknownName("argument", name, base::NamesOf(KnownArguments()), 12);
}

std::vector<std::string> ReadLines(const std::filesystem::path& path) {
  std::ifstream in(path);
  if (!in) throw base::Error("cannot read the argument file '" + path.string() + "'");
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);)
    if (line = Stripped(line); !line.empty()) lines.push_back(line);
  return lines;
}

std::vector<std::string> Expanded(const std::vector<std::string>& tokens, const std::filesystem::path& folder,
                                  int depth) {
  if (depth > kDeepestInclude) throw base::UsageError("argument files include each other more than 16 deep");
  std::vector<std::string> all;
  for (const std::string& token : tokens) {
    if (token.size() < 2 || token[0] != '@') {
      all.push_back(token);
      continue;
    }
    const std::filesystem::path path = folder / token.substr(1);
    const auto inner = Expanded(ReadLines(path), path.parent_path(), depth + 1);
    all.insert(all.end(), inner.begin(), inner.end());
  }
  return all;
}

}  // namespace

base::Vec3 AxisRanges::Draw(base::Rng& rng) const {
  const double first = x.Draw(rng);
  if (together) return base::Vec3::Constant(first);
  const double second = y.Draw(rng);
  return base::Vec3(first, second, z.Draw(rng));
}

Arguments::Arguments(const std::string& controller) : controller_(controller) {
  base::RequireName("controller", controller, ControllerNames());
  for (const ArgumentInfo& info : KnownArguments())
    if (BelongsTo(info, controller)) texts_[info.name] = info.default_text;
  for (const auto* defaults : ControllerDefaults(controller))
    for (const auto& [name, text] : *defaults) {
      CHECK(Has(name));
      texts_[name] = text;
    }
}

Arguments Arguments::FromConfig(const Config& config) {
  Arguments arguments(config.controller.empty() ? config.scenario : config.controller);
  for (const auto& [name, text] : config.arguments) arguments.Set(name, text, config.name);
  return arguments;
}

void Arguments::Set(const std::string& name, const std::string& text, const std::string& source) {
  const std::string prefix = source.empty() ? "" : source + ": ";
  try {
    const ArgumentInfo& info = KnownOrThrow(name);
    if (!BelongsTo(info, controller_)) {
      std::string owners;
      for (const std::string& owner : info.controllers) owners += (owners.empty() ? "" : ", ") + owner;
      throw base::UsageError("argument '" + name + "' belongs to " + owners + ", not to " + controller_);
    }
    try {
      CheckText(info.kind, Stripped(text));
    } catch (const base::Error& error) {
      throw base::UsageError("argument '" + name + "': '" + text + "': " + error.what() + "; valid: " +
                             Accepted(info.kind));
    }
    texts_[name] = Stripped(text);
    if (info.kind == ArgumentKind::kFlag) texts_[name] = text.empty() || *ToSwitch(Stripped(text)) ? "true" : "";
    given_[name] = true;
  } catch (const base::Error& error) {
    throw base::UsageError(prefix + error.what());
  }
}

bool Arguments::Given(const std::string& name) const { return given_.count(name) > 0; }

const std::string& Arguments::TextOf(const std::string& name, std::initializer_list<ArgumentKind> kinds) const {
  const ArgumentInfo* info = FindKnown(name);
  CHECK(info != nullptr);
  CHECK(std::find(kinds.begin(), kinds.end(), info->kind) != kinds.end());
  const auto found = texts_.find(name);
  CHECK(found != texts_.end());
  return found->second;
}

bool Arguments::Flag(const std::string& name) const {
  const std::string& text = TextOf(name, {ArgumentKind::kFlag, ArgumentKind::kSwitch});
  return !text.empty() && *ToSwitch(text);
}

int Arguments::Integer(const std::string& name) const { return ToInteger(TextOf(name, {ArgumentKind::kInteger})); }

double Arguments::Number(const std::string& name) const {
  return LiteralReader(TextOf(name, {ArgumentKind::kNumber})).ReadAll().number;
}

std::optional<Range> Arguments::OptionalRange(const std::string& name) const {
  const std::string& text = TextOf(name, {ArgumentKind::kRange});
  if (IsNone(text)) return std::nullopt;
  return ToRange(LiteralReader(text).ReadAll());
}

Range Arguments::RangeOf(const std::string& name) const { return OptionalRange(name).value_or(Range{}); }

std::optional<AxisRanges> Arguments::OptionalAxes(const std::string& name) const {
  const std::string& text = TextOf(name, {ArgumentKind::kAxes});
  if (IsNone(text)) return std::nullopt;
  return ToAxes(LiteralReader(text).ReadAll());
}

AxisRanges Arguments::Axes(const std::string& name) const { return OptionalAxes(name).value_or(AxisRanges{}); }

std::optional<base::Vec3> Arguments::Color(const std::string& name) const {
  const std::string& text = TextOf(name, {ArgumentKind::kColor});
  if (IsNone(text)) return std::nullopt;
  return ToColor(LiteralReader(text).ReadAll());
}

std::optional<std::vector<std::string>> Arguments::Names(const std::string& name) const {
  const std::string& text = TextOf(name, {ArgumentKind::kNames});
  if (IsNone(text)) return std::nullopt;
  return SplitNames(text);
}

std::optional<std::string> Arguments::Text(const std::string& name) const {
  const std::string& text = TextOf(name, {ArgumentKind::kText});
  if (IsNone(text)) return std::nullopt;
  return text;
}

std::vector<std::string> Arguments::EffectiveTokens() const {
  std::vector<std::string> tokens;
  for (const ArgumentInfo& info : KnownArguments()) {
    const auto found = texts_.find(info.name);
    if (found == texts_.end() || found->second.empty()) continue;
    tokens.push_back("--" + info.name);
    if (info.kind != ArgumentKind::kFlag) tokens.push_back(found->second);
  }
  return tokens;
}

std::vector<std::pair<std::string, std::string>> ReadArgumentTokens(const std::vector<std::string>& tokens,
                                                                    const std::filesystem::path& folder) {
  const std::vector<std::string> all = Expanded(tokens, folder, 0);
  std::vector<std::pair<std::string, std::string>> arguments;
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].rfind("--", 0) != 0)
      throw base::UsageError("expected an argument such as --seed, found '" + all[i] + "'");
    const size_t equals = all[i].find('=');
    const std::string name = all[i].substr(2, equals == std::string::npos ? equals : equals - 2);
    const bool is_flag = KnownOrThrow(name).kind == ArgumentKind::kFlag;
    std::string text;
    if (equals != std::string::npos) {
      text = all[i].substr(equals + 1);
    } else if (!is_flag) {
      if (i + 1 == all.size() || all[i + 1].rfind("--", 0) == 0)
        throw base::UsageError("argument '" + name + "' needs a value: " + Accepted(KnownOrThrow(name).kind));
      text = all[++i];
    }
    arguments.emplace_back(name, text);
  }
  return arguments;
}

}  // namespace figment::physion
