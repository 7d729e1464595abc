#include <cstdio>
#include <filesystem>
#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "pong/regression_maps.h"
#include "pong/score_request.h"
#include "pong/synthetic_dmfc.h"

namespace figment::cli {
namespace {

struct ScoreOptions {
  pong::ScoreRequest request;
  std::string out;
  bool json = false, csv = false, no_other_animal = false;
};

int PrintReport(const ScoreOptions& options, pong::ScoreReport (*run)(const pong::ScoreRequest&)) {
  pong::ScoreRequest request = options.request;
  request.other_animal = !options.no_other_animal;
  if (options.json && options.csv) throw base::UsageError("expected one of --json and --csv");
  if (!options.out.empty()) pong::CheckNoReport(options.out);
  const pong::ScoreReport report = run(request);
  if (!options.out.empty()) pong::WriteReport(report, options.out);
  if (options.json) Print(report.json);
  else if (options.csv) std::fputs(report.scores_csv.c_str(), stdout);
  else Print(report.table, Format::kText);
  return 0;
}

// What `score` and `decode` share.
void AddDataOptions(CLI::App& command, const std::shared_ptr<ScoreOptions>& options) {
  pong::ScoreRequest& request = options->request;
  command.add_option("--features", request.features, "features of a model: HDF5, NPZ or npy (docs/neural.md)");
  command.add_option("--oracle", request.oracle, "instead: parts of the true state, of position,velocity,endpoint")
      ->delimiter(',');
  command.add_option("--responses", request.responses,
                     "responses of the neurons: MAT, NPZ or HDF5; several as ANIMAL=FILE,ANIMAL=FILE")
      ->delimiter(',');
  command.add_option("--array", request.array, "which responses of the file")->capture_default_str();
  command.add_option("--trials", request.trials, "occ or vis: occluded or visible trials")->capture_default_str();
  command.add_option("--min-reliability", request.min_reliability,
                     "leave out units whose halves correlate less than this over the whole trial (counted)");
  command.add_option("--dt-ms", request.dt_ms, "time of a frame of the features, if their file does not say it");
  command.add_option("--epoch", request.epoch, "visible, occluded, whole or all")->capture_default_str();
  command.add_option("--factors", request.factors,
                     "reduce responses to so many factors, fitted inside each fold (0: units as they are)")
      ->capture_default_str();
  command.add_option("--reduction", request.reduction, "how: fa (factor analysis) or pca")->capture_default_str();
  command.add_flag("--factors-on-all", request.factors_on_all,
                   "rsa and decode: fit factors to all conditions, as published (printed)");
  command.add_option("--out", options->out, "folder for score.json, scores.csv and units.csv");
  command.add_flag("--json", options->json, "print as JSON");
  command.add_flag("--csv", options->csv, "print as CSV");
}

std::string MapHelp() {
  std::string help;
  for (const pong::RegressionMap& map : pong::RegressionMaps()) help += map.name + ": " + map.what + "; ";
  return help + "rsa: representational similarity; cka: linear kernel alignment";
}

void AddScore(CLI::App& pong, Action* action) {
  CLI::App* command = pong.add_subcommand("score", "How well features predict neurons, with every ceiling");
  const auto options = std::make_shared<ScoreOptions>();
  pong::ScoreRequest& request = options->request;
  AddDataOptions(*command, options);
  command->add_option("--map", request.map, MapHelp())->capture_default_str();
  command->add_option("--folds", request.folds, "folds of whole conditions")->capture_default_str();
  command->add_flag("--leaky-rows", request.leaky_rows,
                    "shuffle rows into the splits instead, as the reference does; the score is inflated");
  command->add_option("--components", request.components, "components of pls")->capture_default_str();
  command->add_option("--null", request.null, "none, or conditions: give each condition the features of another")
      ->capture_default_str();
  command->add_option("--bootstrap", request.bootstrap, "resamples for the intervals; 0: none")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  command->add_flag("--no-other-animal", options->no_other_animal, "leave out ceiling (3)");
  AddSeed(*command, &request.seed, "of folds, bootstrap and nulls");
  command->add_option("--grid", request.grid, "rsa: states at the frames of 24 Hz, or at the bins")
      ->capture_default_str();
  command->add_option("--distance", request.distance, "rsa: euclidean or correlation")->capture_default_str();
  command->add_option("--correlation", request.correlation, "rsa: pearson or spearman")->capture_default_str();
  command->callback([=] { *action = [=] { return PrintReport(*options, pong::RunScore); }; });
}

void AddDecode(CLI::App& pong, Action* action) {
  CLI::App* command =
      pong.add_subcommand("decode", "The ball's position, velocity and endpoint from neurons or features");
  const auto options = std::make_shared<ScoreOptions>();
  options->request.factors = 50;
  options->request.reduction = "pca";
  AddDataOptions(*command, options);
  command->add_option("--splits", options->request.splits, "splits of the conditions into 39 to fit and 40 to test")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  command->add_option("--lag", options->request.lag_bins, "read the source this many bins later than the ball")
      ->check(CLI::Range(-50, 50))
      ->capture_default_str();
  command->callback([=] { *action = [=] { return PrintReport(*options, pong::RunDecode); }; });
}

struct SyntheticRequest {
  pong::SyntheticOptions options;
  std::string out;
};

int WriteSynthetic(const SyntheticRequest& request) {
  if (std::filesystem::exists(request.out)) throw base::Error(request.out + " is there already");
  const pong::Responses responses = pong::MakeSyntheticResponses(request.options);
  pong::WriteResponses(responses, request.out);
  std::printf("%s: %d units, expected split-half correlation %g, seed %llu\n", request.out.c_str(), responses.units,
              request.options.reliability, static_cast<unsigned long long>(request.options.seed));
  return 0;
}

void AddSynthetic(CLI::App& pong, Action* action) {
  CLI::App* command =
      pong.add_subcommand("synthetic", "Synthetic neurons with known answers, in the form of the recordings");
  const auto request = std::make_shared<SyntheticRequest>();
  pong::SyntheticOptions& options = request->options;
  command->add_option("--out", request->out, "file to write: .h5, .hdf5 or .npz")->required();
  command->add_option("--units", options.units, "number of units")->capture_default_str();
  command->add_option("--reliability", options.reliability, "expected correlation of the halves over the whole trial")
      ->capture_default_str();
  command->add_option("--repeats", options.trials, "trials of each condition, half of them in each half")
      ->capture_default_str();
  command->add_option("--second-animal", options.second_animal, "share of the units in a second animal")
      ->capture_default_str();
  command->add_option("--position", options.position, "size of the tuning to the ball's position")
      ->capture_default_str();
  command->add_option("--velocity", options.velocity, "to its velocity")->capture_default_str();
  command->add_option("--endpoint", options.endpoint, "to the endpoint")->capture_default_str();
  AddSeed(*command, &options.seed, "of tuning and spikes");
  command->callback([=] { *action = [=] { return WriteSynthetic(*request); }; });
}

}  // namespace

void AddPongScores(CLI::App& pong, Action* action) {
  AddScore(pong, action);
  AddDecode(pong, action);
  AddSynthetic(pong, action);
}

}  // namespace figment::cli
