// What a batch of environments costs around them, and how two workers do beside two separate processes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/table.h"
#include "lab/environments.h"

namespace figment::lab {

struct VectorBenchOptions {
  std::filesystem::path worker;  // figment_worker
  int batch = 64;                // environments that do nothing
  int rounds = 15;
  double round_s = 0.2;          // of the comparison of workers; five times that where a step takes milliseconds
};

// Values are those of the fastest round, so that a busy machine enters as little as possible; of two sides that are
// compared the rounds alternate.
base::Table BenchVector(const VectorBenchOptions& options);

}  // namespace figment::lab
