#include "pong/neural_similarity.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/random.h"
#include "metrics/representation.h"
#include "pong/geometry.h"
#include "pong/response_reduction.h"

namespace figment::pong {
namespace {

// States of one epoch: model, neurons and the ball, [states, channels] each.
struct States {
  std::vector<int> condition;
  Eigen::MatrixXd model, ball;
  Sides neurons;
};

const std::vector<std::string> kPosition = {"position"};

// --- The grid of frames

// The bins of a condition's trial spread evenly over its frames 0 .. t_end: place of frame k among the bins.
struct FramePlaces {
  std::vector<int> condition, frame;
  std::vector<int> bin;        // at or before the frame
  std::vector<double> weight;  // of the next bin
};

FramePlaces PlaceFrames(const Responses& responses, Epoch epoch) {
  FramePlaces places;
  for (int c = 0; c < kDmfcConditions; ++c) {
    const Condition& condition = PublishedTrials()[static_cast<size_t>(c)];
    const auto mask = responses.masks.whole.begin() + c * kDmfcBins;
    const int first = static_cast<int>(std::find(mask, mask + kDmfcBins, 1) - mask);
    const int bins = static_cast<int>(std::count(mask, mask + kDmfcBins, 1));
    const FrameRange range = FramesOf(condition, epoch);
    for (int frame = range.first; frame < range.end; ++frame) {
      const double place = static_cast<double>(frame) / condition.t_end * (bins - 1);
      const int before = std::min(static_cast<int>(place), bins - 2);
      places.condition.push_back(c), places.frame.push_back(frame);
      places.bin.push_back(first + before), places.weight.push_back(place - before);
    }
  }
  return places;
}

Eigen::MatrixXd AtFrames(const Responses& r, const std::vector<float>& rates, const FramePlaces& places) {
  const auto states = static_cast<Eigen::Index>(places.bin.size());
  Eigen::MatrixXd out(states, r.units);
  for (int unit = 0; unit < r.units; ++unit)
    for (Eigen::Index i = 0; i < states; ++i) {
      const auto p = static_cast<size_t>(i);
      const double before = r.At(rates, unit, places.condition[p], places.bin[p]);
      const double after = r.At(rates, unit, places.condition[p], places.bin[p] + 1);
      out(i, unit) = before + places.weight[p] * (after - before);
    }
  return out;
}

Eigen::MatrixXd AtFrames(const Features& features, const FramePlaces& places) {
  constexpr double kFrame_ms = 1000 / kBallRate_hz;
  if (std::abs(features.dt_ms - kFrame_ms) > 0.01)
    throw base::Error(features.name + ": frames last " + std::to_string(features.dt_ms) +
                      " ms; states are compared on the ball's frames of 41.6667 ms. Use --grid bins");
  Eigen::MatrixXd out(static_cast<Eigen::Index>(places.frame.size()), features.array.channels);
  for (size_t i = 0; i < places.frame.size(); ++i) {
    if (places.frame[i] >= features.array.frames)
      throw base::Error(features.name + ": " + std::to_string(features.array.frames) +
                        " frames are too few for condition " + std::to_string(places.condition[i]));
    const auto values = features.array.At(places.condition[i], places.frame[i]);
    const auto row = Eigen::Map<const Eigen::RowVectorXf>(values.data(), out.cols()).cast<double>();
    if (!row.array().isFinite().all())
      throw base::Error(features.name + ": features of condition " + std::to_string(places.condition[i]) +
                        " are not finite (NaN) in frame " + std::to_string(places.frame[i]));
    out.row(static_cast<Eigen::Index>(i)) = row;
  }
  return out;
}

States MakeStates(const Features& features, const Responses& responses, Epoch epoch, StateGrid grid) {
  const Features ball = OracleFeatures(kPosition);
  if (grid == StateGrid::kBins) {
    const BinRows rows = RowsOf(responses.masks.Of(epoch));
    return {rows.condition, AtBins(features, rows), AtBins(ball, rows), SidesAt(responses, rows)};
  }
  const FramePlaces places = PlaceFrames(responses, epoch);
  return {places.condition, AtFrames(features, places), AtFrames(ball, places),
          {AtFrames(responses, responses.full, places), AtFrames(responses, responses.half1, places),
           AtFrames(responses, responses.half2, places)}};
}

// --- Comparison

metrics::Triangle DistancesOf(const Eigen::MatrixXd& states, Dissimilarity dissimilarity) {
  return dissimilarity == Dissimilarity::kEuclidean ? metrics::EuclideanDistances(states)
                                                    : metrics::CorrelationDistances(states);
}

// Adds the comparison of these states to the score's sums.
void Compare(const Eigen::MatrixXd& model, const Eigen::MatrixXd& ball, const Sides& neurons,
             const SimilarityOptions& options, SimilarityScore* score) {
  const metrics::Triangle model_distances = DistancesOf(model, options.dissimilarity);
  const metrics::Triangle full = DistancesOf(neurons.full, options.dissimilarity);
  const metrics::Triangle half1 = DistancesOf(neurons.half1, options.dissimilarity);
  const metrics::Triangle half2 = DistancesOf(neurons.half2, options.dissimilarity);
  const metrics::CorrectedSimilarity plain =
      metrics::CompareWithData(model_distances, full, half1, half2, options.correlation);
  const metrics::Triangle ball_distances = metrics::EuclideanDistances(ball);
  const metrics::CorrectedSimilarity partial =
      metrics::CompareWithData(model_distances, full, half1, half2, options.correlation, &ball_distances);
  score->pairs += plain.pairs, score->dropped += plain.dropped;
  score->r += plain.r, score->r_halves += plain.r_halves;
  score->r_xy_n += plain.cross_half, score->r_xy_n_sb += plain.spearman_brown;
  score->partial_r += partial.r, score->partial_r_xy_n += partial.cross_half;
  score->partial_r_xy_n_sb += partial.spearman_brown;
}

Eigen::MatrixXd RowsAt(const Eigen::MatrixXd& matrix, const std::vector<int>& rows) {
  return matrix(rows, Eigen::all);
}

Sides RowsAt(const Sides& sides, const std::vector<int>& rows) {
  return {RowsAt(sides.full, rows), RowsAt(sides.half1, rows), RowsAt(sides.half2, rows)};
}

void CompareInFolds(const States& states, const SimilarityOptions& options, SimilarityScore* score) {
  base::Rng rng({options.seed, base::KeyOf("neural folds")});
  const auto splits = metrics::SplitsOf(metrics::GroupedFolds(states.condition, options.folds, rng));
  for (const metrics::Split& split : splits) {
    Sides train = RowsAt(states.neurons, split.train), test = RowsAt(states.neurons, split.test);
    ReduceResponses({options.reduction, options.factors}, &train, &test);
    Compare(RowsAt(states.model, split.test), RowsAt(states.ball, split.test), test, options, score);
  }
  const double folds = static_cast<double>(splits.size());
  for (double* value : {&score->r, &score->r_halves, &score->r_xy_n, &score->r_xy_n_sb, &score->partial_r,
                        &score->partial_r_xy_n, &score->partial_r_xy_n_sb})
    *value /= folds;
}

SimilarityScore ScoreOne(const Features& features, const Responses& responses, Epoch epoch,
                         const SimilarityOptions& options) {
  States states = MakeStates(features, responses, epoch, options.grid);
  SimilarityScore score{.units = responses.units, .states = static_cast<int>(states.condition.size())};
  if (options.reduction == Reduction::kNone) {
    Compare(states.model, states.ball, states.neurons, options, &score);
  } else if (options.factors_on_all) {
    Sides same = states.neurons;
    ReduceResponses({options.reduction, options.factors}, &states.neurons, &same);
    Compare(states.model, states.ball, states.neurons, options, &score);
  } else {
    CompareInFolds(states, options, &score);
  }
  return score;
}

// All units, then, if there are several animals, each by itself.
template <class Visit>
void ForEachPopulation(const Responses& responses, const Visit& visit) {
  visit("all", responses);
  if (responses.animals.size() < 2) return;
  for (size_t animal = 0; animal < responses.animals.size(); ++animal)
    if (const Responses part = OfAnimal(responses, static_cast<int>(animal)); part.units > 0)
      visit(responses.animals[animal], part);
}

}  // namespace

std::vector<SimilarityScore> ScoreSimilarity(const Features& features, const Responses& responses,
                                             const SimilarityOptions& options) {
  std::vector<SimilarityScore> scores;
  for (const Epoch epoch : options.epochs)
    ForEachPopulation(responses, [&](const std::string& name, const Responses& part) {
      // An animal may have fewer units than factors; that all have is the caller's mistake.
      if (name != "all" && options.reduction != Reduction::kNone && part.units < options.factors) return;
      scores.push_back(ScoreOne(features, part, epoch, options));
      scores.back().epoch = NameOf(epoch), scores.back().population = name;
    });
  return scores;
}

std::vector<AlignmentScore> ScoreAlignment(const Features& features, const Responses& responses,
                                           std::span<const Epoch> epochs) {
  std::vector<AlignmentScore> scores;
  for (const Epoch epoch : epochs) {
    const BinRows rows = RowsOf(responses.masks.Of(epoch));
    const Eigen::MatrixXd x = AtBins(features, rows);
    ForEachPopulation(responses, [&](const std::string& name, const Responses& part) {
      const Eigen::MatrixXd y = AtRows(part, part.full, rows);
      scores.push_back({NameOf(epoch), name, part.units, rows.size(), metrics::LinearCka(x, y),
                        metrics::LinearCkaUnbiased(x, y)});
    });
  }
  return scores;
}

}  // namespace figment::pong
