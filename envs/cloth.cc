#include "envs/cloth.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"

namespace figment::envs {
namespace {

using base::Pose;
using base::Vec3;

// Small steps a timestep: at 16 a thread of 33 vertices hangs 1 % longer than it is.
constexpr int kSmallSteps = 16;
// Surfaces are looked up every so many small steps; in between each is a half-space.
constexpr int kStepsPerLookup = 4;
// Stiffness of one link, N/m, for the settings 0 and 1 (geometric in between): a sheet of half a kilogram stretches by
// a few per cent at most, and folds over an edge within .1 m (0) or .5 m (1).
constexpr std::pair<double, double> kStretch = {200, 2000}, kShear = {20, 500}, kBend = {0.02, 2};
// Air: share of the velocity lost a second. Also what calms the last ripples.
constexpr double kDrag = 0.3;
// Speed at which a sheet that starts inside a body leaves it.
constexpr double kExitSpeed = 0.5;
// No vertex goes faster: a sheet that falls from 1.5 m reaches 5 m/s, a whip crack more.
constexpr double kMaxSpeed = 10;
// A corner is sharp if its mean normal leans this far (cosine) from one of its faces.
constexpr double kSharpCosine = 0.85;
// Triangles are found through a grid of cells this wide.
constexpr double kCell = 0.1;

double Compliance(std::pair<double, double> range, double setting) {
  return 1 / (range.first * std::pow(range.second / range.first, std::clamp(setting, 0.0, 1.0)));
}

}  // namespace

struct ClothSimulation::Touching {
  int body;
  Vec3 point_sum = Vec3::Zero(), normal_sum = Vec3::Zero();
  double count = 0, impulse = 0, distance = 0;
};

ClothSimulation::ClothSimulation(const Scene& scene, const WorldConfig& config) : scene_(scene), config_(config) {
  for (const Cloth& cloth : scene.cloths) AddSheet(cloth);
  for (size_t k = 0; k < scene.bodies.size(); ++k) {
    const Body& body = scene.bodies[k];
    if (!body.collides) continue;
    for (const ConvexPart& part : scene.shapes[static_cast<size_t>(body.shape)].parts)
      AddObstacle(static_cast<int>(k), MakePolyhedron(ConvexHull(part.vertices), body.scale, {}), body.surface.friction,
                  body.motion == Motion::kFixed);
  }
  for (const Fixture& fixture : scene.fixtures)
    if (fixture.collides) {
      std::vector<Eigen::Vector3f> corners;
      for (int k = 0; k < 8; ++k) corners.emplace_back(k & 1 ? 1.f : -1.f, k & 2 ? 1.f : -1.f, k & 4 ? 1.f : -1.f);
      AddObstacle(kFixtureId, MakePolyhedron(ConvexHull(corners), fixture.half_size, fixture.X_WF), Surface{}.friction, true);
    }
}

void ClothSimulation::AddSheet(const Cloth& cloth) {
  const auto [columns, rows] = cloth.resolution;
  CHECK_GE(std::min(columns, rows), 2);
  Sheet sheet;
  sheet.cloth = &cloth;
  sheet.vertex_mass_kg = cloth.mass_kg / (columns * rows);
  sheet.gap_m = cloth.thickness_m;
  const auto index = [&](int i, int j) { return static_cast<uint32_t>(j * columns + i); };
  for (int j = 0; j < rows; ++j)
    for (int i = 0; i < columns; ++i)
      sheet.positions.push_back(cloth.X_WC * Vec3((i / (columns - 1.0) - 0.5) * cloth.size_m.x(),
                                                  (j / (rows - 1.0) - 0.5) * cloth.size_m.y(), 0));
  sheet.previous = sheet.positions;
  sheet.velocities.assign(sheet.positions.size(), Vec3::Zero());

  const double stretch = Compliance(kStretch, cloth.stretch_stiffness), shear = Compliance(kShear, cloth.shear_stiffness);
  const double bend = Compliance(kBend, cloth.bend_stiffness);
  const auto link = [&](int i, int j, int di, int dj, double compliance) {
    if (i + di < 0 || i + di >= columns || j + dj >= rows) return;
    const uint32_t a = index(i, j), b = index(i + di, j + dj);
    sheet.links.push_back({a, b, (sheet.positions[a] - sheet.positions[b]).norm(), compliance});
  };
  const auto sample = [&](std::initializer_list<uint32_t> vertices) {
    Sample s = {{0, 0, 0, 0}, {0, 0, 0, 0}, 1.0 / static_cast<double>(vertices.size())};
    size_t k = 0;
    for (uint32_t vertex : vertices) s.vertices[k] = vertex, s.weights[k++] = 1.0 / static_cast<double>(vertices.size());
    sheet.samples.push_back(s);
  };
  for (int j = 0; j < rows; ++j)
    for (int i = 0; i < columns; ++i) {
      link(i, j, 1, 0, stretch), link(i, j, 0, 1, stretch);
      link(i, j, 1, 1, shear), link(i, j, -1, 1, shear);
      link(i, j, 2, 0, bend), link(i, j, 0, 2, bend);
      sample({index(i, j)});
      if (i + 1 < columns) sample({index(i, j), index(i + 1, j)});
      if (j + 1 < rows) sample({index(i, j), index(i, j + 1)});
      if (i + 1 == columns || j + 1 == rows) continue;
      sample({index(i, j), index(i + 1, j), index(i, j + 1), index(i + 1, j + 1)});
      sheet.triangles.push_back({index(i, j), index(i + 1, j), index(i + 1, j + 1)});
      sheet.triangles.push_back({index(i, j), index(i + 1, j + 1), index(i, j + 1)});
    }
  sheets_.push_back(std::move(sheet));
}

void ClothSimulation::AddObstacle(int body, Polyhedron polyhedron, double friction, bool fixed) {
  std::vector<Vec3> normals(polyhedron.vertices.size(), Vec3::Zero());
  for (const auto& face : polyhedron.faces)
    for (int vertex : face.loop) normals[static_cast<size_t>(vertex)] += face.normal;
  for (Vec3& normal : normals) normal.normalize();
  std::vector<bool> sharp(normals.size(), false);
  for (const auto& face : polyhedron.faces)
    for (int vertex : face.loop)
      if (face.normal.dot(normals[static_cast<size_t>(vertex)]) < kSharpCosine) sharp[static_cast<size_t>(vertex)] = true;
  Obstacle obstacle = {body, std::move(polyhedron), {}, friction, fixed};
  for (size_t k = 0; k < normals.size(); ++k)
    if (sharp[k]) obstacle.corners.push_back({obstacle.polyhedron.vertices[k], normals[k]});
  obstacles_.push_back(std::move(obstacle));
}

void ClothSimulation::FindBarriers(Sheet& sheet, const SceneState& state, double look_ahead_m) const {
  sheet.barriers.clear();
  Vec3 low = sheet.positions.front(), high = low;
  for (const Vec3& p : sheet.positions) low = low.cwiseMin(p), high = high.cwiseMax(p);
  const double reach = sheet.gap_m + look_ahead_m;

  const Surface& ground = scene_.ground.surface;
  if (low.z() < scene_.ground.height_m + reach)
    for (size_t k = 0; k < sheet.samples.size(); ++k) {
      const Sample& s = sheet.samples[k];
      if (s.weights[1] == 0 && sheet.positions[s.vertices[0]].z() < scene_.ground.height_m + reach)
        sheet.barriers.push_back({s, Vec3::UnitZ(), Vec3::Zero(), scene_.ground.height_m,
                                  Combine(config_.friction_rule, ground.friction, sheet.cloth->friction), kGroundId});
    }

  // Triangles by where they lie, seen from above.
  const int columns = static_cast<int>((high.x() - low.x()) / kCell) + 1, rows = static_cast<int>((high.y() - low.y()) / kCell) + 1;
  std::vector<std::vector<uint32_t>> grid(static_cast<size_t>(columns * rows));
  const auto cell_of = [&](double value, double from) { return static_cast<int>((value - from) / kCell); };
  for (uint32_t t = 0; t < sheet.triangles.size(); ++t) {
    const auto& [a, b, c] = sheet.triangles[t];
    const Vec3 from = sheet.positions[a].cwiseMin(sheet.positions[b]).cwiseMin(sheet.positions[c]);
    const Vec3 to = sheet.positions[a].cwiseMax(sheet.positions[b]).cwiseMax(sheet.positions[c]);
    for (int j = cell_of(from.y(), low.y()); j <= cell_of(to.y(), low.y()); ++j)
      for (int i = cell_of(from.x(), low.x()); i <= cell_of(to.x(), low.x()); ++i)
        grid[static_cast<size_t>(j * columns + i)].push_back(t);
  }

  for (const Obstacle& obstacle : obstacles_) {
    const BodyState rest;
    const BodyState& body = obstacle.body >= 0 ? state.bodies[static_cast<size_t>(obstacle.body)] : rest;
    const Pose &X_WB = body.X_WB, X_BW = X_WB.Inverse();
    const Vec3 centre_W = X_WB * obstacle.polyhedron.centre;
    const double radius = obstacle.polyhedron.radius + reach;
    if ((centre_W.array() + radius < low.array()).any() || (centre_W.array() - radius > high.array()).any()) continue;
    const Vec3 spin_centre_W = obstacle.body >= 0 ? CentreOfMass(scene_, state, obstacle.body) : Vec3::Zero();
    const auto velocity_at = [&](const Vec3& point_W) -> Vec3 {
      if (obstacle.fixed) return Vec3::Zero();
      return body.velocity_W + body.angular_velocity_W.cross(point_W - spin_centre_W);
    };
    const double friction = Combine(config_.friction_rule, obstacle.friction, sheet.cloth->friction);
    for (const Sample& s : sheet.samples) {
      Vec3 point_W = Vec3::Zero();
      for (size_t k = 0; k < 4 && s.weights[k] > 0; ++k) point_W += s.weights[k] * sheet.positions[s.vertices[k]];
      if ((point_W - centre_W).squaredNorm() > radius * radius) continue;
      const SurfacePoint nearest = NearestSurfacePoint(obstacle.polyhedron, X_BW * point_W);
      if (nearest.distance > reach) continue;
      const Vec3 normal_W = X_WB.q * nearest.normal, surface_W = X_WB * nearest.point;
      sheet.barriers.push_back({s, normal_W, velocity_at(surface_W), normal_W.dot(surface_W), friction, obstacle.body});
    }
    for (const Corner& corner : obstacle.corners) {
      const Corner corner_W = {X_WB * corner.point, X_WB.q * corner.normal};
      AddCornerBarriers(sheet, grid, low, columns, corner_W, obstacle, look_ahead_m);
    }
  }
}

// The triangles that the line through a corner along its normal meets near the corner.
void ClothSimulation::AddCornerBarriers(Sheet& sheet, const std::vector<std::vector<uint32_t>>& grid, const Vec3& low,
                                        int columns, const Corner& corner, const Obstacle& obstacle,
                                        double look_ahead_m) const {
  const int rows = static_cast<int>(grid.size()) / columns;
  const int i0 = static_cast<int>(std::floor((corner.point.x() - low.x()) / kCell));
  const int j0 = static_cast<int>(std::floor((corner.point.y() - low.y()) / kCell));
  if (i0 < 0 || j0 < 0 || i0 >= columns || j0 >= rows) return;
  for (uint32_t t : grid[static_cast<size_t>(j0 * columns + i0)]) {
    const auto& triangle = sheet.triangles[t];
    const Vec3& a = sheet.positions[triangle[0]];
    const Vec3 ab = sheet.positions[triangle[1]] - a, ac = sheet.positions[triangle[2]] - a;
    const Vec3 h = corner.normal.cross(ac);
    const double determinant = ab.dot(h);
    if (std::abs(determinant) < 1e-9) continue;
    const Vec3 s = corner.point - a, q = s.cross(ab);
    const double u = s.dot(h) / determinant, v = corner.normal.dot(q) / determinant;
    if (u < 0 || v < 0 || u + v > 1) continue;
    const double height = ac.dot(q) / determinant;
    // Farther down the corner is not in this triangle but the triangle is somewhere beside or below the body.
    if (height > sheet.gap_m + look_ahead_m || height < -2 * look_ahead_m) continue;
    const Sample sample = {{triangle[0], triangle[1], triangle[2], triangle[0]},
                           {1 - u - v, u, v, 0},
                           (1 - u - v) * (1 - u - v) + u * u + v * v};
    sheet.barriers.push_back({sample, corner.normal, Vec3::Zero(), corner.normal.dot(corner.point),
                              Combine(config_.friction_rule, obstacle.friction, sheet.cloth->friction), obstacle.body});
  }
}

void ClothSimulation::SmallStep(Sheet& sheet, double step_s, std::vector<Touching>& touching) const {
  const double keep = 1 - kDrag * step_s;
  for (size_t k = 0; k < sheet.positions.size(); ++k) {
    sheet.previous[k] = sheet.positions[k];
    sheet.velocities[k].z() -= config_.gravity_m_s2 * step_s;
    sheet.velocities[k] *= keep;
    sheet.positions[k] += step_s * sheet.velocities[k];
  }

  const double per_mass = 1 / sheet.vertex_mass_kg;
  for (const Link& link : sheet.links) {
    Vec3 &a = sheet.positions[link.a], &b = sheet.positions[link.b];
    const Vec3 along = b - a;
    const double length = along.norm();
    if (length < 1e-9) continue;
    const double push = (length - link.length) / (2 * per_mass + link.compliance / (step_s * step_s)) * per_mass / length;
    a += push * along;
    b -= push * along;
  }

  for (const Barrier& barrier : sheet.barriers) {
    const Sample& s = barrier.sample;
    Vec3 point = Vec3::Zero(), before = Vec3::Zero();
    for (size_t k = 0; k < 4 && s.weights[k] > 0; ++k) {
      point += s.weights[k] * sheet.positions[s.vertices[k]];
      before += s.weights[k] * sheet.previous[s.vertices[k]];
    }
    const double depth = barrier.offset + sheet.gap_m - barrier.normal_W.dot(point);
    if (depth <= 0) continue;
    const Vec3 slip = point - before - step_s * barrier.velocity_W;
    // Out, but not so fast that a deep start overlap becomes a shot.
    const double out = std::min(depth, std::max(0.0, kExitSpeed * step_s - barrier.normal_W.dot(slip)));
    const Vec3 sliding = slip - barrier.normal_W.dot(slip) * barrier.normal_W;
    const double slide = sliding.norm();
    const double hold = slide > 0 ? std::min(1.0, barrier.friction * out / slide) : 0;
    const Vec3 correction = (out * barrier.normal_W - hold * sliding) / s.weight_squares;
    for (size_t k = 0; k < 4 && s.weights[k] > 0; ++k) sheet.positions[s.vertices[k]] += s.weights[k] * correction;

    auto entry = std::find_if(touching.begin(), touching.end(), [&](const Touching& t) { return t.body == barrier.body; });
    if (entry == touching.end()) {
      touching.push_back({barrier.body});
      entry = std::prev(touching.end());
    }
    entry->point_sum += point, entry->normal_sum += barrier.normal_W, entry->count += 1;
    entry->impulse += out / s.weight_squares * sheet.vertex_mass_kg / step_s;
    entry->distance = std::min(entry->distance, -depth);
  }

  for (size_t k = 0; k < sheet.positions.size(); ++k) {
    Vec3& velocity = sheet.velocities[k];
    velocity = (sheet.positions[k] - sheet.previous[k]) / step_s;
    const double speed = velocity.norm();
    if (speed > kMaxSpeed) velocity *= kMaxSpeed / speed;
  }
}

void ClothSimulation::Step(SceneState& state, std::vector<Contact>& contacts) {
  const double step_s = config_.timestep_s / kSmallSteps;
  for (size_t c = 0; c < sheets_.size(); ++c) {
    Sheet& sheet = sheets_[c];
    std::vector<Touching> touching;
    for (int k = 0; k < kSmallSteps; ++k) {
      if (k % kStepsPerLookup == 0) {
        double fastest = 0;
        for (const Vec3& velocity : sheet.velocities) fastest = std::max(fastest, velocity.squaredNorm());
        FindBarriers(sheet, state, 0.01 + std::sqrt(fastest) * kStepsPerLookup * step_s);
      }
      SmallStep(sheet, step_s, touching);
    }
    std::sort(touching.begin(), touching.end(), [](const Touching& a, const Touching& b) { return a.body < b.body; });
    for (const Touching& t : touching)
      contacts.push_back({static_cast<int>(scene_.bodies.size() + c), t.body, t.point_sum / t.count,
                          t.normal_sum.normalized(), t.impulse, t.distance});
    for (size_t k = 0; k < sheet.positions.size(); ++k) {
      state.cloths[c].vertices_W[k] = sheet.positions[k].cast<float>();
      state.cloths[c].velocities_W[k] = sheet.velocities[k].cast<float>();
    }
  }
}

std::vector<double> ClothSimulation::Snapshot() const {
  std::vector<double> values;
  for (const Sheet& sheet : sheets_)
    for (size_t k = 0; k < sheet.positions.size(); ++k) {
      const Vec3 &p = sheet.positions[k], &v = sheet.velocities[k];
      values.insert(values.end(), {p.x(), p.y(), p.z(), v.x(), v.y(), v.z()});
    }
  return values;
}

void ClothSimulation::SetSnapshot(std::span<const double> values) {
  size_t next = 0;
  for (Sheet& sheet : sheets_)
    for (size_t k = 0; k < sheet.positions.size(); ++k, next += 6) {
      CHECK_LE(next + 6, values.size());
      sheet.positions[k] = Vec3(values[next], values[next + 1], values[next + 2]);
      sheet.velocities[k] = Vec3(values[next + 3], values[next + 4], values[next + 5]);
    }
}

}  // namespace figment::envs
