// The grey pictures that the published networks saw, drawn by a small rasteriser with the published pixel rule.
//
// A picture of `size` pixels shows the frame of 32 units at size / 32 pixels a unit; published are 100 x 100. Column =
// scale * x, row = scale * y: the published pictures stand upside down (y = 0 in the first row), `upright` turns them
// for viewing. The background is 0, the ball a disc of 255 without anti-aliasing, the occluder a rectangle of 128 over
// the ball, from column round(24 * scale) to the right edge.
//
// The pixels of the disc are those of Pillow's ImageDraw.ellipse([cx - r, cy - r, cx + r, cy + r], fill) of Pillow 8.0
// and newer (tested against 12.0): the corners of the box are truncated to whole pixels, both included, and the
// outline is walked from its widest row, each step to that of the three next pixels which satisfies the equation of the
// ellipse best.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "pong/geometry.h"

namespace figment::pong {

struct PictureStyle {
  int size = 100;                    // pixels
  double ball_radius = kBallRadius;  // units
  double occluder_opacity = 1;       // 0 = there is none
  bool upright = false;
  uint8_t background = 0, ball = 255, occluder = 128, paddle = 192;
};

// A row of pixels: columns begin..end-1.
struct PixelSpan {
  int row, begin, end;
};

// As drawn: the square that marks a paddle which has not moved is drawn half transparent.
struct PaddlePicture {
  double y = kMiddle, height = 4.0, width = 0.8;  // units; the right edge is that of the frame
  bool marker = false;
};

class Rasteriser {
 public:
  explicit Rasteriser(const PictureStyle& style);

  const PictureStyle& style() const { return style_; }
  size_t pixels() const { return background_.size(); }

  // A picture [size, size], row-major. A ball at (NaN, NaN) is not drawn.
  void Draw(double x, double y, std::span<uint8_t> out) const;
  void DrawPaddle(const PaddlePicture& paddle, std::span<uint8_t> out) const;

  // The picture without ball or paddle.
  std::span<const uint8_t> background() const { return background_; }

  // The rows of the ball that are in the picture, whether or not behind the occluder; rows count as in the picture.
  // Left of the occluder a picture is background() but for these pixels, which have the ball's grey.
  void BallSpans(double x, double y, std::vector<PixelSpan>* spans) const;
  int occluder_column() const { return occluder_column_; }  // the first; `size` if there is none

 private:
  struct Stencil {
    std::vector<int> inset;  // by row of the box: columns left out on either side
  };
  const Stencil& StencilOf(int width, int height) const;
  template <class Visitor>  // (row of the picture, first column, end)
  void VisitBall(double x, double y, const Visitor& visit) const;

  PictureStyle style_;
  double scale_, radius_px_;
  int occluder_column_;
  uint8_t ball_behind_;  // the ball's grey seen through the occluder
  std::vector<uint8_t> background_;
  int least_extent_;                  // of a box, in pixels less one; boxes differ by one at most in each direction
  std::array<Stencil, 4> stencils_;
};

}  // namespace figment::pong
