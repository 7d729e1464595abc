#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "base/error.h"
#include "base/names.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "files/atomic.h"
#include "pong/players.h"
#include "pong/trial_sets.h"

namespace figment::cli {
namespace {

struct PlayOptions {
  std::string player = "all", set = "published79", out;
  std::vector<int> indices;
  std::optional<int> first;
  pong::PlayRequest request;
  bool json = false;
};

std::vector<std::string> ChosenPlayers(const std::string& name) {
  if (name != "all") {
    pong::MakePlayer(name);  // throws where there is none
    return {name};
  }
  return base::NamesOf(pong::Players());
}

int PrintPlays(PlayOptions options) {
  const std::vector<std::string> players = ChosenPlayers(options.player);
  if (!options.out.empty() && players.size() > 1)
    throw base::UsageError("--out holds one player: choose it with --player");
  if (std::filesystem::exists(options.out))
    throw base::Error("'" + options.out + "' is there already and is not overwritten");
  options.request.indices = pong::Select({.set = options.set, .indices = options.indices});
  if (options.first && static_cast<size_t>(*options.first) < options.request.indices.size())
    options.request.indices.resize(static_cast<size_t>(*options.first));
  base::Table table = {.title = "Players",
                       .columns = {"player", "trials", "end-point MAE (deg)", "bias (deg)", "caught (%)"}};
  for (const std::string& player : players) {
    options.request.player = player;
    const pong::Played played = pong::Play(options.request);
    double caught = 0, absolute = 0;
    for (const pong::GameRecord& record : played.records)
      caught += record.success, absolute += std::abs(*record.error_deg);
    const auto n = static_cast<double>(played.records.size());
    const pong::EndpointScore score = pong::ScoreEndpoint(played.subject);
    table.rows.push_back({player, score.trials, base::Cell(absolute / n, 3), base::Cell(score.bias_deg, 3),
                          base::Cell(100 * caught / n, 1)});
    if (!options.out.empty()) files::WriteFileAtomically(options.out, pong::PlayedCsv(played, options.request.trials));
  }
  Print(table, options.json ? Format::kJson : Format::kText);
  return 0;
}

void AddPlay(CLI::App& pong, Action* action) {
  CLI::App* command = pong.add_subcommand("play", "Rules that move the paddle, from holding still to exact simulation");
  const auto options = std::make_shared<PlayOptions>();
  pong::PlayRequest& request = options->request;
  command->add_option("--player", options->player, "a name of `figment pong list`, or all")->capture_default_str();
  command->add_option("--set", options->set, "conditions: " + pong::TrialSetNames())->capture_default_str();
  command->add_option("--index", options->indices, "conditions by index, comma-separated, instead of a set")
      ->delimiter(',');
  command->add_option("--first", options->first, "only so many conditions")->check(AtLeastOne());
  command->add_option("--trials", request.trials, "trials of each condition")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  AddSeed(*command, &request.seed, "of players that draw at random");
  command->add_option("--out", options->out, "CSV of answers to write, for `figment pong behavior --subjects`");
  AddFlags(*command, pong::FieldsOf(&request.options.noisy));
  command->add_flag("--json", options->json, "print as JSON");
  command->callback([=] { *action = [=] { return PrintPlays(*options); }; });
}

struct FitCommand {
  std::string subjects, to = "answers";
  pong::FitOptions fit;
  bool json = false;
};

int PrintFits(FitCommand options) {
  if (options.to != "answers" && options.to != "mean_errors")
    throw base::UnknownName("aim of the fit", options.to, std::vector<std::string>{"answers", "mean_errors"});
  options.fit.fit_to = options.to == "answers" ? pong::FitTo::kAnswers : pong::FitTo::kMeanErrors;
  const auto& trial_set = pong::TrialSet();
  base::Table table = {.title = "Noisy simulator fitted to each subject",
                       .columns = {"subject", "conditions", "answers", "sigma_occ", "sigma_bounce", "w_bias",
                                   options.to == "answers" ? "-log likelihood an answer" : "mean square (deg^2)"}};
  for (const pong::Subject& subject : pong::ReadSubjects(options.subjects, trial_set)) {
    const pong::NoisyFit fit = pong::FitNoisySimulator(subject, trial_set, options.fit);
    table.rows.push_back({subject.name, fit.conditions, fit.answers, base::Cell(fit.model.sigma_occ, 3),
                          base::Cell(fit.model.sigma_bounce, 3), base::Cell(fit.model.w_bias, 3),
                          base::Cell(fit.loss, 4)});
  }
  Print(table, options.json ? Format::kJson : Format::kText);
  return 0;
}

void AddFit(CLI::App& pong, Action* action) {
  CLI::App* command = pong.add_subcommand("fit", "Fit the noisy simulator to subjects' answers");
  const auto options = std::make_shared<FitCommand>();
  command->add_option("--subjects", options->subjects, "CSV with the columns condition and paddle_y or paddle_y_deg")
      ->required();
  command->add_option("--to", options->to, "answers (likelihood) or mean_errors")->capture_default_str();
  command->add_option("--samples", options->fit.samples, "of the model, a condition")
      ->check(CLI::Range(2, 100000))
      ->capture_default_str();
  AddSeed(*command, &options->fit.seed, "of the samples");
  command->add_flag("--json", options->json, "print as JSON");
  command->callback([=] { *action = [=] { return PrintFits(*options); }; });
}

}  // namespace

void AddPongPlay(CLI::App& pong, Action* action) {
  AddPlay(pong, action);
  AddFit(pong, action);
}

}  // namespace figment::cli
