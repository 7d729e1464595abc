#include "metrics/factor_analysis.h"

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include <Eigen/Cholesky>

#include "base/error.h"

namespace figment::metrics {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kSmall = 1e-12;  // least noise variance, as scikit-learn's
constexpr double kLeastVariance = 1e-300;  // so that the logarithm of a missing factor's variance is finite

// The samples in the cheaper of two forms: the features' covariance, or the centred samples themselves.
struct Data {
  MatrixXd covariance;  // [features, features], or
  MatrixXd centred;     // [samples, features] if these are fewer
  double samples;
};

struct Factors {
  VectorXd variances;  // [k], descending: eigenvalues of the covariance in units of the noise
  MatrixXd vectors;    // [features, k]
  double rest;         // sum of the other eigenvalues
};

Factors Largest(const SymmetricEigen& eigen, Index count) {
  const VectorXd values = eigen.values.cwiseMax(0);
  return {values.tail(count).reverse(), eigen.vectors.rightCols(count).rowwise().reverse(),
          values.head(values.size() - count).sum()};
}

Factors FactorsInUnitsOf(const VectorXd& noise_deviation, const Data& data, Index count) {
  const VectorXd inverse = noise_deviation.cwiseInverse();
  if (data.covariance.size() > 0)
    return Largest(EigenOfSymmetric(inverse.asDiagonal() * data.covariance * inverse.asDiagonal()), count);
  const MatrixXd scaled = data.centred * (inverse / std::sqrt(data.samples)).asDiagonal();
  Factors factors = Largest(EigenOfSymmetric(ProductTransposed(scaled, scaled)), count);
  const VectorXd roots = factors.variances.cwiseMax(kLeastVariance).cwiseSqrt();
  factors.vectors = TransposedProduct(scaled, factors.vectors * roots.cwiseInverse().asDiagonal());
  return factors;
}

void MakeLargestLoadingPositive(MatrixXd* loadings) {
  for (auto column : loadings->colwise()) {
    Index largest = 0;
    column.cwiseAbs().maxCoeff(&largest);
    if (column[largest] < 0) column = -column;
  }
}

}  // namespace

FactorAnalysis FitFactorAnalysis(const MatrixView& x, const FactorAnalysisOptions& options) {
  const Index most = std::min(x.rows(), x.cols());
  if (options.factors < 1 || options.factors > most)
    throw base::Error("factor analysis with " + std::to_string(options.factors) + " factors of " +
                      std::to_string(x.rows()) + " samples and " + std::to_string(x.cols()) +
                      " features: expected 1 to " + std::to_string(most));
  if (!x.allFinite()) throw base::Error("factor analysis of samples with NaN or infinite values; drop such rows first");

  FactorAnalysis model;
  model.mean = x.colwise().mean();
  Data data{{}, x.rowwise() - model.mean, static_cast<double>(x.rows())};
  const VectorXd variance = data.centred.colwise().squaredNorm().transpose() / data.samples;
  if (x.cols() <= x.rows()) {
    data.covariance = Gram(data.centred) / data.samples;
    data.centred.resize(0, 0);
  }

  const double constant = static_cast<double>(x.cols()) * std::log(2 * std::numbers::pi) + options.factors;
  model.noise_variance = VectorXd::Ones(x.cols());
  std::vector<double> likelihood;
  while (static_cast<int>(likelihood.size()) < options.max_iterations) {
    const VectorXd deviation = model.noise_variance.cwiseSqrt().array() + kSmall;
    const Factors factors = FactorsInUnitsOf(deviation, data, options.factors);
    const VectorXd above_noise = (factors.variances.array() - 1).cwiseMax(0).sqrt();
    model.loadings = deviation.asDiagonal() * factors.vectors * above_noise.asDiagonal();
    likelihood.push_back(-data.samples / 2 *
                         (constant + factors.variances.cwiseMax(kLeastVariance).array().log().sum() + factors.rest +
                          model.noise_variance.array().log().sum()));
    const size_t count = likelihood.size();
    model.converged = count > 1 && likelihood[count - 1] - likelihood[count - 2] < options.tolerance;
    if (model.converged) break;
    model.noise_variance = (variance - model.loadings.rowwise().squaredNorm()).cwiseMax(kSmall);
  }
  model.log_likelihood = Eigen::Map<VectorXd>(likelihood.data(), static_cast<Index>(likelihood.size()));
  MakeLargestLoadingPositive(&model.loadings);
  return model;
}

MatrixXd Transform(const FactorAnalysis& model, const MatrixView& x) {
  if (x.cols() != model.loadings.rows())
    throw base::Error("the factors are of " + std::to_string(model.loadings.rows()) + " features, here are " +
                      std::to_string(x.cols()));
  // loadings / noise (1 + loadings' / noise loadings)^-1
  const MatrixXd precise = model.noise_variance.cwiseInverse().asDiagonal() * model.loadings;
  MatrixXd spread = TransposedProduct(precise, model.loadings);
  spread.diagonal().array() += 1;
  const MatrixXd weights = spread.llt().solve(precise.transpose()).transpose();
  return Product(x, weights).rowwise() - Eigen::RowVectorXd(model.mean * weights);
}

}  // namespace figment::metrics
