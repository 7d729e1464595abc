// What the released Physion test trials look like, to hold generated data sets against.
//
// Source: metadata.json of the 108 released test configurations, 1689 trials before balancing
// (https://github.com/cogtoolslab/physics-benchmarking-neurips2021, stimuli/generation/configs). Frames count from 0.
#pragma once

#include <array>
#include <string>
#include <vector>

namespace figment::physion {

// 10th, 25th, 50th, 75th and 90th percentile.
inline constexpr std::array<double, 5> kQuantileShares = {0.10, 0.25, 0.50, 0.75, 0.90};
using FrameQuantiles = std::array<double, 5>;

struct ReferenceScenario {
  std::string scenario;
  int trials = 0, configs = 0;
  double positive = 0, positive_low = 0, positive_high = 0;  // share of trials; smallest and largest of a config
  FrameQuantiles num_frames{}, first_contact{};              // first contact: of the positive trials
  double late = 0, early = 0;                                // share of the positive trials, see below
  double shortest = 0, capped = 0;                           // share of trials: 151 frames; ended by the frame cap
};
const std::vector<ReferenceScenario>& ReferenceScenarios();
const ReferenceScenario* FindReferenceScenario(const std::string& scenario);  // null: nothing was released of it

// A first contact is early up to this frame: within the 45 frames (1.5 s of the movie) that people see.
inline constexpr int kEarlyContactFrame = 45;
// ... and late from this frame on: after the 150 frames that the published models are given.
inline constexpr int kLateContactFrame = 150;

// Of a random half of the released trials, drawn within each configuration.
struct ReferenceConfig {
  std::string config;
  int trials = 0, positives = 0;
};
const std::vector<ReferenceConfig>& ReferenceConfigs();
const ReferenceConfig* FindReferenceConfig(const std::string& config);  // null: not a released test configuration

}  // namespace figment::physion
