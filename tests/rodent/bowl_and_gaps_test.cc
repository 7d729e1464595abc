// What the escape bowl and the corridor of gaps do beside what recordings show (parity_test.cc).
#include <gtest/gtest.h>
#include <mujoco/mujoco.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "envs/array_buffers.h"
#include "rodent/corridor.h"
#include "rodent/env.h"
#include "tests/rodent/fixture.h"
#include "tests/rodent/histogram.h"

namespace figment::rodent {
namespace {

using envs::Section;

class Player {
 public:
  explicit Player(EnvConfig config) : env(With(std::move(config))), buffers(env.spec(), 1) {}
  void Reset(uint64_t seed) { env.Reset(seed, {}, buffers.OutputOf(0)); }
  envs::StepResult Step() { return env.Step(buffers.ActionsOf(0), buffers.OutputOf(0)); }
  mjData& data() { return *env.physics().data; }

  RodentEnv env;
  envs::ArrayBuffers buffers;

 private:
  static EnvConfig With(EnvConfig config) {
    config.doubles = true;
    return config;
  }
};

int ContactsAtStart(Player& player, uint64_t seed) {
  player.Reset(seed);
  return player.data().ncon;
}

// The reference searches for a free height before it writes the terrain.
TEST(EscapeBowl, StartsInTheBumpsUnlessFixed) {
  Player reference({.task = "escape_bowl"}), fixed({.task = "escape_bowl", .quirks = Quirks::kFixed});
  int inside = 0;
  for (uint64_t seed = 0; seed < 6; ++seed) {
    inside += ContactsAtStart(reference, seed) > 0;
    EXPECT_EQ(ContactsAtStart(fixed, seed), 0) << seed;
    EXPECT_GE(fixed.data().qpos[2], reference.data().qpos[2]);
  }
  EXPECT_GE(inside, 4);
}

// Any orientation, and as high above the plane as the reference raises it.
TEST(EscapeBowl, StartsAreDistributedAsTheReferences) {
  Player player({.task = "escape_bowl"});
  constexpr int kEpisodes = 250;
  Histogram heights;
  double squares[4] = {};
  for (uint64_t seed = 0; seed < kEpisodes; ++seed) {
    player.Reset(seed);
    const double* const root = player.data().qpos;
    ++heights[std::to_string(std::lround(100 * root[2]))];
    for (int i = 0; i < 4; ++i) squares[i] += root[3 + i] * root[3 + i] / kEpisodes;
  }
  EXPECT_LT(Deviations(heights, Fixture("spawns").at("heights_cm").get<Histogram>()), 3);
  // Each number of a random quaternion has the mean square 1/4, with a variance of 1/16.
  for (const double square : squares) EXPECT_NEAR(square, 0.25, 4 * 0.25 / std::sqrt(kEpisodes));
}

TEST(EscapeBowl, OriginIsInTheAxesOfTheTorso) {
  Player player({.task = "escape_bowl"});
  player.Reset(4);
  const auto origin = player.buffers.Array<double>(Section::kObservations, "origin");
  const mjData& data = player.data();
  const int torso = player.env.physics().parts.torso;
  double back[3];
  mju_mulMatVec3(back, data.xmat + 9 * torso, origin.data());
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(back[i], -data.xpos[3 * torso + i], 1e-12);
}

// The published reward is the head's distance over 6 m times uprightness, which is 1 up to a tilt of 30 degrees.
TEST(EscapeBowl, RewardIsDistanceWhenUpright) {
  const std::unique_ptr<Task> task = FindTask("escape_bowl").make({});
  Physics physics = CopyModel(*CompileTask({.task = "escape_bowl"}), Profile::kExact);
  const auto reward_at = [&](double x, double tilt) {
    ResetState(physics);
    physics.data->qpos[0] = x;
    physics.data->qpos[3] = std::cos(tilt / 2);
    physics.data->qpos[4] = std::sin(tilt / 2);  // to the side
    mj_kinematics(physics.model, physics.data);
    return task->AfterStep(physics).reward;
  };
  const double head = [&] {
    reward_at(3, 0);
    return mju_norm3(physics.data->site_xpos + 3 * physics.parts.head_site);
  }();
  EXPECT_NEAR(reward_at(3, 0), head / 6, 1e-12);
  EXPECT_EQ(reward_at(20, 0.5), 1);  // 0.5 rad are less than 30 degrees
  EXPECT_NEAR(reward_at(20, 2), (std::cos(2) + 1) / (1 + std::cos(std::acos(-1) / 6)), 1e-9);
  EXPECT_NEAR(reward_at(20, std::acos(-1)), 0, 1e-12);
}

TEST(RunGaps, FallingIntoTheHoleEndsWithDiscountZero) {
  Player player({.task = "run_gaps"});
  player.Reset(1);
  player.data().qpos[0] = -1;  // behind the first platform is nothing
  mj_forward(player.env.physics().model, &player.data());
  envs::StepResult result;
  int steps = 0;
  for (; player.env.running(); ++steps) result = player.Step();
  EXPECT_EQ(steps, 13);  // free fall through 0.3 m takes 0.25 s
  EXPECT_TRUE(result.terminated);
  EXPECT_EQ(player.buffers.Array<double>(Section::kInfos, "discount")[0], 0);
}

TEST(RunGaps, PlatformsAreThoseDrawnAndTheRestIsOutOfTheWay) {
  Player player({.task = "run_gaps"});
  player.Reset(1);
  const mjModel& model = *player.env.physics().model;
  int used = 0, unused = 0;
  double end = 0;
  for (int geom = 0; geom < model.ngeom; ++geom) {
    if (model.geom_type[geom] != mjGEOM_BOX || model.geom_bodyid[geom] != mj_name2id(&model, mjOBJ_BODY, "ground")) continue;
    if (model.geom_contype[geom] == 0) {
      ++unused;
      EXPECT_EQ(model.geom_rgba[4 * geom + 3], 0);
      continue;
    }
    const double begin = model.geom_pos[3 * geom] - model.geom_size[3 * geom];
    if (used > 1) {
      EXPECT_GE(begin - end, 0.05 - 1e-9);
      EXPECT_LE(begin - end, 0.2 + 1e-9);
    }
    EXPECT_NEAR(model.geom_pos[3 * geom + 2] + model.geom_size[3 * geom + 2], 0, 1e-12);
    end = model.geom_pos[3 * geom] + model.geom_size[3 * geom];
    ++used;
  }
  EXPECT_EQ(used + unused, MostPlatforms({}));
  EXPECT_GT(used, 40);
  EXPECT_GT(end, 40);
}

}  // namespace
}  // namespace figment::rodent
