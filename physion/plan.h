// The plan of a data set: the deterministic list of its trial slots.
//
// `--trials` of a scenario are shared over its configs in proportion to the released counts (largest remainder), in
// table order; within a config the trials are numbered from 0. Shards and workers only divide this list.
#pragma once

#include <string>
#include <vector>

#include "physion/generate_config.h"
#include "physion/trial_spec.h"

namespace figment::physion {

struct PlannedConfig {
  Config config;
  int trials = 0;
};

struct Slot {
  int number = 0;       // position in the whole plan
  int config = 0;       // index into Plan::configs
  int index = 0;        // of the trial within its config
};

struct Plan {
  std::vector<PlannedConfig> configs;
  std::vector<Slot> slots;
};

// `own` is the user's own config (--from), used instead of the released ones when present.
Plan MakePlan(const GenerateConfig& settings, const std::optional<Config>& own);

// The plan of a replay and its scenes, slot by slot: those of the scenarios asked for, or with `trials` the first ones,
// shared over the configs. `scenes` have the scenes of a config next to each other.
struct ReplayPlan {
  Plan plan;
  std::vector<TrialSpec> scenes;
};
ReplayPlan MakeReplayPlan(const GenerateConfig& settings, const std::vector<TrialSpec>& scenes);

// Shares `total` over `weights` by the method of largest remainders; ties go to the earlier entry.
std::vector<int> Apportion(int total, const std::vector<int>& weights);

}  // namespace figment::physion
