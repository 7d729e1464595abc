// Choosing conditions of the published set: by the name of a set, or by index.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/table.h"
#include "pong/trials.h"

namespace figment::pong {

// Where a condition stands in the published split.
struct SplitPlace {
  bool valid = false;  // otherwise train
  int position = 0;    // in the order of its part
};
std::vector<SplitPlace> PlacesIn(const Split& split);  // by index

struct TrialSetInfo {
  std::string name, what;
  int conditions;
};
// all (in the order of the indices), valid, train (in the published random order), published79 (by row), simulation200
// (pong/evaluation_set.h).
const std::vector<TrialSetInfo>& TrialSets();
base::Table TrialSetTable();
std::string TrialSetNames();  // "all, valid, ...", for help texts

struct TrialSelection {
  std::string set = "all";
  std::vector<int> indices;  // these instead of a set
};

// The whole set and its parts, made at first use and kept (53 MB); for who asks for conditions again and again.
const std::vector<Condition>& TrialSet();
std::span<const int> SetIndices(const std::string& set);  // throws base::Error on an unknown name

// Throws base::Error if an index occurs twice.
void RefuseTwice(std::span<const int> indices);

// Indices into the whole set, in the order of the set or as listed. Throws base::Error on an unknown set and on an
// index that there is not.
std::vector<int> Select(const TrialSelection& selection);

}  // namespace figment::pong
