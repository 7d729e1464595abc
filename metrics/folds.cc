#include "metrics/folds.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/error.h"

namespace figment::metrics {
namespace {

void CheckFoldCount(int available, int folds, const std::string& what) {
  if (folds < 2) throw base::Error("cross-validation needs at least 2 folds, not " + std::to_string(folds));
  if (available < folds)
    throw base::Error(std::to_string(available) + " " + what + " are too few for " + std::to_string(folds) + " folds");
}

// Sample indices by number, each list in the order of the samples.
std::map<int, std::vector<int>> MembersOf(std::span<const int> numbers) {
  std::map<int, std::vector<int>> members;
  for (size_t i = 0; i < numbers.size(); ++i) members[numbers[i]].push_back(static_cast<int>(i));
  return members;
}

std::vector<int> Iota(int count) {
  std::vector<int> numbers(static_cast<size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

// Lists of samples, each whole into the fold that has the fewest samples so far (the first of them).
Folds DealOut(const std::vector<std::vector<int>>& lists, size_t samples, int folds) {
  Folds division(samples);
  std::vector<size_t> sizes(static_cast<size_t>(folds));
  for (const std::vector<int>& members : lists) {
    const auto smallest = std::min_element(sizes.begin(), sizes.end());
    for (const int sample : members) division[static_cast<size_t>(sample)] = static_cast<int>(smallest - sizes.begin());
    *smallest += members.size();
  }
  return division;
}

void LargestFirst(std::vector<std::vector<int>>& lists) {
  std::stable_sort(lists.begin(), lists.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

// Members of each group, groups in ascending order of their numbers.
std::vector<std::vector<int>> GroupLists(std::span<const int> groups) {
  std::vector<std::vector<int>> lists;
  for (auto& [number, members] : MembersOf(groups)) lists.push_back(std::move(members));
  return lists;
}

// ceil(share * count), where both sides must get something.
int CeilShare(double share, int count, const std::string& what) {
  const int part = share > 0 && share < 1 ? static_cast<int>(std::ceil(share * count)) : 0;
  if (part < 1 || part >= count)
    throw base::Error("a share of " + std::to_string(share) + " parts " + std::to_string(count) + " " + what +
                      " into nothing and the rest; expected a share between 0 and 1 that leaves both sides some");
  return part;
}

}  // namespace

Folds ContiguousFolds(int samples, int folds) {
  CheckFoldCount(samples, folds, "samples");
  const int size = samples / folds, larger = samples % folds;
  Folds division;
  for (int fold = 0; fold < folds; ++fold)
    division.insert(division.end(), static_cast<size_t>(size + (fold < larger ? 1 : 0)), fold);
  return division;
}

Folds ShuffledFolds(int samples, int folds, base::NumpyRandom& rng) {
  const Folds contiguous = ContiguousFolds(samples, folds);
  std::vector<int> order = Iota(samples);
  rng.Shuffle(std::span<int>(order));
  Folds division(order.size());
  for (size_t i = 0; i < order.size(); ++i) division[static_cast<size_t>(order[i])] = contiguous[i];
  return division;
}

Folds ShuffledFolds(int samples, int folds, base::Rng& rng) {
  CheckFoldCount(samples, folds, "samples");
  std::vector<int> order = Iota(samples);
  rng.Shuffle(order);
  Folds division(order.size());
  for (size_t i = 0; i < order.size(); ++i) division[static_cast<size_t>(order[i])] = static_cast<int>(i) % folds;
  return division;
}

Folds StratifiedFolds(std::span<const int> classes, int folds, base::Rng& rng) {
  Folds division(classes.size());
  int next = 0;  // goes on from class to class, so that the folds' sizes stay even
  for (auto& [number, members] : MembersOf(classes)) {
    CheckFoldCount(static_cast<int>(members.size()), folds, "samples of class " + std::to_string(number));
    rng.Shuffle(members);
    for (const int sample : members) division[static_cast<size_t>(sample)] = next++ % folds;
  }
  return division;
}

Folds GroupedFolds(std::span<const int> groups, int folds, base::Rng& rng) {
  std::vector<std::vector<int>> lists = GroupLists(groups);
  CheckFoldCount(static_cast<int>(lists.size()), folds, "groups");
  rng.Shuffle(lists);
  LargestFirst(lists);
  return DealOut(lists, groups.size(), folds);
}

Folds GroupedFolds(std::span<const int> groups, int folds) {
  std::vector<std::vector<int>> lists = GroupLists(groups);
  CheckFoldCount(static_cast<int>(lists.size()), folds, "groups");
  std::reverse(lists.begin(), lists.end());
  LargestFirst(lists);
  return DealOut(lists, groups.size(), folds);
}

Folds ContiguousGroupFolds(std::span<const int> groups, int folds) {
  const std::vector<std::vector<int>> lists = GroupLists(groups);
  CheckFoldCount(static_cast<int>(lists.size()), folds, "groups");
  const Folds fold_of_list = ContiguousFolds(static_cast<int>(lists.size()), folds);
  Folds division(groups.size());
  for (size_t g = 0; g < lists.size(); ++g)
    for (const int sample : lists[g]) division[static_cast<size_t>(sample)] = fold_of_list[g];
  return division;
}

Split SplitOf(std::span<const int> division, int fold) {
  Split split;
  for (size_t i = 0; i < division.size(); ++i)
    (division[i] == fold ? split.test : split.train).push_back(static_cast<int>(i));
  return split;
}

std::vector<Split> SplitsOf(std::span<const int> division) {
  const int folds = division.empty() ? 0 : 1 + *std::max_element(division.begin(), division.end());
  std::vector<Split> splits;
  for (int fold = 0; fold < folds; ++fold) splits.push_back(SplitOf(division, fold));
  return splits;
}

Split ShuffleSplit(int samples, double test_share, base::NumpyRandom& rng) {
  CeilShare(test_share, samples, "samples");  // names what is counted
  return GroupShuffleSplit(Iota(samples), test_share, rng);
}

Split GroupShuffleSplit(std::span<const int> groups, double test_share, base::NumpyRandom& rng) {
  const std::vector<std::vector<int>> lists = GroupLists(groups);
  const int count = static_cast<int>(lists.size());
  const int tested = CeilShare(test_share, count, "groups");
  const std::vector<int> order = rng.Permutation(count);
  Folds side(groups.size());
  for (int place = 0; place < count; ++place)
    for (const int sample : lists[static_cast<size_t>(order[static_cast<size_t>(place)])])
      side[static_cast<size_t>(sample)] = place < tested ? 1 : 0;
  return SplitOf(side, 1);
}

Split PermutationSplit(int samples, double train_share, uint32_t seed) {
  const int trained = CeilShare(train_share, samples, "samples");
  const std::vector<int> order = base::NumpyRandom(seed).Permutation(samples);
  Folds side(order.size());
  for (size_t place = 0; place < order.size(); ++place)
    side[static_cast<size_t>(order[place])] = static_cast<int>(place) < trained ? 0 : 1;
  return SplitOf(side, 1);
}

}  // namespace figment::metrics
