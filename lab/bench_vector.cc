#include "lab/bench_vector.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/machine.h"
#include "base/version.h"
#include "lab/batch_speed.h"

namespace figment::lab {
namespace {

constexpr std::pair<WorkerKind, const char*> kKinds[] = {{WorkerKind::kThreads, "threads"},
                                                         {WorkerKind::kProcesses, "processes"}};

BatchConfig ConfigOf(const std::string& name, int n, WorkerKind kind, int workers,
                     const std::filesystem::path& worker) {
  return {.name = name,
          .n = n,
          .workers = workers,
          .kind = kind,
          .auto_reset = envs::AutoReset::kSameStep,
          .worker_program = worker};
}

// Of a batch step, the fastest of several rounds.
double StepMicroseconds(const VectorBenchOptions& options, const BatchConfig& config) {
  envs::VectorEnv batch = BeginBatch(config);
  double fastest = 0;
  for (int round = 0; round < options.rounds; ++round)
    fastest = std::max(fastest, StepsPerSecond(batch, options.round_s / 4));
  return 1e6 * batch.size() / fastest;
}

void AddOverhead(const VectorBenchOptions& options, base::Table& table) {
  for (const auto& [kind, text] : kKinds)
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
  for (const auto& [kind, text] : kKinds) {
    const TwoWorkers two = MeasureTwoWorkers(ConfigOf(compared.name, compared.n, kind, 2, options.worker),
                                             std::max(options.rounds / 3, 1), seconds);
    const std::string what =
        compared.name + ", batch of " + std::to_string(compared.n) + ", " + std::string(text) + ": 2, ";
    table.rows.push_back({what + "beside two processes apart", base::Cell(two.together / two.apart, 3),
                          "of " + base::Cell(two.apart, 0).Text() + " steps/s", "0.93 or more"});
    if (two.by_blocks > 0)
      table.rows.push_back({what + "each at its own pace", base::Cell(two.by_blocks / two.apart, 3), "of that", ""});
    table.rows.push_back({what + "waiting", base::Cell(two.waiting, 3), "of the workers' time", ""});
  }
}

}  // namespace

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
