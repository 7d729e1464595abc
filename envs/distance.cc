#include "envs/distance.h"

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "envs/convex_hull.h"

namespace figment::envs {
namespace {

using base::Vec3;

// Nearest point of a triangle (Ericson, Real-Time Collision Detection, section 5.1.5: by Voronoi regions).
Vec3 NearestOnTriangle(const Vec3& p, const std::array<Vec3, 3>& triangle) {
  const auto& [a, b, c] = triangle;
  const Vec3 ab = b - a, ac = c - a, ap = p - a;
  const double d1 = ab.dot(ap), d2 = ac.dot(ap);
  if (d1 <= 0 && d2 <= 0) return a;
  const Vec3 bp = p - b;
  const double d3 = ab.dot(bp), d4 = ac.dot(bp);
  if (d3 >= 0 && d4 <= d3) return b;
  const double vc = d1 * d4 - d3 * d2;
  if (vc <= 0 && d1 >= 0 && d3 <= 0) return a + d1 / (d1 - d3) * ab;
  const Vec3 cp = p - c;
  const double d5 = ab.dot(cp), d6 = ac.dot(cp);
  if (d6 >= 0 && d5 <= d6) return c;
  const double vb = d5 * d2 - d1 * d6;
  if (vb <= 0 && d2 >= 0 && d6 <= 0) return a + d2 / (d2 - d6) * ac;
  const double va = d3 * d6 - d5 * d4;
  if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0) return b + (d4 - d3) / ((d4 - d3) + (d5 - d6)) * (c - b);
  const double scale = 1 / (va + vb + vc);
  return a + vb * scale * ab + vc * scale * ac;
}

double BoxDistance(const Vec3& p, const Vec3& low, const Vec3& high) {
  return (low - p).cwiseMax(p - high).cwiseMax(0.0).norm();
}

}  // namespace

BodySurface::BodySurface(const Scene& scene, int body) {
  const Body& b = scene.bodies[static_cast<size_t>(body)];
  for (const ConvexPart& convex : scene.shapes[static_cast<size_t>(b.shape)].parts) {
    const Hull hull = ConvexHull(convex.vertices);
    std::vector<Vec3> corners;
    for (const Vec3& corner : hull.vertices) corners.push_back(corner.cwiseProduct(b.scale));
    Part part;
    part.low = part.high = corners.front();
    for (const Vec3& corner : corners) part.low = part.low.cwiseMin(corner), part.high = part.high.cwiseMax(corner);
    for (const auto& face : hull.faces) {
      const auto corner = [&](size_t i) { return corners[static_cast<size_t>(face[i])]; };
      const Vec3 normal = (corner(1) - corner(0)).cross(corner(2) - corner(0)).normalized();
      part.planes.emplace_back(normal, normal.dot(corner(0)));
      for (size_t i = 2; i < face.size(); ++i) part.triangles.push_back({corner(0), corner(i - 1), corner(i)});
    }
    parts_.push_back(std::move(part));
  }
}

double BodySurface::DistanceTo(const std::vector<Eigen::Vector3f>& points_W, const base::Pose& X_WB) const {
  CHECK(!points_W.empty());
  const base::Pose X_BW = X_WB.Inverse();
  double smallest = std::numeric_limits<double>::infinity();
  for (const Eigen::Vector3f& point_W : points_W) {
    const Vec3 p = X_BW * Vec3(point_W.cast<double>());
    for (const Part& part : parts_) {
      if (BoxDistance(p, part.low, part.high) >= smallest) continue;
      const bool inside = std::all_of(part.planes.begin(), part.planes.end(),
                                      [&](const auto& plane) { return plane.first.dot(p) <= plane.second; });
      if (inside) return 0;
      for (const auto& triangle : part.triangles)
        smallest = std::min(smallest, (p - NearestOnTriangle(p, triangle)).norm());
    }
  }
  return smallest;
}

double ClothBodyDistance(const Scene& scene, const SceneState& state, int cloth, int body) {
  return BodySurface(scene, body).DistanceTo(state.cloths[static_cast<size_t>(cloth)].vertices_W,
                                             state.bodies[static_cast<size_t>(body)].X_WB);
}

}  // namespace figment::envs
