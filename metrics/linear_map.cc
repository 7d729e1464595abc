#include "metrics/linear_map.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/error.h"

namespace figment::metrics {
namespace {

void CheckFinite(const MatrixView& matrix, const std::string& name) {
  if (matrix.allFinite()) return;
  for (Eigen::Index row = 0; row < matrix.rows(); ++row)
    for (Eigen::Index column = 0; column < matrix.cols(); ++column)
      if (!std::isfinite(matrix(row, column)))
        throw base::Error("row " + std::to_string(row) + ", column " + std::to_string(column) + " of the " + name +
                          " is " + std::to_string(matrix(row, column)) +
                          ", expected a finite number; drop such rows from features and targets first");
}

std::string Shape(const MatrixView& matrix) {
  return std::to_string(matrix.rows()) + " x " + std::to_string(matrix.cols());
}

}  // namespace

Eigen::MatrixXd Predict(const LinearMap& map, const MatrixView& x) {
  if (x.cols() != map.coefficients.rows())
    throw base::Error("the map was fitted to " + std::to_string(map.coefficients.rows()) + " features, here are " +
                      std::to_string(x.cols()));
  Eigen::MatrixXd prediction = Product(x, map.coefficients);
  prediction.rowwise() += map.intercepts;
  return prediction;
}

void CheckRegression(const MatrixView& x, const MatrixView& y) {
  if (x.rows() != y.rows() || x.rows() < 2 || x.cols() < 1 || y.cols() < 1)
    throw base::Error("cannot fit targets of shape " + Shape(y) + " to features of shape " + Shape(x) +
                      ": expected equal numbers of rows, at least two, and at least one column each");
  CheckFinite(x, "features");
  CheckFinite(y, "targets");
}

Centred Centre(const MatrixView& matrix) {
  Centred centred{matrix.colwise().mean(), {}};
  centred.values = matrix.rowwise() - centred.mean;
  return centred;
}

LinearMap MapAboutMeans(Eigen::MatrixXd coefficients, const Eigen::RowVectorXd& x_mean,
                        const Eigen::RowVectorXd& y_mean) {
  Eigen::RowVectorXd intercepts = y_mean - x_mean * coefficients;
  return {std::move(coefficients), std::move(intercepts)};
}

LinearMap FitOls(const MatrixView& x, const MatrixView& y) {
  CheckRegression(x, y);
  const Centred features = Centre(x), targets = Centre(y);
  const ThinSvd svd = SvdOf(features.values);
  // Directions that are rounding only are left out, as LAPACK's least squares does.
  const double smallest = static_cast<double>(std::max(x.rows(), x.cols())) * std::numeric_limits<double>::epsilon() *
                          svd.values[0];
  const Eigen::VectorXd inverse =
      svd.values.unaryExpr([=](double value) { return value > smallest ? 1 / value : 0.0; });
  const Eigen::MatrixXd scores = inverse.asDiagonal() * TransposedProduct(svd.u, targets.values);
  return MapAboutMeans(Product(svd.v, scores), features.mean, targets.mean);
}

}  // namespace figment::metrics
