// How long control steps of the rodent's tasks take: a bare mj_step loop, an environment without pictures, and another
// one of the same task, in turns, so that whatever else the machine does falls on all of them.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "envs/array_buffers.h"
#include "lab/environments.h"
#include "rodent/env.h"

namespace figment::lab {

// [steps, 38]: sines of random frequency, phase and size. The animal moves as under a policy, not as under noise.
std::vector<float> SmoothRodentActions(int steps, uint64_t seed);

// An environment with its buffers.
class RodentSeat {
 public:
  explicit RodentSeat(std::unique_ptr<envs::Env> env) : env_(std::move(env)), buffers_(env_->spec(), 1) {}
  bool running() const { return env_->running(); }
  void Reset(uint64_t seed) { env_->Reset(seed, {}, buffers_.OutputOf(0)); }
  void Step(const float* actions);  // [38]

 private:
  std::unique_ptr<envs::Env> env_;
  envs::ArrayBuffers buffers_;
};

struct RodentEpisodes {
  int count = 5, steps = 100;  // control steps of each
};

// Processor seconds of the thread a control step: medians over episodes.
struct RodentSpeed {
  double bare_s = 0;       // mj_step alone, over the states of the environment without pictures
  double state_s = 0;      // that environment: exact, all observables
  double other_s = 0;
  double observing_s = 0;  // of state_s: computing the observables
  bool equal = true;       // environment and bare loop came to the same states
};

RodentSpeed MeasureRodent(std::unique_ptr<rodent::RodentEnv> env, std::unique_ptr<envs::Env> other,
                          const RodentEpisodes& episodes);

// Of an environment `rodent_TASK`, to see through the egocentric eye, drawn in software.
Settings EyeSettings(const std::string& quality);

// The same, with the eye in the other environment, in a worker process: one thread draws.
RodentSpeed MeasureRodentEye(const std::filesystem::path& worker, const std::string& task, const std::string& quality,
                             const RodentEpisodes& episodes);

// The main of that worker, for `figment_worker --rodent-eye TASK QUALITY EPISODES STEPS`, the arguments from TASK on.
void ServeRodentSpeed(std::span<const std::string> arguments);

}  // namespace figment::lab
