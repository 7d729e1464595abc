#include "rodent/corridor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace figment::rodent {
namespace {

// How far a sorted sample is from a uniform distribution (Kolmogorov-Smirnov), times sqrt(n): over 1.95 once in 1000.
double UniformDistance(std::vector<double> values, double low, double high) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double distance = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const double expected = (values[i] - low) / (high - low), k = static_cast<double>(i);
    distance = std::max({distance, expected - k / n, (k + 1) / n - expected});
  }
  return distance * std::sqrt(n);
}

TEST(RodentCorridor, PlatformsAndGaps) {
  base::Rng rng({3});
  std::vector<double> lengths, gaps, counts;
  for (int i = 0; i < 2000; ++i) {
    const std::vector<Platform> platforms = DrawPlatforms({}, rng);
    ASSERT_EQ(platforms[0].begin(), 0);
    ASSERT_EQ(platforms[0].end(), 6);
    ASSERT_NEAR(platforms[1].begin(), 6, 1e-12);  // touches the first
    ASSERT_LT(platforms.back().begin(), 40);
    ASSERT_GE(platforms.back().end() + 0.2, 40);
    for (size_t k = 1; k < platforms.size(); ++k) {
      lengths.push_back(2 * platforms[k].half_length);
      if (k > 1) gaps.push_back(platforms[k].begin() - platforms[k - 1].end());
      ASSERT_GE(platforms[k].half_length, 0.2);
      ASSERT_LE(platforms[k].half_length, 0.4);
    }
    counts.push_back(static_cast<double>(platforms.size()));
    ASSERT_LE(static_cast<int>(platforms.size()), MostPlatforms({}));
  }
  EXPECT_LT(UniformDistance(lengths, 0.4, 0.8), 1.95);
  EXPECT_LT(UniformDistance(gaps, 0.05, 0.2), 1.95);
  double mean = 0;
  for (const double count : counts) mean += count / 2000;
  EXPECT_NEAR(mean - 1, 47.408, 0.1);  // the mean of 20,000 corridors of the reference; deviation 1.2
}

TEST(RodentCorridor, OtherCorridors) {
  base::Rng rng({4});
  const std::vector<Platform> platforms =
      DrawPlatforms({.length = 3, .start_length = 1, .least_platform = 1, .most_platform = 1, .least_gap = 0.5,
                     .most_gap = 0.5}, rng);
  ASSERT_EQ(platforms.size(), 3u);
  EXPECT_EQ(platforms[1].x, 1.5);
  EXPECT_EQ(platforms[2].x, 3);
  EXPECT_EQ(DrawPlatforms({.length = 6}, rng).size(), 1u);
}

}  // namespace
}  // namespace figment::rodent
