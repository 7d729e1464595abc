// What the ball is doing, read from neurons or from features.
//
// After Rajalingham et al. 2025: least squares with the same weights at all times; rows are (condition, bin) of an
// epoch; 100 splits of the conditions, 39 to fit and 40 to test (successive permutations of 0..78 from NumPy's
// RandomState(0), the first 40 tested: GroupShuffleSplit(100, test_size=0.5, random_state=0)); Pearson's r and errors
// pooled over the tested rows, mean and standard deviation over splits. Neurons are first reduced to factors; the
// published factors were fitted to all conditions, ours inside each split unless asked otherwise.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pong/neural_score.h"

namespace figment::pong {

struct DecodingOptions {
  std::vector<Epoch> epochs = {Epoch::kVisible, Epoch::kOccluded, Epoch::kWhole};
  int splits = 100;
  int lag_bins = 0;        // the source is read this many bins later than the ball
  Reduction reduction = Reduction::kPca;
  int factors = 50;        // none if the source has no more columns
  bool factors_on_all = false;
};

// One target in one epoch; errors in degrees (velocities: degrees a frame).
struct DecodingScore {
  std::string epoch, target;  // x, y, dx, dy, y_f
  int rows = 0, dropped_rows = 0;  // dropped: the source has no value there (a lag beyond the trial)
  double r = 0, r_sd = 0, mae_deg = 0, mae_sd_deg = 0, rmse_deg = 0;
};

std::vector<DecodingScore> DecodeFromNeurons(const Responses& responses, const DecodingOptions& options);
// Features are not reduced. A lag shifts them in the same way.
std::vector<DecodingScore> DecodeFromFeatures(const Features& features, const EpochMasks& masks,
                                              const DecodingOptions& options);

}  // namespace figment::pong
