#include "pong/state_analysis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include <Eigen/Dense>

#include "base/error.h"
#include "metrics/correlation.h"
#include "metrics/folds.h"
#include "metrics/linear_map.h"
#include "metrics/pca.h"
#include "pong/geometry.h"

namespace figment::pong {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Rows of a regression: one a frame.
struct Samples {
  MatrixXd states;                 // [rows, channels]
  MatrixXd ball;                   // [rows, 2], x and y
  MatrixXd velocity;               // [rows, 2], units a frame, with which the ball leaves the frame
  std::vector<int> row_condition;  // position in `conditions`
};

void CheckShapes(const FrameArray& states, std::span<const Condition> conditions) {
  if (states.conditions != static_cast<int>(conditions.size()))
    throw base::Error("states of " + std::to_string(states.conditions) + " conditions given for " +
                      std::to_string(conditions.size()) + " conditions");
  for (size_t c = 0; c < conditions.size(); ++c) {
    if (conditions[c].t_end >= states.frames)
      throw base::Error("condition " + std::to_string(conditions[c].index) + " ends at frame " +
                        std::to_string(conditions[c].t_end) + ", but the states have only " +
                        std::to_string(states.frames) + " frames");
    for (int t = 0; t <= conditions[c].t_end; ++t)
      for (const float value : states.At(static_cast<int>(c), t))
        if (!std::isfinite(value))
          throw base::Error("the state of condition " + std::to_string(conditions[c].index) + " (row " +
                            std::to_string(c) + ") at frame " + std::to_string(t) +
                            " is not finite; states must be finite from frame 0 to the end of the trial");
  }
}

Eigen::RowVectorXd StateAt(const FrameArray& states, int condition, int frame) {
  const std::span<const float> state = states.At(condition, frame);
  return Eigen::Map<const Eigen::RowVectorXf>(state.data(), states.channels).cast<double>();
}

Samples Collect(const FrameArray& states, std::span<const Condition> conditions, std::span<const int> chosen,
                Epoch epoch) {
  int rows = 0;
  for (const int c : chosen) {
    const FrameRange range = FramesOf(conditions[c], epoch);
    rows += range.end - range.first;
  }
  Samples samples{MatrixXd(rows, states.channels), MatrixXd(rows, 2), MatrixXd(rows, 2), {}};
  samples.row_condition.reserve(rows);
  for (const int c : chosen) {
    const Track track = MakeTrack(conditions[c]);
    const FrameRange range = FramesOf(conditions[c], epoch);
    for (int t = range.first; t < range.end; ++t) {
      const auto row = static_cast<Eigen::Index>(samples.row_condition.size());
      samples.states.row(row) = StateAt(states, c, t);
      samples.ball.row(row) << track.x[t], track.y[t];
      samples.velocity.row(row) << track.dx[t], track.dy[t];
      samples.row_condition.push_back(c);
    }
  }
  return samples;
}

metrics::Folds DivideConditions(int conditions, const BallDecodingOptions& options) {
  if (!options.shuffled) return metrics::ContiguousFolds(conditions, options.folds);
  base::Rng rng({options.seed, base::KeyOf("ball_decoding")});
  return metrics::ShuffledFolds(conditions, options.folds, rng);
}

}  // namespace

FrameRange FramesOf(const Condition& condition, Epoch epoch) {
  switch (epoch) {
    case Epoch::kWhole: return {0, condition.t_end + 1};
    case Epoch::kVisible: return {0, condition.t_occ};
    case Epoch::kOccluded: return {condition.t_occ, condition.t_end + 1};
  }
  return {};
}

BallDecoding DecodeBall(const FrameArray& states, std::span<const Condition> conditions,
                        const BallDecodingOptions& options) {
  CheckShapes(states, conditions);
  const metrics::Folds division = DivideConditions(states.conditions, options);
  std::array<std::vector<double>, 2> truth, predicted;
  for (int fold = 0; fold < options.folds; ++fold) {
    const metrics::Split split = metrics::SplitOf(division, fold);
    const Samples train = Collect(states, conditions, split.train, options.train);
    const Samples test = Collect(states, conditions, split.test, options.test);
    const MatrixXd prediction = metrics::Predict(metrics::FitOls(train.states, train.ball), test.states);
    for (int axis = 0; axis < 2; ++axis)
      for (Eigen::Index row = 0; row < prediction.rows(); ++row) {
        truth[axis].push_back(test.ball(row, axis));
        predicted[axis].push_back(prediction(row, axis));
      }
  }
  BallDecoding result{.conditions = states.conditions, .frames = static_cast<int>(truth[0].size())};
  for (int axis = 0; axis < 2; ++axis) {
    const Eigen::Map<const VectorXd> y(truth[axis].data(), result.frames), p(predicted[axis].data(), result.frames);
    result.mae += (y - p).cwiseAbs().mean() / 2;
    result.rmse_deg += DegreesOfLength(std::sqrt((y - p).squaredNorm() / result.frames)) / 2;
    result.r += metrics::Pearson(truth[axis], predicted[axis]) / 2;
    result.nse += metrics::NormalizedSquaredError(truth[axis], predicted[axis]) / 2;
  }
  result.mae_deg = DegreesOfLength(result.mae);
  return result;
}

namespace {

MatrixXd Rows(const MatrixXd& x, const std::vector<int>& rows) { return x(rows, Eigen::all); }

// Predictions of each row of y by a map fitted to the leading principal components of the other folds' rows.
MatrixXd PredictFromComponents(const MatrixXd& x, const MatrixXd& y, const metrics::Folds& division, int components) {
  MatrixXd predicted(y.rows(), y.cols());
  for (const metrics::Split& split : metrics::SplitsOf(division)) {
    MatrixXd train = Rows(x, split.train), test = Rows(x, split.test);
    const Eigen::Index most = std::min({static_cast<Eigen::Index>(components), train.rows(), train.cols()});
    const metrics::Pca pca = metrics::FitPca(train, static_cast<int>(most));
    train = metrics::Transform(pca, train), test = metrics::Transform(pca, test);
    predicted(split.test, Eigen::all) = metrics::Predict(metrics::FitOls(train, Rows(y, split.train)), test);
  }
  return predicted;
}

}  // namespace

EndpointCourse DecodeEndpoint(const FrameArray& states, std::span<const Condition> conditions, int folds,
                              int components, uint64_t seed, int smallest) {
  CheckShapes(states, conditions);
  base::Rng rng({seed, base::KeyOf("endpoint_course")});
  EndpointCourse course;
  int last = 0;
  for (const Condition& condition : conditions) last = std::max(last, condition.t_end);
  for (int t = 0; t <= last; ++t) {
    std::vector<int> running;
    for (int c = 0; c < states.conditions; ++c)
      if (conditions[c].t_end >= t) running.push_back(c);
    const int n = static_cast<int>(running.size());
    course.time_s.push_back(t / kBallRate_hz);
    course.conditions.push_back(n);
    course.mae_deg.push_back(kNaN), course.r.push_back(kNaN);
    if (n < std::max(smallest, folds)) continue;
    MatrixXd x(n, states.channels);
    VectorXd y(n);
    for (int i = 0; i < n; ++i) x.row(i) = StateAt(states, running[i], t), y(i) = conditions[running[i]].y_f;
    base::Rng draw = rng.Split(t);
    const metrics::Folds division = metrics::ShuffledFolds(n, folds, draw);
    const VectorXd predicted = components > 0 ? PredictFromComponents(x, y, division, components)
                                              : metrics::PredictHeldOut(x, y, std::span(&division, 1)).front();
    course.mae_deg.back() = DegreesOfLength((predicted - y).cwiseAbs().mean());
    course.r.back() = metrics::Pearson({y.data(), static_cast<size_t>(n)}, {predicted.data(), static_cast<size_t>(n)});
  }
  return course;
}

StateGeometry MeasureGeometry(const FrameArray& states, std::span<const Condition> conditions, Epoch epoch) {
  CheckShapes(states, conditions);
  std::vector<int> all(conditions.size());
  std::iota(all.begin(), all.end(), 0);
  const Samples samples = Collect(states, conditions, all, epoch);
  const MatrixXd centred = samples.states.rowwise() - samples.states.colwise().mean();
  const VectorXd eigenvalues =
      Eigen::SelfAdjointEigenSolver<MatrixXd>(centred.transpose() * centred, Eigen::EigenvaluesOnly).eigenvalues();

  StateGeometry result;
  result.participation_ratio = metrics::ParticipationRatio(eigenvalues);
  for (const int c : all) {
    const FrameRange range = FramesOf(conditions[c], epoch);
    double norm = 0, speed = 0, curvature = 0;
    for (int t = range.first; t < range.end; ++t) {
      const Eigen::RowVectorXd here = StateAt(states, c, t);
      norm += here.norm();
      if (t > range.first) speed += (here - StateAt(states, c, t - 1)).norm();
      if (t > range.first + 1)
        curvature += (here - 2 * StateAt(states, c, t - 1) + StateAt(states, c, t - 2)).norm();
    }
    const int n = range.end - range.first;
    result.relative_speed += speed / (n - 1) / (norm / n);
    result.relative_curvature += curvature / (n - 2) / (norm / n);
  }
  result.relative_speed /= states.conditions;
  result.relative_curvature /= states.conditions;
  return result;
}

namespace {

// Share of the variance of y (both columns) that is predicted from x, see DecodeVelocity.
double CrossValidatedR2(const MatrixXd& x, const MatrixXd& y, const std::vector<int>& groups, int folds, int repeats,
                        const base::Rng& rng) {
  const MatrixXd centred = y.rowwise() - y.colwise().mean();
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(centred.transpose() * centred);
  const MatrixXd rotated = centred * eigen.eigenvectors();
  std::vector<metrics::Folds> divisions;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    base::Rng draw = rng.Split(repeat);
    divisions.push_back(metrics::GroupedFolds(groups, folds, draw));
  }
  VectorXd r = VectorXd::Zero(rotated.cols());
  for (const MatrixXd& predicted : metrics::PredictHeldOut(x, rotated, divisions))
    r += metrics::PearsonByColumn(rotated, predicted) / repeats;
  double r2 = 0;
  for (Eigen::Index axis = 0; axis < rotated.cols(); ++axis) {
    // Along an axis without variance there is nothing to predict and r is undefined.
    const double weight = eigen.eigenvalues()(axis) / eigen.eigenvalues().sum();
    if (weight > 0 && std::isfinite(r(axis))) r2 += weight * r(axis) * r(axis);
  }
  return r2;
}

}  // namespace

VelocityDecoding DecodeVelocity(const FrameArray& states, std::span<const Condition> conditions,
                                const VelocityDecodingOptions& options) {
  constexpr int kFewestConditions = 5;
  CheckShapes(states, conditions);
  std::vector<int> all(conditions.size());
  std::iota(all.begin(), all.end(), 0);
  const Samples samples = Collect(states, conditions, all, options.epoch);
  const base::Rng rng({options.seed, base::KeyOf("velocity_decoding")});

  // Frames by the cell they lie in; a region is a square of 2 * half_width cells.
  std::map<std::pair<int, int>, std::vector<int>> cells;
  const double cell_size = kFrameSize / options.bins;
  for (Eigen::Index row = 0; row < samples.ball.rows(); ++row)
    cells[{static_cast<int>(std::floor(samples.ball(row, 0) / cell_size)),
           static_cast<int>(std::floor(samples.ball(row, 1) / cell_size))}].push_back(static_cast<int>(row));

  VelocityDecoding result;
  for (int ix = 0; ix < options.bins; ++ix)
    for (int iy = 0; iy < options.bins; ++iy) {
      std::vector<int> rows;
      for (int i = ix - options.half_width_bins; i < ix + options.half_width_bins; ++i)
        for (int j = iy - options.half_width_bins; j < iy + options.half_width_bins; ++j)
          if (const auto found = cells.find({i, j}); found != cells.end())
            rows.insert(rows.end(), found->second.begin(), found->second.end());
      std::sort(rows.begin(), rows.end());
      std::vector<int> groups;
      for (const int row : rows) groups.push_back(samples.row_condition[row]);
      const int distinct = static_cast<int>(std::set<int>(groups.begin(), groups.end()).size());
      if (static_cast<int>(rows.size()) < options.folds || distinct < kFewestConditions) continue;
      result.r2 += CrossValidatedR2(Rows(samples.states, rows), Rows(samples.velocity, rows), groups,
                                    std::min(options.folds, distinct), options.repeats, rng.Split(ix).Split(iy));
      ++result.regions;
    }
  result.r2 = result.regions ? result.r2 / result.regions : kNaN;
  return result;
}

}  // namespace figment::pong
