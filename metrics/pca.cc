#include "metrics/pca.h"

#include <cmath>
#include <limits>
#include <string>

#include "base/check.h"
#include "base/error.h"

namespace figment::metrics {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::RowVectorXd;
using Eigen::VectorXd;

// A share of the first component's variance: below it a direction is rounding and becomes zero.
constexpr double kRounding = 1e-13;

struct TopEigen {
  VectorXd values;   // [k], descending, none negative
  MatrixXd vectors;  // [size, k]
};

TopEigen LargestOf(const MatrixXd& gram, Index count) {
  const SymmetricEigen eigen = EigenOfSymmetric(gram);
  return {eigen.values.tail(count).reverse().cwiseMax(0), eigen.vectors.rightCols(count).rowwise().reverse()};
}

// For directions from products of samples: 1 / singular value, and 0 for rounding.
VectorXd InverseRoots(const VectorXd& values) {
  return values.unaryExpr([&](double v) { return v > kRounding * values[0] ? 1 / std::sqrt(v) : 0.0; });
}

void MakeLargestEntryPositive(MatrixXd* components) {
  for (auto column : components->colwise()) {
    Index largest = 0;
    column.cwiseAbs().maxCoeff(&largest);
    if (column[largest] < 0) column = -column;
  }
}

void CheckFeatures(Index expected, Index given) {
  if (expected != given)
    throw base::Error("the components are of " + std::to_string(expected) + " features, here are " +
                      std::to_string(given));
}

void CheckFinite(bool finite) {
  if (!finite) throw base::Error("principal components of samples with NaN or infinite values; drop such rows first");
}

std::string Counts(Index components, Index samples, Index features) {
  return std::to_string(components) + " components of " + std::to_string(samples) + " samples and " +
         std::to_string(features) + " features";
}

// --- What a batch must offer, in its dense and its sparse form.

RowVectorXd ColumnMeans(const MatrixView& rows) { return rows.colwise().mean(); }
RowVectorXd ColumnMeans(const IncrementalPca::SparseRows& rows) {
  return RowVectorXd::Ones(rows.rows()) * rows / static_cast<double>(rows.rows());
}

bool AllFinite(const MatrixView& rows) { return rows.allFinite(); }
bool AllFinite(const IncrementalPca::SparseRows& rows) {
  return Eigen::Map<const VectorXd>(rows.valuePtr(), rows.nonZeros()).allFinite();
}

// The rows about their mean, as far as products of them are concerned.
class DenseBatch {
 public:
  DenseBatch(const MatrixView& rows, const RowVectorXd& mean) : centred_(rows.rowwise() - mean) {}
  RowVectorXd Squares() const { return centred_.colwise().squaredNorm(); }
  MatrixXd WithEachOther() const { return ProductTransposed(centred_, centred_); }
  MatrixXd Times(const MatrixXd& right) const { return Product(centred_, right); }
  MatrixXd TransposedTimes(const MatrixXd& right) const { return TransposedProduct(centred_, right); }

 private:
  MatrixXd centred_;
};

class SparseBatch {
 public:
  SparseBatch(const IncrementalPca::SparseRows& rows, const RowVectorXd& mean) : rows_(rows), mean_(mean) {}
  RowVectorXd Squares() const {
    const RowVectorXd squares = RowVectorXd::Ones(rows_.rows()) * rows_.cwiseProduct(rows_);
    return (squares - static_cast<double>(rows_.rows()) * mean_.cwiseAbs2()).cwiseMax(0);
  }
  MatrixXd WithEachOther() const {
    MatrixXd products = rows_ * IncrementalPca::SparseRows(rows_.transpose());
    const VectorXd with_mean = rows_ * mean_.transpose();
    products.colwise() -= with_mean;
    products.rowwise() -= (with_mean.array() - mean_.squaredNorm()).matrix().transpose();
    return products;
  }
  MatrixXd Times(const MatrixXd& right) const { return (rows_ * right).rowwise() - RowVectorXd(mean_ * right); }
  MatrixXd TransposedTimes(const MatrixXd& right) const {
    return rows_.transpose() * right - mean_.transpose() * right.colwise().sum();
  }

 private:
  const IncrementalPca::SparseRows& rows_;
  const RowVectorXd& mean_;
};

DenseBatch BatchOf(const MatrixView& rows, const RowVectorXd& mean) { return {rows, mean}; }
SparseBatch BatchOf(const IncrementalPca::SparseRows& rows, const RowVectorXd& mean) { return {rows, mean}; }

}  // namespace

Pca FitPca(const MatrixView& x, int components) {
  if (components < 1 || components > std::min(x.rows(), x.cols()))
    throw base::Error("cannot find " + Counts(components, x.rows(), x.cols()) + ": expected 1 to " +
                      std::to_string(std::min(x.rows(), x.cols())));
  CheckFinite(x.allFinite());
  Pca pca;
  pca.mean = x.colwise().mean();
  const MatrixXd centred = x.rowwise() - pca.mean;
  TopEigen top;
  if (x.cols() <= x.rows()) {
    top = LargestOf(Gram(centred), components);
    pca.components = std::move(top.vectors);
  } else {
    top = LargestOf(ProductTransposed(centred, centred), components);
    pca.components = TransposedProduct(centred, top.vectors * InverseRoots(top.values).asDiagonal());
  }
  MakeLargestEntryPositive(&pca.components);
  const double freedom = std::max(1.0, static_cast<double>(x.rows() - 1));
  pca.explained_variance = top.values / freedom;
  pca.total_variance = centred.squaredNorm() / freedom;
  return pca;
}

MatrixXd Transform(const Pca& pca, const MatrixView& x) {
  CheckFeatures(pca.mean.size(), x.cols());
  return Product(x, pca.components).rowwise() - RowVectorXd(pca.mean * pca.components);
}

MatrixXd InverseTransform(const Pca& pca, const MatrixView& scores) {
  CHECK_EQ(scores.cols(), pca.components.cols());
  return ProductTransposed(scores, pca.components).rowwise() + pca.mean;
}

double ParticipationRatio(const Eigen::Ref<const VectorXd>& variances) {
  const double squares = variances.squaredNorm();
  return squares > 0 ? variances.sum() * variances.sum() / squares : std::numeric_limits<double>::quiet_NaN();
}

IncrementalPca::IncrementalPca(int components) : wanted_(components) { CHECK_GT(components, 0); }

void IncrementalPca::Add(const MatrixView& rows) { AddRows(rows); }
void IncrementalPca::Add(const SparseRows& rows) { AddRows(rows); }

const Pca& IncrementalPca::result() const {
  if (samples_ == 0) throw base::Error("principal components of no samples");
  return pca_;
}

// Stacks the components so far, scaled by their singular values, the batch about its mean, and a row for the distance
// of the two means: the rows' products with each other have the eigenvectors that combine them to the new components.
template <class Rows>
void IncrementalPca::AddRows(const Rows& rows) {
  const bool first = samples_ == 0;
  if (!first) CheckFeatures(pca_.mean.size(), rows.cols());
  if (wanted_ > rows.cols() || (first && wanted_ > rows.rows()) || rows.rows() < 1)
    throw base::Error("cannot find " + Counts(wanted_, rows.rows(), rows.cols()) +
                      ": expected no more than the features and the samples of the first batch");
  CheckFinite(AllFinite(rows));
  const double before = static_cast<double>(samples_), added = static_cast<double>(rows.rows());
  const RowVectorXd mean = ColumnMeans(rows);
  const auto batch = BatchOf(rows, mean);

  if (first) {
    const TopEigen top = LargestOf(batch.WithEachOther(), wanted_);
    pca_.components = batch.TransposedTimes(top.vectors * InverseRoots(top.values).asDiagonal());
    pca_.explained_variance = top.values;
    pca_.mean = mean;
    squares_ = batch.Squares();
  } else {
    const Index k = wanted_, b = rows.rows();
    const VectorXd roots = (pca_.explained_variance * (before - 1)).cwiseSqrt();
    const RowVectorXd step = std::sqrt(before / (before + added) * added) * (pca_.mean - mean);
    MatrixXd products = MatrixXd::Zero(k + b + 1, k + b + 1);  // lower triangle
    products.diagonal().head(k) = roots.cwiseAbs2();
    products.block(k, 0, b, k) = batch.Times(pca_.components) * roots.asDiagonal();
    products.block(k, k, b, b) = batch.WithEachOther();
    products.row(k + b).head(k) = step * pca_.components * roots.asDiagonal();
    products.row(k + b).segment(k, b) = batch.Times(step.transpose()).transpose();
    products(k + b, k + b) = step.squaredNorm();

    const TopEigen top = LargestOf(products, k);
    const MatrixXd combine = top.vectors * InverseRoots(top.values).asDiagonal();
    MatrixXd components = Product(pca_.components, roots.asDiagonal() * combine.topRows(k));
    components += batch.TransposedTimes(combine.middleRows(k, b));
    components.noalias() += step.transpose() * combine.bottomRows(1);
    pca_.components = std::move(components);
    pca_.explained_variance = top.values;
    squares_ += batch.Squares() + step.cwiseAbs2();
    pca_.mean = (before * pca_.mean + added * mean) / (before + added);
  }
  MakeLargestEntryPositive(&pca_.components);
  samples_ += rows.rows();
  const double freedom = std::max(1.0, static_cast<double>(samples_ - 1));
  pca_.explained_variance /= freedom;
  pca_.total_variance = squares_.sum() / freedom;
}

}  // namespace figment::metrics
