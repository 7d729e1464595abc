#include "render/pixels.h"

#include <bit>
#include <cstring>

#include "base/check.h"

namespace figment::render {

void DropAlpha(std::span<const uint8_t> rgba, std::span<uint8_t> rgb) {
  CHECK_EQ(rgba.size() / 4, rgb.size() / 3);
  static_assert(std::endian::native == std::endian::little);
  const uint8_t* in = rgba.data();
  uint8_t* out = rgb.data();
  size_t left = rgba.size() / 4;
  // Four pixels, 16 bytes in, 12 out, as three 32-bit words.
  for (; left >= 4; left -= 4, in += 16, out += 12) {
    uint32_t p[4];
    std::memcpy(p, in, 16);
    const uint32_t packed[3] = {(p[0] & 0xFFFFFF) | p[1] << 24, (p[1] >> 8 & 0xFFFF) | p[2] << 16,
                                (p[2] >> 16 & 0xFF) | p[3] << 8};
    std::memcpy(out, packed, 12);
  }
  for (; left > 0; --left, in += 4, out += 3) std::memcpy(out, in, 3);
}

void DepthToMetres(std::span<float> depth, double near_m, double far_m) {
  // d = A + B / z with A = -near / (far - near), B = near far / (far - near).
  const float a = static_cast<float>(-near_m / (far_m - near_m));
  const float b = static_cast<float>(near_m * far_m / (far_m - near_m));
  const float far = static_cast<float>(far_m);
  for (float& d : depth) d = d > 0 ? b / (d - a) : far;
}

}  // namespace figment::render
