// Procedural surface patterns, one per envs::Texture: how much of the surface's colour each texel shows (linear light,
// 255 = all of it). Made on the CPU from integer hashes, so that the same bytes come out everywhere. They repeat.
#pragma once

#include <cstdint>
#include <vector>

#include "envs/scene.h"

namespace figment::render {

inline constexpr int kPatternSize = 256;    // texels a side; one repeat is Appearance::texture_size_m long
inline constexpr int kPatternCount = 10;    // the values of envs::Texture
inline constexpr int kPatternLevels = 9;    // mip levels, 256 to 1

// All levels of one pattern, finest first: level k has (kPatternSize >> k)^2 texels, rows in direction of v.
std::vector<std::vector<uint8_t>> MakePattern(envs::Texture texture);

}  // namespace figment::render
