#include "render/geometry.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/error.h"

namespace figment::render {
namespace {

using Eigen::Vector2f;
using Eigen::Vector3f;

// Directions in which outlines of levels are compared; 200 leave gaps of about 14 degrees.
constexpr int kOutlineDirections = 200;

std::vector<Vector3f> SphereDirections() {
  std::vector<Vector3f> directions;
  for (int i = 0; i < kOutlineDirections; ++i) {
    const double z = 1 - (2 * i + 1.0) / kOutlineDirections, r = std::sqrt(1 - z * z);
    const double angle = i * 2.399963229728653;  // golden angle: even cover (Fibonacci sphere)
    directions.emplace_back(static_cast<float>(r * std::cos(angle)), static_cast<float>(r * std::sin(angle)),
                            static_cast<float>(z));
  }
  return directions;
}

// How far the mesh reaches in each direction.
std::vector<float> Reaches(const envs::Mesh& mesh, const std::vector<Vector3f>& directions) {
  std::vector<float> reaches;
  for (const Vector3f& direction : directions) {
    float reach = -INFINITY;
    for (const Vector3f& v : mesh.vertices) reach = std::max(reach, v.dot(direction));
    reaches.push_back(reach);
  }
  return reaches;
}

// The largest difference of the two meshes' extents over all directions: exact for convex outlines, and the tessellation
// of hollow ones is alike inside and outside.
float OutlineError(const std::vector<float>& fine, const std::vector<float>& coarse) {
  float error = 0;
  for (size_t i = 0; i < fine.size(); ++i) error = std::max(error, std::abs(fine[i] - coarse[i]));
  return error;
}

void CheckMesh(const envs::Mesh& mesh, const std::string& shape) {
  const size_t count = mesh.vertices.size();
  if (count == 0 || mesh.triangles.empty()) throw base::Error("shape '" + shape + "' has an empty mesh");
  if (mesh.normals.size() != count || mesh.uvs.size() != count)
    throw base::Error("shape '" + shape + "' needs one normal and one texture coordinate per vertex");
  if (!mesh.materials.empty() && mesh.materials.size() != mesh.triangles.size())
    throw base::Error("shape '" + shape + "' needs one material slot per triangle, or none");
  for (const auto& triangle : mesh.triangles)
    for (const uint32_t corner : triangle)
      if (corner >= count) throw base::Error("shape '" + shape + "' has a triangle that names a missing vertex");
}

// Appends the triangles of one material slot; vertices of other slots are left out.
SlotRange AppendSlot(const envs::Mesh& mesh, int slot, SceneGeometry& out) {
  SlotRange part{.range = {.first_index = static_cast<uint32_t>(out.indices.size()),
                           .base_vertex = static_cast<int32_t>(out.vertices.size())},
                 .slot = slot};
  constexpr uint32_t kUnwritten = UINT32_MAX;
  std::vector<uint32_t> written(mesh.vertices.size(), kUnwritten);
  uint32_t count = 0;
  for (size_t t = 0; t < mesh.triangles.size(); ++t) {
    if (!mesh.materials.empty() && mesh.materials[t] != slot) continue;
    for (const uint32_t corner : mesh.triangles[t]) {
      if (written[corner] == kUnwritten) {
        written[corner] = count++;
        out.vertices.push_back({mesh.vertices[corner], mesh.vertices[corner], mesh.normals[corner], mesh.uvs[corner]});
      }
      out.indices.push_back(written[corner]);
    }
  }
  part.range.index_count = static_cast<uint32_t>(out.indices.size()) - part.range.first_index;
  return part;
}

std::vector<SlotRange> AppendMesh(const envs::Mesh& mesh, SceneGeometry& out) {
  int slots = 1;
  for (const uint16_t slot : mesh.materials) slots = std::max(slots, slot + 1);
  std::vector<SlotRange> parts;
  for (int slot = 0; slot < slots; ++slot) {
    const SlotRange part = AppendSlot(mesh, slot, out);
    if (part.range.index_count > 0) parts.push_back(part);
  }
  return parts;
}

// The same vertices with every triangle turned round.
std::vector<LevelOfDetail> BackLevels(std::vector<LevelOfDetail> levels, SceneGeometry& out) {
  for (LevelOfDetail& level : levels)
    for (SlotRange& part : level.parts) {
      const auto first = static_cast<uint32_t>(out.indices.size());
      for (uint32_t i = 0; i < part.range.index_count; i += 3)
        for (const uint32_t corner : {0u, 2u, 1u}) out.indices.push_back(out.indices[part.range.first_index + i + corner]);
      part.range.first_index = first;
    }
  return levels;
}

DrawnShape AppendShape(const envs::Shape& shape, const std::vector<Vector3f>& directions, SceneGeometry& out) {
  if (shape.lods.empty()) throw base::Error("shape '" + shape.name + "' has no mesh");
  DrawnShape drawn;
  const std::vector<float> finest = Reaches(shape.lods.front(), directions);
  for (const envs::Mesh& mesh : shape.lods) {
    CheckMesh(mesh, shape.name);
    drawn.levels.push_back({AppendMesh(mesh, out), OutlineError(finest, Reaches(mesh, directions))});
  }
  Eigen::AlignedBox3f bounds;
  for (const Vector3f& v : shape.lods.front().vertices) bounds.extend(v);
  drawn.centre = bounds.center().cast<double>();
  drawn.half_size = bounds.sizes().cast<double>() / 2;
  drawn.picture_uvs = shape.picture_uvs;
  drawn.round_ends = shape.round_ends;
  if (shape.sheet) drawn.back_levels = BackLevels(drawn.levels, out);
  drawn.project_uv = shape.kind == envs::ShapeKind::kBox || shape.kind == envs::ShapeKind::kConvex;
  return drawn;
}

// A square of the cube -1..1 whose outward normal is `sign` times axis `axis`.
void AppendFace(int axis, float sign, envs::Mesh& mesh) {
  const uint32_t first = static_cast<uint32_t>(mesh.vertices.size());
  const Vector3f normal = sign * Vector3f::Unit(axis);
  const Vector3f right = Vector3f::Unit((axis + 1) % 3) * sign, up = Vector3f::Unit((axis + 2) % 3);
  for (const auto& [x, y] : {std::pair{-1.0f, -1.0f}, {1.0f, -1.0f}, {1.0f, 1.0f}, {-1.0f, 1.0f}}) {
    mesh.vertices.push_back(normal + x * right + y * up);
    mesh.normals.push_back(normal);
    mesh.uvs.push_back(Vector2f(x, y));
  }
  mesh.triangles.push_back({first, first + 1, first + 2});
  mesh.triangles.push_back({first, first + 2, first + 3});
}

MeshRange AppendCube(SceneGeometry& out) {
  envs::Mesh cube;
  for (int axis = 0; axis < 3; ++axis)
    for (const float sign : {-1.0f, 1.0f}) AppendFace(axis, sign, cube);
  return AppendSlot(cube, 0, out).range;
}

MeshRange AppendGround(SceneGeometry& out) {
  envs::Mesh square;
  AppendFace(2, 1.0f, square);
  for (Vector3f& v : square.vertices) v.z() = 0;
  return AppendSlot(square, 0, out).range;
}

DrawnCloth AppendCloth(const envs::Cloth& cloth, SceneGeometry& out) {
  const auto [columns, rows] = cloth.resolution;
  CHECK(columns >= 2 && rows >= 2);
  const uint32_t count = static_cast<uint32_t>(columns * rows);
  DrawnCloth drawn{.range = {.first_index = static_cast<uint32_t>(out.indices.size()),
                             .base_vertex = static_cast<int32_t>(out.vertices.size())},
                   .resolution = cloth.resolution,
                   .first_vertex = static_cast<uint32_t>(out.vertices.size())};
  for (int side = 0; side < 2; ++side)
    for (int j = 0; j < rows; ++j)
      for (int i = 0; i < columns; ++i) {
        Vertex vertex{.position = Vector3f::Zero(), .previous = Vector3f::Zero(), .normal = Vector3f::UnitZ()};
        vertex.uv = Vector2f(static_cast<float>(i * cloth.size_m.x() / (columns - 1)),
                             static_cast<float>(j * cloth.size_m.y() / (rows - 1)));
        out.vertices.push_back(vertex);
      }
  const auto add = [&](uint32_t a, uint32_t b, uint32_t c) {
    out.indices.insert(out.indices.end(), {a, b, c, count + a, count + c, count + b});
  };
  for (uint32_t j = 0; j + 1 < static_cast<uint32_t>(rows); ++j)
    for (uint32_t i = 0; i + 1 < static_cast<uint32_t>(columns); ++i) {
      const uint32_t corner = j * static_cast<uint32_t>(columns) + i, above = corner + static_cast<uint32_t>(columns);
      add(corner, corner + 1, above + 1);
      add(corner, above + 1, above);
    }
  drawn.range.index_count = static_cast<uint32_t>(out.indices.size()) - drawn.range.first_index;
  return drawn;
}

}  // namespace

SceneGeometry BuildGeometry(const envs::Scene& scene) {
  SceneGeometry geometry;
  const std::vector<Vector3f> directions = SphereDirections();
  for (const envs::Shape& shape : scene.shapes) geometry.shapes.push_back(AppendShape(shape, directions, geometry));
  geometry.box = AppendCube(geometry);
  geometry.ground = AppendGround(geometry);
  for (const envs::Cloth& cloth : scene.cloths) geometry.cloths.push_back(AppendCloth(cloth, geometry));
  return geometry;
}

void FillClothVertices(const DrawnCloth& cloth, const envs::ClothState& now, const envs::ClothState& previous,
                       std::vector<Vertex>& out) {
  const auto [columns, rows] = cloth.resolution;
  const size_t count = static_cast<size_t>(columns) * static_cast<size_t>(rows);
  CHECK_EQ(now.vertices_W.size(), count);
  CHECK_EQ(previous.vertices_W.size(), count);
  CHECK_EQ(out.size(), 2 * count);
  const auto at = [&](int i, int j) -> const Vector3f& {
    i = std::clamp(i, 0, columns - 1), j = std::clamp(j, 0, rows - 1);
    return now.vertices_W[static_cast<size_t>(j * columns + i)];
  };
  for (int j = 0; j < rows; ++j)
    for (int i = 0; i < columns; ++i) {
      const size_t k = static_cast<size_t>(j * columns + i);
      // Central differences along both directions of the sheet.
      Vector3f normal = (at(i + 1, j) - at(i - 1, j)).cross(at(i, j + 1) - at(i, j - 1));
      const float length = normal.norm();
      normal = length > 0 ? Vector3f(normal / length) : Vector3f::UnitZ();
      for (const size_t side : {k, count + k}) {
        out[side].position = now.vertices_W[k];
        out[side].previous = previous.vertices_W[k];
        out[side].normal = side == k ? normal : Vector3f(-normal);
      }
    }
}

}  // namespace figment::render
