// How fast the physics runs: ten boxes in contact, side by side in both engines, in Bullet alone and in pybullet.
#pragma once

#include <filesystem>

#include "base/table.h"

namespace figment::lab {

struct PhysicsBenchOptions {
  // The Python that may hold pybullet, and scripts/bench_pybullet.py. An empty or missing path leaves that row without
  // numbers.
  std::filesystem::path python, pybullet_script;
  int rounds = 15;   // each runner once a round, so that a busy moment of the machine meets all of them
  int steps = 300;   // timed steps of a runner in a round
};

// Rows: Figment (Bullet), Bullet alone, pybullet, Figment (MuJoCo): steps a CPU second (median over the rounds), and
// how many times as fast Figment's Bullet world is (median of the rounds' ratios). All take the same scene, step and
// solver iterations, and read every pose and contact after every step.
base::Table BenchPhysics(const PhysicsBenchOptions& options);

}  // namespace figment::lab
