#include <sys/resource.h>

#include "base/machine.h"
#include "files/manifest.h"
#include "files/temporary_folder.h"
#include "lab/bench_training.h"
#include "lab/torch_version.h"
#include "pong/train.h"

namespace figment::lab {
namespace {

double ProcessorSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec); };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::vector<base::Cell> Measure(const std::string& cell, int units, const std::filesystem::path& inputs) {
  pong::TrainConfig config;
  config.cell = cell, config.units = units, config.passes = 1;
  const files::TemporaryFolder folder("figment-bench");
  // The first run fits the inputs, which no pass pays for.
  const double before = ProcessorSeconds();
  const pong::TrainResult result =
      pong::TrainNetwork(config, {}, folder.path(), pong::Resume::kIfThere, true, inputs);
  const double processor = ProcessorSeconds() - before;
  return {cell, units, config.train_conditions, base::Cell(result.last["train_seconds"].get<double>(), 1), base::Cell(processor, 1)};
}

}  // namespace

base::Table BenchTraining() {
  base::Table table = {.title = "Training: one pass, batches of 512, family vis-sim-mov, 100 principal components",
                       .columns = {"cell", "units", "conditions", "clock s", "processor s"}};
  const files::TemporaryFolder inputs("figment-bench");
  pong::TrainConfig small;
  small.train_conditions = 512, small.passes = 1;
  const files::TemporaryFolder warm_up("figment-bench");
  pong::TrainNetwork(small, {}, warm_up.path(), pong::Resume::kIfThere, true, inputs.path());
  for (const auto& [cell, units] : std::vector<std::pair<std::string, int>>{{"lstm", 20}, {"lstm", 10}, {"gru-tf", 20}, {"ctrnn", 20}})
    table.rows.push_back(Measure(cell, units, inputs.path()));
  table.notes.push_back("aim: 60 s by the clock for lstm with 20 units on two cores; processor seconds count all threads, the trial set and an evaluation");
  table.notes.push_back(base::CpuClass() + ", " + std::to_string(base::NumberOfCpus()) + " CPUs, torch " + TorchVersion());
  return table;
}

}  // namespace figment::lab
