#include "metrics/linear_map.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "metrics/correlation.h"
#include "metrics/folds.h"
#include "metrics/one_to_one.h"
#include "metrics/pls.h"
#include "metrics/quantiles.h"
#include "metrics/ridge.h"
#include "metrics/ridge_cv.h"
#include "tests/files/scratch.h"
#include "tests/metrics/fixture.h"
#include "tests/metrics/matrices.h"

namespace figment::metrics {
namespace {

using files::ExpectError;

TEST(LinearMap, OlsByHand) {
  const LinearMap map = FitOls(Eigen::Vector3d(1, 2, 3), Eigen::Vector3d(1, 2, 4));
  EXPECT_NEAR(map.coefficients(0, 0), 1.5, 1e-12);
  EXPECT_NEAR(map.intercepts[0], 7.0 / 3 - 3, 1e-12);
  EXPECT_NEAR(Predict(map, Eigen::MatrixXd::Constant(1, 1, 4))(0, 0), 6 + 7.0 / 3 - 3, 1e-12);
}

TEST(LinearMap, OlsEqualsScikitLearn) {
  for (const auto& fixture : Fixture("linear_maps").at("cases")) {
    SCOPED_TRACE(fixture.at("name").get<std::string>());
    const LinearMap map = FitOls(MatrixOf(fixture.at("x")), MatrixOf(fixture.at("y")));
    EXPECT_LT(LargestDifference(map.coefficients, MatrixOf(fixture.at("ols").at("coefficients"))), kParity);
    EXPECT_LT(LargestDifference(map.intercepts.transpose(), VectorOf(fixture.at("ols").at("intercepts"))), kParity);
  }
}

// A column twice: the weight is shared, as the smallest coefficients do.
TEST(LinearMap, OlsSharesTheWeightOfEqualColumns) {
  base::Rng rng({1});
  const Eigen::MatrixXd once = NormalMatrix(20, 2, rng);
  Eigen::MatrixXd twice(20, 3);
  twice << once, once.col(1);
  const LinearMap map = FitOls(twice, 3 * once.col(0) + 4 * once.col(1));
  EXPECT_LT(LargestDifference(map.coefficients, Eigen::Vector3d(3, 2, 2)), 1e-9);
}

// A shared factorisation predicts as fits of the training samples do; with a fold that alone holds a direction, and
// with fewer samples than features, those fits are made.
TEST(LinearMap, HeldOutPredictionsAreThoseOfEachFoldsFit) {
  base::Rng rng({5});
  for (const auto& [samples, features] : {std::pair(60, 7), std::pair(60, 1), std::pair(20, 30)}) {
    SCOPED_TRACE(samples);
    Eigen::MatrixXd x = NormalMatrix(samples, features, rng);
    if (features > 2) x.col(1) = 2 * x.col(0);         // dependent
    if (features > 3) x.col(3).tail(samples - 4).setZero();  // four samples alone tell of this one
    const Eigen::MatrixXd y = NormalMatrix(samples, 3, rng);
    const std::vector<Folds> divisions = {ContiguousFolds(samples, 5), ShuffledFolds(samples, 8, rng)};
    const std::vector<Eigen::MatrixXd> predicted = PredictHeldOut(x, y, divisions);
    ASSERT_EQ(predicted.size(), 2u);
    for (size_t d = 0; d < divisions.size(); ++d)
      for (const Split& split : SplitsOf(divisions[d])) {
        const LinearMap map = FitOls(x(split.train, Eigen::all), y(split.train, Eigen::all));
        EXPECT_LT(LargestDifference(predicted[d](split.test, Eigen::all), Predict(map, x(split.test, Eigen::all))),
                  1e-9);
      }
  }
}

TEST(LinearMap, BadInputIsNamed) {
  base::Rng rng({2});
  const Eigen::MatrixXd x = NormalMatrix(8, 3, rng), y = NormalMatrix(8, 2, rng);
  Eigen::MatrixXd broken = y;
  broken(5, 1) = NAN;
  ExpectError("7 x 2 to features of shape 8 x 3", [&] { FitOls(x, y.topRows(7)); });
  ExpectError("row 5, column 1 of the targets is nan", [&] { FitOls(x, broken); });
  ExpectError("row 5, column 1 of the features is nan", [&] { FitOls(broken, x); });
  ExpectError("at least two", [&] { FitOls(x.topRows(1), y.topRows(1)); });
  ExpectError("3 samples for 8 rows", [&] { PredictHeldOut(x, y, std::vector<Folds>{{0, 1, 0}}); });
  ExpectError("3 features, here are 2", [&] { Predict(FitOls(x, y), y); });
}

using Fit = std::function<Eigen::MatrixXd(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y, const Eigen::MatrixXd&)>;

struct NamedFit {
  std::string name;
  Fit predict;  // fits x to y and predicts from the last
};

std::vector<NamedFit> AllMaps() {
  return {{"ols", [](const auto& x, const auto& y, const auto& z) { return Predict(FitOls(x, y), z); }},
          {"ridge", [](const auto& x, const auto& y, const auto& z) { return Predict(FitRidge(x, y, 1), z); }},
          {"ridge, leave-one-out",
           [](const auto& x, const auto& y, const auto& z) {
             return Predict(FitRidgeCv(x, y, {.alphas = RidgeGrid24()}).map, z);
           }},
          {"ridge, folds",
           [](const auto& x, const auto& y, const auto& z) {
             const Folds folds = ContiguousFolds(static_cast<int>(x.rows()), 4);
             return Predict(FitRidgeCv(x, y, {.alphas = RidgeGrid24(), .folds = folds}).map, z);
           }},
          {"pls", [](const auto& x, const auto& y, const auto& z) { return Predict(FitPls(x, y, 3).map, z); }},
          {"one-to-one", [](const auto& x, const auto& y, const auto& z) { return Predict(FitOneToOne(x, y), z); }},
          {"best sources", [](const auto& x, const auto& y, const auto& z) {
             return Predict(FitBestSources(x, y, 80, 1), z);
           }}};
}

// The most useful test of the folder: every map, every kind of split, grouped samples; targets without any signal.
TEST(LinearMap, NoiseScoresZero) {
  constexpr int kConditions = 30, kBins = 6, kTargets = 60;
  base::Rng rng({3});
  base::NumpyRandom legacy(3);
  const Eigen::MatrixXd x = NormalMatrix(kConditions * kBins, 12, rng);
  const Eigen::MatrixXd y = NormalMatrix(kConditions * kBins, kTargets, rng);
  std::vector<int> groups;
  for (int i = 0; i < kConditions * kBins; ++i) groups.push_back(i / kBins);
  const std::vector<std::pair<std::string, Split>> splits = {
      {"grouped", SplitOf(GroupedFolds(groups, 2), 0)},
      {"contiguous", SplitOf(ContiguousFolds(kConditions * kBins, 2), 1)},
      {"shuffled", SplitOf(ShuffledFolds(kConditions * kBins, 2, rng), 0)},
      {"group shuffle split", GroupShuffleSplit(groups, 0.5, legacy)},
      {"permutation", PermutationSplit(kConditions * kBins, 0.5, 0)}};
  for (const NamedFit& map : AllMaps())
    for (const auto& [name, split] : splits) {
      SCOPED_TRACE(map.name + ", " + name);
      const Eigen::MatrixXd prediction =
          map.predict(x(split.train, Eigen::all), y(split.train, Eigen::all), x(split.test, Eigen::all));
      const Eigen::VectorXd r = PearsonByColumn(prediction, y(split.test, Eigen::all));
      double sum = 0;
      for (const double value : r) sum += std::isnan(value) ? 0 : value;
      // Each r has standard error 1 / sqrt(89), their mean a part of that.
      EXPECT_NEAR(sum / kTargets, 0, 3.5 / std::sqrt(89.0 * kTargets));
    }
}

// Signals that forget with a time constant of 10 bins, conditions one after the other: [conditions x bins, columns].
Eigen::MatrixXd SmoothSignals(int conditions, int bins, int columns, base::Rng& rng) {
  const double kept = std::exp(-0.1), fresh = std::sqrt(1 - kept * kept);
  Eigen::MatrixXd signals = NormalMatrix(conditions * bins, columns, rng);
  for (int row = 0; row < conditions * bins; ++row)
    if (row % bins != 0) signals.row(row) = kept * signals.row(row - 1) + fresh * signals.row(row);
  return signals;
}

// Features and responses have nothing to do with each other, yet rows split at random predict well: neighbours in time
// are near copies. Whole conditions on one side predict nothing.
TEST(LinearMap, ShuffledRowsLeakGroupedOnesDoNot) {
  constexpr int kConditions = 79, kBins = 45;
  base::Rng rng({4});
  const Eigen::MatrixXd x = SmoothSignals(kConditions, kBins, 200, rng);
  const Eigen::MatrixXd y = SmoothSignals(kConditions, kBins, 60, rng);
  const auto median_r = [&](const Split& split) {
    const LinearMap map = FitRidge(x(split.train, Eigen::all), y(split.train, Eigen::all), 1);
    const Eigen::VectorXd r =
        PearsonByColumn(Predict(map, x(split.test, Eigen::all)), y(split.test, Eigen::all));
    return Median({r.begin(), r.end()});
  };
  std::vector<int> conditions;
  for (int row = 0; row < kConditions * kBins; ++row) conditions.push_back(row / kBins);
  EXPECT_NEAR(median_r(PermutationSplit(kConditions * kBins, 0.8, 0)), 0.554, 0.05);
  EXPECT_NEAR(median_r(SplitOf(GroupedFolds(conditions, 5), 0)), 0, 0.05);
}

}  // namespace
}  // namespace figment::metrics
