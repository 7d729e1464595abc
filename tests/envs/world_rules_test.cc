// What else every World promises: joints, equal runs, saves, a status.
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/envs/world_stage.h"

namespace figment::envs {
namespace {

class WorldRules : public OnEachEngine {};
INSTANTIATE_TEST_SUITE_P(Engines, WorldRules, EachEngine(), EngineName);

TEST_P(WorldRules, JointHoldsBodiesRigidly) {
  Stage stage(GetParam(), 0.5, 0.3);
  const Quat q = About(Vec3(1, 1, 0).normalized(), 0.7);
  const Pose X_WA{Vec3(0, 0, 1.5), q}, X_AB{Vec3(0, 0, 0.4), About(Vec3::UnitZ(), 0.3)};
  const int a = stage.Add("cube", Vec3(0.3, 0.3, 0.4), X_WA, 2);
  const int b = stage.Add("cylinder", Vec3(0.1, 0.1, 0.8), X_WA * X_AB, 0.5);
  stage.scene.joints.push_back({a, b});
  auto world = stage.Make();
  world->ApplyImpulse(b, Vec3(0.5, 0.3, 0), BodyOf(*world, b).X_WB * Vec3(0, 0, 0.8));
  for (int i = 0; i < 300; ++i) {
    world->Step();
    const Pose now = BodyOf(*world, a).X_WB.Inverse() * BodyOf(*world, b).X_WB;
    // A millimetre and half a degree: what an iterative joint may give way.
    ASSERT_LT((now.p - X_AB.p).norm(), 1e-3);
    ASSERT_LT(now.q.angularDistance(X_AB.q), 0.01);
  }
  ASSERT_EQ(world->Status(), WorldStatus::kOk);
  EXPECT_LT(std::min(LowestPoint(*world, a), LowestPoint(*world, b)), 0.005);
}

TEST_P(WorldRules, JointToAFixedBodyHolds) {
  Stage stage(GetParam(), 0.5);
  const int base = stage.AddFixed("cube", Vec3(0.3, 0.3, 0.3), Pose{});
  const int arm = stage.Add("cube", Vec3(0.6, 0.1, 0.1), Vec3(0.4, 0, 0.3), 1);
  stage.scene.joints.push_back({base, arm});
  auto world = stage.Make();
  world->ApplyCentralImpulse(arm, Vec3(0, 1, 0));
  Advance(*world, 1.0);
  EXPECT_LT((BodyOf(*world, arm).X_WB.p - Vec3(0.4, 0, 0.3)).norm(), 2e-3);
}

TEST_P(WorldRules, BodiesThatDoNotCollidePassThrough) {
  Stage stage(GetParam(), 0.5);
  stage.Add("cube", Vec3(0.3, 0.3, 0.3), Vec3(0, 0, 0.1));
  stage.scene.bodies[0].collides = false;
  auto world = stage.Make();
  Advance(*world, 1.0);
  EXPECT_LT(BodyOf(*world).X_WB.p.z(), -4);
  EXPECT_TRUE(world->Contacts().empty());
}

// Things of all kinds that fall on each other.
Stage Pile(Engine engine) {
  Stage stage(engine, 0.5, 0.3);
  stage.config.patch_friction_factor = 2;
  stage.config.restitution_threshold_m_s = 0.5;
  const std::vector<std::string> shapes = {"cube", "sphere", "cylinder", "bowl", "pentagon", "torus", "cone", "pipe"};
  for (int i = 0; i < static_cast<int>(shapes.size()); ++i) {
    const Vec3 position(0.05 * (i % 3), 0.04 * (i % 2), 0.3 + 0.4 * i);
    stage.Add(shapes[static_cast<size_t>(i)], Vec3(0.3, 0.3, 0.3),
              Pose{position, About(Vec3(1, 0.5, 0.2).normalized(), 0.4 * i)});
  }
  return stage;
}

std::string RunPile(const Stage& stage, int steps) {
  auto world = stage.Make();
  world->ApplyImpulse(0, Vec3(0.2, 0.1, 0), Vec3(0, 0, 0.5));
  for (int i = 0; i < steps; ++i) world->Step();
  EXPECT_EQ(world->Status(), WorldStatus::kOk) << world->StatusDetail();
  return HashOf(world->State());
}

TEST_P(WorldRules, SameStatesEveryRunAndOnEveryThread) {
  const Stage stage = Pile(GetParam());
  const std::string expected = RunPile(stage, 150);
  EXPECT_EQ(RunPile(stage, 150), expected);
  std::vector<std::string> hashes(4);
  std::vector<std::thread> threads;
  for (std::string& hash : hashes) threads.emplace_back([&] { hash = RunPile(stage, 150); });
  for (std::thread& thread : threads) thread.join();
  for (const std::string& hash : hashes) EXPECT_EQ(hash, expected);
}

TEST_P(WorldRules, PilesStayOnTheFloor) {
  const Stage stage = Pile(GetParam());
  auto world = stage.Make();
  Advance(*world, 4.0);
  for (int body = 0; body < static_cast<int>(stage.scene.bodies.size()); ++body)
    EXPECT_GT(LowestPoint(*world, body), -0.005) << stage.scene.bodies[static_cast<size_t>(body)].name;
}

TEST_P(WorldRules, TwoRestoresOfOneSaveContinueEqually) {
  const Stage stage = Pile(GetParam());
  auto world = stage.Make();
  for (int i = 0; i < 60; ++i) world->Step();
  world->ApplyCentralImpulse(1, Vec3(0.5, 0, 0.2));  // a pending impulse is part of the save
  const std::vector<std::byte> saved = world->Save();
  const double time = world->State().time_s;
  for (int i = 0; i < 60; ++i) world->Step();
  const std::string exact = HashOf(world->State());

  std::vector<std::string> hashes;
  auto other = stage.Make();
  for (World* restored : {world.get(), other.get()}) {
    restored->Restore(saved);
    EXPECT_EQ(restored->State().time_s, time);
    for (int i = 0; i < 60; ++i) restored->Step();
    hashes.push_back(HashOf(restored->State()));
  }
  EXPECT_EQ(hashes[0], hashes[1]);
  if (GetParam() == Engine::kMujoco) {
    EXPECT_EQ(hashes[0], exact) << "MuJoCo continues bit-identically";
  }
}

TEST_P(WorldRules, StatusStopsABrokenRun) {
  Stage stage(GetParam(), 0.5);
  stage.config.bound_m = 5;
  stage.config.max_speed_m_s = 100;
  stage.Add("cube", Vec3(0.2, 0.2, 0.2), Vec3(0, 0, 1));
  const auto status_after = [&](const Vec3& impulse) {
    auto world = stage.Make();
    world->ApplyCentralImpulse(0, impulse);
    for (int i = 0; i < 50; ++i) world->Step();
    const double time = world->State().time_s;
    world->Step();
    if (world->Status() != WorldStatus::kOk) {
      EXPECT_EQ(world->State().time_s, time) << "a stopped world stays";
      EXPECT_FALSE(world->StatusDetail().empty());
    }
    return world->Status();
  };
  EXPECT_EQ(status_after(Vec3(1, 0, 0)), WorldStatus::kOk);
  EXPECT_EQ(status_after(Vec3(20, 0, 0)), WorldStatus::kOutOfBounds);
  EXPECT_EQ(status_after(Vec3(200, 0, 0)), WorldStatus::kTooFast);
  EXPECT_EQ(status_after(Vec3(std::nan(""), 0, 0)), WorldStatus::kNotFinite);
}

}  // namespace
}  // namespace figment::envs
