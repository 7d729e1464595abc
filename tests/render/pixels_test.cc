#include "render/pixels.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "render/patterns.h"

namespace figment::render {
namespace {

TEST(DropAlpha, KeepsThreeOfFourBytesForAnyCount) {
  for (size_t pixels : {1u, 3u, 4u, 7u, 64u}) {
    std::vector<uint8_t> rgba(4 * pixels), rgb(3 * pixels);
    for (size_t i = 0; i < rgba.size(); ++i) rgba[i] = static_cast<uint8_t>(7 * i + 1);
    DropAlpha(rgba, rgb);
    for (size_t p = 0; p < pixels; ++p)
      for (size_t c = 0; c < 3; ++c) ASSERT_EQ(rgb[3 * p + c], rgba[4 * p + c]) << pixels << " pixels, pixel " << p;
  }
}

TEST(DepthToMetres, InvertsTheReversedProjection) {
  // d = near (far - z) / ((far - near) z)
  const double near = 0.1, far = 100;
  std::vector<float> depth = {1.0f, 0.0f};
  for (const double z : {0.5, 3.0, 20.0}) depth.push_back(static_cast<float>(near * (far - z) / ((far - near) * z)));
  DepthToMetres(depth, near, far);
  EXPECT_NEAR(depth[0], 0.1, 1e-6);
  EXPECT_EQ(depth[1], 100.0f);
  EXPECT_NEAR(depth[2], 0.5, 1e-5);
  EXPECT_NEAR(depth[3], 3.0, 1e-4);
  EXPECT_NEAR(depth[4], 20.0, 1e-2);  // float keeps 7 digits of d near .004
}

TEST(Patterns, KeepMostOfTheColourSoThatCuesStayRecognisable) {
  for (int texture = 0; texture < kPatternCount; ++texture) {
    const auto levels = MakePattern(static_cast<envs::Texture>(texture));
    ASSERT_EQ(levels.size(), static_cast<size_t>(kPatternLevels));
    EXPECT_GT(levels.back().front(), 170) << "texture " << texture;  // the mean: two thirds of the light
    for (const uint8_t value : levels.front()) ASSERT_GT(value, 110) << "texture " << texture;
  }
}

}  // namespace
}  // namespace figment::render
