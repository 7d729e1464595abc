// Building blocks of meshes: box, lathe, hull, and joining them.
#include <cmath>
#include <numbers>

#include "base/check.h"
#include "envs/convex_hull.h"
#include "envs/shapes.h"

namespace figment::envs {
namespace {

using base::Vec2;
using base::Vec3;

// Neighbouring facets that meet at less than this angle look round, others show an edge. A profile of a round thing
// has corners of at most 36 degrees even at its coarsest level; a chamfer has 45.
constexpr double kSmoothCosine = 0.766;  // 40 degrees

uint32_t AddVertex(Mesh& mesh, const Vec3& position, const Vec3& normal, const Vec2& uv) {
  mesh.vertices.push_back(position.cast<float>());
  mesh.normals.push_back(normal.normalized().cast<float>());
  mesh.uvs.push_back(uv.cast<float>());
  return static_cast<uint32_t>(mesh.vertices.size() - 1);
}

// A flat convex polygon, counter-clockwise; its picture lies along the face, level with the ground where it can.
void AddFace(Mesh& mesh, const std::vector<Vec3>& corners) {
  Vec3 normal = Vec3::Zero();
  for (size_t k = 1; k + 1 < corners.size(); ++k)
    normal += (corners[k] - corners[0]).cross(corners[k + 1] - corners[0]);
  normal.normalize();
  const bool level = std::abs(normal.z()) > 0.99;
  const Vec3 u = level ? Vec3::UnitX() : Vec3::UnitZ().cross(normal).normalized();
  const Vec3 v = normal.cross(u);
  const uint32_t first = static_cast<uint32_t>(mesh.vertices.size());
  for (const Vec3& corner : corners) AddVertex(mesh, corner, normal, Vec2(corner.dot(u), corner.dot(v)));
  for (uint32_t k = 1; k + 1 < corners.size(); ++k) mesh.triangles.push_back({first, first + k, first + k + 1});
}

Vec2 OutwardNormal(const Vec2& from, const Vec2& to) {
  const Vec2 along = to - from;
  return Vec2(along.y(), -along.x()).normalized();
}

}  // namespace

Mesh BoxMesh(const Vec3& low, const Vec3& high) {
  const auto corner = [&](int x, int y, int z) {
    return Vec3(x ? high.x() : low.x(), y ? high.y() : low.y(), z ? high.z() : low.z());
  };
  Mesh mesh;
  AddFace(mesh, {corner(0, 0, 0), corner(0, 1, 0), corner(1, 1, 0), corner(1, 0, 0)});
  AddFace(mesh, {corner(0, 0, 1), corner(1, 0, 1), corner(1, 1, 1), corner(0, 1, 1)});
  AddFace(mesh, {corner(0, 0, 0), corner(1, 0, 0), corner(1, 0, 1), corner(0, 0, 1)});
  AddFace(mesh, {corner(1, 0, 0), corner(1, 1, 0), corner(1, 1, 1), corner(1, 0, 1)});
  AddFace(mesh, {corner(1, 1, 0), corner(0, 1, 0), corner(0, 1, 1), corner(1, 1, 1)});
  AddFace(mesh, {corner(0, 1, 0), corner(0, 0, 0), corner(0, 0, 1), corner(0, 1, 1)});
  return mesh;
}

Mesh LatheMesh(const std::vector<Vec2>& given, int segments) {
  CHECK_GE(given.size(), 2u);
  CHECK_GE(segments, 3);
  // Close the solid: a profile that is no loop and does not reach the axis gets flat ends.
  std::vector<Vec2> profile = given;
  const bool loop = (profile.front() - profile.back()).norm() == 0;
  if (!loop && profile.front().x() > 0) profile.insert(profile.begin(), Vec2(0, profile.front().y()));
  if (!loop && profile.back().x() > 0) profile.push_back(Vec2(0, profile.back().y()));

  const size_t strips = profile.size() - 1;
  std::vector<Vec2> normals;
  double widest = 0;
  for (size_t s = 0; s < strips; ++s) {
    normals.push_back(OutwardNormal(profile[s], profile[s + 1]));
    widest = std::max(widest, profile[s].x());
  }
  // Normal of strip s at its start (side 0) or end (side 1), shared with the neighbour across a smooth corner.
  const auto normal_at = [&](size_t s, int side) -> Vec2 {
    const bool has_neighbour = loop || (side == 0 ? s > 0 : s + 1 < strips);
    if (!has_neighbour) return normals[s];
    const Vec2& neighbour = normals[(s + strips + (side == 0 ? strips - 1 : 1)) % strips];
    return neighbour.dot(normals[s]) < kSmoothCosine ? normals[s] : (neighbour + normals[s]).normalized().eval();
  };

  Mesh mesh;
  double length = 0;
  for (size_t s = 0; s < strips; ++s) {
    const Vec2 &from = profile[s], &to = profile[s + 1];
    const double step = (to - from).norm();
    const bool flat = std::abs(normals[s].y()) > 0.99;
    const auto add = [&](const Vec2& point, const Vec2& normal, double turn, double along) {
      const double angle = 2 * std::numbers::pi * turn / segments;
      const double c = std::cos(angle), d = std::sin(angle);
      const Vec2 uv = flat ? Vec2(point.x() * c, point.x() * d) : Vec2(angle * widest, along);
      return AddVertex(mesh, Vec3(point.x() * c, point.x() * d, point.y()),
                       Vec3(normal.x() * c, normal.x() * d, normal.y()), uv);
    };
    const Vec2 normal0 = normal_at(s, 0), normal1 = normal_at(s, 1);
    for (int k = 0; k < segments; ++k) {
      // At the axis a vertex of its own for every segment, with the normal of the segment's middle.
      const double left0 = from.x() > 0 ? k : k + 0.5, left1 = to.x() > 0 ? k : k + 0.5;
      const uint32_t a = add(from, normal0, left0, length), d = add(to, normal1, left1, length + step);
      const uint32_t b = from.x() > 0 ? add(from, normal0, k + 1, length) : a;
      const uint32_t c = to.x() > 0 ? add(to, normal1, k + 1, length + step) : d;
      if (b != a) mesh.triangles.push_back({a, b, c});
      if (c != d) mesh.triangles.push_back({a, c, d});
    }
    length += step;
  }
  return mesh;
}

Mesh HullMesh(const std::vector<Eigen::Vector3f>& points) {
  const Hull hull = ConvexHull(points);
  Mesh mesh;
  for (const auto& face : hull.faces) {
    std::vector<Vec3> corners;
    for (int index : face) corners.push_back(hull.vertices[static_cast<size_t>(index)]);
    AddFace(mesh, corners);
  }
  return mesh;
}

void Append(Mesh& mesh, const Mesh& other, const base::Pose& pose, uint16_t material) {
  const uint32_t first = static_cast<uint32_t>(mesh.vertices.size());
  const size_t faces = mesh.triangles.size();
  for (const auto& vertex : other.vertices) mesh.vertices.push_back((pose * vertex.cast<double>()).cast<float>());
  for (const auto& normal : other.normals) mesh.normals.push_back((pose.q * normal.cast<double>()).cast<float>());
  mesh.uvs.insert(mesh.uvs.end(), other.uvs.begin(), other.uvs.end());
  for (const auto& [a, b, c] : other.triangles) mesh.triangles.push_back({first + a, first + b, first + c});
  if (material == 0 && mesh.materials.empty()) return;
  mesh.materials.resize(faces, 0);
  mesh.materials.resize(mesh.triangles.size(), material);
}

void FillMassProperties(Shape& shape) {
  CHECK(!shape.parts.empty());
  Moments sum;
  Eigen::Vector3f low = shape.parts.front().vertices.front(), high = low;
  for (const ConvexPart& part : shape.parts) {
    sum.Add(MomentsOf(ConvexHull(part.vertices)));
    for (const auto& vertex : part.vertices) low = low.cwiseMin(vertex), high = high.cwiseMax(vertex);
  }
  shape.low = low.cast<double>(), shape.high = high.cast<double>();
  shape.volume_m3 = sum.volume;
  shape.centre_of_mass = sum.Centre();
}

}  // namespace figment::envs
