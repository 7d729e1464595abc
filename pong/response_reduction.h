// Responses of many units brought down to a few axes, fitted to some rows and applied to others.
#pragma once

#include <Eigen/Core>

namespace figment::pong {

// Data from all trials and from their halves, [rows, columns] each. A source without trials (a model) has no halves.
struct Sides {
  Eigen::MatrixXd full, half1, half2;
  bool has_halves() const { return half1.size() > 0; }
};

enum class Reduction { kNone, kPca, kFactorAnalysis };

struct ReductionOptions {
  Reduction reduction = Reduction::kNone;
  int factors = 50;
};

// Replaces every side of both parts by its scores on axes that are fitted to `train->full` alone, so that full data and
// halves share them. Throws base::Error if there are fewer columns or rows than factors.
void ReduceResponses(const ReductionOptions& options, Sides* train, Sides* test);

}  // namespace figment::pong
