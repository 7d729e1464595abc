// Shapes: the geometry of a body at unit scale, for drawing and for collision.
//
// Frame of a shape: z up, origin at the BOTTOM CENTRE of the bounding box in z and at the model's own centre in x, y
// (as the Physion primitives have it). A body scales its shape along the shape's own axes, then rotates, then moves.
// Sizes and names of the thirteen primitives: TDW models_flex.json (public metadata), axes y and z swapped.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/pose.h"

namespace figment::envs {

// Triangles, counter-clockwise seen from outside. Normals and texture coordinates are per vertex.
struct Mesh {
  std::vector<Eigen::Vector3f> vertices;               // [V], metres
  std::vector<Eigen::Vector3f> normals;                // [V], unit length
  std::vector<Eigen::Vector2f> uvs;                    // [V]; metres on the surface at unit scale (see uv_axes)
  std::vector<std::array<uint32_t, 3>> triangles;      // [F]
  std::vector<uint16_t> materials;                     // [F] slot of Shape::material_slots, or empty = all 0
};

// One convex piece for collision: the corners of its hull.
struct ConvexPart {
  std::vector<Eigen::Vector3f> vertices;               // [V], metres, in the shape's frame
};

// What an engine may treat analytically when the scale allows; otherwise it uses `parts`.
enum class ShapeKind {
  kBox,       // unit cube
  kSphere,    // diameter 1
  kCylinder,  // radius .5, height 1, axis z
  kCone,      // radius .495 at the bottom, height 1, axis z
  kConvex,    // one convex part
  kCompound,  // several convex parts (bowl, torus, pipe, dumbbell, furniture)
};

struct Shape {
  std::string name;
  ShapeKind kind = ShapeKind::kConvex;
  base::Vec3 low = base::Vec3::Zero(), high = base::Vec3::Zero();  // bounds at unit scale
  double volume_m3 = 0;                                // of the solid at unit scale
  base::Vec3 centre_of_mass = base::Vec3::Zero();      // at unit scale, uniform density
  std::vector<Mesh> lods;                              // finest first, at least one
  std::vector<ConvexPart> parts;                       // at least one
  std::vector<std::string> material_slots;             // for meshes of several materials: e.g. "leaf", "pot"
  bool picture_uvs = false;                            // uvs are places in a picture (0..1, v down), not metres
  bool round_ends = false;                             // what lies beyond z = 1 and -1 scales as x does (capsules)
  bool sheet = false;                                  // a flat mesh facing +z; from behind it is seen through

  base::Vec3 size() const { return high - low; }
};

// The names of all built-in primitives: bowl, cone, cube, cylinder, dumbbell, octahedron, pentagon, pipe, platonic,
// pyramid, sphere, torus, triangular_prism, ramp_with_platform_30.
const std::vector<std::string>& PrimitiveNames();

// The primitive of that name. Throws base::Error for an unknown name.
Shape MakePrimitive(const std::string& name);

// Building blocks for procedural props; each returns a closed mesh with outward normals.
Mesh BoxMesh(const base::Vec3& low, const base::Vec3& high);
// A solid of revolution about z through `profile` = (radius, z) points from bottom to top. Sharp profile corners stay sharp.
Mesh LatheMesh(const std::vector<base::Vec2>& profile, int segments);
// The convex hull of a point cloud as a flat-shaded mesh.
Mesh HullMesh(const std::vector<Eigen::Vector3f>& points);
void Append(Mesh& mesh, const Mesh& other, const base::Pose& pose = {}, uint16_t material = 0);

// Fills bounds, volume and centre of mass from the convex parts (they must not overlap).
void FillMassProperties(Shape& shape);

// The whole surface at the finest level, the form in which files store a mesh.
inline const Mesh& SurfaceMesh(const Shape& shape) { return shape.lods.front(); }

}  // namespace figment::envs
