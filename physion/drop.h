// Drop: an object falls onto another one; will it end up touching the mat?
#pragma once

#include "base/random.h"
#include "physion/scenario.h"

namespace figment::physion {

TrialSpec BuildDrop(const BuildRequest& request, const base::Rng& rng);

}  // namespace figment::physion
