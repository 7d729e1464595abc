// How fast the published networks train.
#pragma once

#include "base/table.h"

namespace figment::lab {

// One pass over 212,480 conditions with the published settings, inputs made from the ball's pixels included, for some
// cells, on all CPUs. Throws base::Error in a program without torch.
base::Table BenchTraining();

}  // namespace figment::lab
