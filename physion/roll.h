// Roll: the target slides down a ramp or is pushed over a rod on the floor; will it reach the mat?
#pragma once

#include "base/random.h"
#include "physion/scenario.h"

namespace figment::physion {

TrialSpec BuildRoll(const BuildRequest& request, const base::Rng& rng);

}  // namespace figment::physion
