#include "physion/link.h"

#include "physion/stack.h"

namespace figment::physion {

TrialSpec BuildLink(const BuildRequest& request, const base::Rng& rng) {
  StackRules rules;
  rules.facts = {.scenario = "link", .controller = "Linking", .frame_cap = 450};
  rules.target_range = "target_link_range";
  rules.records_num_middle_objects = true;
  return BuildStack(request, rng, rules);
}

}  // namespace figment::physion
