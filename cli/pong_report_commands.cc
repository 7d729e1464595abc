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

// What the flags say, as options of the scores.
pong::ModelScoreOptions OptionsOf(const BehaviorOptions& options) {
  pong::ModelScoreOptions score = options.score;
  score.kind = pong::ErrorKindOf(options.pattern);
  score.velocity = !options.fast;
  return score;
}

Scored Score(const BehaviorOptions& options) {
  const pong::ModelScoreOptions score = OptionsOf(options);
  const std::vector<pong::Condition>& trial_set = pong::TrialSet();
  Scored scored;
  const std::vector<fs::path> models(options.models.begin(), options.models.end());
  const std::vector<fs::path> subjects(options.subjects.begin(), options.subjects.end());
  scored.subjects = pong::ReadSubjectFiles(subjects, trial_set);
  for (const std::string& text : options.responses) {
    const std::vector<pong::ResponseFile> file = {pong::ParseResponseFile(text)};
    scored.subjects.push_back(pong::RecordedAnswers(pong::ReadResponses(file)));
  }
  const std::vector<std::string> names = pong::NamesOfFiles(models);
  for (size_t i = 0; i < models.size(); ++i) {
    pong::ModelFile model = pong::ReadModelFile(models[i], trial_set);
    if (model.group == model.name) model.group = names[i];
    model.name = names[i];
    scored.models.push_back(pong::ScoreModel(model, scored.subjects, score));
  }
  return scored;
}

int PrintBehavior(const BehaviorOptions& options) {
  if (options.models.empty() && options.subjects.empty() && options.responses.empty())
    throw base::UsageError("expected feature files of models, --subjects FILE.csv or --responses FILE");
  const Scored scored = Score(options);
  if (options.json) {
    Print(pong::ToJson(scored.models, scored.subjects, OptionsOf(options)));
    return 0;
  }
  if (!scored.subjects.empty()) Print(pong::SubjectTable(scored.subjects, OptionsOf(options)), Format::kText);
  if (!scored.models.empty()) Print(pong::ScoreTable(scored.models, scored.subjects), Format::kText);
  return 0;
}

int MakeReport(const BehaviorOptions& options) {
  pong::CheckReportTarget(options.out);
  const Scored scored = Score(options);
  std::string subjects = scored.subjects.empty() ? "none" : "";
  for (const std::vector<std::string>& files : {options.subjects, options.responses})
    for (const std::string& file : files) subjects += (subjects.empty() ? "" : ", ") + file;
  const std::string models = std::to_string(scored.models.size()) + " files";
  pong::WriteReport(options.out, pong::ReportPage(scored.models, scored.subjects, {subjects, models, OptionsOf(options)}));
  std::printf("%s: %zu models, %zu subjects\n", options.out.c_str(), scored.models.size(), scored.subjects.size());
  return 0;
}

void AddOptions(CLI::App* command, BehaviorOptions* options) {
  command->add_option("FILE", options->models, "feature files of models (figment pong features)");
  command->add_option("--subjects", options->subjects, "CSV of answers: condition, paddle_y or paddle_y_deg, subject");
  command->add_option("--responses", options->responses, "DMFC files: the paddle of each is one more subject")
      ->delimiter(',');
  command->add_option("--pattern", options->pattern, "which errors are compared, e.g. residual_err_total, diff_err_bias")
      ->capture_default_str();
  AddSeed(*command, &options->score.seed, "of halvings, shuffled folds and bootstraps");
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
