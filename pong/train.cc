#include <ATen/Parallel.h>
#include <torch/torch.h>

#include "pong/train.h"

#include <numeric>

#include "agents/checkpoint.h"
#include "agents/trainer.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/machine.h"
#include "base/progress.h"
#include "files/atomic.h"
#include "files/lock_file.h"
#include "files/safetensors.h"
#include "pong/state_analysis.h"
#include "pong/trial_sets.h"

namespace figment::pong {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr char kLockFile[] = ".lock";

// --- The fitted input, as tensors of a checkpoint and as a file that runs of a grid share.

agents::NamedTensors TensorsOf(const InputTable& table) {
  const auto tensor = [](const std::vector<float>& values, std::vector<int64_t> shape) {
    at::Tensor copy = at::empty(shape);
    std::copy(values.begin(), values.end(), copy.data_ptr<float>());
    return copy;
  };
  return {{"input/weights", tensor(table.weights, {table.rows, table.columns})}, {"input/rest", tensor(table.rest, {table.columns})}};
}

InputTable TableOf(const at::Tensor& weights, const at::Tensor& rest, InputKind kind) {
  const auto copy = [](const at::Tensor& tensor) {
    return std::vector<float>(tensor.const_data_ptr<float>(), tensor.const_data_ptr<float>() + tensor.numel());
  };
  return {.kind = kind, .rows = static_cast<int>(weights.size(0)), .columns = static_cast<int>(weights.size(1)),
          .weights = copy(weights), .rest = copy(rest)};
}

std::string NameOf(const InputOptions& options) {
  std::string name;
  for (const auto& [text, kind] : InputKinds())
    if (kind == options.kind) name += text;
  for (const auto& [text, fit] : InputFits())
    if (fit == options.fit) name += "-" + text;
  name += "-" + std::to_string(options.components) + (options.whiten ? "-whitened" : "");
  if (options.fit_conditions > 0) name += "-" + std::to_string(options.fit_conditions);
  return "input-" + name + ".safetensors";
}

const agents::NamedTensor& Named(const agents::NamedTensors& all, const std::string& name, const fs::path& source) {
  for (const agents::NamedTensor& one : all)
    if (one.name == name) return one;
  throw base::Error(source.string() + ": no tensor '" + name + "'");
}

InputTable TableIn(const agents::NamedTensors& tensors, InputKind kind, const fs::path& source) {
  const at::Tensor weights = Named(tensors, "constants/input/weights", source).tensor;
  const at::Tensor rest = Named(tensors, "constants/input/rest", source).tensor;
  if (weights.dim() != 2 || rest.dim() != 1)
    throw base::Error(source.string() + ": the tensors of its input have another shape than expected");
  InputTable table = TableOf(weights, rest, kind);
  CheckTable(table, source.string());
  return table;
}

InputTable ReadTable(const fs::path& path, InputKind kind) {
  const files::SavedTensors file = files::ReadSafetensors(path);
  const std::string source = path.string();
  const files::SavedTensor* weights = file.Find("input/weights");
  InputTable table{.kind = kind, .weights = files::Floats(weights, "input/weights", {-1, -1}, source)};
  table.rows = static_cast<int>(weights->shape[0]), table.columns = static_cast<int>(weights->shape[1]);
  table.rest = files::Floats(file.Find("input/rest"), "input/rest", {table.columns}, source);
  CheckTable(table, source);
  return table;
}

void WriteTable(const fs::path& path, const InputTable& table) {
  files::WriteSafetensors(path, {{files::FloatTensor("input/weights", {table.rows, table.columns}, table.weights),
                                  files::FloatTensor("input/rest", {table.columns}, table.rest)}, {}});
}

struct Data {
  const std::vector<Condition>& trials = TrialSet();
  Split split = MakeSplit();
};

InputTable FitOrRead(const InputOptions& options, const Data& data, const std::optional<fs::path>& folder) {
  const std::optional<fs::path> path = folder ? std::optional(*folder / NameOf(options)) : std::nullopt;
  if (path && fs::exists(*path)) return ReadTable(*path, options.kind);
  const InputTable table = FitInput(options, data.trials, data.split);
  if (path) WriteTable(*path, table);
  return table;
}

// --- Settings.

Json ConfigJson(TrainConfig config) {
  Json json = Json::parse(FieldsOf(&config).ToJson());
  // With the adaptive rate a run may be made longer.
  if (!config.cosine) json.erase("passes");
  return json;
}

TrainConfig ConfigOf(const Json& json, const fs::path& source) {
  TrainConfig config;
  base::FieldList fields = FieldsOf(&config);
  try {
    for (const auto& [key, value] : json.items()) fields.Set(key, value.is_string() ? value.get<std::string>() : value.dump());
  } catch (const base::Error& error) {
    throw base::Error(source.string() + ": not a network of `figment pong train`: " + error.what());
  }
  return config;
}

NetworkOptions NetworkOptionsOf(const TrainConfig& config, int inputs) {
  return {.cell = agents::CellNamed(config.cell), .inputs = inputs, .units = config.units,
          .output_scale = config.output_scale, .output_offset = config.output_offset};
}

agents::TrainerOptions TrainerOptionsOf(const TrainConfig& c, const RunConfig& run) {
  agents::TrainerOptions options;
  options.passes = c.passes;
  options.schedule = c.cosine ? agents::RateSchedule::kCosine : agents::RateSchedule::kAdaptive;
  options.adaptive_rate.initial = c.rate;
  options.peak_rate = c.rate, options.warm_up = c.warm_up;
  options.adaptive_clip = c.adaptive_clip, options.fixed_clip = c.fixed_clip;
  options.adam.epsilon = c.epsilon, options.adam.epsilon_before_correction = c.epsilon_before_correction;
  options.evaluate_every = run.evaluate_every;
  options.checkpoint_every_s = run.checkpoint_every_s;
  return options;
}

// Throws base::Error unless all that a folder holds may be a run's that was stopped before its first checkpoint.
void RequireOwnFolder(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const bool own = name == "config.yaml" || name == "log.jsonl" || name == kLockFile ||
                     name.starts_with("events.out.tfevents.") || name.starts_with(".tmp-");
    if (!own || !entry.is_regular_file())
      throw base::Error("'" + folder.string() + "' holds '" + name +
                        "', which is no part of a run: expected a new or empty folder, or one with a run to go on with");
  }
}

// --- One run.

class Trial {
 public:
  Trial(const TrainConfig& config, const Data& data, InputTable table)
      : config_(config), data_(data), family_(FamilyNamed(config.family)), constants_(TensorsOf(table)),
        input_(MakeFrameInput(std::move(table))), network_(MakeNetwork(NetworkOptionsOf(config, input_->size()), config.seed)),
        initial_readout_(network_.readout.weights.detach().clone()) {
    for (const int index : SetIndices("simulation200")) evaluation_.push_back(data.trials[index]);
    order_.assign(data.split.train.begin(), data.split.train.begin() + config.train_conditions);
  }

  agents::TrainingTask Task() {
    agents::TrainingTask task{.config = ConfigJson(config_), .parameters = Parameters(network_), .constants = Constants(network_)};
    for (const agents::NamedTensor& one : constants_) task.constants.push_back(one);
    task.constants.push_back({"readout/initial_weights", initial_readout_});
    task.steps_per_pass = config_.train_conditions / config_.batch_size;
    task.loss = [this](int64_t pass, int64_t step) { return Loss(pass, step); };
    task.evaluate = [this](int64_t) { return Evaluate(); };
    return task;
  }

 private:
  at::Tensor Loss(int64_t pass, int64_t step) {
    if (config_.shuffle && pass != shuffled_for_) Shuffle(pass);
    const std::span<const int> indices(order_.data() + step * config_.batch_size, static_cast<size_t>(config_.batch_size));
    const bool dynamics = config_.loss.HasDynamics();
    const TrialBatch batch = MakeBatch(data_.trials, indices, *input_,
                                       {.family = &family_,
                                        .mean = config_.time_mean,
                                        .frames = dynamics ? BatchFrames::kAll : BatchFrames::kToTheEnd,
                                        .paddle_start = kMiddle - config_.output_offset});
    const agents::States states = agents::RunLayer(network_.layer, batch.inputs);
    at::Tensor loss = SquaredErrors(Outputs(network_.readout, states.h), batch);
    if (config_.loss.penalty != PenaltyKind::kNone)
      loss = loss + Penalty(config_.loss, network_.readout.weights, initial_readout_);
    return dynamics ? loss + DynamicsPenalty(config_.loss, states.h) : loss;
  }

  // The order of a pass follows from seed and pass alone.
  void Shuffle(int64_t pass) {
    order_.assign(data_.split.train.begin(), data_.split.train.begin() + config_.train_conditions);
    base::Rng rng({config_.seed, base::KeyOf("order"), static_cast<uint64_t>(pass)});
    rng.Shuffle(order_);
    shuffled_for_ = pass;
  }

  Json Evaluate() const {
    const NetworkRun run = RunNetwork(network_, *input_, evaluation_);
    const Endpoint endpoint = EndpointOf(run.outputs, evaluation_);
    const BallDecoding ball = DecodeBall(run.h, evaluation_);
    return {{"mae_deg", endpoint.mae_deg}, {"rmse_deg", endpoint.rmse_deg}, {"r", endpoint.r}, {"simulation_index", ball.mae}};
  }

  const TrainConfig& config_;
  const Data& data_;
  const Family& family_;
  agents::NamedTensors constants_;
  std::unique_ptr<FrameInput> input_;
  Network network_;
  at::Tensor initial_readout_;
  std::vector<Condition> evaluation_;
  std::vector<int> order_;
  int64_t shuffled_for_ = -1;
};

}  // namespace

TrainResult TrainNetwork(const TrainConfig& config, const RunConfig& run, const fs::path& folder, Resume resume, bool quiet,
                         const std::optional<fs::path>& inputs) {
  CheckConfig(config);
  at::set_num_threads(run.threads > 0 ? run.threads : base::NumberOfCpus());
  const fs::path checkpoint = agents::CheckpointPath(folder);
  const bool there = fs::exists(checkpoint);
  if (resume == Resume::kRequired && !there)
    throw base::Error("nothing to go on from: " + checkpoint.string() + " does not exist");
  if (!there && fs::exists(folder) && !fs::is_directory(folder))
    throw base::Error(folder.string() + " is a file; expected a folder for the run");
  fs::create_directories(folder);
  if (!there) RequireOwnFolder(folder);
  const files::LockFile lock(folder / kLockFile, "trains in '" + folder.string() + "'");
  const Data data;
  InputTable table;
  if (there) {
    const agents::Checkpoint saved = agents::ReadCheckpoint(checkpoint);
    agents::RequireSameConfig(checkpoint, saved.config, ConfigJson(config));
    table = TableIn(saved.tensors, config.input.kind, checkpoint);
  } else {
    table = FitOrRead(config.input, data, inputs);
  }
  Trial trial(config, data, std::move(table));
  const agents::TrainingTask task = trial.Task();
  TrainConfig saved = config;
  files::WriteFileAtomically(folder / "config.yaml", FieldsOf(&saved).ToYaml());

  base::Progress progress("steps", config.passes * task.steps_per_pass,
                          quiet ? base::ProgressStyle::kSilent : base::ProgressStyle::kAuto);
  int64_t shown = 0;
  const agents::TrainingOutcome outcome =
      agents::Train(task, TrainerOptionsOf(config, run), folder, [&](int64_t steps) {
        progress.Advance(steps - shown);
        shown = steps;
      });
  progress.Finish();
  if (outcome.skipped > 0)
    base::LogWarning(std::to_string(outcome.skipped) + " steps had a loss that was not finite and were skipped");
  return {.stopped = outcome.stopped, .passes = outcome.passes, .last = outcome.last};
}

RunState StateOfRun(const TrainConfig& config, const fs::path& folder) {
  const fs::path file = agents::CheckpointPath(folder);
  if (!fs::exists(file)) return {};
  const agents::Checkpoint checkpoint = agents::ReadCheckpoint(file);
  agents::RequireSameConfig(file, checkpoint.config, ConfigJson(config));
  const agents::TrainingState state = agents::StateOf(checkpoint, file.string());
  return {state.passes, state.passes >= config.passes || (!config.cosine && state.rate_exhausted)};
}

TrainedNetwork LoadNetwork(const fs::path& path) {
  const fs::path file = fs::is_directory(path) ? agents::CheckpointPath(path) : path;
  const agents::Checkpoint checkpoint = agents::ReadCheckpoint(file);
  TrainedNetwork trained{.config = ConfigOf(checkpoint.config, file)};
  trained.input = TableIn(checkpoint.tensors, trained.config.input.kind, file);
  trained.network = MakeNetwork(NetworkOptionsOf(trained.config, trained.input.columns), trained.config.seed);
  agents::CopyTensors(checkpoint.tensors, "parameters/", Parameters(trained.network), file.string());
  agents::CopyTensors(checkpoint.tensors, "constants/", Constants(trained.network), file.string());
  trained.passes = agents::StateOf(checkpoint, file.string()).passes;
  trained.sha256 = base::Sha256OfFile(file);
  return trained;
}

void FitSharedInputs(const std::vector<GridCase>& cases, const fs::path& folder) {
  const Data data;
  for (const GridCase& one : cases) FitOrRead(one.config.input, data, folder);
}

}  // namespace figment::pong
