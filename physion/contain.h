// Contain: a ball strikes a container; will the marked content fall out onto the mat?
#pragma once

#include "base/random.h"
#include "physion/scenario.h"

namespace figment::physion {

TrialSpec BuildContain(const BuildRequest& request, const base::Rng& rng);

}  // namespace figment::physion
