#include "pong/pictures.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "base/check.h"

namespace figment::pong {
namespace {

// By row of a box of (w + 1) x (h + 1) pixels: how many columns an ellipse that fills it leaves out on either side.
// Walks a quarter of the outline in coordinates doubled around the centre, where pixels lie at x = w, w - 2, ...
std::vector<int> EllipseInsets(int w, int h) {
  std::vector<int> insets(static_cast<size_t>(h) + 1);
  const int64_t w2 = int64_t{w} * w, h2 = int64_t{h} * h;
  const auto deviation = [&](int64_t x, int64_t y) { return std::abs(w2 * y * y + h2 * x * x - w2 * h2); };
  int x = w, y = h % 2;
  const auto note = [&] {
    insets[static_cast<size_t>((h - y) / 2)] = insets[static_cast<size_t>((h + y) / 2)] = (w - x) / 2;
  };
  note();
  while (y < h) {
    // Up, diagonally or inwards; of equal ones the first.
    int to_x = x, to_y = y + 2;
    if (x > 1) {
      if (deviation(x - 2, y + 2) < deviation(to_x, to_y)) to_x = x - 2;
      if (deviation(x - 2, y) < deviation(to_x, to_y)) to_x = x - 2, to_y = y;
    }
    const bool next_row = to_y > y;
    x = to_x, y = to_y;
    if (next_row) note();  // the widest pixel of a row is its first
  }
  return insets;
}

uint8_t Blend(uint8_t over, uint8_t under, double opacity) {
  return static_cast<uint8_t>(std::lround(opacity * over + (1 - opacity) * under));
}

}  // namespace

Rasteriser::Rasteriser(const PictureStyle& style)
    : style_(style), scale_(style.size / kFrameSize), radius_px_(style.ball_radius * scale_) {
  CHECK_GT(style.size, 0);
  CHECK(style.occluder_opacity >= 0 && style.occluder_opacity <= 1);
  const auto size = static_cast<size_t>(style.size);
  occluder_column_ = style.occluder_opacity > 0 ? static_cast<int>(std::lround(kOccluderX * scale_)) : style.size;
  ball_behind_ = Blend(style.occluder, style.ball, style.occluder_opacity);
  background_.assign(size * size, style.background);
  const uint8_t occluder = Blend(style.occluder, style.background, style.occluder_opacity);
  for (size_t row = 0; row < size; ++row)
    std::fill(&background_[row * size] + occluder_column_, &background_[row * size] + size, occluder);
  least_extent_ = static_cast<int>(2 * radius_px_);
  for (int i = 0; i < 4; ++i)
    stencils_[static_cast<size_t>(i)].inset = EllipseInsets(least_extent_ + i % 2, least_extent_ + i / 2);
}

const Rasteriser::Stencil& Rasteriser::StencilOf(int width, int height) const {
  const int i = (width - least_extent_) + 2 * (height - least_extent_);
  CHECK(i >= 0 && i < 4);
  return stencils_[static_cast<size_t>(i)];
}

template <class Visitor>
void Rasteriser::VisitBall(double x, double y, const Visitor& visit) const {
  if (std::isnan(x) || std::isnan(y)) return;
  const double cx = x * scale_, cy = y * scale_;
  // Corners are truncated as Pillow does; to the left of and below 0 it does so upwards, which changes the size.
  const int left = static_cast<int>(cx - radius_px_), right = static_cast<int>(cx + radius_px_);
  const int top = static_cast<int>(cy - radius_px_), bottom = static_cast<int>(cy + radius_px_);
  if (right < 0 || bottom < 0 || left >= style_.size || top >= style_.size) return;
  const auto is_stored = [&](int extent) { return extent == least_extent_ || extent == least_extent_ + 1; };
  std::vector<int> own;
  const std::vector<int>* insets = &own;
  if (is_stored(right - left) && is_stored(bottom - top)) insets = &StencilOf(right - left, bottom - top).inset;
  else own = EllipseInsets(right - left, bottom - top);
  for (int row = std::max(top, 0); row <= std::min(bottom, style_.size - 1); ++row) {
    const int inset = (*insets)[static_cast<size_t>(row - top)];
    const int begin = std::max(left + inset, 0), end = std::min(right - inset + 1, style_.size);
    if (begin < end) visit(style_.upright ? style_.size - 1 - row : row, begin, end);
  }
}

void Rasteriser::BallSpans(double x, double y, std::vector<PixelSpan>* spans) const {
  spans->clear();
  VisitBall(x, y, [&](int row, int begin, int end) { spans->push_back({row, begin, end}); });
}

void Rasteriser::Draw(double x, double y, std::span<uint8_t> out) const {
  CHECK_EQ(out.size(), background_.size());
  std::memcpy(out.data(), background_.data(), background_.size());
  VisitBall(x, y, [&](int row, int begin, int end) {
    uint8_t* const pixels = out.data() + static_cast<size_t>(row) * static_cast<size_t>(style_.size);
    const int edge = std::clamp(occluder_column_, begin, end);
    std::memset(pixels + begin, style_.ball, static_cast<size_t>(edge - begin));
    std::memset(pixels + edge, ball_behind_, static_cast<size_t>(end - edge));
  });
}

void Rasteriser::DrawPaddle(const PaddlePicture& paddle, std::span<uint8_t> out) const {
  CHECK_EQ(out.size(), background_.size());
  const auto pixel = [&](double position) {
    return std::clamp(static_cast<int>(std::lround(position * scale_)), 0, style_.size);
  };
  const int left = pixel(kPaddleX - paddle.width);
  for (int row = pixel(paddle.y - paddle.height / 2); row < pixel(paddle.y + paddle.height / 2); ++row) {
    const int shown = style_.upright ? style_.size - 1 - row : row;
    uint8_t* const pixels = out.data() + static_cast<size_t>(shown) * static_cast<size_t>(style_.size);
    for (int column = left; column < style_.size; ++column)
      pixels[column] = paddle.marker ? Blend(style_.paddle, pixels[column], 0.5) : style_.paddle;
  }
}

}  // namespace figment::pong
