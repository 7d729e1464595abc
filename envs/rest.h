// When bodies come to rest, judged as PhysX 4 does (public repository NVIDIAGameWorks/PhysX,
// physx/source/lowleveldynamics/src/DyBodyCoreIntegrator.h, updateWakeCounter, and the island manager).
//
// A body stays awake for .4 s after each sign of life. In the second half of that time its velocities are summed; half
// the square of the sum (of spins: weighted by the moments of inertia per mass) is a sign of life once it reaches the
// threshold times one more than the number of its neighbours (envs/neighbours.h), and a body with many neighbours then
// also stays awake for longer. So a body may rock in place and yet come to rest, but may not creep. Bodies that touch,
// directly or through others, fall asleep together and wake together; what never moves does not join them.
#pragma once

#include <vector>

#include "base/pose.h"

namespace figment::envs {

class RestJudge {
 public:
  // One more body that moves; its index counts from 0. `moments_per_mass`: principal moments of inertia / mass, m^2.
  void Add(const base::Vec3& moments_per_mass);

  // Each step: tell the touches and neighbours, then Settle, then (after moving) Moved for every body that moved.
  void ClearTouches();
  void Touch(int a, int b);            // two bodies that move, or that a joint ties
  void SetNeighbours(int body, int count);
  void Settle();
  // Velocity of the centre of mass, m/s, and spin along the principal axes, rad/s, of the step just taken.
  void Moved(int body, const base::Vec3& velocity, const base::Vec3& spin, double step_s);
  void Wake(int body);

  bool asleep(int body) const { return bodies_[static_cast<size_t>(body)].asleep; }
  int size() const { return static_cast<int>(bodies_.size()); }

  // All that changes, as numbers; and back. SetSnapshot reads kNumbers a body.
  static constexpr size_t kNumbers = 8;
  std::vector<double> Snapshot() const;
  void SetSnapshot(const double* numbers);

 private:
  struct Body {
    base::Vec3 moments_per_mass;
    double wake_counter_s;
    base::Vec3 velocity_sum = base::Vec3::Zero(), spin_sum = base::Vec3::Zero();
    bool asleep = false;
    int neighbours = 0;
    int island = 0;                    // parent in the union of touching bodies
  };
  int IslandOf(int body);

  std::vector<Body> bodies_;
};

}  // namespace figment::envs
