#include "pong/neural_score.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "base/check.h"
#include "base/error.h"
#include "base/random.h"
#include "metrics/quantiles.h"
#include "metrics/reliability.h"
#include "metrics/split_file.h"
#include "pong/regression_maps.h"

namespace figment::pong {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// --- Rows

Eigen::MatrixXd Rows(const Eigen::MatrixXd& matrix, std::span<const int> rows) {
  Eigen::MatrixXd part(static_cast<Eigen::Index>(rows.size()), matrix.cols());
  for (size_t i = 0; i < rows.size(); ++i) part.row(static_cast<Eigen::Index>(i)) = matrix.row(rows[i]);
  return part;
}

Sides Rows(const Sides& sides, std::span<const int> rows) {
  if (!sides.has_halves()) return {.full = Rows(sides.full, rows)};
  return {Rows(sides.full, rows), Rows(sides.half1, rows), Rows(sides.half2, rows)};
}

// --- One fold

// Predictions of the test rows from all trials and from the halves.
std::vector<Eigen::MatrixXd> PredictAll(const Sides& x_train, const Sides& y_train, const Sides& x_test,
                                        std::span<const int> groups, const FitOptions& options) {
  const RegressionMap& map = FindRegressionMap(options.map);
  const std::array<Eigen::MatrixXd, 3> targets = {y_train.full, y_train.half1, y_train.half2};
  if (!x_train.has_halves())
    return map.fit({x_train.full, x_test.full, targets, groups, options.components});
  // A noisy source: the map of a half goes from that half to that half.
  const std::array<const Eigen::MatrixXd*, 3> train = {&x_train.full, &x_train.half1, &x_train.half2};
  const std::array<const Eigen::MatrixXd*, 3> test = {&x_test.full, &x_test.half1, &x_test.half2};
  std::vector<Eigen::MatrixXd> predictions;
  for (size_t i = 0; i < 3; ++i)
    predictions.push_back(
        map.fit({*train[i], *test[i], std::span(targets).subspan(i, 1), groups, options.components}).front());
  return predictions;
}

double StandardError(const Eigen::VectorXd& values) {
  double n = 0, sum = 0, squares = 0;
  for (const double value : values)
    if (std::isfinite(value)) n += 1, sum += value, squares += value * value;
  return n > 1 ? std::sqrt(std::max(0.0, (squares - sum * sum / n) / (n - 1)) / n) : kNaN;
}

std::vector<double> SelectFinite(const Eigen::VectorXd& values, std::span<const int> units) {
  std::vector<double> selected;
  for (const int unit : units)
    if (std::isfinite(values[unit])) selected.push_back(values[unit]);
  return selected;
}

Eigen::VectorXd Select(const Eigen::VectorXd& values, std::span<const int> units) {
  Eigen::VectorXd selected(static_cast<Eigen::Index>(units.size()));
  for (size_t i = 0; i < units.size(); ++i) selected[static_cast<Eigen::Index>(i)] = values[units[i]];
  return selected;
}

}  // namespace

Sides SidesAt(const Responses& responses, const BinRows& rows) {
  return {AtRows(responses, responses.full, rows), AtRows(responses, responses.half1, rows),
          AtRows(responses, responses.half2, rows)};
}

// --- CrossValidation

CrossValidation::CrossValidation(const Sides& x, const Sides& y, const BinRows& rows,
                                 std::span<const metrics::Split> splits, const FitOptions& options, bool leaky) {
  CHECK_EQ(x.full.rows(), y.full.rows());
  CHECK(y.has_halves());
  for (const metrics::Split& split : splits) {
    Sides x_train = Rows(x, split.train), x_test = Rows(x, split.test);
    Sides y_train = Rows(y, split.train), y_test = Rows(y, split.test);
    ReduceResponses(options.reduction, &y_train, &y_test);
    if (x.has_halves()) ReduceResponses(options.reduction, &x_train, &x_test);
    std::vector<int> groups;
    for (const int row : split.train) groups.push_back(leaky ? row : rows.condition[static_cast<size_t>(row)]);
    const std::vector<Eigen::MatrixXd> predictions = PredictAll(x_train, y_train, x_test, groups, options);
    units_ = static_cast<int>(y_test.full.cols());
    const Eigen::MatrixXd* responses[] = {&y_test.full, &y_test.half1, &y_test.half2};
    splits_.emplace_back();
    Add(predictions, responses, rows, split.test, &splits_.back());
  }
}

void CrossValidation::Add(const std::vector<Eigen::MatrixXd>& predictions, const Eigen::MatrixXd* responses[3],
                          const BinRows& rows, std::span<const int> test, SplitMoments* split) const {
  std::map<int, size_t> places;
  for (const int row : test) places.emplace(rows.condition[static_cast<size_t>(row)], 0);
  for (auto& [condition, place] : places) place = split->conditions.size(), split->conditions.push_back(condition);
  std::vector<size_t> place_of_row;
  for (const int row : test) place_of_row.push_back(places.at(rows.condition[static_cast<size_t>(row)]));

  const size_t conditions = split->conditions.size();
  split->moments.resize(static_cast<size_t>(units_) * kPairs * conditions);
  const std::array<std::pair<const Eigen::MatrixXd*, const Eigen::MatrixXd*>, kPairs> pairs = {
      {{&predictions[0], responses[0]}, {&predictions[1], &predictions[2]}, {responses[1], responses[2]}}};
  for (int unit = 0; unit < units_; ++unit) {
    for (size_t pair = 0; pair < kPairs; ++pair) {
      const auto a = pairs[pair].first->col(unit), b = pairs[pair].second->col(unit);
      const double a_mean = a.mean(), b_mean = b.mean();
      metrics::Moments* moments = &split->moments[(static_cast<size_t>(unit) * kPairs + pair) * conditions];
      for (size_t i = 0; i < place_of_row.size(); ++i) {
        const auto row = static_cast<Eigen::Index>(i);
        moments[place_of_row[i]].Add(a[row] - a_mean, b[row] - b_mean);
      }
    }
  }
}

double CrossValidation::R(const SplitMoments& split, int unit, Pair pair, std::span<const double> times,
                          metrics::Undefined* undefined) const {
  const size_t conditions = split.conditions.size();
  const metrics::Moments* moments = &split.moments[(static_cast<size_t>(unit) * kPairs + pair) * conditions];
  metrics::Moments sum;
  for (size_t i = 0; i < conditions; ++i)
    sum.Add(moments[i], times.empty() ? 1 : times[static_cast<size_t>(split.conditions[i])]);
  return metrics::Pearson(sum, undefined);
}

CrossValidation::Corrected CrossValidation::CorrectedScore(int unit, std::span<const double> times) const {
  std::array<double, kPairs> sums = {}, defined = {};
  double corrected = 0, corrected_splits = 0;
  for (const SplitMoments& split : splits_) {
    std::array<double, kPairs> r;
    for (const Pair pair : {kXY, kXX, kYY}) {
      r[pair] = R(split, unit, pair, times);
      if (std::isfinite(r[pair])) sums[pair] += r[pair], defined[pair] += 1;
    }
    const double value = metrics::NoiseCorrectedRegression(r[kXY], r[kXX], r[kYY]);
    if (std::isfinite(value)) corrected += value, corrected_splits += 1;
  }
  const auto mean = [&](Pair pair) { return defined[pair] > 0 ? sums[pair] / defined[pair] : kNaN; };
  return {corrected_splits > 0 ? corrected / corrected_splits : kNaN,
          metrics::NoiseCorrectedRegression(mean(kXY), mean(kXX), mean(kYY))};
}

CrossValidation::UnitScores CrossValidation::Score(std::span<const double> times) const {
  UnitScores scores;
  for (auto* list : {&scores.r_xy, &scores.r_xx, &scores.r_yy, &scores.corrected, &scores.corrected_of_means,
                     &scores.ceiling_half, &scores.ceiling_sb})
    list->setConstant(units_, kNaN);
  for (int unit = 0; unit < units_; ++unit) {
    std::array<double, kPairs> sums = {}, defined = {};
    double corrected = 0, corrected_splits = 0;
    for (const SplitMoments& split : splits_) {
      std::array<double, kPairs> r;
      for (const Pair pair : {kXY, kXX, kYY}) {
        r[pair] = R(split, unit, pair, times, &scores.undefined);
        if (std::isfinite(r[pair])) sums[pair] += r[pair], defined[pair] += 1;
      }
      const double value = metrics::NoiseCorrectedRegression(r[kXY], r[kXX], r[kYY]);
      if (std::isfinite(value)) corrected += value, corrected_splits += 1;
      else ++scores.undefined_splits;
    }
    const auto mean = [&](Pair pair) { return defined[pair] > 0 ? sums[pair] / defined[pair] : kNaN; };
    scores.r_xy[unit] = mean(kXY), scores.r_xx[unit] = mean(kXX), scores.r_yy[unit] = mean(kYY);
    if (corrected_splits > 0) scores.corrected[unit] = corrected / corrected_splits;
    scores.corrected_of_means[unit] = metrics::NoiseCorrectedRegression(mean(kXY), mean(kXX), mean(kYY));
    if (mean(kYY) > 0) {
      scores.ceiling_half[unit] = std::sqrt(mean(kYY));
      scores.ceiling_sb[unit] = std::sqrt(metrics::SpearmanBrown(mean(kYY)));
    }
  }
  return scores;
}

// --- Splits

std::vector<metrics::Split> SplitRows(const BinRows& rows, const NeuralScoreOptions& options) {
  if (options.leaky_rows) {
    constexpr double kTrainShare = 0.8;
    std::vector<metrics::Split> splits;
    for (uint32_t seed = 0; seed < 5; ++seed)
      splits.push_back(metrics::PermutationSplit(rows.size(), kTrainShare, seed));
    return splits;
  }
  base::Rng rng({options.seed, base::KeyOf("neural folds")});
  return metrics::SplitsOf(metrics::GroupedFolds(rows.condition, options.folds, rng));
}

// --- Scores

namespace {

// The units of a population, and the animal that each one counts as in the bootstrap.
struct Population {
  std::string name;
  std::vector<int> units, animal;
};

std::vector<Population> PopulationsOf(const Responses& responses) {
  Population all{.name = "all"};
  std::vector<Population> animals;
  for (const std::string& name : responses.animals) animals.push_back({.name = name});
  for (int unit = 0; unit < responses.units; ++unit) {
    const int animal = responses.animal[static_cast<size_t>(unit)];
    for (Population* population : {&all, &animals[static_cast<size_t>(animal)]})
      population->units.push_back(unit), population->animal.push_back(animal);
  }
  std::vector<Population> populations = {all};
  if (animals.size() > 1)
    for (const Population& animal : animals)
      if (!animal.units.empty()) populations.push_back(animal);
  return populations;
}

double MedianOfFinite(std::vector<double> values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  return metrics::Median(std::move(values));
}

// Both orders of averaging over the same resamples.
void Bootstrap(const CrossValidation& fit, const Population& population, const NeuralScoreOptions& options,
               PopulationScore* summary) {
  base::Rng rng({options.seed, base::KeyOf("neural bootstrap"), base::KeyOf(population.name)});
  std::vector<double> medians_of_means;
  const auto statistic = [&](const metrics::HierarchicalSample& sample) {
    // A unit that was drawn several times is computed once.
    std::map<int, size_t> drawn;
    for (const int place : sample.units) ++drawn[population.units[static_cast<size_t>(place)]];
    std::vector<double> per_split, of_means;
    for (const auto& [unit, times] : drawn) {
      const CrossValidation::Corrected score = fit.CorrectedScore(unit, sample.condition_times);
      per_split.insert(per_split.end(), times, score.per_split);
      of_means.insert(of_means.end(), times, score.of_means);
    }
    medians_of_means.push_back(MedianOfFinite(std::move(of_means)));
    return MedianOfFinite(std::move(per_split));
  };
  summary->interval = summary->interval_of_means = {kNaN, kNaN};
  if (options.bootstrap == 0) return;
  summary->interval = metrics::HierarchicalBootstrapInterval(population.animal, kDmfcConditions, statistic, rng,
                                                             {.resamples = options.bootstrap});
  std::erase_if(medians_of_means, [](double value) { return !std::isfinite(value); });
  summary->interval_of_means = {metrics::Quantile(medians_of_means, 0.025), metrics::Quantile(medians_of_means, 0.975)};
}

// Per unit, how well the other animals' units predict it: r_xy and r_xy_n_sb.
struct OtherAnimals {
  Eigen::VectorXd r_xy, corrected;
};

OtherAnimals PredictFromOtherAnimals(const Responses& responses, const Sides& y, const BinRows& rows,
                                     std::span<const metrics::Split> splits, const NeuralScoreOptions& options) {
  OtherAnimals out{Eigen::VectorXd::Constant(responses.units, kNaN), Eigen::VectorXd::Constant(responses.units, kNaN)};
  for (int animal = 0; animal < static_cast<int>(responses.animals.size()); ++animal) {
    std::vector<int> own, others;
    for (int unit = 0; unit < responses.units; ++unit)
      (responses.animal[static_cast<size_t>(unit)] == animal ? own : others).push_back(unit);
    if (own.empty() || others.empty()) continue;
    const auto columns = [](const Sides& sides, const std::vector<int>& units) {
      return Sides{sides.full(Eigen::all, units), sides.half1(Eigen::all, units), sides.half2(Eigen::all, units)};
    };
    const CrossValidation fit(columns(y, others), columns(y, own), rows, splits, options.fit, options.leaky_rows);
    const CrossValidation::UnitScores scores = fit.Score();
    for (size_t i = 0; i < own.size(); ++i) {
      out.r_xy[own[i]] = scores.r_xy[static_cast<Eigen::Index>(i)];
      out.corrected[own[i]] = scores.corrected[static_cast<Eigen::Index>(i)];
    }
  }
  return out;
}

PopulationScore Summarize(const CrossValidation& fit, const CrossValidation::UnitScores& scores,
                          const Population& population, const NeuralScoreOptions& options) {
  const auto median = [&](const Eigen::VectorXd& values) {
    return metrics::Median(SelectFinite(values, population.units));
  };
  PopulationScore summary{.population = population.name, .units = static_cast<int>(population.units.size())};
  summary.undefined_units =
      summary.units - static_cast<int>(SelectFinite(scores.corrected, population.units).size());
  summary.r_xy = median(scores.r_xy), summary.r_xx = median(scores.r_xx), summary.r_yy = median(scores.r_yy);
  summary.corrected = median(scores.corrected);
  summary.corrected_of_means = median(scores.corrected_of_means);
  summary.sem = StandardError(Select(scores.corrected, population.units));
  summary.ceiling_half = median(scores.ceiling_half), summary.ceiling_sb = median(scores.ceiling_sb);
  summary.ceiling_animal = summary.ceiling_animal_corrected = kNaN;
  Bootstrap(fit, population, options, &summary);
  return summary;
}

// One epoch, units as they are: one fit for all units, summarised for all and by animal.
void ScoreUnits(const Features& features, const Responses& responses, const BinRows& rows,
                std::span<const metrics::Split> splits, const NeuralScoreOptions& options, const std::string& epoch,
                NeuralScore* result) {
  const Sides y = SidesAt(responses, rows);
  const CrossValidation fit({.full = AtBins(features, rows)}, y, rows, splits, options.fit, options.leaky_rows);
  const CrossValidation::UnitScores scores = fit.Score();
  OtherAnimals others{Eigen::VectorXd::Constant(responses.units, kNaN),
                      Eigen::VectorXd::Constant(responses.units, kNaN)};
  if (options.other_animal && responses.animals.size() > 1)
    others = PredictFromOtherAnimals(responses, y, rows, splits, options);
  for (const Population& population : PopulationsOf(responses)) {
    PopulationScore summary = Summarize(fit, scores, population, options);
    summary.epoch = epoch, summary.rows = rows.size();
    summary.ceiling_animal = metrics::Median(SelectFinite(others.r_xy, population.units));
    summary.ceiling_animal_corrected = metrics::Median(SelectFinite(others.corrected, population.units));
    result->populations.push_back(summary);
  }
  for (int unit = 0; unit < responses.units; ++unit)
    result->units.push_back({epoch, unit, scores.r_xy[unit], scores.r_xx[unit], scores.r_yy[unit],
                             scores.corrected[unit], scores.corrected_of_means[unit], scores.ceiling_half[unit],
                             scores.ceiling_sb[unit], others.r_xy[unit]});
}

// Reduced responses have no animals: each population is reduced and fitted by itself.
void ScoreFactors(const Features& features, const Responses& responses, const BinRows& rows,
                  std::span<const metrics::Split> splits, const NeuralScoreOptions& options, const std::string& epoch,
                  NeuralScore* result) {
  const Eigen::MatrixXd x = AtBins(features, rows);
  const std::vector<Population> populations = PopulationsOf(responses);
  for (size_t p = 0; p < populations.size(); ++p) {
    const Population& units = populations[p];
    // That an animal has fewer units than factors may be; that all have is a mistake, which the reduction names.
    if (p > 0 && options.fit.reduction.factors > static_cast<int>(units.units.size())) {
      result->notes.push_back(units.name + " has fewer units than factors: left out");
      continue;
    }
    const Sides all = SidesAt(responses, rows);
    const Sides y = {all.full(Eigen::all, units.units), all.half1(Eigen::all, units.units),
                     all.half2(Eigen::all, units.units)};
    const CrossValidation fit({.full = x}, y, rows, splits, options.fit, options.leaky_rows);
    const CrossValidation::UnitScores scores = fit.Score();
    Population factors{.name = units.name};
    for (int factor = 0; factor < fit.units(); ++factor) factors.units.push_back(factor), factors.animal.push_back(0);
    PopulationScore summary = Summarize(fit, scores, factors, options);
    summary.epoch = epoch, summary.rows = rows.size();
    result->populations.push_back(summary);
    if (p > 0) continue;
    for (int factor = 0; factor < fit.units(); ++factor)
      result->units.push_back({epoch, factor, scores.r_xy[factor], scores.r_xx[factor], scores.r_yy[factor],
                               scores.corrected[factor], scores.corrected_of_means[factor],
                               scores.ceiling_half[factor], scores.ceiling_sb[factor], kNaN});
  }
}

}  // namespace

NeuralScore ScoreNeurons(const Features& features, const Responses& responses, const NeuralScoreOptions& options) {
  FindRegressionMap(options.fit.map);
  NeuralScore result;
  for (const Epoch epoch : options.epochs) {
    const BinRows rows = RowsOf(responses.masks.Of(epoch));
    const std::vector<metrics::Split> splits = SplitRows(rows, options);
    result.split_ids.push_back(metrics::SplitsId(splits));
    const bool reduced = options.fit.reduction.reduction != Reduction::kNone;
    (reduced ? ScoreFactors : ScoreUnits)(features, responses, rows, splits, options, NameOf(epoch), &result);
  }
  if (options.leaky_rows)
    result.notes.push_back("LEAKY: rows of one condition lie on both sides of a split; scores are inflated by the "
                           "smoothness of features and responses in time");
  return result;
}

// --- Nulls

Features WithPermutedConditions(const Features& features, uint64_t seed) {
  std::vector<int> order(static_cast<size_t>(features.array.conditions));
  std::iota(order.begin(), order.end(), 0);
  base::Rng rng({seed, base::KeyOf("permuted conditions")});
  rng.Shuffle(order);
  Features permuted = features;
  permuted.name += ", conditions permuted";
  const size_t channels = static_cast<size_t>(features.array.channels);
  for (int c = 0; c < features.array.conditions; ++c) {
    std::vector<float> last(channels, std::numeric_limits<float>::quiet_NaN());
    for (int frame = 0; frame < features.array.frames; ++frame) {
      const std::span<const float> from = features.array.At(order[static_cast<size_t>(c)], frame);
      if (std::all_of(from.begin(), from.end(), [](float value) { return std::isfinite(value); }))
        last.assign(from.begin(), from.end());
      std::copy(last.begin(), last.end(),
                permuted.array.values.begin() +
                    static_cast<std::ptrdiff_t>((static_cast<size_t>(c) * features.array.frames + frame) * channels));
    }
  }
  return permuted;
}

const char* NameOf(Epoch epoch) {
  return epoch == Epoch::kWhole ? "whole" : epoch == Epoch::kVisible ? "visible" : "occluded";
}

std::vector<Epoch> ParseEpochs(const std::string& name) {
  const std::vector<Epoch> all = {Epoch::kVisible, Epoch::kOccluded, Epoch::kWhole};
  if (name == "all") return all;
  std::vector<std::string> names = {"all"};
  for (const Epoch epoch : all) {
    if (name == NameOf(epoch)) return {epoch};
    names.push_back(NameOf(epoch));
  }
  throw base::UnknownName("epoch", name, names);
}

}  // namespace figment::pong
