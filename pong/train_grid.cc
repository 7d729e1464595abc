#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "agents/trainer.h"
#include "base/error.h"
#include "base/log.h"
#include "base/process.h"
#include "base/progress.h"
#include "base/signals.h"
#include "base/text.h"
#include "files/lock_file.h"
#include "pong/train.h"

namespace figment::pong {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// The axes of Rajalingham et al. 2022; 5 penalties, of which one is none, make 160 distinct networks.
const std::vector<GridAxis>& PublishedAxes() {
  static const std::vector<GridAxis> axes = {{"family", {"mov", "vis-mov", "sim-mov", "vis-sim-mov"}},
                                             {"cell", {"lstm", "gru-tf"}},
                                             {"units", {"10", "20"}},
                                             {"input", {"pixel-pca", "gabor-pca"}},
                                             {"penalty", {"none", "l1", "l2"}},
                                             {"penalty_weight", {"0", "0.01", "0.1"}}};
  return axes;
}

bool IsPublished(const GridConfig& grid) {
  const std::vector<GridAxis>& axes = PublishedAxes();
  return std::equal(axes.begin(), axes.end(), grid.axes.begin(), grid.axes.end(),
                    [](const GridAxis& a, const GridAxis& b) { return a.key == b.key && a.values == b.values; });
}

// The released penalty has no gradient: networks that differ in nothing else would be copies of one another, and the
// published ones differed by their initial weights.
bool SeedsDiffer(const GridConfig& grid) {
  return IsPublished(grid) && grid.base.loss.mode == PenaltyMode::kConstant;
}

// 0 for none, then l1 and l2 of 0.01 and 0.1 in the order of the axes.
uint64_t PlaceOfPenalty(const LossOptions& loss) {
  if (loss.penalty == PenaltyKind::kNone) return 0;
  return 1 + 2 * (loss.penalty == PenaltyKind::kL2) + (loss.penalty_weight == 0.1);
}

// No penalty and a weight of 0 belong together; other pairs of the two axes are no cases.
bool IsCase(const TrainConfig& config) {
  return (config.loss.penalty == PenaltyKind::kNone) == (config.loss.penalty_weight == 0);
}

// The run's numbers so far; null before its first pass.
Json LastLine(const fs::path& folder) {
  const std::vector<Json> lines = agents::ReadLog(folder);
  return lines.empty() ? Json(nullptr) : lines.back();
}

// The command that trains one case.
std::vector<std::string> Arguments(const GridConfig& grid, const GridCase& one) {
  TrainConfig config = one.config;
  RunConfig run = grid.run;
  run.threads = 1;
  std::vector<std::string> arguments = {"pong", "train", "--as-worker", "--inputs", grid.folder.string(),
                                        "--out", (grid.folder / one.name).string()};
  for (const base::FieldList& fields : {FieldsOf(&config), FieldsOf(&run)})
    for (const base::Field& field : fields.fields()) {
      arguments.push_back(field.Flag());
      arguments.push_back(field.get());
    }
  return arguments;
}

base::Cell NumberOrNone(const Json& object, const char* key, int digits) {
  if (!object.is_object() || !object.contains(key) || !object.at(key).is_number()) return {};
  return {object.at(key).get<double>(), digits};
}

base::Table TableOf(const GridConfig& grid, const std::vector<GridCase>& cases, const std::map<std::string, std::string>& failures) {
  base::Table table;
  std::vector<std::string> keys;
  for (const GridAxis& axis : grid.axes) keys.push_back(axis.key);
  if (SeedsDiffer(grid)) keys.push_back("seed");
  table.columns = keys;
  for (const char* name : {"passes", "loss", "endpoint error (deg)", "r", "simulation index", "seconds"}) table.columns.push_back(name);
  for (const GridCase& one : cases) {
    TrainConfig config = one.config;
    const base::FieldList fields = FieldsOf(&config);
    std::vector<base::Cell> row;
    for (const std::string& key : keys) row.push_back(fields.Find(key).get());
    const Json last = LastLine(grid.folder / one.name);
    const Json evaluation = last.is_object() && last.contains("evaluation") ? last["evaluation"] : Json(nullptr);
    row.push_back(NumberOrNone(last, "pass", 0));
    row.push_back(NumberOrNone(last, "loss", 5));
    row.push_back(NumberOrNone(evaluation, "mae_deg", 3));
    row.push_back(NumberOrNone(evaluation, "r", 3));
    row.push_back(NumberOrNone(evaluation, "simulation_index", 3));
    row.push_back(NumberOrNone(last, "seconds", 0));
    table.rows.push_back(row);
  }
  table.notes.push_back("Error and index on the 200 evaluation conditions; the index is in native units, lower = more simulation.");
  for (const auto& [name, why] : failures) table.notes.push_back("failed: " + name + ": " + why);
  return table;
}

}  // namespace

std::vector<GridAxis> ParseGrid(const std::vector<std::string>& arguments) {
  if (arguments == std::vector<std::string>{"published"}) return PublishedAxes();
  std::vector<GridAxis> axes;
  TrainConfig config;
  base::FieldList fields = FieldsOf(&config);
  for (const std::string& argument : arguments) {
    const size_t equals = argument.find('=');
    if (equals == std::string::npos)
      throw base::UsageError("--grid '" + argument + "': expected 'published' alone, or KEY=VALUE,VALUE ... such as family=mov,sim-mov");
    GridAxis axis{fields.Find(argument.substr(0, equals)).key, base::SplitAt(argument.substr(equals + 1), ',')};
    for (const GridAxis& other : axes)
      if (other.key == axis.key) throw base::UsageError("--grid names " + axis.key + " twice");
    std::set<std::string> seen;
    for (const std::string& value : axis.values) {
      fields.Set(axis.key, value);  // refuses what is not valid
      if (!seen.insert(fields.Find(axis.key).get()).second)
        throw base::UsageError("--grid " + axis.key + " has the value '" + value + "' twice");
    }
    axes.push_back(std::move(axis));
  }
  return axes;
}

std::vector<GridCase> CasesOf(const GridConfig& grid) {
  std::vector<GridCase> cases = {{"", grid.base}};
  for (const GridAxis& axis : grid.axes) {
    std::vector<GridCase> longer;
    for (const GridCase& one : cases)
      for (const std::string& value : axis.values) {
        GridCase next = one;
        FieldsOf(&next.config).Set(axis.key, value);
        next.name += (next.name.empty() ? "" : "_") + axis.key + "-" + value;
        longer.push_back(next);
      }
    cases = std::move(longer);
  }
  std::erase_if(cases, [](const GridCase& one) { return !IsCase(one.config); });
  if (cases.empty()) throw base::UsageError("--grid has no valid case: a penalty goes with a penalty_weight, and none with 0");
  for (GridCase& one : cases) {
    CheckConfig(one.config);
    if (!SeedsDiffer(grid)) continue;
    one.config.seed += PlaceOfPenalty(one.config.loss);
    one.name += "_seed-" + std::to_string(one.config.seed);
  }
  return cases;
}

GridResult TrainGrid(const GridConfig& grid) {
  const std::vector<GridCase> cases = CasesOf(grid);
  if (fs::exists(grid.folder) && !fs::is_directory(grid.folder))
    throw base::Error("'" + grid.folder.string() + "' is a file; expected a folder for the grid");
  fs::create_directories(grid.folder);
  const files::LockFile lock(grid.folder / ".lock", "trains in '" + grid.folder.string() + "'");
  std::vector<const GridCase*> waiting;
  for (const GridCase& one : cases)
    if (!StateOfRun(one.config, grid.folder / one.name).finished) waiting.push_back(&one);
  if (!waiting.empty()) FitSharedInputs(cases, grid.folder);

  struct Worker {
    base::Process process;
    const GridCase* job;
    std::string message;
  };
  std::vector<Worker> workers;
  std::map<std::string, std::string> failures;
  base::Progress progress("networks", static_cast<int64_t>(cases.size()));
  progress.Advance(static_cast<int64_t>(cases.size() - waiting.size()));
  size_t next = 0;
  bool stopping = false;
  while (next < waiting.size() || !workers.empty()) {
    if (base::StopRequested() && !stopping) {
      stopping = true;
      for (Worker& worker : workers) worker.process.Terminate();  // each writes its checkpoint first
    }
    while (!stopping && next < waiting.size() && workers.size() < static_cast<size_t>(grid.workers)) {
      const GridCase* job = waiting[next++];
      workers.push_back({base::Process::Spawn(grid.program, Arguments(grid, *job)), job, ""});
    }
    if (workers.empty()) break;
    std::vector<base::Process*> processes;
    for (Worker& worker : workers) processes.push_back(&worker.process);
    std::vector<int> ready = base::WaitForLines(processes, 1.0);
    for (auto i = ready.rbegin(); i != ready.rend(); ++i) {
      Worker& worker = workers[*i];
      if (const auto line = worker.process.ReceiveLine()) {
        worker.message = *line;
        continue;
      }
      const base::ExitStatus status = worker.process.Wait();
      if (!status.ok() && !stopping) {
        failures[worker.job->name] = worker.message.empty() ? "the worker " + base::Describe(status) : worker.message;
        base::LogError(worker.job->name + ": " + failures[worker.job->name]);
      }
      progress.Advance();
      workers.erase(workers.begin() + *i);
    }
  }
  progress.Finish();
  return {TableOf(grid, cases, failures), static_cast<int>(failures.size()), stopping};
}

base::Table PlanOf(const GridConfig& grid) {
  const std::vector<GridCase> cases = CasesOf(grid);
  int finished = 0;
  for (const GridCase& one : cases) finished += StateOfRun(one.config, grid.folder / one.name).finished;
  base::Table table = TableOf(grid, cases, {});
  table.notes.push_back(std::to_string(cases.size()) + " networks, " + std::to_string(finished) + " of them finished.");
  return table;
}

}  // namespace figment::pong
