#include "envs/vector_env.h"

#include <atomic>
#include <cstring>
#include <exception>
#include <functional>
#include <thread>

#include "base/check.h"
#include "base/error.h"
#include "base/random.h"

namespace figment::envs {

// Threads that wait for the next piece of work. Work i is done by thread i; the caller is thread 0.
class VectorEnv::Team {
 public:
  explicit Team(int threads) : errors_(static_cast<size_t>(threads)) {
    for (int i = 1; i < threads; ++i) threads_.emplace_back([this, i] { Serve(i); });
  }
  ~Team() {
    work_ = nullptr;
    round_.fetch_add(1);
    round_.notify_all();
  }

  int size() const { return static_cast<int>(errors_.size()); }

  // Returns when all are done; rethrows the error of the lowest thread.
  void Run(const std::function<void(int)>& work) {
    work_ = &work;
    waiting_for_.store(size() - 1);
    round_.fetch_add(1);
    round_.notify_all();
    Try(0);
    for (int left = waiting_for_.load(); left > 0; left = waiting_for_.load()) Wait(waiting_for_, left);
    for (std::exception_ptr& error : errors_)
      if (error) std::rethrow_exception(std::exchange(error, nullptr));
  }

 private:
  // Steps of small environments take microseconds; to fall asleep and to wake takes tens. So look a little while first.
  template <class T>
  static void Wait(const std::atomic<T>& value, T old) {
    for (int look = 0; look < 100; ++look) {
      if (value.load(std::memory_order_acquire) != old) return;
      std::this_thread::yield();
    }
    value.wait(old);
  }

  void Try(int i) {
    try {
      (*work_)(i);
    } catch (...) {
      errors_[static_cast<size_t>(i)] = std::current_exception();
    }
  }

  void Serve(int i) {
    for (uint32_t round = 0;; ++round) {
      Wait(round_, round);
      if (work_ == nullptr) return;
      Try(i);
      if (waiting_for_.fetch_sub(1) == 1) waiting_for_.notify_one();
    }
  }

  const std::function<void(int)>* work_ = nullptr;
  std::atomic<uint32_t> round_ = 0;
  std::atomic<int> waiting_for_ = 0;
  std::vector<std::exception_ptr> errors_;
  std::vector<std::jthread> threads_;  // last: they end before what they use
};

uint64_t EpisodeSeed(uint64_t seed, int env, uint64_t episode) {
  return base::Rng({seed, base::KeyOf("episode"), static_cast<uint64_t>(env), episode}).Next64();
}

VectorEnv::VectorEnv(std::vector<std::unique_ptr<Env>> envs, const VectorEnvConfig& config)
    : envs_([&] {
        CHECK(!envs.empty());
        return std::move(envs);
      }()),
      config_(config),
      buffers_(envs_.front()->spec(), static_cast<int>(envs_.size())),
      episodes_(envs_.size()),
      statuses_(envs_.size()) {
  CHECK_GE(config.threads, 1);
  for (const auto& env : envs_) CHECK_EQ(env->spec().name, spec().name);
  team_ = std::make_unique<Team>(std::min(config.threads, size()));
}

VectorEnv::~VectorEnv() = default;
VectorEnv::VectorEnv(VectorEnv&&) noexcept = default;

template <class Work>
void VectorEnv::ForEach(const Work& work) {
  const int threads = team_->size();
  const auto block = [&](int thread) {
    const auto end_of = [&](int i) { return static_cast<int>(int64_t{size()} * i / threads); };
    for (int env = end_of(thread); env < end_of(thread + 1); ++env) work(env);
  };
  if (threads == 1) block(0);
  else team_->Run(block);
}

void VectorEnv::ResetOne(int env, const ResetOptions& options) {
  const auto i = static_cast<size_t>(env);
  envs_[i]->Reset(EpisodeSeed(seed_, env, episodes_[i]), options, buffers_.OutputOf(env));
  ++episodes_[i];
}

namespace {

const ResetOptions& OptionsOf(std::span<const ResetOptions> options, int env) {
  static const ResetOptions none;
  if (options.empty()) return none;
  return options[options.size() == 1 ? 0 : static_cast<size_t>(env)];
}

}  // namespace

void VectorEnv::Reset(uint64_t seed, std::span<const ResetOptions> options) {
  seed_ = seed;
  std::fill(episodes_.begin(), episodes_.end(), 0);
  const std::vector<uint8_t> all(envs_.size(), 1);
  ResetMasked(all, options);
}

void VectorEnv::ResetMasked(std::span<const uint8_t> mask, std::span<const ResetOptions> options) {
  CHECK_EQ(mask.size(), envs_.size());
  CHECK(options.size() <= 1 || options.size() == envs_.size());
  ForEach([&](int env) {
    const auto i = static_cast<size_t>(env);
    if (!mask[i]) return;
    ResetOne(env, OptionsOf(options, env));
    buffers_.rewards()[i] = 0;
    buffers_.terminated()[i] = buffers_.truncated()[i] = buffers_.has_final()[i] = 0;
  });
}

void VectorEnv::StepOne(int env) {
  const auto i = static_cast<size_t>(env);
  Env& one = *envs_[i];
  StepResult result;
  buffers_.has_final()[i] = 0;
  if (one.running()) {
    result = one.Step(buffers_.ActionsOf(env), buffers_.OutputOf(env));
    statuses_[i] = result.status;
    if (result.ended() && config_.auto_reset == AutoReset::kSameStep) {
      buffers_.CopyToFinal(env);
      buffers_.has_final()[i] = 1;
      ResetOne(env, {});
    }
  } else {
    CHECK(config_.auto_reset == AutoReset::kNextStep && episodes_[i] > 0);
    ResetOne(env, {});
    statuses_[i] = StepStatus::kOk;
  }
  buffers_.rewards()[i] = result.reward;
  buffers_.terminated()[i] = result.terminated;
  buffers_.truncated()[i] = result.truncated;
}

void VectorEnv::Step() {
  ForEach([this](int env) { StepOne(env); });
  for (size_t i = 0; i < statuses_.size(); ++i)
    if (statuses_[i] == StepStatus::kBadAction)
      throw base::UsageError("environment " + std::to_string(i) + ": " +
                             envs_[i]->DescribeBadAction(buffers_.ActionsOf(static_cast<int>(i))));
}

// Seed, then for each environment its episodes and its state with the state's size, then the buffers.
std::vector<std::byte> VectorEnv::Save() const {
  std::vector<std::byte> bytes;
  AppendBytes(seed_, &bytes);
  for (size_t i = 0; i < envs_.size(); ++i) {
    const std::vector<std::byte> state = envs_[i]->Save();
    AppendBytes(episodes_[i], &bytes);
    AppendBytes(uint64_t{state.size()}, &bytes);
    AppendSpan(state, &bytes);
  }
  AppendSpan(buffers_.memory(), &bytes);
  return bytes;
}

void VectorEnv::Restore(std::span<const std::byte> saved) {
  const auto take = [&](size_t size) {
    if (size > saved.size()) throw base::Error("the saved state of " + spec().name + " is truncated");
    const auto part = saved.first(size);
    saved = saved.subspan(size);
    return part;
  };
  const auto take_number = [&](uint64_t* number) { RestoreBytes(take(sizeof(*number)), number); };
  take_number(&seed_);
  for (size_t i = 0; i < envs_.size(); ++i) {
    uint64_t size = 0;
    take_number(&episodes_[i]);
    take_number(&size);
    envs_[i]->Restore(take(size));
  }
  CopyBytes(saved, buffers_.memory());
}

}  // namespace figment::envs
