// Pictures on surfaces, made ready for a texture array: all layers of one array are squares of one size. No OpenGL.
#pragma once

#include <cstdint>
#include <vector>

#include "envs/scene.h"

namespace figment::render {

// The side of an array that holds these pictures: a power of two, at least the largest side, at most 1024.
int PictureSide(const std::vector<envs::Picture>& pictures);

// All levels of one picture resampled to side x side texels, finest first: level k has (side >> k)^2 texels of three
// bytes. The picture repeats, so its edges blend into the opposite ones.
std::vector<std::vector<uint8_t>> PictureLevels(const envs::Picture& picture, int side);

}  // namespace figment::render
