#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "cli/commands.h"
#include "cli/print.h"
#include "physion/agreement.h"
#include "physion/export.h"
#include "physion/inspect.h"
#include "physion/report.h"

namespace figment::cli {
namespace {

namespace fs = std::filesystem;

int PrintStatus(const fs::path& folder, int shards, Format format) {
  const physion::Status status = physion::StatusOf(folder, shards);
  if (format == Format::kJson) {
    Print(nlohmann::ordered_json{{"slots", status.slots},
                                 {"done", status.done},
                                 {"not_accepted", status.unaccepted},
                                 {"missing", status.missing},
                                 {"shards_to_run", status.shards_to_run}});
    return 0;
  }
  Print(status.table, format);
  constexpr size_t kShown = 10;
  for (size_t i = 0; i < std::min(kShown, status.missing.size()); ++i)
    std::printf("missing: %s\n", status.missing[i].c_str());
  if (status.missing.size() > kShown) std::printf("... and %zu more\n", status.missing.size() - kShown);
  if (status.missing.empty()) std::printf("complete: %d trials\n", status.slots);
  else std::printf("%d of %d trials done; shards to run again: %s\n", status.done, status.slots, status.shards_to_run.c_str());
  return 0;
}

void AddStatus(CLI::App& physion, Action* action) {
  CLI::App* command = physion.add_subcommand("status", "What of a data set is done, and what to run again");
  const auto folder = std::make_shared<std::string>();
  const auto shards = std::make_shared<int>(0);
  const auto json = std::make_shared<bool>(false);
  command->add_option("DIR", *folder, "folder of the data set")->required();
  command->add_option("--shards", *shards, "number of shards of the run; otherwise as the manifests say");
  command->add_flag("--json", *json, "print as JSON");
  command->callback([=] {
    *action = [=] { return PrintStatus(*folder, *shards, *json ? Format::kJson : Format::kText); };
  });
}

void AddStats(CLI::App& physion, Action* action) {
  CLI::App* command = physion.add_subcommand("stats", "Outcomes per scenario");
  const auto folder = std::make_shared<std::string>();
  const auto other = std::make_shared<std::string>();
  const auto json = std::make_shared<bool>(false);
  command->add_option("DIR", *folder, "folder of the data set")->required();
  command->add_option("--against", *other, "a second data set of the same scenes: label agreement per scenario");
  command->add_flag("--json", *json, "print as JSON");
  command->callback([=] {
    *action = [=] {
      Print(other->empty() ? physion::StatsTable(*folder) : physion::AgreementTable(*folder, *other),
            *json ? Format::kJson : Format::kText);
      return 0;
    };
  });
}

int PrintVerification(const physion::Verification& result) {
  for (const std::string& note : result.notes) std::printf("note: %s\n", note.c_str());
  for (const std::string& problem : result.problems) std::printf("problem: %s\n", problem.c_str());
  std::printf("%d trials, %d files read, %d trials made again: %s\n", result.trials, result.files, result.regenerated,
              result.problems.empty() ? "intact" : (std::to_string(result.problems.size()) + " problems").c_str());
  return result.problems.empty() ? 0 : 1;
}

void AddVerify(CLI::App& physion, Action* action) {
  CLI::App* command = physion.add_subcommand("verify", "Read every file, check every hash, make trials again and compare");
  const auto folder = std::make_shared<std::string>();
  const auto regenerate = std::make_shared<int>(0);
  const auto device = std::make_shared<std::string>("auto");
  command->add_option("DIR", *folder, "folder of the data set")->required();
  command->add_option("--regenerate", *regenerate, "how many trials to make again and compare bit for bit")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--device", *device, "drawing device")->capture_default_str();
  const auto models = std::make_shared<std::string>();
  command->add_option("--models", *models, "folder of your own models, if it has moved since the data set was made");
  command->callback([=] {
    *action = [=] { return PrintVerification(physion::Verify(*folder, *regenerate, *device, *models)); };
  });
}

void AddExport(CLI::App& physion, Action* action) {
  CLI::App* command = physion.add_subcommand("export", "Lay a data set out as other programs' readers want it");
  const auto request = std::make_shared<physion::ExportRequest>();
  const auto json = std::make_shared<bool>(false);
  command->add_option("--layout", request->layout, "v1, v1.5 (movies and labels) or webdataset (tar shards)")
      ->required();
  command->add_option("--train", request->train, "folder of the data set that becomes the part `train`");
  command->add_option("--test", request->test, "folder of the data set that becomes the part `test`");
  command->add_option("--balance", request->balance,
                      "take this many trials of each scenario and part, half of them positive");
  AddSeed(*command, &request->seed, "seed of that choice, and of the order in tar shards");
  command->add_option("--shard-mb", request->shard_mb, "webdataset: largest shard, in 10^6 bytes (default 500)");
  command->add_flag("--copy", request->copy, "v1: copy files instead of linking them");
  command->add_flag("--partial", request->partial, "take what is there of an incomplete data set");
  command->add_option("--out", request->out, "folder of the export")->required();
  command->add_flag("--json", *json, "print as JSON");
  command->callback([=] {
    *action = [=] {
      Print(physion::Export(*request), *json ? Format::kJson : Format::kText);
      return 0;
    };
  });
}

int PrintReport(const physion::ReportRequest& request, Format format) {
  const physion::ReportSummary summary = physion::WriteReport(request);
  if (format == Format::kJson) {
    Print(ToJson(summary));
    return 0;
  }
  for (const std::string& note : summary.notes) std::printf("note: %s\n", note.c_str());
  std::printf("%s: %d of %d trials, %d to watch, %.1f MB\n", summary.out.c_str(), summary.trials, summary.planned,
              summary.thumbnails, static_cast<double>(summary.bytes) / 1e6);
  return 0;
}

void AddReport(CLI::App& physion, Action* action) {
  CLI::App* command = physion.add_subcommand(
      "report", "One HTML page: outcomes beside the released ones, contact times, trials to watch, bias audit");
  const auto request = std::make_shared<physion::ReportRequest>();
  const auto json = std::make_shared<bool>(false);
  command->add_option("DIR", request->folder, "folder of the data set")->required();
  command->add_option("--out", request->out, "the page, .html; otherwise DIR/report.html");
  command->add_option("--thumbnails", request->thumbnails, "trials to watch per scenario")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  command->add_flag("--json", *json, "print what was written as JSON");
  command->callback([=] {
    *action = [=] { return PrintReport(*request, *json ? Format::kJson : Format::kText); };
  });
}

void PrintAgreement(const physion::AgreementReport& report, Format format) {
  if (format == Format::kJson) {
    nlohmann::ordered_json json = {{"scenarios", nlohmann::ordered_json::parse(ToJson(report.scenarios))}};
    if (report.marginal) json["marginal"] = nlohmann::ordered_json::parse(ToJson(*report.marginal));
    if (report.disagreements) json["disagreements"] = nlohmann::ordered_json::parse(ToJson(*report.disagreements));
    Print(json);
    return;
  }
  Print(report.scenarios, format);
  for (const auto* table : {&report.disagreements, &report.marginal}) {
    if (!table->has_value()) continue;
    std::printf("\n");
    Print(**table, format);
  }
}

void AddAgreement(CLI::App& physion, Action* action) {
  CLI::App* command =
      physion.add_subcommand("agreement", "Replayed released scenes beside their released outcomes, per scenario");
  const auto request = std::make_shared<physion::AgreementRequest>();
  const auto texts = std::make_shared<std::array<std::string, 3>>();  // folder, outcomes, against
  const auto json = std::make_shared<bool>(false);
  command->add_option("DIR", (*texts)[0], "folder of a data set made with --config released, or imported")->required();
  command->add_option("--outcomes", (*texts)[1], "a CSV of outcomes; otherwise the released ones of half of the trials");
  command->add_option("--against", (*texts)[2], "a second data set of the same scenes, for instance of another engine");
  command->add_option("--marginal", request->marginal,
                      "simulate each trial that disagrees this often again, slightly perturbed")
      ->check(CLI::Range(0, 10000));
  command->add_flag("--json", *json, "print as JSON");
  command->callback([=] {
    *action = [=] {
      request->folder = (*texts)[0], request->outcomes = (*texts)[1], request->against = (*texts)[2];
      PrintAgreement(physion::CompareWithReleased(*request), *json ? Format::kJson : Format::kText);
      return 0;
    };
  });
}

}  // namespace

void AddPhysionData(CLI::App& physion, Action* action) {
  AddStatus(physion, action);
  AddStats(physion, action);
  AddVerify(physion, action);
  AddExport(physion, action);
  AddReport(physion, action);
  AddAgreement(physion, action);
}

}  // namespace figment::cli
