#include "pong/trial_sets.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "base/names.h"
#include "pong/evaluation_set.h"

namespace figment::pong {

std::vector<SplitPlace> PlacesIn(const Split& split) {
  std::vector<SplitPlace> places(split.valid.size() + split.train.size());
  for (const auto* part : {&split.valid, &split.train})
    for (size_t i = 0; i < part->size(); ++i)
      places[static_cast<size_t>((*part)[i])] = {.valid = part == &split.valid, .position = static_cast<int>(i)};
  return places;
}

const std::vector<TrialSetInfo>& TrialSets() {
  static const std::vector<TrialSetInfo> sets = {
      {"all", "the whole published set, in the order of its indices", kTrialCount},
      {"valid", "the held-out tenth, in the published random order", (kTrialCount + 9) / 10},
      {"train", "the other nine tenths, in the published random order", kTrialCount - (kTrialCount + 9) / 10},
      {"published79", "the conditions of the recordings, by row", static_cast<int>(PublishedConditions().size())},
      {"simulation200", "the 79 and 121 more of the valid split, 100 with a bounce: what models are tested on",
       kEvaluationConditions}};
  return sets;
}

base::Table TrialSetTable() {
  base::Table table = {.title = "Trial sets", .columns = {"name", "conditions", "what"}};
  for (const TrialSetInfo& set : TrialSets()) table.rows.push_back({set.name, set.conditions, set.what});
  return table;
}

std::string TrialSetNames() {
  std::string names;
  for (const TrialSetInfo& set : TrialSets()) names += (names.empty() ? "" : ", ") + set.name;
  return names;
}

const std::vector<Condition>& TrialSet() {
  static const std::vector<Condition> conditions = MakeTrialSet();
  return conditions;
}

std::span<const int> SetIndices(const std::string& set) {
  static const std::vector<int> all = [] {
    std::vector<int> indices(kTrialCount);
    std::iota(indices.begin(), indices.end(), 0);
    return indices;
  }();
  static const Split split = MakeSplit();
  static const std::vector<int> evaluation = EvaluationConditions(TrialSet(), split);
  if (set == "all") return all;
  if (set == "valid") return split.valid;
  if (set == "train") return split.train;
  if (set == "published79") return PublishedConditions();
  if (set == "simulation200") return evaluation;
  throw base::UnknownName("trial set", set, base::NamesOf(TrialSets()));
}

void RefuseTwice(std::span<const int> indices) {
  std::vector<int> sorted(indices.begin(), indices.end());
  std::sort(sorted.begin(), sorted.end());
  if (const auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end())
    throw base::UsageError("condition " + std::to_string(*twice) + " is asked for twice");
}

std::vector<int> Select(const TrialSelection& selection) {
  for (const int index : selection.indices)
    if (index < 0 || index >= kTrialCount)
      throw base::UsageError("no condition has the index " + std::to_string(index) + ": expected 0 to " +
                             std::to_string(kTrialCount - 1));
  if (!selection.indices.empty()) return selection.indices;
  const auto indices = SetIndices(selection.set);
  return {indices.begin(), indices.end()};
}

}  // namespace figment::pong
