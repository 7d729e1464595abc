// How fast whole data sets are made, through the same worker processes a user's run has.
#pragma once

#include <filesystem>

#include "base/table.h"

namespace figment::lab {

// Rows: five passes at 256 pixels to HDF5 and MP4; colour movies alone; simulation alone - each with 1 and with 2
// workers: frames (or trials) a second, the same per CPU second, peak memory of a worker, disk per 150 frames.
base::Table BenchPhysion(const std::filesystem::path& worker_program);

}  // namespace figment::lab
