#include "physion/push_env.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "envs/array_buffers.h"

namespace figment::physion {
namespace {

using envs::ArrayBuffers;
using envs::Section;

std::span<float> Bodies(const ArrayBuffers& buffers) { return buffers.Array<float>(Section::kObservations, "bodies"); }

envs::StepResult PushOnce(PushEnv& env, const ArrayBuffers& buffers, double direction_deg, double speed) {
  buffers.Array<float>(Section::kActions, "direction")[0] = static_cast<float>(direction_deg);
  buffers.Array<float>(Section::kActions, "speed")[0] = static_cast<float>(speed);
  return env.Step(buffers.ActionsOf(0), buffers.OutputOf(0));
}

// From the pushed body towards the target.
double TowardsTarget(std::span<const float> bodies) {
  const float* target = &bodies[PushEnv::kFeatures];
  return std::atan2(target[2] - bodies[2], target[1] - bodies[1]) * 180 / M_PI;
}

TEST(PushEnv, PushedAtTheTargetItReachesTheZoneAndUnpushedNever) {
  PushEnv env({.scenario = "collide"});
  const ArrayBuffers buffers(env.spec(), 1);
  int aimed = 0, unpushed = 0;
  for (uint64_t seed = 0; seed < 8; ++seed) {
    env.Reset(seed, {}, buffers.OutputOf(0));
    aimed += PushOnce(env, buffers, TowardsTarget(Bodies(buffers)), 10).reward == 1;
    env.Reset(seed, {}, buffers.OutputOf(0));
    unpushed += PushOnce(env, buffers, 0, 0).reward == 1;
  }
  EXPECT_GE(aimed, 6);
  EXPECT_EQ(unpushed, 0);
}

TEST(PushEnv, OneStepMovesThePushedBodyAlongItsDirection) {
  PushEnv env({.scenario = "collide"});
  const ArrayBuffers buffers(env.spec(), 1);
  env.Reset(1, {}, buffers.OutputOf(0));
  const std::vector<float> before(Bodies(buffers).begin(), Bodies(buffers).end());
  EXPECT_EQ(before[0], 1);
  EXPECT_EQ(before[12], 1);                                // it can move
  EXPECT_EQ(before[2 * PushEnv::kFeatures + 3], 0);        // the zone lies on the floor
  EXPECT_EQ(before[(PushEnv::kBodies - 1) * PushEnv::kFeatures], 0);  // no body there
  const double away = TowardsTarget(before) > 0 ? TowardsTarget(before) - 180 : TowardsTarget(before) + 180;
  const envs::StepResult result = PushOnce(env, buffers, away, 2);
  EXPECT_TRUE(result.terminated);
  EXPECT_FALSE(env.running());
  const double along = (Bodies(buffers)[1] - before[1]) * std::cos(away * M_PI / 180) +
                       (Bodies(buffers)[2] - before[2]) * std::sin(away * M_PI / 180);
  EXPECT_GT(along, 0.05);
  EXPECT_GT(buffers.Array<int32_t>(Section::kInfos, "frames")[0], 10);
}

TEST(PushEnv, EveryRigidScenarioHasABodyToPush) {
  for (const Scenario& scenario : Scenarios()) {
    if (!scenario.rigid) continue;
    PushEnv env({.scenario = scenario.name});
    const ArrayBuffers buffers(env.spec(), 1);
    env.Reset(2, {}, buffers.OutputOf(0));
    EXPECT_EQ(Bodies(buffers)[12], 1) << scenario.name;
  }
}

TEST(PushEnv, ScenesOfClothAreRefused) {
  PushConfig config;
  base::FieldList fields = FieldsOf(&config);
  EXPECT_THROW(fields.Set("scenario", "drape"), base::Error);
}

}  // namespace
}  // namespace figment::physion
