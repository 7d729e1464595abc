#include "metrics/one_to_one.h"

#include <cmath>
#include <limits>
#include <string>

#include "base/error.h"
#include "metrics/quantiles.h"
#include "metrics/ridge.h"

namespace figment::metrics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
// A column whose spread is below this share of its size is constant up to rounding.
constexpr double kConstantColumn = 1e-13;

// Columns about their means with norm 1; zeros where that is undefined, which `defined` tells.
Eigen::MatrixXd UnitColumns(const MatrixView& matrix, std::vector<char>* defined) {
  Eigen::MatrixXd unit(matrix.rows(), matrix.cols());
  defined->assign(static_cast<size_t>(matrix.cols()), 0);
  for (Eigen::Index c = 0; c < matrix.cols(); ++c) {
    unit.col(c) = matrix.col(c).array() - matrix.col(c).mean();
    const double norm = unit.col(c).norm();
    // False for NaN as well.
    const bool varies = norm > kConstantColumn * matrix.col(c).norm() && std::isfinite(norm);
    if (varies)
      unit.col(c) /= norm;
    else
      unit.col(c).setZero();
    (*defined)[static_cast<size_t>(c)] = varies;
  }
  return unit;
}

}  // namespace

Eigen::MatrixXd CrossCorrelations(const MatrixView& x, const MatrixView& y) {
  if (x.rows() != y.rows() || x.rows() < 2)
    throw base::Error("cannot correlate features of " + std::to_string(x.rows()) + " rows with targets of " +
                      std::to_string(y.rows()) + ": expected equal numbers, at least two");
  std::vector<char> x_defined, y_defined;
  const Eigen::MatrixXd x_unit = UnitColumns(x, &x_defined), y_unit = UnitColumns(y, &y_defined);
  Eigen::MatrixXd r = TransposedProduct(x_unit, y_unit);
  for (Eigen::Index c = 0; c < r.rows(); ++c)
    if (!x_defined[static_cast<size_t>(c)]) r.row(c).setConstant(kNaN);
  for (Eigen::Index c = 0; c < r.cols(); ++c)
    if (!y_defined[static_cast<size_t>(c)]) r.col(c).setConstant(kNaN);
  return r;
}

OneToOne FitOneToOne(const MatrixView& x, const MatrixView& y) {
  const Eigen::MatrixXd r = CrossCorrelations(x, y);
  OneToOne map{std::vector<int>(static_cast<size_t>(y.cols()), -1), Eigen::VectorXd::Constant(y.cols(), kNaN),
               static_cast<int>(x.cols())};
  for (Eigen::Index target = 0; target < r.cols(); ++target)
    for (Eigen::Index source = 0; source < r.rows(); ++source) {
      int& best = map.sources[static_cast<size_t>(target)];
      if (std::isnan(r(source, target)) || (best >= 0 && r(source, target) <= map.correlations[target])) continue;
      best = static_cast<int>(source);
      map.correlations[target] = r(source, target);
    }
  return map;
}

Eigen::MatrixXd Predict(const OneToOne& map, const MatrixView& x) {
  if (x.cols() != map.features)
    throw base::Error("the map was fitted to " + std::to_string(map.features) + " features, here are " +
                      std::to_string(x.cols()));
  Eigen::MatrixXd prediction(x.rows(), map.sources.size());
  for (size_t target = 0; target < map.sources.size(); ++target) {
    auto column = prediction.col(static_cast<Eigen::Index>(target));
    if (map.sources[target] < 0)
      column.setConstant(kNaN);
    else
      column = x.col(map.sources[target]);
  }
  return prediction;
}

LinearMap FitBestSources(const MatrixView& x, const MatrixView& y, double percentile, double alpha) {
  if (!(percentile >= 0 && percentile <= 100))
    throw base::Error("percentile " + std::to_string(percentile) + " of the sources: expected 0 to 100");
  const Eigen::MatrixXd r = CrossCorrelations(x, y);
  LinearMap map{Eigen::MatrixXd::Zero(x.cols(), y.cols()), y.colwise().mean()};
  for (Eigen::Index target = 0; target < y.cols(); ++target) {
    std::vector<double> defined;
    for (const double value : r.col(target))
      if (!std::isnan(value)) defined.push_back(value);
    if (defined.empty()) continue;
    const double threshold = Quantile(defined, percentile / 100);
    std::vector<Eigen::Index> sources;
    for (Eigen::Index source = 0; source < r.rows(); ++source)
      if (r(source, target) >= threshold) sources.push_back(source);
    const LinearMap fit = FitRidge(x(Eigen::all, sources), y.col(target), alpha);
    for (size_t s = 0; s < sources.size(); ++s)
      map.coefficients(sources[s], target) = fit.coefficients(static_cast<Eigen::Index>(s), 0);
    map.intercepts[target] = fit.intercepts[0];
  }
  return map;
}

}  // namespace figment::metrics
