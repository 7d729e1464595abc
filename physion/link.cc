#include "physion/link.h"

#include "physion/stack.h"

namespace figment::physion {

TrialSpec BuildLink(const BuildRequest& request, const base::Rng& rng) {
  return BuildStack(request, rng, {.facts = {.scenario = "link", .controller = "Linking", .frame_cap = 450},
                                   .target_range = "target_link_range", .more_models = {},
                                   .records_num_middle_objects = true});
}

}  // namespace figment::physion
