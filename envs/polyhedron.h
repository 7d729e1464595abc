// Contact geometry of convex polyhedra: nearest surface point, and the touching points of two of them.
// Exact (no margins), and it looks ahead: what is closer than `reach` counts, so that a solver can act before bodies
// overlap. Method: separating axes over faces and pairs of edges; then the face that faces the contact is clipped by
// the other (Gregorius, "The Separating Axis Test between Convex Polyhedra", GDC 2013).
#pragma once

#include <array>
#include <vector>

#include "base/pose.h"
#include "envs/convex_hull.h"

namespace figment::envs {

struct Polyhedron {
  struct Face {
    base::Vec3 normal;                   // outward, unit
    double offset;                       // normal . p on the face
    std::vector<int> loop;               // corners, counter-clockwise seen from outside
  };
  struct Edge {
    int from, to;                        // counter-clockwise on the left face
    base::Vec3 left, right;              // normals of the two faces
  };
  std::vector<base::Vec3> vertices;
  std::vector<Face> faces;
  std::vector<Edge> edges;
  base::Vec3 centre = base::Vec3::Zero();  // of the corners
  double radius = 0;                       // of the ball about the centre that holds all corners
};

// The hull stretched along its axes by `scale` (positive), then moved by X_GH.
Polyhedron MakePolyhedron(const Hull& hull, const base::Vec3& scale, const base::Pose& X_GH);

struct SurfacePoint {
  base::Vec3 point;                      // on the surface, nearest to the query
  base::Vec3 normal;                     // unit, outward, through the query
  double distance;                       // negative inside
};
SurfacePoint NearestSurfacePoint(const Polyhedron& polyhedron, const base::Vec3& query);

// Radius of the largest ball about the origin inside; 0 if the origin is outside.
double InnerRadius(const Polyhedron& polyhedron);

// At most four points that bound the area of contact.
struct Touch {
  base::Vec3 normal;                     // unit, from b to a
  struct Point {
    base::Vec3 on_b;
    double distance;                     // along the normal; negative = overlap
  };
  std::array<Point, 4> points;
  size_t count = 0;
};

// Memory kept between calls.
struct TouchScratch {
  std::vector<base::Vec3> a_in_b, b_in_a, polygon, clipped;
  std::vector<int> edges_a, edges_b;
  std::vector<Touch::Point> points;
};

// Everything in the frame of a; b is turned by R_AB and sits at p_AB. Returns false where the polyhedra are farther apart than `reach`.
// `hint` is the caller's to keep for the pair; start with 0.
bool FindTouch(const Polyhedron& a, const Polyhedron& b, const Eigen::Matrix3d& R_AB, const base::Vec3& p_AB, double reach,
               int& hint, TouchScratch& scratch, Touch& touch);

// The corners that a half-space (points p with normal . p <= offset) comes within reach of, reduced like a Touch.
bool FindTouchWithPlane(const Polyhedron& a, const base::Vec3& normal, double offset, double reach,
                        TouchScratch& scratch, Touch& touch);

}  // namespace figment::envs
