// What is left to do with pixels after they are read back. Plain loops over whole pictures, no OpenGL.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace figment::render {

// [N, 4] bytes to [N, 3]; drops the fourth.
void DropAlpha(std::span<const uint8_t> rgba, std::span<uint8_t> rgb);

// Reversed depth-buffer values (near 1, far 0) to metres along the camera axis, in place.
void DepthToMetres(std::span<float> depth, double near_m, double far_m);

}  // namespace figment::render
