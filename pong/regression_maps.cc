#include "pong/regression_maps.h"

#include <algorithm>

#include "base/error.h"
#include "base/names.h"
#include "metrics/folds.h"
#include "metrics/linear_map.h"
#include "metrics/one_to_one.h"
#include "metrics/pls.h"
#include "metrics/ridge.h"
#include "metrics/ridge_cv.h"

namespace figment::pong {
namespace {

constexpr int kInnerFolds = 5;
constexpr double kPlainAlpha = 1;

Eigen::MatrixXd SideBySide(std::span<const Eigen::MatrixXd> parts) {
  Eigen::Index columns = 0;
  for (const auto& part : parts) columns += part.cols();
  Eigen::MatrixXd joined(parts[0].rows(), columns);
  Eigen::Index place = 0;
  for (const auto& part : parts) joined.middleCols(place, part.cols()) = part, place += part.cols();
  return joined;
}

std::vector<Eigen::MatrixXd> Apart(const Eigen::MatrixXd& joined, std::span<const Eigen::MatrixXd> parts) {
  std::vector<Eigen::MatrixXd> out;
  Eigen::Index place = 0;
  for (const auto& part : parts) out.push_back(joined.middleCols(place, part.cols())), place += part.cols();
  return out;
}

// One factorisation for all targets of all three sets.
std::vector<Eigen::MatrixXd> PredictRidge(const FitData& data, double alpha) {
  const metrics::LinearMap map = metrics::FitRidge(data.x_train, SideBySide(data.y_train), alpha);
  return Apart(metrics::Predict(map, data.x_test), data.y_train);
}

std::vector<Eigen::MatrixXd> RidgeWithChosenAlpha(const FitData& data) {
  std::vector<int> distinct(data.train_groups.begin(), data.train_groups.end());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  const int folds = std::min(kInnerFolds, static_cast<int>(distinct.size()));
  const metrics::RidgeCv chosen = metrics::FitRidgeCv(
      data.x_train, data.y_train[0],
      {.alphas = metrics::RidgeGrid24(), .folds = metrics::GroupedFolds(data.train_groups, folds),
       .criterion = metrics::RidgeCriterion::kCorrelation});
  return PredictRidge(data, chosen.alphas[0]);
}

std::vector<Eigen::MatrixXd> PlainRidge(const FitData& data) { return PredictRidge(data, kPlainAlpha); }

std::vector<Eigen::MatrixXd> Ols(const FitData& data) {
  const metrics::LinearMap map = metrics::FitOls(data.x_train, SideBySide(data.y_train));
  return Apart(metrics::Predict(map, data.x_test), data.y_train);
}

// Components depend on all targets, so each set is fitted by itself.
std::vector<Eigen::MatrixXd> PartialLeastSquares(const FitData& data) {
  const int largest = static_cast<int>(std::min(data.x_train.rows(), data.x_train.cols()));
  std::vector<Eigen::MatrixXd> out;
  for (const Eigen::MatrixXd& y : data.y_train)
    out.push_back(
        metrics::Predict(metrics::FitPls(data.x_train, y, std::min(data.components, largest)).map, data.x_test));
  return out;
}

std::vector<Eigen::MatrixXd> SingleFeature(const FitData& data) {
  std::vector<Eigen::MatrixXd> out;
  for (const Eigen::MatrixXd& y : data.y_train)
    out.push_back(metrics::Predict(metrics::FitOneToOne(data.x_train, y), data.x_test));
  return out;
}

}  // namespace

const std::vector<RegressionMap>& RegressionMaps() {
  static const std::vector<RegressionMap> maps = {
      {"ridge", "ridge, one alpha of 24 for all units, chosen by 5 inner folds of the training conditions",
       RidgeWithChosenAlpha},
      {"ridge-1", "ridge with alpha 1", PlainRidge},
      {"ols", "least squares; the shortest solution where there are many", Ols},
      {"pls", "partial least squares, 25 components", PartialLeastSquares},
      {"one-to-one", "for each unit the feature that correlates best in training, as it is", SingleFeature}};
  return maps;
}

const RegressionMap& FindRegressionMap(const std::string& name) {
  if (const RegressionMap* const map = base::FindNamedOrNull(name, RegressionMaps())) return *map;
  std::vector<std::string> names = base::NamesOf(RegressionMaps());
  names.insert(names.end(), {"rsa", "cka"});
  throw base::UnknownName("map", name, names);
}

}  // namespace figment::pong
