#include "metrics/permutation.h"

#include <cmath>
#include <limits>
#include <numeric>

namespace figment::metrics {

double PermutationP(double observed, std::span<const double> null_values) {
  if (std::isnan(observed)) return std::numeric_limits<double>::quiet_NaN();
  double reached = 0, all = 0;
  for (const double value : null_values) reached += value >= observed, all += !std::isnan(value);
  return (1 + reached) / (1 + all);
}

PermutationResult PermutationTest(int groups, const std::function<double(std::span<const int>)>& statistic,
                                  base::Rng& rng, int permutations) {
  std::vector<int> order(static_cast<size_t>(groups));
  std::iota(order.begin(), order.end(), 0);
  PermutationResult result{.observed = statistic(order)};
  for (int i = 0; i < permutations; ++i) {
    rng.Shuffle(order);
    result.null_values.push_back(statistic(order));
  }
  result.p = PermutationP(result.observed, result.null_values);
  return result;
}

}  // namespace figment::metrics
