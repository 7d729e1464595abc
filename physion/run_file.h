// run.json: what a data set is - its settings, configs and plan - saved beside the data by the first command that
// writes to the folder. Workers, resumed runs, other shards, status and verify all read it; results follow from it
// alone. Format 1.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "physion/plan.h"

namespace figment::physion {

struct Run {
  GenerateConfig settings;  // result fields only; out, workers, device and shard are not saved
  Plan plan;
  // Of a replay: the scene of each slot, in the colours of the log. Otherwise scenes are drawn.
  std::shared_ptr<const std::vector<TrialSpec>> scenes;
  std::string scenes_sha256;  // of the text the scenes were read from
  // Of the models in settings.models: the files, name -> SHA-256 (empty without), and once loaded the models themselves.
  std::map<std::string, std::string> model_files;
  std::shared_ptr<const Models> models;

  bool replays() const { return scenes != nullptr; }
  const Models& own_models() const;
};

// The run of these settings; `own` is the user's own config (--from). Throws base::Error.
Run MakeRun(const GenerateConfig& settings, const std::optional<Config>& own = std::nullopt);

// A run that replays `scenes`; settings.config becomes "imported". They are saved beside run.json as scenes.jsonl.
Run MakeImportedRun(GenerateConfig settings, const std::vector<TrialSpec>& scenes);

// Loads the models of settings.models, if there are any, and notes their files; warns once of models without a licence.
void RecordModels(Run& run);

// Loads the models of a saved run from settings.models. Throws base::Error naming the first file that is not what the
// run noted.
void LoadModels(Run& run);

std::filesystem::path RunPath(const std::filesystem::path& folder);
nlohmann::ordered_json ToJson(const Run& run);

// Throws base::Error if the folder holds no run or the file is not readable as one.
Run ReadRun(const std::filesystem::path& folder);

// Creates the folder and its run.json, or checks that what is there is the same run. Throws base::Error naming the first
// setting that differs, or if the folder holds other files.
void PrepareFolder(const std::filesystem::path& folder, const Run& run);

// The command line that continues the run: `figment physion generate --scenario ... --out FOLDER`. A config of the
// user's own and the logs of an import stand in it as placeholders, since their files are not known.
std::string GenerateCommand(const Run& run);

// Folder (relative to the data set) and stem of a slot's files: "<scenario>/<config>_<NNNN>".
std::string SlotStem(const Plan& plan, const Slot& slot);
std::string StimulusName(const Plan& plan, const Slot& slot);

}  // namespace figment::physion
