#include "envs/null_env.h"

#include <chrono>

#include "base/random.h"

namespace figment::envs {

base::FieldList FieldsOf(NullConfig* config) {
  base::FieldList fields;
  fields.Add("observation", &config->observation, "numbers to observe").Range(1, 1 << 24);
  fields.Add("episode_steps", &config->episode_steps, "steps after which an episode is cut off").AtLeast(1);
  fields.Add("busy_us", &config->busy_us, "how long a step keeps the processor busy").Range(0, 1e9).Unit("us");
  return fields;
}

NullEnv::NullEnv(const NullConfig& config)
    : Env({.name = "null",
           .step_s = 1,
           .actions = {{.name = "action", .type = DType::kInt32, .low = 0, .high = 2, .what = "does nothing"}},
           .observations = {{.name = "numbers",
                             .shape = {config.observation},
                             .low = 0,
                             .high = 1,
                             .what = "drawn at the reset"}}}),
      config_(config) {}

void NullEnv::DoReset(uint64_t seed, const ResetOptions&, const EnvOutput& out) {
  base::Rng rng({seed});
  auto* const numbers = reinterpret_cast<float*>(out.observations[0]);
  for (int i = 0; i < config_.observation; ++i) numbers[i] = static_cast<float>(rng.Uniform());
  steps_ = 0;
}

StepResult NullEnv::DoStep(ConstArrays, const EnvOutput&) {
  if (config_.busy_us > 0) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + std::chrono::duration<double, std::micro>(config_.busy_us);
    while (Clock::now() < end) {
    }
  }
  ++steps_;
  return {.truncated = steps_ == config_.episode_steps};
}

void NullEnv::DoSave(std::vector<std::byte>* bytes) const { AppendBytes(steps_, bytes); }
void NullEnv::DoRestore(std::span<const std::byte> bytes) { RestoreBytes(bytes, &steps_); }

}  // namespace figment::envs
