// Partial least squares regression with several targets (PLS2), equal to NIPALS run until it has converged:
// scikit-learn's PLSRegression(scale=False).
#pragma once

#include <Eigen/Core>

#include "metrics/linear_map.h"

namespace figment::metrics {

// One column a component. Of a component's sign, the largest entry of its weights is positive.
struct Pls {
  LinearMap map;
  Eigen::MatrixXd weights;        // [features, k], orthonormal
  Eigen::MatrixXd rotations;      // [features, k]: scores = centred x rotations
  Eigen::MatrixXd scores;         // [samples, k], orthogonal, of the samples fitted
  Eigen::MatrixXd loadings;       // [features, k]
  Eigen::MatrixXd target_loadings;  // [targets, k]
};

// A component's weights are the first left singular vector of the cross product of what is left of x and of y; what it
// explains is then taken from both. k is less than `components` if nothing of x'y is left.
// Throws base::Error unless 1 <= components <= min(samples, features), and as CheckRegression.
Pls FitPls(const MatrixView& x, const MatrixView& y, int components);

}  // namespace figment::metrics
