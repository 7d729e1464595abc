#include "metrics/correlation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/metrics/fixture.h"

namespace figment::metrics {
namespace {

using List = std::vector<double>;

TEST(Correlation, ByHand) {
  EXPECT_NEAR(Pearson(List{1, 2, 3, 4}, List{2, 1, 4, 3}), 0.6, 1e-15);
  EXPECT_EQ(AverageRanks(List{10, 20, 20, 5}), (List{2, 3.5, 3.5, 1}));
  EXPECT_NEAR(Spearman(List{1, 2, 2, 3}, List{1, 3, 2, 4}), 0.948683, 5e-7);
  EXPECT_NEAR(NormalizedSquaredError(List{1, 2, 3}, List{2, 2, 2}), 1, 1e-15);
  EXPECT_NEAR(NormalizedSquaredError(List{1, 2, 3}, List{2, 3, 4}), 3. / 7, 1e-15);
  EXPECT_NEAR(RSquared(List{1, 2, 3}, List{1, 2, 4}), 0.5, 1e-15);
  EXPECT_EQ(RSquared(List{1, 2, 3}, List{3, 2, 1}), -3);
}

TEST(Correlation, WhatIsUndefinedIsNaNWithItsReasonCounted) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Undefined undefined;
  EXPECT_TRUE(std::isnan(Pearson(List{0.1, 0.1, 0.1}, List{1, 2, 3}, &undefined)));
  EXPECT_TRUE(std::isnan(Spearman(List{1, 2, 3}, List{7, 7, 7}, &undefined)));
  EXPECT_TRUE(std::isnan(Pearson(List{1, nan, 3}, List{1, 2, 3}, &undefined)));
  EXPECT_TRUE(std::isnan(Spearman(List{1, nan, 3}, List{1, 2, 3}, &undefined)));
  EXPECT_TRUE(std::isnan(Pearson(List{1}, List{2}, &undefined)));
  EXPECT_EQ(undefined.constant, 2);
  EXPECT_EQ(undefined.not_finite, 2);
  EXPECT_EQ(undefined.too_few, 1);
  EXPECT_EQ(undefined.total(), 5);
  EXPECT_TRUE(std::isnan(RSquared(List{2, 2}, List{1, 2})));
}

// A constant that a double cannot hold exactly must not come out as a correlation of rounding errors.
TEST(Correlation, AConstantFarFromZeroIsConstant) {
  List constant(1000, 1e6 + 0.1), other(1000);
  for (size_t i = 0; i < other.size(); ++i) other[i] = std::sin(static_cast<double>(i));
  EXPECT_TRUE(std::isnan(Pearson(constant, other)));
}

// Rounding leaves something where a control explains all; it must not come out as a partial correlation.
TEST(Correlation, PartialWithoutAnythingLeftIsUndefined) {
  const double nearly_one = std::nextafter(1.0, 0.0);
  EXPECT_TRUE(std::isnan(PartialCorrelation(0.5, nearly_one, 0.5)));
  EXPECT_TRUE(std::isnan(PartialCorrelation(0.5, 0.5, -1)));
  EXPECT_TRUE(std::isnan(PartialCorrelation(0.5, NAN, 0.5)));
  EXPECT_NEAR(PartialCorrelation(0.5, 0.6, 0.6), (0.5 - 0.36) / 0.64, 1e-15);
}

TEST(Correlation, SquaredErrorOfConstantListsIsUndefined) {
  const List constant(7, 0.1);
  EXPECT_TRUE(std::isnan(NormalizedSquaredError(constant, constant)));
}

TEST(Correlation, ByColumnIsTheSameColumnByColumn) {
  Eigen::MatrixXd x(4, 2), y(4, 2);
  x << 1, 5, 2, 5, 3, 5, 4, 5;
  y << 2, 1, 1, 2, 4, 3, 3, 4;
  Undefined undefined;
  const Eigen::VectorXd r = PearsonByColumn(x, y, &undefined);
  EXPECT_NEAR(r[0], 0.6, 1e-15);
  EXPECT_TRUE(std::isnan(r[1]));
  EXPECT_EQ(undefined.constant, 1);
}

TEST(Correlation, MomentsOfPartsAddUp) {
  const List x = {1, 2, 3, 4, 9}, y = {2, 1, 4, 3, -5};
  Moments first, second;
  for (size_t i = 0; i < 3; ++i) first.Add(x[i], y[i]);
  for (size_t i = 3; i < 5; ++i) second.Add(x[i], y[i]);
  Moments once = first;
  once.Add(second, 1);
  EXPECT_NEAR(Pearson(once), Pearson(x, y), 1e-14);
  Moments twice = first;
  twice.Add(second, 2);
  EXPECT_NEAR(Pearson(twice), Pearson(List{1, 2, 3, 4, 9, 4, 9}, List{2, 1, 4, 3, -5, 3, -5}), 1e-14);
}

TEST(Correlation, AgreesWithSciPyAndScikitLearn) {
  for (const auto& fixture : Fixture("correlation").at("cases")) {
    const List x = fixture.at("x"), y = fixture.at("y"), z = fixture.at("z");
    EXPECT_NEAR(Pearson(x, y), fixture.at("pearson").get<double>(), kParity);
    EXPECT_NEAR(Spearman(x, y), fixture.at("spearman").get<double>(), kParity);
    EXPECT_EQ(AverageRanks(x), fixture.at("ranks").get<List>());
    EXPECT_NEAR(RSquared(x, y), fixture.at("r2").get<double>(), kParity);
    EXPECT_NEAR(PartialCorrelation(Pearson(x, y), Pearson(x, z), Pearson(y, z)), fixture.at("partial").get<double>(),
                kParity);
  }
}

}  // namespace
}  // namespace figment::metrics
