#include "lab/bench_rodent.h"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <numbers>
#include <vector>

#include "base/machine.h"
#include "base/random.h"
#include "base/version.h"
#include "envs/array_buffers.h"
#include "rodent/bare_loop.h"
#include "rodent/env.h"

namespace figment::lab {
namespace {

using rodent::RodentEnv;

constexpr int kTurn = 10;  // control steps between changes of the loop

double ThreadSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double ResidentMegabytes() {
  long pages = 0, resident = 0;
  if (FILE* const file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

// Sines of random frequency, phase and size: the animal moves as under a policy, not as under noise.
std::vector<float> SmoothActions(int steps, uint64_t seed) {
  base::Rng rng({seed});
  std::vector<float> actions(static_cast<size_t>(steps * rodent::kActuators));
  for (int i = 0; i < rodent::kActuators; ++i) {
    const double frequency = rng.Uniform(0.5, 4), phase = rng.Uniform(0, 2 * std::numbers::pi), size = rng.Uniform(0.2, 1);
    for (int k = 0; k < steps; ++k)
      actions[static_cast<size_t>(k * rodent::kActuators + i)] = static_cast<float>(
          size * std::sin(2 * std::numbers::pi * frequency * k * rodent::kControlStep_s + phase));
  }
  return actions;
}

// An environment with its buffers.
struct Seat {
  Seat(const rodent::EnvConfig& config, std::shared_ptr<const mjModel_> model)
      : env(config, std::move(model)), buffers(env.spec(), 1) {}
  void Reset(uint64_t seed) { env.Reset(seed, {}, buffers.OutputOf(0)); }
  void Step(const float* actions) {
    std::copy_n(actions, rodent::kActuators, buffers.Array<float>(envs::Section::kActions, "action").data());
    env.Step(buffers.ActionsOf(0), buffers.OutputOf(0));
  }
  RodentEnv env;
  envs::ArrayBuffers buffers;
};

struct Speeds {
  double exact_s = 0, bare_s = 0, fast_s = 0;  // a control step
  bool equal = true;  // the exact environment and the bare loop came to the same states
};

// One episode. Loops take turns of a few control steps, so that what else the machine does falls on all.
Speeds MeasureEpisode(int steps, uint64_t seed, Seat& exact, rodent::BareLoop& bare, Seat& fast) {
  const std::vector<float> actions = SmoothActions(steps, seed);
  exact.Reset(seed);
  fast.Reset(seed);
  bare.CopyState();
  double sums[3] = {};
  int exact_steps = 0, fast_steps = 0;
  const auto action = [&](int step) { return &actions[static_cast<size_t>(step * rodent::kActuators)]; };
  for (int begin = 0; begin < steps; begin += kTurn) {
    const int end = std::min(begin + kTurn, steps);
    const double start = ThreadSeconds();
    for (; exact_steps < end && exact.env.running(); ++exact_steps) exact.Step(action(exact_steps));
    const double after_exact = ThreadSeconds();
    for (int k = begin; k < exact_steps; ++k) bare.Step(action(k));
    const double after_bare = ThreadSeconds();
    for (; fast_steps < end && fast.env.running(); ++fast_steps) fast.Step(action(fast_steps));
    sums[0] += after_exact - start;
    sums[1] += after_bare - after_exact;
    sums[2] += ThreadSeconds() - after_bare;
  }
  return {sums[0] / exact_steps, sums[1] / exact_steps, sums[2] / fast_steps,
          bare.IsAtTheStateOf(exact.env.physics())};
}

// Medians over episodes.
Speeds MeasureSteps(const RodentBenchOptions& options, Seat& exact, Seat& fast) {
  rodent::BareLoop bare(exact.env.physics());
  std::vector<double> exact_s, bare_s, fast_s;
  bool equal = true;
  for (int round = 0; round < options.rounds; ++round) {
    const Speeds speeds = MeasureEpisode(options.steps, static_cast<uint64_t>(round), exact, bare, fast);
    exact_s.push_back(speeds.exact_s);
    bare_s.push_back(speeds.bare_s);
    fast_s.push_back(speeds.fast_s);
    equal &= speeds.equal;
  }
  return {Median(exact_s), Median(bare_s), Median(fast_s), equal};
}

// Seconds to observe: what a step costs beside physics and the rules of the task.
double MeasureObservation(const Seat& seat) {
  constexpr int kTimes = 2000;
  const auto observables = rodent::ObservableSet("all");
  std::vector<double> values(static_cast<size_t>(rodent::TotalSize(observables)));
  const double start = ThreadSeconds();
  for (int i = 0; i < kTimes; ++i) rodent::WriteObservables(seat.env.physics(), observables, values.data());
  return (ThreadSeconds() - start) / kTimes;
}

double MeasureReset(const RodentBenchOptions& options, Seat& seat) {
  std::vector<double> seconds;
  for (int i = 0; i < options.resets; ++i) {
    const double start = ThreadSeconds();
    seat.Reset(1000 + static_cast<uint64_t>(i));
    seconds.push_back(ThreadSeconds() - start);
  }
  return Median(seconds);
}

double MeasureMemory(const RodentBenchOptions& options, const rodent::EnvConfig& config,
                     const std::shared_ptr<const mjModel_>& model) {
  const std::vector<float> actions = SmoothActions(kTurn, 1);
  std::vector<std::unique_ptr<Seat>> seats;
  const double before = ResidentMegabytes();
  for (int i = 0; i < options.copies; ++i) {
    seats.push_back(std::make_unique<Seat>(config, model));
    seats.back()->Reset(static_cast<uint64_t>(i));
    for (int k = 0; k < kTurn; ++k) seats.back()->Step(&actions[static_cast<size_t>(k * rodent::kActuators)]);
  }
  return (ResidentMegabytes() - before) / options.copies;
}

std::shared_ptr<const mjModel_> CompileShared(const rodent::EnvConfig& config) {
  return {rodent::CompileTask(config)};
}

int OpenFiles() {
  return static_cast<int>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

}  // namespace

base::Table BenchRodentResets(int resets) {
  base::Table table = {.title = "Memory over resets of all tasks",
                       .columns = {"resets", "resident (MB)", "open files", "ms a reset"}};
  std::vector<std::unique_ptr<Seat>> seats;
  for (const rodent::TaskEntry& task : rodent::Tasks()) {
    const rodent::EnvConfig config = {.task = task.name};
    seats.push_back(std::make_unique<Seat>(config, CompileShared(config)));
  }
  constexpr int kRows = 10;
  int done = 0;
  for (int row = 1; row <= kRows; ++row) {
    const int until = static_cast<int>(static_cast<int64_t>(resets) * row / kRows), begin = done;
    const double start = ThreadSeconds();
    for (; done < until; ++done) seats[static_cast<size_t>(done) % seats.size()]->Reset(static_cast<uint64_t>(done));
    table.rows.push_back({done, base::Cell(ResidentMegabytes(), 2), OpenFiles(),
                          base::Cell((ThreadSeconds() - start) * 1e3 / std::max(1, done - begin), 2)});
  }
  table.notes = {base::CpuClass() + "; figment " + base::kVersion};
  return table;
}

base::Table BenchRodent(const RodentBenchOptions& options) {
  base::Table table = {.title = "Rodent tasks, state only: control steps/s a core",
                       .columns = {"task", "bare mj_step", "exact", "of bare", "fast", "of exact", "observing (us)",
                                   "task and sensors (us)", "reset (ms)", "MB an env", "states equal"}};
  for (const rodent::TaskEntry& task : rodent::Tasks()) {
    const rodent::EnvConfig exact = {.task = task.name}, fast = {.task = task.name, .profile = rodent::Profile::kFast};
    const auto model = CompileShared(exact);
    Seat seat(exact, model), fast_seat(fast, CompileShared(fast));
    const Speeds speeds = MeasureSteps(options, seat, fast_seat);
    const double observing_s = MeasureObservation(seat);
    table.rows.push_back({task.name, base::Cell(1 / speeds.bare_s, 0), base::Cell(1 / speeds.exact_s, 0),
                          base::Cell(speeds.bare_s / speeds.exact_s, 3), base::Cell(1 / speeds.fast_s, 0),
                          base::Cell(speeds.exact_s / speeds.fast_s, 2), base::Cell(observing_s * 1e6, 2),
                          base::Cell((speeds.exact_s - speeds.bare_s - observing_s) * 1e6, 0),
                          base::Cell(MeasureReset(options, seat) * 1e3, 2),
                          base::Cell(MeasureMemory(options, exact, model), 2), speeds.equal ? "yes" : "NO"});
  }
  table.notes = {base::CpuClass() + "; figment " + base::kVersion,
                 "aims: 0.92 of the bare loop; fast 2 of exact; reset 5 ms; 20 MB",
                 "environments and bare loop step in turns, the bare loop over the same states; medians of " +
                     std::to_string(options.rounds) + " episodes of " + std::to_string(options.steps) + " control steps"};
  return table;
}

}  // namespace figment::lab
