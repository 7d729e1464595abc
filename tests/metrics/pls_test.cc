#include "metrics/pls.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/metrics/fixture.h"
#include "tests/metrics/matrices.h"

namespace figment::metrics {
namespace {

TEST(Pls, OneComponentByHand) {
  const Eigen::MatrixXd x = (Eigen::MatrixXd(3, 2) << 2, 0, 0, 1, -2, -1).finished();
  const Eigen::Vector3d y(3, 1, -4);
  const Pls pls = FitPls(x, y, 1);
  EXPECT_NEAR(pls.weights(0, 0) / pls.weights(1, 0), 14.0 / 5, 1e-12);
  EXPECT_LT(LargestDifference(Predict(pls.map, x), Eigen::Vector3d(28, 5, -33) * 221 / 1898), 1e-12);
}

// NIPALS run to a tolerance of 1e-14. With scikit-learn's default of 1e-6 it stops up to 5e-5 earlier: .753863 for the
// first number.
TEST(Pls, SmallSet) {
  const Eigen::MatrixXd x =
      (Eigen::MatrixXd(6, 3) << 1, 0, 2, 2, 1, 0, 0, 1, 1, 3, 0, 1, 1, 2, 2, 2, 2, 0).finished();
  const Eigen::MatrixXd y = (Eigen::MatrixXd(6, 2) << 1, 3, 2, 1, 0, 2, 3, 2, 2, 4, 4, 1).finished();
  const std::vector<Eigen::MatrixXd> expected = {
      (Eigen::MatrixXd(2, 3) << .753816, .191627, -.645308, -.563106, -.143147, .482050).finished(),
      (Eigen::MatrixXd(2, 3) << 1.328245, .635350, .126761, .127035, .389957, 1.409643).finished(),
      (Eigen::MatrixXd(2, 3) << 1.282051, .846154, .102564, .128205, .384615, 1.410256).finished()};
  for (int components = 1; components <= 3; ++components)
    EXPECT_LT(LargestDifference(FitPls(x, y, components).map.coefficients,
                                expected[static_cast<size_t>(components - 1)].transpose()),
              kParity);
}

TEST(Pls, EqualsScikitLearn) {
  for (const auto& fixture : Fixture("linear_maps").at("cases")) {
    SCOPED_TRACE(fixture.at("name").get<std::string>());
    const Eigen::MatrixXd x = MatrixOf(fixture.at("x"));
    const Pls pls = FitPls(x, MatrixOf(fixture.at("y")), fixture.at("components"));
    EXPECT_LT(LargestDifference(pls.map.coefficients, MatrixOf(fixture.at("pls_coefficients"))), kParity);
    EXPECT_LT(LargestDifference(Predict(pls.map, x), MatrixOf(fixture.at("pls_prediction"))), kParity);
    EXPECT_LT(LargestDifference(pls.weights, MatrixOf(fixture.at("pls_weights"))), kParity);
    EXPECT_LT(LargestDifference(pls.scores, MatrixOf(fixture.at("pls_scores"))), kParity);
  }
}

TEST(Pls, AllComponentsAreOls) {
  base::Rng rng({1});
  const Eigen::MatrixXd x = NormalMatrix(40, 9, rng), y = NormalMatrix(40, 12, rng);
  EXPECT_LT(LargestDifference(FitPls(x, y, 9).map.coefficients, FitOls(x, y).coefficients), 1e-9);
}

TEST(Pls, ScoresAreOrthogonalAndFollowFromTheRotations) {
  base::Rng rng({2});
  const Eigen::MatrixXd x = NormalMatrix(60, 30, rng).array() + 4, y = NormalMatrix(60, 20, rng);
  const Pls pls = FitPls(x, y, 15);
  const Eigen::MatrixXd products = pls.scores.transpose() * pls.scores;
  EXPECT_LT((products - Eigen::MatrixXd(products.diagonal().asDiagonal())).cwiseAbs().maxCoeff(), 1e-9);
  EXPECT_LT(LargestDifference(Centre(x).values * pls.rotations, pls.scores), 1e-9);
  EXPECT_TRUE((pls.weights.transpose() * pls.weights).isIdentity(1e-9));
}

TEST(Pls, StopsWhereNothingIsLeft) {
  base::Rng rng({3});
  const Eigen::MatrixXd x = NormalMatrix(20, 6, rng);
  // Uncorrelated unit columns: one component explains a target along one of them.
  const Eigen::MatrixXd whitened = SvdOf(Centre(x).values).u;
  EXPECT_EQ(FitPls(whitened, whitened.col(2), 5).weights.cols(), 1);
  EXPECT_EQ(FitPls(x, Eigen::MatrixXd::Constant(20, 2, 3), 4).weights.cols(), 0);
}

TEST(Pls, TooManyComponentsAreAnError) {
  base::Rng rng({4});
  const Eigen::MatrixXd x = NormalMatrix(5, 8, rng);
  EXPECT_THROW(FitPls(x, x, 6), base::Error);
  EXPECT_THROW(FitPls(x, x, 0), base::Error);
}

}  // namespace
}  // namespace figment::metrics
