// Representational similarity: how alike two descriptions of the same samples are, without a fitted map.
//
// A triangle is the strict upper triangle of a samples x samples matrix of dissimilarities, row by row: (0,1), (0,2),
// ..., (n-2,n-1), as in SciPy's pdist. Rows of the inputs are samples.
#pragma once

#include <cstdint>
#include <vector>

#include <Eigen/Core>

#include "metrics/correlation.h"

namespace figment::metrics {

using Triangle = std::vector<double>;  // n (n - 1) / 2 values

// 1 - Pearson's correlation of each pair of rows. A row without variation has NaN with every other.
Triangle CorrelationDistances(const Eigen::Ref<const Eigen::MatrixXd>& x);

// Euclidean distance of each pair of rows, to about 1e-8 of the largest row's distance from the mean.
Triangle EuclideanDistances(const Eigen::Ref<const Eigen::MatrixXd>& x);

struct TriangleComparison {
  double r = 0;         // NaN if undefined
  int64_t pairs = 0;    // compared
  int64_t dropped = 0;  // pairs that are not finite in either triangle
};
TriangleComparison CompareTriangles(const Triangle& a, const Triangle& b, CorrelationKind kind);

// The same with what the control triangle explains linearly (in ranks, for Spearman) taken out of both. Pairs must be
// finite in all three.
TriangleComparison CompareTrianglesPartial(const Triangle& a, const Triangle& b, const Triangle& control,
                                           CorrelationKind kind);

// Similarity of a model's triangle to data's, corrected for the data's noise. All three data triangles are of the same
// samples: from all trials, and from either half of them. A model without noise has reliability 1.
struct CorrectedSimilarity {
  double r = 0;           // r(full, model)
  double r_halves = 0;    // r(half 1, half 2): the data's reliability
  double cross_half = 0;  // mean of r(half, model) over the two halves / sqrt(r_halves)
  double spearman_brown = 0;  // r / sqrt(SB(r_halves))
  int64_t pairs = 0, dropped = 0;
};
CorrectedSimilarity CompareWithData(const Triangle& model, const Triangle& full, const Triangle& half1,
                                    const Triangle& half2, CorrelationKind kind, const Triangle* control = nullptr);

// Linear centred kernel alignment, |Yc'Xc|_F^2 / (|Xc'Xc|_F |Yc'Yc|_F). Near 1 for unrelated inputs with many more
// columns than rows.
double LinearCka(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::MatrixXd>& y);

// With the unbiased estimate of HSIC (Song et al. 2012): about 0 for unrelated inputs of any size. 0 if either
// self-similarity is not positive; at least 4 samples (CHECKed).
double LinearCkaUnbiased(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::MatrixXd>& y);

}  // namespace figment::metrics
