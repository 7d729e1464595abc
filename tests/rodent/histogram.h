// Whether two samples are of one distribution.
#pragma once

#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace figment::rodent {

using Histogram = std::map<std::string, double>;

inline double Total(const Histogram& h) {
  return std::accumulate(h.begin(), h.end(), 0., [](double sum, const auto& bin) { return sum + bin.second; });
}

// Chi-square of two samples over the same bins, as deviations of a standard normal (Wilson-Hilferty). Bins of fewer
// than ten of both are one.
inline double Deviations(const Histogram& a, const Histogram& b) {
  std::vector<std::pair<double, double>> bins;
  std::pair<double, double> rare;
  Histogram all = a;
  all.insert(b.begin(), b.end());
  for (const auto& [name, unused] : all) {
    const std::pair<double, double> bin = {a.contains(name) ? a.at(name) : 0, b.contains(name) ? b.at(name) : 0};
    if (bin.first + bin.second < 10) {
      rare.first += bin.first, rare.second += bin.second;
    } else {
      bins.push_back(bin);
    }
  }
  if (rare.first + rare.second > 0) bins.push_back(rare);
  const double na = Total(a), nb = Total(b), freedom = static_cast<double>(bins.size()) - 1;
  double chi2 = 0;
  for (const auto& [x, y] : bins) chi2 += std::pow(std::sqrt(nb / na) * x - std::sqrt(na / nb) * y, 2) / (x + y);
  return (std::cbrt(chi2 / freedom) - (1 - 2 / (9 * freedom))) / std::sqrt(2 / (9 * freedom));
}

}  // namespace figment::rodent
