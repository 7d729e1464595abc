#include "physion/contain.h"

#include "physion/stack.h"

namespace figment::physion {

TrialSpec BuildContain(const BuildRequest& request, const base::Rng& rng) {
  StackRules rules;
  rules.facts = {.scenario = "contain", .controller = "Containment", .frame_cap = 450};
  rules.target_range = "target_contained_range";
  rules.more_models = {"woven_box"};
  return BuildStack(request, rng, rules);
}

}  // namespace figment::physion
