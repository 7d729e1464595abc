// Stacks: what contain and link share - a base, something on it (a second container or a pole), and a tower of contents
// or rings around or inside, one of which is the target.
#pragma once

#include "physion/common_scene.h"

namespace figment::physion {

struct StackRules {
  SceneFacts facts;
  std::string target_range;                   // argument that says which of the blocks may be the target
  std::vector<std::string> more_models;       // besides the primitives, for base and attachment
  bool records_num_middle_objects = false;    // link writes that field
};

TrialSpec BuildStack(const BuildRequest& request, const base::Rng& rng, const StackRules& rules);

}  // namespace figment::physion
