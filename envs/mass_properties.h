// Mass, centre and inertia of bodies and of bodies held rigidly together; one calculation for every engine.
#pragma once

#include <vector>

#include "envs/scene.h"

namespace figment::envs {

// In frame F: centre of mass, and the inertia about it with the axes of F.
struct MassProperties {
  double mass_kg = 0;
  base::Vec3 centre_F = base::Vec3::Zero();
  Eigen::Matrix3d inertia_F = Eigen::Matrix3d::Zero();
};

// Of a body in its own frame: Body::mass_kg spread evenly over the scaled solid. Spheres, boxes, cylinders and cones
// are integrated in closed form at any scale, other shapes over their convex parts.
MassProperties MassPropertiesOf(const Shape& shape, const base::Vec3& scale, double mass_kg);

// The same body seen from another frame.
MassProperties Transform(const base::Pose& X_GF, const MassProperties& body);

// All in one frame.
MassProperties Sum(const std::vector<MassProperties>& parts);

// Principal axes: inertia_F = R diag(moments) R^T. Axes that already are principal stay as they are.
struct PrincipalAxes {
  base::Quat q_FP = base::Quat::Identity();
  base::Vec3 moments = base::Vec3::Zero();
};
PrincipalAxes PrincipalAxesOf(const Eigen::Matrix3d& inertia_F);

// Bodies tied together by the scene's joints: sorted lists of body indices, each body in exactly one, ordered by their
// first body. A group that holds a fixed body is fixed as a whole.
std::vector<std::vector<int>> RigidGroups(const Scene& scene);

}  // namespace figment::envs
