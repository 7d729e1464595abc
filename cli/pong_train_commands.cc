#include <cstdio>
#include <memory>

#include "base/error.h"
#include "base/machine.h"
#include "base/process.h"
#include "base/signals.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "pong/model_features.h"
#include "pong/train.h"

namespace figment::cli {
namespace {

namespace fs = std::filesystem;

struct TrainOptions {
  pong::TrainConfig config;
  pong::RunConfig run;
  std::string out, inputs;
  std::vector<std::string> grid;
  int workers = 0;
  bool plan = false, resume = false, json = false, as_worker = false;
};

void PrintResult(const TrainOptions& options, const pong::TrainResult& result) {
  if (options.json) {
    std::printf("%s\n", result.last.dump().c_str());
    return;
  }
  std::printf("%s: %lld passes", options.out.c_str(), static_cast<long long>(result.passes));
  if (result.last.is_object() && result.last.contains("evaluation") && result.last["loss"].is_number()) {
    const auto& evaluation = result.last["evaluation"];
    std::printf(", loss %.5g, endpoint error %.3f deg, simulation index %.3f", result.last["loss"].get<double>(),
                evaluation["mae_deg"].get<double>(), evaluation["simulation_index"].get<double>());
  }
  std::printf("\n");
}

int TrainOne(const TrainOptions& options) {
  if (options.plan || options.workers > 0) throw base::UsageError("--plan and --workers go with --grid");
  base::InstallStopHandler();
  if (options.as_worker) base::DieWithParent();
  const auto inputs = options.inputs.empty() ? std::nullopt : std::optional<fs::path>(options.inputs);
  const auto resume = options.resume ? pong::Resume::kRequired : pong::Resume::kIfThere;
  try {
    const pong::TrainResult result =
        pong::TrainNetwork(options.config, options.run, options.out, resume, options.as_worker, inputs);
    PrintResult(options, result);
    return result.stopped ? 128 + base::StopSignal() : 0;
  } catch (const base::Error& error) {
    if (!options.as_worker) throw;
    std::printf("%s\n", error.what());  // the grid's parent reads it
    return 1;
  }
}

int TrainMany(const TrainOptions& options) {
  if (options.resume) throw base::UsageError("--resume is for one run: a grid goes on by itself");
  const pong::GridConfig grid = {.base = options.config,
                                 .run = options.run,
                                 .axes = pong::ParseGrid(options.grid),
                                 .workers = options.workers > 0 ? options.workers : base::NumberOfCpus(),
                                 .program = base::ExecutableDirectory() / "figment",
                                 .folder = options.out};
  if (options.plan) {
    Print(pong::PlanOf(grid), options.json ? Format::kJson : Format::kText);
    return 0;
  }
  base::InstallStopHandler();
  const pong::GridResult result = pong::TrainGrid(grid);
  Print(result.table, options.json ? Format::kJson : Format::kText);
  if (result.stopped) return 128 + base::StopSignal();
  return result.failed > 0 ? 1 : 0;
}

void AddTrain(CLI::App& pong, Action* action) {
  CLI::App* command = pong.add_subcommand("train", "Train a network to watch the ball and say where it will arrive");
  const auto options = std::make_shared<TrainOptions>();
  command->add_option("--out", options->out, "folder of the run; the same command goes on from its checkpoint")->required();
  command->add_flag("--resume", options->resume, "go on from a checkpoint; an error if there is none");
  // Before the fields, so that their flags change what the preset sets.
  command->add_option_function<std::string>(
      "--preset", [options](const std::string& name) { pong::ApplyPreset(name, &options->config); },
      "default (published, inputs fitted on train trials), published, or quick (minutes); other flags change it");
  AddFlags(*command, pong::FieldsOf(&options->config));
  AddFlags(*command, pong::FieldsOf(&options->run));
  command->add_option("--grid", options->grid,
                      "train many: 'published', or lists such as family=mov,sim-mov seed=0,1,2; one folder each, one table")
      ->expected(1, 100);
  command->add_flag("--plan", options->plan, "grid: print its networks and how far each is, and train nothing");
  command->add_option("--workers", options->workers, "grid: processes, one thread each; 0 = one a CPU")->check(CLI::Range(0, 1024));
  command->add_flag("--json", options->json, "print as JSON");
  command->add_option("--inputs", options->inputs)->group("");
  command->add_flag("--as-worker", options->as_worker)->group("");
  command->callback([=] { *action = [=] { return options->grid.empty() ? TrainOne(*options) : TrainMany(*options); }; });
}

void AddFeatures(CLI::App& pong, Action* action) {
  CLI::App* command = pong.add_subcommand("features", "What a trained network does on a set of conditions, as a file for scores");
  const auto request = std::make_shared<pong::FeatureRequest>();
  command->add_option("--checkpoint", request->checkpoint, "a run of `train`, or its checkpoint")->required();
  command->add_option("--set", request->selection.set, pong::TrialSetNames())->capture_default_str();
  command->add_option("--index", request->selection.indices, "conditions by index, comma-separated, instead of a set")
      ->delimiter(',');
  command->add_option("--layer", request->layer, "what `features` holds: h, state ([c, h]) or outputs")->capture_default_str();
  command->add_option("--out", request->out, "HDF5 file to write")->required();
  command->callback([=] {
    *action = [=] {
      const int conditions = pong::WriteModelFeatures(*request);
      std::printf("%s: %d conditions\n", request->out.c_str(), conditions);
      return 0;
    };
  });
}

}  // namespace

void AddPongTraining(CLI::App& pong, Action* action) {
  AddTrain(pong, action);
  AddFeatures(pong, action);
}

}  // namespace figment::cli
