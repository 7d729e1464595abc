// Vectors, rotations and poses. Right-handed, z up, metres; quaternions are w x y z.
// X_WB is the pose of frame B in frame W: p_W = X_WB * p_B.
#pragma once

#include <Eigen/Core>
#include <Eigen/Geometry>

namespace figment::base {

using Vec2 = Eigen::Vector2d;
using Vec3 = Eigen::Vector3d;
using Quat = Eigen::Quaterniond;

struct Pose {
  Vec3 p = Vec3::Zero();
  Quat q = Quat::Identity();

  Vec3 operator*(const Vec3& point) const { return q * point + p; }
  Pose operator*(const Pose& inner) const { return {q * inner.p + p, (q * inner.q).normalized()}; }
  Pose Inverse() const { return {q.conjugate() * -p, q.conjugate()}; }
};

}  // namespace figment::base
