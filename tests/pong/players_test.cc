#include "pong/players.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "files/csv.h"
#include "pong/trial_sets.h"

namespace figment::pong {
namespace {

std::vector<int> Published() { return Select({.set = "published79"}); }

double MeanError(const std::string& player, bool (*chosen)(const Condition&)) {
  double sum = 0, n = 0;
  for (const GameRecord& record : Play({.player = player, .indices = Published()}).records)
    if (chosen(TrialSet()[static_cast<size_t>(record.index)])) sum += std::abs(*record.error_deg), ++n;
  return sum / n;
}
bool Any(const Condition&) { return true; }

TEST(Players, AllPlayWithinTheirLimits) {
  for (const PlayerEntry& player : Players()) {
    const Played played = Play({.player = player.name, .indices = {59920, 163248}, .trials = 2, .seed = 3});
    ASSERT_EQ(played.records.size(), 4u) << player.name;
    for (const GameRecord& record : played.records) {
      for (size_t i = 1; i < record.paddle_y.size(); ++i)
        EXPECT_LE(std::abs(record.paddle_y[i] - record.paddle_y[i - 1]), 0.272 + 1e-12) << player.name;
      EXPECT_TRUE(record.error_deg.has_value());
    }
  }
}

TEST(Players, ExactSimulationCatchesAll) {
  const Played played = Play({.player = "exact", .indices = Published()});
  for (const GameRecord& record : played.records) {
    // Half a step is as near as a paddle of fixed speed stops.
    EXPECT_LE(std::abs(*record.error_deg), 0.085 + 1e-9) << record.index;
    EXPECT_TRUE(record.success || PositionOf(0) == record.paddle_y.back());
  }
}

TEST(Players, WallsMatterWhereTheBallBouncesHidden) {
  const auto hidden = [](const Condition& c) { return c.n_bounce_occluded > 0; };
  const auto without = [](const Condition& c) { return c.n_bounce_occluded == 0 && !MakeTrack(c).reflected[c.t_end]; };
  EXPECT_LT(MeanError("straight_walls", hidden), 0.6);
  EXPECT_GT(MeanError("straight", hidden), 2);
  EXPECT_LT(MeanError("straight", without), 0.6);
  EXPECT_LT(MeanError("exact", Any), MeanError("regression", Any));
  EXPECT_LT(MeanError("regression", Any), MeanError("start_height", Any));
}

TEST(Players, CentreNeverMovesAndErrsByTheEndPoint) {
  const Played played = Play({.player = "centre", .indices = {59920}});
  EXPECT_NEAR(*played.records[0].error_deg, 9.105659, 1e-6);
  EXPECT_EQ(played.records[0].success, false);
}

TEST(Players, SameSeedsGiveTheSameTrials) {
  const PlayRequest request{.player = "noisy", .indices = {59920, 29337}, .trials = 3, .seed = 5};
  PlayRequest other = request;
  other.seed = 6;
  EXPECT_EQ(PlayedCsv(Play(request), 3), PlayedCsv(Play(request), 3));
  EXPECT_NE(PlayedCsv(Play(request), 3), PlayedCsv(Play(other), 3));
  const files::CsvTable table(PlayedCsv(Play(request), 3), "csv");
  EXPECT_EQ(table.rows(), 6u);
  EXPECT_EQ(table.Number(4, "condition"), 29337);
  EXPECT_EQ(table.Number(4, "trial"), 1);
}

TEST(Players, UnknownNamesAreErrors) { EXPECT_THROW(MakePlayer("exakt"), base::Error); }

std::vector<Condition> SomeConditions(size_t n) {
  std::vector<Condition> conditions;
  for (const int index : SetIndices("valid").first(n)) conditions.push_back(TrialSet()[static_cast<size_t>(index)]);
  return conditions;
}

TEST(NoisySimulator, WithoutNoiseItIsTheTrackDrawnToTheMiddle) {
  base::Rng rng({0});
  for (const Condition& c : SomeConditions(50)) {
    EXPECT_NEAR(Simulate({0, 0, 0}, c, rng), c.y_f, 1e-9);
    EXPECT_NEAR(Simulate({0, 0, 1}, c, rng), (c.y_f + 16) / 2, 1e-9);
  }
}

TEST(NoisySimulator, NoiseGrowsWithTimeAndBounces) {
  const Condition& c = TrialSet()[163248];  // 16 hidden frames, far from the walls
  base::Rng rng({1});
  double sum = 0, squares = 0;
  constexpr int kSamples = 20000;
  for (int i = 0; i < kSamples; ++i) {
    const double answer = Simulate({0.3, 0, 0}, c, rng);
    sum += answer, squares += answer * answer;
  }
  const double mean = sum / kSamples;
  EXPECT_NEAR(mean, c.y_f, 0.03);
  EXPECT_NEAR(std::sqrt(squares / kSamples - mean * mean), 0.3 * 4, 0.03);  // sqrt(16) frames
}

TEST(NoisySimulator, ParametersAreRecovered) {
  const std::vector<Condition> conditions = SomeConditions(120);
  for (const NoisySimulator truth : {NoisySimulator{0.2, 0.9, 0.15}, {0.35, 1.4, 0.5}}) {
    const Subject subject = MakeSyntheticSubject("synthetic", truth, conditions, 30, 1);
    const NoisyFit fit = FitNoisySimulator(subject, TrialSet());
    EXPECT_EQ(fit.conditions, 120);
    EXPECT_EQ(fit.answers, 3600);
    EXPECT_NEAR(fit.model.sigma_occ, truth.sigma_occ, 0.03);
    EXPECT_NEAR(fit.model.sigma_bounce, truth.sigma_bounce, 0.2);
    EXPECT_NEAR(fit.model.w_bias, truth.w_bias, 0.03);
  }
}

TEST(NoisySimulator, MeanErrorsTellTheBias) {
  const NoisySimulator truth{0.2, 0.5, 0.3};
  const Subject subject = MakeSyntheticSubject("synthetic", truth, SomeConditions(40), 30, 1);
  const NoisyFit means = FitNoisySimulator(subject, TrialSet(), {.fit_to = FitTo::kMeanErrors});
  EXPECT_NEAR(means.model.w_bias, truth.w_bias, 0.05);
  EXPECT_LT(means.loss, 0.1);
}

TEST(NoisySimulator, WrongSubjectsAreErrors) {
  EXPECT_THROW(FitNoisySimulator({"few", {{1, 5, 5}}}, TrialSet()), base::Error);
  EXPECT_THROW(FitNoisySimulator({"other", {{472225, 5, 5}}}, TrialSet()), base::Error);
  EXPECT_THROW(FitNoisySimulator({"nan", {{3, std::nan(""), 5}}}, TrialSet()), base::Error);
}

}  // namespace
}  // namespace figment::pong
