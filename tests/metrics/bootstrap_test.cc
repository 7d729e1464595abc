#include "metrics/bootstrap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

namespace figment::metrics {
namespace {

// The mean of n coin flips has standard error sqrt(p (1 - p) / n), and the interval is about +-1.96 of it.
TEST(Bootstrap, IntervalOfAMeanIsThatOfTheNormalApproximation) {
  constexpr int kSamples = 400;  // the first quarter are ones
  const auto mean = [](std::span<const int> drawn) {
    double ones = 0;
    for (const int index : drawn) ones += index < kSamples / 4;
    return ones / kSamples;
  };
  base::Rng rng({1});
  const Interval interval = BootstrapInterval(kSamples, mean, rng, {.resamples = 2000});
  const double half = 1.96 * std::sqrt(0.25 * 0.75 / kSamples);
  EXPECT_NEAR(interval.low, 0.25 - half, 0.006);  // resampling noise of a 2.5 % quantile of 2000, three times over
  EXPECT_NEAR(interval.high, 0.25 + half, 0.006);
}

TEST(Bootstrap, UndefinedResamplesAreLeftOut) {
  base::Rng rng({2});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  // Of two samples, half of the resamples hold both.
  const auto both = [&](std::span<const int> drawn) { return drawn[0] == drawn[1] ? nan : 7.0; };
  const Interval interval = BootstrapInterval(2, both, rng);
  EXPECT_EQ(interval.low, 7);
  EXPECT_EQ(interval.high, 7);
  const Interval none = BootstrapInterval(2, [&](std::span<const int>) { return nan; }, rng);
  EXPECT_TRUE(std::isnan(none.low) && std::isnan(none.high));
}

// Units of two animals whose means differ: the animals' difference dominates the interval, which a plain bootstrap of
// units misses.
TEST(Bootstrap, HierarchicalDrawsGroupsThenUnitsInside) {
  const std::vector<int> animals = {3, 3, 3, 3, 7, 7};
  base::Rng rng({3});
  int one_animal = 0;
  for (int i = 0; i < 1000; ++i) {
    const HierarchicalSample sample = DrawHierarchical(animals, 5, rng);
    const auto inside = [&](int unit) { return unit < 4; };
    const auto first = std::count_if(sample.units.begin(), sample.units.end(), inside);
    const auto second = static_cast<std::ptrdiff_t>(sample.units.size()) - first;
    ASSERT_TRUE((first == 8 && second == 0) || (first == 4 && second == 2) || (first == 0 && second == 4));
    one_animal += first == 0 || second == 0;
    ASSERT_EQ(std::accumulate(sample.condition_times.begin(), sample.condition_times.end(), 0.0), 5);
  }
  EXPECT_NEAR(one_animal / 1000., 0.5, 0.05);  // 3 s.e. of a share of 1000
}

TEST(Bootstrap, HierarchicalIntervalHoldsTheSpreadBetweenGroups) {
  std::vector<int> animals(200);
  std::vector<double> values(200);
  base::Rng rng({4});
  for (size_t i = 0; i < 200; ++i) animals[i] = i < 100 ? 0 : 1, values[i] = animals[i] + 0.01 * rng.Normal();
  const auto mean = [&](const HierarchicalSample& sample) {
    double sum = 0;
    for (const int unit : sample.units) sum += values[static_cast<size_t>(unit)];
    return sum / static_cast<double>(sample.units.size());
  };
  const Interval interval = HierarchicalBootstrapInterval(animals, 0, mean, rng);
  EXPECT_NEAR(interval.low, 0, 0.01);
  EXPECT_NEAR(interval.high, 1, 0.01);
}

// The spread of a mean over resamples is sd / sqrt(n), within 5 %.
TEST(Bootstrap, SpreadOfAMean) {
  constexpr int kSamples = 100;
  base::Rng rng({5});
  std::vector<double> values(kSamples), means;
  double variance = 0;
  for (double& value : values) value = rng.Normal(), variance += value * value / kSamples;
  variance -= std::pow(std::accumulate(values.begin(), values.end(), 0.0) / kSamples, 2);
  const auto record = [&](std::span<const int> drawn) {
    double sum = 0;
    for (const int i : drawn) sum += values[static_cast<size_t>(i)];
    means.push_back(sum / kSamples);
    return means.back();
  };
  BootstrapInterval(kSamples, record, rng, {.resamples = 4000});
  double mean = std::accumulate(means.begin(), means.end(), 0.0) / 4000, spread = 0;
  for (const double value : means) spread += (value - mean) * (value - mean) / 4000;
  EXPECT_NEAR(std::sqrt(spread) / std::sqrt(variance / kSamples), 1, 0.05);
}

}  // namespace
}  // namespace figment::metrics
