#include "physion/trial.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/random.h"

namespace figment::physion {
namespace {

using base::Quat;
using base::Vec3;

// The reference is left-handed with y up; forward z becomes our y, up y our z, right stays right.
TEST(Frames, AxesOfTheReference) {
  EXPECT_EQ(FromReference(Vec3(1, 2, 3)), Vec3(1, 3, 2));
  EXPECT_EQ(ToReference(FromReference(Vec3(1, 2, 3))), Vec3(1, 2, 3));
}

// Rotating and converting commute: convert(q v) = convert(q) convert(v).
TEST(Frames, RotationsConvertWithTheVectorsTheyTurn) {
  base::Rng rng({1});
  for (int i = 0; i < 50; ++i) {
    const Quat q = Quat(rng.Normal(), rng.Normal(), rng.Normal(), rng.Normal()).normalized();
    const Vec3 v(rng.Normal(), rng.Normal(), rng.Normal());
    EXPECT_LT((FromReference(Vec3(q * v)) - FromReference(q) * FromReference(v)).norm(), 1e-12);
    EXPECT_LT(ToReference(FromReference(q)).angularDistance(q), 1e-7);
  }
}

// A yaw of 90 degrees in the left-handed frame turns forward (z) to the right (x).
TEST(Frames, UnityYawTurnsForwardToTheRight) {
  const Vec3 turned = QuatFromUnityEuler({0, 90, 0}) * Vec3(0, 0, 1);
  EXPECT_LT((turned - Vec3(1, 0, 0)).norm(), 1e-12);
}

TEST(Frames, UnityEulerRoundTrip) {
  base::Rng rng({2});
  for (int i = 0; i < 100; ++i) {
    const Vec3 degrees(rng.Uniform(-89, 89), rng.Uniform(0, 360), rng.Uniform(0, 360));
    const Quat q = QuatFromUnityEuler(degrees);
    EXPECT_LT(QuatFromUnityEuler(UnityEulerFromQuat(q)).angularDistance(q), 1e-6);
  }
  for (const double x : {90.0, -90.0}) {  // gimbal lock
    const Quat q = QuatFromUnityEuler({x, 30, 20});
    EXPECT_LT(QuatFromUnityEuler(UnityEulerFromQuat(q)).angularDistance(q), 1e-6);
  }
}

TrialSpec TwoCubes() {
  TrialSpec spec{.scenario = "collide", .config = "two_cubes", .index = 7, .trial_seed = 1007};
  spec.controller = "Collision";
  spec.room = "box";
  spec.zone_id = 1;
  spec.target_id = 2;
  spec.objects = {{.id = 1, .model = "cube", .role = "zone", .position = {1, 0, 0}, .scale = {1, .01, 1}, .kinematic = true},
                  {.id = 2, .model = "cube", .role = "target", .position = {0, 0, .5}, .rotation_deg = {0, 30, 0}}};
  spec.push = PushSpec{.frame = 3, .id = 2, .impulse_Ns = {4, 5, 6}, .point = Vec3(0, .5, .5)};
  return spec;
}

TEST(TrialSpec, JsonRoundTrip) {
  const auto json = ToJson(TwoCubes());
  EXPECT_EQ(json.at("stimulus"), "two_cubes_0007");
  EXPECT_EQ(ToJson(TrialSpecFromJson(nlohmann::json::parse(json.dump()))).dump(), json.dump());
}

TEST(TrialSpec, MissingFieldIsNamed) {
  auto json = nlohmann::json::parse(ToJson(TwoCubes()).dump());
  json.erase("room");
  try {
    TrialSpecFromJson(json);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_STREQ(error.what(), "trial field 'room' is missing");
  }
}

TEST(MakeTrial, ScaleAndPushGoOverToOurAxes) {
  const Trial trial = MakeTrial(TwoCubes());
  EXPECT_EQ(trial.scene.bodies[0].scale, Vec3(1, 1, .01));
  EXPECT_EQ(trial.scene.bodies[0].motion, envs::Motion::kFixed);
  EXPECT_EQ(trial.scene.bodies[1].X_WB.p, Vec3(0, .5, 0));
  EXPECT_EQ(trial.push->impulse_Ns, Vec3(4, 6, 5));
  EXPECT_EQ(*trial.push->point_W, Vec3(0, .5, .5));
  EXPECT_EQ(trial.scene.shapes.size(), 1u);  // both cubes share one shape
}

TEST(MakeTrial, ObjectIdsThatDoNotExistAreErrors) {
  TrialSpec spec = TwoCubes();
  spec.target_id = 9;
  EXPECT_THROW(MakeTrial(spec), base::Error);
}

}  // namespace
}  // namespace figment::physion
