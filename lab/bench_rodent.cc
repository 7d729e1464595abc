#include "lab/bench_rodent.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/machine.h"
#include "base/version.h"
#include "lab/batch_speed.h"
#include "lab/python_program.h"
#include "lab/rodent_speed.h"
#include "metrics/quantiles.h"

namespace figment::lab {
namespace {

using base::Cell;

double ResidentMegabytes() {
  long pages = 0, resident = 0;
  if (FILE* const file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

std::shared_ptr<const mjModel_> CompileShared(const rodent::EnvConfig& config) {
  return {rodent::CompileTask(config)};
}

RodentSeat Seat(const rodent::EnvConfig& config, const std::shared_ptr<const mjModel_>& model) {
  return RodentSeat(std::make_unique<rodent::RodentEnv>(config, model));
}

double MeasureReset(int resets, RodentSeat& seat) {
  std::vector<double> seconds;
  for (int i = 0; i < resets; ++i) {
    const double start = base::ThreadCpuSeconds();
    seat.Reset(1000 + static_cast<uint64_t>(i));
    seconds.push_back(base::ThreadCpuSeconds() - start);
  }
  return metrics::Median(seconds);
}

double MeasureMemory(int copies, const rodent::EnvConfig& config, const std::shared_ptr<const mjModel_>& model) {
  constexpr int kSteps = 10;
  const std::vector<float> actions = SmoothRodentActions(kSteps, 1);
  std::vector<RodentSeat> seats;
  const double before = ResidentMegabytes();
  for (int i = 0; i < copies; ++i) {
    seats.push_back(Seat(config, model));
    seats.back().Reset(static_cast<uint64_t>(i));
    for (int k = 0; k < kSteps; ++k) seats.back().Step(&actions[static_cast<size_t>(k * rodent::kActuators)]);
  }
  return (ResidentMegabytes() - before) / copies;
}

std::string Machine() { return base::CpuClass() + "; figment " + base::kVersion; }

std::string Turns(const RodentEpisodes& episodes) {
  return "environments and bare loop step in turns, the bare loop over the same states; medians of " +
         std::to_string(episodes.count) + " episodes of " + std::to_string(episodes.steps) + " control steps";
}

int OpenFiles() {
  return static_cast<int>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

}  // namespace

base::Table BenchRodentResets(int resets) {
  base::Table table = {.title = "Memory over resets of all tasks",
                       .columns = {"resets", "resident (MB)", "open files", "ms a reset"}};
  std::vector<RodentSeat> seats;
  for (const rodent::TaskEntry& task : rodent::Tasks()) {
    const rodent::EnvConfig config = {.task = task.name};
    seats.push_back(Seat(config, CompileShared(config)));
  }
  constexpr int kRows = 10;
  int done = 0;
  for (int row = 1; row <= kRows; ++row) {
    const int until = static_cast<int>(static_cast<int64_t>(resets) * row / kRows), begin = done;
    const double start = base::ThreadCpuSeconds();
    for (; done < until; ++done) seats[static_cast<size_t>(done) % seats.size()].Reset(static_cast<uint64_t>(done));
    table.rows.push_back({done, Cell(ResidentMegabytes(), 2), OpenFiles(),
                          Cell((base::ThreadCpuSeconds() - start) * 1e3 / std::max(1, done - begin), 2)});
  }
  table.notes = {Machine()};
  return table;
}

base::Table BenchRodent(const RodentBenchOptions& options) {
  base::Table table = {.title = "Rodent tasks, state only: control steps/s a core",
                       .columns = {"task", "bare mj_step", "exact", "of bare", "fast", "of exact", "observing (us)",
                                   "task and sensors (us)", "reset (ms)", "MB an env", "states equal"}};
  for (const rodent::TaskEntry& task : rodent::Tasks()) {
    const rodent::EnvConfig exact = {.task = task.name}, fast = {.task = task.name, .profile = rodent::Profile::kFast};
    const auto model = CompileShared(exact);
    const RodentSpeed speed = MeasureRodent(std::make_unique<rodent::RodentEnv>(exact, model),
                                            std::make_unique<rodent::RodentEnv>(fast), options.episodes);
    RodentSeat seat = Seat(exact, model);
    table.rows.push_back({task.name, Cell(1 / speed.bare_s, 0), Cell(1 / speed.state_s, 0),
                          Cell(speed.bare_s / speed.state_s, 3), Cell(1 / speed.other_s, 0),
                          Cell(speed.state_s / speed.other_s, 2), Cell(speed.observing_s * 1e6, 2),
                          Cell((speed.state_s - speed.bare_s - speed.observing_s) * 1e6, 0),
                          Cell(MeasureReset(options.resets, seat) * 1e3, 2),
                          Cell(MeasureMemory(options.copies, exact, model), 2), speed.equal ? "yes" : "NO"});
  }
  table.notes = {Machine(), "aims: 0.92 of the bare loop; fast 2 of exact; reset 5 ms; 20 MB", Turns(options.episodes)};
  return table;
}

namespace {

// Control steps a CPU second of another package with its own pictures. It answers no number where it lacks the task.
Cell OthersSpeed(PythonProgram& program, const std::string& task, const RodentEpisodes& episodes, double* speed) {
  if (!program.present()) return {};
  const auto answer = program.Ask({{"task", task}, {"episodes", episodes.count}, {"steps", episodes.steps}});
  *speed = answer.value("steps_per_cpu_s", 0.0);
  return *speed > 0 ? Cell(*speed, 0) : Cell();
}

Cell Ratio(double ours, double theirs) { return theirs > 0 ? Cell(ours / theirs, 1) : Cell(); }

}  // namespace

base::Table BenchRodentEye(const RodentBenchOptions& options) {
  PythonProgram dm_control(options.dm_control_python, options.pictures_script, {{"package", "dm_control"}},
                           {{"LP_NUM_THREADS", "0"}, {"MUJOCO_GL", "egl"}});
  PythonProgram envpool(options.envpool_python, options.pictures_script, {{"package", "envpool"}},
                        {{"LP_NUM_THREADS", "0"}});
  base::Table table = {.title = "Rodent tasks with the egocentric eye, 64 x 64, in software: control steps/s",
                       .columns = {"task", "pictures", "bare mj_step", "1 worker", "of bare", "EnvPool", "times",
                                   "dm_control", "times", "physics (ms)", "observing (us)", "drawing (ms)"}};
  for (const rodent::TaskEntry& task : rodent::Tasks()) {
    double envpool_speed = 0, dm_control_speed = 0;
    const Cell envpool_cell = OthersSpeed(envpool, task.name, options.eye_episodes, &envpool_speed);
    const Cell dm_control_cell = OthersSpeed(dm_control, task.name, options.eye_episodes, &dm_control_speed);
    for (const char* const quality : {"draft", "faithful"}) {
      const RodentSpeed speed = MeasureRodentEye(options.worker, task.name, quality, options.eye_episodes);
      table.rows.push_back({task.name, quality, Cell(1 / speed.bare_s, 0), Cell(1 / speed.other_s, 0),
                            Cell(speed.bare_s / speed.other_s, 2), envpool_cell, Ratio(1 / speed.other_s, envpool_speed),
                            dm_control_cell, Ratio(1 / speed.other_s, dm_control_speed),
                            Cell((speed.state_s - speed.observing_s) * 1e3, 2), Cell(speed.observing_s * 1e6, 2),
                            Cell((speed.other_s - speed.state_s) * 1e3, 2)});
    }
  }
  table.notes = {Machine(),
                 "aims: draft 0.7 of the bare loop and 3 times EnvPool; faithful 2 times dm_control",
                 Turns(options.eye_episodes) + "; the others the same number, resets left out",
                 "EnvPool " + (envpool.present() ? envpool.version() : "not measured (--envpool PYTHON)") +
                     ", dm_control " + (dm_control.present() ? dm_control.version() : "not measured (--dm-control PYTHON)")};
  return table;
}

base::Table BenchRodentWorkers(const RodentBenchOptions& options) {
  base::Table table = {.title = "Rodent tasks, two workers: control steps/s",
                       .columns = {"task", "pictures", "two processes apart", "2 workers", "of apart", "waiting (%)",
                                   "own pace", "of apart"}};
  for (const rodent::TaskEntry& task : rodent::Tasks())
    for (const std::string quality : {"none", "draft", "faithful"}) {
      // Threads where nothing is drawn, as a user would choose them.
      const Settings settings = quality == "none" ? Settings{} : EyeSettings(quality);
      const TwoWorkers two = MeasureTwoWorkers({.name = std::string("rodent_") + task.name,
                                                .settings = settings,
                                                .n = options.batch,
                                                .kind = settings.empty() ? WorkerKind::kThreads : WorkerKind::kProcesses,
                                                .auto_reset = envs::AutoReset::kSameStep,
                                                .worker_program = options.worker},
                                               options.worker_rounds, options.worker_round_s);
      table.rows.push_back({task.name, quality, Cell(two.apart, 0), Cell(two.together, 0),
                            Cell(two.together / two.apart, 3), Cell(100 * two.waiting, 1),
                            two.by_blocks > 0 ? Cell(two.by_blocks, 0) : Cell(),
                            two.by_blocks > 0 ? Cell(two.by_blocks / two.apart, 3) : Cell()});
    }
  table.notes = {Machine() + ", " + std::to_string(base::NumberOfCpus()) + " CPUs",
                 "aim: 0.93 of two processes apart; workers are threads without pictures, processes with them",
                 "own pace: each worker is stepped again as soon as it is done",
                 "batches of " + std::to_string(options.batch) + "; the fastest of " +
                     std::to_string(options.worker_rounds) + " rounds by the clock that alternate"};
  return table;
}

}  // namespace figment::lab
