// The boundary between networks and scores: a file with what a network did on a set of conditions (docs/training.md).
//
// HDF5: `features` [C, 90, D] float32, NaN past each condition's end; `condition_index` [C]; `outputs` [C, 90, 8],
// `h` [C, 90, H] and `state` [C, 90, 2H] ([c, h]) likewise; `observed` [C, 90] uint8, 1 in frames in which the ball's centre
// is left of the occluder; `header`, a JSON text.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "pong/trial_sets.h"

namespace figment::pong {

const std::vector<std::string>& FeatureLayers();  // h, state, outputs: what `features` may be

struct FeatureRequest {
  std::filesystem::path checkpoint;  // a checkpoint or the folder of a run
  TrialSelection selection{.set = "published79"};
  std::string layer = "h";
  std::filesystem::path out;
};

// Writes the file; returns the number of conditions. Throws base::Error on an unknown layer or set, if the checkpoint is
// none, if the file is there already, and if it would have more than 4 GB.
int WriteModelFeatures(const FeatureRequest& request);

}  // namespace figment::pong
