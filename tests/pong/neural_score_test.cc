// Scores with known answers: synthetic units whose rates are affine in the ball's state, with Poisson noise.
#include "pong/neural_score.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <set>

#include "base/random.h"
#include "pong/regression_maps.h"
#include "pong/synthetic_dmfc.h"
#include "tests/files/scratch.h"

namespace figment::pong {
namespace {

using files::ErrorOf;

const Responses& Population() {
  static const Responses responses = MakeSyntheticResponses({.units = 40});
  return responses;
}

Features TrueState() { return OracleFeatures(std::vector<std::string>{"position", "velocity", "endpoint"}); }

// Signals without any knowledge of the ball, as smooth as neurons and networks are: time constant 10 frames.
Features SmoothNoise(int channels) {
  Features features{.dt_ms = kDmfcBin_ms, .name = "smooth noise"};
  features.array = {kDmfcConditions, kDmfcBins, channels, {}};
  features.array.values.resize(size_t{kDmfcConditions} * kDmfcBins * static_cast<size_t>(channels));
  const double keep = std::exp(-0.1), add = std::sqrt(1 - keep * keep);
  base::Rng rng({11});
  for (int c = 0; c < kDmfcConditions; ++c)
    for (int d = 0; d < channels; ++d) {
      double value = rng.Normal();
      for (int k = 0; k < kDmfcBins; ++k) {
        features.array.values[(static_cast<size_t>(c) * kDmfcBins + k) * channels + d] = static_cast<float>(value);
        value = keep * value + add * rng.Normal();
      }
    }
  return features;
}

NeuralScoreOptions Options(const std::string& map, bool leaky = false) {
  NeuralScoreOptions options;
  options.fit.map = map;
  options.epochs = {Epoch::kWhole};
  options.leaky_rows = leaky;
  options.bootstrap = 0;
  options.other_animal = false;
  return options;
}

double Corrected(const Features& features, const NeuralScoreOptions& options) {
  return ScoreNeurons(features, Population(), options).populations[0].corrected;
}

TEST(NeuralScore, TheTrueStateReachesTheCeiling) {
  for (const char* map : {"ridge", "ridge-1", "ols", "pls"}) {
    SCOPED_TRACE(map);
    EXPECT_NEAR(Corrected(TrueState(), Options(map)), 1, 0.03);
  }
  NeuralScoreOptions options = Options("ridge-1");
  options.epochs = {Epoch::kVisible, Epoch::kOccluded};
  const NeuralScore score = ScoreNeurons(TrueState(), Population(), options);
  for (const PopulationScore& population : score.populations) {
    SCOPED_TRACE(population.epoch + " " + population.population);
    EXPECT_NEAR(population.corrected, 1, 0.03);
    EXPECT_NEAR(population.corrected_of_means, 1, 0.03);
    // Without the correction it is the ceiling of the full data.
    EXPECT_NEAR(population.r_xy, population.ceiling_sb, 0.03);
    EXPECT_LT(population.ceiling_half, population.ceiling_sb);
  }
  EXPECT_EQ(score.populations.size(), 6u);  // all, one, two in each epoch
}

TEST(NeuralScore, PartsOfTheStateStayBelow) {
  const double position = Corrected(OracleFeatures(std::vector<std::string>{"position"}), Options("ridge-1"));
  const double motion = Corrected(OracleFeatures(std::vector<std::string>{"position", "velocity"}), Options("ridge-1"));
  EXPECT_LT(position, motion);
  EXPECT_LT(motion, 0.98);  // the endpoint is nearly a function of the rest
  EXPECT_GT(position, 0.3);
}

// Rows in a random order know nothing, whatever the map.
TEST(NeuralScore, ShuffledFeaturesScoreZero) {
  const BinRows rows = RowsOf(Population().masks.whole);
  const Sides y = SidesAt(Population(), rows);
  Eigen::MatrixXd x = AtBins(TrueState(), rows);
  base::Rng rng({12});
  std::vector<int> order(static_cast<size_t>(rows.size()));
  for (int i = 0; i < rows.size(); ++i) order[static_cast<size_t>(i)] = i;
  rng.Shuffle(order);
  x = Eigen::MatrixXd(x(order, Eigen::all));
  const NeuralScoreOptions options = Options("ridge-1");
  const CrossValidation fit({.full = x}, y, rows, SplitRows(rows, options), options.fit, false);
  std::vector<double> values;
  const CrossValidation::UnitScores scores = fit.Score();
  double mean_r = scores.r_xy.mean(), sum = 0, defined = 0;
  for (const double value : scores.corrected)
    if (std::isfinite(value)) sum += value, defined += 1;
  EXPECT_NEAR(mean_r, 0, 0.03);
  EXPECT_NEAR(sum / defined, 0, 0.03);
}

// Conditions share a course in time, so permuted conditions predict that, and no more.
TEST(NeuralScore, PermutedConditionsKeepOnlyWhatTrialsShare) {
  const double permuted = Corrected(WithPermutedConditions(TrueState(), 1), Options("ridge-1"));
  EXPECT_LT(permuted, 0.6);
  EXPECT_LT(permuted, Corrected(TrueState(), Options("ridge-1")) - 0.4);
}

// Features and responses know nothing of each other but both are smooth in time. Bins of one condition on both sides of
// a split make that look like prediction.
TEST(NeuralScore, LeakyRowsInflateTheScore) {
  const Features noise = SmoothNoise(100);
  const NeuralScore honest = ScoreNeurons(noise, Population(), Options("ridge-1"));
  const NeuralScore leaky = ScoreNeurons(noise, Population(), Options("ridge-1", true));
  RecordProperty("grouped", std::to_string(honest.populations[0].corrected));
  RecordProperty("leaky", std::to_string(leaky.populations[0].corrected));
  EXPECT_NEAR(honest.populations[0].r_xy, 0, 0.05);
  EXPECT_GT(leaky.populations[0].r_xy, 0.4);
  ASSERT_FALSE(leaky.notes.empty());
  EXPECT_NE(leaky.notes[0].find("LEAKY"), std::string::npos);
}

TEST(NeuralScore, OneAnimalPredictsTheOtherFromSharedTuning) {
  NeuralScoreOptions options = Options("ridge-1");
  options.other_animal = true;
  const NeuralScore score = ScoreNeurons(TrueState(), Population(), options);
  for (const PopulationScore& population : score.populations) {
    SCOPED_TRACE(population.population);
    EXPECT_LT(population.ceiling_animal, population.ceiling_sb);
    EXPECT_GT(population.ceiling_animal, 0.5 * population.ceiling_sb);
    EXPECT_GT(population.ceiling_animal_corrected, 0.8);
  }
}

TEST(NeuralScore, IntervalsHoldTheScoreAndShrinkWithMoreUnits) {
  NeuralScoreOptions options = Options("ridge-1");
  options.bootstrap = 100;
  const NeuralScore score = ScoreNeurons(TrueState(), Population(), options);
  for (const PopulationScore& population : score.populations) {
    EXPECT_LT(population.interval.low, population.corrected + 1e-9);
    EXPECT_GT(population.interval.high, population.corrected - 1e-9);
    EXPECT_LT(population.interval.high - population.interval.low, 0.1);
  }
}

TEST(NeuralScore, TheSameSeedGivesTheSameScores) {
  NeuralScoreOptions options = Options("ridge-1");
  options.bootstrap = 20;
  const NeuralScore a = ScoreNeurons(TrueState(), Population(), options);
  const NeuralScore b = ScoreNeurons(TrueState(), Population(), options);
  EXPECT_EQ(a.populations[0].interval.low, b.populations[0].interval.low);
  EXPECT_EQ(a.split_ids, b.split_ids);
  options.seed = 1;
  EXPECT_NE(ScoreNeurons(TrueState(), Population(), options).split_ids, a.split_ids);
}

TEST(NeuralScore, FactorsAreFittedInsideTheFolds) {
  NeuralScoreOptions options = Options("ridge-1");
  options.fit.reduction = {Reduction::kPca, 3};
  const NeuralScore score = ScoreNeurons(TrueState(), Population(), options);
  EXPECT_EQ(score.units.size(), 3u);
  EXPECT_NEAR(score.populations[0].corrected, 1, 0.03);
}

TEST(NeuralScore, FoldsHoldWholeConditions) {
  const BinRows rows = RowsOf(Population().masks.occluded);
  for (const metrics::Split& split : SplitRows(rows, Options("ridge-1"))) {
    std::set<int> tested;
    for (const int row : split.test) tested.insert(rows.condition[static_cast<size_t>(row)]);
    for (const int row : split.train) EXPECT_FALSE(tested.contains(rows.condition[static_cast<size_t>(row)]));
    EXPECT_EQ(split.train.size() + split.test.size(), 1541u);
  }
}

// A unit whose halves have nothing in common: the ceiling is not positive, and nothing is divided by it.
TEST(NeuralScore, AUnitWithoutReliabilityIsUndefinedNotDividedByZero) {
  Responses responses = MakeSyntheticResponses({.units = 4});
  for (int c = 0; c < kDmfcConditions; ++c)
    for (int b = 0; b < kDmfcBins; ++b) {
      const size_t place = (static_cast<size_t>(2) * kDmfcConditions + c) * kDmfcBins + b;
      responses.half2[place] = -responses.half1[place];
    }
  const NeuralScore score = ScoreNeurons(TrueState(), responses, Options("ridge-1"));
  EXPECT_TRUE(std::isnan(score.units[2].corrected));
  EXPECT_TRUE(std::isnan(score.units[2].ceiling_sb));
  EXPECT_LT(score.units[2].r_yy, 0);
  EXPECT_EQ(score.populations[0].undefined_units, 1);
  EXPECT_NEAR(score.populations[0].corrected, 1, 0.05);  // the median of the other three
}

TEST(NeuralScore, BadRequestsAreErrors) {
  const auto expect = [](const std::string& expected, const std::function<void()>& action) {
    const std::string error = ErrorOf(action);
    EXPECT_NE(error.find(expected), std::string::npos) << error;
  };
  expect("did you mean 'ridge'", [] { ScoreNeurons(TrueState(), Population(), Options("rigde")); });
  NeuralScoreOptions options = Options("ridge-1");
  options.folds = 80;
  expect("79 groups are too few for 80 folds", [&] { ScoreNeurons(TrueState(), Population(), options); });
  options.folds = 1;
  expect("at least 2 folds", [&] { ScoreNeurons(TrueState(), Population(), options); });
  Features features = TrueState();
  features.array.values[5 * 30] = std::numeric_limits<float>::quiet_NaN();
  expect("condition 0 (index 29337) are missing or not finite", [&] {
    features.dt_ms = 50;
    ScoreNeurons(features, Population(), Options("ridge-1"));
  });
  expect("did you mean 'occluded'", [] { ParseEpochs("occuded"); });
}

}  // namespace
}  // namespace figment::pong
