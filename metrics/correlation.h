// Correlations and errors of paired values. What is undefined is NaN, never 0, and is counted with its reason where the
// caller asks for that.
#pragma once

#include <span>
#include <vector>

#include <Eigen/Core>

namespace figment::metrics {

// How many correlations were undefined, by reason.
struct Undefined {
  int constant = 0;    // one side does not vary (its spread is rounding)
  int not_finite = 0;  // a value is NaN or infinite
  int too_few = 0;     // fewer than two pairs
  int total() const { return constant + not_finite + too_few; }
};

// Pearson's correlation: the centred dot product over the product of the norms. Both lists have the same length.
double Pearson(std::span<const double> x, std::span<const double> y, Undefined* undefined = nullptr);

// Ranks from 1; equal values share the mean of their ranks. The values must be finite.
std::vector<double> AverageRanks(std::span<const double> values);

// Pearson's correlation of the average ranks.
double Spearman(std::span<const double> x, std::span<const double> y, Undefined* undefined = nullptr);

enum class CorrelationKind { kPearson, kSpearman };
double Correlation(CorrelationKind kind, std::span<const double> x, std::span<const double> y,
                   Undefined* undefined = nullptr);

// Pearson's correlation of each column of x with the same column of y: [columns].
Eigen::VectorXd PearsonByColumn(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::MatrixXd>& y,
                                Undefined* undefined = nullptr);

// The correlation of x and y without what a linear function of z explains of either, from the three plain correlations:
// (xy - xz yz) / sqrt((1 - xz^2) (1 - yz^2)). NaN if x or y is a linear function of z.
double PartialCorrelation(double xy, double xz, double yz);

// 1 - sum (y - p)^2 / sum (y - mean y)^2; negative if the mean predicts better. NaN if y does not vary.
double RSquared(std::span<const double> observed, std::span<const double> predicted);

// mean (x - y)^2 / (mean x^2 + mean y^2 - 2 mean x mean y): 0 for equal lists, about 1 for unrelated ones
// (Norman-Haignere and McDermott 2018). NaN where the denominator is 0.
double NormalizedSquaredError(std::span<const double> x, std::span<const double> y);

// Sums from which Pearson's correlation of a union of samples follows: those of parts are added, and a part may count
// several times. Take values about their mean, or digits are lost.
struct Moments {
  double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  void Add(double x_value, double y_value);
  void Add(const Moments& part, double times);
};
double Pearson(const Moments& moments, Undefined* undefined = nullptr);

}  // namespace figment::metrics
