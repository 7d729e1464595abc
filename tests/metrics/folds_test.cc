#include "metrics/folds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "tests/metrics/fixture.h"

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

using Groups = std::vector<int>;

void ExpectSplits(const std::vector<Split>& splits, const nlohmann::json& expected) {
  ASSERT_EQ(splits.size(), expected.size());
  for (size_t s = 0; s < splits.size(); ++s) {
    EXPECT_EQ(splits[s].train, expected[s].at("train").get<std::vector<int>>()) << s;
    EXPECT_EQ(splits[s].test, expected[s].at("test").get<std::vector<int>>()) << s;
  }
}

TEST(Folds, EqualScikitLearns) {
  const nlohmann::json fixture = Fixture("folds");
  const auto uneven = fixture.at("uneven_groups").get<Groups>(), even = fixture.at("even_groups").get<Groups>();
  const int samples = static_cast<int>(even.size());
  ExpectSplits(SplitsOf(GroupedFolds(uneven, 4)), fixture.at("group_kfold_uneven"));
  ExpectSplits(SplitsOf(GroupedFolds(even, 5)), fixture.at("group_kfold_even"));
  ExpectSplits(SplitsOf(ContiguousFolds(samples, 5)), fixture.at("kfold"));

  base::NumpyRandom for_folds(3), for_rows(1), for_groups(0);
  ExpectSplits(SplitsOf(ShuffledFolds(samples, 5, for_folds)), fixture.at("kfold_shuffled"));
  std::vector<Split> rows, groups;
  for (int s = 0; s < 3; ++s) rows.push_back(ShuffleSplit(samples, 0.1, for_rows));
  for (int s = 0; s < 3; ++s) groups.push_back(GroupShuffleSplit(uneven, 0.5, for_groups));
  ExpectSplits(rows, fixture.at("shuffle_split"));
  ExpectSplits(groups, fixture.at("group_shuffle_split"));
}

TEST(Folds, PermutationSplitTrainsOnTheFirstOfThePermutation) {
  const auto order = Fixture("folds").at("permutation").get<std::vector<int>>();
  Split expected{{order.begin(), order.begin() + 56}, {order.begin() + 56, order.end()}};  // ceil(.8 x 69) = 56
  std::sort(expected.train.begin(), expected.train.end());
  std::sort(expected.test.begin(), expected.test.end());
  const Split split = PermutationSplit(69, 0.8, 4);
  EXPECT_EQ(split.train, expected.train);
  EXPECT_EQ(split.test, expected.test);
}

TEST(Folds, ContiguousGroupsAreRunsOfGroups) {
  EXPECT_EQ(ContiguousGroupFolds(Groups{9, 2, 2, 5, 9, 4, 4, 4}, 2), (Folds{1, 0, 0, 1, 1, 0, 0, 0}));
}

// Whatever the groups: no group on both sides, every sample on one, every fold tested.
TEST(Folds, GroupedNeverShareAGroup) {
  base::Rng rng({6});
  base::NumpyRandom legacy(6);
  for (int round = 0; round < 200; ++round) {
    Groups groups(static_cast<size_t>(rng.Integer(12, 60)));
    for (int& group : groups) group = static_cast<int>(rng.Integer(-6, 6));
    const int distinct = static_cast<int>(std::set<int>(groups.begin(), groups.end()).size());
    const int folds = static_cast<int>(rng.Integer(2, distinct + 1));
    std::vector<Split> splits = SplitsOf(GroupedFolds(groups, folds));
    for (const Split& split : SplitsOf(GroupedFolds(groups, folds, rng))) splits.push_back(split);
    for (const Split& split : SplitsOf(ContiguousGroupFolds(groups, folds))) splits.push_back(split);
    EXPECT_EQ(static_cast<int>(splits.size()), 3 * folds);
    splits.push_back(GroupShuffleSplit(groups, 0.3, legacy));
    for (const Split& split : splits) {
      EXPECT_EQ(split.train.size() + split.test.size(), groups.size());
      EXPECT_FALSE(split.train.empty() || split.test.empty());
      std::set<int> trained;
      for (const int i : split.train) trained.insert(groups[static_cast<size_t>(i)]);
      for (const int i : split.test) EXPECT_EQ(trained.count(groups[static_cast<size_t>(i)]), 0u);
    }
  }
}

TEST(Folds, TooFewSamplesAreAnError) {
  base::Rng rng({5});
  EXPECT_THROW(ShuffledFolds(3, 4, rng), base::Error);
  EXPECT_THROW(ShuffledFolds(3, 1, rng), base::Error);
  EXPECT_THROW(StratifiedFolds(std::vector<int>{0, 0, 0, 0, 1}, 2, rng), base::Error);
  EXPECT_THROW(GroupedFolds(Groups{7, 7, 7, 8}, 3, rng), base::Error);
  EXPECT_THROW(GroupedFolds(Groups{7, 7, 7, 8}, 3), base::Error);
  EXPECT_THROW(ContiguousGroupFolds(Groups{7, 7, 7, 8}, 3), base::Error);
  EXPECT_THROW(ContiguousFolds(3, 4), base::Error);
  base::NumpyRandom legacy(5);
  EXPECT_THROW(ShuffleSplit(10, 0, legacy), base::Error);
  EXPECT_THROW(ShuffleSplit(10, 0.95, legacy), base::Error);  // nothing left to train
  EXPECT_THROW(GroupShuffleSplit(Groups{1, 1, 1}, 0.5, legacy), base::Error);
}

}  // namespace
}  // namespace figment::metrics
