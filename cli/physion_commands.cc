#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "base/error.h"
#include "base/log.h"
#include "base/machine.h"
#include "base/progress.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "files/atomic.h"
#include "physion/generate.h"
#include "physion/import.h"
#include "physion/inspect.h"
#include "physion/preview.h"

namespace figment::cli {
namespace {

namespace fs = std::filesystem;

int List() {
  base::Table table;
  table.columns = {"scenario", "config", "role", "released trials"};
  for (const physion::Scenario& scenario : physion::Scenarios())
    for (const physion::Config& config : physion::ReleasedConfigs())
      if (config.scenario == scenario.name)
        table.rows.push_back({scenario.name, config.name, config.role, config.released_trials});
  base::Table scenarios;
  scenarios.columns = {"scenario", "old name", "question", "engines"};
  for (const physion::Scenario& scenario : physion::Scenarios())
    scenarios.rows.push_back({scenario.name, scenario.old_name, scenario.question,
                              scenario.rigid ? "bullet, mujoco" : "bullet"});
  Print(scenarios, Format::kText);
  std::printf("\n");
  table.notes = {"`generate --config all` draws new scenes from the test configs; `generate --config released` replays "
                 "the released trials themselves"};
  Print(table, Format::kText);
  return 0;
}

// What --from and --set say about the scenario's own arguments.
struct OwnConfig {
  std::string file;
  std::vector<std::string> settings;                            // key=value as typed
  std::vector<std::pair<std::string, std::string>> arguments;   // those of `settings` that are scenario arguments
};

bool IsArgument(const std::string& name) {
  const auto& known = physion::KnownArguments();
  return std::any_of(known.begin(), known.end(), [&](const auto& info) { return info.name == name; });
}

// --set key=value: a key of the run if there is one of that name, else an argument of the scenario.
void ApplySettings(const base::FieldList& fields, OwnConfig& own) {
  std::vector<std::string> names;
  for (const base::Field& field : fields.fields()) names.push_back(field.key);
  const auto is_field = [&](const std::string& name) { return std::find(names.begin(), names.end(), name) != names.end(); };
  for (const std::string& setting : own.settings) {
    const size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0)
      throw base::UsageError("--set '" + setting + "': expected key=value");
    std::string key = setting.substr(0, equals);
    std::replace(key.begin(), key.end(), '-', '_');
    const std::string value = setting.substr(equals + 1);
    if (is_field(key)) {
      fields.Find(key).Set(value);
    } else if (IsArgument(key)) {
      own.arguments.emplace_back(key, value);
    } else {
      for (const auto& info : physion::KnownArguments()) names.push_back(info.name);
      throw base::UnknownName("key of --set", key, names);
    }
  }
}

physion::Run MakeRun(physion::GenerateConfig settings, OwnConfig own) {
  ApplySettings(physion::AllFields(&settings), own);
  std::optional<physion::Config> config;
  if (!own.file.empty()) {
    const bool is_yaml = own.file.ends_with(".yaml") || own.file.ends_with(".yml");
    if (!is_yaml && settings.scenarios.size() != 1)
      throw base::UsageError("--from with an argument file of the reference needs one --scenario");
    config = is_yaml ? physion::ConfigFromYaml(files::ReadFile(own.file), own.file)
                     : physion::ConfigFromArgumentFile(own.file, settings.scenarios.front());
    if (settings.scenarios.empty()) settings.scenarios = {config->scenario};
  }
  physion::Validate(settings);
  if (settings.replays() && !own.arguments.empty())
    throw base::UsageError("--set " + own.arguments.front().first + ": --config " + settings.config +
                           " replays given scenes, which take no arguments");
  physion::Run run = physion::MakeRun(settings, config);
  for (physion::PlannedConfig& planned : run.plan.configs) {
    planned.config.arguments.insert(planned.config.arguments.end(), own.arguments.begin(), own.arguments.end());
    physion::Arguments::FromConfig(planned.config);  // a wrong value is an error now, not in a worker
  }
  physion::RecordModels(run);
  return run;
}

int DryRun(const physion::Run& run, Format format) {
  const physion::DryRun estimate = physion::EstimateRun(run);
  if (format == Format::kJson) {
    Print(nlohmann::ordered_json{{"slots", estimate.slots}, {"seconds", estimate.seconds}, {"bytes", estimate.bytes}});
    return 0;
  }
  std::printf("%d trials, about %s and %.2f GB; nothing was written\n", estimate.slots,
              base::DurationText(estimate.seconds).c_str(), estimate.bytes / 1e9);
  return 0;
}

int Generate(const physion::Run& run, Format format) {
  const physion::GenerateReport report = physion::Generate(run, base::ExecutableDirectory() / "figment_worker");
  if (report.stop_signal != 0) {
    base::LogWarning("stopped by signal " + std::to_string(report.stop_signal) +
                     "; the same command continues where it stopped");
    return 128 + report.stop_signal;
  }
  if (report.unaccepted > 0 && run.replays())
    base::LogWarning(std::to_string(report.unaccepted) +
                     " replayed scenes did not pass the checks; they are kept, and the manifest says why");
  else if (report.unaccepted > 0)
    base::LogWarning(std::to_string(report.unaccepted) +
                     " trials are missing because all their candidate scenes were rejected; the manifest says why");
  if (format == Format::kJson) {
    Print(ToJson(report));
  } else {
    Print(physion::StatsTable(run.settings.out), Format::kText);
    std::printf("%d trials in '%s': %d made now, %d were there\n", report.slots, run.settings.out.c_str(), report.made,
                report.kept + report.adopted);
  }
  return 0;
}

void AddGenerate(CLI::App& physion, Action* action) {
  CLI::App* command = physion.add_subcommand("generate", "Make a labelled data set, or continue one");
  const auto settings = std::make_shared<physion::GenerateConfig>();
  const auto own = std::make_shared<OwnConfig>();
  const auto flags = std::make_shared<std::pair<bool, bool>>(false, false);  // dry run, json
  AddFlags(*command, physion::AllFields(settings.get()));
  command->add_option("--from", own->file,
                      "a config of your own: the YAML of `figment physion config`, edited, or an argument file of the "
                      "reference");
  command->add_option("--set", own->settings, "key=value: any setting above, or an argument of the scenario");
  command->add_flag("--dry-run", flags->first, "estimate time and disk, write nothing");
  command->add_flag("--json", flags->second, "print the result as JSON");
  command->callback([=] {
    *action = [=] {
      const physion::Run run = MakeRun(*settings, *own);
      const Format format = flags->second ? Format::kJson : Format::kText;
      return flags->first ? DryRun(run, format) : Generate(run, format);
    };
  });
}

int Import(physion::GenerateConfig settings, const std::vector<std::string>& folders, bool dry_run, Format format) {
  const physion::ImportedScenes imported = physion::ReadCommandLogs({folders.begin(), folders.end()});
  if (settings.scenarios.empty()) settings.scenarios = imported.Scenarios();
  settings.config = physion::kImported;
  physion::Validate(settings);
  for (const std::string& warning : imported.warnings) base::LogWarning(warning);
  const physion::Run run = physion::MakeImportedRun(settings, imported.scenes);
  base::LogInfo("read " + std::to_string(imported.scenes.size()) + " trials of " + std::to_string(imported.folders) +
                " configurations");
  return dry_run ? DryRun(run, format) : Generate(run, format);
}

void AddImport(CLI::App& physion, Action* action) {
  CLI::App* command = physion.add_subcommand(
      "import", "Replay the reference's own command logs (tdw_commands.json) as a data set, or continue one");
  const auto folders = std::make_shared<std::vector<std::string>>();
  const auto settings = std::make_shared<physion::GenerateConfig>();
  const auto flags = std::make_shared<std::pair<bool, bool>>(false, false);  // dry run, json
  command->add_option("FOLDER", *folders, "folders of configurations that hold a tdw_commands.json, or a folder above them")
      ->required();
  const base::FieldList fields = physion::AllFields(settings.get());
  for (const base::Field& field : fields.fields())
    if (field.key != "config" && field.key != "seed" && field.key != "models") AddFlag(*command, field);
  command->add_flag("--dry-run", flags->first, "estimate time and disk, write nothing");
  command->add_flag("--json", flags->second, "print the result as JSON");
  command->callback([=] {
    *action = [=] { return Import(*settings, *folders, flags->first, flags->second ? Format::kJson : Format::kText); };
  });
}

void AddPreview(CLI::App& physion, Action* action) {
  CLI::App* command = physion.add_subcommand("preview", "Draw one trial as a contact sheet: frames, map, passes");
  const auto request = std::make_shared<physion::PreviewRequest>();
  const auto settings = std::make_shared<physion::GenerateConfig>();
  command->add_option("--scenario", request->scenario, "scenario");
  command->add_option("--config", request->config,
                      "config, or released: one of the released scenes; otherwise a config is drawn by the seed");
  command->add_option("--stimulus", request->stimulus, "a released scene by its stimulus name");
  AddSeed(*command, &request->seed, "seed");
  command->add_option("--out", request->out, "the picture, .png")->required();
  const auto own = std::make_shared<OwnConfig>();
  command->add_option("--set", own->settings, "key=value: a setting of `generate`, or an argument of the scenario");
  const base::FieldList fields = physion::AllFields(settings.get());
  for (const base::Field& field : fields.fields())
    if (field.key == "size" || field.key == "quality" || field.key == "mode" || field.key == "engine" ||
        field.key == "device" || field.key == "models")
      AddFlag(*command, field);
  command->callback([=] {
    *action = [=] {
      ApplySettings(physion::AllFields(settings.get()), *own);
      request->arguments = own->arguments;
      std::printf("%s\n", physion::Preview(*request, *settings).c_str());
      return 0;
    };
  });
}

void AddConfig(CLI::App& physion, Action* action) {
  CLI::App* command = physion.add_subcommand("config", "Print a released config as YAML, to edit and give to --from");
  const auto name = std::make_shared<std::string>();
  command->add_option("CONFIG", *name, "name of a config, see `figment physion list`")->required();
  command->callback([=] {
    *action = [=] {
      std::fputs(physion::ConfigToYaml(physion::FindConfig(*name)).c_str(), stdout);
      return 0;
    };
  });
}

}  // namespace

void AddPhysion(CLI::App& app, Action* action) {
  CLI::App* physion = app.add_subcommand("physion", "Physical-prediction stimuli: eight scenarios");
  physion->require_subcommand(1);
  CLI::App* list = physion->add_subcommand("list", "Scenarios and released configs");
  list->callback([=] { *action = List; });
  AddGenerate(*physion, action);
  AddImport(*physion, action);
  AddPreview(*physion, action);
  AddConfig(*physion, action);
  AddPhysionModels(*physion, action);
  AddPhysionData(*physion, action);
}

}  // namespace figment::cli
