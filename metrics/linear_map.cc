#include "metrics/linear_map.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <Eigen/Cholesky>

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

// Orthonormal columns that span those of x and the constant: [samples, rank + 1].
Eigen::MatrixXd BasisWithConstant(const MatrixView& x) {
  const ThinSvd svd = SvdOf(Centre(x).values);
  const double rounding = static_cast<double>(std::max(x.rows(), x.cols())) * std::numeric_limits<double>::epsilon();
  const Eigen::Index rank = (svd.values.array() > rounding * svd.values[0]).count();
  Eigen::MatrixXd basis(x.rows(), rank + 1);
  basis.col(0).setConstant(1 / std::sqrt(static_cast<double>(x.rows())));
  basis.rightCols(rank) = svd.u.leftCols(rank);
  return basis;
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
  return MapAboutMeans(LeastSquares(features.values, targets.values), features.mean, targets.mean);
}

// In a basis Q of x and the constant that is orthonormal over all samples, the training samples' Q'Q is 1 minus that of
// the fold's. Where that has no safe inverse, the training samples do not span x, and their own fit decides.
std::vector<Eigen::MatrixXd> PredictHeldOut(const MatrixView& x, const MatrixView& y,
                                            std::span<const Folds> divisions) {
  constexpr double kSafe = 1e-7;  // keeps nine digits
  CheckRegression(x, y);
  const Eigen::MatrixXd basis = BasisWithConstant(x);
  const Eigen::MatrixXd scores = TransposedProduct(basis, y);
  std::vector<Eigen::MatrixXd> predicted;
  for (const Folds& division : divisions) {
    if (static_cast<Eigen::Index>(division.size()) != x.rows())
      throw base::Error("folds of " + std::to_string(division.size()) + " samples for " + std::to_string(x.rows()) +
                        " rows of features");
    Eigen::MatrixXd& held_out = predicted.emplace_back(y.rows(), y.cols());
    for (const Split& split : SplitsOf(division)) {
      const Eigen::MatrixXd test = basis(split.test, Eigen::all);
      const Eigen::MatrixXd trained =
          Eigen::MatrixXd::Identity(basis.cols(), basis.cols()) - test.transpose() * test;
      const Eigen::LLT<Eigen::MatrixXd> cholesky(trained);
      if (cholesky.info() == Eigen::Success && cholesky.rcond() > kSafe)
        held_out(split.test, Eigen::all) =
            test * cholesky.solve(scores - test.transpose() * y(split.test, Eigen::all));
      else
        held_out(split.test, Eigen::all) = Predict(
            FitOls(x(split.train, Eigen::all), y(split.train, Eigen::all)), x(split.test, Eigen::all));
    }
  }
  return predicted;
}

}  // namespace figment::metrics
