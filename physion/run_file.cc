#include "physion/run_file.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <set>

#include "base/check.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/version.h"
#include "files/atomic.h"
#include "files/manifest.h"
#include "physion/released.h"

namespace figment::physion {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kFormat = 1;

Json ToJson(const PlannedConfig& planned) {
  const Config& config = planned.config;
  Json arguments = Json::array();
  for (const auto& [name, value] : config.arguments) arguments.push_back({name, value});
  return {{"scenario", config.scenario},     {"name", config.name},
          {"role", config.role},             {"controller", config.controller},
          {"released_trials", config.released_trials}, {"trials", planned.trials},
          {"arguments", arguments}};
}

PlannedConfig ConfigFrom(const Json& json) {
  PlannedConfig planned;
  planned.config = {.scenario = json.at("scenario"),
                    .name = json.at("name"),
                    .role = json.at("role"),
                    .controller = json.at("controller"),
                    .released_trials = json.at("released_trials"),
                    .arguments = {}};
  for (const Json& pair : json.at("arguments")) planned.config.arguments.emplace_back(pair.at(0), pair.at(1));
  planned.trials = json.at("trials");
  return planned;
}

Json SettingsJson(const GenerateConfig& settings) {
  GenerateConfig copy = settings;
  return Json::parse(ResultFields(&copy).ToJson());
}

std::map<std::string, std::string> ModelFilesIn(const Json& run) {
  return run.contains("models") ? run.at("models").at("files") : Json::object();
}

// "trials is 10 there and 20 here" for the first key whose values differ in two objects; empty without one.
std::string FirstDifference(const Json& there, const Json& here) {
  const auto text = [](const Json& object, const std::string& key) {
    return object.contains(key) ? object.at(key).dump() : "not given";
  };
  Json keys = here;
  keys.update(there);
  for (const auto& [key, unused] : keys.items())
    if (text(there, key) != text(here, key))
      return key + " is " + text(there, key) + " there and " + text(here, key) + " here";
  return "";
}

// The last value of each argument, by name.
Json ArgumentsIn(const Json& config) {
  Json arguments = Json::object();
  for (const Json& pair : config.at("arguments")) arguments[pair.at(0).get<std::string>()] = pair.at(1);
  return arguments;
}

std::string ConfigDifference(const Json& there, const Json& here) {
  for (size_t i = 0; i < std::min(there.size(), here.size()); ++i) {
    if (there[i] == here[i]) continue;
    const std::string named = FirstDifference({{"config", there[i].at("name")}}, {{"config", here[i].at("name")}});
    if (!named.empty()) return named;
    const std::string argument = FirstDifference(ArgumentsIn(there[i]), ArgumentsIn(here[i]));
    return "in config " + here[i].at("name").get<std::string>() + " " +
           (argument.empty() ? "the order of arguments differs" : argument);
  }
  return "it has other configs";
}

std::string Difference(const Json& there, const Json& here) {
  const std::string setting = FirstDifference(there.at("settings"), here.at("settings"));
  if (!setting.empty()) return setting;
  if (there.at("configs") != here.at("configs")) return ConfigDifference(there.at("configs"), here.at("configs"));
  if (there.value("scenes_sha256", "") != here.value("scenes_sha256", "")) return "the scenes differ";
  if (there.contains("models") != here.contains("models"))
    return std::string("it was made with") + (there.contains("models") ? "" : "out") + " --models";
  if (const std::string changed = FileDifference(ModelFilesIn(there), ModelFilesIn(here)); !changed.empty())
    return "of the models, " + changed;
  return "it was made by version " + there.value("figment", "?") + " and this is " + here.value("figment", "?");
}

// As a shell reads it.
std::string Quoted(const std::string& text) {
  constexpr char kPlain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

// What the command said beyond settings: a config of the user's own, or arguments added to the released ones (these
// are the same for every config).
std::vector<std::string> OwnArguments(const Plan& plan) {
  if (plan.configs.empty()) return {};
  const Config& config = plan.configs.front().config;
  for (const Config& released : ReleasedConfigs()) {
    const auto& start = released.arguments;
    if (released.name != config.name || start.size() > config.arguments.size() ||
        !std::equal(start.begin(), start.end(), config.arguments.begin()))
      continue;
    std::vector<std::string> options;
    for (size_t i = start.size(); i < config.arguments.size(); ++i)
      options.push_back("--set " + Quoted(config.arguments[i].first + "=" + config.arguments[i].second));
    return options;
  }
  return {"--from YOUR-CONFIG"};
}

fs::path ScenesPath(const fs::path& folder) { return folder / "scenes.jsonl"; }

std::string SceneLines(const std::vector<TrialSpec>& scenes) {
  std::string text;
  for (const TrialSpec& scene : scenes) text += ToJson(scene).dump() + "\n";
  return text;
}

std::vector<TrialSpec> ReadSceneLines(const fs::path& path) {
  std::vector<TrialSpec> scenes;
  for (const Json& line : files::ReadJsonLines(path).lines) {
    try {
      scenes.push_back(TrialSpecFromJson(line));
    } catch (const base::Error& error) {
      throw base::Error(path.string() + ", scene " + std::to_string(scenes.size() + 1) + ": " + error.what());
    }
  }
  return scenes;
}

void SetReplay(Run& run, const std::vector<TrialSpec>& scenes, const std::string& sha256) {
  ReplayPlan replay = MakeReplayPlan(run.settings, scenes);
  run.plan = std::move(replay.plan);
  run.scenes = std::make_shared<const std::vector<TrialSpec>>(std::move(replay.scenes));
  run.scenes_sha256 = sha256;
}

// Finds the scenes of a saved replay again and checks that they are the same.
void FindScenes(Run& run, const fs::path& folder, const std::string& sha256) {
  const Plan saved = run.plan;
  if (run.settings.config == kReleased) SetReplay(run, ReleasedTrials(), ReleasedTrialsSha256());
  else SetReplay(run, ReadSceneLines(ScenesPath(folder)), base::Sha256OfFile(ScenesPath(folder)));
  const bool is_same = run.scenes_sha256 == sha256 && run.plan.slots.size() == saved.slots.size();
  if (is_same) run.plan.configs = saved.configs;
  else if (run.settings.config == kReleased)
    throw base::Error("'" + folder.string() + "' replays other released scenes than this program holds");
  else throw base::Error(ScenesPath(folder).string() + " was changed: its SHA-256 is not the one in run.json");
}

// Where the models lie is no part of what is made.
Json WithoutModelsFolder(Json run) {
  if (run.contains("models")) run["models"].erase("folder");
  return run;
}

}  // namespace

Run MakeRun(const GenerateConfig& settings, const std::optional<Config>& own) {
  Run run{.settings = settings, .plan = {}};
  if (settings.config == kImported)
    throw base::UsageError("--config imported is of data sets that `figment physion import` makes: continue them so");
  if (settings.config == kReleased) {
    if (own) throw base::UsageError("--config released replays given scenes: --from does not apply");
    SetReplay(run, ReleasedTrials(), ReleasedTrialsSha256());
    return run;
  }
  if (!run.settings.trials) run.settings.trials = kDefaultTrials;
  run.plan = MakePlan(run.settings, own);
  return run;
}

Run MakeImportedRun(GenerateConfig settings, const std::vector<TrialSpec>& scenes) {
  settings.config = kImported;
  Run run{.settings = settings, .plan = {}};
  SetReplay(run, scenes, "");
  run.scenes_sha256 = base::Sha256Of(SceneLines(*run.scenes));
  return run;
}

// In a replay a model serves where a scene names the original of that name.
void RequireUse(const Models& models, const std::vector<TrialSpec>& scenes) {
  std::set<std::string> named;
  for (const TrialSpec& spec : scenes)
    for (const ObjectSpec& object : spec.objects)
      if (!object.library_model.empty()) named.insert(object.library_model);
  const std::vector<std::string> names(named.begin(), named.end());
  if (std::none_of(models.begin(), models.end(), [&](const Model& model) { return named.count(model.name) > 0; }))
    throw base::UnknownName("model of these scenes", models.front().name, names, 5);
}

void RecordModels(Run& run) {
  if (run.settings.models.empty()) return;
  run.settings.models = fs::weakly_canonical(run.settings.models).string();
  run.models = std::make_shared<const Models>(ReadModels(run.settings.models));
  run.model_files = FilesOf(*run.models);
  if (run.replays()) RequireUse(*run.models, *run.scenes);
  std::string without;
  for (const Model& model : *run.models)
    if (!model.licence_stated()) without += (without.empty() ? "" : ", ") + model.name;
  if (!without.empty())
    base::LogWarning("no licence is stated for these models, so the data set may not be fit to publish: " + without +
                     " (write it in NAME.json)");
}

void LoadModels(Run& run) {
  if (run.model_files.empty()) return;
  auto models = std::make_shared<const Models>(ReadModels(run.settings.models));
  if (const std::string changed = FileDifference(run.model_files, FilesOf(*models)); !changed.empty())
    throw base::Error("the models in '" + run.settings.models + "' are not those the data set was begun with: " +
                      changed);
  run.models = std::move(models);
}

const Models& Run::own_models() const {
  CHECK(model_files.empty() || models);  // a saved run's models are loaded by LoadModels
  return models ? *models : NoModels();
}

fs::path RunPath(const fs::path& folder) { return folder / "run.json"; }

Json ToJson(const Run& run) {
  Json json = {{"format", kFormat}, {"figment", base::kVersion}, {"settings", SettingsJson(run.settings)}};
  json["configs"] = Json::array();
  for (const PlannedConfig& planned : run.plan.configs) json["configs"].push_back(ToJson(planned));
  json["slots"] = run.plan.slots.size();
  if (run.replays()) json["scenes_sha256"] = run.scenes_sha256;
  if (!run.model_files.empty()) json["models"] = {{"folder", run.settings.models}, {"files", run.model_files}};
  return json;
}

Run ReadRun(const fs::path& folder) {
  if (!fs::exists(RunPath(folder)))
    throw base::Error("'" + folder.string() + "' holds no Figment data set (there is no run.json in it)");
  Run run;
  try {
    const Json json = Json::parse(files::ReadFile(RunPath(folder)));
    if (json.at("format") != kFormat)
      throw base::Error(RunPath(folder).string() + " has format " + json.at("format").dump() + "; this version reads " +
                        std::to_string(kFormat));
    ResultFields(&run.settings).SetFromYaml(json.at("settings").dump(), RunPath(folder).string());
    run.model_files = ModelFilesIn(json);
    if (json.contains("models")) run.settings.models = json.at("models").at("folder");
    for (const Json& config : json.at("configs")) {
      run.plan.configs.push_back(ConfigFrom(config));
      for (int index = 0; index < run.plan.configs.back().trials; ++index)
        run.plan.slots.push_back(
            {static_cast<int>(run.plan.slots.size()), static_cast<int>(run.plan.configs.size()) - 1, index});
    }
    if (run.settings.replays()) FindScenes(run, folder, json.at("scenes_sha256"));
  } catch (const nlohmann::json::exception& error) {
    throw base::Error(RunPath(folder).string() + " is damaged: " + error.what());
  }
  run.settings.out = folder.string();
  return run;
}

void PrepareFolder(const fs::path& folder, const Run& run) {
  const Json json = ToJson(run);
  std::error_code failure;
  if (fs::exists(folder) && !fs::is_directory(folder))
    throw base::Error("--out '" + folder.string() + "' is a file, not a folder");
  fs::create_directories(folder, failure);
  if (failure) throw base::Error("cannot create the folder '" + folder.string() + "': " + failure.message());
  if (fs::exists(RunPath(folder))) {
    Json there;
    try {
      there = Json::parse(files::ReadFile(RunPath(folder)));
      if (WithoutModelsFolder(there) == WithoutModelsFolder(json)) return;
      throw base::Error("'" + folder.string() + "' holds another run (" + Difference(there, json) +
                        "); nothing was changed. Choose another --out, or repeat the command that made it");
    } catch (const nlohmann::json::exception&) {
      throw base::Error(RunPath(folder).string() + " is damaged; move the folder away or choose another --out");
    }
  }
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with(".") || entry.path() == ScenesPath(folder)) continue;
    // Another shard of the run may have begun just now.
    if (fs::exists(RunPath(folder))) return PrepareFolder(folder, run);
    throw base::Error("'" + folder.string() + "' is not empty and holds no Figment data set (found '" +
                        entry.path().filename().string() + "'); choose another --out");
  }
  if (run.settings.config == kImported) files::WriteFileAtomically(ScenesPath(folder), SceneLines(*run.scenes));
  files::WriteFileAtomically(RunPath(folder), json.dump(1) + "\n");
}

std::string GenerateCommand(const Run& run) {
  GenerateConfig settings = run.settings, defaults;
  const base::FieldList fields = ResultFields(&settings), default_fields = ResultFields(&defaults);
  const bool is_imported = run.settings.config == kImported;
  std::string command = is_imported ? "figment physion import LOGS" : "figment physion generate";
  for (const base::Field& field : fields.fields()) {
    if (is_imported && field.key == "config") continue;
    if (const std::string value = field.get(); value != default_fields.Find(field.key).get())
      command += " " + field.Flag() + " " + Quoted(value);
  }
  if (!run.replays())
    for (const std::string& option : OwnArguments(run.plan)) command += " " + option;
  if (!run.model_files.empty()) command += " --models " + Quoted(run.settings.models);
  return command + " --out " + Quoted(run.settings.out);
}

std::string StimulusName(const Plan& plan, const Slot& slot) {
  char number[16];
  std::snprintf(number, sizeof number, "_%04d", slot.index);
  return plan.configs[static_cast<size_t>(slot.config)].config.name + number;
}

std::string SlotStem(const Plan& plan, const Slot& slot) {
  return plan.configs[static_cast<size_t>(slot.config)].config.scenario + "/" + StimulusName(plan, slot);
}

}  // namespace figment::physion
