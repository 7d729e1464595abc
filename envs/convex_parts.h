// A mesh as a few convex solids, for collision: approximate convex decomposition of its surface.
//
// Method: HACD (Mamou and Ghorbel, "A simple and efficient approach for 3D mesh approximate convex decomposition",
// ICIP 2009), from Bullet's extras: neighbouring triangles join as long as what they form is nearly convex. Parts lie
// close to the surface and may overlap a little. Same mesh, same parts.
#pragma once

#include <vector>

#include "envs/shapes.h"

namespace figment::envs {

// Corners of each part, at most `most_parts` of them; one part where the mesh is nearly convex, or its triangles form no
// surface (more than one edge in twenty joins more than two of them). The mesh must not be flat.
std::vector<std::vector<Eigen::Vector3f>> ConvexPartsOf(const Mesh& mesh, int most_parts);

}  // namespace figment::envs
