#include "lab/bench_physion.h"

#include <sys/resource.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/machine.h"
#include "base/process.h"
#include "base/version.h"
#include "files/temporary_folder.h"
#include "physion/generate.h"

namespace figment::lab {
namespace {

namespace fs = std::filesystem;
using base::Cell;
using physion::GenerateConfig;

struct Case {
  std::string name;
  std::vector<std::string> scenarios;
  int trials = 1;
  std::vector<std::string> passes;
  physion::Switch hdf5 = physion::Switch::kAuto;
};

// Sizes so that a row takes about ten seconds on one core.
const std::vector<Case> kCases = {
    {"five passes to HDF5 + MP4", {"all"}, 1, {"img", "id", "depth", "normals", "flow"}, physion::Switch::kAuto},
    {"colour movies only", {"all"}, 2, {"img"}, physion::Switch::kOff},
    {"no drawing, collide", {"collide"}, 240, {}, physion::Switch::kAuto},
};

double ChildCpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + 1e-6 * time.tv_usec; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double PeakChildMegabytes() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  return usage.ru_maxrss / 1024.0;
}

int64_t BytesOfTrials(const fs::path& folder) {
  int64_t bytes = 0;
  for (const auto& line : physion::ReadManifests(folder))
    for (const auto& [name, size] : line.at("bytes").items()) bytes += size.get<int64_t>();
  return bytes;
}

GenerateConfig SettingsOf(const Case& one, int workers, const fs::path& folder) {
  GenerateConfig settings;
  settings.scenarios = one.scenarios;
  settings.trials = one.trials * workers;
  settings.passes = one.passes;
  settings.hdf5 = one.hdf5;
  settings.workers = workers;
  settings.out = folder.string();
  return settings;
}

// Two commands, each with one worker and half of the slots, at the same time.
void GenerateSideBySide(const GenerateConfig& settings, const fs::path& figment) {
  std::vector<std::string> arguments = {"physion", "generate", "--scenario", "all", "--workers", "1", "--json"};
  arguments.insert(arguments.end(), {"--trials", std::to_string(*settings.trials), "--out", settings.out});
  std::vector<base::Process> commands;
  for (const char* shard : {"1/2", "2/2"}) {
    std::vector<std::string> all = arguments;
    all.insert(all.end(), {"--shard", shard});
    commands.push_back(base::Process::Spawn(figment, all));
  }
  for (base::Process& command : commands) {
    while (command.ReceiveLine()) {
    }
    if (const base::ExitStatus status = command.Wait(); !status.ok())
      throw base::Error("a benchmark command " + base::Describe(status));
  }
}

// One row of the table around `make`, which fills the folder of the settings.
template <class Make>
std::vector<Cell> Row(const std::string& name, const GenerateConfig& settings, Make make) {
  const double cpu_before = ChildCpuSeconds();
  const auto start = std::chrono::steady_clock::now();
  make();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double cpu = ChildCpuSeconds() - cpu_before;
  const double megabytes = static_cast<double>(BytesOfTrials(settings.out)) / 1e6;
  double frames = 0, trials = 0;
  for (const auto& line : physion::ReadManifests(settings.out)) frames += line.at("num_frames").get<double>(), ++trials;
  fs::remove_all(settings.out);
  return {name,
          settings.workers,
          Cell(trials, 0),
          Cell(frames, 0),
          Cell(seconds, 1),
          Cell(frames / seconds, 1),
          Cell(frames / cpu, 1),
          Cell(60.0 * trials / seconds / settings.workers, 0),
          Cell(PeakChildMegabytes(), 0),
          Cell(megabytes * 150 / frames, 2)};
}

}  // namespace

base::Table BenchPhysion(const PhysionBenchPrograms& programs) {
  base::Table table;
  table.title = "Data sets through worker processes, 256 x 256, quality standard";
  table.columns = {"what", "workers", "trials", "frames", "seconds", "frames/s", "frames/s a CPU second",
                   "trials/min a worker", "peak MB a worker", "MB per 150 frames"};
  const files::TemporaryFolder folder("figment-bench");
  const GenerateConfig two = SettingsOf(kCases.front(), 2, folder.path());
  table.rows.push_back(Row(kCases.front().name + ", two commands", two,
                           [&] { GenerateSideBySide(two, programs.figment); }));
  for (const Case& one : kCases)
    for (const int workers : {2, 1}) {
      const GenerateConfig settings = SettingsOf(one, workers, folder.path());
      const physion::Run run = physion::MakeRun(settings);
      table.rows.push_back(Row(one.name, settings, [&] {
        if (physion::Generate(run, programs.worker).stop_signal != 0) throw base::Error("stopped");
      }));
    }
  table.notes.push_back("figment " + std::string(base::kVersion) + ", " + base::CpuModel() + ", " +
                        std::to_string(base::NumberOfCpus()) +
                        " CPUs; seconds include the start of the workers; peak memory is the largest so far");
  return table;
}

}  // namespace figment::lab
