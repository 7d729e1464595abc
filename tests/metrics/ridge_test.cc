#include "metrics/ridge.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "metrics/ridge_cv.h"
#include "tests/files/scratch.h"
#include "tests/metrics/fixture.h"
#include "tests/metrics/matrices.h"

namespace figment::metrics {
namespace {

using files::ErrorOf;
using files::ExpectError;

const Eigen::Vector3d kX(1, 2, 3), kY(1, 2, 4);

// Six samples, three features, two targets: the answers below were worked out independently.
const Eigen::MatrixXd kSmallX =
    (Eigen::MatrixXd(6, 3) << 1, 0, 2, 2, 1, 0, 0, 1, 1, 3, 0, 1, 1, 2, 2, 2, 2, 0).finished();
const Eigen::MatrixXd kSmallY = (Eigen::MatrixXd(6, 2) << 1, 3, 2, 1, 0, 2, 3, 2, 2, 4, 4, 1).finished();

void ExpectMap(const LinearMap& map, const nlohmann::json& expected) {
  EXPECT_LT(LargestDifference(map.coefficients, MatrixOf(expected.at("coefficients"))), kParity);
  EXPECT_LT(LargestDifference(map.intercepts.transpose(), VectorOf(expected.at("intercepts"))), kParity);
}

TEST(Ridge, ByHand) {
  for (const RidgeForm form : {RidgeForm::kPrimal, RidgeForm::kDual}) {
    const LinearMap map = FitRidge(kX, kY, 1, form);
    EXPECT_NEAR(map.coefficients(0, 0), 1, 1e-12);
    EXPECT_NEAR(map.intercepts[0], 1.0 / 3, 1e-12);
    EXPECT_NEAR(Predict(map, Eigen::MatrixXd::Constant(1, 1, 4))(0, 0), 13.0 / 3, 1e-12);
  }
}

TEST(Ridge, SmallSet) {
  const LinearMap map = FitRidge(kSmallX, kSmallY, 1);
  const Eigen::MatrixXd expected =
      (Eigen::MatrixXd(2, 3) << .984252, .578740, -.090551, -.039370, .196850, 1.023622).finished().transpose();
  EXPECT_LT(LargestDifference(map.coefficients, expected), kParity);
  EXPECT_NEAR(map.intercepts[0], .035433, kParity);
  EXPECT_NEAR(map.intercepts[1], 1.005249, kParity);
}

TEST(Ridge, PrimalIsDual) {
  base::Rng rng({1});
  for (const int features : {4, 15, 40}) {
    const Eigen::MatrixXd x = NormalMatrix(15, features, rng), y = NormalMatrix(15, 3, rng);
    for (const double alpha : {1e-3, 1.0, 1e4}) {
      const LinearMap primal = FitRidge(x, y, alpha, RidgeForm::kPrimal);
      const LinearMap dual = FitRidge(x, y, alpha, RidgeForm::kDual);
      EXPECT_LT(LargestDifference(primal.coefficients, dual.coefficients), 1e-9);
      EXPECT_LT(LargestDifference(primal.intercepts, dual.intercepts), 1e-9);
    }
  }
}

// An alpha far below rounding does not break a gram without full rank: least squares with the smallest coefficients.
TEST(Ridge, TinyAlphaAndDependentColumns) {
  base::Rng rng({2});
  const Eigen::MatrixXd once = NormalMatrix(20, 2, rng) * 1e3;
  Eigen::MatrixXd twice(20, 3);
  twice << once, once.col(1);
  const Eigen::VectorXd y = 3 * once.col(0) + 4 * once.col(1);
  EXPECT_LT(LargestDifference(FitRidge(twice, y, 1e-14).coefficients, Eigen::Vector3d(3, 2, 2)), 1e-6);
}

TEST(Ridge, EqualsScikitLearn) {
  for (const auto& fixture : Fixture("linear_maps").at("cases")) {
    SCOPED_TRACE(fixture.at("name").get<std::string>());
    const Eigen::MatrixXd x = MatrixOf(fixture.at("x")), y = MatrixOf(fixture.at("y"));
    ExpectMap(FitRidge(x, y, 0.7), fixture.at("ridge"));
    const RidgeCvOptions options{.alphas = fixture.at("alphas").get<std::vector<double>>()};
    const auto expect = [&](const RidgeCvOptions& changed, const std::string& name) {
      SCOPED_TRACE(name);
      const RidgeCv fit = FitRidgeCv(x, y, changed);
      EXPECT_EQ(fit.alphas, VectorOf(fixture.at(name).at("alphas")));
      ExpectMap(fit.map, fixture.at(name));
    };
    RidgeCvOptions per_target = options, grouped = options;
    per_target.alpha_per_target = true;
    grouped.folds = fixture.at("folds").get<Folds>();
    expect(options, "leave_one_out");
    expect(per_target, "leave_one_out_per_target");
    expect(grouped, "grouped");
  }
}

TEST(RidgeCv, LeaveOneOutByHand) {
  const RidgeCv fit = FitRidgeCv(kX, kY, {.alphas = {0.1, 1, 10}});
  EXPECT_NEAR(fit.scores(0, 0), -.6875, 1e-12);
  EXPECT_NEAR(fit.scores(1, 0), -1.75, 1e-12);
  EXPECT_NEAR(fit.scores(2, 0), -3.198980, kParity);
  EXPECT_EQ(fit.alphas[0], 0.1);
}

TEST(RidgeCv, SmallSet) {
  const Eigen::MatrixXd errors =
      (Eigen::MatrixXd(3, 2) << 1.332379, .348696, .963440, .710250, 1.808512, 1.237296).finished();
  const RidgeCv shared = FitRidgeCv(kSmallX, kSmallY, {.alphas = {0.1, 1, 10}});
  EXPECT_LT(LargestDifference(shared.scores, -errors), kParity);
  EXPECT_EQ(shared.alphas, Eigen::Vector2d(1, 1));
  const RidgeCv own = FitRidgeCv(kSmallX, kSmallY, {.alphas = {0.1, 1, 10}, .alpha_per_target = true});
  EXPECT_EQ(own.alphas, Eigen::Vector2d(1, 0.1));
}

// Residuals of test rows by maps fitted to the others: what every score is made of.
Eigen::MatrixXd RefitResiduals(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y, double alpha, const Folds& folds) {
  Eigen::MatrixXd residuals(y.rows(), y.cols());
  for (const Split& split : SplitsOf(folds)) {
    const LinearMap map = FitRidge(x(split.train, Eigen::all), y(split.train, Eigen::all), alpha);
    residuals(split.test, Eigen::all) = y(split.test, Eigen::all) - Predict(map, x(split.test, Eigen::all));
  }
  return residuals;
}

struct Size {
  int samples, features;
};

TEST(RidgeCv, LeaveOneOutIsRefits) {
  base::Rng rng({3});
  const std::vector<double> alphas = RidgeGrid24();
  for (const auto& [samples, features] : {Size{25, 6}, {20, 19}, {20, 20}, {12, 30}}) {
    SCOPED_TRACE(features);
    const Eigen::MatrixXd x = NormalMatrix(samples, features, rng).array() + 1, y = NormalMatrix(samples, 3, rng);
    const RidgeCv fit = FitRidgeCv(x, y, {.alphas = alphas});
    for (size_t a = 0; a < alphas.size(); ++a) {
      if (alphas[a] < 1e-3) continue;  // a refit by Cholesky loses more digits than the closed form
      const Eigen::MatrixXd residuals = RefitResiduals(x, y, alphas[a], ContiguousFolds(samples, samples));
      for (int t = 0; t < 3; ++t) {
        const double error = residuals.col(t).squaredNorm() / samples;
        EXPECT_NEAR(fit.scores(static_cast<Eigen::Index>(a), t), -error, 1e-7 * error) << alphas[a];
      }
    }
  }
}

TEST(RidgeCv, FoldsAreRefits) {
  base::Rng rng({4});
  const std::vector<double> alphas = RidgeGrid24();
  for (const auto& [samples, features] : {Size{40, 5}, {24, 15}, {21, 60}}) {
    SCOPED_TRACE(features);
    const Eigen::MatrixXd x = NormalMatrix(samples, features, rng).array() - 3;
    const Eigen::MatrixXd y = (x.leftCols(4) + NormalMatrix(samples, 4, rng)).array() + 5;
    const Folds folds = ShuffledFolds(samples, 3, rng);
    for (const RidgeCriterion criterion :
         {RidgeCriterion::kR2, RidgeCriterion::kCorrelation, RidgeCriterion::kNegativeSquaredError}) {
      const RidgeCv fit = FitRidgeCv(x, y, {.alphas = alphas, .folds = folds, .criterion = criterion});
      for (size_t a = 8; a < alphas.size(); a += 5) {
        const Eigen::MatrixXd residuals = RefitResiduals(x, y, alphas[a], folds);
        for (int t = 0; t < 4; ++t) {
          double expected = 0;
          for (const Split& split : SplitsOf(folds)) {
            const Eigen::ArrayXd truth = y(split.test, t), error = residuals(split.test, t), guess = truth - error;
            const Eigen::ArrayXd about = truth - truth.mean(), guess_about = guess - guess.mean();
            if (criterion == RidgeCriterion::kR2)
              expected += 1 - error.square().sum() / about.square().sum();
            else if (criterion == RidgeCriterion::kCorrelation)
              expected += (about * guess_about).sum() / std::sqrt(about.square().sum() * guess_about.square().sum());
            else
              expected -= error.square().mean();
          }
          EXPECT_NEAR(fit.scores(static_cast<Eigen::Index>(a), t), expected / 3, 1e-7) << alphas[a];
        }
      }
    }
  }
}

TEST(RidgeCv, FirstOfEqualAlphasWins) {
  const RidgeCv fit = FitRidgeCv(kSmallX, Eigen::MatrixXd::Constant(6, 2, 3), {.alphas = {5, 1, 2}});
  EXPECT_EQ(fit.alphas, Eigen::Vector2d(5, 5));
  EXPECT_LT(fit.map.coefficients.cwiseAbs().maxCoeff(), 1e-12);
}

TEST(RidgeCv, ConstantUnitDoesNotSpoilTheOthers) {
  base::Rng rng({5});
  const Eigen::MatrixXd x = NormalMatrix(30, 4, rng);
  Eigen::MatrixXd y = x + NormalMatrix(30, 4, rng);
  y.col(2).setConstant(7);
  for (const RidgeCriterion criterion : {RidgeCriterion::kR2, RidgeCriterion::kCorrelation}) {
    const RidgeCv fit =
        FitRidgeCv(x, y, {.alphas = RidgeGrid24(), .folds = ContiguousFolds(30, 3), .criterion = criterion});
    EXPECT_TRUE(fit.map.coefficients.allFinite());
    EXPECT_NEAR(fit.map.intercepts[2], 7, 1e-9);
  }
}

TEST(RidgeCv, GridsOfThePapers) {
  const std::vector<double> n23 = RidgeGrid24(), brain_score = RidgeGrid99();
  ASSERT_EQ(n23.size(), 24u);
  EXPECT_DOUBLE_EQ(n23.front(), 1e-9);
  EXPECT_DOUBLE_EQ(n23.back(), 1e5);
  EXPECT_DOUBLE_EQ(n23[6], 5e-4);
  ASSERT_EQ(brain_score.size(), 99u);
  EXPECT_DOUBLE_EQ(brain_score[5], 32.5);
  EXPECT_DOUBLE_EQ(brain_score[79], 9.5e5);
  EXPECT_DOUBLE_EQ(brain_score.back(), 1e7);
}

TEST(RidgeCv, BadInputIsNamed) {
  const auto fit = [](const RidgeCvOptions& options) {
    return ErrorOf([&] { FitRidgeCv(kSmallX, kSmallY, options); });
  };
  EXPECT_NE(fit({}).find("no alphas"), std::string::npos);
  EXPECT_NE(fit({.alphas = {1, 0}}).find("alpha 0.0"), std::string::npos);
  EXPECT_NE(fit({.alphas = {1}, .folds = {0, 1}}).find("folds of 2 samples for 6"), std::string::npos);
  EXPECT_NE(fit({.alphas = {1}, .folds = {0, 0, 2, 2, 0, 0}}).find("fold 1 tests 0"), std::string::npos);
  EXPECT_NE(fit({.alphas = {1}, .folds = {0, 0, 0, 0, 0, 0}}).find("trains 0"), std::string::npos);
  ExpectError("alpha 0.0", [] { FitRidge(kX, kY, 0); });
  ExpectError("positive", [] { FitRidge(kX, kY, -1); });
}

}  // namespace
}  // namespace figment::metrics
