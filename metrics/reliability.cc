#include "metrics/reliability.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/check.h"

namespace figment::metrics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using Values = Eigen::Map<const Eigen::VectorXd>;

Values MapOf(std::span<const double> values) { return {values.data(), static_cast<Eigen::Index>(values.size())}; }

// r / sqrt(x y); undefined unless both reliabilities are positive.
double Corrected(double r, double x, double y) { return x > 0 && y > 0 ? r / std::sqrt(x * y) : kNaN; }

// Mean square of the signal: that of the halves less that of their noise.
double SignalPower(const Values& half1, const Values& half2) {
  const double n = static_cast<double>(half1.size());
  return 0.5 * (half1.squaredNorm() + half2.squaredNorm()) / n - 0.5 * (half1 - half2).squaredNorm() / n;
}

void CheckSameLength(const TwoSubjects& s) {
  CHECK_EQ(s.a1.size(), s.a2.size());
  CHECK_EQ(s.a1.size(), s.b1.size());
  CHECK_EQ(s.a1.size(), s.b2.size());
}

}  // namespace

double SpearmanBrown(double r, double n) {
  const double denominator = 1 + (n - 1) * r;
  return denominator == 0 ? kNaN : n * r / denominator;
}

Halves RandomHalves(int repeats, base::Rng& rng) {
  std::vector<int> order(static_cast<size_t>(repeats));
  std::iota(order.begin(), order.end(), 0);
  rng.Shuffle(order);
  const auto middle = order.begin() + repeats / 2;
  std::sort(order.begin(), middle);
  std::sort(middle, order.end());
  return {{order.begin(), middle}, {middle, order.end()}};
}

std::vector<double> MeanOfRepeats(const Eigen::Ref<const Eigen::MatrixXd>& repeats, std::span<const int> rows) {
  std::vector<double> means(static_cast<size_t>(repeats.cols()), kNaN);
  for (Eigen::Index c = 0; c < repeats.cols(); ++c) {
    double sum = 0, count = 0;
    for (const int row : rows)
      if (const double value = repeats(row, c); !std::isnan(value)) sum += value, count += 1;
    if (count > 0) means[static_cast<size_t>(c)] = sum / count;
  }
  return means;
}

double SplitHalf(std::span<const double> half1, std::span<const double> half2, CorrelationKind kind) {
  return Correlation(kind, half1, half2);
}

double SplitHalfSpearmanBrown(std::span<const double> half1, std::span<const double> half2, CorrelationKind kind) {
  return SpearmanBrown(SplitHalf(half1, half2, kind));
}

double CrossHalfConsistency(const TwoSubjects& s, CorrelationKind kind) {
  CheckSameLength(s);
  double across = 0;
  for (const auto& a : {s.a1, s.a2})
    for (const auto& b : {s.b1, s.b2}) across += Correlation(kind, a, b) / 4;
  return Corrected(across, Correlation(kind, s.a1, s.a2), Correlation(kind, s.b1, s.b2));
}

double SpearmanBrownConsistency(double r_ab, double r_aa, double r_bb) {
  return r_aa > 0 && r_bb > 0 ? Corrected(r_ab, SpearmanBrown(r_aa), SpearmanBrown(r_bb)) : kNaN;
}

double NoiseCorrectedSquaredError(const TwoSubjects& s) {
  CheckSameLength(s);
  if (s.a1.empty()) return kNaN;
  const Values a1 = MapOf(s.a1), a2 = MapOf(s.a2), b1 = MapOf(s.b1), b2 = MapOf(s.b2);
  const double power = SignalPower(a1, a2) + SignalPower(b1, b2);
  const double cross = (a1 + a2).dot(b1 + b2) / (4 * static_cast<double>(a1.size()));
  const double means = 0.25 * (a1.mean() + a2.mean()) * (b1.mean() + b2.mean());
  const double scale = power - 2 * means;
  return scale > 0 ? (power - 2 * cross) / scale : kNaN;
}

}  // namespace figment::metrics
