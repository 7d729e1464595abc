// The 200 conditions that models are tested on here.
//
// The published 200 (100 with a bounce, 100 without) contain the 79 of the recordings; the other 121 need a download. Ours
// are the 79, in their published order, and 121 more of the valid split, drawn once and for all: from the conditions with a
// bounce (n_bounce_at_t_end > 0) as many as bring them to 100, from those without likewise. Within each of the two the
// draw is stratified by y_f: the frame's height is cut into ten equal bands, which take turns.
#pragma once

#include <span>
#include <vector>

#include "pong/trials.h"

namespace figment::pong {

inline constexpr int kEvaluationConditions = 200;
inline constexpr int kEvaluationBounces = 100;

std::vector<int> EvaluationConditions(std::span<const Condition> trials, const Split& split);

}  // namespace figment::pong
