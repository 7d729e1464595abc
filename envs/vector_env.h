// VectorEnv: n copies of an environment that step together, behind one set of batch buffers.
//
//   VectorEnv envs(std::move(copies), {.threads = 2});
//   envs.Reset(seed);
//   for (...) { fill envs.buffers().Array<int32_t>(Section::kActions, "move"); envs.Step(); read observations; }
//
// Synchronous: Step returns when all have stepped. Threads share the environments out in blocks; results do not depend
// on their number, because every environment has its own state and its own seeds: episode e of environment i begins
// with EpisodeSeed(seed, i, e).
//
// When an episode has ended, as Gymnasium defines its modes:
//   next step   the following Step ignores this environment's action, resets it, and gives reward 0
//   same step   it is reset at once: the observation is the new episode's first, the last one lies in the final
//               sections of the buffers (has_final says for whom)
//   disabled    the caller resets it (ResetMasked) before the next Step
#pragma once

#include <memory>
#include <vector>

#include "envs/array_buffers.h"
#include "envs/env.h"

namespace figment::envs {

enum class AutoReset { kNextStep, kSameStep, kDisabled };

struct VectorEnvConfig {
  int threads = 1;  // including the caller's
  AutoReset auto_reset = AutoReset::kNextStep;
};

uint64_t EpisodeSeed(uint64_t seed, int env, uint64_t episode);

class VectorEnv {
 public:
  // At least one environment, all of equal spec.
  VectorEnv(std::vector<std::unique_ptr<Env>> envs, const VectorEnvConfig& config);
  ~VectorEnv();
  VectorEnv(VectorEnv&&) noexcept;

  int size() const { return buffers_.size(); }
  const EnvSpec& spec() const { return envs_.front()->spec(); }
  const ArrayBuffers& buffers() const { return buffers_; }
  const Env& env(int i) const { return *envs_[static_cast<size_t>(i)]; }

  // Begins episode 0 of all. Options: none, one for all, or one each; later episodes that begin by themselves have
  // none. An Error of an environment reaches the caller.
  void Reset(uint64_t seed, std::span<const ResetOptions> options = {});

  // Begins the next episode of those with mask[i] != 0.
  void ResetMasked(std::span<const uint8_t> mask, std::span<const ResetOptions> options = {});

  // One step of all, with the actions in the buffers. Throws base::Error that names environment, value and bounds if an
  // action is out of its bounds; the environments with valid actions have stepped then.
  void Step();

  // How each environment's last step went. A failed one has truncated its episode.
  std::span<const StepStatus> statuses() const { return statuses_; }

  // State of all environments, and of the buffers.
  std::vector<std::byte> Save() const;
  void Restore(std::span<const std::byte> saved);

 private:
  class Team;

  void ResetOne(int env, const ResetOptions& options);
  void StepOne(int env);
  template <class Work>
  void ForEach(const Work& work);  // work(env) for all, by all threads

  std::vector<std::unique_ptr<Env>> envs_;
  VectorEnvConfig config_;
  ArrayBuffers buffers_;
  uint64_t seed_ = 0;
  std::vector<uint64_t> episodes_;       // begun so far, by environment
  std::vector<StepStatus> statuses_;
  std::unique_ptr<Team> team_;
};

}  // namespace figment::envs
