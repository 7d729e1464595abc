// Ridge regression: minimises |y - x w - b|^2 + alpha |w|^2, the intercept b free. scikit-learn's Ridge.
// Choosing alpha: metrics/ridge_cv.h.
#pragma once

#include <vector>

#include <Eigen/Core>

#include "metrics/linear_map.h"

namespace figment::metrics {

// Two ways to the same coefficients: a system of features x features, or of samples x samples.
enum class RidgeForm { kSmaller, kPrimal, kDual };

// alpha > 0, else base::Error (FitOls is the limit).
LinearMap FitRidge(const MatrixView& x, const MatrixView& y, double alpha, RidgeForm form = RidgeForm::kSmaller);

// x of (gram + alpha 1) x = right for a positive semidefinite gram: both forms come down to it. Where alpha is less
// than the rounding of a gram without full rank, the directions that are rounding only are left out.
Eigen::MatrixXd SolveRidge(Eigen::MatrixXd gram, double alpha, const MatrixView& right);

// Eigenvalues at or below this are rounding: `size` is the larger side of the matrix whose gram they come from.
double EigenvalueRounding(double largest, Eigen::Index size);

// 15 logarithmic points 1e-9..1e5 joined with 5 x (9 points 1e-4..1e4), ascending: 24 alphas (Nayebi et al. 2023).
std::vector<double> RidgeGrid24();
// .01, .1, .5, 1, then linear pieces up to 1e7: 99 alphas (Brain-Score).
std::vector<double> RidgeGrid99();

}  // namespace figment::metrics
