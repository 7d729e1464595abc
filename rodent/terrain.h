// The ground of the escape bowl: a ring-shaped rim, rough with random bumps.
#pragma once

#include <span>
#include <vector>

#include "base/random.h"

namespace figment::rodent {

inline constexpr int kBumpSide = 60;        // random heights a side, one each 0.2 m
inline constexpr int kTerrainSide = 201;    // samples a side of the height field
inline constexpr double kTerrainReach = 6;  // metres from the centre to a side
inline constexpr double kTerrainHeight = 0.5;  // metres, of a height of 1
inline constexpr double kLowestBump = 0.5;  // of 1

// A square grid of `side` x `side` values, row by row, sampled at `new_side` x `new_side` points from corner to corner
// by the interpolating cubic B-spline with mirrored ends: scipy.ndimage.zoom(grid, new_side / side).
std::vector<double> ZoomCubic(std::span<const double> grid, int side, int new_side);

// kBumpSide^2 values, uniform in [kLowestBump, 1).
std::vector<double> DrawBumps(base::Rng& rng);

// kTerrainSide^2 heights, row by row from y = -kTerrainReach, in units of kTerrainHeight: (0.5 - 0.5 cos 2 pi r) times
// the bumps, where r = 1 is kTerrainReach from the centre and lies in [0.1, 1]. The rim is at r = 0.5.
// Source: Merel et al. 2020; dm_control 1.0.50, locomotion/arenas/bowl.py.
std::vector<float> BowlHeights(std::span<const double> bumps);

}  // namespace figment::rodent
