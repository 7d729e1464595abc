#include "metrics/bootstrap.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/check.h"
#include "metrics/quantiles.h"

namespace figment::metrics {

Interval BootstrapInterval(int samples, const std::function<double(std::span<const int>)>& statistic, base::Rng& rng,
                           const BootstrapOptions& options) {
  CHECK_GT(samples, 0);
  CHECK(options.level > 0 && options.level < 1);
  std::vector<double> values;
  std::vector<int> drawn(static_cast<size_t>(samples));
  for (int r = 0; r < options.resamples; ++r) {
    for (int& index : drawn) index = static_cast<int>(rng.Integer(0, samples));
    std::sort(drawn.begin(), drawn.end());
    if (const double value = statistic(drawn); !std::isnan(value)) values.push_back(value);
  }
  const std::array<double, 2> shares = {0.5 * (1 - options.level), 0.5 * (1 + options.level)};
  const std::vector<double> ends = Quantiles(std::move(values), shares);
  return {ends[0], ends[1]};
}

}  // namespace figment::metrics
