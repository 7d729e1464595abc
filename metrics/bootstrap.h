// Percentile bootstrap: how much a statistic varies when the samples are drawn again with replacement.
#pragma once

#include <functional>
#include <span>

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

}  // namespace figment::metrics
