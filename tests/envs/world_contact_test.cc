// What bodies do to each other in every World: contacts, overlaps, heaps, concave shapes.
#include <gtest/gtest.h>

#include <utility>

#include "tests/envs/world_stage.h"

namespace figment::envs {
namespace {

class WorldContact : public OnEachEngine {};
INSTANTIATE_TEST_SUITE_P(Engines, WorldContact, EachEngine(), EngineName);

TEST_P(WorldContact, ContactsTellPairNormalAndWeight) {
  Stage stage(GetParam(), 0.5);
  const int lower = stage.Add("cube", Vec3(1, 1, 0.5), Vec3(0, 0, 0), 3);
  const int upper = stage.Add("cube", Vec3(0.5, 0.5, 0.5), Vec3(0.1, 0, 0.5), 2);
  auto world = stage.Make();
  Advance(*world, 1.0);
  double on_floor = 0, on_lower = 0;
  std::pair last(-10, -10);
  ASSERT_FALSE(world->Contacts().empty());
  for (const Contact& contact : world->Contacts()) {
    EXPECT_GT(contact.body_a, contact.body_b);
    EXPECT_LE(last, std::pair(contact.body_a, contact.body_b)) << "sorted by pair";
    last = {contact.body_a, contact.body_b};
    EXPECT_NEAR(contact.normal_W.z(), 1, 1e-3) << "from b to a";
    EXPECT_LT(std::abs(contact.distance_m), 0.005);
    if (contact.body_a == lower && contact.body_b == kGroundId) {
      on_floor += contact.impulse_Ns;
      EXPECT_NEAR(contact.point_W.z(), 0, 0.005);
      EXPECT_LT(contact.point_W.cwiseAbs().maxCoeff(), 0.505);
    } else {
      EXPECT_EQ(contact.body_a, upper);
      EXPECT_EQ(contact.body_b, lower);
      on_lower += contact.impulse_Ns;
      EXPECT_NEAR(contact.point_W.z(), 0.5, 0.005);
    }
  }
  // At rest the impulses of a step carry the weight: m g dt. 2 %: an iterative solver stops early.
  const double dt = stage.config.timestep_s;
  EXPECT_NEAR(on_floor, 5 * kGravity * dt, 0.02 * 5 * kGravity * dt);
  EXPECT_NEAR(on_lower, 2 * kGravity * dt, 0.02 * 2 * kGravity * dt);
}

TEST_P(WorldContact, FixtureContactsHaveTheirId) {
  Stage stage(GetParam(), 0.5);
  Fixture wall;
  wall.X_WF.p = Vec3(1, 0, 1);
  wall.half_size = Vec3(0.1, 3, 1);
  wall.collides = true;
  stage.scene.fixtures = {wall};
  stage.Add("cube", Vec3(0.4, 0.4, 0.4), Vec3(0, 0, 0.5));
  auto world = stage.Make();
  world->ApplyCentralImpulse(0, Vec3(5, 0, 0));
  bool hit = false;
  for (int i = 0; i < 60; ++i) {
    world->Step();
    for (const Contact& contact : world->Contacts())
      if (contact.body_b == kFixtureId) {
        hit = true;
        EXPECT_LT(contact.normal_W.x(), -0.9) << "from the wall to the body";
      }
    EXPECT_LT(BodyOf(*world).X_WB.p.x(), 0.9 - 0.2 + 0.05);
  }
  EXPECT_TRUE(hit);
}

TEST_P(WorldContact, StartOverlapIsTheDeepestPenetration) {
  Stage stage(GetParam(), 0.5);
  stage.Add("cube", Vec3(1, 1, 1), Vec3(0, 0, 0));
  stage.Add("cube", Vec3(1, 1, 1), Vec3(0.9, 0.2, 0));
  stage.Add("sphere", Vec3(1, 1, 1), Vec3(0, 3, -0.3));  // into the floor, which does not count
  EXPECT_NEAR(stage.Make()->StartOverlap(), 0.1, 0.002);
  stage.scene.bodies[1].X_WB.p.x() = 1.05;
  EXPECT_EQ(stage.Make()->StartOverlap(), 0);
}

TEST_P(WorldContact, StartOverlapDoesNotChangeTheRun) {
  Stage stage(GetParam(), 0.5);
  stage.Add("cube", Vec3(0.3, 0.3, 0.3), Pose{Vec3(0, 0, 0.5), About(Vec3(1, 2, 0).normalized(), 0.5)});
  auto plain = stage.Make(), asked = stage.Make();
  asked->StartOverlap();
  Advance(*plain, 1.0);
  Advance(*asked, 1.0);
  EXPECT_EQ(HashOf(plain->State()), HashOf(asked->State()));
}

TEST_P(WorldContact, DeepOverlapsPartWithoutExplosion) {
  for (const char* shape : {"cube", "sphere", "pentagon", "bowl"}) {
    SCOPED_TRACE(shape);
    Stage stage(GetParam(), 0.4);
    stage.Add("cube", Vec3(0.8, 0.8, 0.8), Vec3(0, 0, 0), 2);
    stage.Add(shape, Vec3(0.8, 0.8, 0.8), Vec3(0.05, 0.02, 0.4), 1);
    auto world = stage.Make();
    EXPECT_GT(world->StartOverlap(), 0.2);
    double fastest = 0;
    for (int i = 0; i < 300; ++i) {
      world->Step();
      fastest = std::max(fastest, BodyOf(*world, 1).velocity_W.norm());
    }
    ASSERT_EQ(world->Status(), WorldStatus::kOk) << world->StatusDetail();
    // Bodies are moved apart at no more than 10 m/s, and keep part of that where contacts share it.
    EXPECT_LT(fastest, 10);
    EXPECT_GT(LowestPoint(*world, 1), -0.005);
  }
}

TEST_P(WorldContact, StackStands) {
  Stage stage(GetParam(), 0.5);
  stage.config.patch_friction_factor = 2;
  for (int i = 0; i < 5; ++i) stage.Add(i % 2 ? "cylinder" : "cube", Vec3(0.4, 0.4, 0.3), Vec3(0, 0, 0.3 * i), 1);
  auto world = stage.Make();
  Advance(*world, 5.0);
  for (int i = 0; i < 5; ++i) {
    EXPECT_NEAR(BodyOf(*world, i).X_WB.p.z(), 0.3 * i, 0.005);
    // An iterative solver lets the top of a tower creep by millimetres a second.
    EXPECT_LT(BodyOf(*world, i).X_WB.p.head<2>().norm(), 0.05);
  }
}

TEST_P(WorldContact, DominoesFallInTurn) {
  Stage stage(GetParam(), 0.5);
  stage.config.patch_friction_factor = 2;
  for (int i = 0; i < 6; ++i) stage.Add("cube", Vec3(0.1, 0.25, 0.5), Vec3(0.35 * i, 0, 0), 2);
  auto world = stage.Make();
  Advance(*world, 0.5);
  EXPECT_LT(std::abs(BodyOf(*world, 0).X_WB.p.x()), 0.001) << "stands before the push";
  world->ApplyImpulse(0, Vec3(3, 0, 0), Vec3(0, 0, 0.4));
  Advance(*world, 4.0);
  for (int i = 0; i < 6; ++i)
    EXPECT_LT((BodyOf(*world, i).X_WB.q * Vec3::UnitZ()).z(), 0.6) << "domino " << i << " fell";
}

TEST_P(WorldContact, EveryPrimitiveComesToRestOnTheFloor) {
  for (const std::string& shape : PrimitiveNames()) {
    SCOPED_TRACE(shape);
    Stage stage(GetParam(), 0.8);
    stage.config.patch_friction_factor = 2;
    // The dumbbell lies, for it would stand on one of its balls.
    const Quat lying = About(Vec3::UnitY(), shape == "dumbbell" ? kPi / 2 : 0);
    stage.Add(shape, Vec3(0.5, 0.5, 0.5), Pose{Vec3(0, 0, shape == "dumbbell" ? 0.3 : 0.1), lying});
    stage.scene.bodies[0].angular_damping = 5;  // stops what rolls
    auto world = stage.Make();
    for (int i = 0; i < 500; ++i) {
      world->Step();
      ASSERT_GT(LowestPoint(*world, 0), -0.005) << "at " << world->State().time_s << " s";
    }
    ASSERT_EQ(world->Status(), WorldStatus::kOk);
    EXPECT_LT(LowestPoint(*world, 0), 0.005);
    // Far below the .14 m/s at which a trial counts as asleep (kinetic energy .01 J/kg): many-faced bodies rock a
    // little.
    EXPECT_LT(BodyOf(*world).velocity_W.norm(), 0.05);
  }
}

TEST_P(WorldContact, TumblingPrimitivesStayAboveTheFloorAndLoseEnergy) {
  for (const std::string& shape : PrimitiveNames()) {
    SCOPED_TRACE(shape);
    Stage stage(GetParam(), 0.5);
    stage.config.patch_friction_factor = 2;
    stage.Add(shape, Vec3(0.5, 0.4, 0.6), Pose{Vec3(0, 0, 0.5), About(Vec3(1, 2, 0.3).normalized(), 0.6)});
    auto world = stage.Make();
    world->ApplyCentralImpulse(0, Vec3(1, 0.3, 0));
    const auto energy = [&] {
      const double height = CentreOfMass(world->scene(), world->State(), 0).z();
      return BodyOf(*world).velocity_W.squaredNorm() / 2 + kGravity * height;
    };
    const double start = energy() + (1 + 0.09) / 2;
    for (int i = 0; i < 400; ++i) {
      world->Step();
      // A corner that lands at up to 3 m/s may sink by that much times the step before the engine sees it.
      ASSERT_GT(LowestPoint(*world, 0), -0.03) << "at " << world->State().time_s << " s";
      ASSERT_LT(energy(), start + 0.05) << "at " << world->State().time_s << " s";
    }
    EXPECT_GT(LowestPoint(*world, 0), -0.005);
  }
}

TEST_P(WorldContact, BallRestsInBowl) {
  for (const Motion motion : {Motion::kFixed, Motion::kDynamic}) {
    Stage stage(GetParam(), 0.5);
    stage.Add("bowl", Vec3(1, 1, 1), Vec3(0, 0, 0), 3);
    stage.scene.bodies[0].motion = motion;
    stage.Add("sphere", Vec3(0.2, 0.2, 0.2), Vec3(0.2, 0.1, 0.4), 0.5);
    stage.scene.bodies[1].angular_damping = 2;  // stops it from rolling round and round
    auto world = stage.Make();
    Advance(*world, 8.0);
    const Vec3 ball = BodyOf(*world, 1).X_WB * Vec3(0, 0, 0.1);
    EXPECT_LT(ball.head<2>().norm() - BodyOf(*world, 0).X_WB.p.head<2>().norm(), 0.2);
    EXPECT_GT(ball.z(), 0.1) << "above the floor of the bowl";
    EXPECT_LT(ball.z(), 0.3) << "below its rim";
    EXPECT_LT(BodyOf(*world, 1).velocity_W.norm(), 0.05);
    bool held = false;
    for (const Contact& contact : world->Contacts()) {
      EXPECT_FALSE(contact.body_a == 1 && contact.body_b == kGroundId);
      held = held || (contact.body_a == 1 && contact.body_b == 0);
    }
    EXPECT_TRUE(held);
  }
}

TEST_P(WorldContact, RingThreadsPole) {
  Stage stage(GetParam(), 0.3);
  stage.AddFixed("cylinder", Vec3(0.2, 0.2, 1), Pose{});
  // Hole of radius .375 (TDW's torus: 1.25 across, .25 thick) around a pole of .1: up to .275 off the middle.
  stage.Add("torus", Vec3(1, 1, 1), Vec3(0.2, 0, 1.1), 1);
  auto world = stage.Make();
  Advance(*world, 3.0);
  EXPECT_NEAR(BodyOf(*world, 1).X_WB.p.z(), 0, 0.005);
  EXPECT_LT(BodyOf(*world, 1).X_WB.p.head<2>().norm(), 0.29);
  world->ApplyCentralImpulse(1, Vec3(4, 0, 0));
  Advance(*world, 2.0);
  EXPECT_LT(BodyOf(*world, 1).X_WB.p.head<2>().norm(), 0.29) << "the pole holds the ring";
}

}  // namespace
}  // namespace figment::envs
