#include "physion/plan.h"

#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "base/error.h"

namespace figment::physion {
namespace {

// 10 over 28:30:30:189 = 1.01, 1.08, 1.08, 6.82: floors 1 1 1 6, the one left goes to the largest remainder.
TEST(Apportion, SharesByLargestRemainder) {
  EXPECT_EQ(Apportion(10, {28, 30, 30, 189}), (std::vector<int>{1, 1, 1, 7}));
  EXPECT_EQ(Apportion(2, {1, 1, 1}), (std::vector<int>{1, 1, 0}));
  EXPECT_EQ(Apportion(0, {3, 4}), (std::vector<int>{0, 0}));
}

GenerateConfig Settings(std::vector<std::string> scenarios, int trials) {
  GenerateConfig settings;
  settings.scenarios = std::move(scenarios);
  settings.trials = trials;
  settings.out = "unused";
  return settings;
}

TEST(Plan, TheReleasedCountsComeBackWhenAskedForAsMany) {
  const Plan plan = MakePlan(Settings({"dominoes"}, 277), std::nullopt);
  EXPECT_EQ(plan.slots.size(), 277u);
  EXPECT_EQ(plan.configs.size(), 15u);
  for (const PlannedConfig& planned : plan.configs) EXPECT_EQ(planned.trials, planned.config.released_trials);
}

TEST(Plan, EveryScenarioGetsItsTrials) {
  const Plan plan = MakePlan(Settings({"all"}, 3), std::nullopt);
  EXPECT_EQ(plan.slots.size(), 3 * Scenarios().size());
}

TEST(Plan, ShardsDivideTheSlotsHoweverTheyAreNumbered) {
  for (const int first : {0, 1}) {
    std::set<int> seen;
    for (int i = first; i < first + 3; ++i)
      for (int slot = 0; slot < 10; ++slot) {
        if (!Shard{i, 3}.Has(slot)) continue;
        EXPECT_TRUE(seen.insert(slot).second);
      }
    EXPECT_EQ(seen.size(), 10u);
  }
}

TEST(Plan, ConfigOfAnotherScenarioIsAnError) {
  GenerateConfig settings = Settings({"roll"}, 3);
  settings.config = "pilot-containment-bowl";
  EXPECT_THROW(MakePlan(settings, std::nullopt), base::Error);
}

}  // namespace
}  // namespace figment::physion
