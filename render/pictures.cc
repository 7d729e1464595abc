#include "render/pictures.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace figment::render {
namespace {

constexpr int kLargestSide = 1024;

// Blends the four texels around each new one's centre.
std::vector<uint8_t> Resampled(const envs::Picture& picture, int side) {
  if (picture.width == side && picture.height == side) return picture.rgb;
  const auto texel = [&](int x, int y, size_t channel) {
    x = (x + picture.width) % picture.width, y = (y + picture.height) % picture.height;
    return static_cast<double>(picture.rgb[3 * static_cast<size_t>(y * picture.width + x) + channel]);
  };
  std::vector<uint8_t> texels;
  texels.reserve(3 * static_cast<size_t>(side) * static_cast<size_t>(side));
  for (int j = 0; j < side; ++j)
    for (int i = 0; i < side; ++i) {
      const double u = (i + 0.5) * picture.width / side - 0.5, v = (j + 0.5) * picture.height / side - 0.5;
      const int x = static_cast<int>(std::floor(u)), y = static_cast<int>(std::floor(v));
      const double s = u - x, t = v - y;
      for (size_t c = 0; c < 3; ++c) {
        const double above = (1 - s) * texel(x, y, c) + s * texel(x + 1, y, c);
        const double below = (1 - s) * texel(x, y + 1, c) + s * texel(x + 1, y + 1, c);
        texels.push_back(static_cast<uint8_t>(std::lround((1 - t) * above + t * below)));
      }
    }
  return texels;
}

std::vector<uint8_t> Halved(const std::vector<uint8_t>& fine, int fine_side) {
  const auto row = 3 * static_cast<size_t>(fine_side);
  std::vector<uint8_t> coarse;
  coarse.reserve(fine.size() / 4);
  for (size_t y = 0; y + 1 < static_cast<size_t>(fine_side); y += 2)
    for (size_t x = 0; x + 3 < row; x += 6)
      for (size_t c = 0; c < 3; ++c) {
        const size_t at = y * row + x + c;
        coarse.push_back(static_cast<uint8_t>((fine[at] + fine[at + 3] + fine[at + row] + fine[at + row + 3] + 2) / 4));
      }
  return coarse;
}

}  // namespace

int PictureSide(const std::vector<envs::Picture>& pictures) {
  int side = 1;
  for (const envs::Picture& picture : pictures)
    while (side < std::max(picture.width, picture.height) && side < kLargestSide) side *= 2;
  return side;
}

std::vector<std::vector<uint8_t>> PictureLevels(const envs::Picture& picture, int side) {
  CHECK(picture.width > 0 && picture.height > 0);
  CHECK_EQ(picture.rgb.size(), 3 * static_cast<size_t>(picture.width) * static_cast<size_t>(picture.height));
  std::vector<std::vector<uint8_t>> levels = {Resampled(picture, side)};
  for (int size = side; size > 1; size /= 2) levels.push_back(Halved(levels.back(), size));
  return levels;
}

}  // namespace figment::render
