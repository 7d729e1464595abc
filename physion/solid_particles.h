// Particles inside a solid object. In cloth trials the reference's engine made every object of particles, and readers
// of these trials ask for all of them; here they ride on the rigid body.
//
// A cubic lattice fills the object's scaled convex parts, with the spacing at which particle models sample meshes
// (0.05 m; htung0101/Physion-particles, preprocessing_tdw_cheap.py), wider where that would be over 512 particles.
#pragma once

#include <vector>

#include "physion/trial_arrays.h"

namespace figment::physion {

class SolidParticles {
 public:
  SolidParticles(const envs::Scene& scene, int body);

  // Their places and velocities when the body is in this state.
  void Fill(const envs::BodyState& state, ParticleArrays& out) const;

 private:
  std::vector<base::Vec3> points_B_;   // scaled
  base::Vec3 centre_of_mass_B_;
  double mass_kg_ = 0;
};

}  // namespace figment::physion
