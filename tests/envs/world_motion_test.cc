// How bodies fly, bounce, slide, roll and spin in every World, against closed forms.
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "tests/envs/world_stage.h"

namespace figment::envs {
namespace {

class WorldMotion : public OnEachEngine {};
INSTANTIATE_TEST_SUITE_P(Engines, WorldMotion, EachEngine(), EngineName);

TEST_P(WorldMotion, FreeFallFollowsTheParabola) {
  Stage stage(GetParam(), 0.5);
  stage.Add("cube", Vec3(0.2, 0.2, 0.2), Vec3(0, 0, 10));
  stage.scene.bodies[0].angular_damping = 0.05;
  auto world = stage.Make();
  const double t = 1.0;
  Advance(*world, t);
  const double drop = 10 - BodyOf(*world).X_WB.p.z(), parabola = kGravity * t * t / 2;
  EXPECT_GE(drop, parabola);
  EXPECT_LE(drop, parabola + kGravity * t * stage.config.timestep_s / 2 + 1e-9);
  EXPECT_NEAR(BodyOf(*world).velocity_W.z(), -kGravity * t, 1e-9);
  EXPECT_NEAR(world->State().time_s, t, 1e-12);
}

TEST_P(WorldMotion, DragSlowsLinearMotionAndSpin) {
  Stage stage(GetParam(), 0.5);
  stage.config.gravity_m_s2 = 0;
  stage.config.max_spin_rad_s = 0;
  stage.Add("cube", Vec3(1, 1, 1), Vec3(0, 0, 5), 1);
  stage.scene.bodies[0].linear_damping = 0.5;
  stage.scene.bodies[0].angular_damping = 0.8;
  auto world = stage.Make();
  // J at 1 m above the centre: v = J/m, w = m J / (1/6) (cube: I = m a^2/6).
  world->ApplyImpulse(0, Vec3(2, 0, 0), Vec3(0, 0, 6.5));
  Advance(*world, 1.0);
  // (1 - d h)^n lies within d^2 h t / 2 of exp(-d t), relative.
  EXPECT_NEAR(BodyOf(*world).velocity_W.x(), 2 * std::exp(-0.5), 2 * 0.002);
  EXPECT_NEAR(BodyOf(*world).angular_velocity_W.y(), 12 * std::exp(-0.8), 12 * 0.004);
}

TEST_P(WorldMotion, BounceReturnsTheCoefficientOfTheSpeed) {
  for (const char* shape : {"sphere", "cube"})
    for (const double restitution : {0.3, 0.6, 0.9}) {
      SCOPED_TRACE(std::string(shape) + " e = " + std::to_string(restitution));
      Stage stage(GetParam(), 0.5, restitution);
      stage.Add(shape, Vec3(0.2, 0.2, 0.2), Vec3(0, 0, 2));
      auto world = stage.Make();
      double before = 0;
      while (BodyOf(*world).velocity_W.z() <= 0 && world->State().time_s < 1) {
        before = BodyOf(*world).velocity_W.z();
        world->Step();
      }
      // Newton's law of impact; both speeds are taken at steps, hence up to g h of gravity in each.
      EXPECT_NEAR(-BodyOf(*world).velocity_W.z() / before, restitution, 0.05);
      EXPECT_NEAR(BodyOf(*world).angular_velocity_W.norm(), 0, 0.02);
    }
}

TEST_P(WorldMotion, TwoBallsShareTheBounce) {
  Stage stage(GetParam(), 0.0, 0.5);
  stage.config.gravity_m_s2 = 0;
  const int left = stage.Add("sphere", Vec3(0.2, 0.2, 0.2), Vec3(-1, 0, 1), 3);
  const int right = stage.Add("sphere", Vec3(0.2, 0.2, 0.2), Vec3(1, 0, 1), 1);
  auto world = stage.Make();
  world->ApplyCentralImpulse(left, Vec3(3 * 4, 0, 0));
  Advance(*world, 1.0);
  // v1' = (m1 - e m2) u/(m1 + m2), v2' = m1 (1 + e) u/(m1 + m2) with u = 4 m/s.
  EXPECT_NEAR(BodyOf(*world, left).velocity_W.x(), (3 - 0.5) * 4 / 4, 0.1);
  EXPECT_NEAR(BodyOf(*world, right).velocity_W.x(), 3 * 1.5 * 4 / 4, 0.1);
}

TEST_P(WorldMotion, NoBounceBelowTheThreshold) {
  Stage stage(GetParam(), 0.5, 0.9);
  stage.Add("sphere", Vec3(0.2, 0.2, 0.2), Vec3(0, 0, 0.15));  // lands at 1.7 m/s, the threshold is 2
  auto world = stage.Make();
  double highest = -1;
  for (int i = 0; i < 100; ++i) {
    world->Step();
    highest = std::max(highest, BodyOf(*world).velocity_W.z());
  }
  EXPECT_LT(highest, 0.1);
  EXPECT_NEAR(LowestPoint(*world, 0), 0, 0.002);
}

// A fixed slope of 20 degrees with its upper face through the origin, and a block at rest on it.
Stage OnSlope(Engine engine, double friction, double slope_rad) {
  Stage stage(engine, friction);
  const Quat tilt = About(Vec3::UnitY(), slope_rad);  // down the slope is +x of the block
  stage.scene.ground.height_m = -20;
  stage.AddFixed("cube", Vec3(20, 4, 1), Pose{tilt * Vec3(0, 0, -1), tilt});
  stage.Add("cube", Vec3(0.4, 0.4, 0.1), Pose{Vec3::Zero(), tilt}, 2);
  return stage;
}

TEST_P(WorldMotion, SlopeSteeperThanFrictionAccelerates) {
  const double slope = 20 * kPi / 180, friction = 0.2, t = 1.0;
  Stage stage = OnSlope(GetParam(), friction, slope);
  auto world = stage.Make();
  Advance(*world, t);
  const double acceleration = kGravity * (std::sin(slope) - friction * std::cos(slope));
  const double way = (About(Vec3::UnitY(), slope).conjugate() * BodyOf(*world, 1).X_WB.p).x();
  // 3 %: an engine may need some steps until the contact has formed.
  EXPECT_NEAR(way, acceleration * t * t / 2, 0.03 * acceleration * t * t / 2);
  EXPECT_NEAR(BodyOf(*world, 1).velocity_W.norm(), acceleration * t, 0.03 * acceleration * t);
}

TEST_P(WorldMotion, SlopeFlatterThanFrictionHolds) {
  // tan(20 deg) = .364 < .5.
  Stage stage = OnSlope(GetParam(), 0.5, 20 * kPi / 180);
  auto world = stage.Make();
  Advance(*world, 0.2);
  const Vec3 settled = BodyOf(*world, 1).X_WB.p;
  Advance(*world, 3.0);
  EXPECT_LT((BodyOf(*world, 1).X_WB.p - settled).norm(), 0.002);
}

// Where a block pushed to 3 m/s on the floor stops.
double StoppingDistance(Engine engine, double friction, double patch_factor) {
  Stage stage(engine, friction);
  stage.config.patch_friction_factor = patch_factor;
  stage.Add("cube", Vec3(1, 1, 0.2), Vec3(0, 0, 0), 2);
  auto world = stage.Make();
  Advance(*world, 0.2);
  world->ApplyCentralImpulse(0, Vec3(2 * 3.0, 0, 0));
  Advance(*world, 4.0);
  EXPECT_LT(BodyOf(*world).velocity_W.norm(), 1e-3);
  return BodyOf(*world).X_WB.p.x();
}

TEST_P(WorldMotion, SlidingStopsAfterTheFrictionDistance) {
  for (const double friction : {0.2, 0.5}) {
    const double expected = 3.0 * 3.0 / (2 * friction * kGravity);
    EXPECT_NEAR(StoppingDistance(GetParam(), friction, 1), expected, 0.03 * expected);
  }
}

TEST_P(WorldMotion, PatchFactorScalesFrictionOfFaces) {
  const double expected = 3.0 * 3.0 / (2 * 0.2 * 2 * kGravity);
  EXPECT_NEAR(StoppingDistance(GetParam(), 0.2, 2), expected, 0.03 * expected);
}

TEST_P(WorldMotion, FrictionAndRestitutionFollowTheRules) {
  // The floor .8 and the block .2: average .5, minimum .2.
  for (const auto& [rule, friction] : {std::pair(CombineRule::kAverage, 0.5), std::pair(CombineRule::kMinimum, 0.2)}) {
    Stage stage(GetParam(), 0.2);
    stage.scene.ground.surface.friction = 0.8;
    stage.config.friction_rule = rule;
    stage.Add("cube", Vec3(1, 1, 0.2), Vec3(0, 0, 0), 2);
    auto world = stage.Make();
    Advance(*world, 0.2);
    world->ApplyCentralImpulse(0, Vec3(2 * 3.0, 0, 0));
    Advance(*world, 4.0);
    const double expected = 3.0 * 3.0 / (2 * friction * kGravity);
    EXPECT_NEAR(BodyOf(*world).X_WB.p.x(), expected, 0.03 * expected);
  }
}

TEST_P(WorldMotion, SlidingBallRollsAtFiveSevenths) {
  Stage stage(GetParam(), 0.4);
  stage.config.max_spin_rad_s = 0;
  stage.Add("sphere", Vec3(1, 1, 1), Vec3(0, 0, 0), 2);
  auto world = stage.Make();
  Advance(*world, 0.2);
  world->ApplyCentralImpulse(0, Vec3(2 * 3.0, 0, 0));
  Advance(*world, 1.5);
  // Angular momentum about the contact is kept: v = 5/7 v0, and w = v / r.
  EXPECT_NEAR(BodyOf(*world).velocity_W.x(), 3.0 * 5 / 7, 0.02);
  EXPECT_NEAR(BodyOf(*world).angular_velocity_W.y(), 3.0 * 5 / 7 / 0.5, 0.04);
}

TEST_P(WorldMotion, ImpulseOffCentreTurnsTheBody) {
  Stage stage(GetParam(), 0.5);
  stage.config.gravity_m_s2 = 0;
  stage.config.max_spin_rad_s = 0;
  const Vec3 size(0.3, 0.6, 0.2);
  stage.Add("cube", size, Vec3(1, 2, 3), 1.5);
  auto world = stage.Make();
  const Vec3 centre(1, 2, 3.1), point(1.15, 2.2, 3.2), impulse(0.3, -0.6, 0.9);
  world->ApplyImpulse(0, impulse, point);
  world->Step();
  // dv = J/m, dw = I^-1 r x J with I = m/12 (b^2 + c^2, ...) of a box; one step of gyroscopic torque changes w a
  // little.
  const Vec3 squares = size.cwiseProduct(size);
  const Vec3 inertia = 1.5 / 12 * Vec3(squares.y() + squares.z(), squares.z() + squares.x(), squares.x() + squares.y());
  const Vec3 spin = (point - centre).cross(impulse).cwiseQuotient(inertia);
  EXPECT_LT((BodyOf(*world).velocity_W - impulse / 1.5).norm(), 1e-9);
  EXPECT_LT((BodyOf(*world).angular_velocity_W - spin).norm(), 0.05 * spin.norm());
}

TEST_P(WorldMotion, FreeSpinKeepsAngularMomentum) {
  Stage stage(GetParam(), 0.5);
  stage.config.gravity_m_s2 = 0;
  stage.config.max_spin_rad_s = 0;
  const Vec3 size(0.3, 0.6, 0.2);
  stage.Add("cube", size, Vec3(0, 0, 3), 1.5);
  auto world = stage.Make();
  world->ApplyImpulse(0, Vec3(0, 0.2, 0.2), Vec3(0.1, 0.2, 3.2));
  const Vec3 squares = size.cwiseProduct(size);
  const Vec3 inertia = 1.5 / 12 * Vec3(squares.y() + squares.z(), squares.z() + squares.x(), squares.x() + squares.y());
  const auto momentum = [&] {
    const Quat& q = BodyOf(*world).X_WB.q;
    return Vec3(q * inertia.cwiseProduct(q.conjugate() * BodyOf(*world).angular_velocity_W));
  };
  world->Step();
  const Vec3 start = momentum();
  Advance(*world, 2.0);
  // First-order integrators of the gyroscopic torque lose a little of it.
  EXPECT_NEAR(momentum().norm(), start.norm(), 0.1 * start.norm());
}

TEST_P(WorldMotion, SpinIsCapped) {
  Stage stage(GetParam(), 0.5);
  stage.Add("cube", Vec3(0.2, 0.2, 0.2), Vec3(0, 0, 3), 1);
  auto world = stage.Make();
  world->ApplyImpulse(0, Vec3(6, 0, 0), Vec3(0, 0, 3.2));  // alone: 90 rad/s
  for (int i = 0; i < 20; ++i) {
    world->Step();
    EXPECT_LE(BodyOf(*world).angular_velocity_W.norm(), stage.config.max_spin_rad_s + 1e-9);
  }
  EXPECT_NEAR(BodyOf(*world).velocity_W.x(), 6, 1e-6);
  // The orientation follows: about 7 rad/s for .2 s.
  EXPECT_NEAR(Eigen::AngleAxisd(BodyOf(*world).X_WB.q).angle(), 7 * 0.2, 0.1);
}

// A ball with a weight fixed below its centre rocks as a physical pendulum about the rolling contact.
TEST_P(WorldMotion, WeightedBallRocksWithThePendulumPeriod) {
  Stage stage(GetParam(), 0.9);
  const double tilt = 0.15, radius = 0.5, arm = 0.3, weight_radius = 0.05;
  const Quat q = About(Vec3::UnitY(), tilt);
  const auto lowered = [&](double below, double size) {
    return Pose{Vec3(0, 0, radius) + q * Vec3(0, 0, -below - size), q};
  };
  const int ball = stage.Add("sphere", Vec3(1, 1, 1), lowered(0, radius), 1);
  const int weight = stage.Add("sphere", 2 * weight_radius * Vec3::Ones(), lowered(arm, weight_radius), 2);
  stage.scene.bodies[static_cast<size_t>(weight)].collides = false;
  stage.scene.joints.push_back({ball, weight});
  auto world = stage.Make();

  // Times of the turning points, where the spin changes its sign.
  std::vector<double> turns;
  double last = 0;
  for (int i = 0; i < 600; ++i) {
    world->Step();
    const double spin = BodyOf(*world, ball).angular_velocity_W.y();
    if (last * spin < 0) turns.push_back(world->State().time_s - stage.config.timestep_s * spin / (spin - last));
    last = spin;
  }
  ASSERT_GT(turns.size(), 4u);
  const double period = 2 * (turns.back() - turns.front()) / static_cast<double>(turns.size() - 1);

  // T = 2 pi sqrt(I / (m g d)): I about the contact, d from the ball's centre to the common centre of mass.
  const double d = 2 * arm / 3;
  const double about_centre = 0.4 * radius * radius + d * d +
                              2 * (0.4 * weight_radius * weight_radius + (arm - d) * (arm - d));
  const double inertia = about_centre + 3 * (radius - d) * (radius - d);
  const double expected = 2 * kPi * std::sqrt(inertia / (3 * kGravity * d));
  EXPECT_NEAR(period, expected, 0.01 * expected);
}

}  // namespace
}  // namespace figment::envs
