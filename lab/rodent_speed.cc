#include "lab/rodent_speed.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <sstream>

#include "base/check.h"
#include "base/error.h"
#include "base/machine.h"
#include "base/process.h"
#include "base/random.h"
#include "metrics/quantiles.h"
#include "rodent/bare_loop.h"

namespace figment::lab {
namespace {

constexpr int kTurn = 10;  // control steps between changes of the loop

// What a step costs beside physics and the rules of the task.
double MeasureObservation(const rodent::Physics& physics) {
  constexpr int kTimes = 2000;
  const auto observables = rodent::ObservableSet("all");
  std::vector<double> values(static_cast<size_t>(rodent::TotalSize(observables)));
  const double start = base::ThreadCpuSeconds();
  for (int i = 0; i < kTimes; ++i) rodent::WriteObservables(physics, observables, values.data());
  return (base::ThreadCpuSeconds() - start) / kTimes;
}

struct Loops {
  RodentSeat& state;
  const rodent::Physics& physics;  // of `state`
  rodent::BareLoop& bare;
  RodentSeat& other;
};

RodentSpeed MeasureEpisode(const Loops& loops, int steps, uint64_t seed) {
  const std::vector<float> actions = SmoothRodentActions(steps, seed);
  const auto action = [&](int step) { return &actions[static_cast<size_t>(step * rodent::kActuators)]; };
  loops.state.Reset(seed);
  loops.other.Reset(seed);
  loops.bare.CopyState();
  double state_s = 0, bare_s = 0, other_s = 0;
  int state_steps = 0, other_steps = 0;
  for (int begin = 0; begin < steps; begin += kTurn) {
    const int end = std::min(begin + kTurn, steps);
    const double start = base::ThreadCpuSeconds();
    for (; state_steps < end && loops.state.running(); ++state_steps) loops.state.Step(action(state_steps));
    const double after_state = base::ThreadCpuSeconds();
    for (int k = begin; k < state_steps; ++k) loops.bare.Step(action(k));
    const double after_bare = base::ThreadCpuSeconds();
    for (; other_steps < end && loops.other.running(); ++other_steps) loops.other.Step(action(other_steps));
    state_s += after_state - start;
    bare_s += after_bare - after_state;
    other_s += base::ThreadCpuSeconds() - after_bare;
  }
  return {.bare_s = bare_s / state_steps, .state_s = state_s / state_steps, .other_s = other_s / other_steps,
          .equal = loops.bare.IsAtTheStateOf(loops.physics)};
}

}  // namespace

std::vector<float> SmoothRodentActions(int steps, uint64_t seed) {
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

void RodentSeat::Step(const float* actions) {
  std::copy_n(actions, rodent::kActuators, buffers_.Array<float>(envs::Section::kActions, "action").data());
  env_->Step(buffers_.ActionsOf(0), buffers_.OutputOf(0));
}

RodentSpeed MeasureRodent(std::unique_ptr<rodent::RodentEnv> env, std::unique_ptr<envs::Env> other,
                          const RodentEpisodes& episodes) {
  const rodent::Physics& physics = env->physics();
  rodent::BareLoop bare(physics);
  RodentSeat state(std::move(env)), other_seat(std::move(other));
  std::vector<double> bare_s, state_s, other_s;
  RodentSpeed result;
  for (int episode = 0; episode < episodes.count; ++episode) {
    const RodentSpeed speed =
        MeasureEpisode({state, physics, bare, other_seat}, episodes.steps, static_cast<uint64_t>(episode));
    bare_s.push_back(speed.bare_s);
    state_s.push_back(speed.state_s);
    other_s.push_back(speed.other_s);
    result.equal &= speed.equal;
  }
  result.bare_s = metrics::Median(bare_s);
  result.state_s = metrics::Median(state_s);
  result.other_s = metrics::Median(other_s);
  result.observing_s = MeasureObservation(physics);
  return result;
}

Settings EyeSettings(const std::string& quality) {
  return {{"cameras", "egocentric"}, {"quality", quality}, {"device", "cpu"}};
}

RodentSpeed MeasureRodentEye(const std::filesystem::path& worker, const std::string& task, const std::string& quality,
                             const RodentEpisodes& episodes) {
  base::Process process = base::Process::Spawn(
      worker, {"--rodent-eye", task, quality, std::to_string(episodes.count), std::to_string(episodes.steps)},
      {{"LP_NUM_THREADS", "0"}});
  const auto line = process.ReceiveLine();
  RodentSpeed speed;
  if (!line || !(std::istringstream(*line) >> speed.bare_s >> speed.state_s >> speed.other_s >> speed.observing_s >>
                 speed.equal))
    throw base::Error("the process that steps " + task + " with pictures " + base::Describe(process.Wait()));
  return speed;
}

void ServeRodentSpeed(std::span<const std::string> arguments) {
  CHECK_EQ(arguments.size(), 4u);
  base::DieWithParent();
  base::ParentChannel parent;
  const std::string& task = arguments[0];
  const RodentSpeed speed = MeasureRodent(std::make_unique<rodent::RodentEnv>(rodent::EnvConfig{.task = task}),
                                          MakeEnvironment("rodent_" + task, EyeSettings(arguments[1])),
                                          {.count = std::stoi(arguments[2]), .steps = std::stoi(arguments[3])});
  std::ostringstream line;
  line << speed.bare_s << ' ' << speed.state_s << ' ' << speed.other_s << ' ' << speed.observing_s << ' ' << speed.equal;
  parent.SendLine(line.str());
}

}  // namespace figment::lab
