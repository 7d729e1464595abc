#include "physion/simulate.h"

#include <gtest/gtest.h>

namespace figment::physion {
namespace {

using base::Vec3;

// A zone mat on the floor at x = 1 and a target cube, both simple enough to predict by hand.
TrialSpec Base() {
  TrialSpec spec{.scenario = "collide", .config = "hand", .room = "box"};
  spec.zone_id = 1;
  spec.target_id = 2;
  spec.objects = {
      {.id = 1, .model = "cube", .role = "zone", .position = {1, 0, 0}, .scale = {.5, .01, .5}, .kinematic = true},
      {.id = 2, .model = "cube", .role = "target", .position = {0, 0, 0}, .scale = {.2, .2, .2}}};
  spec.frame_cap = 300;
  return spec;
}

Simulation RunTrial(const TrialSpec& spec) { return Simulate(MakeTrial(spec), {}); }

TEST(Simulate, TargetAtRestNeverTouchesAndEndsByTheFirstSleepFrame) {
  const Simulation simulation = RunTrial(Base());
  EXPECT_EQ(simulation.reject_reason, "");
  EXPECT_FALSE(simulation.outcome.label);
  EXPECT_FALSE(simulation.outcome.did_target_move);
  EXPECT_FALSE(simulation.outcome.did_target_miss_zone);
  EXPECT_FALSE(simulation.outcome.did_target_hit_ground);
  EXPECT_EQ(simulation.outcome.num_frames, 151);
  EXPECT_EQ(simulation.outcome.ended_by, "sleep");
}

// Falls from .5 m above the zone's top: frame f has seen f + 1 semi-implicit Euler steps, z falls g dt^2 n (n + 1) / 2.
// .49 m take n with n (n + 1) >= 999: n = 32, that is frame 31 (the margin may make it one earlier).
TEST(Simulate, FallOntoTheZoneIsLabelledAtTheFrameOfTheFormula) {
  TrialSpec spec = Base();
  spec.objects[1].position = {1, .5, 0};
  const Simulation simulation = RunTrial(spec);
  EXPECT_TRUE(simulation.outcome.label);
  ASSERT_TRUE(simulation.outcome.first_contact_frame);
  EXPECT_NEAR(*simulation.outcome.first_contact_frame, 31, 1);
  EXPECT_EQ(simulation.outcome.first_move_frame, 4);  // g dt^2 n (n + 1) / 2 > .01 first for n = 5 steps
}

TEST(Simulate, FallOntoTheFloorHitsTheGroundAndMissesTheZone) {
  TrialSpec spec = Base();
  spec.objects[1].position = {-1, .3, 0};
  const Simulation simulation = RunTrial(spec);
  EXPECT_FALSE(simulation.outcome.label);
  EXPECT_TRUE(simulation.outcome.did_target_miss_zone);
  EXPECT_TRUE(simulation.outcome.did_target_hit_ground);
  EXPECT_NEAR(simulation.outcome.final_displacement.y(), -.3, .003);
}

// 1 kg pushed with 1.5 N s through its centre moves at 1.5 m/s in the frame of the push.
TEST(Simulate, PushActsBeforeTheStepOfItsFrame) {
  TrialSpec spec = Base();
  spec.objects[1].position = {-2, 1.0, 0};  // in the air, so that no friction acts
  spec.push = PushSpec{.frame = 2, .id = 2, .impulse_Ns = {1.5, 0, 0}, .point = std::nullopt};
  const Simulation simulation = RunTrial(spec);
  EXPECT_NEAR(simulation.frames[1].state.bodies[1].velocity_W.x(), 0, 1e-9);
  EXPECT_NEAR(simulation.frames[2].state.bodies[1].velocity_W.x(), 1.5, 1e-6);
}

TEST(Simulate, CapEndsATrialTwoFramesAfterIt) {
  TrialSpec spec = Base();
  spec.frame_cap = 150;
  // A ball on a floor without rolling friction does not sleep.
  spec.objects.push_back({.id = 3, .model = "sphere", .role = "probe", .position = {-3, 0, 0}, .scale = {.4, .4, .4},
                          .angular_drag = 0});
  spec.push = PushSpec{.frame = 0, .id = 3, .impulse_Ns = {0, 0, 1.0}, .point = std::nullopt};
  const Simulation simulation = RunTrial(spec);
  EXPECT_EQ(simulation.outcome.num_frames, 152);
  EXPECT_EQ(simulation.outcome.ended_by, "cap");
}

TEST(Simulate, StartOverlapIsMeasuredAndCanReject) {
  TrialSpec spec = Base();
  spec.objects.push_back({.id = 3, .model = "cube", .role = "middle", .position = {.15, 0, 0}, .scale = {.2, .2, .2}});
  const Trial trial = MakeTrial(spec);
  EXPECT_NEAR(Simulate(trial, {}).outcome.start_overlap_m, .05, .003);
  SimulateOptions strict;
  strict.max_start_overlap_m = .02;
  const Simulation rejected = Simulate(trial, strict);
  EXPECT_EQ(rejected.reject_reason.substr(0, 13), "start overlap");
  EXPECT_TRUE(rejected.frames.empty());
}

TEST(Simulate, SameTrialSameStates) {
  TrialSpec spec = Base();
  spec.objects[1].position = {1, .5, 0};
  EXPECT_EQ(RunTrial(spec).state_sha256, RunTrial(spec).state_sha256);
}

}  // namespace
}  // namespace figment::physion
