// Small scenes for the tests of what every World must do, checked on each engine against closed forms and hand-made
// scenes.
//
// Units SI. Semi-implicit Euler of step h gives v_n = v_0 - n g h and z_n = z_0 + n v_0 h - g h^2
// n(n+1)/2, so a free flight of time t differs from the parabola by at most g t h / 2. An engine may divide a Step
// further, so tests allow the error of the largest step, timestep_s.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "base/hash.h"
#include "envs/engines.h"

namespace figment::envs {

using base::Pose;
using base::Quat;
using base::Vec3;

inline constexpr double kPi = std::numbers::pi;
inline constexpr double kGravity = 9.81;

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

inline void Advance(World& world, double seconds) {
  const int steps = static_cast<int>(std::lround(seconds / world.config().timestep_s));
  for (int i = 0; i < steps; ++i) world.Step();
  ASSERT_EQ(world.Status(), WorldStatus::kOk) << world.StatusDetail();
}

inline const BodyState& BodyOf(const World& world, int body = 0) { return world.State().bodies[static_cast<size_t>(body)]; }

inline Quat About(const Vec3& axis, double angle_rad) { return Quat(Eigen::AngleAxisd(angle_rad, axis)); }

// The lowest corner of a body's convex parts.
inline double LowestPoint(const World& world, int index) {
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
inline std::string HashOf(const SceneState& state) {
  base::Sha256 hash;
  for (const BodyState& body : state.bodies) {
    hash.UpdateArray(std::span<const double>(body.X_WB.p.data(), 3));
    hash.UpdateArray(std::span<const double>(body.X_WB.q.coeffs().data(), 4));
    hash.UpdateArray(std::span<const double>(body.velocity_W.data(), 3));
    hash.UpdateArray(std::span<const double>(body.angular_velocity_W.data(), 3));
  }
  return hash.Hex();
}

// A suite of tests that runs on each engine.
class OnEachEngine : public testing::TestWithParam<Engine> {};

inline auto EachEngine() { return testing::Values(Engine::kBullet, Engine::kMujoco); }

inline std::string EngineName(const testing::TestParamInfo<Engine>& info) {
  return info.param == Engine::kBullet ? "Bullet" : "Mujoco";
}

}  // namespace figment::envs
