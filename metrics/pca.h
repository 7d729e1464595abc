// Principal components: the directions of greatest variance, of all samples at once or of batches as they come.
//
// Equal to scikit-learn's PCA and IncrementalPCA up to sign; of a component the largest entry is positive. They come
// from products of samples or features with each other, so components whose variance is below 1e-12 of the first
// one's are rounding.
#pragma once

#include <Eigen/Core>
#include <Eigen/SparseCore>

#include "metrics/linear_algebra.h"

namespace figment::metrics {

struct Pca {
  Eigen::RowVectorXd mean;            // [features]
  Eigen::MatrixXd components;         // [features, k], orthonormal
  Eigen::VectorXd explained_variance; // [k], with n - 1 in the denominator; descending
  double total_variance = 0;          // of all features together
};

// Throws base::Error unless 1 <= components <= min(samples, features), or if a number is not finite.
Pca FitPca(const MatrixView& x, int components);

// Scores (x - mean) components: [samples, k]. Throws base::Error for another number of features.
Eigen::MatrixXd Transform(const Pca& pca, const MatrixView& x);
// The samples with these scores: scores components' + mean.
Eigen::MatrixXd InverseTransform(const Pca& pca, const MatrixView& scores);

// (sum v)^2 / sum v^2 of variances: how many directions share the variance evenly. NaN if there is none.
double ParticipationRatio(const Eigen::Ref<const Eigen::VectorXd>& variances);

// PCA of more samples than fit in memory: each batch is joined with the components found so far (Ross et al. 2008).
class IncrementalPca {
 public:
  explicit IncrementalPca(int components);  // CHECKs components > 0

  using SparseRows = Eigen::SparseMatrix<double, Eigen::RowMajor>;

  // A batch of samples [rows, features]. The first one needs at least as many rows as components. Throws base::Error if
  // it has fewer, another number of features, fewer features than components, or numbers that are not finite.
  // The sparse form costs rows^2 times the entries of a row, not times the features: pictures of a ball.
  void Add(const MatrixView& rows);
  void Add(const SparseRows& rows);

  // Throws base::Error before the first batch.
  const Pca& result() const;
  long samples() const { return samples_; }

 private:
  template <class Rows>
  void AddRows(const Rows& rows);

  int wanted_;
  long samples_ = 0;
  Eigen::RowVectorXd squares_;  // [features]: sums of squared deviations from the mean
  Pca pca_;
};

}  // namespace figment::metrics
