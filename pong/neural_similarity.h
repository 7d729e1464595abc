// Representational similarity of a model to the neurons: no map is fitted, distances between states are compared.
//
// After Rajalingham et al. 2025 (jazlab/MentalPong, analyses/rnn/RnnNeuralComparer.py): states of all (condition,
// frame) of an epoch on the ball's 24-Hz grid, Euclidean distances of all pairs, Pearson's r of the two triangles,
// corrected by the responses' halves. The responses are brought to the grid by linear interpolation inside each
// condition, whose bins are spread evenly over its frames.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "metrics/correlation.h"
#include "pong/neural_score.h"

namespace figment::pong {

enum class StateGrid {
  kFrames,  // 24 Hz, as published: 1862 occluded states and 4302 in all
  kBins,    // 50 ms: features are brought down instead
};
enum class Dissimilarity { kEuclidean, kCorrelation };

struct SimilarityOptions {
  std::vector<Epoch> epochs = {Epoch::kVisible, Epoch::kOccluded, Epoch::kWhole};
  StateGrid grid = StateGrid::kFrames;
  Dissimilarity dissimilarity = Dissimilarity::kEuclidean;
  metrics::CorrelationKind correlation = metrics::CorrelationKind::kPearson;
  Reduction reduction = Reduction::kNone;  // of the responses, to `factors`
  int factors = 0;
  // Reduced responses: axes from the training conditions, distances among the test conditions, mean over folds; or axes
  // from all conditions and all pairs, as published.
  bool factors_on_all = false;
  int folds = 5;
  uint64_t seed = 0;
};

// Values are means over folds where there are folds; NaN where the halves' reliability is not positive.
struct SimilarityScore {
  std::string epoch, population;
  int units = 0, states = 0;
  int64_t pairs = 0, dropped = 0;  // summed over folds
  double r = 0, r_halves = 0;
  double r_xy_n = 0;       // mean of r with either half / sqrt(r_halves): nothing extrapolated
  double r_xy_n_sb = 0;    // r / sqrt(SB(r_halves))
  // The same with what the distances of the ball's positions explain taken out of both sides.
  double partial_r = 0, partial_r_xy_n = 0, partial_r_xy_n_sb = 0;
};

// Throws base::Error if features are not finite in a state, and, on the grid of frames, if theirs is not 24 Hz.
std::vector<SimilarityScore> ScoreSimilarity(const Features& features, const Responses& responses,
                                             const SimilarityOptions& options);

// Linear CKA of features and responses at the bins, without noise correction.
struct AlignmentScore {
  std::string epoch, population;
  int units = 0, rows = 0;
  double biased = 0, unbiased = 0;
};
std::vector<AlignmentScore> ScoreAlignment(const Features& features, const Responses& responses,
                                           std::span<const Epoch> epochs);

}  // namespace figment::pong
