#include "lab/batch_speed.h"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "base/check.h"
#include "base/error.h"
#include "base/process.h"
#include "base/random.h"

namespace figment::lab {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

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

// Two processes that know nothing of each other, with half the batch each. They live as long as the batch they are
// compared with: environments that have begun together take the same branches, until chance has spread them.
class Apart {
 public:
  Apart(const BatchConfig& config, double seconds) : name_(config.name) {
    std::vector<std::string> arguments = {"--alone", std::to_string(config.n / 2), std::to_string(seconds)};
    const std::vector<std::string> environment = ArgumentsOf({config.name, config.settings});
    arguments.insert(arguments.end(), environment.begin(), environment.end());
    for (int i = 0; i < 2; ++i)
      processes_.push_back(base::Process::Spawn(config.worker_program, arguments, {{"LP_NUM_THREADS", "0"}}));
    for (base::Process& process : processes_) Receive(process);  // it is ready
  }
  double StepsPerSecond() {
    for (base::Process& process : processes_) process.SendLine("go");
    double total = 0;
    for (base::Process& process : processes_) total += std::stod(Receive(process));
    return total;
  }

 private:
  std::string Receive(base::Process& process) const {
    if (auto line = process.ReceiveLine()) return *std::move(line);
    throw base::Error("a process that steps '" + name_ + "' alone " + base::Describe(process.Wait()));
  }
  std::string name_;
  std::vector<base::Process> processes_;
};

// Seconds that the workers of a batch have worked, together.
double Working(const envs::VectorEnv& batch) {
  const std::vector<double> seconds = batch.WorkingSeconds();
  return std::accumulate(seconds.begin(), seconds.end(), 0.0);
}

}  // namespace

envs::VectorEnv BeginBatch(const BatchConfig& config) {
  envs::VectorEnv batch = MakeVectorEnv(config);
  batch.Reset(0);
  DrawActions(batch);
  for (int step = 0; step < 3; ++step) batch.Step();
  return batch;
}

double StepsPerSecond(envs::VectorEnv& batch, double seconds) {
  int64_t steps = 0;
  const Clock::time_point start = Clock::now();
  for (; SecondsSince(start) < seconds; ++steps) batch.Step();
  return static_cast<double>(steps * batch.size()) / SecondsSince(start);
}

namespace {

double StepsPerSecondByBlocks(envs::VectorEnv& batch, double seconds) {
  std::vector<int> blocks(static_cast<size_t>(batch.blocks()));
  std::iota(blocks.begin(), blocks.end(), 0);
  int64_t steps = 0;
  const Clock::time_point start = Clock::now();
  for (batch.Send(blocks); SecondsSince(start) < seconds; batch.Send(blocks)) {
    blocks = batch.Receive(1);
    for (const int block : blocks) steps += batch.BlockRange(block).end - batch.BlockRange(block).begin;
  }
  const double elapsed = SecondsSince(start);
  batch.Receive(batch.blocks());
  return static_cast<double>(steps) / elapsed;
}

}  // namespace

TwoWorkers MeasureTwoWorkers(const BatchConfig& config, int rounds, double seconds) {
  CHECK_EQ(config.n % 2, 0);
  BatchConfig two = config;
  two.workers = 2;
  envs::VectorEnv batch = BeginBatch(two);
  Apart apart(config, seconds);
  apart.StepsPerSecond();  // to spread them
  StepsPerSecond(batch, seconds);
  TwoWorkers best;
  for (int round = 0; round < rounds; ++round) {
    best.apart = std::max(best.apart, apart.StepsPerSecond());
    const double worked = Working(batch);
    const Clock::time_point start = Clock::now();
    const double together = StepsPerSecond(batch, seconds);
    const double working = (Working(batch) - worked) / (2 * SecondsSince(start));
    if (config.kind == WorkerKind::kProcesses)
      best.by_blocks = std::max(best.by_blocks, StepsPerSecondByBlocks(batch, seconds));
    if (together > best.together) best.together = together, best.waiting = 1 - working;
  }
  return best;
}

void ServeSpeed(std::span<const std::string> arguments) {
  CHECK_GE(arguments.size(), 3u);
  const NamedEnvironment environment = ParseArguments(arguments.subspan(2));
  base::DieWithParent();
  base::ParentChannel parent;
  envs::VectorEnv batch = BeginBatch({.name = environment.name,
                                      .settings = environment.settings,
                                      .n = std::stoi(arguments[0]),
                                      .auto_reset = envs::AutoReset::kSameStep});
  parent.SendLine("ready");
  while (parent.ReceiveLine()) parent.SendLine(std::to_string(StepsPerSecond(batch, std::stod(arguments[1]))));
}

}  // namespace figment::lab
