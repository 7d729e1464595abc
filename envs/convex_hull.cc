#include "envs/convex_hull.h"

#include <LinearMath/btConvexHullComputer.h>

#include <algorithm>

#include "base/check.h"

namespace figment::envs {

Hull ConvexHull(std::span<const Eigen::Vector3f> points) {
  btConvexHullComputer computer;
  computer.compute(points.data()->data(), sizeof(Eigen::Vector3f), static_cast<int>(points.size()), 0, 0);
  CHECK_GE(computer.vertices.size(), 4);

  Hull hull;
  base::Vec3 centre = base::Vec3::Zero();
  for (int i = 0; i < computer.vertices.size(); ++i) {
    hull.vertices.push_back(points[static_cast<size_t>(computer.original_vertex_index[i])].cast<double>());
    centre += hull.vertices.back() / computer.vertices.size();
  }
  for (int i = 0; i < computer.faces.size(); ++i) {
    std::vector<int> face;
    const auto* first = &computer.edges[computer.faces[i]];
    const auto* edge = first;
    do {
      face.push_back(edge->getTargetVertex());
      edge = edge->getNextEdgeOfFace();
    } while (edge != first);
    const auto corner = [&](size_t k) { return hull.vertices[static_cast<size_t>(face[k])]; };
    // The sum over the fan, not one corner: a corner may be nearly straight.
    base::Vec3 normal = base::Vec3::Zero();
    for (size_t k = 1; k + 1 < face.size(); ++k) normal += (corner(k) - corner(0)).cross(corner(k + 1) - corner(0));
    if (normal.dot(corner(0) - centre) < 0) std::reverse(face.begin(), face.end());
    hull.faces.push_back(std::move(face));
  }
  return hull;
}

void Moments::Add(const Moments& other) {
  volume += other.volume;
  first += other.first;
  second += other.second;
}

Eigen::Matrix3d Moments::Inertia() const {
  const Eigen::Matrix3d central = second - first * first.transpose() / volume;
  return central.trace() * Eigen::Matrix3d::Identity() - central;
}

Moments Moments::Scaled(const base::Vec3& scale) const {
  const double factor = scale.prod();
  const Eigen::Matrix3d stretch = scale.asDiagonal();
  return {volume * factor, factor * scale.cwiseProduct(first), factor * stretch * second * stretch};
}

Moments MomentsOf(const Hull& hull) {
  Moments sum;
  const base::Vec3 origin = hull.vertices.front();
  // Tetrahedra from one corner to the triangles of every face. Over a tetrahedron (0, a, b, c) of volume V the
  // integral of p is V s/4 and that of p p^T is V/20 (s s^T + a a^T + b b^T + c c^T), with s = a + b + c.
  for (const auto& face : hull.faces)
    for (size_t k = 1; k + 1 < face.size(); ++k) {
      const base::Vec3 a = hull.vertices[static_cast<size_t>(face[0])] - origin;
      const base::Vec3 b = hull.vertices[static_cast<size_t>(face[k])] - origin;
      const base::Vec3 c = hull.vertices[static_cast<size_t>(face[k + 1])] - origin;
      const double volume = a.dot(b.cross(c)) / 6;
      const base::Vec3 s = a + b + c;
      sum.volume += volume;
      sum.first += volume * s / 4;
      sum.second += volume / 20 * (s * s.transpose() + a * a.transpose() + b * b.transpose() + c * c.transpose());
    }
  // Back from the corner to the frame of the points.
  sum.second += sum.first * origin.transpose() + origin * sum.first.transpose() +
                sum.volume * origin * origin.transpose();
  sum.first += sum.volume * origin;
  return sum;
}

}  // namespace figment::envs
