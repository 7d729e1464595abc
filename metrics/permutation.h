// Permutation nulls: how often chance does as well.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "base/random.h"

namespace figment::metrics {

// (1 + number of null values >= observed) / (1 + number of null values). NaN null values count as not there; NaN if the
// observed value is NaN.
double PermutationP(double observed, std::span<const double> null_values);

struct PermutationResult {
  double observed = 0, p = 0;
  std::vector<double> null_values;
};

// `statistic` gets an order of 0 .. groups - 1: group i takes the place of group order[i]. The observed value is that
// of the order 0, 1, ... Permute whole groups (conditions), not rows, where the rows of a group are not independent.
PermutationResult PermutationTest(int groups, const std::function<double(std::span<const int>)>& statistic,
                                  base::Rng& rng, int permutations = 1000);

}  // namespace figment::metrics
