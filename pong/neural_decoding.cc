#include "pong/neural_decoding.h"

#include <array>
#include <cmath>
#include <functional>

#include "base/error.h"
#include "base/numpy_random.h"
#include "metrics/correlation.h"
#include "metrics/linear_map.h"
#include "pong/geometry.h"

namespace figment::pong {
namespace {

constexpr std::array<const char*, 5> kTargets = {"x", "y", "dx", "dy", "y_f"};

// The ball at the rows in degrees: [rows, 5], in the order of kTargets.
Eigen::MatrixXd TargetsAt(const BinRows& rows) {
  const std::vector<std::string> all = {"position", "velocity", "endpoint"};
  Eigen::MatrixXd targets = AtBins(OracleFeatures(all), rows);
  for (const int place : {0, 1, 4}) targets.col(place) = targets.col(place).unaryExpr(&DegreesOf);
  for (const int length : {2, 3}) targets.col(length) = targets.col(length).unaryExpr(&DegreesOfLength);
  return targets;
}

BinRows Select(const BinRows& rows, const std::vector<int>& kept) {
  BinRows part;
  for (const int row : kept) {
    part.condition.push_back(rows.condition[static_cast<size_t>(row)]);
    part.bin.push_back(rows.bin[static_cast<size_t>(row)]);
  }
  return part;
}

struct Sums {
  double sum = 0, squares = 0, n = 0;
  void Add(double value) {
    if (std::isfinite(value)) sum += value, squares += value * value, n += 1;
  }
  double Mean() const { return n > 0 ? sum / n : std::nan(""); }
  double Spread() const { return n > 0 ? std::sqrt(std::max(0.0, squares / n - Mean() * Mean())) : std::nan(""); }
};

// All splits of one epoch.
std::vector<DecodingScore> Decode(const Eigen::MatrixXd& source, const BinRows& rows, const DecodingOptions& options) {
  const Eigen::MatrixXd targets = TargetsAt(rows);
  std::array<Sums, kTargets.size()> r, mae, squares;
  const bool reduced = options.reduction != Reduction::kNone && source.cols() > options.factors;
  Sides all{.full = source};
  if (reduced && options.factors_on_all) {
    Sides same = all;
    ReduceResponses({options.reduction, options.factors}, &all, &same);
  }
  base::NumpyRandom random(0);
  for (int s = 0; s < options.splits; ++s) {
    const metrics::Split split = metrics::GroupShuffleSplit(rows.condition, 0.5, random);
    Sides train{.full = all.full(split.train, Eigen::all)}, test{.full = all.full(split.test, Eigen::all)};
    if (reduced && !options.factors_on_all) ReduceResponses({options.reduction, options.factors}, &train, &test);
    const Eigen::MatrixXd expected = targets(split.test, Eigen::all);
    const Eigen::MatrixXd decoded = metrics::Predict(
        metrics::FitOls(train.full, Eigen::MatrixXd(targets(split.train, Eigen::all))), test.full);
    const Eigen::VectorXd correlations = metrics::PearsonByColumn(decoded, expected);
    for (size_t t = 0; t < kTargets.size(); ++t) {
      const auto column = static_cast<Eigen::Index>(t);
      const auto error = (decoded.col(column) - expected.col(column)).array();
      r[t].Add(correlations[column]), mae[t].Add(error.abs().mean()), squares[t].Add(std::sqrt(error.square().mean()));
    }
  }
  std::vector<DecodingScore> scores;
  for (size_t t = 0; t < kTargets.size(); ++t)
    scores.push_back({.target = kTargets[t], .rows = rows.size(), .r = r[t].Mean(), .r_sd = r[t].Spread(),
                      .mae_deg = mae[t].Mean(), .mae_sd_deg = mae[t].Spread(), .rmse_deg = squares[t].Mean()});
  return scores;
}

// `source_at` gives the source at one bin of one condition, or nothing.
using SourceAt = std::function<std::optional<Eigen::RowVectorXd>(int condition, int bin)>;

std::vector<DecodingScore> DecodeEpochs(const EpochMasks& masks, const DecodingOptions& options,
                                        const SourceAt& source_at) {
  std::vector<DecodingScore> scores;
  for (const Epoch epoch : options.epochs) {
    const BinRows rows = RowsOf(masks.Of(epoch));
    std::vector<int> kept;
    std::vector<Eigen::RowVectorXd> values;
    for (int i = 0; i < rows.size(); ++i) {
      const int bin = rows.bin[static_cast<size_t>(i)] + options.lag_bins;
      if (bin < 0 || bin >= kDmfcBins) continue;
      if (auto value = source_at(rows.condition[static_cast<size_t>(i)], bin))
        kept.push_back(i), values.push_back(std::move(*value));
    }
    if (kept.empty()) throw base::Error("no bin is left to decode from with a lag of " +
                                        std::to_string(options.lag_bins) + " bins");
    Eigen::MatrixXd source(static_cast<Eigen::Index>(kept.size()), values[0].size());
    for (size_t i = 0; i < values.size(); ++i) source.row(static_cast<Eigen::Index>(i)) = values[i];
    for (DecodingScore& score : Decode(source, Select(rows, kept), options)) {
      score.epoch = NameOf(epoch), score.dropped_rows = rows.size() - static_cast<int>(kept.size());
      scores.push_back(score);
    }
  }
  return scores;
}

}  // namespace

std::vector<DecodingScore> DecodeFromNeurons(const Responses& responses, const DecodingOptions& options) {
  return DecodeEpochs(responses.masks, options, [&](int condition, int bin) -> std::optional<Eigen::RowVectorXd> {
    Eigen::RowVectorXd rates(responses.units);
    for (int unit = 0; unit < responses.units; ++unit) {
      rates[unit] = responses.At(responses.full, unit, condition, bin);
      if (!std::isfinite(rates[unit])) return std::nullopt;
    }
    return rates;
  });
}

std::vector<DecodingScore> DecodeFromFeatures(const Features& features, const EpochMasks& masks,
                                              const DecodingOptions& options) {
  DecodingOptions plain = options;
  plain.reduction = Reduction::kNone;
  return DecodeEpochs(masks, plain, [&](int condition, int bin) -> std::optional<Eigen::RowVectorXd> {
    if (bin < kDmfcOnsetBin) return std::nullopt;  // before motion there are no features
    return AtBin(features, condition, bin);
  });
}

}  // namespace figment::pong
