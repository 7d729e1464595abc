#include "envs/convex_hull.h"

#include <LinearMath/btConvexHullComputer.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "base/check.h"

namespace figment::envs {
namespace {

using base::Vec3;

// Facets that differ by less than this angle (radians) are one face that rounding broke: coordinates are floats, so a
// facet of a hundredth of the size leans by up to 1e-5; the roundest shapes turn by .1 from face to face.
constexpr double kSameFace = 1e-3;

Vec3 FaceNormal(const Hull& hull, const std::vector<int>& face) {
  const auto corner = [&](size_t k) -> const Vec3& { return hull.vertices[static_cast<size_t>(face[k])]; };
  Vec3 normal = Vec3::Zero();
  // The sum over the fan, not one corner: a corner may be nearly straight.
  for (size_t k = 1; k + 1 < face.size(); ++k) normal += (corner(k) - corner(0)).cross(corner(k + 1) - corner(0));
  return normal.normalized();
}

void MergeBrokenFaces(Hull& hull) {
  std::map<std::pair<int, int>, size_t> face_of_edge;
  std::vector<Vec3> normals;
  for (size_t f = 0; f < hull.faces.size(); ++f) {
    const auto& face = hull.faces[f];
    normals.push_back(FaceNormal(hull, face));
    for (size_t k = 0; k < face.size(); ++k) face_of_edge[{face[k], face[(k + 1) % face.size()]}] = f;
  }
  std::vector<size_t> root(hull.faces.size());
  std::iota(root.begin(), root.end(), 0);
  const auto find = [&](size_t f) {
    while (root[f] != f) f = root[f];
    return f;
  };
  for (const auto& [edge, f] : face_of_edge) {
    const size_t neighbour = face_of_edge.at({edge.second, edge.first});
    if (normals[f].cross(normals[neighbour]).norm() < kSameFace && normals[f].dot(normals[neighbour]) > 0)
      root[std::max(find(f), find(neighbour))] = std::min(find(f), find(neighbour));
  }
  // The outline of each group: its edges whose other side belongs to another group.
  std::vector<std::map<int, int>> outlines(hull.faces.size());
  for (const auto& [edge, f] : face_of_edge)
    if (find(f) != find(face_of_edge.at({edge.second, edge.first}))) outlines[find(f)][edge.first] = edge.second;
  hull.faces.clear();
  for (const auto& outline : outlines) {
    if (outline.empty()) continue;
    std::vector<int> face = {outline.begin()->first};
    for (int next = outline.begin()->second; next != face.front(); next = outline.at(next)) face.push_back(next);
    hull.faces.push_back(std::move(face));
  }
}

}  // namespace

Hull ConvexHull(std::span<const Eigen::Vector3f> points) {
  btConvexHullComputer computer;
  computer.compute(points.data()->data(), sizeof(Eigen::Vector3f), static_cast<int>(points.size()), 0, 0);
  CHECK_GE(computer.vertices.size(), 4);

  Hull hull;
  Vec3 centre = Vec3::Zero();
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
    const Vec3& corner = hull.vertices[static_cast<size_t>(face.front())];
    if (FaceNormal(hull, face).dot(corner - centre) < 0) std::reverse(face.begin(), face.end());
    hull.faces.push_back(std::move(face));
  }
  MergeBrokenFaces(hull);
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

Moments Moments::Scaled(const Vec3& scale) const {
  const double factor = scale.prod();
  const Eigen::Matrix3d stretch = scale.asDiagonal();
  return {volume * factor, factor * scale.cwiseProduct(first), factor * stretch * second * stretch};
}

Moments MomentsOf(const Hull& hull) {
  Moments sum;
  const Vec3 origin = hull.vertices.front();
  // Tetrahedra from one corner to the triangles of every face. Over a tetrahedron (0, a, b, c) of volume V the
  // integral of p is V s/4 and that of p p^T is V/20 (s s^T + a a^T + b b^T + c c^T), with s = a + b + c.
  for (const auto& face : hull.faces)
    for (size_t k = 1; k + 1 < face.size(); ++k) {
      const Vec3 a = hull.vertices[static_cast<size_t>(face[0])] - origin;
      const Vec3 b = hull.vertices[static_cast<size_t>(face[k])] - origin;
      const Vec3 c = hull.vertices[static_cast<size_t>(face[k + 1])] - origin;
      const double volume = a.dot(b.cross(c)) / 6;
      const Vec3 s = a + b + c;
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
