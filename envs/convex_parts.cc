#include "envs/convex_parts.h"

#include <HACD/hacdHACD.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/check.h"
#include "envs/convex_hull.h"
#include "envs/mesh_file.h"

namespace figment::envs {
namespace {

using Eigen::Vector3f;

constexpr double kNearlyConvex = 0.95;        // share of its hull that a mesh fills
constexpr size_t kMostTriangles = 2500;       // finer meshes are made coarser first: the time goes with the square
constexpr int kHullCorners = 64;
// Depth of what a part may bridge, in thousandths of the mesh's diagonal; the other where that leaves too many parts.
constexpr double kDepth = 25, kAnyDepth = 1e6;

// Corners at one place are one point; triangles that name three others, each once (an open surface has a back).
struct PlainMesh {
  std::vector<HACD::Vec3<HACD::Real>> points;
  std::vector<HACD::Vec3<long>> triangles;
};

PlainMesh Welded(const Mesh& mesh) {
  PlainMesh plain;
  std::map<std::array<float, 3>, long> number_of;
  std::vector<long> numbers;
  for (const Vector3f& v : mesh.vertices) {
    const auto [found, is_new] = number_of.try_emplace({v.x(), v.y(), v.z()}, static_cast<long>(plain.points.size()));
    if (is_new) plain.points.emplace_back(v.x(), v.y(), v.z());
    numbers.push_back(found->second);
  }
  std::set<std::array<long, 3>> known;
  for (const auto& [a, b, c] : mesh.triangles) {
    std::array<long, 3> sorted = {numbers[a], numbers[b], numbers[c]};
    std::sort(sorted.begin(), sorted.end());
    if (sorted[0] == sorted[1] || sorted[1] == sorted[2] || !known.insert(sorted).second) continue;
    plain.triangles.emplace_back(numbers[a], numbers[b], numbers[c]);
  }
  return plain;
}

// Triangles that cross at random are no surface, and the decomposition neither ends nor minds its memory on them: all
// but few edges must join at most two.
bool FormSurface(const PlainMesh& plain) {
  constexpr size_t kOneIn = 20;
  std::map<std::array<long, 2>, int> triangles_at;
  for (const HACD::Vec3<long>& triangle : plain.triangles) {
    const std::array<long, 3> corners = {triangle.X(), triangle.Y(), triangle.Z()};
    for (size_t k = 0; k < 3; ++k) {
      const auto [low, high] = std::minmax(corners[k], corners[(k + 1) % 3]);
      ++triangles_at[{low, high}];
    }
  }
  const auto crowded =
      std::count_if(triangles_at.begin(), triangles_at.end(), [](const auto& edge) { return edge.second > 2; });
  return static_cast<size_t>(crowded) * kOneIn <= triangles_at.size();
}

double VolumeOf(const Mesh& mesh) {
  double volume = 0;
  const auto vertex = [&](uint32_t v) { return base::Vec3(mesh.vertices[v].cast<double>()); };
  for (const auto& [a, b, c] : mesh.triangles) volume += vertex(a).dot(vertex(b).cross(vertex(c))) / 6;
  return volume;
}

Mesh Coarsened(const Mesh& mesh) {
  Eigen::AlignedBox3f box;
  for (const Vector3f& v : mesh.vertices) box.extend(v);
  Mesh coarse = mesh;
  for (int cells = 128; coarse.triangles.size() > kMostTriangles && cells > 8; cells = cells * 3 / 4)
    coarse = MergeVertices(mesh, box.sizes().maxCoeff() / static_cast<float>(cells));
  return coarse;
}

// Joins until parts would become deeper than `depth` or fewer than `least`.
std::vector<std::vector<Vector3f>> Decomposed(PlainMesh plain, double depth, int least) {
  HACD::HACD hacd;
  hacd.SetPoints(plain.points.data());
  hacd.SetNPoints(plain.points.size());
  hacd.SetTriangles(plain.triangles.data());
  hacd.SetNTriangles(plain.triangles.size());
  hacd.SetNClusters(static_cast<size_t>(least));
  hacd.SetConcavity(depth);
  hacd.SetNVerticesPerCH(kHullCorners);
  hacd.SetCompacityWeight(0.1);   // prefers round parts
  hacd.SetVolumeWeight(0);
  hacd.SetAddExtraDistPoints(true);
  hacd.SetAddFacesPoints(true);
  hacd.SetAddNeighboursDistPoints(true);
  std::vector<std::vector<Vector3f>> parts;
  if (!hacd.Compute()) return parts;
  hacd.DenormalizeData();
  for (size_t c = 0; c < hacd.GetNClusters(); ++c) {
    std::vector<HACD::Vec3<HACD::Real>> points(hacd.GetNPointsCH(c));
    std::vector<HACD::Vec3<long>> triangles(hacd.GetNTrianglesCH(c));
    hacd.GetCH(c, points.data(), triangles.data());
    std::vector<Vector3f> corners;
    for (const auto& p : points) corners.push_back(base::Vec3(p.X(), p.Y(), p.Z()).cast<float>());
    corners = OutermostPoints(corners, kHullCorners);
    if (!corners.empty()) parts.push_back(std::move(corners));  // flat ones lie on the surface of others
  }
  return parts;
}

}  // namespace

std::vector<std::vector<Vector3f>> ConvexPartsOf(const Mesh& mesh, int most_parts) {
  const std::vector<Vector3f> hull = OutermostPoints(mesh.vertices, kHullCorners);
  CHECK(!hull.empty());
  const double hull_volume = MomentsOf(ConvexHull(hull)).volume;
  if (most_parts == 1 || VolumeOf(mesh) > kNearlyConvex * hull_volume) return {hull};
  if (!FormSurface(Welded(mesh))) return {hull};
  const PlainMesh plain = Welded(Coarsened(mesh));
  auto parts = Decomposed(plain, kDepth, 1);
  if (parts.size() > static_cast<size_t>(most_parts)) parts = Decomposed(plain, kAnyDepth, most_parts);
  if (parts.empty() || parts.size() > static_cast<size_t>(most_parts)) return {hull};
  return parts;
}

}  // namespace figment::envs
