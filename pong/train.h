// Training the published families of networks: settings, one run, and a grid of runs over worker processes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/config.h"
#include "base/table.h"
#include "pong/inputs.h"
#include "pong/network.h"

namespace figment::pong {

// Defaults are the published settings, but for the components, which are fitted on train trials instead of valid ones.
struct TrainConfig {
  // The network.
  std::string family = "vis-sim-mov", cell = "lstm";
  int units = 20;
  double output_scale = 1, output_offset = 0;
  // What it sees.
  InputOptions input;
  // What it is trained on.
  int train_conditions = 212480, batch_size = 512;
  bool shuffle = false;
  // The loss.
  TimeMean time_mean = TimeMean::kAll;
  LossOptions loss;
  // The optimiser.
  bool cosine = false;
  double rate = 0.1, warm_up = 0.02;
  double epsilon = 0.01;
  bool epsilon_before_correction = true;
  bool adaptive_clip = true;
  double fixed_clip = 0;
  int passes = 100;
  uint64_t seed = 0;
};
// Fields that decide what is learned.
base::FieldList FieldsOf(TrainConfig* config);

// Throws base::Error on fields that contradict each other.
void CheckConfig(const TrainConfig& config);

// How a run is done, not what it learns.
struct RunConfig {
  int threads = 0;               // of torch; 0 = as many as the machine has
  int evaluate_every = 1;        // passes
  double checkpoint_every_s = 60;
};
base::FieldList FieldsOf(RunConfig* config);

// "published": every setting as published. "quick": settings that learn the task in minutes (docs/training.md).
const std::vector<std::string>& TrainPresets();
void ApplyPreset(const std::string& name, TrainConfig* config);  // throws base::Error with the nearest name

struct TrainResult {
  bool stopped = false;             // asked to; the same command goes on
  int64_t passes = 0;
  nlohmann::ordered_json last;      // the log's last line
};

// Trains into a folder: checkpoint, log (agents/trainer.h), config.yaml. Goes on from a checkpoint that is there if its
// config is the same; `passes` may grow with the adaptive learning rate. `inputs` is a folder where fitted components
// are looked for and left (nullopt: they are fitted for this run, and kept in its checkpoint); `quiet` shows no progress.
// Throws base::Error if another process trains in the folder, or if it holds what is not a run's.
enum class Resume { kIfThere, kRequired };
TrainResult TrainNetwork(const TrainConfig& config, const RunConfig& run, const std::filesystem::path& folder,
                         Resume resume = Resume::kIfThere, bool quiet = false,
                         const std::optional<std::filesystem::path>& inputs = std::nullopt);

// How far the run in a folder is; nothing is there: 0 passes. Throws base::Error if the folder's checkpoint is of another
// config or damaged.
struct RunState {
  int64_t passes = 0;
  bool finished = false;
};
RunState StateOfRun(const TrainConfig& config, const std::filesystem::path& folder);

// A network as its checkpoint holds it.
struct TrainedNetwork {
  TrainConfig config;
  Network network;
  InputTable input;
  int64_t passes = 0;
  std::string sha256;  // of the checkpoint
};
// `path` is a checkpoint or the folder of a run. Throws base::Error if it is none of ours.
TrainedNetwork LoadNetwork(const std::filesystem::path& path);

// --- Grids

// Values to try, of one field: "units=10,20".
struct GridAxis {
  std::string key;
  std::vector<std::string> values;
};
// "published" stands for the published axes, whose five penalties also differ by seed (the config's, + 1, ... + 4) unless
// the penalty is active: the released one has no gradient. Otherwise KEY=VALUE,VALUE... with any key of
// FieldsOf(TrainConfig).
std::vector<GridAxis> ParseGrid(const std::vector<std::string>& arguments);

struct GridConfig {
  TrainConfig base;
  RunConfig run;                    // threads are 1 in every worker
  std::vector<GridAxis> axes;
  int workers = 1;
  std::filesystem::path program;    // `figment`
  std::filesystem::path folder;
};
struct GridCase {
  std::string name;                 // "family-mov_seed-1": also its folder
  TrainConfig config;
};
std::vector<GridCase> CasesOf(const GridConfig& grid);

// Fits the inputs of all cases once, into files in a folder.
void FitSharedInputs(const std::vector<GridCase>& cases, const std::filesystem::path& folder);

struct GridResult {
  base::Table table;
  int failed = 0;
  bool stopped = false;
};
// Every case in a folder of its own, in worker processes; cases that are done are not done again. Throws base::Error,
// before anything is trained, if a folder holds a run of other settings.
GridResult TrainGrid(const GridConfig& grid);
// The cases and how far they are; trains nothing.
base::Table PlanOf(const GridConfig& grid);

}  // namespace figment::pong
