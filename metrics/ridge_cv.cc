// With the training fold's eigenvectors, predictions of the test fold at every alpha are
//     left diag(1 / (values + alpha)) right,        left [test, directions], right [directions, targets],
// and with those of all samples the leave-one-out residuals have the same form. The product is what costs time: once
// an alpha. But as functions of the eigenvalue the filters 1 / (value + alpha) of some twenty alphas are nearly
// dependent, so a basis of about half as many, found by a singular value decomposition, serves them all.
#include "metrics/ridge_cv.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <string>

#include "base/check.h"
#include "base/error.h"
#include "metrics/correlation.h"
#include "metrics/quantiles.h"
#include "metrics/ridge.h"

namespace figment::metrics {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Singular values of the filters that are left out, in units of the target's norm. The predictions' error is of that
// size while directions are orthogonal on the test samples too, and at most the square root of their number times it:
// far below what tells alphas apart.
constexpr double kFilterTolerance = 1e-9;
// Columns of one product: wide enough to be fast, and 32 MB for 2,048 directions.
constexpr Index kBlockColumns = 2048;

// --- Filters as few columns of a basis.

struct FilterBasis {
  MatrixXd columns;  // [directions, k]
  MatrixXd mix;      // [k, alphas]: filters = columns mix
};

// `weights`: the largest share of a target's norm that a unit of the filter moves, by direction. `needs`: factor by
// which an alpha's predictions must be more accurate than the tolerance.
FilterBasis Compress(const MatrixXd& filters, const VectorXd& weights, const VectorXd& needs) {
  const ThinSvd svd = SvdOf(weights.asDiagonal() * filters * needs.asDiagonal());
  const Index kept = std::max<Index>(1, (svd.values.array() > kFilterTolerance).count());
  if (kept >= filters.cols()) return {filters, MatrixXd::Identity(filters.cols(), filters.cols())};
  const VectorXd unweight = weights.unaryExpr([](double w) { return w > 0 ? 1 / w : 0.0; });
  return {unweight.asDiagonal() * svd.u.leftCols(kept),
          svd.values.head(kept).asDiagonal() * svd.v.leftCols(kept).transpose() * needs.cwiseInverse().asDiagonal()};
}

// Calls `take(target, predictions [test, alphas])` for every target.
void ForEachTarget(const MatrixXd& left, const MatrixXd& right, const FilterBasis& basis,
                   const std::function<void(Index, const MatrixXd&)>& take) {
  const Index width = basis.columns.cols();
  const Index block = std::min(right.cols(), std::max<Index>(1, kBlockColumns / width));
  MatrixXd operand(right.rows(), block * width), product(left.rows(), block * width), predictions;
  for (Index start = 0; start < right.cols(); start += block) {
    const Index count = std::min(block, right.cols() - start);
    for (Index t = 0; t < count; ++t)
      operand.middleCols(t * width, width) = right.col(start + t).asDiagonal() * basis.columns;
    ProductInto(left, operand.leftCols(count * width), product.leftCols(count * width));
    for (Index t = 0; t < count; ++t) {
      predictions.noalias() = product.middleCols(t * width, width) * basis.mix;
      take(start + t, predictions);
    }
  }
}

// --- Scores.

double ScoreOf(RidgeCriterion criterion, const Eigen::Ref<const VectorXd>& truth,
               const Eigen::Ref<const VectorXd>& residual) {
  const double error = residual.squaredNorm();
  if (criterion == RidgeCriterion::kNegativeSquaredError) return -error / static_cast<double>(truth.size());
  if (criterion == RidgeCriterion::kCorrelation) {
    const VectorXd prediction = truth - residual;
    const auto count = static_cast<size_t>(truth.size());
    return Pearson(std::span(truth.data(), count), std::span<const double>(prediction.data(), count));
  }
  const double variation = (truth.array() - truth.mean()).square().sum();
  if (variation > 0) return 1 - error / variation;
  return error > 0 ? 0 : 1;
}

// The residuals' scores [alphas], times `weight`, onto a column of the scores.
void AddScores(RidgeCriterion criterion, const Eigen::Ref<const VectorXd>& truth, const MatrixXd& residuals,
               double weight, Eigen::Ref<VectorXd> scores) {
  for (Index a = 0; a < residuals.cols(); ++a) scores[a] += weight * ScoreOf(criterion, truth, residuals.col(a));
}

double SharedScore(RidgeCriterion criterion, const Eigen::Ref<const Eigen::RowVectorXd>& of_targets) {
  if (criterion != RidgeCriterion::kCorrelation) return of_targets.mean();
  std::vector<double> defined;
  for (const double score : of_targets)
    if (!std::isnan(score)) defined.push_back(score);
  return Median(std::move(defined));
}

// The first of the greatest; NaN is never the greatest unless there is nothing else.
Index FirstBest(const VectorXd& scores) {
  Index best = 0;
  for (Index a = 1; a < scores.size(); ++a)
    if (scores[a] > scores[best] || (std::isnan(scores[best]) && !std::isnan(scores[a]))) best = a;
  return best;
}

VectorXd ChooseAlphas(const RidgeCvOptions& options, RidgeCriterion criterion, const MatrixXd& scores) {
  VectorXd chosen(scores.cols());
  if (options.alpha_per_target) {
    for (Index t = 0; t < scores.cols(); ++t)
      chosen[t] = options.alphas[static_cast<size_t>(FirstBest(scores.col(t)))];
    return chosen;
  }
  VectorXd shared(scores.rows());
  for (Index a = 0; a < scores.rows(); ++a) shared[a] = SharedScore(criterion, scores.row(a));
  return chosen.setConstant(options.alphas[static_cast<size_t>(FirstBest(shared))]);
}

// --- Eigenvectors without those that are rounding. Values ascend, so the kept ones are the last.

SymmetricEigen KeptEigen(const MatrixXd& gram, Index larger_side) {
  SymmetricEigen eigen = EigenOfSymmetric(gram);
  const double rounding = EigenvalueRounding(eigen.values[eigen.values.size() - 1], larger_side);
  const Index kept = (eigen.values.array() > std::max(rounding, 0.0)).count();
  if (kept == eigen.values.size()) return eigen;
  return {eigen.values.tail(kept), eigen.vectors.rightCols(kept)};
}

// 1 / (value + alpha): [directions, alphas].
MatrixXd Shrinkage(const VectorXd& values, const std::vector<double>& alphas) {
  MatrixXd filters(values.size(), alphas.size());
  for (Index a = 0; a < filters.cols(); ++a)
    filters.col(a) = (values.array() + alphas[static_cast<size_t>(a)]).inverse();
  return filters;
}

// The largest share of a target's norm in each direction.
VectorXd LargestShares(const MatrixXd& right, const Eigen::RowVectorXd& target_norms) {
  const Eigen::RowVectorXd inverse = target_norms.unaryExpr([](double norm) { return norm > 0 ? 1 / norm : 0.0; });
  return (right * inverse.asDiagonal()).cwiseAbs().rowwise().maxCoeff();
}

// --- Folds.

// All samples, centred; one of the two grams, whichever is smaller.
struct Problem {
  const MatrixXd& x;
  const MatrixXd& y;
  bool primal;
  MatrixXd gram;   // x'x or x x'
  MatrixXd cross;  // primal: x'y
};

struct FoldProblem {
  VectorXd values;
  MatrixXd left, right;  // of the training samples' eigenvectors, as above
  MatrixXd truth;        // [test, targets], about the training mean
};

// The training fold's gram and cross product are those of all samples without the test fold's, and without the mean.
FoldProblem PrimalFold(const Problem& all, const Split& split) {
  MatrixXd test_x = all.x(split.test, Eigen::all), test_y = all.y(split.test, Eigen::all);
  const double trained = static_cast<double>(split.train.size());
  // All samples have mean 0, so the two sides' sums are opposite.
  const Eigen::RowVectorXd x_mean = -test_x.colwise().sum() / trained, y_mean = -test_y.colwise().sum() / trained;
  SymmetricEigen eigen;
  {
    MatrixXd gram = all.gram - Gram(test_x);
    gram.noalias() -= trained * x_mean.transpose() * x_mean;
    eigen = KeptEigen(gram, std::max(all.x.rows(), all.x.cols()));
  }
  MatrixXd cross = all.cross - TransposedProduct(test_x, test_y);
  cross.noalias() -= trained * x_mean.transpose() * y_mean;
  FoldProblem fold;
  fold.right = TransposedProduct(eigen.vectors, cross);
  test_x.rowwise() -= x_mean;
  fold.left = Product(test_x, eigen.vectors);
  test_y.rowwise() -= y_mean;
  fold.truth = std::move(test_y);
  fold.values = std::move(eigen.values);
  return fold;
}

// The same from the products of samples with each other.
FoldProblem DualFold(const Problem& all, const Split& split) {
  MatrixXd gram = all.gram(split.train, split.train), between = all.gram(split.test, split.train);
  const Eigen::RowVectorXd to_mean = gram.colwise().mean();  // products of each training sample with their mean
  const double mean = to_mean.mean();
  const VectorXd test_to_mean = between.rowwise().mean();
  gram.rowwise() -= to_mean;
  gram.colwise() -= (to_mean.transpose().array() - mean).matrix();
  between.rowwise() -= (to_mean.array() - mean).matrix();
  between.colwise() -= test_to_mean;
  const SymmetricEigen eigen = KeptEigen(gram, std::max(all.x.rows(), all.x.cols()));
  const Centred train_y = Centre(all.y(split.train, Eigen::all));
  const MatrixXd test_y = all.y(split.test, Eigen::all);
  return {eigen.values, Product(between, eigen.vectors), TransposedProduct(eigen.vectors, train_y.values),
          test_y.rowwise() - train_y.mean};
}

void AddFoldScores(const FoldProblem& fold, const RidgeCvOptions& options, RidgeCriterion criterion, double weight,
                   MatrixXd* scores) {
  const MatrixXd filters = Shrinkage(fold.values, options.alphas);
  const VectorXd weights = fold.left.colwise().norm().transpose().cwiseProduct(
      LargestShares(fold.right, fold.truth.colwise().norm()));
  const FilterBasis basis = Compress(filters, weights, VectorXd::Ones(filters.cols()));
  ForEachTarget(fold.left, fold.right, basis, [&](Index target, const MatrixXd& predictions) {
    const MatrixXd residuals = (-predictions).colwise() + fold.truth.col(target);
    AddScores(criterion, fold.truth.col(target), residuals, weight, scores->col(target));
  });
}

MatrixXd ColumnsOf(const MatrixXd& matrix, const std::vector<Index>& columns) { return matrix(Eigen::all, columns); }

// Fits all samples, the targets of one alpha at a time.
MatrixXd Refit(const Problem& all, const VectorXd& alphas) {
  MatrixXd coefficients(all.x.cols(), all.y.cols());
  std::vector<double> distinct(alphas.begin(), alphas.end());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  for (const double alpha : distinct) {
    std::vector<Index> targets;
    for (Index t = 0; t < alphas.size(); ++t)
      if (alphas[t] == alpha) targets.push_back(t);
    const MatrixXd right = ColumnsOf(all.primal ? all.cross : all.y, targets);
    const MatrixXd solved = SolveRidge(all.gram, alpha, right);
    coefficients(Eigen::all, targets) = all.primal ? solved : TransposedProduct(all.x, solved);
  }
  return coefficients;
}

MatrixXd FitByFolds(const MatrixXd& x, const MatrixXd& y, const RidgeCvOptions& options, RidgeCriterion criterion,
                    RidgeCv* result) {
  const std::vector<Split> splits = SplitsOf(options.folds);
  size_t smallest = options.folds.size();
  for (const Split& split : splits) smallest = std::min(smallest, split.train.size());
  Problem all{x, y, x.cols() <= static_cast<Index>(smallest), {}, {}};
  all.gram = all.primal ? Gram(x) : ProductTransposed(x, x);
  if (all.primal) all.cross = TransposedProduct(x, y);

  result->scores.setZero(static_cast<Index>(options.alphas.size()), y.cols());
  for (const Split& split : splits)
    AddFoldScores(all.primal ? PrimalFold(all, split) : DualFold(all, split), options, criterion,
                  1.0 / static_cast<double>(splits.size()), &result->scores);
  result->alphas = ChooseAlphas(options, criterion, result->scores);
  return Refit(all, result->alphas);
}

// --- Leave one out.

// The singular vectors of x (centred) that are not rounding.
struct Spectrum {
  VectorXd values;   // squared singular values
  MatrixXd samples;  // [samples, directions]
  MatrixXd scores;   // samples' y: [directions, targets]
};

Spectrum SpectrumOf(const MatrixXd& x, const MatrixXd& y, MatrixXd* features) {
  const Index larger = std::max(x.rows(), x.cols());
  Spectrum spectrum;
  if (x.cols() < x.rows()) {
    SymmetricEigen eigen = KeptEigen(Gram(x), larger);
    const VectorXd inverse = eigen.values.cwiseSqrt().cwiseInverse();
    spectrum.samples = Product(x, eigen.vectors) * inverse.asDiagonal();
    spectrum.values = std::move(eigen.values);
    *features = std::move(eigen.vectors);
  } else {
    SymmetricEigen eigen = KeptEigen(ProductTransposed(x, x), larger);
    spectrum.samples = std::move(eigen.vectors);
    spectrum.values = std::move(eigen.values);
  }
  spectrum.scores = TransposedProduct(spectrum.samples, y);
  return spectrum;
}

// The residual of a sample by the fit to all others is (residual by the fit to all) / (1 - leverage). Directions
// inside the span of x leave alpha / (value + alpha) of a target, those outside all of it.
void AddLeaveOneOutScores(const MatrixXd& y, const Spectrum& spectrum, const RidgeCvOptions& options,
                          RidgeCriterion criterion, MatrixXd* scores) {
  const Index samples = y.rows(), directions = spectrum.values.size();
  MatrixXd filters = Shrinkage(spectrum.values, options.alphas);
  for (Index a = 0; a < filters.cols(); ++a) filters.col(a) *= options.alphas[static_cast<size_t>(a)];

  // If x spans all but the mean there is no outside; what the difference would leave is rounding, and 1 - leverage is
  // as small as alpha.
  const bool all_spanned = directions == samples - 1;
  MatrixXd outside = all_spanned ? MatrixXd::Zero(samples, y.cols()).eval()
                                 : (y - Product(spectrum.samples, spectrum.scores)).eval();
  const MatrixXd squares = spectrum.samples.cwiseAbs2();
  MatrixXd unexplained = Product(squares, filters);  // 1 - leverage: [samples, alphas]
  if (!all_spanned)
    unexplained.colwise() += (1 - 1.0 / static_cast<double>(samples) - squares.rowwise().sum().array()).matrix();

  const VectorXd weights = LargestShares(spectrum.scores, y.colwise().norm());
  const FilterBasis basis = Compress(filters, weights, unexplained.colwise().minCoeff().cwiseInverse().transpose());
  ForEachTarget(spectrum.samples, spectrum.scores, basis, [&](Index target, const MatrixXd& inside) {
    const MatrixXd residuals = (inside.colwise() + outside.col(target)).cwiseQuotient(unexplained);
    AddScores(criterion, y.col(target), residuals, 1, scores->col(target));
  });
}

MatrixXd FitByLeaveOneOut(const MatrixXd& x, const MatrixXd& y, const RidgeCvOptions& options,
                          RidgeCriterion criterion, RidgeCv* result) {
  MatrixXd features;
  Spectrum spectrum = SpectrumOf(x, y, &features);
  result->scores.setZero(static_cast<Index>(options.alphas.size()), y.cols());
  AddLeaveOneOutScores(y, spectrum, options, criterion, &result->scores);
  result->alphas = ChooseAlphas(options, criterion, result->scores);

  const bool primal = features.cols() > 0;
  for (Index t = 0; t < y.cols(); ++t) {
    auto column = spectrum.scores.col(t).array();
    if (primal) column *= spectrum.values.array().sqrt();
    column /= spectrum.values.array() + result->alphas[t];
  }
  return primal ? Product(features, spectrum.scores)
                : TransposedProduct(x, Product(spectrum.samples, spectrum.scores));
}

void CheckOptions(const MatrixView& x, const RidgeCvOptions& options) {
  if (options.alphas.empty()) throw base::Error("no alphas to choose from");
  for (const double alpha : options.alphas)
    if (!(alpha > 0 && std::isfinite(alpha)))
      throw base::Error("alpha " + std::to_string(alpha) + " to choose from: expected positive numbers");
  if (options.folds.empty()) return;
  if (static_cast<Index>(options.folds.size()) != x.rows())
    throw base::Error("folds of " + std::to_string(options.folds.size()) + " samples for " + std::to_string(x.rows()) +
                      " rows of features");
  const std::vector<Split> splits = SplitsOf(options.folds);
  for (size_t f = 0; f < splits.size(); ++f)
    if (splits[f].test.empty() || splits[f].train.size() < 2)
      throw base::Error("fold " + std::to_string(f) + " tests " + std::to_string(splits[f].test.size()) +
                        " and trains " + std::to_string(splits[f].train.size()) +
                        " samples: expected at least 1 and 2");
}

}  // namespace

RidgeCv FitRidgeCv(const MatrixView& x, const MatrixView& y, const RidgeCvOptions& options) {
  CheckRegression(x, y);
  CheckOptions(x, options);
  const bool by_folds = !options.folds.empty();
  const RidgeCriterion criterion =
      options.criterion.value_or(by_folds ? RidgeCriterion::kR2 : RidgeCriterion::kNegativeSquaredError);
  const Centred features = Centre(x), targets = Centre(y);
  RidgeCv result;
  MatrixXd coefficients = (by_folds ? FitByFolds : FitByLeaveOneOut)(features.values, targets.values, options,
                                                                     criterion, &result);
  result.map = MapAboutMeans(std::move(coefficients), features.mean, targets.mean);
  return result;
}

}  // namespace figment::metrics
