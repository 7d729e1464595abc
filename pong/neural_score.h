// How well features predict neurons on conditions they were not fitted to, corrected for noise.
//
// Per unit, with p = prediction and y = response on test rows (bins), f = all trials, 1 and 2 = halves of them, each
// half with a map of its own:
//   r_xy = r(p_f, y_f)    r_xx = r(p_1, p_2)    r_yy = r(y_1, y_2)
//   r_xy_n_sb = r_xy / sqrt(SB(r_xx) SB(r_yy)),    SB(r) = 2 r / (1 + r)
// after Nayebi et al. 2023 (their brainmodel_utils). r_xy_n_sb is taken per split, then averaged over splits, then the
// median is taken over units; beside it stands the value of r averaged over splits first. The public recordings hold
// one pair of halves, so there is one halving. Ratios above 1 happen and are not clipped.
//
// Folds keep all bins of a condition together, unless leaky rows are asked for: then rows are shuffled, as the
// reference does, although neighbouring bins are near copies of each other.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "metrics/bootstrap.h"
#include "metrics/correlation.h"
#include "metrics/folds.h"
#include "pong/dmfc.h"
#include "pong/features.h"
#include "pong/response_reduction.h"

namespace figment::pong {

// --- One cross-validated fit

Sides SidesAt(const Responses& responses, const BinRows& rows);

struct FitOptions {
  std::string map = "ridge";  // pong/regression_maps.h
  int components = 25;        // of PLS
  ReductionOptions reduction; // of responses (on both sides, if neurons predict neurons), inside each split
};

// What each unit's correlations are made of, by condition, so that they follow for any resample of conditions.
class CrossValidation {
 public:
  struct UnitScores {  // [units] each; NaN where undefined
    Eigen::VectorXd r_xy, r_xx, r_yy;         // mean over splits
    Eigen::VectorXd corrected;                // r_xy_n_sb, mean over the splits where it is defined
    Eigen::VectorXd corrected_of_means;       // from the three means
    Eigen::VectorXd ceiling_half, ceiling_sb; // sqrt(r_yy), sqrt(SB(r_yy)) of the mean r_yy
    int undefined_splits = 0;                 // unit-splits without r_xy_n_sb: a reliability is not positive
    metrics::Undefined undefined;             // correlations that do not exist, by reason
  };

  // Rows' conditions are `rows.condition`. Leaky splits part rows of one condition.
  CrossValidation(const Sides& x, const Sides& y, const BinRows& rows, std::span<const metrics::Split> splits,
                  const FitOptions& options, bool leaky);

  int units() const { return units_; }
  // Each condition counts `times[condition]` times; empty: once.
  UnitScores Score(std::span<const double> times = {}) const;
  // r_xy_n_sb of one unit in both orders, as Score gives them.
  struct Corrected {
    double per_split, of_means;
  };
  Corrected CorrectedScore(int unit, std::span<const double> times) const;

 private:
  enum Pair { kXY, kXX, kYY, kPairs };
  struct SplitMoments {
    std::vector<int> conditions;
    std::vector<metrics::Moments> moments;  // [units, pairs, conditions]
  };
  void Add(const std::vector<Eigen::MatrixXd>& predictions, const Eigen::MatrixXd* responses[3], const BinRows& rows,
           std::span<const int> test, SplitMoments* split) const;
  double R(const SplitMoments& split, int unit, Pair pair, std::span<const double> times,
           metrics::Undefined* undefined = nullptr) const;

  int units_ = 0;
  std::vector<SplitMoments> splits_;
};

// --- Scores of a model

struct NeuralScoreOptions {
  FitOptions fit;
  std::vector<Epoch> epochs = {Epoch::kVisible, Epoch::kOccluded, Epoch::kWhole};
  int folds = 5;
  bool leaky_rows = false;  // five splits of shuffled rows, 80 % for training, NumPy seeds 0 to 4
  int bootstrap = 1000;     // resamples of conditions and units inside animals; 0 = no intervals
  uint64_t seed = 0;
  bool other_animal = true; // also predict each animal's units from the other animals'
};

// One population (an animal, or all of them) in one epoch. Medians over units.
struct PopulationScore {
  std::string epoch, population;
  int units = 0, rows = 0;
  int undefined_units = 0;          // without r_xy_n_sb in any split
  double r_xy = 0, r_xx = 0, r_yy = 0;
  double corrected = 0;             // r_xy_n_sb
  double corrected_of_means = 0;
  double sem = 0;                   // of r_xy_n_sb over units
  metrics::Interval interval;       // 95 % of r_xy_n_sb, NaN without bootstrap
  metrics::Interval interval_of_means;
  double ceiling_half = 0;          // (1) median sqrt(r_yy), nothing extrapolated
  double ceiling_sb = 0;            // (2) median sqrt(SB(r_yy))
  double ceiling_animal = 0;        // (3) median r_xy of the other animals' units, same map and folds; NaN if none
  double ceiling_animal_corrected = 0;  // the same as r_xy_n_sb
};

struct UnitRow {
  std::string epoch;
  int unit = 0;                     // among the responses
  double r_xy = 0, r_xx = 0, r_yy = 0, corrected = 0, corrected_of_means = 0, ceiling_half = 0, ceiling_sb = 0;
  double other_animal = 0;
};

struct NeuralScore {
  std::vector<PopulationScore> populations;  // by epoch: all, then each animal
  std::vector<UnitRow> units;                // by epoch; of factors instead, if the responses were reduced
  std::vector<std::string> split_ids;        // by epoch: metrics::SplitsId
  std::vector<std::string> notes;
};

// Throws base::Error if features do not cover a bin, or if there are fewer conditions than folds.
NeuralScore ScoreNeurons(const Features& features, const Responses& responses, const NeuralScoreOptions& options);

// Splits of the rows: by condition, or leaky.
std::vector<metrics::Split> SplitRows(const BinRows& rows, const NeuralScoreOptions& options);

// --- Nulls: features that cannot know the condition

// Condition c gets the features of another, at the same time since motion onset; past that one's end its last frame is
// held. What is the same in all trials, such as the time, stays.
Features WithPermutedConditions(const Features& features, uint64_t seed);

const char* NameOf(Epoch epoch);                        // "visible", "occluded", "whole"
std::vector<Epoch> ParseEpochs(const std::string& name);  // one of them, or "all"

}  // namespace figment::pong
