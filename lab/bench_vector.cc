#include "lab/bench_vector.h"

#include <algorithm>
#include <chrono>
#include <functional>

#include "base/error.h"
#include "base/machine.h"
#include "base/process.h"
#include "base/random.h"
#include "base/version.h"

namespace figment::lab {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

BatchConfig ConfigOf(const std::string& name, int n, WorkerKind kind, int workers,
                     const std::filesystem::path& worker) {
  return {.name = name,
          .n = n,
          .workers = workers,
          .kind = kind,
          .auto_reset = envs::AutoReset::kSameStep,
          .worker_program = worker};
}

template <class T>
void Draw(std::span<T> values, const envs::ArraySpec& spec, base::Rng& rng) {
  for (T& value : values) value = static_cast<T>(rng.Uniform(spec.low, spec.high));
}

// Draws actions once: they are not part of what is measured.
void DrawActions(const envs::VectorEnv& batch) {
  base::Rng rng({0});
  for (const envs::ArraySpec& spec : batch.spec().actions) {
    const auto section = envs::Section::kActions;
    switch (spec.type) {
      case envs::DType::kInt32: Draw(batch.buffers().Array<int32_t>(section, spec.name), spec, rng); break;
      case envs::DType::kFloat: Draw(batch.buffers().Array<float>(section, spec.name), spec, rng); break;
      case envs::DType::kDouble: Draw(batch.buffers().Array<double>(section, spec.name), spec, rng); break;
      default: throw base::Error("the benchmark draws no actions of type " + std::string(envs::NameOf(spec.type)));
    }
  }
}

envs::VectorEnv Begin(const BatchConfig& config) {
  envs::VectorEnv batch = MakeVectorEnv(config);
  batch.Reset(0);
  DrawActions(batch);
  for (int step = 0; step < 3; ++step) batch.Step();
  return batch;
}

// Steps of single environments a second.
double StepsPerSecond(envs::VectorEnv& batch, double seconds) {
  int64_t steps = 0;
  const Clock::time_point start = Clock::now();
  for (; SecondsSince(start) < seconds; ++steps) batch.Step();
  return static_cast<double>(steps * batch.size()) / SecondsSince(start);
}

// Of a batch step, the fastest of several rounds.
double StepMicroseconds(const VectorBenchOptions& options, const BatchConfig& config) {
  envs::VectorEnv batch = Begin(config);
  double fastest = 0;
  for (int round = 0; round < options.rounds; ++round)
    fastest = std::max(fastest, StepsPerSecond(batch, options.round_s / 4));
  return 1e6 * batch.size() / fastest;
}

// Two processes that know nothing of each other.
double StepsPerSecondSideBySide(const VectorBenchOptions& options, const std::string& name, int n, double seconds) {
  std::vector<base::Process> processes;
  for (int i = 0; i < 2; ++i)
    processes.push_back(base::Process::Spawn(
        options.worker, {"--alone", name, std::to_string(n), std::to_string(seconds)}, {{"LP_NUM_THREADS", "0"}}));
  for (base::Process& process : processes) process.ReceiveLine();  // it is ready
  for (base::Process& process : processes) process.SendLine("go");
  double total = 0;
  for (base::Process& process : processes) {
    const auto line = process.ReceiveLine();
    if (!line) throw base::Error("a process that steps '" + name + "' alone " + base::Describe(process.Wait()));
    total += std::stod(*line);
  }
  return total;
}

void AddOverhead(const VectorBenchOptions& options, base::Table& table) {
  using KindAndName = std::pair<WorkerKind, const char*>;
  for (const auto& [kind, text] :
       {KindAndName(WorkerKind::kThreads, "threads"), KindAndName(WorkerKind::kProcesses, "processes")})
    for (const int workers : {1, 2}) {
      const auto step_us = [&, kind = kind](int n) {
        return StepMicroseconds(options, ConfigOf("null", n, kind, workers, options.worker));
      };
      const double hand_over_us = step_us(workers), whole_us = step_us(options.batch);
      const std::string who = std::string(", ") + text + ": " + std::to_string(workers);
      table.rows.push_back({"hand-over" + who, base::Cell(hand_over_us, 2), "us a batch", "30 or less"});
      table.rows.push_back({"do-nothing environments, batch of " + std::to_string(options.batch) + who,
                            base::Cell(std::max(whole_us - hand_over_us, 0.0) / (options.batch - workers), 4),
                            "us an env and step, beyond the hand-over", "0.5 or less"});
    }
}

struct Compared {
  std::string name;
  int n;
  bool is_slow;
};

void AddTwoWorkers(const VectorBenchOptions& options, const Compared& compared, base::Table& table) {
  const double seconds = options.round_s * (compared.is_slow ? 5 : 1);
  const int rounds = std::max(options.rounds / 3, 1);
  const auto batch_of = [&](WorkerKind kind) {
    return Begin(ConfigOf(compared.name, compared.n, kind, 2, options.worker));
  };
  envs::VectorEnv threads = batch_of(WorkerKind::kThreads), processes = batch_of(WorkerKind::kProcesses);
  double apart = 0, with_threads = 0, with_processes = 0;
  for (int round = 0; round < rounds; ++round) {
    apart = std::max(apart, StepsPerSecondSideBySide(options, compared.name, compared.n / 2, seconds));
    with_threads = std::max(with_threads, StepsPerSecond(threads, seconds));
    with_processes = std::max(with_processes, StepsPerSecond(processes, seconds));
  }
  const std::string what = compared.name + ", batch of " + std::to_string(compared.n);
  const auto row = [&](const std::string& who, double value, int digits, const std::string& unit,
                       const std::string& aim) {
    table.rows.push_back({what + who, base::Cell(value, digits), unit, aim});
  };
  row(", two processes apart", apart, 0, "steps/s", "");
  row(", threads: 2", with_threads / apart, 3, "of that", "0.93 or more");
  row(", processes: 2", with_processes / apart, 3, "of that", "0.93 or more");
}

}  // namespace

void ServeSpeed(const std::string& name, int n, double seconds) {
  base::ParentChannel parent;
  envs::VectorEnv batch = Begin(ConfigOf(name, n, WorkerKind::kThreads, 1, {}));
  parent.SendLine("ready");
  parent.ReceiveLine();
  parent.SendLine(std::to_string(StepsPerSecond(batch, seconds)));
}

base::Table BenchVector(const VectorBenchOptions& options) {
  base::Table table = {.title = "Batches of environments", .columns = {"what", "value", "unit", "aim"}};
  AddOverhead(options, table);
  for (const Compared& compared : {Compared{"pong", 4096, false}, Compared{"pong_pictures", 256, false},
                                   Compared{"rodent_run_gaps", 16, true}}) {
    try {
      AddTwoWorkers(options, compared, table);
    } catch (const base::Error& error) {
      table.rows.push_back({compared.name, std::string("not measured"), std::string(error.what()), std::string()});
    }
  }
  table.notes = {base::CpuClass() + ", " + std::to_string(base::NumberOfCpus()) + " CPUs; figment " + base::kVersion,
                 "the fastest of " + std::to_string(options.rounds) + " rounds by the clock; of comparisons, of " +
                     std::to_string(std::max(options.rounds / 3, 1)) + " rounds that alternate"};
  return table;
}

}  // namespace figment::lab
