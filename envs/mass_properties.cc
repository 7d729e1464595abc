#include "envs/mass_properties.h"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <numeric>
#include <numbers>

#include "base/check.h"
#include "envs/convex_hull.h"

namespace figment::envs {
namespace {

// A solid of revolution about z from its central second moments per volume (integral of x^2 and of z^2).
Moments Revolved(double volume, double centre_z, double xx, double zz) {
  const base::Vec3 centre(0, 0, centre_z);
  Moments moments;
  moments.volume = volume;
  moments.first = volume * centre;
  moments.second = volume * (Eigen::Matrix3d(base::Vec3(xx, xx, zz).asDiagonal()) + centre * centre.transpose());
  return moments;
}

Moments UnitMoments(const Shape& shape) {
  constexpr double kPi = std::numbers::pi;
  constexpr double kConeRadius = 0.495;  // ShapeKind::kCone
  switch (shape.kind) {
    case ShapeKind::kSphere: return Revolved(kPi / 6, 0.5, 0.05, 0.05);             // r^2/5
    case ShapeKind::kCylinder: return Revolved(kPi / 4, 0.5, 1.0 / 16, 1.0 / 12);   // r^2/4, h^2/12
    case ShapeKind::kCone:                                                          // 3 r^2/20, 3 h^2/80
      return Revolved(kPi / 3 * kConeRadius * kConeRadius, 0.25, 0.15 * kConeRadius * kConeRadius, 3.0 / 80);
    case ShapeKind::kBox:
    case ShapeKind::kConvex:
    case ShapeKind::kCompound: break;
  }
  Moments sum;
  for (const ConvexPart& part : shape.parts) sum.Add(MomentsOf(ConvexHull(part.vertices)));
  return sum;
}

// The inertia of the mass of `body` moved by `offset` from its centre (parallel axes).
Eigen::Matrix3d InertiaAt(const MassProperties& body, const base::Vec3& offset) {
  return body.inertia_F +
         body.mass_kg * (offset.squaredNorm() * Eigen::Matrix3d::Identity() - offset * offset.transpose());
}

}  // namespace

MassProperties MassPropertiesOf(const Shape& shape, const base::Vec3& scale, double mass_kg) {
  const Moments moments = UnitMoments(shape).Scaled(scale);
  CHECK_GT(moments.volume, 0);
  return {mass_kg, moments.Centre(), mass_kg / moments.volume * moments.Inertia()};
}

MassProperties Transform(const base::Pose& X_GF, const MassProperties& body) {
  const Eigen::Matrix3d R_GF = X_GF.q.toRotationMatrix();
  return {body.mass_kg, X_GF * body.centre_F, R_GF * body.inertia_F * R_GF.transpose()};
}

MassProperties Sum(const std::vector<MassProperties>& parts) {
  MassProperties sum;
  for (const MassProperties& part : parts) {
    sum.mass_kg += part.mass_kg;
    sum.centre_F += part.mass_kg * part.centre_F;
  }
  sum.centre_F /= sum.mass_kg;
  for (const MassProperties& part : parts) sum.inertia_F += InertiaAt(part, part.centre_F - sum.centre_F);
  return sum;
}

PrincipalAxes PrincipalAxesOf(const Eigen::Matrix3d& inertia_F) {
  // Rounding of the integrals leaves off-diagonal parts of this size (shapes are stored as floats).
  constexpr double kRounding = 1e-7;
  const base::Vec3 diagonal = inertia_F.diagonal();
  const Eigen::Matrix3d rest = inertia_F - Eigen::Matrix3d(diagonal.asDiagonal());
  if (rest.cwiseAbs().maxCoeff() <= kRounding * diagonal.minCoeff()) return {base::Quat::Identity(), diagonal};
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> solver(inertia_F);
  Eigen::Matrix3d axes = solver.eigenvectors();
  if (axes.determinant() < 0) axes.col(2) *= -1;
  return {base::Quat(axes).normalized(), solver.eigenvalues()};
}

std::vector<std::vector<int>> RigidGroups(const Scene& scene) {
  std::vector<int> leader(scene.bodies.size());
  std::iota(leader.begin(), leader.end(), 0);
  const auto leader_of = [&](int body) {
    while (leader[static_cast<size_t>(body)] != body) body = leader[static_cast<size_t>(body)];
    return body;
  };
  // The lowest index leads, so that groups come out in the order of their first body.
  for (const FixedJoint& joint : scene.joints) {
    const auto [low, high] = std::minmax({leader_of(joint.body_a), leader_of(joint.body_b)});
    leader[static_cast<size_t>(high)] = low;
  }
  std::vector<std::vector<int>> members(scene.bodies.size()), groups;
  for (int body = 0; body < static_cast<int>(scene.bodies.size()); ++body)
    members[static_cast<size_t>(leader_of(body))].push_back(body);
  for (auto& group : members)
    if (!group.empty()) groups.push_back(std::move(group));
  return groups;
}

}  // namespace figment::envs
