#include "metrics/quantiles.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/metrics/fixture.h"

namespace figment::metrics {
namespace {

TEST(Quantiles, InterpolateBetweenNeighbours) {
  EXPECT_DOUBLE_EQ(Median({3, 1, 2}), 2);
  EXPECT_DOUBLE_EQ(Median({4, 1, 2, 3}), 2.5);
  EXPECT_DOUBLE_EQ(Quantile({10, 20}, 0.25), 12.5);
  EXPECT_DOUBLE_EQ(Quantile({7}, 0.9), 7);
}

TEST(Quantiles, OfNothingAreNaN) {
  EXPECT_TRUE(std::isnan(Median({})));
}

TEST(Quantiles, AgreeWithNumPy) {
  const auto fixture = Fixture("quantiles");
  const std::vector<double> values = fixture.at("values"), shares = fixture.at("shares");
  const std::vector<double> found = Quantiles(values, shares);
  for (size_t i = 0; i < shares.size(); ++i)
    EXPECT_NEAR(found[i], fixture.at("quantiles").at(i).get<double>(), kParity);
}

}  // namespace
}  // namespace figment::metrics
