// VectorEnv: n copies of an environment that step together, behind one set of batch buffers.
//
//   VectorEnv envs(std::move(copies), {.workers = 2});
//   envs.Reset(seed);
//   for (...) { fill envs.buffers().Array<int32_t>(Section::kActions, "move"); envs.Step(); read observations; }
//
// Workers share the environments out in blocks of neighbours. They are threads, the caller's among them, or spawned
// processes, for environments that draw in software or are not to share a process. Results do not depend on their kind
// and number, because every environment has its own state and its own seeds: episode e of environment i begins with
// EpisodeSeed(seed, i, e).
//
// When an episode has ended, as Gymnasium defines its modes:
//   next step   the following Step ignores this environment's action, resets it, and gives reward 0
//   same step   it is reset at once: the observation is the new episode's first, the last one lies in the final
//               sections of the buffers (has_final says for whom)
//   disabled    the caller resets it (ResetMasked) before the next Step
//
// An Error of an environment reaches the caller with its text. A worker process that ends, whatever the cause, is an
// Error within a second; the batch is not usable any more then, and its other workers are ended.
#pragma once

#include <memory>
#include <vector>

#include "base/error.h"
#include "envs/array_buffers.h"
#include "envs/batch_worker.h"
#include "envs/env.h"

namespace figment::envs {

struct VectorEnvConfig {
  int workers = 1;  // more than environments are not made
  AutoReset auto_reset = AutoReset::kNextStep;
};

// What n environments take with their arrays, about; the first one is counted as the others are.
size_t BatchBytes(const EnvSpec& spec, int n);

// Throws base::Error if n is less than 1 or so many do not fit in the memory that is free. To be asked before they are
// made.
void CheckBatchFits(const EnvSpec& spec, int n);

class VectorEnv {
 public:
  // With threads. At least one environment, all of equal spec.
  VectorEnv(std::vector<std::unique_ptr<Env>> envs, const VectorEnvConfig& config);
  // With processes of a program that serves environments of this spec.
  VectorEnv(const EnvSpec& spec, int n, const WorkerProgram& program, const VectorEnvConfig& config);
  ~VectorEnv();
  VectorEnv(VectorEnv&&) noexcept;

  int size() const { return buffers_.size(); }
  const EnvSpec& spec() const { return spec_; }
  const ArrayBuffers& buffers() const { return buffers_; }

  // Begins episode 0 of all. Options: none, one for all, or one each; later episodes that begin by themselves have
  // none.
  void Reset(uint64_t seed, std::span<const ResetOptions> options = {});

  // Begins the next episode of those with mask[i] != 0.
  void ResetMasked(std::span<const uint8_t> mask, std::span<const ResetOptions> options = {});

  // One step of all, with the actions in the buffers. Throws base::Error that names environment, value and bounds if an
  // action is out of its bounds, or that the episode has ended in the mode `disabled`; the others have stepped then.
  // That one has failed is no Error: see statuses and reasons in the buffers.
  void Step();

  // Step in two halves. In between the buffers are the workers', and the caller may do something else; what is the
  // share of the caller among threads is done in Receive.
  void Send();
  void Receive();

  // The same by blocks, the environments of one worker each: begins the step of some, and waits until at least so many
  // of those begun are done. Returns which are, in order.
  int blocks() const { return static_cast<int>(busy_.size()); }
  EnvRange BlockRange(int block) const { return memory_.RangeOf(block); }
  void Send(std::span<const int> blocks);
  std::vector<int> Receive(int at_least);

  // How long each worker has worked so far, by the clock: the rest it waited, for others or for the caller.
  std::vector<double> WorkingSeconds() const;

  // Ends the workers, and whatever they do. The buffers stay; nothing else can be asked any more.
  void Close();

  // State of all environments, and of the buffers: the same for any workers.
  std::vector<std::byte> Save();
  void Restore(std::span<const std::byte> saved);

 private:
  void CheckUsable() const;
  void CheckIdle(const char* what) const;
  void Ask(int worker, Request request, std::vector<std::byte> order);
  // Waits for at least so many answers and appends them to `answers`, if given, by worker.
  std::vector<int> Collect(int at_least, std::vector<std::vector<std::byte>>* answers = nullptr);
  void CollectAll(std::vector<std::vector<std::byte>>* answers = nullptr);
  void CheckAlive();
  [[noreturn]] void Break(const base::Error& error);
  void CheckStatuses(int block) const;

  EnvSpec spec_;
  BatchMemory memory_;
  ArrayBuffers buffers_;
  uint64_t seed_ = 0;
  std::vector<uint8_t> busy_;  // by worker: asked and not yet collected
  std::string broken_;         // why it is not usable any more; else empty
  std::vector<std::unique_ptr<BatchWorker>> workers_;  // last: they end before what they use
};

}  // namespace figment::envs
