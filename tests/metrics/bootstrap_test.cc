#include "metrics/bootstrap.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
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

}  // namespace
}  // namespace figment::metrics
