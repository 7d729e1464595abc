#include "metrics/classification.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "base/check.h"

namespace figment::metrics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double ShareOfOnes(std::span<const int> values) {
  return static_cast<double>(std::count(values.begin(), values.end(), 1)) / static_cast<double>(values.size());
}

}  // namespace

double Accuracy(std::span<const int> labels, std::span<const int> answers) {
  CHECK_EQ(labels.size(), answers.size());
  if (labels.empty()) return kNaN;
  size_t equal = 0;
  for (size_t i = 0; i < labels.size(); ++i) equal += labels[i] == answers[i];
  return static_cast<double>(equal) / static_cast<double>(labels.size());
}

double MajorityRate(std::span<const int> labels) {
  if (labels.empty()) return kNaN;
  const double positive = ShareOfOnes(labels);
  return std::max(positive, 1 - positive);
}

double AreaUnderRoc(std::span<const int> labels, std::span<const double> scores) {
  CHECK_EQ(labels.size(), scores.size());
  if (std::any_of(scores.begin(), scores.end(), [](double score) { return std::isnan(score); })) return kNaN;
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return scores[a] < scores[b]; });
  // Over runs of equal scores: each positive of a run beats the negatives below it and half of those beside it.
  double wins = 0, positives = 0, negatives = 0;
  for (size_t first = 0; first < order.size();) {
    double run_positives = 0, run_negatives = 0;
    size_t last = first;
    for (; last < order.size() && scores[order[last]] == scores[order[first]]; ++last)
      (labels[order[last]] == 1 ? run_positives : run_negatives) += 1;
    wins += run_positives * (negatives + 0.5 * run_negatives);
    positives += run_positives, negatives += run_negatives;
    first = last;
  }
  return positives > 0 && negatives > 0 ? wins / (positives * negatives) : kNaN;
}

double CohensKappa(std::span<const int> first, std::span<const int> second) {
  if (first.empty()) return kNaN;
  const double observed = Accuracy(first, second);
  const double p = ShareOfOnes(first), q = ShareOfOnes(second);
  const double expected = p * q + (1 - p) * (1 - q);
  return expected == 1 ? kNaN : (observed - expected) / (1 - expected);
}

}  // namespace figment::metrics
