// Linear maps from features to targets: what every regression of this folder makes.
//
// Features x are [samples, features], targets y [samples, targets]. All regressions centre both by the means of the
// samples they are fitted to, leave the intercept without penalty and scale nothing.
#pragma once

#include <span>
#include <vector>

#include <Eigen/Core>

#include "metrics/folds.h"
#include "metrics/linear_algebra.h"

namespace figment::metrics {

struct LinearMap {
  Eigen::MatrixXd coefficients;   // [features, targets]
  Eigen::RowVectorXd intercepts;  // [targets]
};

// x coefficients + intercepts: [samples, targets]. Throws base::Error if x has another number of features.
Eigen::MatrixXd Predict(const LinearMap& map, const MatrixView& x);

// Throws base::Error if x and y cannot be regressed: different numbers of rows, no columns, fewer than two rows, or
// a number that is not finite (naming its row and column; a NaN row must be dropped from both sides first).
void CheckRegression(const MatrixView& x, const MatrixView& y);

struct Centred {
  Eigen::RowVectorXd mean;  // of the columns
  Eigen::MatrixXd values;   // the matrix without it
};
Centred Centre(const MatrixView& matrix);

// The map that does to raw numbers what `coefficients` does to centred ones.
LinearMap MapAboutMeans(Eigen::MatrixXd coefficients, const Eigen::RowVectorXd& x_mean,
                        const Eigen::RowVectorXd& y_mean);

// Ordinary least squares; of all solutions the one with the smallest coefficients if the columns of x depend on each
// other. scikit-learn's LinearRegression.
LinearMap FitOls(const MatrixView& x, const MatrixView& y);

// Every sample predicted by the FitOls of the samples outside its fold, for each division: [samples, targets] each. One
// factorisation of x serves all folds of all divisions, so that many small cross-validations of one problem cost
// little. Throws base::Error as CheckRegression, and if a division has another length or a fold trains fewer than two.
std::vector<Eigen::MatrixXd> PredictHeldOut(const MatrixView& x, const MatrixView& y,
                                            std::span<const Folds> divisions);

}  // namespace figment::metrics
