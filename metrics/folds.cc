#include "metrics/folds.h"

#include <algorithm>
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

}  // namespace

Folds ShuffledFolds(int samples, int folds, base::Rng& rng) {
  CheckFoldCount(samples, folds, "samples");
  std::vector<int> order(static_cast<size_t>(samples));
  std::iota(order.begin(), order.end(), 0);
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
  std::vector<std::vector<int>> ordered;
  for (auto& [number, members] : MembersOf(groups)) ordered.push_back(std::move(members));
  CheckFoldCount(static_cast<int>(ordered.size()), folds, "groups");
  rng.Shuffle(ordered);
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  Folds division(groups.size());
  std::vector<size_t> sizes(static_cast<size_t>(folds));
  for (const std::vector<int>& members : ordered) {
    const auto smallest = std::min_element(sizes.begin(), sizes.end());
    for (const int sample : members) division[static_cast<size_t>(sample)] = static_cast<int>(smallest - sizes.begin());
    *smallest += members.size();
  }
  return division;
}

Split SplitOf(std::span<const int> division, int fold) {
  Split split;
  for (size_t i = 0; i < division.size(); ++i)
    (division[i] == fold ? split.test : split.train).push_back(static_cast<int>(i));
  return split;
}

}  // namespace figment::metrics
