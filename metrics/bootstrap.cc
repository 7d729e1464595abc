#include "metrics/bootstrap.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <vector>

#include "base/check.h"
#include "metrics/quantiles.h"

namespace figment::metrics {
namespace {

Interval MiddleOf(std::vector<double> values, double level) {
  const std::array<double, 2> shares = {0.5 * (1 - level), 0.5 * (1 + level)};
  const std::vector<double> ends = Quantiles(std::move(values), shares);
  return {ends[0], ends[1]};
}

}  // namespace

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
  return MiddleOf(std::move(values), options.level);
}

HierarchicalSample DrawHierarchical(std::span<const int> group_of_unit, int conditions, base::Rng& rng) {
  std::map<int, std::vector<int>> members;
  for (size_t i = 0; i < group_of_unit.size(); ++i) members[group_of_unit[i]].push_back(static_cast<int>(i));
  std::vector<const std::vector<int>*> groups;
  for (const auto& [number, units] : members) groups.push_back(&units);

  HierarchicalSample sample;
  for (size_t g = 0; g < groups.size(); ++g) {
    const std::vector<int>& units = *rng.Choice(groups);
    for (size_t i = 0; i < units.size(); ++i) sample.units.push_back(rng.Choice(units));
  }
  sample.condition_times.assign(static_cast<size_t>(conditions), 0);
  for (int i = 0; i < conditions; ++i) sample.condition_times[static_cast<size_t>(rng.Integer(0, conditions))] += 1;
  return sample;
}

Interval HierarchicalBootstrapInterval(std::span<const int> group_of_unit, int conditions,
                                       const std::function<double(const HierarchicalSample&)>& statistic,
                                       base::Rng& rng, const BootstrapOptions& options) {
  CHECK(!group_of_unit.empty());
  std::vector<double> values;
  for (int r = 0; r < options.resamples; ++r)
    if (const double value = statistic(DrawHierarchical(group_of_unit, conditions, rng)); !std::isnan(value))
      values.push_back(value);
  return MiddleOf(std::move(values), options.level);
}

}  // namespace figment::metrics
