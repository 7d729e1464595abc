#include "pong/neural_similarity.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "pong/synthetic_dmfc.h"
#include "tests/files/scratch.h"

namespace figment::pong {
namespace {

using files::ErrorOf;

const std::vector<std::string> kAll = {"position", "velocity", "endpoint"};

const Responses& Population() {
  static const Responses responses = MakeSyntheticResponses({.units = 20, .reliability = 0.8, .second_animal = 0});
  return responses;
}

SimilarityOptions Occluded(StateGrid grid = StateGrid::kFrames) {
  return {.epochs = {Epoch::kOccluded}, .grid = grid};
}

// A model whose states are the noise-free rates of the population: those of a population without noise.
Features NoiseFree() {
  const Responses clean = MakeSyntheticResponses({.units = 20, .reliability = 0.9999});
  Features features{.dt_ms = kDmfcBin_ms, .name = "clean rates"};
  features.array = {kDmfcConditions, kDmfcBins - kDmfcOnsetBin, clean.units, {}};
  for (int c = 0; c < kDmfcConditions; ++c)
    for (int b = kDmfcOnsetBin; b < kDmfcBins; ++b)
      for (int u = 0; u < clean.units; ++u) features.array.values.push_back(clean.At(clean.full, u, c, b));
  return features;
}

TEST(NeuralSimilarity, StatesAndPairsAreThoseOfThePublishedConditions) {
  const Features state = OracleFeatures(kAll);
  const auto occluded = ScoreSimilarity(state, Population(), Occluded());
  EXPECT_EQ(occluded[0].states, 1862);
  EXPECT_EQ(occluded[0].pairs, 1732591);
  EXPECT_EQ(ScoreSimilarity(state, Population(), Occluded(StateGrid::kBins))[0].states, 1541);
}

// Distances among noisy rates hold the noise too, about the same for every pair, so both corrections come close to 1.
TEST(NeuralSimilarity, TheRatesThemselvesReachTheCeiling) {
  const SimilarityScore score = ScoreSimilarity(NoiseFree(), Population(), Occluded(StateGrid::kBins))[0];
  EXPECT_NEAR(score.r_xy_n, 1, 0.03);
  EXPECT_NEAR(score.r_xy_n_sb, 1, 0.05);
  EXPECT_LT(score.r_halves, 1);
}

TEST(NeuralSimilarity, UnrelatedStatesScoreZero) {
  Features noise = OracleFeatures(kAll);
  base::Rng rng({1});
  for (float& value : noise.array.values) value = static_cast<float>(rng.Normal());
  const SimilarityScore score = ScoreSimilarity(noise, Population(), Occluded())[0];
  EXPECT_NEAR(score.r_xy_n, 0, 0.03);
  EXPECT_NEAR(score.partial_r_xy_n, 0, 0.03);
}

// What only follows the ball's position has nothing left when that is taken out.
TEST(NeuralSimilarity, ThePartialFormTakesTheBallOut) {
  const SimilarityScore position =
      ScoreSimilarity(OracleFeatures(std::vector<std::string>{"position"}), Population(), Occluded())[0];
  EXPECT_GT(position.r_xy_n, 0.3);
  EXPECT_TRUE(std::isnan(position.partial_r) || std::abs(position.partial_r) < 0.1);
  const SimilarityScore all = ScoreSimilarity(NoiseFree(), Population(), Occluded(StateGrid::kBins))[0];
  EXPECT_GT(all.partial_r_xy_n, 0.9);
}

TEST(NeuralSimilarity, FactorsInsideFoldsAndOnAllConditions) {
  SimilarityOptions options = Occluded(StateGrid::kBins);
  options.reduction = Reduction::kPca;
  options.factors = 5;
  const SimilarityScore inside = ScoreSimilarity(NoiseFree(), Population(), options)[0];
  EXPECT_LT(inside.pairs, 1541 * 1540 / 2 / 4);  // pairs inside of test folds only
  EXPECT_NEAR(inside.r_xy_n, 1, 0.05);
  options.factors_on_all = true;
  const SimilarityScore on_all = ScoreSimilarity(NoiseFree(), Population(), options)[0];
  EXPECT_EQ(on_all.pairs, 1541 * 1540 / 2);
  EXPECT_NEAR(on_all.r_xy_n, 1, 0.05);
}

TEST(NeuralSimilarity, AlignmentOfTheRatesIsHighAndOfNoiseZero) {
  const std::vector<Epoch> whole = {Epoch::kWhole};
  EXPECT_GT(ScoreAlignment(NoiseFree(), Population(), whole)[0].unbiased, 0.9);
  Features noise = NoiseFree();
  base::Rng rng({2});
  for (float& value : noise.array.values) value = static_cast<float>(rng.Normal());
  EXPECT_NEAR(ScoreAlignment(noise, Population(), whole)[0].unbiased, 0, 0.02);
}

TEST(NeuralSimilarity, FramesOfAnotherRateAreAnError) {
  const std::string error = ErrorOf([] { ScoreSimilarity(NoiseFree(), Population(), Occluded()); });
  EXPECT_NE(error.find("--grid bins"), std::string::npos) << error;
}

}  // namespace
}  // namespace figment::pong
