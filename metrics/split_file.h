// Splits made elsewhere, read from a file, and the name of a set of splits.
//
// The file is JSON: {"samples": 6, "splits": [{"train": [0, 1, 3], "test": [2, 5]}, ...]}. Indices count from 0. A
// sample may stand on neither side of a split, never on both and never twice.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "metrics/folds.h"

namespace figment::metrics {

// SHA-256 of the indices in their order: equal splits have equal ids, wherever they were made. Stands beside scores.
std::string SplitsId(std::span<const Split> splits);

// Throws base::Error naming the file and the split if it is not such a file, was made for another number of samples,
// or a split has an empty side, an index out of range or a sample twice. Indices come back ascending.
std::vector<Split> ReadSplits(const std::filesystem::path& path, int samples);

void WriteSplits(const std::filesystem::path& path, std::span<const Split> splits, int samples);

}  // namespace figment::metrics
