#include "metrics/logistic.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Cholesky>
#include <Eigen/QR>

#include "base/check.h"

namespace figment::metrics {
namespace {

constexpr int kMaxIterations = 100;    // Newton needs about ten
constexpr int kMaxHalvings = 40;
// Of a gradient entry, relative to the sum of the samples' pulls: they cancel, or are as small as the weights.
constexpr double kGradientTolerance = 1e-10;
// A column whose spread is below this share of its size is constant up to rounding.
constexpr double kConstantColumn = 1e-12;

double LogOnePlusExp(double value) { return std::max(value, 0.0) + std::log1p(std::exp(-std::abs(value))); }

// The columns of x and one of ones for the intercept, which comes last.
class Problem {
 public:
  Problem(const Eigen::MatrixXd& x, std::span<const int> labels, double C) : x_(x), labels_(labels), C_(C) {}

  double Objective(const Eigen::VectorXd& parameters) const {
    const Eigen::VectorXd logits = LogitsOf(parameters);
    double loss = 0;
    for (Eigen::Index i = 0; i < logits.size(); ++i) loss += LogOnePlusExp(Label(i) ? -logits[i] : logits[i]);
    return 0.5 * parameters.head(x_.cols()).squaredNorm() + C_ * loss;
  }

  // Returns the sum of the samples' pulls, C |p_i - label_i|.
  double Derivatives(const Eigen::VectorXd& parameters, Eigen::VectorXd* gradient, Eigen::MatrixXd* hessian) const {
    const Eigen::Index features = x_.cols();
    const Eigen::VectorXd logits = LogitsOf(parameters);
    Eigen::VectorXd residual(logits.size()), curvature(logits.size());
    for (Eigen::Index i = 0; i < logits.size(); ++i) {
      const double p = Probability(logits[i]), q = Probability(-logits[i]);  // 1 - p would lose the digits of a small q
      residual[i] = C_ * (Label(i) ? -q : p);
      curvature[i] = C_ * p * q;
    }
    gradient->resize(features + 1);
    gradient->head(features) = parameters.head(features) + x_.transpose() * residual;
    (*gradient)[features] = residual.sum();

    hessian->setZero(features + 1, features + 1);
    const Eigen::MatrixXd weighted = curvature.cwiseSqrt().asDiagonal() * x_;
    hessian->topLeftCorner(features, features).selfadjointView<Eigen::Lower>().rankUpdate(weighted.transpose());
    hessian->diagonal().head(features).array() += 1;
    hessian->bottomRows(1).leftCols(features) = (x_.transpose() * curvature).transpose();
    (*hessian)(features, features) = curvature.sum();
    return residual.cwiseAbs().sum();
  }

 private:
  Eigen::VectorXd LogitsOf(const Eigen::VectorXd& parameters) const {
    return (x_ * parameters.head(x_.cols())).array() + parameters[x_.cols()];
  }
  int Label(Eigen::Index i) const { return labels_[static_cast<size_t>(i)]; }

  const Eigen::MatrixXd& x_;
  std::span<const int> labels_;
  double C_;
};

// Near the minimum a Newton step still improves the parameters where rounding hides that in the objective.
constexpr double kObjectiveRounding = 1e-14;

// The longest of 1, 1/2, 1/4, ... of the step that lowers the objective; false if none does.
bool TakeStep(const Problem& problem, const Eigen::VectorXd& step, Eigen::VectorXd* parameters, double* objective) {
  double length = 1;
  for (int halving = 0; halving < kMaxHalvings; ++halving, length /= 2) {
    const Eigen::VectorXd candidate = *parameters - length * step;
    const double value = problem.Objective(candidate);
    const double slack = halving == 0 ? kObjectiveRounding * std::abs(*objective) : 0;
    if (!(value < *objective + slack)) continue;
    *parameters = candidate;
    *objective = value;
    return true;
  }
  return false;
}

LogisticModel Minimize(const Eigen::MatrixXd& x, std::span<const int> labels, double C) {
  const Problem problem(x, labels, C);
  Eigen::VectorXd parameters = Eigen::VectorXd::Zero(x.cols() + 1), gradient;
  Eigen::MatrixXd hessian;
  double objective = problem.Objective(parameters);
  LogisticModel model;
  for (; model.iterations < kMaxIterations; ++model.iterations) {
    const double pulls = problem.Derivatives(parameters, &gradient, &hessian);
    model.converged = gradient.lpNorm<Eigen::Infinity>() < kGradientTolerance * pulls;
    if (model.converged) break;
    const Eigen::VectorXd step = hessian.selfadjointView<Eigen::Lower>().ldlt().solve(gradient);
    if (!TakeStep(problem, step, &parameters, &objective)) break;
  }
  model.weights = parameters.head(x.cols());
  model.intercept = parameters[x.cols()];
  return model;
}

}  // namespace

LogisticModel FitLogistic(const Eigen::MatrixXd& x, std::span<const int> labels, double C) {
  CHECK_EQ(x.rows(), static_cast<Eigen::Index>(labels.size()));
  CHECK_GT(C, 0);
  const auto positives = std::count(labels.begin(), labels.end(), 1);
  CHECK(positives > 0 && positives < static_cast<std::ptrdiff_t>(labels.size()));
  if (x.cols() <= x.rows()) return Minimize(x, labels, C);

  // More features than samples: the best weights lie in the span of the samples, and a rotation leaves the penalty as
  // it is. With x' = Q R the weights are Q times those of R'.
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(x.transpose());
  const Eigen::MatrixXd upper = qr.matrixQR().topRows(x.rows()).triangularView<Eigen::Upper>();
  LogisticModel model = Minimize(upper.transpose(), labels, C);
  Eigen::VectorXd weights = Eigen::VectorXd::Zero(x.cols());
  weights.head(x.rows()) = model.weights;
  model.weights = qr.householderQ() * weights;
  return model;
}

Eigen::VectorXd Logits(const LogisticModel& model, const Eigen::MatrixXd& x) {
  CHECK_EQ(x.cols(), model.weights.size());
  return (x * model.weights).array() + model.intercept;
}

double Probability(double logit) {
  const double e = std::exp(-std::abs(logit));
  return logit >= 0 ? 1 / (1 + e) : e / (1 + e);
}

Standardizer FitStandardizer(const Eigen::MatrixXd& x) {
  CHECK_GT(x.rows(), 0);
  Standardizer result{x.colwise().mean(), Eigen::VectorXd(x.cols())};
  for (Eigen::Index c = 0; c < x.cols(); ++c) {
    const double variance = (x.col(c).array() - result.mean[c]).square().mean();
    const double spread = std::sqrt(variance);
    result.scale[c] = spread > kConstantColumn * std::abs(result.mean[c]) ? spread : 0;
  }
  return result;
}

Eigen::MatrixXd Standardize(const Standardizer& standardizer, const Eigen::MatrixXd& x) {
  CHECK_EQ(x.cols(), standardizer.mean.size());
  Eigen::MatrixXd result(x.rows(), x.cols());
  for (Eigen::Index c = 0; c < x.cols(); ++c) {
    if (standardizer.scale[c] > 0)
      result.col(c) = (x.col(c).array() - standardizer.mean[c]) / standardizer.scale[c];
    else
      result.col(c).setZero();
  }
  return result;
}

}  // namespace figment::metrics
