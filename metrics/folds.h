// Cross-validation: which samples are tested in which fold.
//
// A division is a list with one fold number (0 .. folds - 1) a sample: the samples of fold f are tested with what was
// fitted on all others. Every draw comes from the Rng given, so a division can be made again anywhere. Divisions are
// not NumPy's: results that must agree with another program need the division read from a file.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/random.h"

namespace figment::metrics {

using Folds = std::vector<int>;  // [samples]

// Shuffled; fold sizes differ by at most one. Throws base::Error unless 2 <= folds <= samples.
Folds ShuffledFolds(int samples, int folds, base::Rng& rng);

// Shuffled within each class and dealt out so that the folds' counts of a class, and their sizes, differ by at most
// one. `classes` may be any numbers. Throws base::Error if a class has fewer samples than there are folds.
Folds StratifiedFolds(std::span<const int> classes, int folds, base::Rng& rng);

// All samples of a group lie in one fold: the largest groups first, in a shuffled order among equals, each into the
// fold with the fewest samples. Throws base::Error if there are fewer groups than folds.
Folds GroupedFolds(std::span<const int> groups, int folds, base::Rng& rng);

// Indices of the samples inside (`test`) and outside of a fold, ascending.
struct Split {
  std::vector<int> train, test;
};
Split SplitOf(std::span<const int> division, int fold);

}  // namespace figment::metrics
