#include "pong/noisy_simulator.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <numbers>

#include "base/check.h"
#include "base/error.h"
#include "pong/geometry.h"

namespace figment::pong {
namespace {

constexpr double kLow = kReflectionRadius, kHigh = kFrameSize - kReflectionRadius, kSpan = kHigh - kLow;
constexpr int kFewestConditions = 5;
// What a paddle scatters even if the simulation does not (0.1 degrees); keeps the likelihood finite.
constexpr double kLeastVariance = 0.16 * 0.16;

// Heights u know no walls: instead of coming back from a wall the ball goes on into a mirror image of the frame.
double WallBelow(double u) { return kLow + std::floor((u - kLow) / kSpan) * kSpan; }
double Mirrored(double u) {
  const double laps = std::floor((u - kLow) / kSpan), rest = u - kLow - laps * kSpan;
  return std::fmod(laps, 2) != 0 ? kHigh - rest : kLow + rest;
}

// Where the ball is when it disappears, and how long it is hidden.
struct Hidden {
  double y, dy;
  int frames;
};
Hidden HiddenPart(const Condition& condition) {
  const Track track = MakeTrack(condition);
  const auto start = static_cast<size_t>(condition.t_occ);
  return {track.y[start], track.dy[start], condition.t_end - condition.t_occ};
}

// `normal` gives standard normal numbers: one more than frames, whether used or not, so that parameters do not change
// which.
template <class Normal>
double MovedInMind(const NoisySimulator& model, const Hidden& hidden, const Normal& normal) {
  double u = hidden.y;
  const double wall_below = WallBelow(u), wall_above = wall_below + kSpan, extra = normal();
  bool has_bounced = false;
  for (int frame = 0; frame < hidden.frames; ++frame) {
    u += hidden.dy + model.sigma_occ * normal();
    if (has_bounced || (u >= wall_below && u < wall_above)) continue;
    has_bounced = true;
    u += model.sigma_bounce * extra;
  }
  return (Mirrored(u) + model.w_bias * kMiddle) / (1 + model.w_bias);
}

// The answers to one condition.
struct Group {
  Hidden hidden;
  double y_f;
  std::vector<double> answers;
  std::vector<float> normals;  // [samples, 1 + frames]
};

struct Moments {
  double mean = 0, variance = 0;
};
Moments MomentsOf(std::span<const double> values) {
  Moments moments;
  for (const double value : values) moments.mean += value / static_cast<double>(values.size());
  for (const double value : values)
    moments.variance += (value - moments.mean) * (value - moments.mean) / static_cast<double>(values.size());
  return moments;
}

Moments Predict(const NoisySimulator& model, const Group& group, int samples) {
  std::vector<double> answers;
  size_t next = 0;
  for (int sample = 0; sample < samples; ++sample)
    answers.push_back(MovedInMind(model, group.hidden, [&] { return static_cast<double>(group.normals[next++]); }));
  return MomentsOf(answers);
}

std::vector<Group> Groups(const Subject& subject, std::span<const Condition> trial_set, const FitOptions& options) {
  std::map<int, Group> by_condition;
  for (const Answer& answer : subject.answers) {
    if (answer.condition < 0 || static_cast<size_t>(answer.condition) >= trial_set.size())
      throw base::Error(subject.name + " answers condition " + std::to_string(answer.condition) +
                        ", which is not in the trial set");
    if (!std::isfinite(answer.paddle_y))
      throw base::Error(subject.name + ": an answer to condition " + std::to_string(answer.condition) +
                        " is not a number");
    by_condition[answer.condition].answers.push_back(answer.paddle_y);
  }
  if (by_condition.size() < kFewestConditions)
    throw base::Error(subject.name + " has answered " + std::to_string(by_condition.size()) +
                      " conditions: at least " + std::to_string(kFewestConditions) + " are needed for a fit");
  std::vector<Group> groups;
  for (auto& [index, group] : by_condition) {
    const Condition& condition = trial_set[static_cast<size_t>(index)];
    group.hidden = HiddenPart(condition);
    group.y_f = condition.y_f;
    base::Rng rng({options.seed, base::KeyOf("noisy simulator"), static_cast<uint64_t>(index)});
    group.normals.resize(static_cast<size_t>(options.samples * (1 + group.hidden.frames)));
    for (float& normal : group.normals) normal = static_cast<float>(rng.Normal());
    groups.push_back(std::move(group));
  }
  return groups;
}

double LossOfAnswers(const NoisySimulator& model, const std::vector<Group>& groups, int samples) {
  double loss = 0, answers = 0;
  for (const Group& group : groups) {
    const Moments predicted = Predict(model, group, samples), found = MomentsOf(group.answers);
    const double variance = predicted.variance + kLeastVariance, shift = found.mean - predicted.mean;
    const auto n = static_cast<double>(group.answers.size());
    loss += n * 0.5 * (std::log(2 * std::numbers::pi * variance) + (found.variance + shift * shift) / variance);
    answers += n;
  }
  return loss / answers;
}

double LossOfMeanErrors(const NoisySimulator& model, const std::vector<Group>& groups, int samples) {
  double loss = 0;
  for (const Group& group : groups) {
    const double shift = DegreesOfLength(MomentsOf(group.answers).mean - Predict(model, group, samples).mean);
    loss += shift * shift / static_cast<double>(groups.size());
  }
  return loss;
}

// --- The least value of a function of three numbers within the bounds

using Point = std::array<double, 3>;
using Loss = std::function<double(const Point&)>;
struct Vertex {
  Point at;
  double loss;
};

Point Between(const Point& from, const Point& to, double part) {
  Point point;
  for (size_t i = 0; i < 3; ++i) point[i] = std::clamp(from[i] + part * (to[i] - from[i]), 0.0, kLargestParameter);
  return point;
}

Vertex BestOfGrid(const Loss& loss) {
  constexpr std::array<double, 6> kValues = {0.02, 0.1, 0.25, 0.5, 1, 1.7};
  Vertex best{{}, std::numeric_limits<double>::infinity()};
  for (const double a : kValues)
    for (const double b : kValues)
      for (const double c : kValues)
        if (const double value = loss({a, b, c}); value < best.loss) best = {{a, b, c}, value};
  return best;
}

// Nelder & Mead (Computer Journal 7, 1965), points beyond the bounds moved onto them.
Vertex Descend(const Loss& loss, const Vertex& start, double size) {
  constexpr int kMostSteps = 150;
  constexpr double kSmallest = 1e-4;  // of the simplex
  std::vector<Vertex> simplex = {start};
  for (size_t i = 0; i < 3; ++i) {
    Point at = start.at;
    at[i] += at[i] + size <= kLargestParameter ? size : -size;
    simplex.push_back({at, loss(at)});
  }
  const auto by_loss = [](const Vertex& a, const Vertex& b) { return a.loss < b.loss; };
  for (int step = 0; step < kMostSteps; ++step) {
    std::sort(simplex.begin(), simplex.end(), by_loss);
    Vertex& worst = simplex.back();
    double extent = 0;
    for (size_t i = 0; i < 3; ++i) extent = std::max(extent, std::abs(worst.at[i] - simplex.front().at[i]));
    if (extent < kSmallest) break;
    Point centre{};
    for (size_t v = 0; v < 3; ++v)
      for (size_t i = 0; i < 3; ++i) centre[i] += simplex[v].at[i] / 3;
    const auto try_at = [&](double part) {
      const Point at = Between(centre, worst.at, part);
      return Vertex{at, loss(at)};
    };
    const Vertex reflected = try_at(-1);
    if (reflected.loss < simplex.front().loss) {
      const Vertex expanded = try_at(-2);
      worst = expanded.loss < reflected.loss ? expanded : reflected;
    } else if (reflected.loss < simplex[2].loss) {
      worst = reflected;
    } else if (const Vertex contracted = try_at(0.5); contracted.loss < worst.loss) {
      worst = contracted;
    } else {
      for (size_t v = 1; v < simplex.size(); ++v) {
        simplex[v].at = Between(simplex.front().at, simplex[v].at, 0.5);
        simplex[v].loss = loss(simplex[v].at);
      }
    }
  }
  return *std::min_element(simplex.begin(), simplex.end(), by_loss);
}

}  // namespace

base::FieldList FieldsOf(NoisySimulator* model) {
  base::FieldList fields;
  fields.Add("sigma_occ", &model->sigma_occ, "noisy simulator: noise of a hidden frame")
      .Range(0, kLargestParameter)
      .Unit("units");
  fields.Add("sigma_bounce", &model->sigma_bounce, "noisy simulator: noise of a hidden bounce")
      .Range(0, kLargestParameter)
      .Unit("units");
  fields.Add("w_bias", &model->w_bias, "noisy simulator: weight of the middle").Range(0, kLargestParameter);
  return fields;
}

double Simulate(const NoisySimulator& model, const Condition& condition, base::Rng& rng) {
  return MovedInMind(model, HiddenPart(condition), [&] { return rng.Normal(); });
}

Subject MakeSyntheticSubject(const std::string& name, const NoisySimulator& model,
                             std::span<const Condition> conditions, int trials, uint64_t seed) {
  Subject subject{.name = name};
  for (const Condition& condition : conditions) {
    base::Rng rng({seed, base::KeyOf(name), static_cast<uint64_t>(condition.index)});
    for (int trial = 0; trial < trials; ++trial)
      subject.answers.push_back({condition.index, Simulate(model, condition, rng), condition.y_f});
  }
  return subject;
}

NoisyFit FitNoisySimulator(const Subject& subject, std::span<const Condition> trial_set,
                           const FitOptions& options) {
  CHECK_GT(options.samples, 1);
  const std::vector<Group> groups = Groups(subject, trial_set, options);
  NoisyFit fit{.conditions = static_cast<int>(groups.size()), .answers = static_cast<int>(subject.answers.size())};
  const Loss loss = [&](const Point& at) {
    ++fit.evaluations;
    const NoisySimulator model{at[0], at[1], at[2]};
    return options.fit_to == FitTo::kAnswers ? LossOfAnswers(model, groups, options.samples)
                                             : LossOfMeanErrors(model, groups, options.samples);
  };
  Vertex best = BestOfGrid(loss);
  for (const double size : {0.2, 0.05}) best = Descend(loss, best, size);  // again, should the first have got stuck
  fit.model = {best.at[0], best.at[1], best.at[2]};
  fit.loss = best.loss;
  return fit;
}

}  // namespace figment::pong
