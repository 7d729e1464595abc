// Scores of yes/no answers. Labels and answers are 0 or 1, one a sample; all lists of a call have the same length.
// What is undefined for a sample (no samples, one class only) is NaN, never 0.
#pragma once

#include <span>

namespace figment::metrics {

// Share of equal answers.
double Accuracy(std::span<const int> labels, std::span<const int> answers);

// Share of the more frequent label: the accuracy of one constant answer.
double MajorityRate(std::span<const int> labels);

// Area under the ROC curve: the probability that a positive sample has a higher score than a negative one, ties counted
// half (Mann and Whitney). NaN if there is only one class or a score is NaN.
double AreaUnderRoc(std::span<const int> labels, std::span<const double> scores);

// Cohen's kappa of two lists of answers, (observed - expected) / (1 - expected), where expected = p q + (1-p)(1-q) for
// shares p and q of "yes". NaN where expected is 1.
double CohensKappa(std::span<const int> first, std::span<const int> second);

}  // namespace figment::metrics
