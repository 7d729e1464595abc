// Drape: a cloth falls over two or three posts; will it touch the object that stands between them?
#pragma once

#include "base/random.h"
#include "physion/scenario.h"

namespace figment::physion {

// Cloth counts as touching the zone when a cloth vertex comes this near to it. The reference's .122 m belongs to the
// particle spacing of its engine; .1 is its default.
constexpr double kDrapeContactDistance_m = 0.1;

TrialSpec BuildDrape(const BuildRequest& request, const base::Rng& rng);

}  // namespace figment::physion
