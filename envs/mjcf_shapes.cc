#include "envs/mjcf_shapes.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

namespace figment::envs {
namespace {

using Eigen::Vector2f;
using Eigen::Vector3f;

// A grid of (columns + 1) x (rows + 1) vertices and its triangles, counter-clockwise in (column, row).
using AppendVertexAt = std::function<void(int column, int row, Mesh& mesh)>;

void AppendGrid(int columns, int rows, Mesh& mesh, const AppendVertexAt& append_vertex) {
  const auto first = static_cast<uint32_t>(mesh.vertices.size());
  for (int row = 0; row <= rows; ++row)
    for (int column = 0; column <= columns; ++column) append_vertex(column, row, mesh);
  const auto at = [&](int column, int row) { return first + static_cast<uint32_t>(row * (columns + 1) + column); };
  const auto add = [&](uint32_t a, uint32_t b, uint32_t c) {
    const Vector3f edge = mesh.vertices[b] - mesh.vertices[a];
    if (edge.cross(mesh.vertices[c] - mesh.vertices[a]).squaredNorm() > 0) mesh.triangles.push_back({a, b, c});
  };
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < columns; ++column) {
      add(at(column, row), at(column + 1, row), at(column + 1, row + 1));
      add(at(column, row), at(column + 1, row + 1), at(column, row + 1));
    }
}

void AppendVertex(const Vector3f& position, const Vector3f& normal, const Vector2f& uv, Mesh& mesh) {
  mesh.vertices.push_back(position);
  mesh.normals.push_back(normal);
  mesh.uvs.push_back(uv);
}

double Azimuth(int column, int slices) { return 2 * std::numbers::pi * column / slices; }

// A ball's rows between two elevations.
struct Band {
  double low = 0, high = 0;      // elevations
  double v_low = 0, v_high = 0;  // texture coordinates there
  double z = 0;                  // of the ball's centre
};

void AppendBall(int slices, int rows, const Band& band, Mesh& mesh) {
  AppendGrid(slices, rows, mesh, [&](int column, int row, Mesh& out) {
    const double t = static_cast<double>(row) / rows, azimuth = Azimuth(column, slices);
    const double elevation = band.low + t * (band.high - band.low);
    const bool pole = std::abs(elevation) > std::numbers::pi / 2 - 1e-9;
    const double r = pole ? 0 : std::cos(elevation);
    const Vector3f normal(static_cast<float>(r * std::cos(azimuth)), static_cast<float>(r * std::sin(azimuth)),
                          static_cast<float>(std::sin(elevation)));
    // A pole has one vertex a slice, in the middle of it.
    const double u = (column + (pole ? 0.5 : 0.0)) / slices;
    AppendVertex(normal + Vector3f(0, 0, static_cast<float>(band.z)), normal,
                 {static_cast<float>(u), static_cast<float>(band.v_low + t * (band.v_high - band.v_low))}, out);
  });
}

void AppendTube(int slices, int stacks, Mesh& mesh) {
  AppendGrid(slices, stacks, mesh, [&](int column, int row, Mesh& out) {
    const double azimuth = Azimuth(column, slices), z = 2.0 * row / stacks - 1;
    const Vector3f normal(static_cast<float>(std::cos(azimuth)), static_cast<float>(std::sin(azimuth)), 0);
    AppendVertex(normal + Vector3f(0, 0, static_cast<float>(z)), normal,
                 {static_cast<float>(column) / static_cast<float>(slices), static_cast<float>((1 - z) / 2)}, out);
  });
}

void AppendDisc(int slices, int rings, float sign, Mesh& mesh) {
  AppendGrid(slices, rings, mesh, [&](int column, int row, Mesh& out) {
    const double azimuth = Azimuth(column, slices), r = static_cast<double>(sign > 0 ? rings - row : row) / rings;
    const Vector2f p(static_cast<float>(r * std::cos(azimuth)), static_cast<float>(r * std::sin(azimuth)));
    AppendVertex({p.x(), p.y(), sign}, {0, 0, sign}, Vector2f(0.5f, 0.5f) + 0.5f * p, out);
  });
}

// The side of the box -1..1 with outward normal `sign` along `axis`.
void AppendSide(int axis, float sign, int quads, Mesh& mesh) {
  const Vector3f normal = sign * Vector3f::Unit(axis);
  const int a = axis == 0 ? 1 : 0, b = axis == 2 ? 1 : 2;  // the side's own axes: y z, x z or x y
  const bool turned = (axis == 1) != (sign < 0);           // a x b points inwards: rows run backwards
  AppendGrid(quads, quads, mesh, [&](int column, int row, Mesh& out) {
    const double along_a = static_cast<double>(column) / quads;
    const double along_b = static_cast<double>(turned ? quads - row : row) / quads;
    const Vector3f p = normal + static_cast<float>(2 * along_a - 1) * Vector3f::Unit(a) +
                       static_cast<float>(2 * along_b - 1) * Vector3f::Unit(b);
    AppendVertex(p, normal, {static_cast<float>(along_a), static_cast<float>(1 - along_b)}, out);
  });
}

Shape WithLevels(const std::string& name, const std::vector<Mesh>& levels) {
  Shape shape;
  shape.name = name;
  shape.kind = ShapeKind::kCompound;
  shape.lods = levels;
  Eigen::AlignedBox3f bounds;
  for (const Vector3f& v : levels.front().vertices) bounds.extend(v);
  shape.low = bounds.min().cast<double>(), shape.high = bounds.max().cast<double>();
  return shape;
}

// Levels with whole, half and a quarter of the slices and stacks.
template <class Append>
Shape RoundShape(const std::string& name, int slices, int stacks, const Append& append) {
  std::vector<Mesh> levels;
  for (const int divisor : {1, 2, 4}) append(std::max(3, slices / divisor), std::max(2, stacks / divisor / 2 * 2), levels.emplace_back());
  return WithLevels(name, levels);
}

constexpr double kUp = std::numbers::pi / 2;

}  // namespace

Shape MujocoSphere(int slices, int stacks) {
  return RoundShape("sphere", slices, stacks, [](int n, int m, Mesh& mesh) {
    AppendBall(n, m, {.low = -kUp, .high = kUp, .v_low = 1}, mesh);
  });
}

Shape MujocoCylinder(int slices, int stacks) {
  return RoundShape("cylinder", slices, stacks, [](int n, int m, Mesh& mesh) {
    AppendDisc(n, m / 2, -1, mesh);
    AppendTube(n, m, mesh);
    AppendDisc(n, m / 2, 1, mesh);
  });
}

Shape MujocoCapsule(int slices, int stacks) {
  Shape capsule = RoundShape("capsule", slices, stacks, [](int n, int m, Mesh& mesh) {
    AppendTube(n, m, mesh);
    AppendBall(n, m / 2, {.low = 0, .high = kUp, .v_low = 1, .z = 1}, mesh);
    AppendBall(n, m / 2, {.low = -kUp, .high = 0, .v_low = 1, .z = -1}, mesh);
  });
  capsule.round_ends = true;
  return capsule;
}

Shape MujocoBox(int quads) {
  std::vector<Mesh> levels;
  for (const int n : {quads, 1}) {
    Mesh& mesh = levels.emplace_back();
    for (int axis = 0; axis < 3; ++axis)
      for (const float sign : {-1.0f, 1.0f}) AppendSide(axis, sign, n, mesh);
  }
  return WithLevels("box", levels);
}

Shape MujocoPlane(const std::vector<double>& xs, const std::vector<double>& ys, const base::Vec2& u, const base::Vec2& v) {
  const auto grid = [&](const std::vector<double>& at_x, const std::vector<double>& at_y) {
    Mesh mesh;
    AppendGrid(static_cast<int>(at_x.size()) - 1, static_cast<int>(at_y.size()) - 1, mesh,
               [&](int column, int row, Mesh& out) {
                 const double x = at_x[static_cast<size_t>(column)], y = at_y[static_cast<size_t>(row)];
                 AppendVertex({static_cast<float>(x), static_cast<float>(y), 0}, Vector3f::UnitZ(),
                              {static_cast<float>(u.x() * x + u.y()), static_cast<float>(v.x() * y + v.y())}, out);
               });
    return mesh;
  };
  Shape plane = WithLevels("plane", {grid(xs, ys), grid({xs.front(), xs.back()}, {ys.front(), ys.back()})});
  plane.sheet = true;
  return plane;
}

}  // namespace figment::envs
