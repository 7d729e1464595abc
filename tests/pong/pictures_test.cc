// Expected discs: Pillow 12.0, ImageDraw.ellipse([cx - r, cy - r, cx + r, cy + r], fill=255) on a black picture.
#include "pong/pictures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace figment::pong {
namespace {

constexpr double kPixel = 32.0 / 100;  // units

std::vector<uint8_t> Picture(const PictureStyle& style, double x, double y) {
  const Rasteriser rasteriser(style);
  std::vector<uint8_t> picture(rasteriser.pixels());
  rasteriser.Draw(x, y, picture);
  return picture;
}

// A window of a picture: '#' for the ball, '-' for the occluder, '.' for the background.
std::vector<std::string> Window(const std::vector<uint8_t>& picture, int size, int row, int column, int extent) {
  std::vector<std::string> lines;
  for (int r = row; r < row + extent; ++r) {
    lines.emplace_back();
    for (int c = column; c < column + extent; ++c) {
      const uint8_t grey = picture[static_cast<size_t>(r * size + c)];
      lines.back() += grey == 255 ? '#' : grey == 128 ? '-' : '.';
    }
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(Pictures, BallIsPillowsEllipse) {
  EXPECT_EQ(Window(Picture({}, 50 * kPixel, 50 * kPixel), 100, 45, 45, 10),
            (Lines{"..........", "...####...", "..######..", ".########.", ".########.", ".########.", ".########.",
                   "..######..", "...####...", ".........."}));
  EXPECT_EQ(Window(Picture({}, 50.5 * kPixel, 50.3 * kPixel), 100, 46, 46, 9),
            (Lines{".........", "...###...", "..#####..", ".#######.", ".#######.", ".#######.", "..#####..",
                   "...###...", "........."}));
}

TEST(Pictures, RowsGoUpWithYUnlessUpright) {
  const std::vector<uint8_t> published = Picture({}, 10, 4), upright = Picture({.upright = true}, 10, 4);
  EXPECT_EQ(published[12 * 100 + 31], 255);  // row 3.125 * 4 from the top
  EXPECT_EQ(upright[87 * 100 + 31], 255);
  EXPECT_EQ(published[87 * 100 + 31], 0);
  for (size_t row = 0; row < 100; ++row)
    for (size_t column = 0; column < 100; ++column)
      ASSERT_EQ(published[row * 100 + column], upright[(99 - row) * 100 + column]);
}

TEST(Pictures, OccluderCoversTheBall) {
  const std::vector<uint8_t> picture = Picture({}, 24, 16);
  EXPECT_EQ(picture[50 * 100 + 74], 255);
  EXPECT_EQ(picture[50 * 100 + 75], 128);
  EXPECT_EQ(picture[50 * 100 + 78], 128);  // the ball is behind it
  EXPECT_EQ(picture[0 * 100 + 74], 0);
  EXPECT_EQ(picture[0 * 100 + 75], 128);
  EXPECT_EQ(picture[99 * 100 + 99], 128);
}

TEST(Pictures, OpacityBlends) {
  const std::vector<uint8_t> partial = Picture({.occluder_opacity = 0.95}, 28, 16);
  EXPECT_EQ(partial[50 * 100 + 87], 134);  // 0.95 * 128 + 0.05 * 255 = 134.35
  EXPECT_EQ(partial[10 * 100 + 87], 122);  // 0.95 * 128 = 121.6
  const std::vector<uint8_t> off = Picture({.occluder_opacity = 0}, 28, 16);
  EXPECT_EQ(off[50 * 100 + 87], 255);
  EXPECT_EQ(off[10 * 100 + 87], 0);
}

TEST(Pictures, AfterTheEndThereIsNoBall) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  const std::vector<uint8_t> picture = Picture({}, kNaN, kNaN);
  EXPECT_EQ(std::count(picture.begin(), picture.end(), 0), 7500);
  EXPECT_EQ(std::count(picture.begin(), picture.end(), 128), 2500);
}

TEST(Pictures, SpansAreThePixelsOfTheBall) {
  const PictureStyle style{.occluder_opacity = 0};
  const Rasteriser rasteriser(style);
  std::vector<PixelSpan> spans;
  for (const auto& [x, y] : {std::pair{3.3, 0.64}, {0.2, 31.9}, {31.9, 17.77}, {16.01, 9.5}}) {
    std::vector<uint8_t> expected = Picture(style, x, y), drawn(10000, 0);
    rasteriser.BallSpans(x, y, &spans);
    for (const PixelSpan& span : spans)
      for (int column = span.begin; column < span.end; ++column)
        drawn[static_cast<size_t>(span.row * 100 + column)] = 255;
    EXPECT_EQ(drawn, expected) << x << " " << y;
  }
  rasteriser.BallSpans(-9, 5, &spans);
  EXPECT_TRUE(spans.empty());
}

TEST(Pictures, OtherSizesScale) {
  const std::vector<uint8_t> picture = Picture({.size = 32}, 8, 16);
  EXPECT_EQ(picture[16 * 32 + 8], 255);
  EXPECT_EQ(picture[16 * 32 + 23], 0);
  EXPECT_EQ(picture[16 * 32 + 24], 128);
}

TEST(Pictures, PaddleStandsAtTheRightEdge) {
  const Rasteriser rasteriser({});
  std::vector<uint8_t> picture(rasteriser.pixels());
  rasteriser.Draw(5, 5, picture);
  rasteriser.DrawPaddle({.y = 16, .height = 4}, picture);
  const auto at = [&](size_t row, size_t column) { return picture[row * 100 + column]; };
  EXPECT_EQ(at(50, 99), 192);
  EXPECT_EQ(at(44, 99), 192);  // rows 14 * 3.125 = 43.75 to 56.25
  EXPECT_EQ(at(43, 99), 128);
  EXPECT_EQ(at(55, 99), 192);
  EXPECT_EQ(at(56, 99), 128);
  EXPECT_EQ(at(50, 97), 128);  // 0.8 units = 2.5 pixels
  rasteriser.DrawPaddle({.y = 4, .height = 0.8, .marker = true}, picture);
  EXPECT_EQ(at(12, 99), 160);
}

}  // namespace
}  // namespace figment::pong
