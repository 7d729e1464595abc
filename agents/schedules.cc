#include "agents/schedules.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.h"

namespace figment::agents {
namespace {

double Percentile(std::vector<double> values, double percent) {
  std::sort(values.begin(), values.end());
  const double place = static_cast<double>(values.size() - 1) * percent / 100;
  const size_t below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

}  // namespace

void AdaptiveRate::Update(double pass_loss) {
  losses_.push_back(pass_loss);
  if (losses_.size() > static_cast<size_t>(options_.patience) + 1) losses_.erase(losses_.begin());
  const int64_t pass = passes_++;
  // The first pass counts as a change.
  if (pass == 0 || pass < last_change_ + options_.patience) return;
  const bool worst = std::all_of(losses_.begin(), losses_.end() - 1, [&](double loss) { return pass_loss > loss; });
  const bool falling = std::adjacent_find(losses_.begin(), losses_.end(), std::less_equal<>()) == losses_.end();
  if (!worst && !falling) return;
  rate_ *= worst ? options_.decrease : options_.increase;
  last_change_ = pass;
}

nlohmann::ordered_json AdaptiveRate::Save() const {
  return {{"rate", rate_}, {"passes", passes_}, {"last_change", last_change_}, {"losses", losses_}};
}

void AdaptiveRate::Restore(const nlohmann::ordered_json& saved) {
  rate_ = saved.at("rate");
  passes_ = saved.at("passes");
  last_change_ = saved.at("last_change");
  losses_ = saved.at("losses").get<std::vector<double>>();
}

void AdaptiveClip::Update(double pass_norm) {
  const int64_t pass = passes_++;
  if (pass < options_.window) norms_.push_back(pass_norm);
  else norms_[static_cast<size_t>(pass % options_.window)] = pass_norm;
  limit_ = std::min(Percentile(norms_, options_.percentile), options_.initial);
}

nlohmann::ordered_json AdaptiveClip::Save() const {
  return {{"limit", limit_}, {"passes", passes_}, {"norms", norms_}};
}

void AdaptiveClip::Restore(const nlohmann::ordered_json& saved) {
  limit_ = saved.at("limit");
  passes_ = saved.at("passes");
  norms_ = saved.at("norms").get<std::vector<double>>();
}

double CosineRate(double peak, double warm_up, int64_t step, int64_t steps) {
  CHECK_LT(step, steps);
  const double rise = std::floor(warm_up * static_cast<double>(steps));
  const double at = static_cast<double>(step);
  if (at < rise) return peak * (at + 1) / rise;
  const double done = (at - rise) / std::max(1.0, static_cast<double>(steps) - rise);
  return peak * (0.01 + 0.99 * 0.5 * (1 + std::cos(std::numbers::pi * done)));
}

}  // namespace figment::agents
