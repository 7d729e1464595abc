#include "metrics/correlation.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>

#include "base/check.h"

namespace figment::metrics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
// Spread of a constant list that comes from rounding its mean, as a share of its size.
constexpr double kConstant = 1e-12;
// What two equal numbers may differ by after sums over samples, as a share of them.
constexpr double kDifferenceRounding = 1e-14;
// Share of a variance that is left after all of it was explained: rounding.
constexpr double kAllExplained = 1e-12;

using Values = Eigen::Map<const Eigen::VectorXd>;

Values MapOf(std::span<const double> values) { return {values.data(), static_cast<Eigen::Index>(values.size())}; }

bool IsConstant(double sum_of_squares, double n, double size) {
  return !(std::sqrt(sum_of_squares / n) > kConstant * size);
}

double Reason(int* counter) {
  if (counter) ++*counter;
  return kNaN;
}

double PearsonOf(const Eigen::Ref<const Eigen::VectorXd>& x, const Eigen::Ref<const Eigen::VectorXd>& y,
                 Undefined* undefined) {
  CHECK_EQ(x.size(), y.size());
  if (x.size() < 2) return Reason(undefined ? &undefined->too_few : nullptr);
  const double n = static_cast<double>(x.size());
  const double x_mean = x.mean(), y_mean = y.mean();
  const double xx = (x.array() - x_mean).square().sum(), yy = (y.array() - y_mean).square().sum();
  if (!std::isfinite(xx) || !std::isfinite(yy)) return Reason(undefined ? &undefined->not_finite : nullptr);
  if (IsConstant(xx, n, std::abs(x_mean)) || IsConstant(yy, n, std::abs(y_mean)))
    return Reason(undefined ? &undefined->constant : nullptr);
  const double xy = ((x.array() - x_mean) * (y.array() - y_mean)).sum();
  return std::clamp(xy / (std::sqrt(xx) * std::sqrt(yy)), -1.0, 1.0);
}

bool AllFinite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

}  // namespace

double Pearson(std::span<const double> x, std::span<const double> y, Undefined* undefined) {
  return PearsonOf(MapOf(x), MapOf(y), undefined);
}

std::vector<double> AverageRanks(std::span<const double> values) {
  // Values beside their places sort faster than places that look values up.
  std::vector<std::pair<double, uint32_t>> order(values.size());
  for (size_t i = 0; i < values.size(); ++i) order[i] = {values[i], static_cast<uint32_t>(i)};
  std::sort(order.begin(), order.end());
  std::vector<double> ranks(values.size());
  for (size_t first = 0; first < order.size();) {
    size_t end = first;
    while (end < order.size() && order[end].first == order[first].first) ++end;
    const double rank = 0.5 * static_cast<double>(first + 1 + end);
    for (; first < end; ++first) ranks[order[first].second] = rank;
  }
  return ranks;
}

double Spearman(std::span<const double> x, std::span<const double> y, Undefined* undefined) {
  CHECK_EQ(x.size(), y.size());
  if (!AllFinite(x) || !AllFinite(y)) return Reason(undefined ? &undefined->not_finite : nullptr);
  return Pearson(AverageRanks(x), AverageRanks(y), undefined);
}

double Correlation(CorrelationKind kind, std::span<const double> x, std::span<const double> y, Undefined* undefined) {
  return kind == CorrelationKind::kPearson ? Pearson(x, y, undefined) : Spearman(x, y, undefined);
}

Eigen::VectorXd PearsonByColumn(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::MatrixXd>& y,
                                Undefined* undefined) {
  CHECK_EQ(x.cols(), y.cols());
  Eigen::VectorXd result(x.cols());
  for (Eigen::Index c = 0; c < x.cols(); ++c) result[c] = PearsonOf(x.col(c), y.col(c), undefined);
  return result;
}

double PartialCorrelation(double xy, double xz, double yz) {
  const double x_left = 1 - xz * xz, y_left = 1 - yz * yz;
  // False for NaN as well.
  if (!(x_left > kAllExplained && y_left > kAllExplained)) return kNaN;
  return (xy - xz * yz) / std::sqrt(x_left * y_left);
}

double RSquared(std::span<const double> observed, std::span<const double> predicted) {
  CHECK_EQ(observed.size(), predicted.size());
  if (observed.empty()) return kNaN;
  const Values y = MapOf(observed), p = MapOf(predicted);
  const double mean = y.mean(), total = (y.array() - mean).square().sum();
  if (IsConstant(total, static_cast<double>(y.size()), std::abs(mean))) return kNaN;
  return 1 - (y - p).squaredNorm() / total;
}

double NormalizedSquaredError(std::span<const double> x, std::span<const double> y) {
  CHECK_EQ(x.size(), y.size());
  if (x.empty()) return kNaN;
  const Values a = MapOf(x), b = MapOf(y);
  const double n = static_cast<double>(x.size());
  const double squares = (a.squaredNorm() + b.squaredNorm()) / n, scale = squares - 2 * a.mean() * b.mean();
  return scale > kDifferenceRounding * squares ? (a - b).squaredNorm() / n / scale : kNaN;
}

void Moments::Add(double x_value, double y_value) {
  n += 1, x += x_value, y += y_value;
  xx += x_value * x_value, yy += y_value * y_value, xy += x_value * y_value;
}

void Moments::Add(const Moments& part, double times) {
  n += times * part.n, x += times * part.x, y += times * part.y;
  xx += times * part.xx, yy += times * part.yy, xy += times * part.xy;
}

double Pearson(const Moments& moments, Undefined* undefined) {
  const auto& [n, x, y, xx, yy, xy] = moments;
  if (n < 2) return Reason(undefined ? &undefined->too_few : nullptr);
  const double x_spread = xx - x * x / n, y_spread = yy - y * y / n;
  if (!std::isfinite(x_spread) || !std::isfinite(y_spread))
    return Reason(undefined ? &undefined->not_finite : nullptr);
  if (IsConstant(std::max(x_spread, 0.0), n, std::sqrt(xx / n)) ||
      IsConstant(std::max(y_spread, 0.0), n, std::sqrt(yy / n)))
    return Reason(undefined ? &undefined->constant : nullptr);
  return std::clamp((xy - x * y / n) / (std::sqrt(x_spread) * std::sqrt(y_spread)), -1.0, 1.0);
}

}  // namespace figment::metrics
