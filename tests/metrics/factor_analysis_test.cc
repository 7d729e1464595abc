#include "metrics/factor_analysis.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/metrics/fixture.h"
#include "tests/metrics/matrices.h"

namespace figment::metrics {
namespace {

TEST(FactorAnalysis, EqualsScikitLearn) {
  for (const auto& fixture : Fixture("decomposition").at("cases")) {
    SCOPED_TRACE(fixture.at("name").get<std::string>());
    const Eigen::MatrixXd x = MatrixOf(fixture.at("x"));
    const nlohmann::json& expected = fixture.at("factor_analysis");
    const FactorAnalysis model = FitFactorAnalysis(x, {.factors = fixture.at("count")});
    EXPECT_TRUE(model.converged);
    EXPECT_LT(LargestDifference(model.log_likelihood, VectorOf(expected.at("log_likelihood"))), kParity);
    EXPECT_LT(LargestDifference(model.loadings, MatrixOf(expected.at("loadings"))), kParity);
    EXPECT_LT(LargestDifference(model.noise_variance, VectorOf(expected.at("noise_variance"))), kParity);
    EXPECT_LT(LargestDifference(Transform(model, x), MatrixOf(expected.at("factors"))), kParity);
  }
}

// One factor drives four features with known loadings; each has its own noise.
TEST(FactorAnalysis, RecoversLoadingsAndNoise) {
  constexpr int kSamples = 20000;
  base::Rng rng({1});
  const Eigen::RowVector4d loadings(2, -1, 0.5, 0), deviation(0.5, 1, 0.3, 2);
  const Eigen::MatrixXd factor = NormalMatrix(kSamples, 1, rng);
  const Eigen::MatrixXd x = factor * loadings + NormalMatrix(kSamples, 4, rng) * deviation.asDiagonal();
  const FactorAnalysis model = FitFactorAnalysis(x, {.factors = 1, .tolerance = 1e-6});
  EXPECT_LT(LargestDifference(model.loadings, loadings.transpose()), 0.05);
  EXPECT_LT(LargestDifference(model.noise_variance, deviation.cwiseAbs2().transpose()), 0.1);
  for (Eigen::Index i = 1; i < model.log_likelihood.size(); ++i)
    EXPECT_GE(model.log_likelihood[i], model.log_likelihood[i - 1]);
  // The expected factor is the true one but for noise.
  const Eigen::VectorXd expected = Transform(model, x);
  EXPECT_GT(expected.normalized().dot(factor.col(0).normalized()), 0.97);
}

TEST(FactorAnalysis, ConstantFeatureHasNoLoadings) {
  base::Rng rng({2});
  Eigen::MatrixXd x = NormalMatrix(30, 5, rng);
  x.col(3).setConstant(4);
  const FactorAnalysis model = FitFactorAnalysis(x, {.factors = 2});
  EXPECT_LT(model.loadings.row(3).cwiseAbs().maxCoeff(), 1e-9);
  EXPECT_TRUE(Transform(model, x).allFinite());
}

TEST(FactorAnalysis, BadInput) {
  base::Rng rng({3});
  Eigen::MatrixXd x = NormalMatrix(6, 4, rng);
  EXPECT_THROW(FitFactorAnalysis(x, {.factors = 5}), base::Error);
  EXPECT_THROW(FitFactorAnalysis(x, {.factors = 0}), base::Error);
  EXPECT_THROW(Transform(FitFactorAnalysis(x, {.factors = 2}), x.leftCols(3)), base::Error);
  x(1, 1) = INFINITY;
  EXPECT_THROW(FitFactorAnalysis(x, {.factors = 2}), base::Error);
}

}  // namespace
}  // namespace figment::metrics
