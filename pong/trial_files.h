// The trial set as files: a table of conditions, and the published batches.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "pong/trial_sets.h"

namespace figment::pong {

// One line a condition, numbers with as many digits as it takes to read them back equal:
// index,ix,iy,iheading,ispeed,x0,y0,heading_rad,speed,dx,dy,t_occ,t_end,n_bounce_at_t_end,n_bounce_visible,
// n_bounce_occluded,n_bounce_total,x_f,y_f,split,split_position
std::string TrialCsv(const TrialSelection& selection);

// Writes TrialCsv to a file; returns the number of conditions. A file that is there is an Error.
int WriteTrialCsv(const std::filesystem::path& path, const TrialSelection& selection);

struct BatchRequest {
  std::filesystem::path folder;
  std::string part;          // valid or train
  std::vector<int> batches;  // empty = all of the part
};
// Writes folder/batch_{k}.h5, each with the published arrays `input` [512, 90, 7] (MakeRecord), `output` [512, 90]
// (NaN but for y_f in frame t_end), `label` [512, 3] (y_f, t_end, t_occ), all float64, and besides `index` [512] int32.
// Returns how many files were written. Files that are there are an Error.
int WriteBatches(const BatchRequest& request);

}  // namespace figment::pong
