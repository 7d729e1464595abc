// How fast whole data sets are made, through the same worker processes a user's run has.
#pragma once

#include <filesystem>

#include "base/table.h"

namespace figment::lab {

// Rows: five passes at 256 pixels to HDF5 and MP4; colour movies alone; simulation alone - each with 1 and with 2
// workers: frames (or trials) a second, the same per CPU second, peak memory of a worker, disk per 150 frames. The first
// case also as two commands of one worker each, side by side: what the machine can do without one command's bookkeeping.
struct PhysionBenchPrograms {
  std::filesystem::path figment, worker;
};
base::Table BenchPhysion(const PhysionBenchPrograms& programs);

}  // namespace figment::lab
