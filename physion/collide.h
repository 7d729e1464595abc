// Collide: a thrown or rolled probe strikes the target; will the target reach the mat beyond?
#pragma once

#include "base/random.h"
#include "physion/scenario.h"

namespace figment::physion {

TrialSpec BuildCollide(const BuildRequest& request, const base::Rng& rng);

}  // namespace figment::physion
