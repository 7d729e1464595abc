// Env: something an agent acts in, step by step. Knows no learner and no batch.
//
// A spec names every array that goes in or out: actions, observations, and infos (what the experimenter may know and
// the agent must not). The caller owns the memory of these arrays and passes one address each, in the order of the
// spec; an Env writes there and allocates nothing while it steps. VectorEnv (envs/vector_env.h) lays out the memory of
// many; ArrayBuffers (envs/array_buffers.h) with n = 1 serves a single Env.
//
//   env.Reset(seed, {}, out);
//   while (!result.ended()) result = env.Step(actions, out);
//
// An episode ends by the rules of the task (terminated) or is cut off from outside them, for instance by a time limit
// (truncated). Deterministic: the same seed, options and actions give the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace figment::envs {

enum class DType { kUint8, kInt32, kInt64, kFloat, kDouble };
size_t SizeOf(DType type);       // bytes
const char* NameOf(DType type);  // as NumPy names it: "float32"

// One array of an environment.
struct ArraySpec {
  std::string name;
  DType type = DType::kFloat;
  std::vector<int64_t> shape;  // of one environment; empty = a scalar
  double low = -std::numeric_limits<double>::infinity();  // bounds of every value, included
  double high = std::numeric_limits<double>::infinity();
  std::string unit;  // "deg", "grey level"; empty = none
  std::string what;  // a sentence

  int64_t count() const;  // values
  size_t bytes() const { return static_cast<size_t>(count()) * SizeOf(type); }
};

// "ball float32 [2], 0 to 32 frame units"
std::string Describe(const ArraySpec& spec);

struct EnvSpec {
  std::string name;
  double step_s = 0;  // of the environment's time, a step
  std::vector<ArraySpec> actions, observations, infos;
  std::vector<std::string> reset_options;  // names that Reset understands
  size_t memory_bytes = 0;  // about: of each environment besides its arrays, for estimates; 0 = next to nothing
};

// Equal for environments whose arrays, steps and names are equal.
uint64_t KeyOf(const EnvSpec& spec);

// Where arrays lie, in the order of the spec.
using Arrays = std::span<std::byte* const>;
using ConstArrays = std::span<const std::byte* const>;
struct EnvOutput {
  Arrays observations, infos;
};

enum class StepStatus : uint8_t {
  kOk,
  kBadAction,   // a value out of its bounds or not a number: nothing was done, nothing written
  kFailed,      // the environment broke down, for instance a non-finite state: the episode is truncated
  kNotRunning,  // its episode has ended or never begun: nothing was done (in a VectorEnv; an Env must not be asked)
};

struct StepResult {
  double reward = 0;
  bool terminated = false, truncated = false;
  StepStatus status = StepStatus::kOk;
  const char* reason = "";  // why it failed; stays readable until the next call of the Env
  bool ended() const { return terminated || truncated; }
};

// The first action value that Step would refuse, described with its bounds; empty if there is none.
std::string DescribeBadAction(const EnvSpec& env, ConstArrays actions);

// What a reset is to be like, by name: {{"row", 3}, {"opacity", 1}}. What is not given is drawn from the seed.
using ResetOptions = std::vector<std::pair<std::string, double>>;

class Env {
 public:
  explicit Env(EnvSpec spec);
  virtual ~Env() = default;
  Env(const Env&) = delete;
  Env& operator=(const Env&) = delete;

  const EnvSpec& spec() const { return spec_; }

  // Begins an episode and writes its first observation. Throws base::Error on an option that is unknown or wrong.
  void Reset(uint64_t seed, const ResetOptions& options, const EnvOutput& out);

  // Never throws. To step an environment that was not reset, or whose episode has ended, is a bug of the caller.
  StepResult Step(ConstArrays actions, const EnvOutput& out);

  // True between Reset and the end of the episode.
  bool running() const { return running_; }

  // Complete state of the episode, random numbers included. An environment of an equal spec and config that restores
  // it continues with the same bytes. Throws base::Error if the bytes are of another kind or size.
  std::vector<std::byte> Save() const;
  void Restore(std::span<const std::byte> saved);

 private:
  virtual void DoReset(uint64_t seed, const ResetOptions& options, const EnvOutput& out) = 0;
  virtual StepResult DoStep(ConstArrays actions, const EnvOutput& out) = 0;
  virtual void DoSave(std::vector<std::byte>* bytes) const = 0;  // appends
  virtual void DoRestore(std::span<const std::byte> bytes) = 0;

  bool ActionsAreValid(ConstArrays actions) const;

  EnvSpec spec_;
  uint64_t spec_key_;
  bool running_ = false;
};

// For DoSave and DoRestore: a trivially copyable struct as bytes. Throws base::Error if the size differs.
void AppendSpan(std::span<const std::byte> values, std::vector<std::byte>* bytes);
template <class T>
void AppendBytes(const T& value, std::vector<std::byte>* bytes) {
  static_assert(std::is_trivially_copyable_v<T>);
  AppendSpan(std::as_bytes(std::span(&value, 1)), bytes);
}
void CopyBytes(std::span<const std::byte> bytes, std::span<std::byte> to);
template <class T>
void RestoreBytes(std::span<const std::byte> bytes, T* value) {
  static_assert(std::is_trivially_copyable_v<T>);
  CopyBytes(bytes, std::as_writable_bytes(std::span(value, 1)));
}

}  // namespace figment::envs
