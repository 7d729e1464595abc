#include "metrics/one_to_one.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "metrics/ridge.h"
#include "tests/metrics/fixture.h"
#include "tests/metrics/matrices.h"

namespace figment::metrics {
namespace {

TEST(OneToOne, RecoversAPermutation) {
  base::Rng rng({1});
  const Eigen::MatrixXd x = NormalMatrix(30, 12, rng), later = NormalMatrix(10, 12, rng);
  std::vector<int> order = {3, 0, 11, 5, 1, 8, 2, 4, 10, 6, 7, 9};
  const OneToOne map = FitOneToOne(x, x(Eigen::all, order));
  EXPECT_EQ(map.sources, order);
  EXPECT_EQ(Predict(map, later), later(Eigen::all, order));
}

TEST(OneToOne, SignCountsAndTheFirstOfEqualsWins) {
  const Eigen::Vector4d y(1, 2, 3, 5);
  Eigen::MatrixXd x(4, 3);
  x << -y, 2 * y, y;  // r = -1, 1, 1
  const OneToOne map = FitOneToOne(x, y);
  EXPECT_EQ(map.sources[0], 1);
  EXPECT_NEAR(map.correlations[0], 1, 1e-12);
}

TEST(OneToOne, IgnoresSourcesWithoutACorrelation) {
  base::Rng rng({2});
  Eigen::MatrixXd x = NormalMatrix(9, 4, rng), y = x.col(0);
  x(3, 0) = NAN;
  x.col(1).setConstant(0.1);
  EXPECT_GE(FitOneToOne(x, y).sources[0], 2);

  y.setConstant(2);
  const OneToOne none = FitOneToOne(x, y);
  EXPECT_EQ(none.sources[0], -1);
  EXPECT_TRUE(std::isnan(none.correlations[0]));
  EXPECT_TRUE(Predict(none, x).array().isNaN().all());
}

TEST(OneToOne, BestSourcesOfTheTopPercentile) {
  base::Rng rng({3});
  const Eigen::MatrixXd x = NormalMatrix(40, 5, rng), y = 2 * x.col(3) + x.col(1) + 0.1 * x.col(0);
  const LinearMap best = FitBestSources(x, y, 100, 1), two = FitBestSources(x, y, 75, 1);
  const LinearMap all = FitBestSources(x, y, 0, 1);
  EXPECT_EQ((best.coefficients.array() != 0).count(), 1);
  EXPECT_NEAR(best.coefficients(3, 0), FitRidge(x.col(3), y, 1).coefficients(0, 0), 1e-12);
  EXPECT_EQ((two.coefficients.array() != 0).count(), 2);
  EXPECT_LT(LargestDifference(all.coefficients, FitRidge(x, y, 1).coefficients), 1e-12);
}

TEST(OneToOne, BadInput) {
  base::Rng rng({4});
  const Eigen::MatrixXd x = NormalMatrix(6, 3, rng);
  EXPECT_THROW(FitOneToOne(x, x.topRows(5)), base::Error);
  EXPECT_THROW(Predict(FitOneToOne(x, x), x.leftCols(2)), base::Error);
  EXPECT_THROW(FitBestSources(x, x, 101, 1), base::Error);
}

}  // namespace
}  // namespace figment::metrics
