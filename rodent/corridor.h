// The corridor of gaps: platforms in a row along x, from 0 to about 40 m.
#pragma once

#include <vector>

#include "base/random.h"

namespace figment::rodent {

struct CorridorConfig {
  double length = 40;      // metres; no platform begins at or beyond it
  double half_width = 1;
  double start_length = 6; // of the first platform, which begins at 0
  double least_platform = 0.4, most_platform = 0.8;
  double least_gap = 0.05, most_gap = 0.2;
};

struct Platform {
  double x = 0, half_length = 0;  // of its middle, metres
  double begin() const { return x - half_length; }
  double end() const { return x + half_length; }
};

// The second platform touches the first; each later one is a gap away from the one before.
// Source: Merel et al. 2020; dm_control 1.0.50, locomotion/arenas/corridors.py.
std::vector<Platform> DrawPlatforms(const CorridorConfig& config, base::Rng& rng);

// The most platforms that there can be.
int MostPlatforms(const CorridorConfig& config);

}  // namespace figment::rodent
