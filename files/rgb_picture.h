// A colour picture in memory.
#pragma once

#include <cstdint>
#include <vector>

namespace figment::files {

struct RgbPicture {
  int width = 0, height = 0;
  std::vector<uint8_t> pixels;  // [H, W, 3] sRGB, row-major from the top left
};

}  // namespace figment::files
