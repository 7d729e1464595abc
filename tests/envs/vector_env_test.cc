#include "envs/vector_env.h"

#include <gtest/gtest.h>

#include <numeric>
#include <thread>

#include "base/error.h"
#include "base/random.h"

namespace figment::envs {
namespace {

// Adds the action to a sum that starts at a random whole number; ends after `length` steps, by itself or cut off.
// Reward: the action.
class SumEnv : public Env {
 public:
  explicit SumEnv(int length = 3, bool cut_off = false)
      : Env({.name = "sum",
             .step_s = 0.1,
             .actions = {{.name = "add", .type = DType::kInt32, .low = -1, .high = 1}},
             .observations = {{.name = "sum", .type = DType::kDouble},
                              {.name = "steps", .type = DType::kUint8, .shape = {2}}},
             .infos = {{.name = "noise", .type = DType::kFloat}},
             .reset_options = {"start"}}),
        cut_off_(cut_off),
        state_{.left = length, .length = length} {}

 private:
  struct State {
    base::Rng rng{0};
    double sum = 0;
    int left, length;
  };

  void DoReset(uint64_t seed, const ResetOptions& options, const EnvOutput& out) override {
    state_.rng = base::Rng({seed});
    state_.sum = static_cast<double>(state_.rng.Integer(0, 1000));
    for (const auto& [name, value] : options) {
      if (value < 0) throw base::UsageError("start is negative");
      state_.sum = value;
    }
    state_.left = state_.length;
    Write(out);
  }
  StepResult DoStep(ConstArrays actions, const EnvOutput& out) override {
    const int add = *reinterpret_cast<const int32_t*>(actions[0]);
    state_.sum += add, --state_.left;
    Write(out);
    const bool ended = state_.left == 0;
    return {.reward = static_cast<double>(add), .terminated = ended && !cut_off_, .truncated = ended && cut_off_};
  }
  void DoSave(std::vector<std::byte>* bytes) const override { AppendBytes(state_, bytes); }
  void DoRestore(std::span<const std::byte> bytes) override { RestoreBytes(bytes, &state_); }
  void Write(const EnvOutput& out) {
    *reinterpret_cast<double*>(out.observations[0]) = state_.sum;
    *reinterpret_cast<uint8_t*>(out.observations[1]) = static_cast<uint8_t>(state_.length - state_.left);
    *reinterpret_cast<float*>(out.infos[0]) = static_cast<float>(state_.rng.Uniform());
  }

  bool cut_off_;
  State state_;
};

std::unique_ptr<VectorEnv> MakeSums(int n, const VectorEnvConfig& config, int length = 3) {
  std::vector<std::unique_ptr<Env>> envs;
  for (int i = 0; i < n; ++i) envs.push_back(std::make_unique<SumEnv>(length + i % 3));
  return std::make_unique<VectorEnv>(std::move(envs), config);
}

std::span<int32_t> Actions(VectorEnv& envs) { return envs.buffers().Array<int32_t>(Section::kActions, "add"); }
std::span<double> Sums(VectorEnv& envs) { return envs.buffers().Array<double>(Section::kObservations, "sum"); }

TEST(Env, SpecsDescribeArrays) {
  const ArraySpec spec{.name = "ball", .type = DType::kFloat, .shape = {2, 3}, .low = 0, .high = 32, .unit = "units"};
  EXPECT_EQ(Describe(spec), "ball float32 [2, 3], 0 to 32 units");
  EXPECT_EQ(spec.count(), 6);
  EXPECT_EQ(spec.bytes(), 24u);
}

TEST(Env, BadActionsChangeNothing) {
  SumEnv env;
  const ArrayBuffers buffers(env.spec(), 1);
  env.Reset(1, {{"start", 5}}, buffers.OutputOf(0));
  buffers.Array<int32_t>(Section::kActions, "add")[0] = 2;
  const StepResult result = env.Step(buffers.ActionsOf(0), buffers.OutputOf(0));
  EXPECT_EQ(result.status, StepStatus::kBadAction);
  EXPECT_TRUE(env.running());
  EXPECT_EQ(buffers.Array<double>(Section::kObservations, "sum")[0], 5);
  EXPECT_EQ(DescribeBadAction(env.spec(), buffers.ActionsOf(0)), "action 'add' is 2: expected -1 to 1");
}

TEST(Env, WrongResetOptionsAreErrors) {
  SumEnv env;
  const ArrayBuffers buffers(env.spec(), 1);
  EXPECT_THROW(env.Reset(1, {{"begin", 5}}, buffers.OutputOf(0)), base::Error);
  EXPECT_THROW(env.Reset(1, {{"start", std::numeric_limits<double>::quiet_NaN()}}, buffers.OutputOf(0)), base::Error);
}

TEST(Env, SavedStatesOfOthersAreRefused) {
  SumEnv env;
  const std::vector<std::byte> saved = env.Save();
  EXPECT_THROW(env.Restore(std::span(saved).first(10)), base::Error);
  EXPECT_THROW(env.Restore(std::span(saved).first(saved.size() - 1)), base::Error);
  std::vector<std::byte> other = saved;
  other[0] ^= std::byte{1};
  EXPECT_THROW(env.Restore(other), base::Error);
}

TEST(ArrayBuffers, RowsLieInTheBatch) {
  const SumEnv env;
  const ArrayBuffers buffers(env.spec(), 5);
  EXPECT_EQ(buffers.Array<uint8_t>(Section::kObservations, "steps").size(), 10u);
  *reinterpret_cast<double*>(buffers.OutputOf(3).observations[0]) = 7;
  EXPECT_EQ(buffers.Array<double>(Section::kObservations, "sum")[3], 7);
  buffers.CopyToFinal(3);
  EXPECT_EQ(buffers.Array<double>(Section::kFinalObservations, "sum")[3], 7);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(buffers.rewards().data()) % 64, 0u);
}

TEST(ArrayBuffers, TakesMemoryOfTheCaller) {
  const SumEnv env;
  const size_t bytes = ArrayBuffers::BytesFor(env.spec(), 2);
  alignas(64) static std::byte memory[4096];
  ASSERT_LE(bytes, sizeof(memory));
  const ArrayBuffers buffers(env.spec(), 2, memory), same(env.spec(), 2, memory);
  buffers.Array<double>(Section::kObservations, "sum")[1] = 4;
  EXPECT_EQ(same.Array<double>(Section::kObservations, "sum")[1], 4);
}

TEST(VectorEnv, NextStepResetsInTheFollowingStep) {
  const auto envs = MakeSums(1, {.auto_reset = AutoReset::kNextStep});
  envs->Reset(0, std::vector<ResetOptions>{{{"start", 10}}});
  EXPECT_EQ(Sums(*envs)[0], 10);
  Actions(*envs)[0] = 1;
  for (int i = 0; i < 3; ++i) envs->Step();
  EXPECT_EQ(Sums(*envs)[0], 13);
  EXPECT_EQ(envs->buffers().terminated()[0], 1);
  EXPECT_EQ(envs->buffers().rewards()[0], 1);
  Actions(*envs)[0] = 99;  // ignored
  envs->Step();
  EXPECT_EQ(envs->buffers().terminated()[0], 0);
  EXPECT_EQ(envs->buffers().rewards()[0], 0);
  EXPECT_EQ(Sums(*envs)[0], static_cast<double>(base::Rng({EpisodeSeed(0, 0, 1)}).Integer(0, 1000)));
}

TEST(VectorEnv, SameStepKeepsTheFinalObservation) {
  const auto envs = MakeSums(1, {.auto_reset = AutoReset::kSameStep});
  envs->Reset(0, std::vector<ResetOptions>{{{"start", 10}}});
  Actions(*envs)[0] = 1;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(envs->buffers().has_final()[0], 0);
    envs->Step();
  }
  EXPECT_EQ(envs->buffers().has_final()[0], 1);
  EXPECT_EQ(envs->buffers().terminated()[0], 1);
  EXPECT_EQ(envs->buffers().rewards()[0], 1);
  EXPECT_EQ(envs->buffers().Array<double>(Section::kFinalObservations, "sum")[0], 13);
  EXPECT_EQ(Sums(*envs)[0], static_cast<double>(base::Rng({EpisodeSeed(0, 0, 1)}).Integer(0, 1000)));
  envs->Step();
  EXPECT_EQ(envs->buffers().has_final()[0], 0);
}

TEST(VectorEnv, DisabledLeavesResetsToTheCaller) {
  const auto envs = MakeSums(2, {.auto_reset = AutoReset::kDisabled});
  envs->Reset(0);
  for (int i = 0; i < 3; ++i) envs->Step();
  EXPECT_EQ(envs->buffers().terminated()[0], 1);
  EXPECT_EQ(envs->buffers().terminated()[1], 0);  // one step longer
  const double other = Sums(*envs)[1];
  envs->ResetMasked(std::vector<uint8_t>{1, 0}, std::vector<ResetOptions>{{{"start", 3}}});
  EXPECT_EQ(envs->buffers().terminated()[0], 0);
  EXPECT_EQ(Sums(*envs)[0], 3);
  EXPECT_EQ(Sums(*envs)[1], other);
  envs->Step();
  EXPECT_EQ(envs->buffers().terminated()[1], 1);
}

TEST(VectorEnv, TruncationIsNotTermination) {
  std::vector<std::unique_ptr<Env>> envs;
  envs.push_back(std::make_unique<SumEnv>(1, true));
  VectorEnv batch(std::move(envs), {});
  batch.Reset(0);
  batch.Step();
  EXPECT_EQ(batch.buffers().terminated()[0], 0);
  EXPECT_EQ(batch.buffers().truncated()[0], 1);
}

std::vector<std::byte> Play(int threads, AutoReset auto_reset) {
  const auto envs = MakeSums(37, {.workers = threads, .auto_reset = auto_reset});
  envs->Reset(5);
  base::Rng rng({1});
  for (int step = 0; step < 50; ++step) {
    for (int32_t& action : Actions(*envs)) action = static_cast<int32_t>(rng.Integer(-1, 2));
    envs->Step();
  }
  return envs->Save();
}

TEST(VectorEnv, ResultsDoNotDependOnThreads) {
  for (const AutoReset auto_reset : {AutoReset::kNextStep, AutoReset::kSameStep}) {
    const std::vector<std::byte> one = Play(1, auto_reset);
    for (const int threads : {2, 3, 8, 64}) EXPECT_EQ(Play(threads, auto_reset), one) << threads;
  }
}

TEST(VectorEnv, RestoredOnesGoOnEqually) {
  const auto a = MakeSums(5, {}), b = MakeSums(5, {.workers = 2});
  a->Reset(9);
  for (int i = 0; i < 4; ++i) a->Step();
  b->Restore(a->Save());
  for (int i = 0; i < 9; ++i) a->Step(), b->Step();
  EXPECT_EQ(a->Save(), b->Save());
  std::vector<std::byte> saved = a->Save();
  saved.resize(saved.size() / 2);
  EXPECT_THROW(b->Restore(saved), base::Error);
}

TEST(VectorEnv, ErrorsReachTheCaller) {
  for (const int threads : {1, 2}) {
    const auto envs = MakeSums(4, {.workers = threads});
    const std::vector<ResetOptions> wrong = {{}, {}, {}, {{"start", -1}}};
    EXPECT_THROW(envs->Reset(0, wrong), base::Error);
    envs->Reset(0);
    Actions(*envs)[2] = 5;
    try {
      envs->Step();
      FAIL();
    } catch (const base::Error& error) {
      EXPECT_STREQ(error.what(), "environment 2: action 'add' is 5: expected -1 to 1");
    }
    Actions(*envs)[2] = 1;
    envs->Step();
  }
}

// Breaks down in every episode's second step.
class FragileEnv : public Env {
 public:
  FragileEnv() : Env({.name = "fragile", .step_s = 0.1, .observations = {{.name = "steps", .type = DType::kDouble}}}) {}

 private:
  void DoReset(uint64_t, const ResetOptions&, const EnvOutput& out) override {
    *reinterpret_cast<double*>(out.observations[0]) = steps_ = 0;
  }
  StepResult DoStep(ConstArrays, const EnvOutput& out) override {
    *reinterpret_cast<double*>(out.observations[0]) = ++steps_;
    if (steps_ == 1) return {.reward = 1};
    return {.truncated = true, .status = StepStatus::kFailed, .reason = "it broke"};
  }
  void DoSave(std::vector<std::byte>*) const override {}
  void DoRestore(std::span<const std::byte>) override {}

  double steps_ = 0;
};

std::unique_ptr<VectorEnv> MakeFragile(AutoReset auto_reset) {
  std::vector<std::unique_ptr<Env>> envs;
  envs.push_back(std::make_unique<FragileEnv>());
  auto batch = std::make_unique<VectorEnv>(std::move(envs), VectorEnvConfig{.auto_reset = auto_reset});
  batch->Reset(0);
  batch->Step();
  batch->Step();
  return batch;
}

TEST(VectorEnv, AFailureIsATruncationWithAReasonUntilTheNextEpisode) {
  for (const AutoReset auto_reset : {AutoReset::kNextStep, AutoReset::kSameStep, AutoReset::kDisabled}) {
    const auto batch = MakeFragile(auto_reset);
    const ArrayBuffers& buffers = batch->buffers();
    EXPECT_EQ(buffers.statuses()[0], StepStatus::kFailed);
    EXPECT_EQ(buffers.truncated()[0], 1);
    EXPECT_STREQ(buffers.ReasonOf(0), "it broke");
    EXPECT_EQ(buffers.episode_returns()[0], 1);
    EXPECT_EQ(buffers.episode_lengths()[0], 2);
    EXPECT_EQ(buffers.has_final()[0], auto_reset == AutoReset::kSameStep);
    if (auto_reset == AutoReset::kDisabled) batch->ResetMasked(std::vector<uint8_t>{1});
    else batch->Step();
    EXPECT_EQ(buffers.statuses()[0], StepStatus::kOk);
    EXPECT_EQ(buffers.truncated()[0], 0);
    EXPECT_STREQ(buffers.ReasonOf(0), "");
    EXPECT_EQ(buffers.rewards()[0], auto_reset == AutoReset::kSameStep ? 1 : 0);
  }
}

TEST(VectorEnv, EpisodesAndEnvironmentsHaveTheirOwnSeeds) {
  EXPECT_NE(EpisodeSeed(0, 0, 0), EpisodeSeed(0, 1, 0));
  EXPECT_NE(EpisodeSeed(0, 0, 0), EpisodeSeed(0, 0, 1));
  EXPECT_NE(EpisodeSeed(0, 1, 0), EpisodeSeed(1, 0, 0));
}

}  // namespace
}  // namespace figment::envs
