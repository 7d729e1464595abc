// The published set of Mental-Pong conditions, made again bit for bit, and its split.
//
// A condition is a ball's start (x0, y0) and velocity (dx, dy) out of a grid of 2,700,000; 472,225 of them take a
// suitable time to the occluder and behind it and meet a wall at most once. All arithmetic is in doubles and in the
// published order of operations, so that every number equals the published one to the last bit. Units: pong/geometry.h.
// Source: Rajalingham et al. 2022 and its public code. `RunSelftest` (pong/selftest.h) checks counts and sums.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace figment::pong {

inline constexpr int kTrialCount = 472225;
inline constexpr int kTrackFrames = 100;   // simulated of each trial
inline constexpr int kPaddedFrames = 90;   // of the published arrays; NaN after t_end
inline constexpr int kRecordColumns = 7;

// One condition and what happens in it. Plain data.
struct Condition {
  int index;                          // the "meta index": 0..472224, in the order of the grid's loops
  int ix, iy, iheading, ispeed;       // in the grid, from 0
  int t_occ, t_end;                   // first frames with x >= 24 and with x >= 32
  // Reflections as published: one on the move into frame t_occ counts as occluded, one on the move into t_end not at
  // all.
  int n_bounce_at_t_end;              // frames 1..t_end-1: the trial's bounce label
  int n_bounce_visible;               // frames 1..t_occ-1
  int n_bounce_occluded;              // the difference of the two
  int n_bounce_total;                 // frames 1..98: runs on after t_end
  double x0, y0;
  double heading_rad, speed;          // speed in units a frame
  double dx, dy;                      // units a frame, at the start
  double x_f, y_f;                    // position in frame t_end, not interpolated to the paddle's line
};

// How many trials each step of the generator left.
struct GeneratorCounts {
  int grid = 0;
  int time_to_occluder = 0;                    // 16..44 frames along a straight line (filter A)
  int time_behind_occluder = 0;                // and 16..44 frames more (filter B)
  int lines_reached = 0;                       // both lines within 100 frames (C)
  std::array<int, 5> by_bounce_total = {};     // of these, with 0..4 bounces
  int one_bounce = 0;                          // at most one (D)
  int frame_counts = 0;                        // t_occ and t_end - t_occ in 15..45 (E)
};

// All 472,225 conditions; [i].index == i. Takes about 0.2 s.
std::vector<Condition> MakeTrialSet(GeneratorCounts* counts = nullptr);

// The published random order of 0..n-1: the first ceil(n / 10) entries are `valid`, the others `train`. Each part is
// used in this order, in batches of 512 consecutive entries; an incomplete batch is left out.
struct Split {
  std::vector<int> valid, train;
};
Split MakeSplit(int n = kTrialCount);

inline constexpr int kBatchSize = 512;
inline constexpr int kPublishedTrainBatches = 415;  // what the published networks were trained on: the first half
std::span<const int> Batch(std::span<const int> part, int batch);  // empty if there is no such batch
inline int BatchCount(std::span<const int> part) { return static_cast<int>(part.size()) / kBatchSize; }

// The 79 conditions of the recordings in dorsomedial frontal cortex (Rajalingham, Sohn & Jazayeri 2025), as indices.
// Their position in this list is the row of every published 79-row array.
std::span<const int> PublishedConditions();

// A ball's path. Frame 0 is the start.
struct Track {
  std::array<double, kTrackFrames> x, y;
  std::array<double, kTrackFrames> dx, dy;      // with which the ball leaves the frame
  std::array<double, kTrackFrames> y_straight;  // y before it was mirrored at a wall, otherwise y
  std::array<bool, kTrackFrames> reflected;     // on the move into the frame, by any of the three walls
  std::optional<int> t_occ, t_end;              // first frames with x >= 24, x >= 32
};
Track MakeTrack(double x0, double y0, double dx, double dy);
inline Track MakeTrack(const Condition& condition) {
  return MakeTrack(condition.x0, condition.y0, condition.dx, condition.dy);
}

// The published record of a trial, [90 frames, 7]: x, y, heading (rad), speed, bounce, slope, offset; frames 0..t_end,
// then NaN. Columns 2 to 5 lag by one frame: they belong to the move that led to the previous frame.
std::vector<double> MakeRecord(const Condition& condition);

}  // namespace figment::pong
