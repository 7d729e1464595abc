// What only the MuJoCo world promises; the rest is in world_motion_test.cc and its neighbours.
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "envs/engines.h"

namespace figment::envs {
namespace {

using base::Pose;
using base::Quat;
using base::Vec3;

struct Setting {
  Scene scene;
  WorldConfig config;

  Setting() { config.engine = Engine::kMujoco; }
  void Add(const std::string& shape, const Vec3& scale, const Pose& X_WB, double friction) {
    scene.shapes.push_back(MakePrimitive(shape));
    Body body;
    body.name = shape;
    body.shape = static_cast<int>(scene.shapes.size()) - 1;
    body.scale = scale;
    body.X_WB = X_WB;
    body.surface.friction = friction;
    scene.bodies.push_back(body);
  }
};

TEST(MujocoWorld, RefusesClothAndNamesTheOtherEngine) {
  Setting setting;
  setting.scene.cloths.push_back({.name = "sheet"});
  try {
    MakeWorld(setting.scene, setting.config);
    FAIL() << "cloth was accepted";
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find("'sheet'"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("bullet"), std::string::npos);
  }
}

TEST(MujocoWorld, RestsExactlyOnTheFloor) {
  // Sinking is bounded by the overlap that contacts keep (.1 mm) for exact and for mesh geometry.
  for (const char* shape : {"cube", "cylinder", "pentagon", "pyramid", "bowl"}) {
    Setting setting;
    setting.Add(shape, Vec3(0.5, 0.5, 0.5), Pose{}, 0.5);
    auto world = MakeWorld(setting.scene, setting.config);
    for (int i = 0; i < 300; ++i) world->Step();
    EXPECT_NEAR(world->State().bodies[0].X_WB.p.z(), 0, 2e-4) << shape;
    EXPECT_LT(world->State().bodies[0].X_WB.p.head<2>().norm(), 1e-5) << shape;
  }
}

TEST(MujocoWorld, SlidesWithoutLiftingOff) {
  // MuJoCo's convex friction alone would lift a fast slider; the slip correction keeps it down.
  Setting setting;
  setting.config.patch_friction_factor = 1;
  setting.scene.ground.surface.friction = 0.8;
  setting.Add("pentagon", Vec3(1, 1, 0.2), Pose{}, 0.8);
  auto world = MakeWorld(setting.scene, setting.config);
  world->ApplyCentralImpulse(0, Vec3(5, 0, 0));
  double highest = 0;
  for (int i = 0; i < 60; ++i) {
    world->Step();
    highest = std::max(highest, world->State().bodies[0].X_WB.p.z());
  }
  EXPECT_LT(highest, 1e-4);
  // mu g t = 4.7 m/s of the 5 are gone.
  EXPECT_NEAR(world->State().bodies[0].velocity_W.x(), 5 - 0.8 * 9.81 * 0.6, 0.01);
}

TEST(MujocoWorld, FastBodiesDoNotPassThroughThinOnes) {
  // A cube at 15 m/s against a domino .1 m thick that stands fast.
  Setting setting;
  setting.Add("cube", Vec3(0.1, 2, 2), Pose{Vec3(1, 0, 0), Quat::Identity()}, 0.5);
  setting.scene.bodies[0].motion = Motion::kFixed;
  setting.Add("cube", Vec3(0.2, 0.2, 0.2), Pose{Vec3(0, 0, 0.5), Quat::Identity()}, 0.5);
  setting.Add("sphere", Vec3(0.2, 0.2, 0.2), Pose{Vec3(0, 0.5, 0.5), Quat::Identity()}, 0.5);
  auto world = MakeWorld(setting.scene, setting.config);
  world->ApplyCentralImpulse(1, Vec3(15, 0, 0));
  world->ApplyCentralImpulse(2, Vec3(15, 0, 0));
  for (int i = 0; i < 50; ++i) world->Step();
  EXPECT_LT(world->State().bodies[1].X_WB.p.x(), 0.95);
  EXPECT_LT(world->State().bodies[2].X_WB.p.x(), 0.95);
}

TEST(MujocoWorld, LongThinRodsAreAccepted) {
  // The ledge of roll: a ball stretched to .05 x .05 x 100 m, lying.
  Setting setting;
  const Quat lying(Eigen::AngleAxisd(-M_PI / 2, Vec3::UnitY()));
  setting.Add("sphere", Vec3(0.05, 0.05, 100), Pose{Vec3(50, 0, 0.025), lying}, 0.5);
  setting.scene.bodies[0].motion = Motion::kFixed;
  setting.Add("sphere", Vec3(0.4, 0.4, 0.4), Pose{Vec3(0, 0.02, 0.2), Quat::Identity()}, 0.5);
  auto world = MakeWorld(setting.scene, setting.config);
  for (int i = 0; i < 100; ++i) world->Step();
  EXPECT_EQ(world->Status(), WorldStatus::kOk) << world->StatusDetail();
}

TEST(MujocoWorld, SubstepsRefineWithoutChangingTheOutcome) {
  double stop[2];
  for (const int substeps : {1, 5}) {
    Setting setting;
    setting.config.substeps = substeps;
    setting.config.patch_friction_factor = 1;
    setting.scene.ground.surface.friction = 0.4;
    setting.Add("cube", Vec3(0.5, 0.5, 0.2), Pose{}, 0.4);
    auto world = MakeWorld(setting.scene, setting.config);
    world->ApplyCentralImpulse(0, Vec3(2, 0, 0));
    for (int i = 0; i < 150; ++i) world->Step();
    stop[substeps == 5] = world->State().bodies[0].X_WB.p.x();
  }
  // Semi-implicit Euler errs by v h / 2 = 2.5 mm.
  EXPECT_NEAR(stop[0], stop[1], 0.003);
  EXPECT_NEAR(stop[1], 4 / (2 * 0.4 * 9.81), 0.003);
}

}  // namespace
}  // namespace figment::envs
