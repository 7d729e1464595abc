#include "pong/neural_decoding.h"

#include <gtest/gtest.h>

#include <cmath>

#include "pong/synthetic_dmfc.h"
#include "tests/files/scratch.h"

namespace figment::pong {
namespace {

DecodingOptions Few(Epoch epoch) { return {.epochs = {epoch}, .splits = 5}; }

const std::vector<std::string> kAll = {"position", "velocity", "endpoint"};

TEST(NeuralDecoding, TheTrueStateDecodesItself) {
  for (const DecodingScore& score : DecodeFromFeatures(OracleFeatures(kAll), PublishedMasks(), Few(Epoch::kOccluded))) {
    SCOPED_TRACE(score.target);
    EXPECT_NEAR(score.r, 1, 1e-6);
    EXPECT_NEAR(score.mae_deg, 0, 1e-4);
    EXPECT_EQ(score.rows, 1541);
  }
}

// Units are tuned to all five targets, so enough reliable ones decode them nearly perfectly.
TEST(NeuralDecoding, ReliableNeuronsDecodeTheState) {
  const Responses responses = MakeSyntheticResponses({.units = 24, .reliability = 0.95});
  DecodingOptions options = Few(Epoch::kOccluded);
  options.factors = 10;
  const auto scores = DecodeFromNeurons(responses, options);
  ASSERT_EQ(scores.size(), 5u);
  for (const DecodingScore& score : scores) {
    EXPECT_GT(score.r, 0.95) << score.target;
    EXPECT_GT(score.r_sd, 0) << score.target;
  }
  EXPECT_EQ(scores[4].target, "y_f");
}

// Units without tuning to the endpoint cannot be asked for more of it than the ball's state tells.
TEST(NeuralDecoding, FactorsInsideSplitsDifferFromFactorsOnAll) {
  const Responses responses = MakeSyntheticResponses({.units = 30});
  DecodingOptions options = Few(Epoch::kWhole);
  options.factors = 5;
  const double inside = DecodeFromNeurons(responses, options)[0].r;
  options.factors_on_all = true;
  const double on_all = DecodeFromNeurons(responses, options)[0].r;
  EXPECT_NE(inside, on_all);
  EXPECT_NEAR(inside, on_all, 0.05);
}

TEST(NeuralDecoding, ALagDropsBinsBeyondTheTrialAndLowersTheScore) {
  const Responses responses = MakeSyntheticResponses({.units = 30, .reliability = 0.9});
  DecodingOptions options = Few(Epoch::kWhole);
  options.reduction = Reduction::kNone;
  const DecodingScore now = DecodeFromNeurons(responses, options)[1];
  options.lag_bins = 5;
  const DecodingScore later = DecodeFromNeurons(responses, options)[1];
  EXPECT_EQ(now.dropped_rows, 0);
  EXPECT_EQ(later.dropped_rows, 5 * kDmfcConditions);  // the last five bins of each condition
  EXPECT_LT(later.r, now.r);
}

TEST(NeuralDecoding, NoBinLeftIsAnError) {
  DecodingOptions options = Few(Epoch::kWhole);
  options.lag_bins = -80;
  const std::string error =
      files::ErrorOf([&] { DecodeFromFeatures(OracleFeatures(kAll), PublishedMasks(), options); });
  EXPECT_NE(error.find("no bin is left"), std::string::npos) << error;
}

}  // namespace
}  // namespace figment::pong
