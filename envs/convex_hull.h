// The convex hull of a few points, and the integrals of the solid it encloses.
#pragma once

#include <span>
#include <vector>

#include "base/pose.h"

namespace figment::envs {

struct Hull {
  std::vector<base::Vec3> vertices;      // [V] corners only, bit-equal to the given points
  std::vector<std::vector<int>> faces;   // [F] convex polygons, counter-clockwise seen from outside
};

// Hull of at least four points that do not lie in a plane.
Hull ConvexHull(std::span<const Eigen::Vector3f> points);

// Integrals over a solid: volume, p, and p p^T.
struct Moments {
  double volume = 0;
  base::Vec3 first = base::Vec3::Zero();
  Eigen::Matrix3d second = Eigen::Matrix3d::Zero();

  void Add(const Moments& other);
  base::Vec3 Centre() const { return first / volume; }
  // Inertia about the centre at unit density.
  Eigen::Matrix3d Inertia() const;
  // Of the same solid stretched along the axes.
  Moments Scaled(const base::Vec3& scale) const;
};

Moments MomentsOf(const Hull& hull);

}  // namespace figment::envs
