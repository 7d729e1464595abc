// How fast the rodent's tasks run: beside a bare mj_step loop over the same model and actions, with pictures beside
// other packages, and with two workers.
#pragma once

#include <filesystem>

#include "base/table.h"
#include "lab/rodent_speed.h"

namespace figment::lab {

struct RodentBenchOptions {
  RodentEpisodes episodes;       // of a task
  int resets = 41;
  int copies = 8;                // environments beyond the first, for memory

  RodentEpisodes eye_episodes = {.count = 3, .steps = 100};
  std::filesystem::path worker;  // figment_worker, for all but BenchRodent
  // Pythons that have these packages, and scripts/bench_rodent_pictures.py. An empty or missing path leaves the
  // comparison out.
  std::filesystem::path dm_control_python, envpool_python, pictures_script;

  int batch = 16;                // of two workers
  int worker_rounds = 3;
  double worker_round_s = 1.5;
};

// State only. Times are processor times. Throws base::Error without the assets.
base::Table BenchRodent(const RodentBenchOptions& options);

// With the eye: each row in a process of its own that draws with one thread.
base::Table BenchRodentEye(const RodentBenchOptions& options);

// Two workers beside two processes that know nothing of each other; how long the workers wait.
base::Table BenchRodentWorkers(const RodentBenchOptions& options);

// Resets the tasks in turn, so many in all, and tells what memory and open files grew by. The first tenth counts as
// warming up.
base::Table BenchRodentResets(int resets);

}  // namespace figment::lab
