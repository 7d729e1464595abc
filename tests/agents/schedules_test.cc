#include "agents/schedules.h"

#include <gtest/gtest.h>

namespace figment::agents {
namespace {

std::vector<double> Rates(const std::vector<double>& losses) {
  AdaptiveRate rate({.initial = 1, .decrease = 0.5, .increase = 2, .patience = 3});
  std::vector<double> rates;
  for (const double loss : losses) rate.Update(loss), rates.push_back(rate.rate());
  return rates;
}

TEST(AdaptiveRate, RisesAfterSoManyFallsInARow) {
  // Losses 0..3 fall three times: pass 3 is the first that may change the rate, as pass 0 counts as a change.
  EXPECT_EQ(Rates({9, 8, 7, 6, 5, 4, 3}), (std::vector<double>{1, 1, 1, 2, 2, 2, 4}));
}

TEST(AdaptiveRate, FallsWhenWorseThanEachOfTheLast) {
  // Pass 4 (loss 7.5) exceeds 6, 7, 6.5 only. Pass 3 is worse than none, so pass 4 may change.
  EXPECT_EQ(Rates({8, 6, 7, 6.5, 7.5}), (std::vector<double>{1, 1, 1, 1, 0.5}));
  // Equal is not worse, and not a fall.
  EXPECT_EQ(Rates({8, 8, 8, 8, 8}), (std::vector<double>{1, 1, 1, 1, 1}));
}

TEST(AdaptiveRate, TwoChangesAreApart) {
  EXPECT_EQ(Rates({1, 2, 3, 4, 5, 6, 7}), (std::vector<double>{1, 1, 1, 0.5, 0.5, 0.5, 0.25}));
}

TEST(AdaptiveRate, EndsAtTheLeastAndGoesOnFromWhatWasSaved) {
  const AdaptiveRateOptions options{.initial = 1, .decrease = 0.1, .patience = 1, .least = 0.05};
  AdaptiveRate rate(options);
  for (const double loss : {1.0, 2.0}) rate.Update(loss);
  EXPECT_DOUBLE_EQ(rate.rate(), 0.1);
  EXPECT_FALSE(rate.finished());
  AdaptiveRate other(options);
  other.Restore(nlohmann::ordered_json::parse(rate.Save().dump()));
  for (AdaptiveRate* one : {&rate, &other}) one->Update(3);
  EXPECT_EQ(other.rate(), rate.rate());
  EXPECT_TRUE(other.finished());
}

TEST(AdaptiveClip, PercentileOfTheWindow) {
  AdaptiveClip clip({.window = 3, .percentile = 95});
  EXPECT_EQ(clip.limit(), 1e12);
  clip.Update(2);
  EXPECT_DOUBLE_EQ(clip.limit(), 2);
  clip.Update(4);
  EXPECT_DOUBLE_EQ(clip.limit(), 2 + 0.95 * 2);  // between the two
  clip.Update(3);
  EXPECT_DOUBLE_EQ(clip.limit(), 3.9);           // 2 3 4: place 1.9
  clip.Update(10);                               // replaces the oldest: 3 4 10
  EXPECT_DOUBLE_EQ(clip.limit(), 4 + 0.9 * 6);
  AdaptiveClip other({.window = 3, .percentile = 95});
  other.Restore(nlohmann::ordered_json::parse(clip.Save().dump()));
  for (AdaptiveClip* one : {&clip, &other}) one->Update(1);  // replaces 4: 1 3 10
  EXPECT_DOUBLE_EQ(clip.limit(), 3 + 0.9 * 7);
  EXPECT_EQ(other.limit(), clip.limit());
}

TEST(CosineRate, RisesThenFallsToAHundredth) {
  EXPECT_DOUBLE_EQ(CosineRate(1, 0.1, 0, 100), 0.1);
  EXPECT_DOUBLE_EQ(CosineRate(1, 0.1, 9, 100), 1);
  EXPECT_DOUBLE_EQ(CosineRate(1, 0.1, 10, 100), 1);
  EXPECT_DOUBLE_EQ(CosineRate(1, 0.1, 55, 100), 0.01 + 0.99 / 2);
  EXPECT_NEAR(CosineRate(1, 0, 99, 100), 0.01, 1e-3);
}

}  // namespace
}  // namespace figment::agents
