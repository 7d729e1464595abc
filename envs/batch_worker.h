// The workers of a VectorEnv: each has an EnvBlock and is asked for one thing at a time. One is the caller itself, the
// others are threads or processes. Whatever they are, orders and results are the same bytes.
//
// The hand-over takes no lock: an order is announced by a word in a lane of the batch's memory, and so is the answer.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/shared_memory.h"
#include "base/wait_word.h"
#include "envs/env_block.h"

namespace figment::envs {

// Where the caller and one worker meet.
struct alignas(64) Lane {
  base::WaitWord asked;               // how often
  Request request = Request::kStep;
  uint64_t order_bytes = 0;
  alignas(64) std::atomic<uint32_t> answered{0};  // how often; then BatchHead::answers advances
  enum class Outcome : uint8_t { kOk, kError, kUsageError } outcome = Outcome::kOk;
  uint64_t answer_bytes = 0;          // of the state, or of the error's text
  bool refused = false;               // EnvBlock::refused
  double working_s = 0;               // by the clock, at all it was asked for
};

struct alignas(64) BatchHead {
  base::WaitWord answers;  // of all workers
  uint64_t spec_key = 0;
  int n = 0, workers = 0;
  AutoReset auto_reset = AutoReset::kNextStep;
};

// Environments begin to end - 1 of a batch.
struct EnvRange {
  int begin = 0, end = 0;
};

// The memory of a batch: its head, a lane for each worker, the buffers. Shared, so that processes can come in.
class BatchMemory {
 public:
  BatchMemory(const EnvSpec& spec, int n, int workers, AutoReset auto_reset);
  explicit BatchMemory(int descriptor) : memory_(base::SharedMemory::Open(descriptor)) {}  // in a worker process

  int descriptor() const { return memory_.descriptor(); }
  BatchHead& head() const { return *reinterpret_cast<BatchHead*>(memory_.bytes().data()); }
  Lane& lane(int worker) const { return reinterpret_cast<Lane*>(&head() + 1)[worker]; }
  ArrayBuffers Buffers(const EnvSpec& spec) const;
  EnvRange RangeOf(int worker) const;  // shared out as evenly as it goes

 private:
  base::SharedMemory memory_;
};

class BatchWorker {
 public:
  virtual ~BatchWorker() = default;
  // To be followed by Answered until that is true, and then by Take.
  virtual void Ask(Request request, std::vector<std::byte> order) = 0;
  // Does not wait; but the worker that is the caller does its work in here.
  virtual bool Answered() = 0;
  // The answer. Throws what the work threw.
  virtual std::vector<std::byte> Take() = 0;
  // Throws base::Error that says how a worker ended that ended.
  virtual void CheckAlive() {}
};

std::unique_ptr<BatchWorker> CallerWorker(EnvBlock block, const BatchMemory& memory, int worker);
std::unique_ptr<BatchWorker> ThreadWorker(EnvBlock block, const BatchMemory& memory, int worker);

// A program that calls ServeEnvBlock. To the arguments comes one more, the number of the worker.
struct WorkerProgram {
  std::filesystem::path program;
  std::vector<std::string> arguments;
};
std::unique_ptr<BatchWorker> ProcessWorker(const WorkerProgram& program, const BatchMemory& memory, int worker);

// The main of such a program. Returns when the batch is gone.
void ServeEnvBlock(int worker, const std::function<std::unique_ptr<Env>()>& make);

}  // namespace figment::envs
