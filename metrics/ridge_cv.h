// Ridge regression with alpha chosen by cross-validation: scikit-learn's RidgeCV, by leave-one-out or by folds.
#pragma once

#include <optional>
#include <vector>

#include <Eigen/Core>

#include "metrics/folds.h"
#include "metrics/linear_map.h"

namespace figment::metrics {

// What the choice of alpha maximises. Each is taken per target and test fold and averaged over folds.
enum class RidgeCriterion {
  kNegativeSquaredError,  // - mean squared error over the test samples; targets of great variance decide
  kR2,                    // 1 - squared error / variance about the test fold's mean; a constant target gives 1 or 0
  kCorrelation,           // Pearson's r; targets where it is undefined have no say
};

struct RidgeCvOptions {
  std::vector<double> alphas;  // all > 0. Among equally good ones the first is taken
  Folds folds;                 // a fold number a sample (metrics/folds.h); empty: leave one sample out
  // One alpha for all targets: by the mean of the criterion over targets, or its median for kCorrelation. Or each
  // target its own.
  bool alpha_per_target = false;
  // Unset: kNegativeSquaredError for leave-one-out and kR2 for folds, which are RidgeCV's.
  std::optional<RidgeCriterion> criterion;
};

struct RidgeCv {
  LinearMap map;           // fitted to all samples
  Eigen::VectorXd alphas;  // [targets], the chosen ones
  Eigen::MatrixXd scores;  // [alphas, targets], the criterion; NaN where undefined
};

// Chooses alpha by cross-validation and fits all samples with it. One factorisation (of each training fold) serves all
// alphas and targets. Scores are accurate to about 1e-9 of the targets' size; the coefficients are exact.
// Throws base::Error for an empty list of alphas or one that is not positive, for folds of another length or with an
// empty fold, and as CheckRegression.
RidgeCv FitRidgeCv(const MatrixView& x, const MatrixView& y, const RidgeCvOptions& options);

}  // namespace figment::metrics
