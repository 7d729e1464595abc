#include <cstdio>
#include <filesystem>
#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "pong/model_scores.h"
#include "pong/recorded_answers.h"
#include "pong/report.h"
#include "pong/trial_sets.h"

namespace figment::cli {
namespace {

namespace fs = std::filesystem;

struct BehaviorOptions {
  std::vector<std::string> models, subjects, responses;
  std::string pattern = "residual_err_total", out;
  pong::ModelScoreOptions score;
  bool json = false, fast = false;
};

struct Scored {
  std::vector<pong::Subject> subjects;
  std::vector<pong::ModelScore> models;
};

Scored Score(BehaviorOptions options) {
  options.score.kind = pong::ErrorKindOf(options.pattern);
  options.score.velocity = !options.fast;
  const std::vector<pong::Condition>& trial_set = pong::TrialSet();
  Scored scored;
  for (const std::string& file : options.subjects)
    for (pong::Subject& subject : pong::ReadSubjects(file, trial_set)) scored.subjects.push_back(std::move(subject));
  for (const std::string& text : options.responses) {
    const std::vector<pong::ResponseFile> file = {pong::ParseResponseFile(text)};
    scored.subjects.push_back(pong::RecordedAnswers(pong::ReadResponses(file)));
  }
  for (const std::string& file : options.models)
    scored.models.push_back(pong::ScoreModel(pong::ReadModelFile(file, trial_set), scored.subjects, options.score));
  return scored;
}

int PrintBehavior(const BehaviorOptions& options) {
  if (options.models.empty() && options.subjects.empty() && options.responses.empty())
    throw base::UsageError("expected feature files of models, --subjects FILE.csv or --responses FILE");
  const Scored scored = Score(options);
  if (options.json) {
    Print(pong::ToJson(scored.models, scored.subjects, options.score));
    return 0;
  }
  if (!scored.subjects.empty()) Print(pong::SubjectTable(scored.subjects, options.score), Format::kText);
  if (!scored.models.empty()) Print(pong::ScoreTable(scored.models, scored.subjects), Format::kText);
  return 0;
}

int MakeReport(const BehaviorOptions& options) {
  const Scored scored = Score(options);
  std::string subjects = scored.subjects.empty() ? "none" : "";
  for (const std::vector<std::string>& files : {options.subjects, options.responses})
    for (const std::string& file : files) subjects += (subjects.empty() ? "" : ", ") + file;
  const std::string models = std::to_string(scored.models.size()) + " files";
  pong::WriteReport(options.out, pong::ReportPage(scored.models, scored.subjects, {subjects, models}));
  std::printf("%s: %zu models, %zu subjects\n", options.out.c_str(), scored.models.size(), scored.subjects.size());
  return 0;
}

void AddOptions(CLI::App* command, BehaviorOptions* options) {
  command->add_option("FILE", options->models, "feature files of models (figment pong features)");
  command->add_option("--subjects", options->subjects, "CSV of answers: condition, paddle_y or paddle_y_deg, subject");
  command->add_option("--responses", options->responses, "DMFC files: the paddle of each is one more subject");
  command->add_option("--pattern", options->pattern, "which errors are compared, e.g. residual_err_total, diff_err_bias")
      ->capture_default_str();
  command->add_option("--seed", options->score.seed, "of halvings, shuffled folds and bootstraps")->capture_default_str();
  command->add_flag("--fast", options->fast, "leave out velocity decoding, which takes most of the time");
}

}  // namespace

void AddPongReport(CLI::App& pong, Action* action) {
  const auto behavior = std::make_shared<BehaviorOptions>();
  CLI::App* command = pong.add_subcommand(
      "behavior", "Endpoint errors, error-pattern consistency with subjects, simulation index, state geometry");
  AddOptions(command, behavior.get());
  command->add_flag("--json", behavior->json, "print as JSON");
  command->callback([=] { *action = [=] { return PrintBehavior(*behavior); }; });

  const auto report = std::make_shared<BehaviorOptions>();
  command = pong.add_subcommand("report", "The same for many models as one HTML page with plots");
  AddOptions(command, report.get());
  command->get_option("FILE")->required();
  report->out = "pong-report.html";
  command->add_option("--out", report->out, "file to write")->capture_default_str();
  command->callback([=] { *action = [=] { return MakeReport(*report); }; });
}

}  // namespace figment::cli
