// The strictest map: each target is predicted by a single feature as it is, or by the few that correlate best with it.
#pragma once

#include <vector>

#include <Eigen/Core>

#include "metrics/linear_map.h"

namespace figment::metrics {

// Pearson's r of every feature with every target, [features, targets]; NaN where a column has a value that is not
// finite or does not vary.
Eigen::MatrixXd CrossCorrelations(const MatrixView& x, const MatrixView& y);

struct OneToOne {
  std::vector<int> sources;      // [targets]: the feature; -1 where no correlation is defined
  Eigen::VectorXd correlations;  // [targets], on the samples fitted
  int features = 0;
};

// For each target the feature with the highest signed r, the first among equals. Features that are constant or not
// finite are ignored. Throws base::Error if the numbers of rows differ or are less than two.
OneToOne FitOneToOne(const MatrixView& x, const MatrixView& y);

// The chosen columns of x, unscaled: [samples, targets]; NaN where there is none.
Eigen::MatrixXd Predict(const OneToOne& map, const MatrixView& x);

// Ridge regression on the features whose r with the target is at least its `percentile` (0..100, as Quantile) over the
// features; all other coefficients are 0, and those of a target without a defined r. 100 fits the best one alone.
LinearMap FitBestSources(const MatrixView& x, const MatrixView& y, double percentile, double alpha);

}  // namespace figment::metrics
