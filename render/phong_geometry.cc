#include "render/phong_geometry.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace figment::render {
namespace {

using Eigen::Vector3f;

constexpr int kTileCells = 20;

uint32_t Size(const std::vector<Vertex>& vertices) { return static_cast<uint32_t>(vertices.size()); }

// Indices of one draw while it grows.
class RangeWriter {
 public:
  RangeWriter(SceneGeometry& out, uint32_t base_vertex) : out_(out) {
    range_.first_index = static_cast<uint32_t>(out.indices.size());
    range_.base_vertex = static_cast<int32_t>(base_vertex);
  }
  void Triangle(uint32_t a, uint32_t b, uint32_t c) { out_.indices.insert(out_.indices.end(), {a, b, c}); }
  // Counter-clockwise corners.
  void Quad(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    Triangle(a, b, c);
    Triangle(a, c, d);
  }
  MeshRange Finish() {
    range_.index_count = static_cast<uint32_t>(out_.indices.size()) - range_.first_index;
    return range_;
  }

 private:
  SceneGeometry& out_;
  MeshRange range_;
};

class FieldBuilder {
 public:
  FieldBuilder(const envs::HeightField& field, SceneGeometry& out) : field_(field), out_(out), first_(Size(out.vertices)) {}

  DrawnField Build() {
    const auto surface = static_cast<size_t>(field_.rows) * static_cast<size_t>(field_.columns);
    out_.vertices.resize(out_.vertices.size() + 2 * surface, Vertex{.position = Vector3f::Zero(), .previous = Vector3f::Zero(),
                                                                   .normal = Vector3f::UnitZ()});
    DrawnField drawn{.first_vertex = first_};
    for (int row = 0; row + 1 < field_.rows; row += kTileCells)
      for (int column = 0; column + 1 < field_.columns; column += kTileCells) drawn.tiles.push_back(Tile(row, column));
    drawn.walls = Walls();
    drawn.vertex_count = Size(out_.vertices) - first_;
    drawn.cell_m = static_cast<float>(std::max(2 * field_.half_size_m.x() / (field_.columns - 1),
                                               2 * field_.half_size_m.y() / (field_.rows - 1)));
    return drawn;
  }

 private:
  uint32_t At(int row, int column) const { return static_cast<uint32_t>(row * field_.columns + column); }
  uint32_t Hem(int row, int column) const { return static_cast<uint32_t>(field_.rows * field_.columns) + At(row, column); }

  FieldTile Tile(int row, int column) {
    FieldTile tile{.first_row = row, .last_row = std::min(row + kTileCells, field_.rows - 1),
                   .first_column = column, .last_column = std::min(column + kTileCells, field_.columns - 1)};
    for (int level = 0; level < kFieldLevels; ++level) tile.levels[static_cast<size_t>(level)] = Level(tile, 1 << level);
    return tile;
  }

  // Every `stride`-th of first..last, and last itself.
  static std::vector<int> Steps(int first, int last, int stride) {
    std::vector<int> steps;
    for (int i = first; i < last; i += stride) steps.push_back(i);
    steps.push_back(last);
    return steps;
  }

  MeshRange Level(const FieldTile& tile, int stride) {
    RangeWriter writer(out_, first_);
    const std::vector<int> rows = Steps(tile.first_row, tile.last_row, stride);
    const std::vector<int> columns = Steps(tile.first_column, tile.last_column, stride);
    // Cells are cut along their rising diagonal, as MuJoCo's are.
    for (size_t r = 0; r + 1 < rows.size(); ++r)
      for (size_t c = 0; c + 1 < columns.size(); ++c)
        writer.Quad(At(rows[r], columns[c]), At(rows[r], columns[c + 1]), At(rows[r + 1], columns[c + 1]),
                    At(rows[r + 1], columns[c]));
    if (stride > 1) {
      const auto hang = [&](int r0, int c0, int r1, int c1) {
        writer.Quad(Hem(r0, c0), Hem(r1, c1), At(r1, c1), At(r0, c0));
      };
      for (size_t c = 0; c + 1 < columns.size(); ++c) {
        hang(tile.first_row, columns[c], tile.first_row, columns[c + 1]);
        hang(tile.last_row, columns[c + 1], tile.last_row, columns[c]);
      }
      for (size_t r = 0; r + 1 < rows.size(); ++r) {
        hang(rows[r + 1], tile.first_column, rows[r], tile.first_column);
        hang(rows[r], tile.last_column, rows[r + 1], tile.last_column);
      }
    }
    return writer.Finish();
  }

  // Around the border counter-clockwise: a top and a bottom vertex each, four sides with corners of their own.
  MeshRange Walls() {
    RangeWriter writer(out_, first_);
    const auto side = [&](const Vector3f& normal, int count) {
      const uint32_t start = Size(out_.vertices) - first_;
      for (int i = 0; i < 2 * count; ++i)
        out_.vertices.push_back({.position = Vector3f::Zero(), .previous = Vector3f::Zero(), .normal = normal});
      for (uint32_t i = 0; i + 1 < static_cast<uint32_t>(count); ++i)
        writer.Quad(start + 2 * i + 1, start + 2 * i + 3, start + 2 * i + 2, start + 2 * i);
    };
    side(-Vector3f::UnitY(), field_.columns);
    side(Vector3f::UnitX(), field_.rows);
    side(Vector3f::UnitY(), field_.columns);
    side(-Vector3f::UnitX(), field_.rows);
    const uint32_t bottom = Size(out_.vertices) - first_;
    for (int i = 0; i < 4; ++i)
      out_.vertices.push_back({.position = Vector3f::Zero(), .previous = Vector3f::Zero(), .normal = -Vector3f::UnitZ()});
    writer.Quad(bottom, bottom + 3, bottom + 2, bottom + 1);
    return writer.Finish();
  }

  const envs::HeightField& field_;
  SceneGeometry& out_;
  const uint32_t first_;
};

// A single row of heights has none.
bool HasSurface(const envs::HeightField& field) { return field.rows >= 2 && field.columns >= 2; }

// Sums of what each bone says about its vertices.
void Deform(const envs::Skin& skin, std::span<const base::Pose> bones_W, std::vector<Vector3f>& positions) {
  positions.assign(skin.mesh.vertices.size(), Vector3f::Zero());
  for (size_t b = 0; b < skin.bones.size(); ++b) {
    const envs::Skin::Bone& bone = skin.bones[b];
    const base::Pose moved = bones_W[b] * bone.X_WB.Inverse();
    const Eigen::Matrix3f rotation = moved.q.toRotationMatrix().cast<float>();
    const Vector3f translation = moved.p.cast<float>();
    for (size_t k = 0; k < bone.vertices.size(); ++k) {
      const auto v = static_cast<size_t>(bone.vertices[k]);
      positions[v] += bone.weights[k] * (rotation * skin.mesh.vertices[v] + translation);
    }
  }
}

void SmoothNormals(const std::vector<std::array<uint32_t, 3>>& triangles, const std::vector<Vector3f>& positions,
                   std::vector<Vector3f>& normals) {
  normals.assign(positions.size(), Vector3f::Zero());
  for (const auto& [a, b, c] : triangles) {
    const Vector3f normal = (positions[b] - positions[a]).cross(positions[c] - positions[a]);
    normals[a] += normal, normals[b] += normal, normals[c] += normal;
  }
  for (Vector3f& normal : normals) normal /= std::max(normal.norm(), 1e-15f);
}

}  // namespace

DrawnField AppendHeightField(const envs::HeightField& field, SceneGeometry& out) {
  if (!HasSurface(field)) return {.first_vertex = Size(out.vertices)};
  return FieldBuilder(field, out).Build();
}

DrawnSkin AppendSkin(const envs::Skin& skin, SceneGeometry& out) {
  DrawnSkin drawn{.first_vertex = Size(out.vertices), .vertex_count = static_cast<uint32_t>(skin.mesh.vertices.size())};
  for (const Eigen::Vector2f& uv : skin.mesh.uvs)
    out.vertices.push_back({.position = Vector3f::Zero(), .previous = Vector3f::Zero(), .normal = Vector3f::UnitZ(), .uv = uv});
  RangeWriter writer(out, drawn.first_vertex);
  for (const auto& [a, b, c] : skin.mesh.triangles) {
    CHECK(std::max({a, b, c}) < drawn.vertex_count);
    writer.Triangle(a, b, c);
  }
  drawn.range = writer.Finish();
  return drawn;
}

void FillHeightField(const envs::HeightField& field, const DrawnField& drawn, const std::vector<float>& heights_m,
                     std::vector<Vertex>& vertices, std::vector<Eigen::AlignedBox3d>& bounds) {
  const int rows = field.rows, columns = field.columns;
  CHECK_EQ(heights_m.size(), static_cast<size_t>(rows) * static_cast<size_t>(columns));
  CHECK_EQ(vertices.size(), static_cast<size_t>(drawn.vertex_count));
  bounds.clear();
  if (!HasSurface(field)) return;
  const auto height = [&](int row, int column) {
    row = std::clamp(row, 0, rows - 1), column = std::clamp(column, 0, columns - 1);
    return heights_m[static_cast<size_t>(row * columns + column)];
  };
  const auto half_x = static_cast<float>(field.half_size_m.x()), half_y = static_cast<float>(field.half_size_m.y());
  const float step_x = 2 * half_x / static_cast<float>(columns - 1), step_y = 2 * half_y / static_cast<float>(rows - 1);
  const auto place = [&](int row, int column) {
    return Vector3f(half_x * (2 * static_cast<float>(column) / static_cast<float>(columns - 1) - 1),
                    half_y * (2 * static_cast<float>(row) / static_cast<float>(rows - 1) - 1), height(row, column));
  };
  const size_t surface = heights_m.size();
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < columns; ++column) {
      const auto k = static_cast<size_t>(row * columns + column);
      const float slope_x = (height(row, column + 1) - height(row, column - 1)) / (2 * step_x);
      const float slope_y = (height(row + 1, column) - height(row - 1, column)) / (2 * step_y);
      Vertex& vertex = vertices[k];
      vertex.position = vertex.previous = place(row, column);
      vertex.normal = Vector3f(-slope_x, -slope_y, 1).normalized();
      vertices[surface + k] = vertex;
      vertices[surface + k].position.z() -= drawn.cell_m;
      vertices[surface + k].previous = vertices[surface + k].position;
    }

  size_t next = 2 * surface;
  const auto put = [&](Vector3f position) { vertices[next].position = vertices[next].previous = position, ++next; };
  const auto wall = [&](int row, int column) {
    const Vector3f top = place(row, column);
    put(top);
    put({top.x(), top.y(), static_cast<float>(-field.base_m)});
  };
  for (int column = 0; column < columns; ++column) wall(0, column);
  for (int row = 0; row < rows; ++row) wall(row, columns - 1);
  for (int column = columns - 1; column >= 0; --column) wall(rows - 1, column);
  for (int row = rows - 1; row >= 0; --row) wall(row, 0);
  for (const auto& [x, y] : {std::pair{-1.0f, -1.0f}, {1.0f, -1.0f}, {1.0f, 1.0f}, {-1.0f, 1.0f}})
    put({x * half_x, y * half_y, static_cast<float>(-field.base_m)});

  for (const FieldTile& tile : drawn.tiles) {
    Eigen::AlignedBox3d& box = bounds.emplace_back();
    for (int row = tile.first_row; row <= tile.last_row; ++row)
      for (int column = tile.first_column; column <= tile.last_column; ++column)
        box.extend(vertices[static_cast<size_t>(row * columns + column)].position.cast<double>());
  }
}

void FillSkin(const envs::Skin& skin, std::span<const base::Pose> bones_W, std::span<const base::Pose> previous_W,
              std::vector<Vertex>& vertices) {
  CHECK_EQ(vertices.size(), skin.mesh.vertices.size());
  std::vector<Vector3f> positions, normals;
  const auto inflated = [&](std::span<const base::Pose> bones) {
    Deform(skin, bones, positions);
    SmoothNormals(skin.mesh.triangles, positions, normals);
    for (size_t v = 0; v < positions.size(); ++v) positions[v] += skin.inflate_m * normals[v];
  };
  const bool moved = previous_W.data() != bones_W.data();
  if (moved) {
    inflated(previous_W);
    for (size_t v = 0; v < positions.size(); ++v) vertices[v].previous = positions[v];
  }
  inflated(bones_W);
  for (size_t v = 0; v < positions.size(); ++v) {
    vertices[v].position = positions[v];
    vertices[v].normal = normals[v];
    if (!moved) vertices[v].previous = positions[v];
  }
}

}  // namespace figment::render
