// How fast the rodent's tasks run, without pictures: beside a bare mj_step loop over the same model and actions.
#pragma once

#include "base/table.h"

namespace figment::lab {

struct RodentBenchOptions {
  int rounds = 5;    // episodes of a task
  int steps = 100;   // control steps of an episode, in turns of a few with the bare loop
  int resets = 41;
  int copies = 8;    // environments beyond the first, for memory
};

// Times are processor times of the thread. Throws base::Error without the assets.
base::Table BenchRodent(const RodentBenchOptions& options);

// Resets the tasks in turn, so many in all, and tells what memory and open files grew by. The first tenth counts as
// warming up.
base::Table BenchRodentResets(int resets);

}  // namespace figment::lab
