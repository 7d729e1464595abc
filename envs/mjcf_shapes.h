// The meshes of MuJoCo's primitive geoms at unit scale, tessellated and textured as MuJoCo draws them (fixed-function
// lighting is computed at vertices, so tessellation shows). Coarser levels of detail besides. Private to envs/.
#pragma once

#include <vector>

#include "envs/shapes.h"

namespace figment::envs {

Shape MujocoSphere(int slices, int stacks);    // radius 1
Shape MujocoCylinder(int slices, int stacks);  // radius 1, z from -1 to 1
Shape MujocoCapsule(int slices, int stacks);   // the cylinder without its discs, half spheres beyond its ends
Shape MujocoBox(int quads);                    // -1 to 1 on each axis, `quads` squares along each edge

// A rectangle in z = 0 with grid lines at these x and y and texture coordinates (u.x() x + u.y(), v.x() y + v.y()). Its
// coarsest level is two triangles.
Shape MujocoPlane(const std::vector<double>& xs, const std::vector<double>& ys, const base::Vec2& u, const base::Vec2& v);

}  // namespace figment::envs
