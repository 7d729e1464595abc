#include "physion/inspect.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/random.h"
#include "files/atomic.h"
#include "files/manifest.h"
#include "files/temporary_folder.h"
#include "metrics/quantiles.h"
#include "physion/generate.h"
#include "physion/producer.h"
#include "physion/trial_file.h"

namespace figment::physion {
namespace {

namespace fs = std::filesystem;
using base::Cell;
using metrics::Median;
using Json = nlohmann::ordered_json;

// "2,5-7" of a sorted list of numbers.
std::string Ranges(const std::vector<int>& numbers) {
  std::string text;
  for (size_t i = 0; i < numbers.size(); ++i) {
    size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    text += (text.empty() ? "" : ",") + std::to_string(numbers[i]);
    if (last > i) text += "-" + std::to_string(numbers[last]);
    i = last;
  }
  return text;
}

// The N of the manifest.i-of-N.jsonl files in the folder; 1 if there are none.
int ShardCountIn(const fs::path& folder) {
  int count = 1;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const size_t of = name.find("-of-");
    if (name.starts_with("manifest.") && of != std::string::npos) count = std::max(count, std::atoi(name.c_str() + of + 4));
  }
  return count;
}

std::map<std::string, std::vector<Json>> ByScenario(const std::vector<Json>& lines) {
  std::map<std::string, std::vector<Json>> groups;
  for (const Json& line : lines) groups[line.at("scenario")].push_back(line);
  return groups;
}

std::vector<std::string> ScenarioOrder(const Run& run) {
  std::vector<std::string> names;
  for (const PlannedConfig& planned : run.plan.configs)
    if (names.empty() || names.back() != planned.config.scenario) names.push_back(planned.config.scenario);
  return names;
}

// Lines of the timing files, which nothing else rests on: a damaged one counts as empty.
std::vector<Json> ReadTimings(const fs::path& folder, const std::string& name) {
  std::vector<Json> lines;
  for (const fs::path& path : ShardFiles(folder, name)) {
    try {
      for (Json& line : files::ReadJsonLines(path).lines) lines.push_back(std::move(line));
    } catch (const base::Error& error) {
      base::LogWarning(error.what());
    }
  }
  return lines;
}

// Frames per second of the newest run recorded, over all workers.
std::string LastRate(const fs::path& folder) {
  const std::vector<Json> log = ReadTimings(folder, "log");
  if (log.empty()) return "";
  const Json& last = log.back();
  char text[160];
  std::snprintf(text, sizeof text, "last run: %lld frames in %.1f s by %d workers, %.0f frames/s", 
                last.at("frames").get<long long>(), last.at("seconds").get<double>(), last.at("workers").get<int>(),
                last.at("frames").get<double>() / std::max(1e-9, last.at("seconds").get<double>()));
  const std::string renderer = last.at("gl_renderer");
  return text + (renderer.empty() ? std::string(", nothing drawn") : ", drawn by " + renderer);
}

std::vector<Cell> StatsRow(const std::string& name, const std::vector<Json>& lines, const std::map<int, double>& seconds) {
  std::vector<double> contacts, frames;
  int accepted = 0, hits = 0, asleep = 0, capped = 0, rejected = 0;
  double total_frames = 0, total_seconds = 0;
  for (const Json& line : lines) {
    rejected += static_cast<int>(line.at("rejected").size());
    if (line.at("label").is_null()) continue;
    ++accepted;
    hits += line.at("label").get<bool>();
    if (!line.at("first_contact_frame").is_null()) contacts.push_back(line.at("first_contact_frame"));
    frames.push_back(line.at("num_frames"));
    asleep += line.at("ended_by") == "sleep";
    capped += line.at("ended_by") == "cap";
    if (const auto found = seconds.find(line.at("slot").get<int>()); found != seconds.end()) {
      total_frames += frames.back();
      total_seconds += found->second;
    }
  }
  const double n = std::max(1, accepted);
  return {name,
          accepted,
          Cell(hits / n, 2),
          Cell(Median(contacts), 0),
          Cell(Median(frames), 0),
          Cell(asleep / n, 2),
          Cell(capped / n, 2),
          rejected,
          total_seconds > 0 ? Cell(total_frames / total_seconds, 0) : Cell()};
}

std::map<int, double> SecondsOfSlots(const fs::path& folder) {
  std::map<int, double> seconds;
  for (const Json& line : ReadTimings(folder, "times")) seconds[line.at("slot")] = line.at("seconds");
  return seconds;
}

// What the HDF5 file says of itself against what the manifest says of it.
void CheckTrialFile(const fs::path& path, const Json& line, Verification& result) {
  const TrialFileSummary summary = ReadTrialFile(path);
  const auto require = [&](bool holds, const std::string& what) {
    if (!holds) result.problems.push_back(path.filename().string() + ": " + what + " is not the manifest's");
  };
  require(summary.stimulus_name == line.at("stimulus_name"), "stimulus_name");
  require(summary.num_frames == line.at("num_frames"), "the number of frames");
  require(summary.label == line.at("label"), "the label");
  require(summary.first_contact_frame.value_or(-1) ==
              (line.at("first_contact_frame").is_null() ? -1 : line.at("first_contact_frame").get<int>()),
          "the first contact frame");
}

void CheckFiles(const fs::path& folder, const Json& line, Verification& result) {
  for (const auto& [name, hash] : line.at("files").items()) {
    ++result.files;
    try {
      if (base::Sha256OfFile(folder / name) != hash.get<std::string>())
        result.problems.push_back(name + ": its SHA-256 is not the manifest's");
      else if (name.ends_with(".hdf5"))
        CheckTrialFile(folder / name, line, result);
    } catch (const base::Error& error) {
      result.problems.push_back(name + ": " + error.what());
    }
  }
}

// The per-config files follow from the manifests: they are rebuilt and compared.
void CheckConfigFiles(const fs::path& folder, const Run& run, Verification& result) {
  const files::TemporaryFolder rebuilt("figment-verify");
  WriteConfigFilesFromManifest(folder, run, rebuilt.path());
  for (const auto& entry : fs::recursive_directory_iterator(rebuilt.path())) {
    if (!entry.is_regular_file()) continue;
    const fs::path name = fs::relative(entry.path(), rebuilt.path());
    ++result.files;
    if (!fs::exists(folder / name) || files::ReadFile(folder / name) != files::ReadFile(entry.path()))
      result.problems.push_back(name.string() + ": is not what the manifest gives; the command that made the data set "
                                                "writes it again");
  }
}

// The manifest entries that must agree when a trial is made again under the same versions.
void CompareRegenerated(const Json& line, const Json& again, Verification& result) {
  const std::string name = line.at("stimulus_name");
  const bool same_machine = line.at("versions") == again.at("versions");
  if (!same_machine)
    result.notes.push_back(name + ": made with " + line.at("versions").dump() + "; here " +
                           again.at("versions").dump() + ": only its label was compared");
  const std::vector<std::string> keys =
      same_machine ? std::vector<std::string>{"accepted", "label", "state_sha256", "frames_sha256", "files"}
                   : std::vector<std::string>{"label"};
  for (const std::string& key : keys)
    if (line.at(key) != again.at(key)) result.problems.push_back(name + ": " + key + " differs when made again");
}

}  // namespace

Status StatusOf(const fs::path& folder, int shards) {
  const Run run = ReadRun(folder);
  const std::vector<Json> lines = ReadManifests(folder);
  const int count = shards > 0 ? shards : ShardCountIn(folder);
  std::set<int> done;
  std::map<std::string, std::array<int, 4>> counts;  // planned, done, unaccepted, rejected candidates
  for (const Json& line : lines) {
    if (!FilesComplete(folder, line)) continue;  // `generate` makes it again
    done.insert(line.at("slot").get<int>());
    auto& row = counts[line.at("scenario")];
    ++row[1];
    row[2] += !line.at("accepted").get<bool>();
    row[3] += static_cast<int>(line.at("rejected").size());
  }
  Status status;
  status.table.columns = {"scenario", "planned", "done", "missing", "not accepted", "rejected candidates"};
  std::set<int> unfinished_shards;
  for (const Slot& slot : run.plan.slots) {
    ++counts[run.plan.configs[static_cast<size_t>(slot.config)].config.scenario][0];
    if (done.contains(slot.number)) continue;
    status.missing.push_back(StimulusName(run.plan, slot));
    unfinished_shards.insert(slot.number % count == 0 ? count : slot.number % count);
  }
  for (const std::string& name : ScenarioOrder(run)) {
    const auto& row = counts[name];
    status.table.rows.push_back({name, row[0], row[1], row[0] - row[1], row[2], row[3]});
    status.unaccepted += row[2];
  }
  status.slots = static_cast<int>(run.plan.slots.size());
  status.done = static_cast<int>(done.size());
  if (!unfinished_shards.empty())
    status.shards_to_run =
        Ranges({unfinished_shards.begin(), unfinished_shards.end()}) + " of " + std::to_string(count);
  return status;
}

base::Table StatsTable(const fs::path& folder) {
  const Run run = ReadRun(folder);
  auto groups = ByScenario(ReadManifests(folder));
  const std::map<int, double> seconds = SecondsOfSlots(folder);
  base::Table table;
  table.columns = {"scenario", "trials", "hit rate", "median contact frame", "median frames", "asleep", "capped",
                   "rejected", "frames/s"};
  for (const std::string& name : ScenarioOrder(run)) table.rows.push_back(StatsRow(name, groups[name], seconds));
  if (const std::string rate = LastRate(folder); !rate.empty()) table.notes.push_back(rate);
  return table;
}

base::Table AgreementTable(const fs::path& folder, const fs::path& other) {
  const Run run = ReadRun(folder);
  std::map<std::string, Json> theirs;
  for (const Json& line : ReadManifests(other)) theirs[line.at("stimulus_name")] = line;
  auto groups = ByScenario(ReadManifests(folder));
  base::Table table;
  table.columns = {"scenario", "trials", "label agreement", "hit rate", "other hit rate", "contact frame difference"};
  for (const std::string& name : ScenarioOrder(run)) {
    int n = 0, agree = 0, hits = 0, other_hits = 0;
    std::vector<double> differences;
    for (const Json& line : groups[name]) {
      const auto found = theirs.find(line.at("stimulus_name"));
      if (found == theirs.end()) continue;
      const Json& twin = found->second;
      // Only equal scenes: the same attempt of the same seed.
      const bool same_scene = line.at("seed") == twin.at("seed") && line.at("attempt") == twin.at("attempt");
      if (!same_scene || line.at("label").is_null() || twin.at("label").is_null()) continue;
      ++n;
      agree += line.at("label") == twin.at("label");
      hits += line.at("label").get<bool>();
      other_hits += twin.at("label").get<bool>();
      if (!line.at("first_contact_frame").is_null() && !twin.at("first_contact_frame").is_null())
        differences.push_back(std::abs(twin.at("first_contact_frame").get<double>() -
                                       line.at("first_contact_frame").get<double>()));
    }
    const double total = std::max(1, n);
    table.rows.push_back({name, n, Cell(agree / total, 3), Cell(hits / total, 2), Cell(other_hits / total, 2),
                          Cell(Median(differences), 1)});
  }
  table.notes.push_back("contact frame difference: median of |difference| over trials where both touch");
  return table;
}

Verification Verify(const fs::path& folder, int regenerate, const std::string& device, const std::string& models) {
  Run run = ReadRun(folder);
  if (!models.empty()) run.settings.models = models;
  const std::vector<Json> lines = ReadManifests(folder);
  Verification result;
  result.trials = static_cast<int>(lines.size());
  for (const Json& line : lines) CheckFiles(folder, line, result);
  if (lines.size() < run.plan.slots.size())
    result.notes.push_back(std::to_string(run.plan.slots.size() - lines.size()) + " of " +
                           std::to_string(run.plan.slots.size()) + " trials are not there yet");
  else
    CheckConfigFiles(folder, run, result);
  if (regenerate <= 0) return result;

  std::vector<size_t> order;
  for (size_t i = 0; i < lines.size(); ++i) order.push_back(i);
  base::Rng rng({run.settings.seed, base::KeyOf("verify")});
  rng.Shuffle(order);
  order.resize(std::min(order.size(), static_cast<size_t>(regenerate)));
  LoadModels(run);
  Producer producer(run, device);
  for (const size_t i : order) {
    const Slot& slot = run.plan.slots.at(lines[i].at("slot").get<size_t>());
    const files::TemporaryFolder scratch("figment-verify");
    CompareRegenerated(lines[i], producer.Produce(slot, scratch.path()), result);
    ++result.regenerated;
  }
  return result;
}

}  // namespace figment::physion
