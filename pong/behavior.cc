#include "pong/behavior.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>

#include "base/error.h"
#include "base/hash.h"
#include "base/names.h"
#include "files/csv.h"
#include "files/atomic.h"
#include "metrics/bootstrap.h"
#include "metrics/correlation.h"
#include "metrics/reliability.h"
#include "pong/geometry.h"
#include "pong/trials.h"

namespace figment::pong {
namespace {

using ByCondition = std::map<int, std::vector<Answer>>;

ByCondition Group(std::span<const Answer> answers) {
  ByCondition groups;
  for (const Answer& answer : answers) groups[answer.condition].push_back(answer);
  return groups;
}

double Mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double StandardDeviation(std::span<const double> values) {
  const double mean = Mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / static_cast<double>(values.size()));
}

// The mean answer of each condition, ascending.
std::vector<Answer> MeanAnswers(std::span<const Answer> answers) {
  std::vector<Answer> means;
  for (const auto& [condition, group] : Group(answers)) {
    double sum = 0;
    for (const Answer& answer : group) sum += answer.paddle_y;
    means.push_back({condition, sum / static_cast<double>(group.size()), group.front().ball_y});
  }
  return means;
}

struct Line {
  double intercept = 0, slope = 1;
};

// Least squares: paddle = intercept + slope * ball.
Line FitLine(std::span<const Answer> answers) {
  double ball = 0, paddle = 0;
  for (const Answer& answer : answers) ball += answer.ball_y, paddle += answer.paddle_y;
  ball /= static_cast<double>(answers.size()), paddle /= static_cast<double>(answers.size());
  double covariance = 0, variance = 0;
  for (const Answer& answer : answers) {
    covariance += (answer.ball_y - ball) * (answer.paddle_y - paddle);
    variance += (answer.ball_y - ball) * (answer.ball_y - ball);
  }
  if (!(variance > 0))
    throw base::Error("the endpoints (y_f) of all answers are equal: no line can be fitted through them");
  const double slope = covariance / variance;
  return {paddle - slope * ball, slope};
}

bool UsesMeans(ErrorKind kind) {
  return kind == ErrorKind::kResidualBias || kind == ErrorKind::kAbsResidualBias ||
         kind == ErrorKind::kDifferenceBias || kind == ErrorKind::kAbsDifferenceBias;
}
bool IsAbsolute(ErrorKind kind) {
  return kind == ErrorKind::kAbsResidualTotal || kind == ErrorKind::kAbsResidualBias ||
         kind == ErrorKind::kAbsDifferenceTotal || kind == ErrorKind::kAbsDifferenceBias;
}
bool IsResidual(ErrorKind kind) {
  return kind == ErrorKind::kResidualTotal || kind == ErrorKind::kResidualBias ||
         kind == ErrorKind::kAbsResidualTotal || kind == ErrorKind::kAbsResidualBias;
}

// Two halves of the trials of each condition; if one has a single trial, both halves are all trials of all conditions.
std::array<std::vector<Answer>, 2> Halve(std::span<const Answer> answers, base::Rng& rng) {
  ByCondition groups = Group(answers);
  const bool single =
      std::any_of(groups.begin(), groups.end(), [](const auto& item) { return item.second.size() < 2; });
  if (single) return {std::vector<Answer>(answers.begin(), answers.end()), {answers.begin(), answers.end()}};
  std::array<std::vector<Answer>, 2> halves;
  for (auto& [condition, group] : groups) {
    rng.Shuffle(group);
    for (size_t i = 0; i < group.size(); ++i) halves[i < group.size() / 2].push_back(group[i]);
  }
  return halves;
}

std::vector<Answer> Restrict(const Subject& subject, std::span<const int> conditions) {
  std::vector<Answer> kept;
  for (const Answer& answer : subject.answers)
    if (std::binary_search(conditions.begin(), conditions.end(), answer.condition)) kept.push_back(answer);
  return kept;
}

using Patterns = std::array<std::vector<double>, 2>;  // the error patterns of two halves of the trials

Patterns HalfPatterns(std::span<const Answer> answers, std::span<const int> conditions, ErrorKind kind, base::Rng rng) {
  const std::array<std::vector<Answer>, 2> halves = Halve(answers, rng);
  return {ErrorPattern(halves[0], conditions, kind), ErrorPattern(halves[1], conditions, kind)};
}

std::vector<double> At(const std::vector<double>& values, std::span<const int> indices) {
  std::vector<double> chosen;
  chosen.reserve(indices.size());
  for (const int i : indices) chosen.push_back(values[i]);
  return chosen;
}

// Bootstrap over conditions of the cross-half consistency, averaged over the halvings.
metrics::Interval ConsistencyInterval(const std::vector<Patterns>& a, const std::vector<Patterns>& b, int conditions,
                                      base::Rng rng) {
  const auto statistic = [&](std::span<const int> chosen) {
    double sum = 0;
    for (size_t k = 0; k < a.size(); ++k) {
      const std::vector<double> a1 = At(a[k][0], chosen), a2 = At(a[k][1], chosen);
      const std::vector<double> b1 = At(b[k][0], chosen), b2 = At(b[k][1], chosen);
      sum += metrics::CrossHalfConsistency({a1, a2, b1, b2}) / static_cast<double>(a.size());
    }
    return sum;
  };
  return metrics::BootstrapInterval(conditions, statistic, rng);
}

// The fewest digits that read back equal.
std::string Shortest(double value) {
  std::array<char, 32> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

}  // namespace

EndpointScore ScoreEndpoint(const Subject& subject, uint64_t seed) {
  if (subject.answers.empty()) throw base::Error("subject '" + subject.name + "' has no answers");
  constexpr int kPermutations = 100;
  EndpointScore score{.trials = static_cast<int>(subject.answers.size())};
  for (const Answer& answer : subject.answers) score.mae_deg += std::abs(answer.paddle_y - answer.ball_y);
  score.mae_deg = DegreesOfLength(score.mae_deg / score.trials);

  std::vector<double> paddle, ball;
  for (const Answer& mean : MeanAnswers(subject.answers)) paddle.push_back(mean.paddle_y), ball.push_back(mean.ball_y);
  score.conditions = static_cast<int>(paddle.size());
  double squares = 0;
  for (size_t i = 0; i < paddle.size(); ++i) {
    score.bias_deg += DegreesOfLength(std::abs(paddle[i] - ball[i])) / score.conditions;
    squares += std::pow(DegreesOfLength(paddle[i] - ball[i]), 2);
  }
  score.rmse_deg = std::sqrt(squares / score.conditions);
  score.r = metrics::Pearson(paddle, ball);

  base::Rng rng({seed, base::KeyOf("endpoint_null")});
  for (int k = 0; k < kPermutations; ++k) {
    rng.Shuffle(ball);
    for (size_t i = 0; i < paddle.size(); ++i)
      score.shuffled_mae_deg += DegreesOfLength(std::abs(paddle[i] - ball[i])) / score.conditions / kPermutations;
  }
  return score;
}

std::vector<std::pair<std::string, ErrorKind>> ErrorKinds() {
  return {{"residual_err_total", ErrorKind::kResidualTotal},
          {"residual_err_bias", ErrorKind::kResidualBias},
          {"residual_abs_err_total", ErrorKind::kAbsResidualTotal},
          {"residual_abs_err_bias", ErrorKind::kAbsResidualBias},
          {"diff_err_total", ErrorKind::kDifferenceTotal},
          {"diff_err_bias", ErrorKind::kDifferenceBias},
          {"diff_abs_err_total", ErrorKind::kAbsDifferenceTotal},
          {"diff_abs_err_bias", ErrorKind::kAbsDifferenceBias}};
}

ErrorKind ErrorKindOf(const std::string& name) {
  const auto kinds = ErrorKinds();
  return base::FindNamed("error pattern", name, kinds).second;
}

std::vector<double> ErrorPattern(std::span<const Answer> answers, std::span<const int> conditions, ErrorKind kind) {
  const std::vector<Answer> used =
      UsesMeans(kind) ? MeanAnswers(answers) : std::vector<Answer>(answers.begin(), answers.end());
  if (used.empty()) throw base::Error("there are no answers to compute errors from");
  const Line line = IsResidual(kind) ? FitLine(used) : Line{};
  std::map<int, std::pair<double, int>> sums;
  for (const Answer& answer : used) {
    const double error = answer.paddle_y - (line.intercept + line.slope * answer.ball_y);
    auto& [sum, count] = sums[answer.condition];
    sum += IsAbsolute(kind) ? std::abs(error) : error, ++count;
  }
  std::vector<double> pattern;
  for (const int condition : conditions) {
    const auto found = sums.find(condition);
    if (found == sums.end()) throw base::Error("no answer to condition " + std::to_string(condition));
    pattern.push_back(found->second.first / found->second.second);
  }
  return pattern;
}

std::vector<int> SharedConditions(const Subject& a, const Subject& b) {
  const ByCondition in_a = Group(a.answers), in_b = Group(b.answers);
  std::vector<int> shared;
  for (const auto& [condition, answers] : in_a)
    if (in_b.count(condition)) shared.push_back(condition);
  return shared;
}

Consistency CompareErrors(const Subject& a, const Subject& b, const ConsistencyOptions& options) {
  constexpr int kFewestConditions = 5;
  const std::vector<int> conditions = SharedConditions(a, b);
  const int n = static_cast<int>(conditions.size());
  if (n < kFewestConditions)
    throw base::Error("'" + a.name + "' and '" + b.name + "' share " + std::to_string(n) +
                      " conditions; at least " + std::to_string(kFewestConditions) +
                      " are needed to compare their errors");
  const std::vector<Answer> of_a = Restrict(a, conditions), of_b = Restrict(b, conditions);
  const std::vector<double> full_a = ErrorPattern(of_a, conditions, options.kind);
  const std::vector<double> full_b = ErrorPattern(of_b, conditions, options.kind);

  // All halvings are drawn first, so that the bootstrap compares the same ones.
  std::vector<Patterns> a_halves, b_halves;
  const base::Rng rng({options.seed, base::KeyOf("consistency")});
  for (int k = 0; k < options.halvings; ++k) {
    a_halves.push_back(HalfPatterns(of_a, conditions, options.kind, rng.Split(2 * k)));
    b_halves.push_back(HalfPatterns(of_b, conditions, options.kind, rng.Split(2 * k + 1)));
  }
  const auto over_halvings = [&](const auto& statistic) {
    std::vector<double> values;
    for (int k = 0; k < options.halvings; ++k) values.push_back(statistic(a_halves[k], b_halves[k]));
    return values;
  };
  const auto subjects = [](const Patterns& x, const Patterns& y) {
    return metrics::TwoSubjects{x[0], x[1], y[0], y[1]};
  };
  const auto pearson = over_halvings(
      [&](const Patterns& x, const Patterns& y) { return metrics::CrossHalfConsistency(subjects(x, y)); });
  const auto spearman = over_halvings([&](const Patterns& x, const Patterns& y) {
    return metrics::CrossHalfConsistency(subjects(x, y), metrics::CorrelationKind::kSpearman);
  });
  const double r_ab = metrics::Pearson(full_a, full_b);
  return {.conditions = n,
          .pearson = Mean(pearson), .pearson_sd = StandardDeviation(pearson),
          .spearman = Mean(spearman), .spearman_sd = StandardDeviation(spearman),
          .pearson_sb = Mean(over_halvings([&](const Patterns& x, const Patterns& y) {
            return metrics::SpearmanBrownConsistency(r_ab, metrics::Pearson(x[0], x[1]), metrics::Pearson(y[0], y[1]));
          })),
          .nse = Mean(over_halvings([&](const Patterns& x, const Patterns& y) {
            return metrics::NoiseCorrectedSquaredError(subjects(x, y));
          })),
          .raw_pearson = r_ab,
          .reliability_a =
              Mean(over_halvings([](const Patterns& x, const Patterns&) { return metrics::Pearson(x[0], x[1]); })),
          .reliability_b =
              Mean(over_halvings([](const Patterns&, const Patterns& y) { return metrics::Pearson(y[0], y[1]); })),
          .interval = ConsistencyInterval(a_halves, b_halves, n, rng.Split("bootstrap"))};
}

std::vector<Subject> ReadSubjects(const std::filesystem::path& csv, std::span<const Condition> trial_set) {
  const files::CsvTable table(files::ReadFile(csv), csv.string());
  const bool in_degrees = table.Has("paddle_y_deg");
  const std::string column = in_degrees ? "paddle_y_deg" : "paddle_y";
  table.Require({"condition", column});
  std::vector<Subject> subjects;
  std::map<std::string, size_t> by_name;
  for (size_t row = 0; row < table.rows(); ++row) {
    const auto fail = [&](const std::string& text) {
      throw base::Error(table.source() + ": row " + std::to_string(row + 1) + ": " + text);
    };
    const std::optional<double> number = table.Number(row, "condition"), paddle = table.Number(row, column);
    if (!number || *number != std::floor(*number) || *number < 0 || *number >= static_cast<double>(trial_set.size()))
      fail("condition '" + table.Text(row, "condition") + "' is not an index from 0 to " +
           std::to_string(trial_set.size() - 1));
    if (!paddle || !std::isfinite(*paddle)) fail(column + " '" + table.Text(row, column) + "' is not a finite number");
    const std::string name = table.Has("subject") ? table.Text(row, "subject") : csv.stem().string();
    const auto [place, is_new] = by_name.emplace(name, subjects.size());
    if (is_new) subjects.push_back({.name = name});
    const int condition = static_cast<int>(*number);
    subjects[place->second].answers.push_back(
        {condition, in_degrees ? PositionOf(*paddle) : *paddle, trial_set[condition].y_f});
  }
  if (subjects.empty()) throw base::Error(table.source() + ": there are no answers in it");
  const std::string sha256 = base::Sha256OfFile(csv);
  for (Subject& subject : subjects) subject.file_sha256 = sha256;
  return subjects;
}

std::vector<std::string> NamesOfFiles(std::span<const std::filesystem::path> files) {
  std::map<std::string, int> stems;
  for (const std::filesystem::path& file : files) ++stems[file.stem().string()];
  std::vector<std::string> names;
  for (const std::filesystem::path& file : files)
    names.push_back(stems[file.stem().string()] == 1 ? file.stem().string()
                                                     : std::filesystem::path(file).replace_extension().string());
  return names;
}

std::vector<Subject> ReadSubjectFiles(std::span<const std::filesystem::path> files,
                                      std::span<const Condition> trial_set) {
  std::vector<std::vector<Subject>> by_file;
  std::map<std::string, int> files_with;
  for (const std::filesystem::path& file : files) {
    by_file.push_back(ReadSubjects(file, trial_set));
    for (const Subject& subject : by_file.back()) ++files_with[subject.name];
  }
  const std::vector<std::string> names = NamesOfFiles(files);
  std::vector<Subject> all;
  for (size_t i = 0; i < by_file.size(); ++i)
    for (Subject& subject : by_file[i]) {
      if (files_with[subject.name] > 1)
        subject.name = subject.name == files[i].stem().string() ? names[i] : subject.name + " (" + names[i] + ")";
      all.push_back(std::move(subject));
    }
  return all;
}

std::string SubjectsCsv(std::span<const Subject> subjects) {
  std::string text = "subject,condition,paddle_y,y_f\n";
  for (const Subject& subject : subjects)
    for (const Answer& answer : subject.answers)
      text += subject.name + "," + std::to_string(answer.condition) + "," + Shortest(answer.paddle_y) + "," +
              Shortest(answer.ball_y) + "\n";
  return text;
}

}  // namespace figment::pong
