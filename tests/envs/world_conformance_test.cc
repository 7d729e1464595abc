// What every World must do, checked on each engine against closed forms and hand-made scenes.
//
// Units SI. "Discrete" below: semi-implicit Euler of step h gives v_n = v_0 - n g h and z_n = z_0 + n v_0 h - g h^2
// n(n+1)/2, so a free flight of time t differs from the parabola by at most g t h / 2. An engine may divide a Step
// further, so tests allow the error of the largest step, timestep_s.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <thread>

#include "base/hash.h"
#include "envs/engines.h"

namespace figment::envs {
namespace {

using base::Pose;
using base::Quat;
using base::Vec3;

constexpr double kPi = std::numbers::pi;
constexpr double kGravity = 9.81;

// Builds small scenes: one surface for everything, on a ground at z = 0.
struct Stage {
  Scene scene;
  WorldConfig config;

  Stage(Engine engine, double friction, double restitution = 0) {
    config.engine = engine;
    config.patch_friction_factor = 1;  // Coulomb's law as textbooks have it
    config.round_balls = true;
    surface.friction = surface.static_friction = friction;
    surface.restitution = restitution;
    scene.ground.surface = surface;
  }

  // `position` is that of the bottom centre.
  int Add(const std::string& shape, const Vec3& scale, const Pose& X_WB, double mass_kg = 1) {
    scene.shapes.push_back(MakePrimitive(shape));
    Body body;
    body.name = shape + std::to_string(scene.bodies.size());
    body.shape = static_cast<int>(scene.shapes.size()) - 1;
    body.scale = scale;
    body.X_WB = X_WB;
    body.mass_kg = mass_kg;
    body.surface = surface;
    scene.bodies.push_back(body);
    return static_cast<int>(scene.bodies.size()) - 1;
  }
  int Add(const std::string& shape, const Vec3& scale, const Vec3& position, double mass_kg = 1) {
    return Add(shape, scale, Pose{position, Quat::Identity()}, mass_kg);
  }
  int AddFixed(const std::string& shape, const Vec3& scale, const Pose& X_WB) {
    const int body = Add(shape, scale, X_WB);
    scene.bodies.back().motion = Motion::kFixed;
    return body;
  }

  std::unique_ptr<World> Make() const { return MakeWorld(scene, config); }

  Surface surface;
};

void Advance(World& world, double seconds) {
  const int steps = static_cast<int>(std::lround(seconds / world.config().timestep_s));
  for (int i = 0; i < steps; ++i) world.Step();
  ASSERT_EQ(world.Status(), WorldStatus::kOk) << world.StatusDetail();
}

const BodyState& BodyOf(const World& world, int body = 0) { return world.State().bodies[static_cast<size_t>(body)]; }

Quat About(const Vec3& axis, double angle_rad) { return Quat(Eigen::AngleAxisd(angle_rad, axis)); }

// The lowest corner of a body's convex parts.
double LowestPoint(const World& world, int index) {
  const Body& body = world.scene().bodies[static_cast<size_t>(index)];
  const Pose& X_WB = BodyOf(world, index).X_WB;
  const Shape& shape = world.scene().shapes[static_cast<size_t>(body.shape)];
  const bool round = shape.kind == ShapeKind::kSphere && body.scale == body.scale.x() * Vec3::Ones();
  if (round) return (X_WB * Vec3(0, 0, body.scale.z() / 2)).z() - body.scale.z() / 2;
  double lowest = std::numeric_limits<double>::infinity();
  for (const ConvexPart& part : shape.parts)
    for (const auto& vertex : part.vertices)
      lowest = std::min(lowest, (X_WB * body.scale.cwiseProduct(vertex.cast<double>())).z());
  return lowest;
}

// The bytes of every pose and velocity.
std::string HashOf(const SceneState& state) {
  base::Sha256 hash;
  for (const BodyState& body : state.bodies) {
    hash.UpdateArray(std::span<const double>(body.X_WB.p.data(), 3));
    hash.UpdateArray(std::span<const double>(body.X_WB.q.coeffs().data(), 4));
    hash.UpdateArray(std::span<const double>(body.velocity_W.data(), 3));
    hash.UpdateArray(std::span<const double>(body.angular_velocity_W.data(), 3));
  }
  return hash.Hex();
}

class WorldConformance : public testing::TestWithParam<Engine> {};

TEST_P(WorldConformance, FreeFallFollowsTheParabola) {
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

TEST_P(WorldConformance, DragSlowsLinearMotionAndSpin) {
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

TEST_P(WorldConformance, BounceReturnsTheCoefficientOfTheSpeed) {
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

TEST_P(WorldConformance, TwoBallsShareTheBounce) {
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

TEST_P(WorldConformance, NoBounceBelowTheThreshold) {
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

TEST_P(WorldConformance, SlopeSteeperThanFrictionAccelerates) {
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

TEST_P(WorldConformance, SlopeFlatterThanFrictionHolds) {
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

TEST_P(WorldConformance, SlidingStopsAfterTheFrictionDistance) {
  for (const double friction : {0.2, 0.5}) {
    const double expected = 3.0 * 3.0 / (2 * friction * kGravity);
    EXPECT_NEAR(StoppingDistance(GetParam(), friction, 1), expected, 0.03 * expected);
  }
}

TEST_P(WorldConformance, PatchFactorScalesFrictionOfFaces) {
  const double expected = 3.0 * 3.0 / (2 * 0.2 * 2 * kGravity);
  EXPECT_NEAR(StoppingDistance(GetParam(), 0.2, 2), expected, 0.03 * expected);
}

TEST_P(WorldConformance, FrictionAndRestitutionFollowTheRules) {
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

TEST_P(WorldConformance, SlidingBallRollsAtFiveSevenths) {
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

TEST_P(WorldConformance, ImpulseOffCentreTurnsTheBody) {
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

TEST_P(WorldConformance, FreeSpinKeepsAngularMomentum) {
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

TEST_P(WorldConformance, SpinIsCapped) {
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
TEST_P(WorldConformance, WeightedBallRocksWithThePendulumPeriod) {
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

TEST_P(WorldConformance, ContactsTellPairNormalAndWeight) {
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

TEST_P(WorldConformance, FixtureContactsHaveTheirId) {
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

TEST_P(WorldConformance, StartOverlapIsTheDeepestPenetration) {
  Stage stage(GetParam(), 0.5);
  stage.Add("cube", Vec3(1, 1, 1), Vec3(0, 0, 0));
  stage.Add("cube", Vec3(1, 1, 1), Vec3(0.9, 0.2, 0));
  stage.Add("sphere", Vec3(1, 1, 1), Vec3(0, 3, -0.3));  // into the floor, which does not count
  EXPECT_NEAR(stage.Make()->StartOverlap(), 0.1, 0.002);
  stage.scene.bodies[1].X_WB.p.x() = 1.05;
  EXPECT_EQ(stage.Make()->StartOverlap(), 0);
}

TEST_P(WorldConformance, StartOverlapDoesNotChangeTheRun) {
  Stage stage(GetParam(), 0.5);
  stage.Add("cube", Vec3(0.3, 0.3, 0.3), Pose{Vec3(0, 0, 0.5), About(Vec3(1, 2, 0).normalized(), 0.5)});
  auto plain = stage.Make(), asked = stage.Make();
  asked->StartOverlap();
  Advance(*plain, 1.0);
  Advance(*asked, 1.0);
  EXPECT_EQ(HashOf(plain->State()), HashOf(asked->State()));
}

TEST_P(WorldConformance, DeepOverlapsPartWithoutExplosion) {
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

TEST_P(WorldConformance, StackStands) {
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

TEST_P(WorldConformance, DominoesFallInTurn) {
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

TEST_P(WorldConformance, EveryPrimitiveComesToRestOnTheFloor) {
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

TEST_P(WorldConformance, TumblingPrimitivesStayAboveTheFloorAndLoseEnergy) {
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

TEST_P(WorldConformance, BallRestsInBowl) {
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

TEST_P(WorldConformance, RingThreadsPole) {
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

TEST_P(WorldConformance, JointHoldsBodiesRigidly) {
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

TEST_P(WorldConformance, JointToAFixedBodyHolds) {
  Stage stage(GetParam(), 0.5);
  const int base = stage.AddFixed("cube", Vec3(0.3, 0.3, 0.3), Pose{});
  const int arm = stage.Add("cube", Vec3(0.6, 0.1, 0.1), Vec3(0.4, 0, 0.3), 1);
  stage.scene.joints.push_back({base, arm});
  auto world = stage.Make();
  world->ApplyCentralImpulse(arm, Vec3(0, 1, 0));
  Advance(*world, 1.0);
  EXPECT_LT((BodyOf(*world, arm).X_WB.p - Vec3(0.4, 0, 0.3)).norm(), 2e-3);
}

TEST_P(WorldConformance, BodiesThatDoNotCollidePassThrough) {
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

TEST_P(WorldConformance, SameStatesEveryRunAndOnEveryThread) {
  const Stage stage = Pile(GetParam());
  const std::string expected = RunPile(stage, 150);
  EXPECT_EQ(RunPile(stage, 150), expected);
  std::vector<std::string> hashes(4);
  std::vector<std::thread> threads;
  for (std::string& hash : hashes) threads.emplace_back([&] { hash = RunPile(stage, 150); });
  for (std::thread& thread : threads) thread.join();
  for (const std::string& hash : hashes) EXPECT_EQ(hash, expected);
}

TEST_P(WorldConformance, PilesStayOnTheFloor) {
  const Stage stage = Pile(GetParam());
  auto world = stage.Make();
  Advance(*world, 4.0);
  for (int body = 0; body < static_cast<int>(stage.scene.bodies.size()); ++body)
    EXPECT_GT(LowestPoint(*world, body), -0.005) << stage.scene.bodies[static_cast<size_t>(body)].name;
}

TEST_P(WorldConformance, TwoRestoresOfOneSaveContinueEqually) {
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

TEST_P(WorldConformance, StatusStopsABrokenRun) {
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

INSTANTIATE_TEST_SUITE_P(Engines, WorldConformance, testing::Values(Engine::kBullet, Engine::kMujoco),
                         [](const auto& info) { return info.param == Engine::kBullet ? "Bullet" : "Mujoco"; });

}  // namespace
}  // namespace figment::envs
