// Maps and volumes that lists of draws are computed with. Private to render/.
#pragma once

#include <array>
#include <cmath>

#include "envs/scene.h"
#include "render/draw_list.h"

namespace figment::render {

using base::Pose;
using base::Vec3;

using Affine = Eigen::Matrix<double, 3, 4>;

// p_A = R (scale * p_B) + t
inline Affine Scaled(const Pose& X_AB, const Vec3& scale) {
  Affine affine;
  affine.leftCols<3>() = X_AB.q.toRotationMatrix() * scale.asDiagonal();
  affine.col(3) = X_AB.p;
  return affine;
}

inline Affine Compose(const Affine& outer, const Affine& inner) {
  Affine affine;
  affine.leftCols<3>() = outer.leftCols<3>() * inner.leftCols<3>();
  affine.col(3) = outer.leftCols<3>() * inner.col(3) + outer.col(3);
  return affine;
}

inline Rows ToRows(const Affine& affine) {
  Rows rows;
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 4; ++j) rows[static_cast<size_t>(i)][static_cast<size_t>(j)] = static_cast<float>(affine(i, j));
  return rows;
}

inline Row ToRow(const Vec3& v, double w = 0) {
  return {static_cast<float>(v.x()), static_cast<float>(v.y()), static_cast<float>(v.z()), static_cast<float>(w)};
}

// Reversed depth, near = 1, far = 0: clip z = A z + B with these A and B.
inline Row Projection(const envs::Camera& camera, const DrawOptions& options) {
  const double fy = 1 / std::tan(camera.fov_y_rad / 2), fx = fy * options.height / options.width;
  const double range = camera.far_m - camera.near_m;
  return {static_cast<float>(fx), static_cast<float>(fy), static_cast<float>(-camera.near_m / range),
          static_cast<float>(camera.near_m * camera.far_m / range)};
}

struct Sphere {
  Vec3 centre;
  double radius = 0;
};

// Keeps what may touch the picture: planes n . p < d in frame C, normals outwards.
class Frustum {
 public:
  Frustum(const envs::Camera& camera, const DrawOptions& options) {
    const double ty = std::tan(camera.fov_y_rad / 2), tx = ty * options.width / options.height;
    normals_ = {Vec3(1, 0, -tx).normalized(), Vec3(-1, 0, -tx).normalized(), Vec3(0, 1, -ty).normalized(),
                Vec3(0, -1, -ty).normalized(), -Vec3::UnitZ(), Vec3::UnitZ()};
    limits_ = {0, 0, 0, 0, -camera.near_m, camera.far_m};
  }
  bool Touches(const Sphere& sphere_C) const {
    for (size_t i = 0; i < normals_.size(); ++i)
      if (normals_[i].dot(sphere_C.centre) - sphere_C.radius > limits_[i]) return false;
    return true;
  }
  // The box with the given half edges about its own origin.
  bool Touches(const Pose& X_CB, const Vec3& half_size) const {
    const Eigen::Matrix3d R = X_CB.q.toRotationMatrix();
    for (size_t i = 0; i < normals_.size(); ++i) {
      const double reach = (R.transpose() * normals_[i]).cwiseAbs().dot(half_size);
      if (normals_[i].dot(X_CB.p) - reach > limits_[i]) return false;
    }
    return true;
  }

 private:
  std::array<Vec3, 6> normals_;
  std::array<double, 6> limits_;
};

}  // namespace figment::render
