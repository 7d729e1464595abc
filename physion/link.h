// Link: a ball strikes a pole with rings; will the marked ring come off and touch the mat?
#pragma once

#include "base/random.h"
#include "physion/scenario.h"

namespace figment::physion {

TrialSpec BuildLink(const BuildRequest& request, const base::Rng& rng);

}  // namespace figment::physion
