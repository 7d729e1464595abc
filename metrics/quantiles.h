// Quantiles of a sample.
#pragma once

#include <span>
#include <vector>

namespace figment::metrics {

// The value at `share` (0..1) of the sorted sample, linearly interpolated between its neighbours (Hyndman and Fan's
// type 7, the default of NumPy and R). NaN if there are no values. The values must be finite.
double Quantile(std::vector<double> values, double share);

// Several at once, in the order of `shares`.
std::vector<double> Quantiles(std::vector<double> values, std::span<const double> shares);

double Median(std::vector<double> values);

}  // namespace figment::metrics
