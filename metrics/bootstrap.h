// Percentile bootstrap, plain and hierarchical: how much a statistic varies when the samples are drawn again with
// replacement.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "base/random.h"

namespace figment::metrics {

struct Interval {
  double low = 0, high = 0;
};

struct BootstrapOptions {
  int resamples = 1000;
  double level = 0.95;
};

// `statistic` gets the indices of a resample, in ascending order. Resamples where it is NaN are left out; if all are,
// the interval is NaN. Quantiles as metrics/quantiles.h.
Interval BootstrapInterval(int samples, const std::function<double(std::span<const int>)>& statistic, base::Rng& rng,
                           const BootstrapOptions& options = {});

// Percentile bootstrap of units inside groups (neurons inside animals) and, crossed with them, of conditions. A
// resample draws as many groups as there are, then from each drawn group as many units as it has, and, if there are
// conditions, as many of these as there are; all with replacement.
struct HierarchicalSample {
  std::vector<int> units;              // indices into the list of units, with repeats
  std::vector<double> condition_times; // how often each condition was drawn; empty without conditions
};
HierarchicalSample DrawHierarchical(std::span<const int> group_of_unit, int conditions, base::Rng& rng);

Interval HierarchicalBootstrapInterval(std::span<const int> group_of_unit, int conditions,
                                       const std::function<double(const HierarchicalSample&)>& statistic,
                                       base::Rng& rng, const BootstrapOptions& options = {});

}  // namespace figment::metrics
