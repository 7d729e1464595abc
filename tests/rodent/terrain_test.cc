#include "rodent/terrain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/rodent/fixture.h"

namespace figment::rodent {
namespace {

// The same as in the script: exact in every language.
std::vector<double> Numbers(int side) {
  std::vector<double> values;
  for (int64_t i = 0; i < side * side; ++i)
    values.push_back(0.5 + static_cast<double>((i * 7919 + 12345) * 104729 % 10007) / 20014);
  return values;
}

TEST(RodentTerrain, ZoomEqualsScipy) {
  const nlohmann::json fixture = Fixture("terrain");
  for (const auto& c : fixture.at("zoom")) {
    const int side = c.at("side");
    const std::vector<double> zoomed = ZoomCubic(Numbers(side), side, c.at("new_side"));
    const size_t every = c.at("every");
    for (size_t i = 0; i < c.at("values").size(); ++i)
      ASSERT_NEAR(zoomed[i * every], c.at("values")[i].get<double>(), 1e-12) << side << " " << i;
  }
}

TEST(RodentTerrain, ZoomGoesThroughTheSamples) {
  const std::vector<double> numbers = Numbers(6), zoomed = ZoomCubic(numbers, 6, 16);  // a sample every 3
  for (size_t row = 0; row < 6; ++row)
    for (size_t column = 0; column < 6; ++column)
      EXPECT_NEAR(zoomed[3 * row * 16 + 3 * column], numbers[row * 6 + column], 1e-12);
}

// float32 holds them to 6e-8.
TEST(RodentTerrain, BowlEqualsDmControls) {
  const nlohmann::json fixture = Fixture("terrain");
  const std::vector<float> heights = BowlHeights(Numbers(kBumpSide));
  const size_t every = fixture.at("heights_every");
  for (size_t i = 0; i < fixture.at("heights").size(); ++i)
    ASSERT_NEAR(heights[i * every], fixture.at("heights")[i].get<double>(), 1e-7) << i;
}

TEST(RodentTerrain, RimIsHalfWayOut) {
  const std::vector<float> heights = BowlHeights(std::vector<double>(kBumpSide * kBumpSide, 1));
  const auto at = [&](int row, int column) { return heights[static_cast<size_t>(row * kTerrainSide + column)]; };
  EXPECT_NEAR(at(100, 150), 1, 1e-6);
  EXPECT_NEAR(at(50, 100), 1, 1e-6);
  EXPECT_NEAR(at(100, 200), 0, 1e-6);
  EXPECT_NEAR(at(0, 0), 0, 1e-6);  // r is at most 1
  EXPECT_NEAR(at(100, 100), 0.5 - 0.5 * std::cos(0.2 * M_PI), 1e-6);  // and at least 0.1
  EXPECT_EQ(at(100, 105), at(100, 100));
}

double Correlation(const std::vector<double>& grid, size_t lag) {
  double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  for (size_t row = 0; row < kTerrainSide; ++row) {
    for (size_t column = 0; column + lag < kTerrainSide; ++column) {
      const double a = grid[row * kTerrainSide + column], b = grid[row * kTerrainSide + column + lag];
      ++n, x += a, y += b, xx += a * a, yy += b * b, xy += a * b;
    }
  }
  return (n * xy - x * y) / std::sqrt((n * xx - x * x) * (n * yy - y * y));
}

// 200 terrains on both sides. The mean of 3600 uniform numbers has a standard error of 0.0024, of 200 such 1.7e-4;
// that of the other figures is as small. Tolerances are about 4 standard errors of the difference.
TEST(RodentTerrain, BumpsAreDistributedAsDmControls) {
  const nlohmann::json expected = Fixture("terrain").at("smooth");
  base::Rng rng({9});
  std::vector<double> all;
  std::vector<double> correlation(3);
  for (int i = 0; i < 200; ++i) {
    const std::vector<double> bumps = DrawBumps(rng);
    EXPECT_GE(*std::min_element(bumps.begin(), bumps.end()), 0.5);
    EXPECT_LT(*std::max_element(bumps.begin(), bumps.end()), 1);
    const std::vector<double> smooth = ZoomCubic(bumps, kBumpSide, kTerrainSide);
    for (const size_t lag : {1, 2, 4}) correlation[lag == 4 ? 2 : lag - 1] += Correlation(smooth, lag) / 200;
    for (size_t k = 0; k < smooth.size(); k += 7) all.push_back(smooth[k]);
  }
  double mean = 0, square = 0;
  for (const double value : all) mean += value / static_cast<double>(all.size());
  for (const double value : all) square += (value - mean) * (value - mean) / static_cast<double>(all.size());
  EXPECT_NEAR(mean, expected.at("mean").get<double>(), 1e-3);
  EXPECT_NEAR(std::sqrt(square), expected.at("deviation").get<double>(), 1e-3);
  std::sort(all.begin(), all.end());
  const std::vector<double> shares = {0.05, 0.25, 0.5, 0.75, 0.95};
  for (size_t i = 0; i < shares.size(); ++i)
    EXPECT_NEAR(all[static_cast<size_t>(shares[i] * static_cast<double>(all.size()))],
                expected.at("quantiles")[i].get<double>(), 2e-3);
  for (size_t i = 0; i < 3; ++i)
    EXPECT_NEAR(correlation[i], expected.at("row_correlation")[i].get<double>(), 2e-3);
}

}  // namespace
}  // namespace figment::rodent
