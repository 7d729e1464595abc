#include "physion/solid_particles.h"

#include <algorithm>
#include <cmath>

#include "envs/convex_hull.h"
#include "envs/polyhedron.h"

namespace figment::physion {
namespace {

using base::Vec3;

constexpr double kSpacing = 0.05;
constexpr double kMostParticles = 512;

bool Contains(const envs::Polyhedron& part, const Vec3& point) {
  return std::all_of(part.faces.begin(), part.faces.end(),
                     [&](const auto& face) { return face.normal.dot(point) <= face.offset; });
}

// The middles of the lattice's cells that lie inside some part. The lattice is centred in the box.
std::vector<Vec3> LatticeInside(const std::vector<envs::Polyhedron>& parts, const Vec3& low, const Vec3& high,
                                double spacing) {
  std::vector<Vec3> inside;
  const Eigen::Vector3i cells = ((high - low) / spacing).array().ceil().max(1.0).cast<int>();
  const Vec3 first = 0.5 * (low + high) - 0.5 * spacing * (cells.cast<double>() - Vec3::Ones());
  for (int k = 0; k < cells.z(); ++k)
    for (int j = 0; j < cells.y(); ++j)
      for (int i = 0; i < cells.x(); ++i) {
        const Vec3 point = first + spacing * Vec3(i, j, k);
        if (std::any_of(parts.begin(), parts.end(), [&](const auto& part) { return Contains(part, point); }))
          inside.push_back(point);
      }
  return inside;
}

}  // namespace

SolidParticles::SolidParticles(const envs::Scene& scene, int body) {
  const envs::Body& b = scene.bodies[static_cast<size_t>(body)];
  const envs::Shape& shape = scene.shapes[static_cast<size_t>(b.shape)];
  std::vector<envs::Polyhedron> parts;
  for (const envs::ConvexPart& part : shape.parts)
    parts.push_back(envs::MakePolyhedron(envs::ConvexHull(part.vertices), b.scale, {}));
  const double spacing = std::max(kSpacing, std::cbrt(shape.volume_m3 * b.scale.prod() / kMostParticles));
  points_B_ = LatticeInside(parts, shape.low.cwiseProduct(b.scale), shape.high.cwiseProduct(b.scale), spacing);
  // Every part of a thin object is there, though it may pass between the points of the lattice.
  for (const envs::Polyhedron& part : parts) {
    const bool is_there =
        std::any_of(points_B_.begin(), points_B_.end(), [&](const Vec3& point) { return Contains(part, point); });
    if (!is_there) points_B_.push_back(part.centre);
  }
  centre_of_mass_B_ = shape.centre_of_mass.cwiseProduct(b.scale);
  mass_kg_ = b.mass_kg;
}

void SolidParticles::Fill(const envs::BodyState& state, ParticleArrays& out) const {
  out.particles.clear(), out.velocities.clear();
  const float inverse_mass = static_cast<float>(static_cast<double>(points_B_.size()) / mass_kg_);
  for (const Vec3& point_B : points_B_) {
    const Vec3 arm_W = state.X_WB.q * (point_B - centre_of_mass_B_);
    const Vec3 point = ToReference(state.X_WB * point_B);
    const Vec3 velocity = ToReference(Vec3(state.velocity_W + state.angular_velocity_W.cross(arm_W)));
    for (const double value : point) out.particles.push_back(static_cast<float>(value));
    out.particles.push_back(inverse_mass);
    for (const double value : velocity) out.velocities.push_back(static_cast<float>(value));
  }
}

}  // namespace figment::physion
