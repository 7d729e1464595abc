// Distances computed from a state alone, without an engine.
#pragma once

#include "envs/scene.h"

namespace figment::envs {

// The surfaces of a body's scaled convex parts, made once per scene.
class BodySurface {
 public:
  BodySurface(const Scene& scene, int body);

  // From points in the world to the body at X_WB: the smallest distance, 0 if a point lies inside. `points` not empty.
  double DistanceTo(const std::vector<Eigen::Vector3f>& points_W, const base::Pose& X_WB) const;

 private:
  struct Part {
    std::vector<std::array<base::Vec3, 3>> triangles;         // of the hull, in the body's frame
    std::vector<std::pair<base::Vec3, double>> planes;        // outward normal n and offset: n.p <= offset inside
    base::Vec3 low, high;
  };
  std::vector<Part> parts_;
};

// Smallest distance between the cloth's vertices and the body, metres.
double ClothBodyDistance(const Scene& scene, const SceneState& state, int cloth, int body);

}  // namespace figment::envs
