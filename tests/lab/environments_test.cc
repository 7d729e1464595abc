// What every environment must do, whatever it is: for each entry of the table.
#include "lab/environments.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include "base/error.h"
#include "base/random.h"
#include "envs/vector_env.h"

namespace figment::lab {
namespace {

using envs::ArrayBuffers;
using envs::ArraySpec;
using envs::DType;
using envs::Section;

double ValueAt(const ArraySpec& spec, const std::byte* address, int64_t i) {
  switch (spec.type) {
    case DType::kUint8: return reinterpret_cast<const uint8_t*>(address)[i];
    case DType::kInt32: return reinterpret_cast<const int32_t*>(address)[i];
    case DType::kInt64: return static_cast<double>(reinterpret_cast<const int64_t*>(address)[i]);
    case DType::kFloat: return reinterpret_cast<const float*>(address)[i];
    case DType::kDouble: break;
  }
  return reinterpret_cast<const double*>(address)[i];
}

void SetValue(const ArraySpec& spec, std::byte* address, int64_t i, double value) {
  switch (spec.type) {
    case DType::kUint8: reinterpret_cast<uint8_t*>(address)[i] = static_cast<uint8_t>(value); break;
    case DType::kInt32: reinterpret_cast<int32_t*>(address)[i] = static_cast<int32_t>(value); break;
    case DType::kInt64: reinterpret_cast<int64_t*>(address)[i] = static_cast<int64_t>(value); break;
    case DType::kFloat: reinterpret_cast<float*>(address)[i] = static_cast<float>(value); break;
    case DType::kDouble: reinterpret_cast<double*>(address)[i] = value; break;
  }
}

void DrawActions(const std::vector<ArraySpec>& specs, envs::ConstArrays rows, base::Rng& rng) {
  for (size_t array = 0; array < specs.size(); ++array) {
    const ArraySpec& spec = specs[array];
    const bool real = spec.type == DType::kFloat || spec.type == DType::kDouble;
    for (int64_t i = 0; i < spec.count(); ++i) {
      const double value = real ? rng.Uniform(spec.low, spec.high)
                                : static_cast<double>(rng.Integer(static_cast<int64_t>(spec.low),
                                                                  static_cast<int64_t>(spec.high) + 1));
      SetValue(spec, const_cast<std::byte*>(rows[array]), i, value);
    }
  }
}

// Environments that take long over an episode are cut short, or play few.
bool HasTimeLimit(const std::string& name) {
  const auto& settings = FindEnvironment(name).settings;
  const auto is_limit = [](const SettingInfo& setting) { return setting.key == "time_limit_s"; };
  return std::any_of(settings.begin(), settings.end(), is_limit);
}
bool IsSlow(const std::string& name) { return HasTimeLimit(name) || FindEnvironment(name).spec({}).step_s > 1; }
Settings Short(const std::string& name) {
  return HasTimeLimit(name) ? Settings{{"time_limit_s", "0.2"}} : Settings{};
}
std::unique_ptr<envs::Env> MakeShort(const std::string& name) { return MakeEnvironment(name, Short(name)); }

class Conformance : public testing::TestWithParam<std::string> {
 protected:
  Conformance() : env_(MakeShort(GetParam())), buffers_(env_->spec(), 1) {}

  envs::EnvOutput Out() const { return buffers_.OutputOf(0); }
  envs::StepResult Step(envs::Env& env) { return env.Step(buffers_.ActionsOf(0), Out()); }
  // Plays with random actions, at most `steps`; returns what was written, step by step.
  std::vector<std::byte> Play(envs::Env& env, uint64_t action_seed, int steps = 100000) {
    base::Rng rng({action_seed});
    std::vector<std::byte> written;
    for (int i = 0; i < steps && env.running(); ++i) {
      DrawActions(env.spec().actions, buffers_.ActionsOf(0), rng);
      envs::AppendBytes(Step(env).reward, &written);
      const auto& specs = env.spec().observations;
      for (size_t array = 0; array < specs.size(); ++array)
        envs::AppendSpan({Out().observations[array], specs[array].bytes()}, &written);
    }
    return written;
  }

  std::unique_ptr<envs::Env> env_;
  ArrayBuffers buffers_;
};

TEST_P(Conformance, SpecIsComplete) {
  const envs::EnvSpec& spec = env_->spec();
  EXPECT_FALSE(spec.name.empty());
  EXPECT_GT(spec.step_s, 0);
  EXPECT_FALSE(spec.actions.empty());
  EXPECT_FALSE(spec.observations.empty());
  std::set<std::string> names;
  for (const auto* list : {&spec.actions, &spec.observations, &spec.infos}) {
    for (const ArraySpec& array : *list) {
      EXPECT_TRUE(names.insert(array.name).second) << array.name << " twice";
      EXPECT_GT(array.count(), 0) << array.name;
      EXPECT_LE(array.low, array.high) << array.name;
    }
  }
  for (const ArraySpec& array : spec.actions) EXPECT_TRUE(std::isfinite(array.low) && std::isfinite(array.high));
}

TEST_P(Conformance, ObservationsStayInTheirBounds) {
  for (uint64_t seed = 0; seed < 5; ++seed) {
    env_->Reset(seed, {}, Out());
    base::Rng rng({seed});
    do {
      const auto& specs = env_->spec().observations;
      for (size_t array = 0; array < specs.size(); ++array)
        for (int64_t i = 0; i < specs[array].count(); ++i) {
          const double value = ValueAt(specs[array], Out().observations[array], i);
          ASSERT_GE(value, specs[array].low) << specs[array].name;
          ASSERT_LE(value, specs[array].high) << specs[array].name;
        }
      DrawActions(env_->spec().actions, buffers_.ActionsOf(0), rng);
      Step(*env_);
    } while (env_->running());
  }
}

TEST_P(Conformance, EpisodesEnd) {
  env_->Reset(1, {}, Out());
  Play(*env_, 1);
  EXPECT_FALSE(env_->running());
}

TEST_P(Conformance, SameSeedAndActionsGiveTheSameBytes) {
  const auto other = MakeShort(GetParam());
  env_->Reset(3, {}, Out());
  const std::vector<std::byte> once = Play(*env_, 4);
  other->Reset(8, {}, Out());
  Play(*other, 4, 3);
  other->Reset(3, {}, Out());  // in the middle of an episode
  EXPECT_EQ(Play(*other, 4), once);
  env_->Reset(5, {}, Out());
  // Gaps may be out of reach of a short episode.
  if (GetParam() != "rodent_run_gaps") {
    EXPECT_NE(Play(*env_, 4), once);
  }
}

TEST_P(Conformance, RestoredStatesGoOnEqually) {
  const auto other = MakeShort(GetParam());
  env_->Reset(3, {}, Out());
  Play(*env_, 4, 7);
  const std::vector<std::byte> saved = env_->Save();
  const std::vector<std::byte> rest = Play(*env_, 5);
  other->Restore(saved);
  EXPECT_EQ(Play(*other, 5), rest);
  env_->Restore(saved);
  EXPECT_EQ(Play(*env_, 5), rest);
  EXPECT_THROW(other->Restore(std::span(saved).first(saved.size() / 2)), base::Error);
}

TEST_P(Conformance, BadActionsAreRefused) {
  for (size_t array = 0; array < env_->spec().actions.size(); ++array) {
    const ArraySpec& spec = env_->spec().actions[array];
    env_->Reset(0, {}, Out());
    base::Rng rng({0});
    DrawActions(env_->spec().actions, buffers_.ActionsOf(0), rng);
    const std::vector<std::byte> before = env_->Save();
    std::byte* const action = const_cast<std::byte*>(buffers_.ActionsOf(0)[array]);
    SetValue(spec, action, 0, spec.high + 1);
    EXPECT_EQ(Step(*env_).status, envs::StepStatus::kBadAction);
    if (spec.type == DType::kFloat || spec.type == DType::kDouble) {
      SetValue(spec, action, 0, std::nan(""));
      EXPECT_EQ(Step(*env_).status, envs::StepStatus::kBadAction);
    }
    EXPECT_EQ(env_->Save(), before);
    EXPECT_NE(envs::DescribeBadAction(env_->spec(), buffers_.ActionsOf(0)).find(spec.name), std::string::npos);
  }
}

TEST_P(Conformance, UnknownResetOptionsAreErrors) {
  EXPECT_THROW(env_->Reset(0, {{"no such option", 1}}, Out()), base::Error);
}

TEST_P(Conformance, BatchesDoNotDependOnTheirWorkers) {
  std::vector<std::byte> first;
  using KindAndCount = std::pair<WorkerKind, int>;
  for (const auto& [kind, workers] : {KindAndCount(WorkerKind::kThreads, 1), KindAndCount(WorkerKind::kThreads, 3),
                                      KindAndCount(WorkerKind::kProcesses, 2)}) {
    envs::VectorEnv batch = MakeVectorEnv({.name = GetParam(),
                                           .settings = Short(GetParam()),
                                           .n = 5,
                                           .workers = workers,
                                           .kind = kind,
                                           .auto_reset = envs::AutoReset::kSameStep,
                                           .worker_program = FIGMENT_BINARY_DIR "/figment_worker"});
    batch.Reset(11);
    base::Rng rng({2});
    for (int step = 0; step < (IsSlow(GetParam()) ? 15 : 120); ++step) {
      for (int i = 0; i < batch.size(); ++i) DrawActions(batch.spec().actions, batch.buffers().ActionsOf(i), rng);
      batch.Step();
    }
    if (first.empty()) first = batch.Save();
    EXPECT_EQ(batch.Save(), first) << workers;
  }
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const Environment& environment : Environments()) names.push_back(environment.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Environments, Conformance, testing::ValuesIn(Names()),
                         [](const auto& info) { return info.param; });

TEST(Environments, UnknownNamesAreErrors) { EXPECT_THROW(MakeEnvironment("pog"), base::Error); }

std::string MessageOf(const Settings& settings) {
  try {
    MakeEnvironment("pong", settings);
  } catch (const base::Error& error) {
    return error.what();
  }
  return "";
}

TEST(Environments, SettingsChangeTheConfig) {
  EXPECT_EQ(MakeEnvironment("pong", {{"clock", "frames"}})->spec().step_s, 1 / 24.0);
  EXPECT_EQ(MakeEnvironment("pong")->spec().step_s, 1 / 60.0);
}

TEST(Environments, WrongSettingsNameTheNearest) {
  EXPECT_NE(MessageOf({{"clok", "frames"}}).find("environment 'pong': unknown"), std::string::npos);
  EXPECT_NE(MessageOf({{"clok", "frames"}}).find("did you mean 'clock'?"), std::string::npos);
  EXPECT_NE(MessageOf({{"clock", "seconds"}}).find("ticks, frames"), std::string::npos);
}

TEST(Environments, SettingsAreListedWithTheEntrysOwnValues) {
  const base::Table table = SettingsTable("pong_frames");
  const auto row = std::find_if(table.rows.begin(), table.rows.end(), [](const auto& r) { return r[0].Text() == "clock"; });
  ASSERT_NE(row, table.rows.end());
  EXPECT_EQ((*row)[1].Text(), "frames");
}

}  // namespace
}  // namespace figment::lab
