#include "physion/generate.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <deque>
#include <fstream>
#include <iostream>
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
#include "files/manifest.h"
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

// Two processes must not make the same shard at once.
class ShardLock {
 public:
  ShardLock(const fs::path& folder, const Shard& shard) {
    const fs::path path = folder / (".lock." + ShardName(shard));
    descriptor_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor_ < 0) throw base::Error("cannot write in '" + folder.string() + "'");
    if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      close(descriptor_);
      throw base::Error("another process is making shard " + ShardName(shard) + " of '" + folder.string() + "'");
    }
    path_ = path;
  }
  ~ShardLock() {
    unlink(path_.c_str());
    close(descriptor_);
  }
  ShardLock(const ShardLock&) = delete;
  ShardLock& operator=(const ShardLock&) = delete;

 private:
  int descriptor_ = -1;
  fs::path path_;
};

// All files of a line are there, and the HDF5 reader finds the size it expects: a cheap check against truncation.
bool FilesComplete(const fs::path& folder, const Json& line) {
  for (const auto& [name, bytes] : line.at("bytes").items()) {
    std::error_code failure;
    if (fs::file_size(folder / name, failure) != bytes.get<uint64_t>() || failure) return false;
  }
  return true;
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
    path_ = ManifestPath(folder_, run.settings.shard);
    ReadListed();
    for (const Slot& slot : run.plan.slots) {
      if (!run.settings.shard.Has(slot.number)) continue;
      ++report_.slots;
      if (!lines_.contains(slot.number) && !Adopt(slot.number)) to_do_.push_back(slot.number);
    }
    Flush();
  }

  const std::vector<int>& to_do() const { return to_do_; }

  void Add(const Json& line) {
    ready_[SlotOf(line)] = line;
    ++report_.made;
    Flush();
  }

  // Puts the lines in slot order if repairs came out of it.
  void Finish() {
    std::string text;
    for (const auto& [slot, line] : lines_) text += line.dump() + "\n";
    if (!in_order_) files::WriteFileAtomically(path_, text);
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
    if (!rewrite) return;
    std::string text;
    for (const auto& [slot, line] : lines_) text += line.dump() + "\n";
    files::WriteFileAtomically(path_, text);
    in_order_ = true;
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
          worker.process.SendLine(std::to_string(slots.front()));
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

 private:
  struct Worker {
    base::Process process;
    std::deque<int> slots;
  };

  Worker Start() const {
    // llvmpipe's own threads do not help within one process; processes do (docs/architecture.md).
    return {base::Process::Spawn(program_, {run_.settings.out, run_.settings.device}, {{"LP_NUM_THREADS", "0"}}), {}};
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
    if (++deaths_[slot] >= kMaxDeaths)
      throw base::Error("worker " + how + " while making slot " + std::to_string(slot) + ", " +
                        std::to_string(kMaxDeaths) + " times; its last messages are above");
    base::LogWarning("a worker " + how + "; slot " + std::to_string(slot) + " is tried again");
    slots.insert(slots.begin(), worker.slots.begin(), worker.slots.end());
    worker = Start();
  }

  const Run& run_;
  fs::path program_;
  std::vector<Worker> workers_;
  std::map<int, int> deaths_;
};

// How long each trial took, apart from the manifest, which must not depend on the clock.
void AppendTimes(const fs::path& folder, const std::vector<Json>& times) {
  std::ofstream out(folder / "times.jsonl", std::ios::app);
  for (const Json& line : times) out << line.dump() << "\n";
}

// A device that cannot draw is an error before anything is written.
void CheckDevice(const GenerateConfig& settings) {
  constexpr int kSmallest = 16;
  if (settings.draws() && settings.device != "auto")
    render::Renderer({.width = kSmallest, .height = kSmallest, .quality = settings.quality, .device = settings.device});
}

void CheckRejectRate(const Run& run, const GenerateReport& report) {
  const int candidates = report.slots + report.rejected_candidates - report.unaccepted;
  if (candidates < kRateNeedsCandidates) return;
  const double rate = static_cast<double>(report.rejected_candidates) / candidates;
  if (rate > run.settings.max_reject_rate)
    throw base::Error("rejected " + std::to_string(report.rejected_candidates) + " of " + std::to_string(candidates) +
                      " candidate scenes, more than max_reject_rate = " +
                      std::to_string(run.settings.max_reject_rate) + "; the reasons are in the manifest");
}

void CountLines(const std::map<int, Json>& lines, GenerateReport& report) {
  for (const auto& [slot, line] : lines) {
    report.rejected_candidates += static_cast<int>(line.at("rejected").size());
    report.unaccepted += line.at("accepted").get<bool>() ? 0 : 1;
  }
}

}  // namespace

Json ToJson(const GenerateReport& r) {
  return {{"slots", r.slots},       {"made", r.made},
          {"adopted", r.adopted},   {"kept", r.kept},
          {"repaired", r.repaired}, {"rejected_candidates", r.rejected_candidates},
          {"unaccepted", r.unaccepted}, {"frames", r.frames},
          {"seconds", r.seconds},   {"workers", r.workers},
          {"gl_renderer", r.gl_renderer}, {"stop_signal", r.stop_signal}};
}

fs::path ManifestPath(const fs::path& folder, const Shard& shard) {
  return folder / (shard.whole() ? "manifest.jsonl" : "manifest." + ShardName(shard) + ".jsonl");
}

std::vector<Json> ReadManifests(const fs::path& folder) {
  std::set<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("manifest.") && name.ends_with("jsonl")) paths.insert(entry.path());
  }
  std::map<int, Json> by_slot;
  for (const fs::path& path : paths)
    for (const Json& line : files::ReadJsonLines(path).lines) by_slot.emplace(SlotOf(line), line);
  std::vector<Json> lines;
  for (auto& [slot, line] : by_slot) lines.push_back(std::move(line));
  return lines;
}

int WriteConfigFilesFromManifest(const fs::path& folder, const Run& run) {
  std::map<std::string, std::vector<Json>> entries;
  for (const Json& line : ReadManifests(folder))
    if (line.at("accepted").get<bool>()) entries[line.at("config")].push_back(line.at("metadata"));
  int written = 0;
  for (const PlannedConfig& planned : run.plan.configs) {
    ConfigArguments arguments{.given = {}, .effective = Arguments::FromConfig(planned.config).EffectiveTokens()};
    for (const auto& [name, value] : planned.config.arguments) {
      arguments.given.push_back("--" + name);
      if (!value.empty()) arguments.given.push_back(value);
    }
    fs::create_directories(folder / planned.config.scenario);
    WriteConfigFiles(folder / planned.config.scenario, planned.config.name, entries[planned.config.name], arguments);
    ++written;
  }
  return written;
}

GenerateReport Generate(const Run& run, const fs::path& worker_program) {
  const fs::path folder = run.settings.out;
  CheckDevice(run.settings);
  PrepareFolder(folder, run);
  const ShardLock lock(folder, run.settings.shard);
  base::InstallStopHandler();
  const auto start = Clock::now();
  GenerateReport report;
  Ledger ledger(run, report);

  const int wanted = run.settings.workers > 0 ? run.settings.workers : base::NumberOfCpus();
  report.workers = std::min(wanted, static_cast<int>(ledger.to_do().size()));
  if (!ledger.to_do().empty()) {
    fs::create_directories(folder / ".pending");
    std::vector<Json> times;
    base::Progress progress("trials", static_cast<int64_t>(ledger.to_do().size()));
    WorkerPool pool(run, worker_program, report.workers);
    pool.HandOut({ledger.to_do().begin(), ledger.to_do().end()}, [&](const Json& line, double seconds) {
      times.push_back({{"slot", SlotOf(line)}, {"seconds", seconds}});
      report.frames += line.at("num_frames").get<int64_t>();
      if (const Json& renderer = line.at("versions").at("gl_renderer"); renderer.is_string())
        report.gl_renderer = renderer.get<std::string>();
      ledger.Add(line);
      progress.Advance();
    });
    AppendTimes(folder, times);
  }
  // What killed workers left. At the end, because at the start of a resumed run they may still be dying.
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.is_directory()) files::RemoveTemporaries(entry.path());
  ledger.Finish();
  CountLines(ledger.lines(), report);
  report.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  report.stop_signal = base::StopSignal();
  if (report.made > 0) files::AppendLine(folder / "log.jsonl", ToJson(report));
  if (report.stop_signal != 0) return report;

  if (ReadManifests(folder).size() == run.plan.slots.size()) {
    WriteConfigFilesFromManifest(folder, run);
    std::error_code ignored;
    fs::remove(folder / ".pending", ignored);
  }
  CheckRejectRate(run, report);
  return report;
}

void ServeSlots(const fs::path& folder, const std::string& device) {
  base::DieWithParent();
  std::signal(SIGINT, SIG_IGN);  // the parent decides when to stop
  try {
    Run run = ReadRun(folder);
    Producer producer(run, device);
    std::string text;
    while (std::getline(std::cin, text)) {
      const Slot& slot = run.plan.slots.at(static_cast<size_t>(std::stoi(text)));
      const auto start = Clock::now();
      const Json line = producer.Produce(slot, folder);
      const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
      // A trial without files is made again faster than its line is synced.
      if (!line.at("files").empty()) files::WriteFileAtomically(PendingPath(folder, slot.number), line.dump());
      std::cout << Json{{"slot", slot.number}, {"line", line}, {"seconds", seconds}}.dump() << std::endl;
    }
  } catch (const base::Error& error) {
    std::cout << Json{{"error", error.what()}}.dump() << std::endl;
  }
}

DryRun EstimateRun(const Run& run) {
  DryRun estimate;
  Run sample = run;
  const fs::path folder = fs::temp_directory_path() / ("figment-dry-run-" + std::to_string(getpid()));
  Producer producer(sample, run.settings.device);
  std::map<std::string, int> slots_of;
  std::map<std::string, Slot> first_of;
  for (const Slot& slot : run.plan.slots) {
    if (!run.settings.shard.Has(slot.number)) continue;
    const std::string& scenario = run.plan.configs[static_cast<size_t>(slot.config)].config.scenario;
    ++slots_of[scenario];
    ++estimate.slots;
    first_of.emplace(scenario, slot);
  }
  const int workers = run.settings.workers > 0 ? run.settings.workers : base::NumberOfCpus();
  for (const auto& [scenario, slot] : first_of) {
    const auto start = Clock::now();
    const Json line = producer.Produce(slot, folder);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    double bytes = 0;
    for (const auto& [name, size] : line.at("bytes").items()) bytes += size.get<double>();
    estimate.seconds += seconds * slots_of[scenario] / std::min(workers, base::NumberOfCpus());
    estimate.bytes += bytes * slots_of[scenario];
  }
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  return estimate;
}

}  // namespace figment::physion
