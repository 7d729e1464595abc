// What one worker of a VectorEnv has: some neighbouring environments of the batch, and its buffers. A worker is asked
// for one thing at a time, with an order in bytes, so that the worker may be another process.
#pragma once

#include <memory>
#include <vector>

#include "envs/array_buffers.h"
#include "envs/env.h"

namespace figment::envs {

enum class AutoReset : uint8_t { kNextStep, kSameStep, kDisabled };  // see envs/vector_env.h

enum class Request : uint8_t {
  kMake,     // the environments (of a worker process)
  kReset,    // order: ResetOrder
  kStep,     // with the actions in the buffers
  kSave,     // answer: for each environment the size of its state (8 bytes) and the state
  kRestore,  // order: the batch's seed (8 bytes), then as kSave's answer
  kStop,     // of a worker thread
};

// Of episode e, counted from 0, of environment i of a batch.
uint64_t EpisodeSeed(uint64_t seed, int env, uint64_t episode);

// Reads values one after another. Throws base::Error at the end of the bytes.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::span<const std::byte> Take(size_t size);
  template <class T>
  T Read() {
    T value{};
    RestoreBytes(Take(sizeof(T)), &value);
    return value;
  }
  std::span<const std::byte> rest() const { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

// An order to begin the next episode of environments begin to end - 1 of the batch where mask[i] != 0. `options`: none,
// one for all, or one each of the batch.
std::vector<std::byte> ResetOrder(uint64_t seed, std::span<const uint8_t> mask, std::span<const ResetOptions> options,
                                  int begin, int end);

// The caller asked for what cannot be: nothing was done.
inline bool IsRefusal(StepStatus status) {
  return status == StepStatus::kBadAction || status == StepStatus::kNotRunning;
}

class EnvBlock {
 public:
  // Environments first, first + 1, ... of the batch, all of its spec. The memory is the batch's.
  EnvBlock(std::vector<std::unique_ptr<Env>> envs, int first, AutoReset auto_reset, ArrayBuffers buffers);

  // Carries out all but kMake and kStop. An Error of an environment reaches the caller; steps have none, they leave a
  // status in the buffers.
  std::vector<std::byte> Do(Request request, std::span<const std::byte> order);

  // The last kStep left a status that IsRefusal.
  bool refused() const { return refused_; }

 private:
  int size() const { return static_cast<int>(envs_.size()); }
  void Begin(int i, const ResetOptions& options);
  void Reset(std::span<const std::byte> order);
  void StepOne(int i);
  std::vector<std::byte> Save() const;
  void Restore(std::span<const std::byte> order);

  std::vector<std::unique_ptr<Env>> envs_;
  int first_;
  AutoReset auto_reset_;
  ArrayBuffers buffers_;
  uint64_t seed_ = 0;
  bool refused_ = false;
};

}  // namespace figment::envs
