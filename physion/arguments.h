// Arguments: the reference's command-line arguments of one controller, with its defaults.
//
// A value is kept as the text that was given; typed getters read it. Everything is checked when it is set: an unknown
// name (nearest known one named), a name that belongs to another controller, or malformed text throws base::Error that
// says the argument, the text and what is valid. Getters never fail on user input; asking for a name the controller
// does not have, or for the wrong type, is our own bug (CHECK).
//
// Syntax of numeric ranges:  1.5 fixed;  [lo,hi] or lo,hi  one uniform draw (shared by the three axes of a vector);
// [a,b,c] or a,b,c or {'x':a,'y':b,'z':c}  per axis, each a number or [lo,hi];  None = the scenario's own rule.
// Integer ranges exclude the upper end. Lengths in metres, angles in degrees, masses in kilograms.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/pose.h"
#include "base/random.h"

namespace figment::physion {

struct Config;

// A number, fixed when low == high.
struct Range {
  double low = 0, high = 0;
  double Draw(base::Rng& rng) const { return rng.Uniform(low, high); }
};

// Three numbers; `together`: one draw from x serves all three.
struct AxisRanges {
  Range x, y, z;
  bool together = false;
  base::Vec3 Draw(base::Rng& rng) const;
};

enum class ArgumentKind {
  kFlag,     // present or not, no value
  kSwitch,   // 0 1 true false
  kInteger,
  kNumber,
  kRange,    // number or [lo,hi]
  kAxes,     // per axis
  kColor,    // r,g,b in 0..1, or None = random
  kNames,    // comma list of shapes, or None = any primitive (attachment, base, tower_cap, middle: see their help)
  kText,     // anything, None allowed
};

struct ArgumentInfo {
  std::string name;
  ArgumentKind kind;
  std::string default_text;             // as a user would type it; "None"; flags: "" = absent
  std::vector<std::string> controllers; // that know it; empty = all
  std::string help;
};

// Every argument name the reference knows, common ones first. Defaults are those of the dominoes controller.
const std::vector<ArgumentInfo>& KnownArguments();

class Arguments {
 public:
  // All defaults. Controllers are named as scenarios; one without defaults of its own has those of dominoes.
  explicit Arguments(const std::string& controller = "dominoes");
  static Arguments FromConfig(const Config& config);

  // Later calls win. Flags: "" or "true" sets, "false" clears. `source` (a file, a config) opens error messages.
  void Set(const std::string& name, const std::string& text, const std::string& source = "");

  const std::string& controller() const { return controller_; }
  bool Has(const std::string& name) const { return texts_.count(name) > 0; }
  bool Given(const std::string& name) const;            // set by the user or the config, not a default

  bool Flag(const std::string& name) const;             // kFlag and kSwitch
  int Integer(const std::string& name) const;
  double Number(const std::string& name) const;
  Range RangeOf(const std::string& name) const;         // None counts as 0
  std::optional<Range> OptionalRange(const std::string& name) const;
  AxisRanges Axes(const std::string& name) const;       // None counts as 0
  std::optional<AxisRanges> OptionalAxes(const std::string& name) const;
  std::optional<base::Vec3> Color(const std::string& name) const;
  std::optional<std::vector<std::string>> Names(const std::string& name) const;  // without repetitions
  std::optional<std::string> Text(const std::string& name) const;

  // All arguments with the values in force, one token per entry ("--zone", "cube"), ready for args.txt and for @file.
  std::vector<std::string> EffectiveTokens() const;

 private:
  const std::string& TextOf(const std::string& name, std::initializer_list<ArgumentKind> kinds) const;

  std::string controller_;
  std::map<std::string, std::string> texts_;
  std::map<std::string, bool> given_;
};

// Name and value of each argument in a list of tokens such as a command line or a file of the reference holds:
// "--name", "value" or "--name=value" or "--flag"; "@file" inserts a file of tokens, one per line. Order is kept.
std::vector<std::pair<std::string, std::string>> ReadArgumentTokens(const std::vector<std::string>& tokens,
                                                                    const std::filesystem::path& folder = ".");

// A configuration as YAML: scenario, name, controller, and arguments as name: value. It reads back to the same Config.
std::string ConfigToYaml(const Config& config);

// Keys: scenario (required unless base is there), name, base (a released config whose arguments come first),
// controller, arguments. Any other key, a tab, or a wrong type is an Error with `source` and line.
Config ConfigFromYaml(const std::string& text, const std::string& source);

// An argument file of the reference (commandline_args.txt) as a configuration of `scenario`, named after its folder,
// or after the file when it is called otherwise.
Config ConfigFromArgumentFile(const std::filesystem::path& path, const std::string& scenario);

}  // namespace figment::physion
