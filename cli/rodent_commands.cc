#include <cstdio>
#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "rodent/parity.h"
#include "rodent/preview.h"
#include "rodent/rollout.h"
#include "rodent/tasks.h"

namespace figment::cli {
namespace {

void AddList(CLI::App& rodent, Action* action) {
  CLI::App* command = rodent.add_subcommand("list", "What there is: tasks and observations");
  const auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "print as JSON");
  command->callback([=] {
    *action = [=] {
      const base::Table tasks = rodent::TaskTable(), observations = rodent::ObservableTable();
      if (*json) {
        Print(nlohmann::ordered_json{{"tasks", nlohmann::ordered_json::parse(base::ToJson(tasks))["rows"]},
                                     {"observations", nlohmann::ordered_json::parse(base::ToJson(observations))["rows"]}});
      } else {
        std::printf("%s\n%s", base::ToText(tasks).c_str(), base::ToText(observations).c_str());
      }
      return 0;
    };
  });
}

struct RolloutOptions {
  rodent::RolloutRequest request;
  bool json = false, csv = false;
};

int PrintRollout(const RolloutOptions& options) {
  if (options.json && options.csv) throw base::UsageError("expected one of --json and --csv");
  const auto episodes = rodent::Rollout(options.request);
  if (options.csv) std::fputs(rodent::RolloutCsv(episodes).c_str(), stdout);
  else Print(rodent::RolloutTable(options.request, episodes), options.json ? Format::kJson : Format::kText);
  return 0;
}

void AddRollout(CLI::App& rodent, Action* action) {
  CLI::App* command = rodent.add_subcommand("rollout", "Episodes under a random policy, or under none");
  const auto options = std::make_shared<RolloutOptions>();
  AddFlags(*command, rodent::FieldsOf(&options->request));
  command->add_flag("--json", options->json, "print as JSON");
  command->add_flag("--csv", options->csv, "print as CSV");
  command->callback([=] { *action = [=] { return PrintRollout(*options); }; });
}

struct PreviewOptions {
  rodent::PreviewRequest request;
  std::string out;
};

void AddPreview(CLI::App& rodent, Action* action) {
  CLI::App* command = rodent.add_subcommand("preview", "A picture of a task: the arena, the rat, what its eye sees");
  const auto options = std::make_shared<PreviewOptions>();
  AddFlags(*command, rodent::FieldsOf(&options->request));
  command->add_option("--out", options->out, "the picture, .png")->required();
  command->callback([=] {
    *action = [=] {
      rodent::WritePreview(options->request, options->out);
      return 0;
    };
  });
}

nlohmann::ordered_json ToJson(const rodent::ParityReport& report) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const rodent::ParityRow& row : report.arrays) {
    nlohmann::ordered_json json = {{"array", row.array}, {"max_abs_difference", row.largest}, {"first_step", nullptr}};
    if (row.first_step) json["first_step"] = *row.first_step;
    rows.push_back(json);
  }
  return rows;
}

struct ParityOptions {
  rodent::ParityRequest request;
  bool json = false;
};

int PrintParity(const ParityOptions& options) {
  const rodent::ParityReport report = rodent::CompareWithReference(options.request);
  if (options.json) Print(ToJson(report));
  else Print(rodent::ParityTable(report), Format::kText);
  return report.equal() ? 0 : 1;
}

void AddParity(CLI::App& rodent, Action* action) {
  CLI::App* command = rodent.add_subcommand(
      "parity", "Repeat a recording of dm_control (scripts/parity_dm_control.py); exit 1 on a difference above 1e-9");
  const auto options = std::make_shared<ParityOptions>();
  command->add_option("--reference", options->request.reference, "the recording, .npz")->required();
  command->add_option("--task", options->request.task, "which task; otherwise as the file says or shows");
  command->add_option("--assets", options->request.assets, "site-packages folder with dm_control");
  command->add_flag("--json", options->json, "print as JSON: a list of {array, max_abs_difference, first_step}");
  command->callback([=] { *action = [=] { return PrintParity(*options); }; });
}

}  // namespace

void AddRodent(CLI::App& app, Action* action) {
  CLI::App* rodent = app.add_subcommand("rodent", "The virtual rodent: a body, its tasks, parity with dm_control");
  rodent->require_subcommand(1);
  AddList(*rodent, action);
  AddPreview(*rodent, action);
  AddRollout(*rodent, action);
  AddParity(*rodent, action);
}

}  // namespace figment::cli
