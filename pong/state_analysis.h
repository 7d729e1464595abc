// What the states of a model tell about the ball: the simulation index, when the endpoint can be read, and the geometry
// of the trajectories.
//
// Sources: Rajalingham, Piccato & Jazayeri 2022 (Nat Commun, doi 10.1038/s41467-022-33581-6) and its public code,
// RishiRajalingham/MPongBehavior_public PongRnn/rnn_analysis/rnn_analysis_utils.py.
//
// States are a FrameArray [conditions, frames, channels] at 24 frames a second, beginning with the ball's motion; row c
// belongs to `conditions[c]`. Only the frames 0 .. t_end of a condition are read, and these must be finite (an Error
// says where not). Positions are in native units (the frame is 32 x 32); what ends in _deg is in degrees of visual
// angle.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "pong/frame_array.h"
#include "pong/trials.h"

namespace figment::pong {

// Frames of a condition by where the ball's centre is: 0 .. t_end; 0 .. t_occ - 1; t_occ .. t_end.
enum class Epoch { kWhole, kVisible, kOccluded };

struct FrameRange {
  int first = 0, end = 0;  // first <= frame < end
};
FrameRange FramesOf(const Condition& condition, Epoch epoch);

// --- Simulation index: how well an affine map from the state gives the ball's position behind the occluder

struct BallDecodingOptions {
  int folds = 2;               // of conditions, in the order given (contiguous), as published
  bool shuffled = false;       // fold members drawn at random instead, from `seed`
  uint64_t seed = 0;
  Epoch train = Epoch::kWhole;
  Epoch test = Epoch::kOccluded;
};

// Means over the two coordinates, each pooled over the tested frames of all folds.
struct BallDecoding {
  double mae = 0, mae_deg = 0;  // mae is the published simulation index: lower = more simulation
  double rmse_deg = 0;
  double r = 0;                 // Pearson
  double nse = 0;               // normalised squared error: 0 = equal, 1 = unrelated
  int conditions = 0, frames = 0;
};

// Least squares with intercept, fitted on the `train` frames of all folds but one and tested on the `test` frames of
// that one. Fewer conditions than folds is an Error.
BallDecoding DecodeBall(const FrameArray& states, std::span<const Condition> conditions,
                        const BallDecodingOptions& options = {});

// --- Endpoint over time: y_f read from the state at each frame

struct EndpointCourse {
  std::vector<double> time_s;           // from motion onset
  std::vector<double> mae_deg, r;       // NaN where fewer than `smallest` conditions are still running
  std::vector<int> conditions;          // running at that frame
};

// One map per frame, folds of conditions drawn with `seed`. States are first reduced to the `components` leading
// principal components of the training conditions (0 = all channels as they are); published: 50 for neurons, none for
// networks.
EndpointCourse DecodeEndpoint(const FrameArray& states, std::span<const Condition> conditions, int folds = 10,
                              int components = 0, uint64_t seed = 0, int smallest = 60);

// --- Geometry

struct StateGeometry {
  double participation_ratio = 0;  // (sum l)^2 / sum l^2, l = eigenvalues of the covariance of the epoch's states
  double relative_speed = 0;       // mean over conditions of mean |s[t+1] - s[t]| / mean |s[t]|
  double relative_curvature = 0;   // the same with second differences
};
StateGeometry MeasureGeometry(const FrameArray& states, std::span<const Condition> conditions, Epoch epoch);

// --- Velocity: (dx, dy) read from the state, within small regions of the frame, so that position cannot help

struct VelocityDecodingOptions {
  Epoch epoch = Epoch::kOccluded;
  int bins = 32;            // along each axis
  int half_width_bins = 1;  // a region reaches this many bins to either side of its lower edge
  int folds = 20;
  int repeats = 10;         // divisions into folds
  uint64_t seed = 0;
};
struct VelocityDecoding {
  double r2 = 0;            // mean over regions; NaN if no region has enough frames
  int regions = 0;          // with at least `folds` frames of at least 5 conditions
};
// R^2 of a region: targets rotated to their principal axes; r of the cross-validated prediction along each axis,
// averaged over repeats, then squared and weighted by the axis's variance. Folds keep the frames of a condition
// together, unlike the published ones (neighbouring frames are near copies).
VelocityDecoding DecodeVelocity(const FrameArray& states, std::span<const Condition> conditions,
                                const VelocityDecodingOptions& options = {});

}  // namespace figment::pong
