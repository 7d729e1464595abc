// Logistic regression for two classes with an L2 penalty.
//
// Minimises 0.5 w'w + C sum_i log(1 + exp(-s_i (w'x_i + b))), s_i = +1 for label 1 and -1 for label 0; the intercept b
// is not penalised. This is scikit-learn's LogisticRegression(C=C). Newton's method on the exact objective; the minimum
// is unique, so results agree with any other solver that has converged.
#pragma once

#include <span>

#include <Eigen/Core>

namespace figment::metrics {

struct LogisticModel {
  Eigen::VectorXd weights;  // [features]
  double intercept = 0;
  int iterations = 0;
  bool converged = false;   // the gradient's largest entry is below 1e-10 C sum |p_i - label_i|
};

// x: [samples, features]; labels: 0 or 1, both present (CHECKed). C > 0: larger means a weaker penalty.
LogisticModel FitLogistic(const Eigen::MatrixXd& x, std::span<const int> labels, double C);

// w'x + b, one a row of x: positive = label 1.
Eigen::VectorXd Logits(const LogisticModel& model, const Eigen::MatrixXd& x);
double Probability(double logit);

// Brings each column to mean 0 and standard deviation 1 (population), as fitted on some samples; a column without
// variation there becomes 0.
struct Standardizer {
  Eigen::VectorXd mean, scale;  // [features]; scale 0 = no variation
};
Standardizer FitStandardizer(const Eigen::MatrixXd& x);
Eigen::MatrixXd Standardize(const Standardizer& standardizer, const Eigen::MatrixXd& x);

}  // namespace figment::metrics
