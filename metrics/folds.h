// Cross-validation: which samples are tested in which fold.
//
// A division is a list with one fold number (0 .. folds - 1) a sample: the samples of fold f are tested with what was
// fitted on all others. A split is one pair of training and test samples. Every draw comes from the generator given, so
// both can be made again anywhere: from base::Rng for new work, from base::NumpyRandom to repeat what was published
// with NumPy and scikit-learn (named below). metrics/split_file.h reads the splits of any other program.
//
// Where several samples come from one condition, trial or scene (time bins, frames), use the grouped forms: neighbours
// in time are near copies of each other, and a division that parts them measures memory.
//
// All throw base::Error if there are fewer than 2 folds, or fewer samples (groups) than folds.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/numpy_random.h"
#include "base/random.h"

namespace figment::metrics {

using Folds = std::vector<int>;  // [samples]

// Runs of neighbours; the first `samples % folds` folds have one sample more. KFold(folds).
Folds ContiguousFolds(int samples, int folds);

// Shuffled; fold sizes differ by at most one. With NumpyRandom: KFold(folds, shuffle=True, random_state=seed).
Folds ShuffledFolds(int samples, int folds, base::Rng& rng);
Folds ShuffledFolds(int samples, int folds, base::NumpyRandom& rng);

// Shuffled within each class and dealt out so that the folds' counts of a class, and their sizes, differ by at most
// one. `classes` may be any numbers. Throws base::Error if a class has fewer samples than there are folds.
Folds StratifiedFolds(std::span<const int> classes, int folds, base::Rng& rng);

// All samples of a group lie in one fold: the largest groups first, in a shuffled order among equals, each into the
// fold with the fewest samples. `groups` are any numbers, one a sample.
Folds GroupedFolds(std::span<const int> groups, int folds, base::Rng& rng);

// The same without chance: among groups of one size the greater number first. GroupKFold(folds); scikit-learn's order
// among equal sizes depends on its sort, and is this one if all sizes are equal or all differ.
Folds GroupedFolds(std::span<const int> groups, int folds);

// The groups in ascending order of their numbers, cut into runs whose counts of groups differ by at most one.
Folds ContiguousGroupFolds(std::span<const int> groups, int folds);

// Indices of the samples inside (`test`) and outside of a fold, ascending.
struct Split {
  std::vector<int> train, test;
};
Split SplitOf(std::span<const int> division, int fold);
std::vector<Split> SplitsOf(std::span<const int> division);  // one a fold

// A random share of the samples, ceil(share * samples) of them, is tested; the rest trains. Call it again with the
// same generator for the next split. ShuffleSplit(test_size=share, random_state=seed).
Split ShuffleSplit(int samples, double test_share, base::NumpyRandom& rng);

// The same with whole groups, counted in groups. GroupShuffleSplit(test_size=share, random_state=seed).
Split GroupShuffleSplit(std::span<const int> groups, double test_share, base::NumpyRandom& rng);

// The first ceil(share * samples) of NumpyRandom(seed).Permutation(samples) train, the rest is tested. Row splits of
// Nayebi et al. 2023 (share .8, seeds 0-4) and 2021 (.2, seeds 0-9).
Split PermutationSplit(int samples, double train_share, uint32_t seed);

}  // namespace figment::metrics
