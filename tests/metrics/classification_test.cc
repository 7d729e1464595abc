#include "metrics/classification.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "tests/metrics/fixture.h"

namespace figment::metrics {
namespace {

using Ints = std::vector<int>;
using Doubles = std::vector<double>;

TEST(Classification, AccuracyAndMajorityByHand) {
  EXPECT_DOUBLE_EQ(Accuracy(Ints{1, 0, 1, 1}, Ints{1, 1, 1, 0}), 0.5);
  EXPECT_DOUBLE_EQ(MajorityRate(Ints{1, 0, 0, 0}), 0.75);
  EXPECT_DOUBLE_EQ(MajorityRate(Ints{1, 1}), 1);
}

TEST(Classification, AreaUnderRocByHand) {
  // Positives .8 and .4 against negatives .6 and .2: three of four pairs in order.
  EXPECT_DOUBLE_EQ(AreaUnderRoc(Ints{1, 0, 1, 0}, Doubles{0.8, 0.6, 0.4, 0.2}), 0.75);
  EXPECT_DOUBLE_EQ(AreaUnderRoc(Ints{1, 0, 0}, Doubles{0.5, 0.5, 0.1}), 0.75);  // a tie counts half
  EXPECT_DOUBLE_EQ(AreaUnderRoc(Ints{1, 0, 1}, Doubles{2, 2, 2}), 0.5);
}

TEST(Classification, KappaByHand) {
  // 10 answers, 6 and 5 of them yes, 7 equal: (.7 - .5) / (1 - .5).
  const Ints first = {1, 1, 1, 1, 1, 1, 0, 0, 0, 0}, second = {1, 1, 1, 1, 0, 0, 1, 0, 0, 0};
  EXPECT_NEAR(CohensKappa(first, second), 0.4, 1e-12);
  EXPECT_DOUBLE_EQ(CohensKappa(first, first), 1);
}

// Error consistency is kappa of "right" and "wrong": 16 and 12 of 20 right, 14 times both the same.
TEST(Classification, ErrorConsistencyByHand) {
  Ints first, second;
  for (const auto& [a, b, times] : {std::array{1, 1, 11}, {1, 0, 5}, {0, 1, 1}, {0, 0, 3}})
    for (int i = 0; i < times; ++i) first.push_back(a), second.push_back(b);
  EXPECT_NEAR(CohensKappa(first, second), 0.318182, 5e-7);
}

TEST(Classification, UndefinedIsNaN) {
  EXPECT_TRUE(std::isnan(Accuracy(Ints{}, Ints{})));
  EXPECT_TRUE(std::isnan(MajorityRate(Ints{})));
  EXPECT_TRUE(std::isnan(AreaUnderRoc(Ints{1, 1}, Doubles{1, 2})));
  EXPECT_TRUE(std::isnan(AreaUnderRoc(Ints{1, 0, 1}, Doubles{1, NAN, 2})));
  EXPECT_TRUE(std::isnan(CohensKappa(Ints{1, 1}, Ints{1, 1})));
}

TEST(Classification, AgreesWithScikitLearn) {
  const auto fixture = Fixture("classification");
  const Ints labels = fixture.at("labels"), answers = fixture.at("answers");
  EXPECT_NEAR(Accuracy(labels, answers), fixture.at("accuracy").get<double>(), kParity);
  EXPECT_NEAR(AreaUnderRoc(labels, fixture.at("scores").get<Doubles>()), fixture.at("auc").get<double>(), kParity);
  EXPECT_NEAR(CohensKappa(labels, answers), fixture.at("kappa").get<double>(), kParity);
}

}  // namespace
}  // namespace figment::metrics
