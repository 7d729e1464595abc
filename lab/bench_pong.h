// How fast Mental-Pong runs: the trial set, the published pictures, and the game in batches.
#pragma once

#include "base/table.h"

namespace figment::lab {

struct PongBenchOptions {
  int rounds = 9;      // the median counts
  int batch = 256;     // environments
  int steps = 2000;    // of a batch, timed in a round
};

// Times are processor times of the thread that works, so that a busy machine does not enter.
base::Table BenchPong(const PongBenchOptions& options);

}  // namespace figment::lab
