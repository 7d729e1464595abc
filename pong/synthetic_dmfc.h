// A population with known answers, in the form of the public recordings.
//
// The rate of each unit is an affine function of the ball's state in the bin (position, velocity) and of the endpoint,
// with weights drawn per unit, so that a linear map from the true state predicts everything but noise. Spikes are
// Poisson: each half is the mean of half of the trials, the full response that of all. The mean rate of a unit is
// chosen so that the expected correlation of its halves over the whole trial is `reliability`.
#pragma once

#include <cstdint>

#include "pong/dmfc.h"

namespace figment::pong {

inline constexpr int kMostSyntheticUnits = 20'000;  // 1.9 GB

struct SyntheticOptions {
  int units = 200;
  double reliability = 0.5;        // expected correlation of the halves, over 0 and under 1
  int trials = 20;                 // of each condition, even
  double second_animal = 0.25;     // share of the units that are given to a second animal
  double position = 1, velocity = 1, endpoint = 1;  // size of the tuning to each; not all 0
  uint64_t seed = 1;
};

// Animals "one" and "two". Rates outside of the trial are the unit's mean before motion, NaN after its end.
// Throws base::UsageError for options out of range.
Responses MakeSyntheticResponses(const SyntheticOptions& options = {});

}  // namespace figment::pong
