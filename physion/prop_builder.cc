#include "physion/prop_builder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <map>
#include <tuple>

#include "base/check.h"

namespace figment::physion {

using base::Pose;
using base::Vec2;
using base::Vec3;

namespace {

constexpr double kPi = std::numbers::pi;
// Faces meeting below this angle share a normal: above the 45 degrees between the sides of an eight-sided tube, below
// the 90 degrees of a box.
const double kCreaseCosine = std::cos(58.0 * kPi / 180.0);
// Triangles below this area (half a square micrometre) are dropped: a repeated profile point makes them.
constexpr double kMinArea_m2 = 5e-13;

// Facets of round pieces by detail: the level, and one or two steps more for small pieces.
constexpr int kTubeSides[] = {9, 7, 5, 4, 4};
constexpr int kEllipsoidSides[] = {12, 8, 6, 4, 4};
constexpr int kEllipsoidStacks[] = {7, 5, 3, 2, 2};

// One corner of a triangle before vertices are shared.
struct Corner {
  int point = 0;
  Vec2 uv = Vec2::Zero();
};
struct Face {
  std::array<Corner, 3> corners;
  int slot = 0;
};

// Two unit vectors that make a right-handed frame with unit vector t.
std::pair<Vec3, Vec3> Across(const Vec3& t) {
  const Vec3 helper = std::abs(t.z()) < 0.9 ? Vec3::UnitZ() : Vec3::UnitX();
  const Vec3 n = helper.cross(t).normalized();
  return {n, t.cross(n)};
}

// Coordinates of a point on a flat cap: drop the axis the cap faces.
Vec2 PlanarUv(const Vec3& point, const Vec3& normal) {
  int axis = 0;
  normal.cwiseAbs().maxCoeff(&axis);
  return axis == 0 ? Vec2(point.y(), point.z()) : axis == 1 ? Vec2(point.x(), point.z()) : Vec2(point.x(), point.y());
}

// Turns faces into a mesh: smooth normals up to the crease angle, vertices shared where all attributes agree.
void AppendFaces(const std::vector<Vec3>& points, const std::vector<Face>& all_faces, envs::Mesh& mesh) {
  std::vector<Face> faces;
  std::vector<Vec3> area;  // normal times twice the area
  std::vector<std::vector<int>> faces_of_point(points.size());
  for (const Face& face : all_faces) {
    const Vec3& a = points[face.corners[0].point];
    const Vec3 normal = (points[face.corners[1].point] - a).cross(points[face.corners[2].point] - a);
    if (normal.norm() < 2 * kMinArea_m2) continue;
    for (const Corner& corner : face.corners) faces_of_point[corner.point].push_back(static_cast<int>(faces.size()));
    faces.push_back(face);
    area.push_back(normal);
  }

  using Key = std::tuple<int, std::array<long, 3>, std::array<long, 2>>;
  std::map<Key, uint32_t> known;
  for (size_t f = 0; f < faces.size(); ++f) {
    const Vec3 flat = area[f].normalized();
    std::array<uint32_t, 3> triangle;
    for (int k = 0; k < 3; ++k) {
      const Corner& corner = faces[f].corners[k];
      Vec3 normal = Vec3::Zero();
      for (int other : faces_of_point[corner.point])
        if (area[other].normalized().dot(flat) > kCreaseCosine) normal += area[other];
      normal.normalize();
      const Key key{corner.point,
                    {std::lround(normal.x() * 1e4), std::lround(normal.y() * 1e4), std::lround(normal.z() * 1e4)},
                    {std::lround(corner.uv.x() * 1e5), std::lround(corner.uv.y() * 1e5)}};
      const auto [entry, is_new] = known.try_emplace(key, static_cast<uint32_t>(mesh.vertices.size()));
      if (is_new) {
        mesh.vertices.push_back(points[corner.point].cast<float>());
        mesh.normals.push_back(normal.cast<float>());
        mesh.uvs.push_back(corner.uv.cast<float>());
      }
      triangle[k] = entry->second;
    }
    mesh.triangles.push_back(triangle);
    mesh.materials.push_back(static_cast<uint16_t>(faces[f].slot));
  }
}

// Direction of the path at each point.
std::vector<Vec3> Tangents(const std::vector<TubePoint>& path, bool loop) {
  const int n = static_cast<int>(path.size());
  std::vector<Vec3> tangents;
  for (int i = 0; i < n; ++i) {
    const Vec3& before = path[loop ? (i + n - 1) % n : std::max(i - 1, 0)].p;
    const Vec3& after = path[loop ? (i + 1) % n : std::min(i + 1, n - 1)].p;
    tangents.push_back((after - before).normalized());
  }
  return tangents;
}

std::vector<Vec3> Circle(const Vec3& centre, const Vec3& n, const Vec3& b, double radius, int sides) {
  std::vector<Vec3> ring;
  for (int j = 0; j < sides; ++j) {
    const double angle = 2 * kPi * j / sides;
    ring.push_back(centre + radius * (std::cos(angle) * n + std::sin(angle) * b));
  }
  return ring;
}

// Rectangle with cut corners, counter-clockwise from above; four points if the cut is zero.
std::vector<Vec3> CutRectangle(const Vec2& low, const Vec2& high, double cut, double z) {
  if (cut == 0) return {{low.x(), low.y(), z}, {high.x(), low.y(), z}, {high.x(), high.y(), z}, {low.x(), high.y(), z}};
  return {{low.x() + cut, low.y(), z},   {high.x() - cut, low.y(), z},  {high.x(), low.y() + cut, z},
          {high.x(), high.y() - cut, z}, {high.x() - cut, high.y(), z}, {low.x() + cut, high.y(), z},
          {low.x(), high.y() - cut, z},  {low.x(), low.y() + cut, z}};
}

}  // namespace

void PropBuilder::Skin(const std::vector<Ring>& rings, Ends ends, const SlotRule& slots) {
  std::vector<Vec3> points;
  std::vector<int> first;  // index of each ring's first point
  for (const Ring& ring : rings) {
    first.push_back(static_cast<int>(points.size()));
    points.insert(points.end(), ring.begin(), ring.end());
  }

  // A corner on ring r at step j of `sides`; u runs along the ring, v from ring to ring, both in metres.
  std::vector<double> v_of(rings.size() + 1, 0.0);
  for (size_t r = 1; r <= rings.size(); ++r)
    v_of[r] = v_of[r - 1] + (rings[r % rings.size()].front() - rings[r - 1].front()).norm();
  auto corner = [&](size_t r, int j) {
    const Ring& ring = rings[r % rings.size()];
    const int n = static_cast<int>(ring.size());
    double u = 0;
    for (int k = 0; k < j && n > 1; ++k) u += (ring[(k + 1) % n] - ring[k % n]).norm();
    return Corner{first[r % rings.size()] + (n == 1 ? 0 : j % n), Vec2(u, v_of[r])};
  };

  std::vector<Face> faces;
  const size_t bands = ends == Ends::kLoop ? rings.size() : rings.size() - 1;
  for (size_t r = 0; r < bands; ++r) {
    const size_t below = rings[r].size(), above = rings[(r + 1) % rings.size()].size();
    const int sides = static_cast<int>(std::max(below, above));
    CHECK(below == above || below == 1 || above == 1);
    for (int j = 0; j < sides; ++j) {
      Corner a = corner(r, j), b = corner(r, j + 1), c = corner(r + 1, j + 1), d = corner(r + 1, j);
      const int slot = slots.At((points[a.point] + points[b.point] + points[c.point] + points[d.point]) / 4);
      if (above == 1) {
        d.uv.x() = (a.uv.x() + b.uv.x()) / 2;
        faces.push_back({{a, b, d}, slot});
      } else if (below == 1) {
        a.uv.x() = (c.uv.x() + d.uv.x()) / 2;
        faces.push_back({{a, c, d}, slot});
      } else {
        faces.push_back({{a, b, c}, slot});
        faces.push_back({{a, c, d}, slot});
      }
    }
  }

  // Flat ends.
  auto close = [&](size_t r, bool start) {
    const Ring& ring = rings[r];
    if (ring.size() == 1) return;
    Vec3 normal = Vec3::Zero();
    for (size_t j = 1; j + 1 < ring.size(); ++j) normal += (ring[j] - ring[0]).cross(ring[j + 1] - ring[0]);
    const int slot = slots.At(ring[0]);
    auto at = [&](size_t j) { return Corner{first[r] + static_cast<int>(j), PlanarUv(ring[j], normal)}; };
    for (size_t j = 1; j + 1 < ring.size(); ++j)
      faces.push_back(start ? Face{{at(0), at(j + 1), at(j)}, slot} : Face{{at(0), at(j), at(j + 1)}, slot});
  };
  if (ends == Ends::kClosed) {
    close(0, true);
    close(rings.size() - 1, false);
  }
  AppendFaces(points, faces, mesh_);
}

int PropBuilder::Detail(double radius, double small, double tiny) const {
  return level_ + (radius <= small) + (radius <= tiny);
}

int PropBuilder::TubeSides(const std::vector<TubePoint>& path) const {
  double radius = 0;
  for (const TubePoint& point : path) radius = std::max(radius, point.radius);
  return kTubeSides[Detail(radius, 0.065, 0.009)];
}

void PropBuilder::Box(const Vec3& low, const Vec3& high, int slot) {
  Slab(Pose{(low + high) / 2, base::Quat::Identity()}, high - low, slot);
}

void PropBuilder::Slab(const Pose& centre, const Vec3& size, int slot) {
  const Vec3 half = size / 2;
  std::vector<Ring> rings = {CutRectangle(-half.head<2>(), half.head<2>(), 0, -half.z()),
                             CutRectangle(-half.head<2>(), half.head<2>(), 0, half.z())};
  for (Ring& ring : rings)
    for (Vec3& point : ring) point = centre * point;
  Skin(rings, Ends::kClosed, slot);
}

void PropBuilder::Cushion(const Vec3& low, const Vec3& high, double rounding, int slot) {
  if (level_ == 2) return Box(low, high, slot);
  const double cut = level_ == 0 ? rounding : 0;
  const Vec2 l = low.head<2>(), h = high.head<2>(), r = Vec2::Constant(rounding);
  std::vector<Ring> rings;
  if (level_ == 0) rings.push_back(CutRectangle(l + r, h - r, cut / 2, low.z()));
  rings.push_back(CutRectangle(l, h, cut, low.z() + (level_ == 0 ? rounding : 0)));
  rings.push_back(CutRectangle(l, h, cut, high.z() - rounding));
  rings.push_back(CutRectangle(l + r, h - r, cut / 2, high.z()));
  Skin(rings, Ends::kClosed, slot);
}

void PropBuilder::Bar(const Vec3& a, const Vec3& b, double width_a, double width_b, int slot) {
  const auto [n, m] = Across((b - a).normalized());
  auto square = [&](const Vec3& p, double w) {
    const Vec3 x = n * (w / 2), y = m * (w / 2);
    return Ring{p - x - y, p + x - y, p + x + y, p - x + y};
  };
  Skin({square(a, width_a), square(b, width_b)}, Ends::kClosed, slot);
}

void PropBuilder::Tube(const std::vector<TubePoint>& path, int slot) {
  const std::vector<Vec3> tangents = Tangents(path, false);
  auto [n, b] = Across(tangents[0]);
  const int sides = TubeSides(path);
  const bool rounded = sides == kTubeSides[0];
  const double bulge = 0.7;  // the ring of a rounded end, as a share of the radius: about sin 45
  std::vector<Ring> rings;
  const TubePoint& start = path.front();
  rings.push_back({start.p - tangents.front() * start.radius});
  if (rounded)
    rings.push_back(Circle(start.p - tangents.front() * start.radius * bulge, n, b, start.radius * bulge, sides));
  for (size_t i = 0; i < path.size(); ++i) {
    n = (n - tangents[i] * tangents[i].dot(n)).normalized();  // carried along without twist
    b = tangents[i].cross(n);
    rings.push_back(Circle(path[i].p, n, b, path[i].radius, sides));
  }
  const TubePoint& end = path.back();
  if (rounded)
    rings.push_back(Circle(end.p + tangents.back() * end.radius * bulge, n, b, end.radius * bulge, sides));
  rings.push_back({end.p + tangents.back() * end.radius});
  Skin(rings, Ends::kClosed, slot);
}

void PropBuilder::Loop(const std::vector<TubePoint>& path, int slot) {
  const std::vector<Vec3> tangents = Tangents(path, true);
  auto [n, b] = Across(tangents[0]);
  const int sides = TubeSides(path);
  std::vector<Ring> rings;
  for (size_t i = 0; i < path.size(); ++i) {
    n = (n - tangents[i] * tangents[i].dot(n)).normalized();
    b = tangents[i].cross(n);
    rings.push_back(Circle(path[i].p, n, b, path[i].radius, sides));
  }
  Skin(rings, Ends::kLoop, slot);
}

void PropBuilder::Ellipsoid(const Pose& centre, const Vec3& radii, const SlotRule& slots) {
  const int detail = Detail(radii.maxCoeff(), 0.08, 0.02);
  const int sides = kEllipsoidSides[detail], stacks = kEllipsoidStacks[detail];
  std::vector<Ring> rings;
  for (int i = 0; i <= stacks; ++i) {
    const double angle = kPi * i / stacks;
    const Vec3 middle(0, 0, -std::cos(angle));
    Ring ring = i == 0 || i == stacks ? Ring{middle}
                                      : Circle(middle, Vec3::UnitX(), Vec3::UnitY(), std::sin(angle), sides);
    for (Vec3& point : ring) point = centre * Vec3(point.cwiseProduct(radii));
    rings.push_back(ring);
  }
  Skin(rings, Ends::kClosed, slots);
}

void PropBuilder::Lathe(const std::vector<Vec2>& profile, const SlotRule& slots, const Pose& pose) {
  const int sides = Pick(18, 12, 7);
  std::vector<Ring> rings;
  for (const Vec2& point : profile) {
    const Vec3 middle(0, 0, point.y());
    Ring ring = point.x() == 0 ? Ring{middle} : Circle(middle, Vec3::UnitX(), Vec3::UnitY(), point.x(), sides);
    for (Vec3& p : ring) p = pose * p;
    rings.push_back(ring);
  }
  Skin(rings, Ends::kClosed, slots);
}

void PropBuilder::Blade(const BladeSpec& blade, int slot) {
  const Vec3 along = (blade.tip - blade.root).normalized();
  const Vec3 side = along.cross(blade.up).normalized(), up = side.cross(along);
  // Where along the leaf the rings sit and how wide they are there; a single ring takes the middle.
  struct Station { double t, width; };
  const std::vector<Station> stations =
      level_ == 0 ? std::vector<Station>{{0.33, 1.0}, {0.72, 0.8}} : std::vector<Station>{{0.48, 1.0}};
  const double thickness = 0.07;  // half the height of the midrib as a share of the width: thin, yet closed
  std::vector<Ring> rings = {{blade.root}};
  for (const Station& station : stations) {
    const double t = station.t, w = blade.width * station.width;
    const Vec3 middle = blade.root + (blade.tip - blade.root) * t + up * (blade.sag * 4 * t * (1 - t));
    rings.push_back({middle + side * (w / 2), middle - up * (w * thickness), middle - side * (w / 2),
                     middle + up * (w * thickness)});
  }
  rings.push_back({blade.tip});
  Skin(rings, Ends::kClosed, slot);
}

void PropBuilder::Frame(const Vec2& outer, const Vec2& inner, double low_z, double high_z, int slot) {
  // Up the outside and down the inside; the ring of rings closes underneath.
  Skin({CutRectangle(-outer, outer, 0, low_z), CutRectangle(-outer, outer, 0, high_z),
        CutRectangle(-inner, inner, 0, high_z), CutRectangle(-inner, inner, 0, low_z)},
       Ends::kLoop, slot);
}

void PropBuilder::PartBox(const Vec3& low, const Vec3& high) {
  std::vector<Vec3> corners;
  for (int k = 0; k < 8; ++k)
    corners.push_back({k & 1 ? high.x() : low.x(), k & 2 ? high.y() : low.y(), k & 4 ? high.z() : low.z()});
  PartHull(corners);
}

void PropBuilder::PartHull(std::vector<Vec3> corners) {
  envs::ConvexPart part;
  for (const Vec3& corner : corners) part.vertices.push_back(corner.cast<float>());
  parts_.push_back(part);
}

void PropBuilder::PartFrustum(const Vec2& centre, double bottom_z, double bottom_radius, double top_z,
                              double top_radius) {
  std::vector<Vec3> corners;
  for (int j = 0; j < 8; ++j) {
    const Vec2 direction(std::cos(kPi * j / 4), std::sin(kPi * j / 4));
    const Vec2 bottom = centre + bottom_radius * direction, top = centre + top_radius * direction;
    corners.push_back({bottom.x(), bottom.y(), bottom_z});
    corners.push_back({top.x(), top.y(), top_z});
  }
  PartHull(corners);
}

std::vector<Vec2> SmoothProfile(const std::vector<Vec2>& points, int count) {
  const int n = static_cast<int>(points.size());
  auto at = [&](int i) { return points[std::clamp(i, 0, n - 1)]; };
  std::vector<double> length(n, 0.0);
  for (int i = 1; i < n; ++i) length[i] = length[i - 1] + (points[i] - points[i - 1]).norm();

  std::vector<Vec2> curve;
  for (int k = 0; k < count; ++k) {
    const double s = length.back() * k / (count - 1);
    int i = 0;
    while (i + 2 < n && length[i + 1] < s) ++i;
    const double t = (s - length[i]) / (length[i + 1] - length[i]);
    const Vec2 m0 = (at(i + 1) - at(i - 1)) / 2, m1 = (at(i + 2) - at(i)) / 2;
    Vec2 point = (2 * t * t * t - 3 * t * t + 1) * at(i) + (t * t * t - 2 * t * t + t) * m0 +
                 (3 * t * t - 2 * t * t * t) * at(i + 1) + (t * t * t - t * t) * m1;
    point.x() = std::max(point.x(), 0.0);
    curve.push_back(point);
  }
  curve.front() = points.front();
  curve.back() = points.back();
  return curve;
}

}  // namespace figment::physion
