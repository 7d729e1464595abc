#include "metrics/reliability.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace figment::metrics {
namespace {

using List = std::vector<double>;

TEST(Reliability, SpearmanBrownByHand) {
  EXPECT_NEAR(SpearmanBrown(0.6), 0.75, 1e-15);
  EXPECT_NEAR(SpearmanBrown(0.5), 2. / 3, 1e-15);
  EXPECT_NEAR(SpearmanBrown(0.5, 4), 0.8, 1e-15);
  EXPECT_LT(SpearmanBrown(-0.2), -0.2);  // reported, not clipped
  EXPECT_TRUE(std::isnan(SpearmanBrown(-1)));
}

TEST(Reliability, SplitHalfByHandWithAndWithoutSpearmanBrown) {
  Eigen::MatrixXd trials(4, 3);
  trials << 1, 2, 3, 2, 2, 4, 0, 3, 3, 1, 1, 4;
  const List first = MeanOfRepeats(trials, std::vector<int>{0, 1});
  const List second = MeanOfRepeats(trials, std::vector<int>{2, 3});
  EXPECT_EQ(first, (List{1.5, 2, 3.5}));
  EXPECT_NEAR(SplitHalf(first, second), 0.960769, 5e-7);
  EXPECT_NEAR(SplitHalfSpearmanBrown(first, second), 0.979992, 5e-7);
}

TEST(Reliability, MissingRepeatsAreLeftOutOfMeans) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Eigen::MatrixXd trials(2, 2);
  trials << 1, nan, nan, nan;
  const List mean = MeanOfRepeats(trials, std::vector<int>{0, 1});
  EXPECT_EQ(mean[0], 1);
  EXPECT_TRUE(std::isnan(mean[1]));
}

TEST(Reliability, RandomHalvesAreADivision) {
  base::Rng rng({1});
  const Halves halves = RandomHalves(7, rng);
  EXPECT_EQ(halves.first.size(), 3u);
  List all(halves.first.begin(), halves.first.end());
  all.insert(all.end(), halves.second.begin(), halves.second.end());
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all, (List{0, 1, 2, 3, 4, 5, 6}));
}

TEST(Reliability, NoiseCorrectedRegressionByHand) {
  EXPECT_NEAR(NoiseCorrectedRegression(0.45, 0.9, 0.5), 0.566238, 5e-7);
  EXPECT_NEAR(NoiseCorrectedRegression(0.45, 1, 0.5), 0.551135, 5e-7);
  EXPECT_TRUE(std::isnan(NoiseCorrectedRegression(0.45, 0.9, 0)));
  EXPECT_TRUE(std::isnan(NoiseCorrectedRegression(0.45, -0.1, 0.5)));
}

// True correlation .6, ten trials of either subject with noise of sd 3. Without any correction it is .6 / 1.9.
TEST(Reliability, ConsistencyRecoversAPlantedCorrelation) {
  constexpr int kConditions = 4000, kTrials = 10;
  base::Rng rng({2});
  Eigen::MatrixXd a(kTrials, kConditions), b(kTrials, kConditions);
  for (int c = 0; c < kConditions; ++c) {
    const double signal_a = rng.Normal(), signal_b = 0.6 * signal_a + 0.8 * rng.Normal();
    for (int t = 0; t < kTrials; ++t) a(t, c) = signal_a + 3 * rng.Normal(), b(t, c) = signal_b + 3 * rng.Normal();
  }
  const Halves halves = RandomHalves(kTrials, rng);
  const List a1 = MeanOfRepeats(a, halves.first), a2 = MeanOfRepeats(a, halves.second);
  const List b1 = MeanOfRepeats(b, halves.first), b2 = MeanOfRepeats(b, halves.second);
  List a_all(a1), b_all(b1);
  for (size_t i = 0; i < a_all.size(); ++i) a_all[i] = (a1[i] + a2[i]) / 2, b_all[i] = (b1[i] + b2[i]) / 2;

  const double raw = Pearson(a_all, b_all);
  EXPECT_NEAR(raw, 0.6 / 1.9, 0.05);           // 3 s.e. of a correlation of 4000
  const double cross_half = CrossHalfConsistency({a1, a2, b1, b2});
  EXPECT_NEAR(cross_half, 0.6, 0.08);
  const double extrapolated = SpearmanBrownConsistency(raw, Pearson(a1, a2), Pearson(b1, b2));
  EXPECT_NEAR(extrapolated, 0.6, 0.08);
  // Forgetting to extrapolate the reliabilities of full data overshoots.
  EXPECT_GT(raw / std::sqrt(Pearson(a1, a2) * Pearson(b1, b2)), cross_half + 0.05);
}

TEST(Reliability, ADeterministicModelAgainstNoisyData) {
  const List model = {1, 2, 3, 4}, half1 = {1, 2, 4, 3}, half2 = {2, 1, 3, 4};
  const double expected = 0.5 * (Pearson(model, half1) + Pearson(model, half2)) / std::sqrt(Pearson(half1, half2));
  EXPECT_NEAR(CrossHalfConsistency({model, model, half1, half2}), expected, 1e-15);
}

TEST(Reliability, SquaredErrorWithoutNoiseIsThePlainOne) {
  const List x = {1, 2, 3}, y = {2, 3, 4};
  EXPECT_NEAR(NoiseCorrectedSquaredError({x, x, y, y}), NormalizedSquaredError(x, y), 1e-15);
}

// Two noisy measurements of one thing: the plain error is mostly noise, the corrected one 0.
TEST(Reliability, SquaredErrorWithNoiseTakenOut) {
  base::Rng rng({3});
  List halves[4], mean_a, mean_b;
  for (int i = 0; i < 20000; ++i) {
    const double signal = rng.Normal();
    for (List& half : halves) half.push_back(signal + rng.Normal());
    mean_a.push_back((halves[0].back() + halves[1].back()) / 2);
    mean_b.push_back((halves[2].back() + halves[3].back()) / 2);
  }
  EXPECT_GT(NormalizedSquaredError(mean_a, mean_b), 0.3);
  EXPECT_NEAR(NoiseCorrectedSquaredError({halves[0], halves[1], halves[2], halves[3]}), 0, 0.02);
}

}  // namespace
}  // namespace figment::metrics
