#include "physion/agreement.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "base/error.h"
#include "files/atomic.h"
#include "files/csv.h"
#include "metrics/quantiles.h"
#include "physion/generate.h"
#include "physion/producer.h"
#include "physion/released.h"

namespace figment::physion {
namespace {

namespace fs = std::filesystem;
using base::Cell;
using metrics::Quantile;
using Json = nlohmann::ordered_json;

constexpr double kNinetyPercent = 0.9;
// Perturbations of a rerun: small against what a person could see.
constexpr double kMove_m = 0.001, kPushShare = 0.01, kFrictionShare = 0.02;

// --- Reading

struct OutcomeTable {
  std::map<std::string, TrialOutcome> by_stimulus;
  std::vector<std::string> ledges;
};

bool LabelOf(const files::CsvTable& table, size_t row, const std::string& column) {
  const std::string& text = table.Text(row, column);
  if (text != "0" && text != "1")
    throw base::Error(table.source() + ": " + column + " of " + table.Text(row, "stimulus") + " is '" + text +
                      "', expected 0 or 1");
  return text == "1";
}

TrialOutcome OutcomeOf(const files::CsvTable& table, size_t row) {
  TrialOutcome outcome;
  outcome.label = LabelOf(table, row, "label");
  if (const auto frame = table.Number(row, "first_target_contact_zone_frame"))
    outcome.first_contact_frame = static_cast<int>(*frame);
  outcome.num_frames = static_cast<int>(table.Number(row, "num_frames").value_or(0));
  outcome.ended_by_cap = table.Text(row, "ended_by") == "cap";
  const auto x = table.Number(row, "final_x"), y = table.Number(row, "final_y"), z = table.Number(row, "final_z");
  if (x && y && z) outcome.final_position = base::Vec3(*x, *y, *z);
  return outcome;
}

OutcomeTable ReadOutcomes(const fs::path& path) {
  const files::CsvTable table = path.empty() ? files::CsvTable(ReleasedOutcomesCsv(), "released_outcomes_dev.csv")
                                             : files::CsvTable(files::ReadFile(path), path.string());
  table.Require({"stimulus", "ledge", "label", "first_target_contact_zone_frame", "num_frames", "ended_by", "final_x",
                 "final_y", "final_z"});
  OutcomeTable outcomes;
  for (size_t row = 0; row < table.rows(); ++row) {
    const std::string& name = table.Text(row, "stimulus");
    if (LabelOf(table, row, "ledge")) outcomes.ledges.push_back(name);
    else if (!outcomes.by_stimulus.emplace(name, OutcomeOf(table, row)).second)
      throw base::Error(table.source() + " lists the stimulus " + name + " twice");
  }
  return outcomes;
}

Run ReadReplay(const fs::path& folder) {
  Run run = ReadRun(folder);
  if (!run.replays())
    throw base::Error("'" + folder.string() + "' holds scenes that were drawn anew, not the released ones: make a data " +
                      "set with `figment physion generate --config released` or `figment physion import`");
  return run;
}

const ObjectSpec& TargetOf(const TrialSpec& spec) {
  return *std::find_if(spec.objects.begin(), spec.objects.end(),
                       [&](const ObjectSpec& object) { return object.id == spec.target_id; });
}

// What the manifest says of a trial.
TrialOutcome OutcomeOf(const Json& line, const TrialSpec& scene) {
  TrialOutcome outcome;
  outcome.label = line.at("label");
  if (const Json& frame = line.at("first_contact_frame"); !frame.is_null())
    outcome.first_contact_frame = frame.get<int>();
  outcome.num_frames = line.at("num_frames");
  outcome.ended_by_cap = line.at("ended_by") == "cap";
  const Json moved = line.at("metadata").value("final_target_displacement", Json());
  if (moved.is_object() && !scene.cloth)
    outcome.final_position = TargetOf(scene).position + base::Vec3(moved.at("x"), moved.at("y"), moved.at("z"));
  return outcome;
}

// Labels of a data set by stimulus name.
std::map<std::string, bool> LabelsIn(const fs::path& folder) {
  ReadReplay(folder);
  std::map<std::string, bool> labels;
  for (const Json& line : ReadManifests(folder))
    if (!line.at("label").is_null()) labels[line.at("stimulus_name")] = line.at("label").get<bool>();
  return labels;
}

struct Comparisons {
  std::vector<TrialComparison> trials;
  int without_outcome = 0, ledges = 0, failed = 0;
};

Comparisons Compare(const Run& run, const AgreementRequest& request) {
  const OutcomeTable outcomes = ReadOutcomes(request.outcomes);
  std::map<std::string, bool> other;
  if (!request.against.empty()) other = LabelsIn(request.against);
  Comparisons result;
  for (const Json& line : ReadManifests(request.folder)) {
    const std::string name = line.at("stimulus_name");
    const auto found = outcomes.by_stimulus.find(name);
    if (std::find(outcomes.ledges.begin(), outcomes.ledges.end(), name) != outcomes.ledges.end()) {
      ++result.ledges;
    } else if (found == outcomes.by_stimulus.end()) {
      ++result.without_outcome;
    } else if (line.at("label").is_null()) {
      ++result.failed;
    } else {
      const int slot = line.at("slot");
      TrialComparison trial{.stimulus_name = name,
                            .scenario = line.at("scenario"),
                            .config = line.at("config"),
                            .slot = slot,
                            .ours = OutcomeOf(line, run.scenes->at(static_cast<size_t>(slot))),
                            .released = found->second,
                            .other_label = std::nullopt};
      if (const auto second = other.find(name); second != other.end()) trial.other_label = second->second;
      result.trials.push_back(trial);
    }
  }
  if (result.trials.empty())
    throw base::Error("no stimulus of '" + request.folder.string() + "' is in the table of outcomes" +
                      (result.ledges > 0 ? " but those with a ledge, which are not compared" : ""));
  return result;
}

// --- Numbers

Cell NumberOrNone(double value, int digits) { return std::isnan(value) ? Cell() : Cell(value, digits); }
Cell QuantileCell(const std::vector<double>& values, double share, int digits) {
  return NumberOrNone(Quantile(values, share), digits);
}

std::vector<double> Absolute(std::vector<double> values) {
  for (double& value : values) value = std::abs(value);
  return values;
}

// The more frequent released label's count, summed over the groups that `key` makes.
double MajorityRate(std::span<const TrialComparison> trials,
                    const std::function<std::string(const TrialComparison&)>& key) {
  std::map<std::string, std::array<int, 2>> counts;
  for (const TrialComparison& trial : trials) ++counts[key(trial)][trial.released.label];
  int sum = 0;
  for (const auto& [name, count] : counts) sum += std::max(count[0], count[1]);
  return static_cast<double>(sum) / static_cast<double>(trials.size());
}

double Share(std::span<const TrialComparison> trials, const std::function<bool(const TrialComparison&)>& holds) {
  return static_cast<double>(std::count_if(trials.begin(), trials.end(), holds)) / static_cast<double>(trials.size());
}

int Agreeing(std::span<const TrialComparison> trials) {
  return static_cast<int>(std::count_if(trials.begin(), trials.end(), [](const TrialComparison& trial) {
    return trial.ours.label == trial.released.label;
  }));
}

std::vector<Cell> ComparisonRow(const std::string& name, std::span<const TrialComparison> trials, bool with_other) {
  std::vector<double> contact, error, frames, released_frames;
  int other_count = 0, other_agree = 0;
  for (const TrialComparison& trial : trials) {
    if (trial.ours.first_contact_frame && trial.released.first_contact_frame)
      contact.push_back(*trial.ours.first_contact_frame - *trial.released.first_contact_frame);
    if (trial.ours.final_position && trial.released.final_position)
      error.push_back((*trial.ours.final_position - *trial.released.final_position).norm());
    frames.push_back(trial.ours.num_frames);
    released_frames.push_back(trial.released.num_frames);
    other_count += trial.other_label.has_value();
    other_agree += trial.other_label == trial.released.label;
  }
  const int n = static_cast<int>(trials.size()), agree = Agreeing(trials);
  const Interval interval = WilsonInterval(agree, n);
  std::vector<Cell> row = {
      name,
      n,
      Cell(static_cast<double>(agree) / n, 3),
      Cell(interval.low, 3),
      Cell(interval.high, 3),
      Cell(MajorityRate(trials, [](const TrialComparison& trial) { return trial.scenario; }), 3),
      Cell(MajorityRate(trials, [](const TrialComparison& trial) { return trial.scenario + "/" + trial.config; }), 3),
      QuantileCell(contact, 0.5, 1),
      QuantileCell(Absolute(contact), 0.5, 1),
      QuantileCell(Absolute(contact), kNinetyPercent, 1),
      QuantileCell(error, 0.5, 3),
      QuantileCell(error, kNinetyPercent, 3),
      QuantileCell(frames, 0.5, 0),
      QuantileCell(released_frames, 0.5, 0),
      Cell(Share(trials, [](const TrialComparison& trial) { return trial.ours.ended_by_cap; }), 2),
      Cell(Share(trials, [](const TrialComparison& trial) { return trial.released.ended_by_cap; }), 2),
      Cell(Share(trials, [](const TrialComparison& trial) { return trial.ours.label; }), 2),
      Cell(Share(trials, [](const TrialComparison& trial) { return trial.released.label; }), 2)};
  if (!with_other) return row;
  row.push_back(other_count);
  row.push_back(other_count > 0 ? Cell(static_cast<double>(other_agree) / other_count, 3) : Cell());
  return row;
}

// Scenarios in order of appearance.
std::vector<std::pair<std::string, std::vector<TrialComparison>>> ByScenario(std::span<const TrialComparison> trials) {
  std::vector<std::pair<std::string, std::vector<TrialComparison>>> groups;
  for (const TrialComparison& trial : trials) {
    if (groups.empty() || groups.back().first != trial.scenario) groups.push_back({trial.scenario, {}});
    groups.back().second.push_back(trial);
  }
  return groups;
}

// --- Reruns

void Perturb(TrialSpec& spec, base::Rng rng) {
  for (ObjectSpec& object : spec.objects) {
    const double friction = 1 + rng.Uniform(-kFrictionShare, kFrictionShare);
    object.dynamic_friction *= friction;
    object.static_friction *= friction;
    if (object.kinematic) continue;
    object.position.x() += rng.Uniform(-kMove_m, kMove_m);
    object.position.z() += rng.Uniform(-kMove_m, kMove_m);
  }
  if (spec.push) spec.push->impulse_Ns *= 1 + rng.Uniform(-kPushShare, kPushShare);
}

// In how many of `reruns` a trial has the released label.
int CountFlips(const Run& run, const TrialComparison& trial, int reruns) {
  int flips = 0;
  for (int i = 0; i < reruns; ++i) {
    TrialSpec spec = BuildCandidate(run, run.plan.slots.at(static_cast<size_t>(trial.slot)), 0);
    Perturb(spec, base::Rng({base::KeyOf("marginal"), base::KeyOf(trial.stimulus_name), static_cast<uint64_t>(i)}));
    const Simulation simulation = Simulate(MakeTrial(spec), SimulateOptionsOf(run.settings));
    flips += simulation.is_complete && simulation.outcome.label == trial.released.label;
  }
  return flips;
}

// action(0) ... action(count - 1), on some threads; the first exception is thrown again.
void ForEach(size_t count, int threads, const std::function<void(size_t)>& action) {
  std::atomic<size_t> next = 0;
  std::exception_ptr failure;
  std::mutex mutex;
  const auto work = [&] {
    try {
      for (size_t i = next++; i < count; i = next++) action(i);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
      next = count;
    }
  };
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back(work);
  work();
  for (std::thread& thread : others) thread.join();
  if (failure) std::rethrow_exception(failure);
}

struct Disagreement {
  TrialComparison trial;
  int flips = 0;
};

std::vector<Disagreement> RerunDisagreements(const Run& run, std::span<const TrialComparison> trials,
                                             const AgreementRequest& request) {
  std::vector<Disagreement> found;
  for (const TrialComparison& trial : trials)
    if (trial.ours.label != trial.released.label) found.push_back({trial, 0});
  ForEach(found.size(), request.threads,
          [&](size_t i) { found[i].flips = CountFlips(run, found[i].trial, request.marginal); });
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.flips > b.flips; });
  return found;
}

Cell FrameCell(const std::optional<int>& frame) { return frame ? Cell(*frame) : Cell(); }

base::Table DisagreementTable(std::span<const Disagreement> disagreements, int reruns) {
  base::Table table;
  table.title = "Trials whose label differs, " + std::to_string(reruns) + " perturbed reruns of each";
  table.columns = {"stimulus", "scenario", "config", "released", "ours", "released contact", "our contact",
                   "reruns with the released label"};
  for (const Disagreement& one : disagreements) {
    const TrialComparison& trial = one.trial;
    table.rows.push_back({trial.stimulus_name, trial.scenario, trial.config, trial.released.label ? "yes" : "no",
                          trial.ours.label ? "yes" : "no", FrameCell(trial.released.first_contact_frame),
                          FrameCell(trial.ours.first_contact_frame),
                          Cell(static_cast<double>(one.flips) / reruns, 2)});
  }
  return table;
}

std::vector<Cell> MarginalRow(const std::string& name, std::span<const TrialComparison> trials,
                              std::span<const Disagreement> disagreements) {
  const int n = static_cast<int>(trials.size()), agree = Agreeing(trials);
  const int marginal = static_cast<int>(std::count_if(
      disagreements.begin(), disagreements.end(), [&](const Disagreement& one) {
        return one.flips > 0 && (name == "all" || one.trial.scenario == name);
      }));
  return {name, n, n - agree, marginal, Cell(static_cast<double>(agree) / n, 3),
          n > marginal ? Cell(static_cast<double>(agree) / (n - marginal), 3) : Cell()};
}

base::Table MarginalTable(std::span<const TrialComparison> trials, std::span<const Disagreement> disagreements) {
  base::Table table;
  table.columns = {"scenario", "n", "disagreements", "marginal", "agreement", "agreement without marginal"};
  for (const auto& [name, group] : ByScenario(trials)) table.rows.push_back(MarginalRow(name, group, disagreements));
  table.rows.push_back(MarginalRow("all", trials, disagreements));
  table.notes = {"marginal: some rerun has the released label. Trials that agree are not run again; some are as close"};
  return table;
}

}  // namespace

Interval WilsonInterval(int successes, int n) {
  if (n == 0) return {0, 1};
  constexpr double z = 1.959963984540054;  // 97.5 % quantile of the normal distribution
  const double p = static_cast<double>(successes) / n, zz = z * z / n;
  const double centre = (p + zz / 2) / (1 + zz), half = z / (1 + zz) * std::sqrt(p * (1 - p) / n + zz / (4 * n));
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

base::Table ComparisonTable(std::span<const TrialComparison> trials) {
  const bool with_other =
      std::any_of(trials.begin(), trials.end(), [](const TrialComparison& one) { return one.other_label.has_value(); });
  base::Table table;
  table.columns = {"scenario",     "n",          "agreement",       "low",    "high",
                   "majority",     "by config",  "contact diff",    "|diff|", "|diff| 90 %",
                   "final error m", "error 90 %", "frames",          "rel. frames", "capped",
                   "rel. capped",  "hits",       "rel. hits"};
  if (with_other) table.columns.insert(table.columns.end(), {"other n", "other agreement"});
  for (const auto& [name, group] : ByScenario(trials)) table.rows.push_back(ComparisonRow(name, group, with_other));
  table.rows.push_back(ComparisonRow("all", trials, with_other));
  return table;
}

AgreementReport CompareWithReleased(const AgreementRequest& request) {
  const Run run = ReadReplay(request.folder);
  const Comparisons comparisons = Compare(run, request);
  AgreementReport report{.scenarios = ComparisonTable(comparisons.trials), .disagreements = {}, .marginal = {}};
  report.scenarios.notes = {
      "low, high: 95 % Wilson interval of the agreement; majority: always the more frequent released label (by config: "
      "of each config); rel.: released",
      "left out: " + std::to_string(comparisons.ledges) + " with a ledge, " +
          std::to_string(comparisons.without_outcome) + " without an outcome in the table, " +
          std::to_string(comparisons.failed) + " whose simulation failed"};
  if (request.marginal <= 0) return report;
  const auto disagreements = RerunDisagreements(run, comparisons.trials, request);
  report.disagreements = DisagreementTable(disagreements, request.marginal);
  report.marginal = MarginalTable(comparisons.trials, disagreements);
  return report;
}

}  // namespace figment::physion
