#include "metrics/ridge.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "base/error.h"

namespace figment::metrics {
namespace {

std::vector<double> LogSpaced(double first_exponent, double last_exponent, int points) {
  std::vector<double> values;
  for (int i = 0; i < points; ++i)
    values.push_back(std::pow(10.0, first_exponent + i * (last_exponent - first_exponent) / (points - 1)));
  return values;
}

// `points` evenly spaced from `first` with `step`.
void AppendLinear(double first, double step, int points, std::vector<double>* values) {
  for (int i = 0; i < points; ++i) values->push_back(first + i * step);
}

}  // namespace

double EigenvalueRounding(double largest, Eigen::Index size) {
  return static_cast<double>(size) * std::numeric_limits<double>::epsilon() * largest;
}

Eigen::MatrixXd SolveRidge(Eigen::MatrixXd gram, double alpha, const MatrixView& right) {
  const bool above_rounding = alpha > EigenvalueRounding(gram.diagonal().maxCoeff(), gram.rows());
  gram.diagonal().array() += alpha;
  if (above_rounding)
    if (std::optional<Eigen::MatrixXd> solution = SolvePositive(gram, right)) return *std::move(solution);
  const SymmetricEigen eigen = EigenOfSymmetric(gram);
  const double rounding = EigenvalueRounding(eigen.values[eigen.values.size() - 1], gram.rows());
  const Eigen::VectorXd inverse = eigen.values.unaryExpr([=](double v) { return v > rounding ? 1 / v : 0.0; });
  return Product(eigen.vectors, inverse.asDiagonal() * TransposedProduct(eigen.vectors, right));
}

LinearMap FitRidge(const MatrixView& x, const MatrixView& y, double alpha, RidgeForm form) {
  CheckRegression(x, y);
  if (!(alpha > 0 && std::isfinite(alpha)))
    throw base::Error("ridge regression with alpha " + std::to_string(alpha) + ": expected a positive number");
  const Centred features = Centre(x), targets = Centre(y);
  const bool primal = form == RidgeForm::kPrimal || (form == RidgeForm::kSmaller && x.cols() <= x.rows());
  Eigen::MatrixXd coefficients;
  if (primal)
    coefficients = SolveRidge(Gram(features.values), alpha, TransposedProduct(features.values, targets.values));
  else
    coefficients = TransposedProduct(
        features.values, SolveRidge(ProductTransposed(features.values, features.values), alpha, targets.values));
  return MapAboutMeans(std::move(coefficients), features.mean, targets.mean);
}

std::vector<double> RidgeGrid24() {
  std::vector<double> grid = LogSpaced(-9, 5, 15);
  for (const double value : LogSpaced(-4, 4, 9)) grid.push_back(5 * value);
  std::sort(grid.begin(), grid.end());
  return grid;
}

std::vector<double> RidgeGrid99() {
  std::vector<double> grid = {0.01, 0.1, 0.5, 1};
  AppendLinear(10, 22.5, 4, &grid);
  for (double decade = 1e2; decade < 1e6; decade *= 10) AppendLinear(decade, 9 * decade / 18, 18, &grid);
  AppendLinear(1e6, 9e6 / 18, 19, &grid);
  return grid;
}

}  // namespace figment::metrics
