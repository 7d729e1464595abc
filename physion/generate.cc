#include "physion/generate.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <deque>
#include <fstream>
#include <map>
#include <set>

#include "base/error.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/machine.h"
#include "base/process.h"
#include "base/progress.h"
#include "base/signals.h"
#include "files/atomic.h"
#include "files/lock_file.h"
#include "files/manifest.h"
#include "files/temporary_folder.h"
#include "physion/producer.h"
#include "physion/side_files.h"

namespace figment::physion {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

// Slots a worker has at hand beyond the one it works on, so that it never waits for the parent.
constexpr size_t kSlotsAhead = 1;
// A slot whose worker dies this often is given up.
constexpr int kMaxDeaths = 2;
// Few candidates say little about a rate.
constexpr int kRateNeedsCandidates = 20;

fs::path PendingPath(const fs::path& folder, int slot) {
  return folder / ".pending" / (std::to_string(slot) + ".json");
}

std::string ShardName(const Shard& shard) {
  return std::to_string(shard.index) + "-of-" + std::to_string(shard.count);
}

bool HashesAgree(const fs::path& folder, const Json& line) {
  if (!FilesComplete(folder, line)) return false;
  for (const auto& [name, hash] : line.at("files").items())
    if (base::Sha256OfFile(folder / name) != hash.get<std::string>()) return false;
  return true;
}

int SlotOf(const Json& line) { return line.at("slot").get<int>(); }

// The manifest of one shard: what it lists, what is still to do, and lines in slot order as they come in.
class Ledger {
 public:
  Ledger(const Run& run, GenerateReport& report) : run_(run), report_(report), folder_(run.settings.out) {
    path_ = ShardFile(folder_, "manifest", run.settings.shard);
    ReadListed();
    const std::set<int> elsewhere = ListedElsewhere();
    for (const Slot& slot : run.plan.slots) {
      if (!run.settings.shard.Has(slot.number)) continue;
      ++report_.slots;
      if (lines_.contains(slot.number)) continue;
      if (elsewhere.contains(slot.number)) ++report_.kept;
      else if (!Adopt(slot.number)) to_do_.push_back(slot.number);
    }
    Flush();
  }

  const std::vector<int>& to_do() const { return to_do_; }

  void Add(const Json& line) {
    ready_[SlotOf(line)] = line;
    ++report_.made;
    Flush();
  }

  // Lists what waited for a slot that was given up, and puts the lines in slot order if repairs came out of it.
  void Finish() {
    next_ = to_do_.size();
    Flush();
    if (!in_order_) Rewrite();
  }

  const std::map<int, Json>& lines() const { return lines_; }

 private:
  void ReadListed() {
    if (!fs::exists(path_)) return;
    bool rewrite = false;
    int last = -1;
    const files::JsonLines listed = files::ReadJsonLines(path_);
    if (listed.dropped_unfinished_line) {
      base::LogWarning(path_.string() + ": the last line is incomplete; its trial will be completed");
      rewrite = true;
    }
    for (const Json& line : listed.lines) {
      if (FilesComplete(folder_, line)) {
        in_order_ = in_order_ && SlotOf(line) > last;
        last = SlotOf(line);
        lines_[last] = line;
        ++report_.kept;
      } else {
        base::LogWarning(line.at("stimulus_name").get<std::string>() +
                         ": a file is missing or truncated; the trial is made again");
        ++report_.repaired;
        rewrite = true;
      }
    }
    if (rewrite) Rewrite();
  }

  void Rewrite() {
    std::string text;
    for (const auto& [slot, line] : lines_) text += line.dump() + "\n";
    files::WriteFileAtomically(path_, text);
    in_order_ = true;
  }

  // Slots that another manifest lists with complete files: the run was divided otherwise before.
  std::set<int> ListedElsewhere() const {
    std::set<int> slots;
    for (const Json& line : ReadManifests(folder_))
      if (!lines_.contains(SlotOf(line)) && FilesComplete(folder_, line)) slots.insert(SlotOf(line));
    return slots;
  }

  bool Adopt(int slot) {
    const fs::path pending = PendingPath(folder_, slot);
    if (!fs::exists(pending)) return false;
    const Json line = Json::parse(files::ReadFile(pending), nullptr, false);
    if (line.is_discarded() || !HashesAgree(folder_, line)) return false;
    ready_[slot] = line;
    ++report_.adopted;
    return true;
  }

  // Appends every ready line that no unfinished earlier slot must precede.
  void Flush() {
    while (!ready_.empty()) {
      const auto first = ready_.begin();
      const bool must_wait = next_ < to_do_.size() && first->first > to_do_[next_];
      if (must_wait) return;
      if (next_ < to_do_.size() && first->first == to_do_[next_]) ++next_;
      in_order_ = in_order_ && (lines_.empty() || first->first > lines_.rbegin()->first);
      files::AppendLine(path_, first->second);
      lines_[first->first] = first->second;
      std::error_code ignored;
      fs::remove(PendingPath(folder_, first->first), ignored);
      ready_.erase(first);
    }
  }

  const Run& run_;
  GenerateReport& report_;
  fs::path folder_, path_;
  std::map<int, Json> lines_;   // in the manifest file
  std::map<int, Json> ready_;   // complete, waiting for an earlier slot
  std::vector<int> to_do_;
  size_t next_ = 0;             // first unfinished entry of to_do_
  bool in_order_ = true;
};

// The worker processes and which slots each of them has.
class WorkerPool {
 public:
  WorkerPool(const Run& run, fs::path program, int count) : run_(run), program_(std::move(program)) {
    for (int i = 0; i < count; ++i) workers_.push_back(Start());
  }

  // Hands out slots until all are done or a stop is asked for; `on_line` gets each manifest line.
  template <class OnLine>
  void HandOut(std::deque<int> slots, OnLine on_line) {
    while (true) {
      if (base::StopRequested()) slots.clear();
      for (Worker& worker : workers_)
        while (!slots.empty() && worker.slots.size() <= kSlotsAhead) {
          worker.slots.push_back(slots.front());
          Send(worker, slots.front());
          slots.pop_front();
        }
      std::vector<base::Process*> busy;
      for (Worker& worker : workers_) busy.push_back(worker.slots.empty() ? nullptr : &worker.process);
      if (std::all_of(busy.begin(), busy.end(), [](auto* process) { return process == nullptr; })) return;
      for (const int i : base::WaitForLines(busy, 1.0)) {
        Worker& worker = workers_[static_cast<size_t>(i)];
        const auto answer = worker.process.ReceiveLine();
        if (!answer) Replace(worker, slots);
        else Take(worker, Json::parse(*answer), on_line);
      }
    }
  }

  // Slots whose worker died each time, with how it ended; the others are made all the same.
  const std::map<int, std::string>& failures() const { return failures_; }

 private:
  struct Worker {
    base::Process process;
    std::deque<int> slots;
  };

  Worker Start() const {
    // llvmpipe's own threads do not help within one process; processes do (docs/architecture.md).
    return {base::Process::Spawn(program_, {run_.settings.out, run_.settings.device, run_.settings.models},
                                 {{"LP_NUM_THREADS", "0"}}), {}};
  }

  // A worker that is gone cannot take the slot; reading from it then says why.
  static void Send(Worker& worker, int slot) {
    try {
      worker.process.SendLine(std::to_string(slot));
    } catch (const base::Error&) {
    }
  }

  template <class OnLine>
  void Take(Worker& worker, const Json& answer, OnLine on_line) {
    if (answer.contains("error")) throw base::Error(answer.at("error").get<std::string>());
    worker.slots.pop_front();
    if (answer.contains("line")) on_line(answer.at("line"), answer.at("seconds").get<double>());
  }

  // A worker that died gets a successor; the slot it worked on is tried once more.
  void Replace(Worker& worker, std::deque<int>& slots) {
    const std::string how = Describe(worker.process.Wait());
    const int slot = worker.slots.front();
    if (++deaths_[slot] < kMaxDeaths) {
      base::LogWarning("a worker " + how + "; slot " + std::to_string(slot) + " is tried again");
    } else {
      failures_[slot] = how;
      worker.slots.pop_front();
    }
    slots.insert(slots.begin(), worker.slots.begin(), worker.slots.end());
    worker = Start();
  }

  const Run& run_;
  fs::path program_;
  std::vector<Worker> workers_;
  std::map<int, int> deaths_;
  std::map<int, std::string> failures_;
};

// What killed workers left behind goes when a run ends, however it ends. Not at its start: the workers of a run that was
// killed just before may still be dying.
struct LeftoverCleaner {
  fs::path folder;
  ~LeftoverCleaner() {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored))
      if (entry.is_directory()) files::RemoveTemporaries(entry.path());
    files::RemoveTemporaries(folder);
  }
};

// A device that cannot draw is an error before anything is written; falling back to software is said once.
void CheckDevice(const GenerateConfig& settings) {
  if (!settings.draws()) return;
  constexpr int kSmallest = 16;
  const render::Renderer renderer(
      {.width = kSmallest, .height = kSmallest, .quality = settings.quality, .device = settings.device});
  if (settings.device == "auto" && renderer.info().software)
    base::LogInfo("no GPU: drawing in software with " + renderer.info().gl_renderer);
}

// A config that cannot be built, such as one that names a shape nobody knows, is an error before anything is written.
void CheckConfigs(const Run& run) {
  if (run.replays()) return;
  for (const PlannedConfig& planned : run.plan.configs)
    BuildCandidate(run.settings, planned.config, 0, 0, run.own_models());
}

int WorkersOf(const GenerateConfig& settings) {
  return settings.workers > 0 ? settings.workers : base::NumberOfCpus();
}

// Scenes rejected by --max-start-overlap are what was asked for; only the others speak against the run.
void CheckRejectRate(const Run& run, const GenerateReport& report) {
  const int faulty = report.rejected_candidates - report.rejected_for_overlap;
  const int candidates = report.slots - report.unaccepted + faulty;
  if (candidates < kRateNeedsCandidates) return;
  const double rate = static_cast<double>(faulty) / candidates;
  if (rate > run.settings.max_reject_rate)
    throw base::Error("rejected " + std::to_string(faulty) + " of " + std::to_string(candidates) +
                      " candidate scenes, more than max_reject_rate = " +
                      std::to_string(run.settings.max_reject_rate) + "; the reasons are in the manifest");
}

void CountLines(const std::map<int, Json>& lines, GenerateReport& report) {
  for (const auto& [slot, line] : lines) {
    report.rejected_candidates += static_cast<int>(line.at("rejected").size());
    for (const Json& rejection : line.at("rejected"))
      report.rejected_for_overlap += rejection.at("reason").get<std::string>().starts_with(kStartOverlapReason);
    report.unaccepted += line.at("accepted").get<bool>() ? 0 : 1;
  }
}

}  // namespace

Json ToJson(const GenerateReport& r) {
  return {{"slots", r.slots},       {"made", r.made},
          {"adopted", r.adopted},   {"kept", r.kept},
          {"repaired", r.repaired}, {"rejected_candidates", r.rejected_candidates},
          {"rejected_for_overlap", r.rejected_for_overlap},
          {"unaccepted", r.unaccepted}, {"frames", r.frames},
          {"seconds", r.seconds},   {"workers", r.workers},
          {"gl_renderer", r.gl_renderer}, {"stop_signal", r.stop_signal}};
}

fs::path ShardFile(const fs::path& folder, const std::string& name, const Shard& shard) {
  return folder / (shard.whole() ? name + ".jsonl" : name + "." + ShardName(shard) + ".jsonl");
}

std::vector<fs::path> ShardFiles(const fs::path& folder, const std::string& name) {
  std::set<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string file = entry.path().filename().string();
    if (file.starts_with(name + ".") && file.ends_with("jsonl")) paths.insert(entry.path());
  }
  return {paths.begin(), paths.end()};
}

bool FilesComplete(const fs::path& folder, const Json& line) {
  for (const auto& [name, bytes] : line.at("bytes").items()) {
    std::error_code failure;
    if (fs::file_size(folder / name, failure) != bytes.get<uint64_t>() || failure) return false;
  }
  return true;
}

std::vector<Json> ReadManifests(const fs::path& folder) {
  std::map<int, Json> by_slot;
  for (const fs::path& path : ShardFiles(folder, "manifest"))
    for (const Json& line : files::ReadJsonLines(path).lines) by_slot.emplace(SlotOf(line), line);
  std::vector<Json> lines;
  for (auto& [slot, line] : by_slot) lines.push_back(std::move(line));
  return lines;
}

void WriteConfigFilesFromManifest(const fs::path& folder, const Run& run, const fs::path& into) {
  std::map<std::string, std::vector<Json>> entries;
  for (const Json& line : ReadManifests(folder))
    if (!line.at("label").is_null()) entries[line.at("config")].push_back(line.at("metadata"));
  for (const PlannedConfig& planned : run.plan.configs) {
    fs::create_directories(into / planned.config.scenario);
    WriteConfigFiles(into / planned.config.scenario, planned.config.name + "_", entries[planned.config.name],
                     ArgumentsOf(planned.config));
  }
}

GenerateReport Generate(const Run& run, const fs::path& worker_program) {
  const fs::path folder = run.settings.out;
  CheckConfigs(run);
  CheckDevice(run.settings);
  PrepareFolder(folder, run);
  // Two processes must not make the same shard at once.
  const std::string shard = ShardName(run.settings.shard);
  const files::LockFile lock(folder / (".lock." + shard), "is making shard " + shard + " of '" + folder.string() + "'");
  base::InstallStopHandler();
  const auto start = Clock::now();
  GenerateReport report;
  Ledger ledger(run, report);

  report.workers = std::min(WorkersOf(run.settings), static_cast<int>(ledger.to_do().size()));
  std::map<int, std::string> failures;
  if (!ledger.to_do().empty()) {
    fs::create_directories(folder / ".pending");
    const LeftoverCleaner cleaner{folder};
    // How long each trial took stands apart from the manifest, which must not depend on the clock.
    std::ofstream times(ShardFile(folder, "times", run.settings.shard), std::ios::app);
    base::Progress progress("trials", static_cast<int64_t>(ledger.to_do().size()));
    WorkerPool pool(run, worker_program, report.workers);
    pool.HandOut({ledger.to_do().begin(), ledger.to_do().end()}, [&](const Json& line, double seconds) {
      times << Json{{"slot", SlotOf(line)}, {"seconds", seconds}}.dump() << std::endl;
      report.frames += line.at("num_frames").get<int64_t>();
      if (const Json& renderer = line.at("versions").at("gl_renderer"); renderer.is_string())
        report.gl_renderer = renderer.get<std::string>();
      ledger.Add(line);
      progress.Advance();
    });
    failures = pool.failures();
  }
  ledger.Finish();
  CountLines(ledger.lines(), report);
  report.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  report.stop_signal = base::StopSignal();
  if (report.made > 0) files::AppendLine(ShardFile(folder, "log", run.settings.shard), ToJson(report));
  if (!failures.empty())
    throw base::Error("the worker that made " + StimulusName(run.plan, run.plan.slots.at(failures.begin()->first)) + " " +
                      failures.begin()->second + ", " + std::to_string(kMaxDeaths) + " times (" +
                      std::to_string(failures.size()) + " such trials); the other trials are done");
  if (report.stop_signal != 0) return report;

  if (ReadManifests(folder).size() == run.plan.slots.size()) {
    WriteConfigFilesFromManifest(folder, run, folder);
    std::error_code ignored;
    fs::remove(folder / ".pending", ignored);
  }
  CheckRejectRate(run, report);
  return report;
}

void ServeSlots(const fs::path& folder, const std::string& device, const std::string& models) {
  base::DieWithParent();
  // The parent decides when to stop.
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGTERM, SIG_IGN);
  base::ParentChannel parent;
  const auto answer = [&parent](const Json& json) {
    parent.SendLine(json.dump(-1, ' ', false, Json::error_handler_t::replace));
  };
  try {
    Run run = ReadRun(folder);
    run.settings.models = models;
    LoadModels(run);
    Producer producer(run, device);
    while (const auto number = parent.ReceiveLine()) {
      const Slot& slot = run.plan.slots.at(static_cast<size_t>(std::stoi(*number)));
      const auto start = Clock::now();
      const Json line = producer.Produce(slot, folder);
      const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
      // A trial without files is made again faster than its line is synced.
      if (!line.at("files").empty()) files::WriteFileAtomically(PendingPath(folder, slot.number), line.dump());
      answer({{"slot", slot.number}, {"line", line}, {"seconds", seconds}});
    }
  } catch (const std::exception& error) {
    answer({{"error", error.what()}});
  }
}

DryRun EstimateRun(const Run& run) {
  DryRun estimate;
  const files::TemporaryFolder folder("figment-dry-run");
  Producer producer(run, run.settings.device);
  std::map<std::string, int> slots_of;
  std::map<std::string, Slot> first_of;
  for (const Slot& slot : run.plan.slots) {
    if (!run.settings.shard.Has(slot.number)) continue;
    const std::string& scenario = run.plan.configs[static_cast<size_t>(slot.config)].config.scenario;
    ++slots_of[scenario];
    ++estimate.slots;
    first_of.emplace(scenario, slot);
  }
  const int workers = WorkersOf(run.settings);
  for (const auto& [scenario, slot] : first_of) {
    const auto start = Clock::now();
    const Json line = producer.Produce(slot, folder.path());
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    double bytes = 0;
    for (const auto& [name, size] : line.at("bytes").items()) bytes += size.get<double>();
    estimate.seconds += seconds * slots_of[scenario] / std::min(workers, base::NumberOfCpus());
    estimate.bytes += bytes * slots_of[scenario];
  }
  return estimate;
}

}  // namespace figment::physion
