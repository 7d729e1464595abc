#include "lab/bench_physion.h"

#include <sys/resource.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "base/machine.h"
#include "base/version.h"
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

std::vector<Cell> Measure(const Case& one, int workers, const fs::path& worker_program) {
  const fs::path folder = fs::temp_directory_path() / ("figment-bench-" + std::to_string(getpid()));
  GenerateConfig settings;
  settings.scenarios = one.scenarios;
  settings.trials = one.trials * workers;
  settings.passes = one.passes;
  settings.hdf5 = one.hdf5;
  settings.workers = workers;
  settings.out = folder.string();
  const physion::Run run{settings, physion::MakePlan(settings, std::nullopt)};
  const double cpu_before = ChildCpuSeconds();
  const physion::GenerateReport report = physion::Generate(run, worker_program);
  const double cpu = ChildCpuSeconds() - cpu_before;
  const double megabytes = static_cast<double>(BytesOfTrials(folder)) / 1e6;
  fs::remove_all(folder);

  const auto frames = static_cast<double>(report.frames);
  return {one.name,
          workers,
          report.made,
          Cell(frames, 0),
          Cell(report.seconds, 1),
          Cell(frames / report.seconds, 1),
          Cell(frames / cpu, 1),
          Cell(60.0 * report.made / report.seconds / workers, 0),
          Cell(PeakChildMegabytes(), 0),
          Cell(megabytes * 150 / frames, 2)};
}

}  // namespace

base::Table BenchPhysion(const fs::path& worker_program) {
  base::Table table;
  table.title = "Data sets through worker processes, 256 x 256, quality standard";
  table.columns = {"what", "workers", "trials", "frames", "seconds", "frames/s", "frames/s a CPU second",
                   "trials/min a worker", "peak MB a worker", "MB per 150 frames"};
  for (const Case& one : kCases)
    for (const int workers : {1, 2}) table.rows.push_back(Measure(one, workers, worker_program));
  table.notes.push_back("figment " + std::string(base::kVersion) + ", " + base::CpuModel() + ", " +
                        std::to_string(base::NumberOfCpus()) +
                        " CPUs; seconds include the start of the workers; peak memory is the largest so far");
  return table;
}

}  // namespace figment::lab
