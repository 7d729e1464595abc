#include "pong/targets.h"

#include <gtest/gtest.h>

#include <set>

#include "base/error.h"
#include "pong/evaluation_set.h"
#include "pong/trial_sets.h"

namespace figment::pong {
namespace {

// t_occ 43, t_end 61: row 0 of the 79.
const Condition& Example() { return TrialSet()[29337]; }

double WeightOf(const TrialTargets& targets, int channel) {
  double sum = 0;
  for (const auto& frame : targets.weight) sum += frame[channel];
  return sum;
}

TEST(Targets, ValuesAndFramesOfEveryChannel) {
  const Condition& c = Example();
  const Track track = MakeTrack(c);
  const TrialTargets all = MakeTargets(c, track, FamilyNamed("vis-sim-mov"), TimeMean::kAll);
  const float weight = 1.0f / (8 * 5 * 90);
  EXPECT_FLOAT_EQ(all.weight[42][2], weight);
  EXPECT_EQ(all.weight[43][2], 0);
  EXPECT_EQ(all.weight[42][4], 0);
  EXPECT_FLOAT_EQ(all.weight[43][5], weight);
  EXPECT_FLOAT_EQ(all.weight[61][5], weight);
  EXPECT_EQ(all.weight[62][5], 0);
  EXPECT_EQ(all.weight[10][0], 0);  // not counted by this family
  EXPECT_FLOAT_EQ(all.value[42][2], static_cast<float>(track.x[42]));
  EXPECT_FLOAT_EQ(all.value[50][5], static_cast<float>(track.y[50]));
  // The paddle: two frames.
  EXPECT_FLOAT_EQ(all.value[0][6], 16);
  EXPECT_FLOAT_EQ(all.value[61][6], 15.565789784f);
  EXPECT_FLOAT_EQ(static_cast<float>(WeightOf(all, 6)), 2 * weight);
  EXPECT_EQ(all.weight[30][6], 0);
}

TEST(Targets, SharesOfTheChannels) {
  const Condition& c = Example();
  const Track track = MakeTrack(c);
  const TrialTargets all = MakeTargets(c, track, FamilyNamed("sim-mov"), TimeMean::kAll);
  EXPECT_NEAR(WeightOf(all, 0), 62.0 / (8 * 3 * 90), 1e-6);
  EXPECT_NEAR(WeightOf(all, 6), 2.0 / (8 * 3 * 90), 1e-8);
  const TrialTargets equal = MakeTargets(c, track, FamilyNamed("sim-mov"), TimeMean::kSupervised);
  for (const int channel : {0, 1, 6}) EXPECT_NEAR(WeightOf(equal, channel), 1.0 / (8 * 3), 1e-6) << channel;
  for (const int channel : {2, 3, 4, 5, 7}) EXPECT_EQ(WeightOf(equal, channel), 0) << channel;
}

TEST(Targets, UnknownFamilySuggestsTheNearest) {
  try {
    FamilyNamed("sim-mow");
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean 'sim-mov'"), std::string::npos) << error.what();
  }
}

TEST(EvaluationSet, Holds79AndAHundredBounces) {
  const std::vector<Condition>& trials = TrialSet();
  const Split split = MakeSplit();
  const std::vector<int> chosen = EvaluationConditions(trials, split);
  ASSERT_EQ(chosen.size(), 200u);
  const auto published = PublishedConditions();
  EXPECT_TRUE(std::equal(published.begin(), published.end(), chosen.begin()));
  const std::set<int> valid(split.valid.begin(), split.valid.end());
  int bounces = 0;
  for (const int index : chosen) {
    EXPECT_TRUE(valid.contains(index)) << index;
    bounces += trials[index].n_bounce_at_t_end > 0;
  }
  EXPECT_EQ(bounces, 100);
  EXPECT_EQ(std::set<int>(chosen.begin(), chosen.end()).size(), 200u);
  EXPECT_EQ(EvaluationConditions(trials, split), chosen);
}

}  // namespace
}  // namespace figment::pong
