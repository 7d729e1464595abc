#include "physion/contain.h"

#include "physion/stack.h"

namespace figment::physion {

TrialSpec BuildContain(const BuildRequest& request, const base::Rng& rng) {
  return BuildStack(request, rng, {.facts = {.scenario = "contain", .controller = "Containment", .frame_cap = 450},
                                   .target_range = "target_contained_range", .more_models = {"woven_box"}});
}

}  // namespace figment::physion
