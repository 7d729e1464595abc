#include "envs/rest.h"

#include <gtest/gtest.h>

namespace figment::envs {
namespace {

using base::Vec3;

constexpr double kStep = 0.01;

// Steps until the bodies sleep, at most `most`; what each does is `velocity`.
int StepsToSleep(RestJudge& judge, const Vec3& velocity, int neighbours, int most = 1000) {
  for (int step = 1; step <= most; ++step) {
    judge.ClearTouches();
    judge.SetNeighbours(0, neighbours);
    judge.Moved(0, velocity, Vec3::Zero(), kStep);
    judge.Settle();
    if (judge.asleep(0)) return step;
  }
  return -1;
}

TEST(RestJudge, ABodyThatStandsStillSleepsAfterFourTenthsOfASecond) {
  RestJudge judge;
  judge.Add(Vec3::Ones());
  EXPECT_NEAR(StepsToSleep(judge, Vec3::Zero(), 1), 40, 1);
}

// In the last 20 steps velocities v add up to 20 v; half of its square reaches .01 (1 + neighbours) for v = .00707
// without neighbours, and for v = .01 with one.
TEST(RestJudge, CreepingKeepsABodyAwakeMoreSoTheFewerNeighboursItHas) {
  for (const auto& [speed, neighbours, sleeps] :
       {std::tuple(0.0065, 0, true), std::tuple(0.0080, 0, false), std::tuple(0.0080, 1, true), std::tuple(0.0115, 1, false)}) {
    RestJudge judge;
    judge.Add(Vec3::Ones());
    EXPECT_EQ(StepsToSleep(judge, Vec3(speed, 0, 0), neighbours) > 0, sleeps) << speed << " " << neighbours;
  }
}

// A sign of life of more than twice the threshold sets the counter to .4 s and one step for each neighbour; it then has
// to run down.
TEST(RestJudge, ManyNeighboursKeepABodyAwakeForLongerAfterASignOfLife) {
  for (const int neighbours : {0, 1, 16}) {
    RestJudge judge;
    judge.Add(Vec3::Ones());
    judge.SetNeighbours(0, neighbours);
    for (int step = 0; step < 22; ++step) judge.Moved(0, Vec3(1, 0, 0), Vec3::Zero(), kStep);
    EXPECT_NEAR(StepsToSleep(judge, Vec3::Zero(), neighbours), 40 + neighbours, 1) << neighbours;
  }
}

TEST(RestJudge, RockingToAndFroDoesNotKeepABodyAwake) {
  RestJudge judge;
  judge.Add(Vec3::Ones());
  for (int step = 0; step < 41; ++step) {
    judge.ClearTouches();
    judge.Moved(0, Vec3(step % 2 ? 0.05 : -0.05, 0, 0), Vec3::Zero(), kStep);
    judge.Settle();
  }
  EXPECT_TRUE(judge.asleep(0));
}

TEST(RestJudge, AnIslandSleepsWithItsLastBodyAndWakesWithItsFirst) {
  RestJudge judge;
  for (int k = 0; k < 3; ++k) judge.Add(Vec3::Ones());
  const auto step = [&](const Vec3& velocity_of_2) {
    judge.ClearTouches();
    judge.Touch(0, 1);
    judge.Touch(1, 2);
    for (int k = 0; k < 3; ++k) judge.Moved(k, k == 2 ? velocity_of_2 : Vec3::Zero(), Vec3::Zero(), kStep);
    judge.Settle();
  };
  for (int k = 0; k < 60; ++k) step(Vec3(1, 0, 0));
  EXPECT_FALSE(judge.asleep(0));
  for (int k = 0; k < 60; ++k) step(Vec3::Zero());
  EXPECT_TRUE(judge.asleep(0) && judge.asleep(1) && judge.asleep(2));
  judge.Wake(2);
  judge.Settle();
  EXPECT_FALSE(judge.asleep(0) || judge.asleep(1) || judge.asleep(2));
}

TEST(RestJudge, ASnapshotBringsEverythingBack) {
  RestJudge judge;
  judge.Add(Vec3::Ones());
  for (int k = 0; k < 30; ++k) judge.Moved(0, Vec3(0.002, 0, 0), Vec3::Zero(), kStep);
  const std::vector<double> saved = judge.Snapshot();
  ASSERT_EQ(saved.size(), RestJudge::kNumbers);
  const int steps = StepsToSleep(judge, Vec3::Zero(), 0);
  judge.SetSnapshot(saved.data());
  EXPECT_EQ(StepsToSleep(judge, Vec3::Zero(), 0), steps);
}

}  // namespace
}  // namespace figment::envs
