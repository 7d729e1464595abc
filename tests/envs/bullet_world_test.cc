// Physics of the Bullet world against closed forms, and the scenes its shapes are made for.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <thread>

#include "envs/engines.h"
#include "envs/mass_properties.h"

namespace figment::envs {
namespace {

using base::Pose;
using base::Quat;
using base::Vec3;

constexpr double kG = 9.81;

struct Stage {
  Scene scene;
  WorldConfig config;

  // Adds a body and returns its index.
  int Add(const std::string& shape, const Vec3& scale, const Vec3& position, double mass_kg, Surface surface = {},
          Motion motion = Motion::kDynamic) {
    scene.shapes.push_back(MakePrimitive(shape));
    Body body;
    body.name = shape;
    body.shape = static_cast<int>(scene.shapes.size()) - 1;
    body.scale = scale;
    body.X_WB.p = position;
    body.mass_kg = mass_kg;
    body.surface = surface;
    body.motion = motion;
    scene.bodies.push_back(body);
    return static_cast<int>(scene.bodies.size()) - 1;
  }
  int AddFixed(const std::string& shape, const Vec3& scale, const Vec3& position, Surface surface = {}) {
    return Add(shape, scale, position, 1, surface, Motion::kFixed);
  }
  Body& body(int index) { return scene.bodies[static_cast<size_t>(index)]; }
  std::unique_ptr<World> Make() const { return MakeBulletWorld(scene, config); }
};

// No spin limit, no patch rule, no bounce threshold, no facets: plain Coulomb and Newton.
Stage Plain() {
  Stage stage;
  stage.config.max_spin_rad_s = 0;
  stage.config.patch_friction_factor = 1;
  stage.config.restitution_threshold_m_s = 0.05;
  stage.config.round_balls = true;
  return stage;
}

Surface Rough(double friction, double restitution = 0) { return {friction, friction, restitution}; }

void RunFor(World& world, double seconds) {
  const int steps = static_cast<int>(std::lround(seconds / world.config().timestep_s));
  for (int k = 0; k < steps; ++k) world.Step();
  ASSERT_EQ(world.Status(), WorldStatus::kOk) << world.StatusDetail();
}

const BodyState& StateOf(const World& world, int body) { return world.State().bodies[static_cast<size_t>(body)]; }

TEST(BulletWorld, FallsAsGravitySays) {
  Stage stage = Plain();
  const int ball = stage.Add("sphere", Vec3::Constant(0.2), Vec3(0, 0, 10), 1);
  auto world = stage.Make();
  RunFor(*world, 1);
  EXPECT_NEAR(StateOf(*world, ball).velocity_W.z(), -kG, 1e-9);
  // The engine moves with the velocity at the end of a step: half a step ahead of the parabola.
  EXPECT_NEAR(StateOf(*world, ball).X_WB.p.z(), 10 - kG / 2 - kG * 0.01 / 2, 1e-9);
  EXPECT_DOUBLE_EQ(world->State().time_s, 1.0);
}

class Bounce : public testing::TestWithParam<double> {};

TEST_P(Bounce, ReachesTheHeightOfItsCoefficient) {
  Stage stage = Plain();
  const double e = GetParam();
  stage.scene.ground.surface = Rough(0.5, e);
  const int ball = stage.Add("sphere", Vec3::Constant(0.2), Vec3(0, 0, 1), 1, Rough(0.5, e));
  auto world = stage.Make();
  bool bounced = false;
  double highest = 0;
  for (int k = 0; k < 150; ++k) {
    world->Step();
    bounced = bounced || StateOf(*world, ball).velocity_W.z() > 0;
    if (bounced) highest = std::max(highest, StateOf(*world, ball).X_WB.p.z());
    if (bounced && StateOf(*world, ball).velocity_W.z() < 0) break;
  }
  // One step of the fall is 4 cm: the bounce happens up to 2 cm beside the surface.
  EXPECT_NEAR(std::sqrt(highest), e, 0.05);
}

INSTANTIATE_TEST_SUITE_P(Coefficients, Bounce, testing::Values(0.3, 0.5, 0.8, 1.0));

TEST(BulletWorld, DoesNotBounceBelowTheThreshold) {
  Stage stage = Plain();
  stage.config.restitution_threshold_m_s = 2;
  stage.scene.ground.surface = Rough(0.5, 1);
  const int ball = stage.Add("sphere", Vec3::Constant(0.2), Vec3(0, 0, 0.15), 1, Rough(0.5, 1));  // lands at 1.7 m/s
  auto world = stage.Make();
  for (int k = 0; k < 100; ++k) {
    world->Step();
    EXPECT_LT(StateOf(*world, ball).velocity_W.z(), 0.1);
  }
}

// A box on a tilted fixed slab; pair friction is the average, both sides alike.
struct Incline {
  Stage stage = Plain();
  int box;
  Quat tilt;

  Incline(double friction, double degrees) {
    tilt = Quat(Eigen::AngleAxisd(degrees * std::numbers::pi / 180, Vec3::UnitY()));
    const int slab = stage.AddFixed("cube", Vec3(20, 4, 1), Vec3(0, 0, 10), Rough(friction));
    stage.body(slab).X_WB.q = tilt;
    box = stage.Add("cube", Vec3(0.4, 0.4, 0.2), Vec3::Zero(), 2, Rough(friction));
    stage.body(box).X_WB = {Vec3(0, 0, 10) + tilt * Vec3(-5, 0, 1), tilt};
  }
};

TEST(BulletWorld, SlidesDownAnInclineAsCoulombSays) {
  const double angle = 30, mu = 0.3, t = angle * std::numbers::pi / 180;
  Incline incline(mu, angle);
  auto world = incline.stage.Make();
  RunFor(*world, 1);
  const double along = StateOf(*world, incline.box).velocity_W.dot(incline.tilt * Vec3::UnitX());
  EXPECT_NEAR(along, kG * (std::sin(t) - mu * std::cos(t)), 0.02);
}

TEST(BulletWorld, StaysOnAnInclineBelowTheFrictionAngle) {
  Incline incline(0.7, 30);  // tan 30 = .577
  auto world = incline.stage.Make();
  const Vec3 start = StateOf(*world, incline.box).X_WB.p;
  RunFor(*world, 3);
  EXPECT_LT((StateOf(*world, incline.box).X_WB.p - start).norm(), 0.002);
}

TEST(BulletWorld, SlidesToTheDistanceOfItsFriction) {
  Stage stage = Plain();
  const double mu = 0.4, v = 3;
  stage.scene.ground.surface = Rough(mu);
  const int box = stage.Add("cube", Vec3(0.4, 0.4, 0.1), Vec3::Zero(), 2, Rough(mu));
  auto world = stage.Make();
  world->ApplyCentralImpulse(box, Vec3(2 * v, 0, 0));
  RunFor(*world, 2);
  // Symplectic Euler stops half a step of travel short.
  EXPECT_NEAR(StateOf(*world, box).X_WB.p.x(), v * v / (2 * mu * kG), 0.03);
  EXPECT_LT(StateOf(*world, box).velocity_W.norm(), 1e-3);
}

TEST(BulletWorld, PatchFrictionActsOnFacesOnly) {
  const auto stop = [](double factor) {
    Stage stage = Plain();
    stage.config.patch_friction_factor = factor;
    stage.scene.ground.surface = Rough(0.4);
    const int box = stage.Add("cube", Vec3(0.4, 0.4, 0.1), Vec3::Zero(), 2, Rough(0.4));
    auto world = stage.Make();
    world->ApplyCentralImpulse(box, Vec3(4, 0, 0));
    RunFor(*world, 2);
    return StateOf(*world, box).X_WB.p.x();
  };
  EXPECT_NEAR(stop(2) / stop(1), 0.5, 0.05);
}

TEST(BulletWorld, OffCentreImpulseGivesSpeedAndSpin) {
  for (const char* shape : {"cube", "dumbbell", "bowl"}) {
    Stage stage = Plain();
    const Vec3 scale(0.3, 0.5, 0.2);
    const int body = stage.Add(shape, scale, Vec3(1, 2, 5), 2.5);
    stage.body(body).X_WB.q = Quat(Eigen::AngleAxisd(0.7, Vec3(1, 2, 3).normalized()));
    stage.config.gravity_m_s2 = 0;
    auto world = stage.Make();
    const Vec3 impulse(3, -1, 2), point = CentreOfMass(stage.scene, world->State(), body) + Vec3(0.05, 0.1, -0.04);
    world->ApplyImpulse(body, impulse, point);
    world->Step();
    const MassProperties mass = Transform({Vec3::Zero(), stage.body(body).X_WB.q},
                                          MassPropertiesOf(stage.scene.shapes[0], scale, 2.5));
    const Vec3 spin = mass.inertia_F.ldlt().solve(Vec3(0.05, 0.1, -0.04).cross(impulse));
    EXPECT_LT((StateOf(*world, body).velocity_W - impulse / 2.5).norm(), 1e-9) << shape;
    // Free rotation already turns the spin a little within the step.
    EXPECT_LT((StateOf(*world, body).angular_velocity_W - spin).norm(), 0.06 * spin.norm()) << shape;
  }
}

TEST(BulletWorld, LimitsSpin) {
  Stage stage = Plain();
  stage.config.max_spin_rad_s = 7;
  const int ball = stage.Add("sphere", Vec3::Constant(0.2), Vec3(0, 0, 5), 1);
  auto world = stage.Make();
  world->ApplyImpulse(ball, Vec3(10, 0, 0), Vec3(0, 0, 5.2));
  world->Step();
  EXPECT_NEAR(StateOf(*world, ball).angular_velocity_W.norm(), 7, 1e-9);
  EXPECT_NEAR(StateOf(*world, ball).velocity_W.x(), 10, 1e-9);
}

TEST(BulletWorld, ContactCarriesTheWeight) {
  Stage stage = Plain();
  const int zone = stage.AddFixed("cube", Vec3(2, 2, 0.01), Vec3::Zero());
  const int box = stage.Add("cube", Vec3::Constant(0.3), Vec3(0, 0, 0.01), 2);
  auto world = stage.Make();
  RunFor(*world, 1);
  double impulse = 0;
  ASSERT_FALSE(world->Contacts().empty());
  for (const Contact& contact : world->Contacts()) {
    EXPECT_EQ(contact.body_a, box);
    EXPECT_EQ(contact.body_b, zone);
    EXPECT_NEAR(contact.normal_W.z(), 1, 1e-6);
    EXPECT_NEAR(contact.point_W.z(), 0.01, 0.001);
    EXPECT_LT(std::abs(contact.distance_m), 0.001);
    impulse += contact.impulse_Ns;
  }
  EXPECT_NEAR(impulse, 2 * kG * 0.01, 0.02 * 2 * kG * 0.01);
}

TEST(BulletWorld, EveryShapeComesToRestOnTheFloor) {
  for (const std::string& name : PrimitiveNames()) {
    Stage stage = Plain();
    stage.config.patch_friction_factor = 2;
    const int body = stage.Add(name, Vec3::Constant(0.4), Vec3(0, 0, 0.05), 1, Rough(0.6));
    stage.body(body).angular_damping = 0.05;
    auto world = stage.Make();
    RunFor(*world, 2);
    const double height = 0.4 * stage.scene.shapes[0].centre_of_mass.z();
    EXPECT_NEAR(CentreOfMass(stage.scene, world->State(), body).z(), height, 0.001) << name;
    EXPECT_LT(std::abs(StateOf(*world, body).velocity_W.z()), 0.005) << name;
  }
}

TEST(BulletWorld, SmallObjectsTouchWhereTheyAre) {
  for (const char* name : {"cube", "sphere", "cylinder", "cone", "pentagon"}) {
    Stage stage = Plain();
    stage.AddFixed("cylinder", Vec3(1, 1, 0.1), Vec3::Zero(), Rough(0.8));
    const int body = stage.Add(name, Vec3::Constant(0.05), Vec3(0, 0, 0.11), 0.1, Rough(0.8));
    auto world = stage.Make();
    RunFor(*world, 1);
    EXPECT_NEAR(StateOf(*world, body).X_WB.p.z(), 0.1, 0.001) << name;
  }
}

TEST(BulletWorld, ABallRestsInABowl) {
  Stage stage;
  stage.AddFixed("bowl", Vec3::Constant(1), Vec3::Zero(), Rough(0.5));
  const int ball = stage.Add("sphere", Vec3::Constant(0.2), Vec3(0, 0, 0.06), 1, Rough(0.5));
  auto world = stage.Make();
  RunFor(*world, 1);
  const Vec3 start = StateOf(*world, ball).X_WB * Vec3(0, 0, 0.1);
  EXPECT_NEAR(start.z(), 0.045 + 0.1, 0.003);  // facets lie up to 2 % of the radius inside, and some rocking
  RunFor(*world, 3);
  EXPECT_LT((StateOf(*world, ball).X_WB * Vec3(0, 0, 0.1) - start).norm(), 0.005);
}

TEST(BulletWorld, ABallRollsToAndFroInABowl) {
  Stage stage;
  stage.AddFixed("bowl", Vec3::Constant(1), Vec3::Zero(), Rough(0.5));
  const int ball = stage.Add("sphere", Vec3::Constant(0.2), Vec3(0.2, 0.05, 0.3), 1, Rough(0.5));
  auto world = stage.Make();
  for (int k = 0; k < 600; ++k) {
    world->Step();
    const Vec3 centre = StateOf(*world, ball).X_WB * Vec3(0, 0, 0.1);
    // Outside the inner wall only if it had passed through it; the floor of the bowl is at .045.
    EXPECT_GT(centre.z(), 0.045 + 0.1 - 0.003);  // facets lie up to 2 % of the radius inside
    EXPECT_LT(centre.head<2>().norm(), 0.3);
  }
}

// The flat foot of the hull: a round ball of the same kind rolls off.
TEST(BulletWorld, ABallStandsOnATower) {
  Stage stage;
  stage.Add("cube", Vec3(0.3, 0.3, 0.6), Vec3::Zero(), 2, Rough(0.5));
  const int ball = stage.Add("sphere", Vec3::Constant(0.3), Vec3(0.01, 0, 0.6), 1, Rough(0.5));
  auto world = stage.Make();
  RunFor(*world, 3);
  EXPECT_NEAR(StateOf(*world, ball).X_WB.p.z(), 0.6, 0.005);
  EXPECT_TRUE(StateOf(*world, ball).asleep);
}

TEST(BulletWorld, ARollingBallComesToRest) {
  Stage stage;
  stage.scene.ground.surface = Rough(0.6);
  const int ball = stage.Add("sphere", Vec3::Constant(0.4), Vec3::Zero(), 2, Rough(0.4));
  auto world = stage.Make();
  world->ApplyCentralImpulse(ball, Vec3(4, 0, 0));
  RunFor(*world, 1);
  EXPECT_GT(StateOf(*world, ball).X_WB.p.x(), 0.5);
  RunFor(*world, 9);
  EXPECT_TRUE(StateOf(*world, ball).asleep);
}

// The whole chain sleeps once it is calm for .4 s, stays put, and wakes when one of it is struck.
TEST(BulletWorld, TouchingBodiesSleepAndWakeTogether) {
  Stage stage;
  stage.scene.ground.surface = Rough(0.6);
  const int lower = stage.Add("cube", Vec3::Constant(0.3), Vec3::Zero(), 1, Rough(0.5));
  const int upper = stage.Add("cube", Vec3::Constant(0.3), Vec3(0.1, 0, 0.3), 1, Rough(0.5));
  const int apart = stage.Add("cube", Vec3::Constant(0.3), Vec3(2, 0, 0), 1, Rough(0.5));
  auto world = stage.Make();
  RunFor(*world, 0.39);
  EXPECT_FALSE(StateOf(*world, lower).asleep);
  RunFor(*world, 0.3);
  for (const int body : {lower, upper, apart}) EXPECT_TRUE(StateOf(*world, body).asleep);
  const Vec3 still = StateOf(*world, upper).X_WB.p;
  RunFor(*world, 1);
  EXPECT_EQ(StateOf(*world, upper).X_WB.p, still);
  world->ApplyCentralImpulse(lower, Vec3(0, 1, 0));
  world->Step();
  EXPECT_FALSE(StateOf(*world, lower).asleep);
  EXPECT_FALSE(StateOf(*world, upper).asleep);
  EXPECT_TRUE(StateOf(*world, apart).asleep);
}

// Two anchors with the whole normal force each: a box on its face slides off a slope of twice the friction angle's
// tangent. tan 35 = .70, so it holds for a friction of .4 (.8 together) and not for .3 (.6).
TEST(BulletWorld, AFaceHoldsTwiceWhatCoulombAllows) {
  for (const auto& [friction, holds] : {std::pair(0.4, true), std::pair(0.3, false)}) {
    Stage stage;
    const Quat slope(Eigen::AngleAxisd(35 * std::numbers::pi / 180, Vec3::UnitY()));
    const int plank = stage.AddFixed("cube", Vec3(4, 2, 0.1), Vec3(0, 0, 2), Rough(friction));
    stage.body(plank).X_WB.q = slope;
    const int box = stage.Add("cube", Vec3(0.4, 0.4, 0.1), Vec3(0, 0, 2) + slope * Vec3(0, 0, 0.1), 1, Rough(friction));
    stage.body(box).X_WB.q = slope;
    auto world = stage.Make();
    const Vec3 start = StateOf(*world, box).X_WB.p;
    RunFor(*world, 1);
    const double slid = (StateOf(*world, box).X_WB.p - start).norm();
    if (holds) EXPECT_LT(slid, 0.003) << friction;  // while it settles
    else EXPECT_GT(slid, 0.1) << friction;
  }
}

// A block carries a tower a hundred times as heavy: the iterations of PhysX alone let it sink through.
TEST(BulletWorld, HeavyBlocksDoNotSinkThroughALightOne) {
  Stage stage;
  stage.scene.ground.surface = Rough(0.6);
  double height = 0;
  for (const double mass : {0.04, 0.8, 1.2, 2.2, 1.0}) {
    stage.Add("cube", Vec3(0.3, 0.3, 0.2), Vec3(0, 0, height), mass, Rough(0.5));
    height += 0.2;
  }
  auto world = stage.Make();
  for (int k = 0; k < 100; ++k) {
    world->Step();
    for (const Contact& contact : world->Contacts()) ASSERT_GT(contact.distance_m, -0.01) << k;
  }
  EXPECT_NEAR(StateOf(*world, 4).X_WB.p.z(), 0.8, 0.01);
}

TEST(BulletWorld, ABowlStandsAndHoldsAtAnyScale) {
  Stage stage;
  const int bowl = stage.Add("bowl", Vec3::Constant(0.5), Vec3::Zero(), 2, Rough(0.5));
  const int ball = stage.Add("sphere", Vec3::Constant(0.12), Vec3(0.03, 0, 0.06), 0.3, Rough(0.5));
  auto world = stage.Make();
  RunFor(*world, 2);
  EXPECT_LT(StateOf(*world, bowl).X_WB.p.norm(), 0.01);
  EXPECT_LT(StateOf(*world, ball).X_WB.p.head<2>().norm(), 0.15);
  EXPECT_GT(StateOf(*world, ball).X_WB.p.z(), 0.015);
}

TEST(BulletWorld, ARingThreadsAPole) {
  Stage stage;
  stage.AddFixed("cylinder", Vec3(0.15, 0.15, 1), Vec3::Zero(), Rough(0.4));
  const int ring = stage.Add("torus", Vec3::Constant(0.5), Vec3(0.04, 0, 1.1), 1, Rough(0.4));
  auto world = stage.Make();
  RunFor(*world, 3);
  EXPECT_LT(StateOf(*world, ring).X_WB.p.z(), 0.06);
  EXPECT_LT(StateOf(*world, ring).X_WB.p.head<2>().norm(), 0.12);
}

TEST(BulletWorld, ABallFallsThroughAPipeAndARing) {
  for (const char* name : {"pipe", "torus"}) {
    Stage stage;
    stage.AddFixed(name, Vec3::Constant(1), Vec3(0, 0, 1), Rough(0.4));
    const int ball = stage.Add("sphere", Vec3::Constant(0.3), Vec3(0.05, 0, 2.1), 1, Rough(0.4));
    auto world = stage.Make();
    RunFor(*world, 2);
    EXPECT_LT(StateOf(*world, ball).X_WB.p.z(), 0.2) << name;
  }
}

TEST(BulletWorld, DominoesFallInAChain) {
  Stage stage;
  stage.scene.ground.surface = Rough(0.8);
  for (int k = 0; k < 6; ++k) stage.Add("cube", Vec3(0.1, 0.25, 0.5), Vec3(0.35 * k, 0, 0), 2, Rough(0.5));
  auto world = stage.Make();
  world->ApplyImpulse(0, Vec3(3, 0, 0), Vec3(-0.05, 0, 0.4));
  RunFor(*world, 3);
  for (int k = 0; k < 6; ++k) EXPECT_GT((StateOf(*world, k).X_WB.q * Vec3::UnitZ()).x(), 0.7) << k;
}

TEST(BulletWorld, ATowerStands) {
  Stage stage;
  for (int k = 0; k < 5; ++k) stage.Add("cube", Vec3::Constant(0.4), Vec3(0.01 * k, 0, 0.4 * k), 1, Rough(0.5));
  auto world = stage.Make();
  RunFor(*world, 5);
  for (int k = 0; k < 5; ++k) {
    EXPECT_LT((StateOf(*world, k).X_WB.p - stage.body(k).X_WB.p).norm(), 0.005) << k;
    EXPECT_LT(StateOf(*world, k).velocity_W.norm(), 0.005) << k;
  }
}

TEST(BulletWorld, AFastBallDoesNotPassThroughAThinPlate) {
  for (const double size : {0.05, 0.1, 0.3})
    for (const double speed : {3.0, 20.0, 60.0}) {
      Stage stage;
      const int plate = stage.AddFixed("cube", Vec3(2, 2, 0.01), Vec3(0, 0, 2));
      const int ball = stage.Add("sphere", Vec3::Constant(size), Vec3(0, 0, 3), 1);
      auto world = stage.Make();
      world->ApplyCentralImpulse(ball, Vec3(0, 0, -speed));
      bool touched = false;
      for (int k = 0; k < 100; ++k) {
        world->Step();
        for (const Contact& contact : world->Contacts()) touched = touched || contact.body_b == plate;
      }
      EXPECT_TRUE(touched) << size << " m at " << speed << " m/s";
      EXPECT_GT(StateOf(*world, ball).X_WB.p.z(), 2.0) << size << " m at " << speed << " m/s";
    }
}

TEST(BulletWorld, AFixedJointHolds) {
  Stage stage;
  const int base = stage.Add("cube", Vec3(0.6, 0.6, 0.2), Vec3::Zero(), 3, Rough(0.5));
  const int pole = stage.Add("cylinder", Vec3(0.15, 0.15, 1), Vec3(0, 0, 0.2), 1, Rough(0.9));
  stage.scene.joints = {{pole, base}};
  stage.config.max_spin_rad_s = 0;
  auto world = stage.Make();
  const Vec3 push(20, 3, 0);
  world->ApplyImpulse(pole, push, Vec3(0, 0, 1.1));
  RunFor(*world, 1);
  const Pose relative = StateOf(*world, base).X_WB.Inverse() * StateOf(*world, pole).X_WB;
  EXPECT_LT((relative.p - Vec3(0, 0, 0.2)).norm(), 1e-9);
  EXPECT_GT((StateOf(*world, pole).X_WB.q * Vec3::UnitZ()).head<2>().norm(), 0.3);
  for (const Contact& contact : world->Contacts()) EXPECT_LT(contact.body_b, 0);
  EXPECT_EQ(world->StartOverlap(), 0);
}

// PhysX moves bodies apart by four fifths of their overlap a step, at no more than 10 m/s, and its one velocity
// iteration lets them keep a part of that.
TEST(BulletWorld, StartOverlapIsMeasuredAndParted) {
  Stage stage;
  stage.scene.ground.surface = Rough(0.8);
  stage.Add("cube", Vec3::Constant(0.5), Vec3::Zero(), 2, Rough(0.4));
  const int inside = stage.Add("cube", Vec3::Constant(0.5), Vec3(0, 0, 0.3), 2, Rough(0.4));
  auto world = stage.Make();
  EXPECT_NEAR(world->StartOverlap(), 0.2, 1e-6);
  double fastest = 0;
  for (int k = 0; k < 200; ++k) {
    world->Step();
    fastest = std::max(fastest, StateOf(*world, inside).velocity_W.norm());
  }
  EXPECT_LT(fastest, 10.0);
  for (const Contact& contact : world->Contacts()) EXPECT_GT(contact.distance_m, -0.001);
}

TEST(BulletWorld, ReportsABodyThatLeaves) {
  Stage stage;
  const int ball = stage.Add("sphere", Vec3::Constant(0.2), Vec3(0, 0, 1), 1);
  stage.config.bound_m = 50;
  auto world = stage.Make();
  world->ApplyCentralImpulse(ball, Vec3(100, 0, 100));
  for (int k = 0; k < 100; ++k) world->Step();
  EXPECT_EQ(world->Status(), WorldStatus::kOutOfBounds);
  EXPECT_NE(world->StatusDetail().find("body 0 'sphere'"), std::string::npos);
}

// A heap of every shape.
Stage Heap() {
  Stage stage;
  int k = 0;
  for (const std::string& name : PrimitiveNames()) {
    const int body = stage.Add(name, Vec3::Constant(0.3), Vec3(0.05 * (k % 3), 0.04 * (k % 4), 0.1 + 0.3 * k), 1,
                               Rough(0.1 * (k % 7), 0.1 * (k % 5)));
    stage.body(body).X_WB.q = Quat(Eigen::AngleAxisd(0.3 * k, Vec3(1, k, 2).normalized()));
    ++k;
  }
  stage.scene.joints = {{3, 2}};
  return stage;
}

std::vector<double> Numbers(const World& world) {
  std::vector<double> numbers;
  for (const BodyState& body : world.State().bodies)
    for (double value : {body.X_WB.p.x(), body.X_WB.p.y(), body.X_WB.p.z(), body.X_WB.q.w(), body.X_WB.q.x(),
                         body.velocity_W.x(), body.angular_velocity_W.z()})
      numbers.push_back(value);
  for (const Contact& contact : world.Contacts()) numbers.push_back(contact.impulse_Ns);
  return numbers;
}

std::vector<double> RunHeap() {
  auto world = Heap().Make();
  for (int k = 0; k < 150; ++k) world->Step();
  return Numbers(*world);
}

TEST(BulletWorld, IsTheSameOnAnyThread) {
  const std::vector<double> expected = RunHeap();
  std::vector<std::vector<double>> results(4);
  std::vector<std::thread> threads;
  for (auto& result : results) threads.emplace_back([&result] { result = RunHeap(); });
  for (auto& thread : threads) thread.join();
  for (const auto& result : results) EXPECT_EQ(result, expected);
}

TEST(BulletWorld, StartOverlapLeavesNoTrace) {
  auto world = Heap().Make();
  world->StartOverlap();
  for (int k = 0; k < 150; ++k) world->Step();
  EXPECT_EQ(Numbers(*world), RunHeap());
}

TEST(BulletWorld, TwoRestoresContinueEqually) {
  auto world = Heap().Make();
  for (int k = 0; k < 80; ++k) world->Step();
  const auto saved = world->Save();
  const auto at_save = Numbers(*world);
  std::vector<std::vector<double>> results;
  for (int run = 0; run < 2; ++run) {
    auto other = Heap().Make();
    for (int k = 0; k < 30 * run; ++k) other->Step();
    other->Restore(saved);
    EXPECT_EQ(Numbers(*other), at_save);
    for (int k = 0; k < 80; ++k) other->Step();
    results.push_back(Numbers(*other));
  }
  EXPECT_EQ(results[0], results[1]);
}

TEST(BulletWorld, ContactsAreSortedByPair) {
  auto world = Heap().Make();
  for (int k = 0; k < 150; ++k) {
    world->Step();
    const auto contacts = world->Contacts();
    for (const Contact& contact : contacts) EXPECT_GT(contact.body_a, contact.body_b);
    EXPECT_TRUE(std::is_sorted(contacts.begin(), contacts.end(), [](const Contact& a, const Contact& b) {
      return std::pair(a.body_a, a.body_b) < std::pair(b.body_a, b.body_b);
    }));
  }
}

}  // namespace
}  // namespace figment::envs
