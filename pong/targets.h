// What the published networks are trained to say about a trial: eight numbers a frame, and which of them count.
//
//   0, 1  ball x, y           frames 0..t_end
//   2, 3  ball x, y           frames 0..t_occ-1
//   4, 5  ball x, y           frames t_occ..t_end
//   6     paddle              frame 0: 16; frame t_end: y_f; free in between and after
//   7     step of y_f         frames t_occ..t_end-1 (of an unpublished loss; no family counts it)
//
// Native units (the frame is 32 x 32). Sources: Rajalingham et al. 2022 and its public code
// (MPongBehavior_public, PongRnn/rnn_train/PongExperiment_prediction.py).
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "pong/geometry.h"
#include "pong/trials.h"

namespace figment::pong {

inline constexpr int kChannels = 8;
inline constexpr int kPaddleChannel = 6;

// A family of networks: the channels that its loss counts.
struct Family {
  std::string name;        // "vis-sim-mov"
  std::string published;   // names in the papers
  std::vector<int> channels;
};
const std::vector<Family>& Families();
const Family& FamilyNamed(const std::string& name);  // throws base::Error with the nearest name

// How a channel's squared errors are averaged over time.
enum class TimeMean {
  kAll,         // over all 90 frames, also those that do not count: as published. A channel with few frames weighs little
  kSupervised,  // over the frames that count: every channel weighs the same
};

// Targets of one trial and the weights of their squared errors: the loss of a batch of B trials is the sum of
// weight * (output - target)^2 over all trials, frames and channels, divided by B.
//
//   weight = finite / (8 * supervised channels * frames), frames = 90 or the channel's finite frames in this trial
//
// The output of the paddle's channel has 16 added at frame 0 before it is compared (pong/network.h).
struct TrialTargets {
  std::array<std::array<float, kChannels>, kPaddedFrames> value{}, weight{};
};
TrialTargets MakeTargets(const Condition& condition, const Track& track, const Family& family, TimeMean mean);

}  // namespace figment::pong
