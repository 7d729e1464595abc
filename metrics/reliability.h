// Reliability of noisy data, and scores corrected by it. Halves are means over two disjoint halves of the repeats
// (trials), one value a condition (or sample). What cannot be corrected because a reliability is not positive is NaN;
// corrected values may exceed 1 and are not clipped.
#pragma once

#include <span>
#include <vector>

#include <Eigen/Core>

#include "base/random.h"
#include "metrics/correlation.h"

namespace figment::metrics {

// The reliability of n times as many repeats: n r / (1 + (n - 1) r). NaN where the denominator is 0; r < 0 gives a
// value below r.
double SpearmanBrown(double r, double n = 2);

// A division of repeats into two halves: the first floor(n / 2) of a shuffled order, and the rest.
struct Halves {
  std::vector<int> first, second;  // ascending
};
Halves RandomHalves(int repeats, base::Rng& rng);

// Means over the listed rows: repeats x conditions -> [conditions]. NaN repeats are left out; NaN if none is left.
std::vector<double> MeanOfRepeats(const Eigen::Ref<const Eigen::MatrixXd>& repeats, std::span<const int> rows);

// Split-half reliability: the correlation of two half means as it is, and the same extrapolated to all repeats.
double SplitHalf(std::span<const double> half1, std::span<const double> half2,
                 CorrelationKind kind = CorrelationKind::kPearson);
double SplitHalfSpearmanBrown(std::span<const double> half1, std::span<const double> half2,
                              CorrelationKind kind = CorrelationKind::kPearson);

// The halves of two subjects A and B over the same conditions.
struct TwoSubjects {
  std::span<const double> a1, a2, b1, b2;
};

// Cross-half consistency, without Spearman-Brown: the mean of the four correlations of a half of A with a half of B,
// over sqrt(r(A1,A2) r(B1,B2)). Halves on both sides of the fraction, so nothing is extrapolated. A subject whose
// halves are equal (a deterministic model) has reliability 1.
double CrossHalfConsistency(const TwoSubjects& subjects, CorrelationKind kind = CorrelationKind::kPearson);

// Consistency of full data with the reliabilities extrapolated: r_ab / sqrt(SB(r_aa) SB(r_bb)).
double SpearmanBrownConsistency(double r_ab, double r_aa, double r_bb);

// r_xy_n_sb of a regression: r_xy = r(prediction, response) of full data, r_xx = r of the predictions of the maps
// fitted on either half, r_yy = r of the responses' halves. Same formula; a deterministic model still has r_xx < 1,
// because its map is fitted to noisy responses.
inline double NoiseCorrectedRegression(double r_xy, double r_xx, double r_yy) {
  return SpearmanBrownConsistency(r_xy, r_xx, r_yy);
}

// The normalised squared error without the noise of either subject: (X + Y - 2 C) / (X + Y - 2 m_A m_B), X = mean of
// A1^2 and A2^2 less mean((A1 - A2)^2) / 2, Y likewise, C = the mean of the four mean cross products, m = the means
// over both halves.
double NoiseCorrectedSquaredError(const TwoSubjects& subjects);

}  // namespace figment::metrics
