// Dominoes: a row of bricks from the pushed probe to the target; will the chain reach the mat behind it?
#pragma once

#include "base/random.h"
#include "physion/scenario.h"

namespace figment::physion {

TrialSpec BuildDominoes(const BuildRequest& request, const base::Rng& rng);

}  // namespace figment::physion
