// How fast the statistics run: the fits of a neural score, side by side with scikit-learn's, one thread each.
#pragma once

#include <filesystem>

#include "base/table.h"

namespace figment::lab {

struct FitSize {
  int conditions, bins, features, targets;  // samples = conditions x bins
};

struct MetricsBenchOptions {
  // The Python that may hold scikit-learn, and scripts/bench_sklearn.py. An empty or missing path leaves that side
  // without numbers.
  std::filesystem::path python, sklearn_script;
  FitSize ridge{79, 40, 2048, 1889};  // the DMFC units against a wide layer
  FitSize pls{48, 48, 1000, 168};
  int folds = 5;
  int pls_components = 25;
};

// Rows: ridge with 24 alphas by grouped folds and by leave-one-out, PLS. CPU seconds of both programs, how many times
// as fast ours is, and the largest difference of a coefficient (for that scikit-learn's PLS is run to a tolerance of
// 1e-14).
base::Table BenchMetrics(const MetricsBenchOptions& options);

}  // namespace figment::lab
