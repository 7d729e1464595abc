// Cloth: rectangular sheets that fall and drape over the bodies of a scene.
//
// Position-based dynamics with compliance (XPBD; Macklin, Mueller, Chentanez 2016) in small steps (Macklin et al. 2019):
// threads along rows and columns, diagonals against shear, and distances over two cells against bending. Collision is
// geometric: vertices, edge middles and cell centres of a sheet against the bodies' convex parts, and sharp corners of
// the parts against the sheet's triangles. Friction is Coulomb's.
// The sheet does not collide with itself, and bodies do not feel it: their masses are 50 times that of a sheet.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "envs/polyhedron.h"
#include "envs/world.h"

namespace figment::envs {

class ClothSimulation {
 public:
  ClothSimulation(const Scene& scene, const WorldConfig& config);

  // One timestep_s. Reads the bodies of `state` (after their step) and writes its cloths; appends a contact for every
  // body, the floor or fixture a sheet touches: mean point and normal, total impulse, deepest distance.
  void Step(SceneState& state, std::vector<Contact>& contacts);

  std::vector<double> Snapshot() const;
  void SetSnapshot(std::span<const double> values);

 private:
  // A length to keep between two vertices.
  struct Link {
    uint32_t a, b;
    double length, compliance;  // metres, m/N
  };
  // A point of the sheet: a weighted mean of up to four vertices.
  struct Sample {
    std::array<uint32_t, 4> vertices;
    std::array<double, 4> weights;
    double weight_squares;      // sum of squares of the weights
  };
  // The half-space that a sample has to keep out of, for a few small steps.
  struct Barrier {
    Sample sample;
    base::Vec3 normal_W, velocity_W;
    double offset;              // normal . p of the body's surface
    double friction;
    int body;
  };
  struct Sheet {
    const Cloth* cloth;
    double vertex_mass_kg, gap_m;  // gap: kept between the sheet's middle and a surface
    std::vector<base::Vec3> positions, previous, velocities;
    std::vector<Link> links;
    std::vector<Sample> samples;
    std::vector<std::array<uint32_t, 3>> triangles;
    std::vector<Barrier> barriers;
  };
  struct Corner {
    base::Vec3 point, normal;
  };
  // A convex part of a body or a fixture.
  struct Obstacle {
    int body;
    Polyhedron polyhedron;
    std::vector<Corner> corners;  // sharp ones
    double friction;
    bool fixed;
  };
  struct Touching;  // what a sheet does to one body during a step

  void AddSheet(const Cloth& cloth);
  void AddObstacle(int body, Polyhedron polyhedron, double friction, bool fixed);
  void FindBarriers(Sheet& sheet, const SceneState& state, double look_ahead_m) const;
  void AddCornerBarriers(Sheet& sheet, const std::vector<std::vector<uint32_t>>& grid, const base::Vec3& low, int columns,
                         const Corner& corner, const Obstacle& obstacle, double look_ahead_m) const;
  void SmallStep(Sheet& sheet, double step_s, std::vector<Touching>& touching) const;

  const Scene& scene_;
  const WorldConfig& config_;
  std::vector<Sheet> sheets_;
  std::vector<Obstacle> obstacles_;
};

}  // namespace figment::envs
