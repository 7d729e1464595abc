// Support: a ball strikes a tower that stands on a mat; will the object on top fall onto the mat?
#pragma once

#include "base/random.h"
#include "physion/scenario.h"

namespace figment::physion {

TrialSpec BuildSupport(const BuildRequest& request, const base::Rng& rng);

}  // namespace figment::physion
