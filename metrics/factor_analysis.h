// Factor analysis: x = mean + factors loadings' + noise, the noise independent with its own variance in each feature.
// Maximum likelihood by expectation maximisation, without rotation: scikit-learn's FactorAnalysis(svd_method="lapack")
// up to the signs of factors; of a factor the largest loading is positive.
#pragma once

#include <Eigen/Core>

#include "metrics/linear_algebra.h"

namespace figment::metrics {

struct FactorAnalysisOptions {
  int factors = 50;
  double tolerance = 1e-2;   // stop where an iteration raises the log-likelihood by less
  int max_iterations = 1000;
};

struct FactorAnalysis {
  Eigen::RowVectorXd mean;         // [features]
  Eigen::MatrixXd loadings;        // [features, factors]
  Eigen::VectorXd noise_variance;  // [features]
  Eigen::VectorXd log_likelihood;  // [iterations], of all samples
  bool converged = false;
};

// Throws base::Error unless 1 <= factors <= min(samples, features), or if a number is not finite. A constant feature
// gets no loadings.
FactorAnalysis FitFactorAnalysis(const MatrixView& x, const FactorAnalysisOptions& options);

// The expected factors of each sample under the model: [samples, factors]. Throws base::Error for another number of
// features.
Eigen::MatrixXd Transform(const FactorAnalysis& model, const MatrixView& x);

}  // namespace figment::metrics
