#include "metrics/permutation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace figment::metrics {
namespace {

TEST(Permutation, PByHand) {
  std::vector<double> null_values(999, 0.0);
  null_values[0] = 5, null_values[500] = 7, null_values[998] = 5;
  EXPECT_DOUBLE_EQ(PermutationP(5, null_values), 0.004);
  EXPECT_DOUBLE_EQ(PermutationP(8, null_values), 0.001);
  EXPECT_TRUE(std::isnan(PermutationP(std::numeric_limits<double>::quiet_NaN(), null_values)));
}

// Under the null p is uniform: on average 1/2, and at or below .1 in a tenth of the tests.
TEST(Permutation, PIsUniformUnderTheNull) {
  constexpr int kTests = 400, kGroups = 8;
  base::Rng rng({1});
  double sum = 0;
  int small = 0;
  for (int t = 0; t < kTests; ++t) {
    std::vector<double> x(kGroups), y(kGroups);
    for (double& value : x) value = rng.Normal();
    for (double& value : y) value = rng.Normal();
    const auto product = [&](std::span<const int> order) {
      double total = 0;
      for (size_t i = 0; i < order.size(); ++i) total += x[static_cast<size_t>(order[i])] * y[i];
      return total;
    };
    const double p = PermutationTest(kGroups, product, rng, 99).p;
    sum += p, small += p <= 0.1;
  }
  EXPECT_NEAR(sum / kTests, 0.5, 0.045);               // 3 s.e. of a mean of 400 uniform values
  EXPECT_NEAR(small / static_cast<double>(kTests), 0.1, 0.045);  // 3 s.e. of a share of 400
}

}  // namespace
}  // namespace figment::metrics
