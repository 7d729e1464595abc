#include "lab/environments.h"

#include "base/config.h"
#include "base/error.h"
#include "pong/game.h"
#include "rodent/env.h"

namespace figment::lab {
namespace {

template <class Config>
std::vector<SettingInfo> SettingsOf(Config config) {
  std::vector<SettingInfo> settings;
  const base::FieldList fields = FieldsOf(&config);
  for (const base::Field& field : fields.fields())
    settings.push_back({field.key, field.default_text, field.HelpText()});
  return settings;
}

// An entry whose class is made from a config with a field list.
template <class Env, class Config>
Environment Entry(const std::string& name, const std::string& what, const Config& config) {
  Environment entry = {.name = name, .what = what};
  entry.make = [config](const Settings& settings) -> std::unique_ptr<envs::Env> {
    Config own = config;
    base::FieldList fields = FieldsOf(&own);
    for (const auto& [key, value] : settings) fields.Set(key, value);
    return std::make_unique<Env>(own);
  };
  entry.spec = [config] { return Env(config).spec(); };
  entry.settings = SettingsOf(config);
  return entry;
}

// The first environment of a config compiles its model, and further ones take it.
Environment Rodent(const rodent::TaskEntry& task) {
  const std::string name = task.name;
  Environment entry = {.name = "rodent_" + name, .what = task.what};
  const rodent::EnvConfig config = {.task = name};
  entry.make = [config, cache = std::make_shared<rodent::ModelCache>()](const Settings& settings) {
    rodent::EnvConfig own = config;
    base::FieldList fields = FieldsOf(&own);
    for (const auto& [key, value] : settings) fields.Set(key, value);
    return std::make_unique<rodent::RodentEnv>(own, cache->ModelOf(own));
  };
  entry.spec = [config] { return rodent::SpecOf(config); };
  entry.settings = SettingsOf(config);
  return entry;
}

std::string Names(const std::vector<envs::ArraySpec>& arrays) {
  std::string text;
  for (const envs::ArraySpec& array : arrays) text += (text.empty() ? "" : ", ") + array.name;
  return text;
}

Environment Pong(const std::string& name, const std::string& what, const pong::GameConfig& config) {
  return Entry<pong::Game>(name, what, config);
}

std::vector<Environment> All() {
  using namespace pong;
  std::vector<Environment> all = {
      Pong("pong", "Mental-Pong, 60 paddle ticks a second, state", {}),
      Pong("pong_frames", "one decision a ball frame, 24 a second", {.clock = Clock::kFrames}),
      Pong("pong_target", "the action is a height to go to", {.control = Control::kTarget, .doubles = true}),
      Pong("pong_pictures", "seen as the published 100 x 100 pictures, with the paddle",
           {.clock = Clock::kFrames, .observation = Observation::kPicture}),
      Pong("pong_whole", "whole trials: fixation, still scene, motion, feedback, gap", {.phases = Phases::kWhole}),
      Pong("pong_published", "the 79 published conditions, opaque occluder",
           {.set = "published79", .occlusion = Occlusion::kOpaque, .observation = Observation::kBoth})};
  for (const rodent::TaskEntry& task : rodent::Tasks()) all.push_back(Rodent(task));
  return all;
}

}  // namespace

const std::vector<Environment>& Environments() {
  static const std::vector<Environment> environments = All();
  return environments;
}

const Environment& FindEnvironment(const std::string& name) {
  std::vector<std::string> names;
  for (const Environment& environment : Environments()) {
    if (environment.name == name) return environment;
    names.push_back(environment.name);
  }
  throw base::UnknownName("environment", name, names);
}

std::unique_ptr<envs::Env> MakeEnvironment(const std::string& name, const Settings& settings) {
  const Environment& environment = FindEnvironment(name);
  try {
    return environment.make(settings);
  } catch (const base::Error& error) {
    throw base::Error("environment '" + name + "': " + error.what(), error.kind());
  }
}

base::Table EnvironmentTable() {
  base::Table table = {.title = "Environments", .columns = {"name", "step (s)", "what", "actions", "observations"}};
  for (const Environment& environment : Environments()) {
    const envs::EnvSpec spec = environment.spec();
    table.rows.push_back({environment.name, base::Cell(spec.step_s, 4), environment.what, Names(spec.actions),
                          Names(spec.observations)});
  }
  return table;
}

base::Table SettingsTable(const std::string& name) {
  base::Table table = {.title = "Settings of " + name, .columns = {"setting", "value", "what"}};
  for (const SettingInfo& setting : FindEnvironment(name).settings)
    table.rows.push_back({setting.key, setting.value, setting.what});
  return table;
}

}  // namespace figment::lab
