#include "metrics/folds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"

namespace figment::metrics {
namespace {

std::map<int, int> Counts(const Folds& folds) {
  std::map<int, int> counts;
  for (const int fold : folds) ++counts[fold];
  return counts;
}

int Spread(const std::map<int, int>& counts) {
  const auto [low, high] = std::minmax_element(counts.begin(), counts.end(),
                                               [](const auto& a, const auto& b) { return a.second < b.second; });
  return high->second - low->second;
}

TEST(Folds, ShuffledAreEvenAndFollowFromTheRng) {
  base::Rng rng({1}), again({1}), other({2});
  const Folds folds = ShuffledFolds(23, 5, rng);
  EXPECT_EQ(Counts(folds).size(), 5u);
  EXPECT_LE(Spread(Counts(folds)), 1);
  EXPECT_EQ(folds, ShuffledFolds(23, 5, again));
  EXPECT_NE(folds, ShuffledFolds(23, 5, other));
}

TEST(Folds, StratifiedKeepTheSharesOfClasses) {
  std::vector<int> classes(37, 0);
  std::fill(classes.begin(), classes.begin() + 13, 1);
  base::Rng rng({3});
  const Folds folds = StratifiedFolds(classes, 5, rng);
  EXPECT_LE(Spread(Counts(folds)), 1);
  std::map<int, int> positives;
  for (size_t i = 0; i < classes.size(); ++i) positives[folds[i]] += classes[i];
  EXPECT_EQ(positives.size(), 5u);
  EXPECT_LE(Spread(positives), 1);
}

TEST(Folds, GroupedKeepGroupsWhole) {
  std::vector<int> groups;
  for (int group = 0; group < 9; ++group) groups.insert(groups.end(), static_cast<size_t>(2 + group), group);
  base::Rng rng({4});
  const Folds folds = GroupedFolds(groups, 3, rng);
  std::map<int, std::set<int>> folds_of_group;
  for (size_t i = 0; i < groups.size(); ++i) folds_of_group[groups[i]].insert(folds[i]);
  for (const auto& [group, used] : folds_of_group) EXPECT_EQ(used.size(), 1u) << group;
  EXPECT_EQ(Counts(folds).size(), 3u);
  EXPECT_LE(Spread(Counts(folds)), 2);  // groups of 10, 9, ..., 2 pack this evenly
}

TEST(Folds, SplitsPartTheSamples) {
  const Split split = SplitOf(Folds{0, 1, 0, 2}, 0);
  EXPECT_EQ(split.test, (std::vector<int>{0, 2}));
  EXPECT_EQ(split.train, (std::vector<int>{1, 3}));
}

TEST(Folds, TooFewSamplesAreAnError) {
  base::Rng rng({5});
  EXPECT_THROW(ShuffledFolds(3, 4, rng), base::Error);
  EXPECT_THROW(ShuffledFolds(3, 1, rng), base::Error);
  EXPECT_THROW(StratifiedFolds(std::vector<int>{0, 0, 0, 0, 1}, 2, rng), base::Error);
  EXPECT_THROW(GroupedFolds(std::vector<int>{7, 7, 7, 8}, 3, rng), base::Error);
}

}  // namespace
}  // namespace figment::metrics
