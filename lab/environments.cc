#include "lab/environments.h"

#include "base/check.h"
#include "base/config.h"
#include "base/error.h"
#include "base/names.h"
#include "envs/null_env.h"
#include "physion/push_env.h"
#include "pong/game.h"
#include "rodent/eye.h"

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

template <class Config>
Config With(Config config, const Settings& settings) {
  base::FieldList fields = FieldsOf(&config);
  for (const auto& [key, value] : settings) fields.Set(key, value);
  return config;
}

// An entry whose class is made from a config with a field list.
template <class Env, class Config>
Environment Entry(const std::string& name, const std::string& what, const Config& config) {
  Environment entry = {.name = name, .what = what};
  entry.make = [config](const Settings& settings) { return std::make_unique<Env>(With(config, settings)); };
  entry.spec = [config](const Settings& settings) { return Env(With(config, settings)).spec(); };
  entry.settings = SettingsOf(config);
  return entry;
}

// The first environment of a config compiles its model and its looks, and further ones take them.
Environment Rodent(const rodent::TaskEntry& task) {
  const std::string name = task.name;
  Environment entry = {.name = "rodent_" + name, .what = task.what};
  const rodent::EyeConfig config = {.env = {.task = name}};
  entry.make = [config, cache = std::make_shared<rodent::EyeCache>()](const Settings& settings) {
    return cache->Make(With(config, settings));
  };
  entry.spec = [config](const Settings& settings) { return rodent::SpecOf(With(config, settings)); };
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
           {.set = "published79", .occlusion = Occlusion::kOpaque, .observation = Observation::kBoth}),
      Entry<envs::NullEnv>("null", "nothing happens: what a batch costs", envs::NullConfig{})};
  const std::string question = "one push; does the target touch the zone?";
  all.push_back(Entry<physion::PushEnv>("physion_push", question, physion::PushConfig{}));
  for (const rodent::TaskEntry& task : rodent::Tasks()) all.push_back(Rodent(task));
  return all;
}

}  // namespace

const std::vector<Environment>& Environments() {
  static const std::vector<Environment> environments = All();
  return environments;
}

const Environment& FindEnvironment(const std::string& name) {
  return base::FindNamed("environment", name, Environments());
}

namespace {

// Adds the name to errors.
template <class Work>
auto About(const std::string& name, const Work& work) {
  const Environment& environment = FindEnvironment(name);
  try {
    return work(environment);
  } catch (const base::Error& error) {
    throw base::Error("environment '" + name + "': " + error.what(), error.kind());
  }
}

}  // namespace

std::unique_ptr<envs::Env> MakeEnvironment(const std::string& name, const Settings& settings) {
  return About(name, [&](const Environment& environment) { return environment.make(settings); });
}

envs::EnvSpec SpecOf(const std::string& name, const Settings& settings) {
  return About(name, [&](const Environment& environment) { return environment.spec(settings); });
}

envs::VectorEnv MakeVectorEnv(const BatchConfig& config) {
  const envs::EnvSpec spec = SpecOf(config.name, config.settings);
  envs::CheckBatchFits(spec, config.n);
  const envs::VectorEnvConfig batch = {.workers = config.workers, .auto_reset = config.auto_reset};
  if (config.kind == WorkerKind::kProcesses) {
    std::vector<std::string> arguments = ArgumentsOf({config.name, config.settings});
    arguments.insert(arguments.begin(), "--environments");
    return {spec, config.n, {config.worker_program, arguments}, batch};
  }
  std::vector<std::unique_ptr<envs::Env>> copies;
  while (static_cast<int>(copies.size()) < config.n) copies.push_back(MakeEnvironment(config.name, config.settings));
  return {std::move(copies), batch};
}

std::vector<std::string> ArgumentsOf(const NamedEnvironment& environment) {
  std::vector<std::string> arguments = {environment.name};
  for (const auto& [key, value] : environment.settings) arguments.push_back(key + "=" + value);
  return arguments;
}

NamedEnvironment ParseArguments(std::span<const std::string> arguments) {
  CHECK(!arguments.empty());
  NamedEnvironment environment = {.name = arguments.front()};
  for (const std::string& argument : arguments.subspan(1)) {
    const size_t equals = argument.find('=');
    CHECK(equals != std::string::npos);
    environment.settings.emplace_back(argument.substr(0, equals), argument.substr(equals + 1));
  }
  return environment;
}

void ServeEnvironments(const std::vector<std::string>& arguments) {
  CHECK_GE(arguments.size(), 2u);
  const NamedEnvironment environment = ParseArguments(std::span(arguments).first(arguments.size() - 1));
  envs::ServeEnvBlock(std::stoi(arguments.back()),
                      [&] { return MakeEnvironment(environment.name, environment.settings); });
}

base::Table EnvironmentTable() {
  base::Table table = {.title = "Environments", .columns = {"name", "step (s)", "what", "actions", "observations"}};
  for (const Environment& environment : Environments()) {
    const envs::EnvSpec spec = environment.spec({});
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
