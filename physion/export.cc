#include "physion/export.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/error.h"
#include "base/hash.h"
#include "base/names.h"
#include "base/random.h"
#include "files/atomic.h"
#include "physion/export_layouts.h"
#include "physion/generate.h"
#include "physion/scenario.h"

namespace figment::physion {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kFormat = 1;
constexpr char kRecordName[] = "export.json";

std::vector<Layout> Layouts() { return {LayoutV1(), LayoutV15(), LayoutWebdataset()}; }

Layout FindLayout(const std::string& name) {
  const std::vector<Layout> layouts = Layouts();
  return base::FindNamed("layout", name, layouts);
}

// --- What there is to export.

void RequireComplete(const Run& run, size_t done, const fs::path& folder) {
  const size_t slots = run.plan.slots.size();
  if (done == slots) return;
  throw base::Error("'" + folder.string() + "' is not complete: " + std::to_string(slots - done) + " of its " +
                    std::to_string(slots) + " trials are missing. Continue it with\n  " + GenerateCommand(run) +
                    "\nor export what is there with --partial");
}

// The accepted trials of a data set whose scenario the layout takes.
ExportPart LoadPart(const std::string& name, const fs::path& folder, const ExportRequest& request,
                    const Layout& layout) {
  ExportPart part{.name = name, .folder = folder, .run = ReadRun(folder), .trials = {}, .counts = {}};
  std::vector<Json> lines;
  for (Json& line : ReadManifests(folder))
    if (FilesComplete(folder, line)) lines.push_back(std::move(line));
  if (!request.partial) RequireComplete(part.run, lines.size(), folder);
  for (Json& line : lines) {
    ExportPart::Counts& counts = part.counts[line.at("scenario")];
    ++counts.there;
    if (line.at("label").is_null()) ++counts.not_accepted;
    else if (layout.takes && !layout.takes(line.at("scenario"))) ++counts.left_out;
    else part.trials.push_back({std::move(line)});
  }
  if (part.trials.empty())
    throw base::Error("'" + folder.string() + "' has no trial that layout " + layout.name + " can take");
  return part;
}

// --- The balanced choice.

using ByLabel = std::map<std::string, std::array<std::vector<size_t>, 2>>;  // scenario -> label -> trials

void RequireEnough(const ByLabel& groups, const std::string& part, size_t half) {
  std::string counts;
  bool enough = true;
  for (const auto& [scenario, group] : groups) {
    counts += (counts.empty() ? "" : "; ") + scenario + " " + std::to_string(group[1].size()) + " positive, " +
              std::to_string(group[0].size()) + " negative";
    enough = enough && group[0].size() >= half && group[1].size() >= half;
  }
  if (!enough)
    throw base::Error("--balance " + std::to_string(2 * half) + " needs " + std::to_string(half) + " positive and " +
                      std::to_string(half) + " negative trials of every scenario; --" + part + " has: " + counts);
}

// Draws without replacement, for each scenario and label from a stream of its own.
void Balance(ExportPart& part, int total, uint64_t seed) {
  ByLabel groups;
  for (size_t i = 0; i < part.trials.size(); ++i)
    groups[part.trials[i].scenario()][part.trials[i].label()].push_back(i);
  const size_t half = static_cast<size_t>(total) / 2;
  RequireEnough(groups, part.name, half);
  std::set<size_t> chosen;
  for (auto& [scenario, group] : groups)
    for (uint64_t label : {0, 1}) {
      base::Rng rng({seed, base::KeyOf("balance"), base::KeyOf(scenario), label});
      rng.Shuffle(group[label]);
      chosen.insert(group[label].begin(), group[label].begin() + static_cast<ptrdiff_t>(half));
    }
  std::vector<ExportTrial> trials;
  for (const size_t i : chosen) trials.push_back(std::move(part.trials[i]));
  part.trials = std::move(trials);
}

// --- The record in the folder: which export it holds.

Json RecordOf(const ExportRequest& request, const ExportPart& part) {
  base::Sha256 hash;
  for (const ExportTrial& trial : part.trials) hash.Update(trial.line.dump() + "\n");
  return {{"balance", request.balance ? Json(*request.balance) : Json(nullptr)},
          {"seed", request.seed},
          {"shard_mb", request.shard_mb ? Json(*request.shard_mb) : Json(nullptr)},
          {"trials", part.trials.size()},
          {"trials_sha256", hash.Hex()}};
}

base::Error OtherExport(const fs::path& out, const std::string& difference) {
  return base::Error("'" + out.string() + "' holds another export (" + difference +
                     "); nothing was changed. Choose another --out");
}

// What the folder holds, or an empty record for a new folder. Throws if it holds something else.
Json ReadRecord(const ExportRequest& request) {
  const fs::path path = request.out / kRecordName;
  if (fs::exists(request.out) && !fs::is_directory(request.out))
    throw base::Error("--out '" + request.out.string() + "' is a file, not a folder");
  if (!fs::exists(path)) {
    if (fs::exists(request.out) && !fs::is_empty(request.out))
      throw base::Error("'" + request.out.string() + "' is not empty and holds no export (found '" +
                        fs::directory_iterator(request.out)->path().filename().string() + "'); choose another --out");
    return {{"format", kFormat}, {"layout", request.layout}, {"parts", Json::object()}};
  }
  const Json record = Json::parse(files::ReadFile(path), nullptr, false);
  if (!record.is_object() || record.value("format", 0) != kFormat || !record.contains("parts"))
    throw base::Error("'" + path.string() + "' is damaged; choose another --out");
  if (record.value("layout", "") != request.layout)
    throw OtherExport(request.out, "its layout is " + record.value("layout", "unknown"));
  return record;
}

// Adds the part, or checks that the one that is there is the same.
void EnterPart(const ExportRequest& request, const ExportPart& part, Json& record) {
  const Json here = RecordOf(request, part);
  if (record["parts"].contains(part.name)) {
    const Json& there = record["parts"][part.name];
    for (const auto& [key, value] : here.items())
      if (there.value(key, Json()) != value)
        throw OtherExport(request.out, key == "trials_sha256" ? "other trials in " + part.name
                                                              : key + " of " + part.name + " is " +
                                                                    there.value(key, Json()).dump() + " there and " +
                                                                    value.dump() + " here");
  }
  record["parts"][part.name] = here;
}

// --- The request and the result.

void CheckRequest(const ExportRequest& request) {
  if (request.train.empty() && request.test.empty())
    throw base::UsageError("nothing to export: give the folder of a data set with --train, --test or both");
  if (request.balance && (*request.balance < 2 || *request.balance % 2 != 0))
    throw base::UsageError("--balance '" + std::to_string(*request.balance) +
                           "': expected an even number of trials, at least 2");
  if (request.shard_mb && *request.shard_mb < 1)
    throw base::UsageError("--shard-mb '" + std::to_string(*request.shard_mb) + "': expected at least 1");
  if (request.shard_mb && request.layout != "webdataset")
    throw base::UsageError("--shard-mb is for layout webdataset only");
  if (request.copy && request.layout != "v1") throw base::UsageError("--copy is for layout v1 only");
}

// Trials of both parts with the same motion: the test would ask what the training has shown.
std::vector<std::string> NotesOfCommonTrials(const std::vector<ExportPart>& parts) {
  if (parts.size() < 2) return {};
  std::set<std::string> seen;
  for (const ExportTrial& trial : parts[0].trials) seen.insert(trial.line.at("state_sha256").get<std::string>());
  const auto common = std::count_if(parts[1].trials.begin(), parts[1].trials.end(), [&](const ExportTrial& trial) {
    return seen.contains(trial.line.at("state_sha256").get<std::string>());
  });
  if (common == 0) return {};
  return {std::to_string(common) + " trials of --test are also in --train: generate them with another --seed"};
}

base::Table ResultTable(const std::vector<ExportPart>& parts) {
  base::Table table;
  table.columns = {"part", "scenario", "trials", "exported", "positive", "not accepted", "left out"};
  for (const ExportPart& part : parts)
    for (const Scenario& scenario : Scenarios()) {
      const auto counts = part.counts.find(scenario.name);
      if (counts == part.counts.end()) continue;
      int exported = 0, positive = 0;
      for (const ExportTrial& trial : part.trials)
        if (trial.scenario() == scenario.name) ++exported, positive += trial.label();
      const auto [there, not_accepted, left_out] = counts->second;
      table.rows.push_back({part.name, scenario.name, there, exported, positive, not_accepted, left_out});
    }
  return table;
}

}  // namespace

bool ExportTrial::Has(const std::string& suffix) const { return line.at("files").contains(PathOf(suffix)); }
std::string ExportTrial::PathOf(const std::string& suffix) const { return scenario() + "/" + name() + suffix; }

const Slot& ExportPart::SlotOf(const ExportTrial& trial) const {
  return run.plan.slots.at(trial.line.at("slot").get<size_t>());
}
const PlannedConfig& ExportPart::ConfigOf(const ExportTrial& trial) const {
  return run.plan.configs[static_cast<size_t>(SlotOf(trial).config)];
}
fs::path ExportPart::SourceOf(const ExportTrial& trial, const std::string& suffix) const {
  return folder / trial.PathOf(suffix);
}

void RequireFile(const ExportPart& part, const std::string& suffix, const std::string& layout,
                 const std::string& generate_flags) {
  for (const ExportTrial& trial : part.trials)
    if (!trial.Has(suffix))
      throw base::Error("layout " + layout + " is made of the files " + suffix + ", and '" + part.folder.string() +
                        "' has none of " + trial.name() + ": generate it with " + generate_flags);
}

std::vector<std::string> LayoutNames() { return base::NamesOf(Layouts()); }

base::Table Export(const ExportRequest& request) {
  const Layout layout = FindLayout(request.layout);
  CheckRequest(request);
  std::vector<ExportPart> parts;
  if (!request.train.empty()) parts.push_back(LoadPart("train", request.train, request, layout));
  if (!request.test.empty()) parts.push_back(LoadPart("test", request.test, request, layout));
  size_t trials = 0;
  Json record = ReadRecord(request);
  for (ExportPart& part : parts) {
    if (request.balance) Balance(part, *request.balance, request.seed);
    EnterPart(request, part, record);
    trials += part.trials.size();
  }
  std::vector<std::string> notes = NotesOfCommonTrials(parts);
  for (std::string& note : layout.check(request, parts)) notes.push_back(std::move(note));

  std::error_code failure;
  fs::create_directories(request.out, failure);
  if (failure) throw base::Error("cannot create the folder '" + request.out.string() + "': " + failure.message());
  files::WriteFileAtomically(request.out / kRecordName, record.dump(1) + "\n");
  base::Progress progress("trials", static_cast<int64_t>(trials));
  for (const ExportPart& part : parts) layout.write(request, part, progress);
  progress.Finish();
  base::Table table = ResultTable(parts);
  table.notes = std::move(notes);
  return table;
}

}  // namespace figment::physion
