#include <cstdio>
#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "lab/environments.h"
#include "pong/clip_files.h"
#include "pong/players.h"
#include "pong/selftest.h"
#include "pong/trial_files.h"
#include "pong/trial_sets.h"

namespace figment::cli {
namespace {

constexpr const char* kIndexHelp = "conditions by index, comma-separated, instead of a set";

void PrintLists(bool json) {
  const std::vector<std::pair<std::string, base::Table>> tables = {{"trial_sets", pong::TrialSetTable()},
                                                                   {"environments", lab::EnvironmentTable()},
                                                                   {"players", pong::PlayerTable()}};
  nlohmann::ordered_json all;
  for (const auto& [name, table] : tables) {
    if (json) all[name] = nlohmann::ordered_json::parse(base::ToJson(table))["rows"];
    else std::printf("%s%s", name == tables.front().first ? "" : "\n", base::ToText(table).c_str());
  }
  if (json) Print(all);
}

void AddList(CLI::App& pong, Action* action) {
  CLI::App* command = pong.add_subcommand("list", "What there is: trial sets, environments, players");
  const auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "print as JSON");
  command->callback([=] {
    *action = [=] {
      PrintLists(*json);
      return 0;
    };
  });
}

struct TrialOptions {
  std::string out, batches;
  pong::TrialSelection selection;
  std::vector<int> batch;
  bool selftest = false, json = false;
};

int PrintSelftest(const TrialOptions& options) {
  const pong::Selftest selftest = pong::RunSelftest();
  Print(selftest.table, options.json ? Format::kJson : Format::kText);
  if (!options.json) std::printf("%d checks, %d different\n", selftest.checks, selftest.differences);
  return selftest.differences == 0 ? 0 : 1;
}

int WriteTrials(const TrialOptions& options) {
  if (options.selftest + !options.out.empty() + !options.batches.empty() != 1)
    throw base::UsageError("expected one of --out FILE.csv, --batches FOLDER and --selftest");
  if (options.batches.empty() && !options.batch.empty()) throw base::UsageError("--batch goes with --batches FOLDER");
  if (!options.batches.empty() && !options.selection.indices.empty())
    throw base::UsageError("--batches writes batches of --set valid or train: --index does not go with it");
  if (options.selftest) return PrintSelftest(options);
  if (!options.out.empty()) {
    const int conditions = pong::WriteTrialCsv(options.out, options.selection);
    std::printf("%s: %d conditions\n", options.out.c_str(), conditions);
  } else {
    const int files = pong::WriteBatches({options.batches, options.selection.set, options.batch});
    std::printf("%s: %d batches\n", options.batches.c_str(), files);
  }
  return 0;
}

void AddTrials(CLI::App& pong, Action* action) {
  CLI::App* command = pong.add_subcommand("trials", "The published trial set as a table, made again bit for bit");
  const auto options = std::make_shared<TrialOptions>();
  command->add_option("--out", options->out, "CSV file to write");
  command->add_option("--set", options->selection.set, pong::TrialSetNames())->capture_default_str();
  command->add_option("--index", options->selection.indices, kIndexHelp)->delimiter(',');
  command->add_option("--batches", options->batches,
                      "write HDF5 batches of 512 of --set valid or train to this folder instead");
  command->add_option("--batch", options->batch, "which batches, comma-separated; otherwise all")->delimiter(',');
  command->add_flag("--selftest", options->selftest,
                    "print every published count, sum and check value beside what is found; exit 1 on a difference");
  command->add_flag("--json", options->json, "print the self-test as JSON");
  command->callback([=] { *action = [=] { return WriteTrials(*options); }; });
}

struct RenderOptions {
  pong::ClipRequest request{.selection = {.set = "published79"}};
  pong::ClipConfig config;
  std::string out;
};

void AddRender(CLI::App& pong, Action* action) {
  CLI::App* command = pong.add_subcommand("render", "Conditions as clips, with the epochs beside them");
  const auto options = std::make_shared<RenderOptions>();
  pong::ClipRequest& request = options->request;
  command->add_option("--out", options->out, "folder to make")->required();
  command->add_option("--set", request.selection.set, pong::TrialSetNames())->capture_default_str();
  command->add_option("--index", request.selection.indices, kIndexHelp)->delimiter(',');
  command->add_option("--batch", request.batch, "a batch of 512 of --set valid or train");
  command->add_option("--first", request.first, "only so many of what is chosen")->check(AtLeastOne());
  AddFlags(*command, pong::FieldsOf(&options->config));
  command->callback([=] {
    *action = [=] {
      options->request.out = options->out;
      const pong::ClipSummary summary = pong::WriteClips(options->request, options->config);
      std::printf("%s: %d clips, %lld pictures\n", options->out.c_str(), summary.conditions,
                  static_cast<long long>(summary.frames));
      return 0;
    };
  });
}

int ConditionOf(std::optional<int> index, std::optional<int> row) {
  if (index.has_value() == row.has_value()) throw base::UsageError("expected one of --index and --row");
  if (index) return *index;
  const auto published = pong::PublishedConditions();
  if (*row < 0 || static_cast<size_t>(*row) >= published.size())
    throw base::UsageError("no row " + std::to_string(*row) + " among the published conditions: expected 0 to " +
                           std::to_string(published.size() - 1));
  return published[static_cast<size_t>(*row)];
}

void AddPreview(CLI::App& pong, Action* action) {
  CLI::App* command = pong.add_subcommand("preview", "One condition as a sheet of pictures");
  struct Options {
    std::optional<int> index, row;
    std::string out, device = "auto";
  };
  const auto options = std::make_shared<Options>();
  command->add_option("--index", options->index, "condition of the trial set");
  command->add_option("--row", options->row, "condition by its row among the 79 published");
  command->add_option("--out", options->out, "the picture, .png")->required();
  command->add_option("--device", options->device, "drawing device")->capture_default_str();
  command->callback([=] {
    *action = [=] {
      const int index = ConditionOf(options->index, options->row);
      const std::string text = pong::WritePreview(index, options->out, options->device);
      std::printf("%s\n", text.c_str());
      return 0;
    };
  });
}

}  // namespace

void AddPong(CLI::App& app, Action* action) {
  CLI::App* pong = app.add_subcommand("pong", "Mental-Pong: the game, its published trial set, models and scores");
  pong->require_subcommand(1);
  AddList(*pong, action);
  AddTrials(*pong, action);
  AddRender(*pong, action);
  AddPreview(*pong, action);
  AddPongPlay(*pong, action);
  AddPongReport(*pong, action);
  AddPongScores(*pong, action);
  AddPongTraining(*pong, action);
}

}  // namespace figment::cli
