#include "metrics/logistic.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/metrics/fixture.h"
#include "tests/metrics/matrices.h"

namespace figment::metrics {
namespace {

// x = -1, 1 with labels 0, 1: b = 0 by symmetry, and w solves w = 2 C / (1 + exp(w)).
TEST(Logistic, TwoSamplesByHand) {
  const Eigen::MatrixXd x = Eigen::Vector2d(-1, 1);
  const std::vector<int> labels = {0, 1};
  const double C = 0.5 * (1 + std::exp(1.0));  // so that w = 1
  const LogisticModel model = FitLogistic(x, labels, C);
  EXPECT_TRUE(model.converged);
  EXPECT_NEAR(model.weights[0], 1, 1e-9);
  EXPECT_NEAR(model.intercept, 0, 1e-9);
}

// Without a useful feature the intercept alone gives the rate of positives; it is not penalised.
TEST(Logistic, InterceptIsFree) {
  const Eigen::MatrixXd x = Eigen::MatrixXd::Zero(4, 1);
  const LogisticModel model = FitLogistic(x, std::vector<int>{1, 1, 1, 0}, 1e-3);
  EXPECT_NEAR(Probability(model.intercept), 0.75, 1e-9);
  EXPECT_NEAR(model.weights[0], 0, 1e-12);
}

TEST(Logistic, AgreesWithScikitLearn) {
  for (const auto& fixture : Fixture("logistic").at("cases")) {
    SCOPED_TRACE(fixture.at("name").get<std::string>());
    const Eigen::MatrixXd raw = MatrixOf(fixture.at("x"));
    const Eigen::MatrixXd x = Standardize(FitStandardizer(raw), raw);
    const LogisticModel model = FitLogistic(x, fixture.at("labels").get<std::vector<int>>(), fixture.at("C"));
    EXPECT_TRUE(model.converged);
    EXPECT_NEAR(model.intercept, fixture.at("intercept").get<double>(), kParity);
    for (Eigen::Index i = 0; i < model.weights.size(); ++i)
      EXPECT_NEAR(model.weights[i], fixture.at("weights").at(static_cast<size_t>(i)).get<double>(), kParity);
    const Eigen::VectorXd logits = Logits(model, x);
    for (Eigen::Index i = 0; i < logits.size(); ++i)
      EXPECT_NEAR(logits[i], fixture.at("logits").at(static_cast<size_t>(i)).get<double>(), kParity);
  }
}

// Where almost no penalty holds separable samples, the weights are large and the pulls tiny: still converged.
TEST(Logistic, ConvergesOnSeparableSamplesWithoutPenalty) {
  base::Rng rng({1});
  for (const int features : {3, 40}) {
    const Eigen::MatrixXd x = NormalMatrix(25, features, rng);
    std::vector<int> labels;
    for (int i = 0; i < 25; ++i) labels.push_back(x(i, 0) > 0.1);
    for (const double C : {1e-8, 1.0, 1e8}) {
      const LogisticModel model = FitLogistic(x, labels, C);
      EXPECT_TRUE(model.converged) << C;
      // At the minimum the weights are the samples' pulls: w = C sum (label - p) x.
      Eigen::VectorXd pulls = Eigen::VectorXd::Zero(features);
      const Eigen::VectorXd logits = Logits(model, x);
      for (int i = 0; i < 25; ++i)
        pulls += C * (labels[static_cast<size_t>(i)] ? Probability(-logits[i]) : -Probability(logits[i])) * x.row(i);
      EXPECT_LT(LargestDifference(pulls, model.weights), 1e-8 * model.weights.cwiseAbs().maxCoeff());
    }
  }
}

TEST(Logistic, StandardizerUsesTheFittedSamplesAndZeroesConstants) {
  Eigen::MatrixXd train(2, 2), test(1, 2);
  train << 1, 0.1, 3, 0.1;
  test << 4, 0.7;
  const Standardizer standardizer = FitStandardizer(train);
  EXPECT_TRUE(Standardize(standardizer, train).isApprox((Eigen::MatrixXd(2, 2) << -1, 0, 1, 0).finished()));
  EXPECT_TRUE(Standardize(standardizer, test).isApprox((Eigen::MatrixXd(1, 2) << 2, 0).finished()));
}

TEST(Logistic, ProbabilityDoesNotOverflow) {
  EXPECT_EQ(Probability(0), 0.5);
  EXPECT_EQ(Probability(1000), 1);
  EXPECT_EQ(Probability(-1000), 0);
}

}  // namespace
}  // namespace figment::metrics
