// The body and its tasks. Needs the dm_control wheel, which scripts/setup.sh installs.
#include "rodent/env.h"

#include <gtest/gtest.h>
#include <mujoco/mujoco.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "envs/array_buffers.h"

namespace figment::rodent {
namespace {

using envs::Section;

// What the specification of the body says: counts of MuJoCo's parts, and the mass.
TEST(Body, HasThePublishedParts) {
  const envs::MujocoModel model = CompileTask({});
  EXPECT_EQ(model->nq, 74);
  EXPECT_EQ(model->nv, 73);
  EXPECT_EQ(model->nbody, 67);
  EXPECT_EQ(model->ngeom, 101);
  EXPECT_EQ(model->nsite, 21);
  EXPECT_EQ(model->ntendon, 8);
  EXPECT_EQ(model->nexclude, 26);
  EXPECT_EQ(model->nskin, 0);
  EXPECT_DOUBLE_EQ(mj_getTotalmass(model.get()), 0.337792419736413);
  const std::vector<std::string> names = ActuatorNames(*model);
  EXPECT_EQ(names.front(), "lumbar_extend");
  EXPECT_EQ(names.back(), "finger_R");
}

TEST(Body, TorqueActuatorsHaveNoBias) {
  const envs::MujocoModel model = CompileTask({.torque_actuators = true});
  for (int i = 0; i < model->nu; ++i) {
    EXPECT_EQ(model->actuator_biastype[i], mjBIAS_NONE);
    EXPECT_EQ(model->actuator_gainprm[i * mjNGAIN], model->actuator_forcerange[2 * i + 1]);
  }
  EXPECT_EQ(model->actuator_gainprm[0], 20);
}

TEST(Body, FootModsWidenAnkleAndToe) {
  const envs::MujocoModel model = CompileTask({.foot_mods = true});
  const int ankle = mj_name2id(model.get(), mjOBJ_JOINT, "walker/ankle_L");
  const int toe = mj_name2id(model.get(), mjOBJ_JOINT, "walker/toe_R");
  EXPECT_EQ(model->jnt_range[2 * ankle + 1], 2.0);
  EXPECT_EQ(model->jnt_range[2 * toe], -0.7);
}

TEST(Body, AbsentAssetsAreErrorsThatNameTheWayOut) {
  try {
    CompileTask({.assets = "/no/such/folder"});
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find("/no/such/folder/dm_control"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("scripts/setup.sh"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("--assets"), std::string::npos);
  }
}

TEST(Observations, HaveThePublishedSizes) {
  EXPECT_EQ(TotalSize(ObservableSet("all")), 158);
  EXPECT_EQ(TotalSize(ObservableSet("unplugged")), 107);
  EXPECT_EQ(TotalSize(ObservableSet("sensors_touch,body_height")), 5);
  EXPECT_THROW(ObservableSet("body_hight"), base::Error);
  EXPECT_THROW(ObservableSet("sensors_touch,sensors_touch"), base::Error);
  EXPECT_THROW(ObservableSet(""), base::Error);
}

class TaskTest : public testing::TestWithParam<std::string> {};

// Zero actions: the animal stands up on its servos and nothing breaks.
TEST_P(TaskTest, StepsAreFinite) {
  RodentEnv env({.task = GetParam(), .doubles = true});
  const envs::ArrayBuffers buffers(env.spec(), 1);
  env.Reset(1, {}, buffers.OutputOf(0));
  for (int step = 0; step < 10 && env.running(); ++step) {
    const envs::StepResult result = env.Step(buffers.ActionsOf(0), buffers.OutputOf(0));
    EXPECT_EQ(result.status, envs::StepStatus::kOk);
    EXPECT_TRUE(std::isfinite(result.reward));
    for (const double value : buffers.Array<double>(Section::kObservations, "body")) ASSERT_TRUE(std::isfinite(value));
  }
}

TEST_P(TaskTest, TimeLimitTruncates) {
  RodentEnv env({.task = GetParam(), .time_limit_s = 0.1});
  const envs::ArrayBuffers buffers(env.spec(), 1);
  env.Reset(1, {}, buffers.OutputOf(0));
  envs::StepResult result;
  int steps = 0;
  for (; env.running(); ++steps) result = env.Step(buffers.ActionsOf(0), buffers.OutputOf(0));
  EXPECT_EQ(steps, 5);
  EXPECT_TRUE(result.truncated);
  EXPECT_FALSE(result.terminated);
}

std::vector<std::string> TaskNames() {
  std::vector<std::string> names;
  for (const TaskEntry& task : Tasks()) names.emplace_back(task.name);
  return names;
}
INSTANTIATE_TEST_SUITE_P(Tasks, TaskTest, testing::ValuesIn(TaskNames()), [](const auto& info) { return info.param; });

TEST(Env, BothProfilesTakeTheSameNumberOfControlSteps) {
  for (const Profile profile : {Profile::kExact, Profile::kFast}) {
    RodentEnv env({.profile = profile, .time_limit_s = 20});
    const envs::ArrayBuffers buffers(env.spec(), 1);
    env.Reset(1, {}, buffers.OutputOf(0));
    // The sum of 998 control steps, without their physics.
    for (int i = 0; i < 998 * SubstepsOf(profile); ++i) env.physics().data->time += env.physics().model->opt.timestep;
    EXPECT_FALSE(env.Step(buffers.ActionsOf(0), buffers.OutputOf(0)).truncated);
    EXPECT_TRUE(env.Step(buffers.ActionsOf(0), buffers.OutputOf(0)).truncated);
  }
}

TEST(Env, ABrokenStateTruncatesWithAReasonAndTheLastObservation) {
  RodentEnv env({.doubles = true});
  const envs::ArrayBuffers buffers(env.spec(), 1);
  env.Reset(1, {}, buffers.OutputOf(0));
  const auto body = buffers.Array<double>(Section::kObservations, "body");
  const std::vector<double> before(body.begin(), body.end());
  env.physics().data->qvel[20] = 1e12;
  const envs::StepResult result = env.Step(buffers.ActionsOf(0), buffers.OutputOf(0));
  EXPECT_EQ(result.status, envs::StepStatus::kFailed);
  EXPECT_TRUE(result.truncated);
  EXPECT_NE(std::string(result.reason).find("not finite"), std::string::npos);
  EXPECT_EQ(std::vector<double>(body.begin(), body.end()), before);
  EXPECT_EQ(buffers.Array<int32_t>(Section::kInfos, "failure")[0], 1);
  env.Reset(1, {}, buffers.OutputOf(0));
  EXPECT_EQ(buffers.Array<int32_t>(Section::kInfos, "failure")[0], 0);
}

TEST(Env, SavedStatesOfAnotherConfigAreRefused) {
  RodentEnv exact({}), fast({.profile = Profile::kFast});
  const envs::ArrayBuffers buffers(exact.spec(), 1);
  exact.Reset(1, {}, buffers.OutputOf(0));
  EXPECT_THROW(fast.Restore(exact.Save()), base::Error);
  RodentEnv({}).Restore(exact.Save());
}

// Steps until the episode has ended; the last result.
envs::StepResult RunToTheEnd(RodentEnv& env, const envs::ArrayBuffers& buffers) {
  envs::StepResult result;
  while (env.running()) result = env.Step(buffers.ActionsOf(0), buffers.OutputOf(0));
  return result;
}

// The body is torn into a heap of more contacts than MuJoCo's memory holds: that throws in the middle of a step.
TEST(Env, AnEnvironmentThatBrokeDownBeginsAnewAsAFreshOne) {
  const EnvConfig config = {.task = "run_gaps", .time_limit_s = 0.2};
  RodentEnv broken(config), fresh(config);
  const envs::ArrayBuffers buffers(broken.spec(), 1), of_fresh(fresh.spec(), 1);
  broken.Reset(5, {}, buffers.OutputOf(0));
  broken.physics().data->act[3] = 1e5;
  const envs::StepResult result = RunToTheEnd(broken, buffers);
  EXPECT_EQ(result.status, envs::StepStatus::kFailed);
  EXPECT_NE(std::string(result.reason), "");
  EXPECT_EQ(result.reward, 0);
  broken.Restore(broken.Save());
  EXPECT_FALSE(broken.running());

  broken.Reset(6, {}, buffers.OutputOf(0));
  fresh.Reset(6, {}, of_fresh.OutputOf(0));
  EXPECT_EQ(RunToTheEnd(broken, buffers).status, envs::StepStatus::kOk);
  RunToTheEnd(fresh, of_fresh);
  EXPECT_TRUE(std::equal(buffers.memory().begin(), buffers.memory().end(), of_fresh.memory().begin()));
}

}  // namespace
}  // namespace figment::rodent
