#include "metrics/quantiles.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace figment::metrics {
namespace {

double OfSorted(const std::vector<double>& sorted, double share) {
  CHECK(share >= 0 && share <= 1);
  if (sorted.empty()) return std::nan("");
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  const double weight = place - static_cast<double>(below);
  return sorted[below] + weight * (sorted[above] - sorted[below]);
}

}  // namespace

double Quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return OfSorted(values, share);
}

std::vector<double> Quantiles(std::vector<double> values, std::span<const double> shares) {
  std::sort(values.begin(), values.end());
  std::vector<double> quantiles;
  for (const double share : shares) quantiles.push_back(OfSorted(values, share));
  return quantiles;
}

double Median(std::vector<double> values) { return Quantile(std::move(values), 0.5); }

}  // namespace figment::metrics
