#include <algorithm>
#include <fstream>
#include <string_view>

#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include "base/check.h"
#include "base/error.h"
#include "base/names.h"
#include "physion/arguments.h"
#include "physion/scenario.h"

namespace figment::physion {

extern const std::string_view kReleasedConfigsJson;  // physion/configs/test_configs.json

namespace {

std::vector<Config> ReadReleasedConfigs() {
  const auto json = nlohmann::json::parse(kReleasedConfigsJson);
  std::vector<Config> configs;
  for (const auto& entry : json) {
    Config config;
    config.scenario = entry.at("scenario");
    config.name = entry.at("config");
    config.role = entry.at("role");
    config.controller = entry.at("controller");
    config.released_trials = entry.at("trials_logged");
    for (const auto& argument : entry.at("args"))
      config.arguments.emplace_back(argument.at(0), argument.at(1).is_null() ? "" : argument.at(1));
    configs.push_back(std::move(config));
  }
  return configs;
}

// The reference's rule: roll configurations with "collision" in their name ran under the collide controller.
std::string ControllerOf(const std::string& scenario, const std::string& name) {
  return scenario == "roll" && name.find("collision") != std::string::npos ? "collide" : scenario;
}

bool IsFlag(const std::string& name) {
  for (const ArgumentInfo& info : KnownArguments())
    if (info.name == name) return info.kind == ArgumentKind::kFlag;
  return false;
}

// --- YAML

class YamlConfigReader {
 public:
  explicit YamlConfigReader(const std::string& source) : source_(source) {}

  Config Read(const std::string& text) const {
    CheckTabs(text);
    const YAML::Node root = Parse(text);
    if (!root.IsMap()) Fail(root, "expected a mapping with the keys scenario and arguments");
    const std::vector<std::string> keys = {"scenario", "name", "base", "controller", "arguments"};
    for (const auto& entry : root) {
      const std::string key = TextOf(entry.first, "a key");
      if (std::find(keys.begin(), keys.end(), key) == keys.end())
        throw base::UsageError(Place(entry.first) + base::UnknownName("key", key, keys).what());
    }
    Config config = Start(root);
    if (root["arguments"]) AddArguments(root["arguments"], config);
    return config;
  }

 private:
  std::string Place(const YAML::Node& node) const { return Place(node.Mark().line); }
  std::string Place(int line) const { return source_ + ":" + std::to_string(line + 1) + ": "; }
  [[noreturn]] void Fail(const YAML::Node& node, const std::string& what) const {
    throw base::UsageError(Place(node) + what);
  }

  void CheckTabs(const std::string& text) const {
    int line = 0;
    bool indenting = true;
    for (const char c : text) {
      if (c == '\t' && indenting)
        throw base::UsageError(Place(line) + "a tab in the indentation; YAML needs spaces");
      if (c == '\n') ++line;
      indenting = c == '\n' || (indenting && c == ' ');
    }
  }

  YAML::Node Parse(const std::string& text) const {
    try {
      return YAML::Load(text);
    } catch (const YAML::ParserException& error) {
      throw base::UsageError(Place(error.mark.line) + error.msg);
    }
  }

  std::string TextOf(const YAML::Node& node, const std::string& what) const {
    if (!node.IsScalar()) Fail(node, "expected " + what + " as text, found a " + (node.IsMap() ? "mapping" : "list"));
    return node.Scalar();
  }

  // Name, scenario, controller and, with `base`, the arguments of a released configuration.
  Config Start(const YAML::Node& root) const {
    Config config;
    if (root["base"]) {
      try {
        config = FindConfig(TextOf(root["base"], "the base"));
      } catch (const base::Error& error) {
        Fail(root["base"], error.what());
      }
      config.role = "custom", config.released_trials = 0;
    }
    if (root["scenario"]) {
      const std::string scenario = TextOf(root["scenario"], "the scenario");
      try {
        const std::string found = FindScenario(scenario).name;
        if (root["base"] && found != config.scenario)
          throw base::UsageError("scenario '" + found + "', but the base '" + config.name + "' is of '" +
                                 config.scenario + "'");
        config.scenario = found;
      } catch (const base::Error& error) {
        Fail(root["scenario"], error.what());
      }
    }
    if (config.scenario.empty()) Fail(root, "the key 'scenario' is missing");
    if (root["name"]) config.name = TextOf(root["name"], "the name");
    if (config.name.empty()) config.name = config.scenario + "_custom";
    if (config.name.find_first_of("/\\ ") != std::string::npos)
      Fail(root["name"], "the name '" + config.name + "' becomes part of file names: no slashes, no spaces");
    if (config.role.empty()) config.role = "custom";
    if (config.controller.empty()) config.controller = ControllerOf(config.scenario, config.name);
    if (root["controller"]) {
      config.controller = TextOf(root["controller"], "the controller");
      if (config.controller != config.scenario && !(config.scenario == "roll" && config.controller == "collide"))
        Fail(root["controller"], "controller '" + config.controller + "' does not run scenario '" + config.scenario +
                                     "'; valid: " + config.scenario +
                                     (config.scenario == "roll" ? ", collide" : ""));
    }
    return config;
  }

  // A value as the reference writes it; unquoted YAML lists and mappings come back as text.
  std::string ValueText(const YAML::Node& node) const {
    if (node.IsNull()) return "";
    if (node.IsScalar()) return node.Scalar();
    std::string text = node.IsMap() ? "{" : "[";
    bool first = true;
    for (const auto& item : node) {
      text += first ? "" : ",";
      text += node.IsMap() ? "'" + TextOf(item.first, "an axis") + "':" + ValueText(item.second) : ValueText(item);
      first = false;
    }
    return text + (node.IsMap() ? "}" : "]");
  }

  void AddArguments(const YAML::Node& arguments, Config& config) const {
    if (!arguments.IsMap()) Fail(arguments, "expected 'arguments' to be a mapping of name: value");
    Arguments checked = Arguments::FromConfig(config);
    for (const auto& entry : arguments) {
      const std::string name = TextOf(entry.first, "an argument name");
      std::string text = ValueText(entry.second);
      if (entry.second.IsNull() && !IsFlag(name)) text = "None";
      try {
        checked.Set(name, text);
      } catch (const base::Error& error) {
        Fail(entry.first, error.what());
      }
      config.arguments.emplace_back(name, text);
    }
  }

  std::string source_;
};

}  // namespace

const std::vector<Config>& ReleasedConfigs() {
  static const std::vector<Config> configs = ReadReleasedConfigs();
  return configs;
}

const Config& FindConfig(const std::string& name) {
  return base::FindNamed("config", name, ReleasedConfigs(), 5);
}

std::vector<Config> SampledConfigs(const std::string& scenario) {
  std::vector<Config> configs;
  for (const Config& config : ReleasedConfigs())
    if (config.scenario == scenario && config.role == "test") configs.push_back(config);
  if (configs.empty())
    configs.push_back({.scenario = scenario, .name = scenario, .role = "custom", .controller = scenario,
                       .released_trials = 0, .arguments = {}});
  return configs;
}

std::string ConfigToYaml(const Config& config) {
  YAML::Emitter out;
  out << YAML::BeginMap;
  out << YAML::Key << "scenario" << YAML::Value << config.scenario;
  out << YAML::Key << "name" << YAML::Value << config.name;
  out << YAML::Key << "controller" << YAML::Value << (config.controller.empty() ? config.scenario : config.controller);
  out << YAML::Key << "arguments" << YAML::Value << YAML::BeginMap;
  for (size_t i = 0; i < config.arguments.size(); ++i) {
    const auto& [name, text] = config.arguments[i];
    const auto same_name = [&, wanted = name](const auto& other) { return other.first == wanted; };
    const auto next = config.arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    if (std::any_of(next, config.arguments.end(), same_name)) continue;  // later ones win; a mapping has a key once
    out << YAML::Key << name << YAML::Value;
    if (IsFlag(name))
      out << (text.empty() ? "true" : text);
    else
      out << YAML::DoubleQuoted << text;
  }
  out << YAML::EndMap << YAML::EndMap;
  return std::string(out.c_str()) + "\n";
}

Config ConfigFromYaml(const std::string& text, const std::string& source) {
  return YamlConfigReader(source).Read(text);
}

Config ConfigFromArgumentFile(const std::filesystem::path& path, const std::string& scenario) {
  Config config;
  config.scenario = FindScenario(scenario).name;
  const std::string stem = path.stem().string();
  const bool of_the_reference = stem == "commandline_args" || stem == "args";
  config.name = of_the_reference && path.has_parent_path() ? path.parent_path().filename().string() : stem;
  config.role = "custom";
  config.controller = ControllerOf(config.scenario, config.name);
  config.arguments = ReadArgumentTokens({"@" + path.filename().string()}, path.parent_path());
  Arguments::FromConfig(config);  // reports what is wrong with them here, once
  return config;
}

}  // namespace figment::physion
