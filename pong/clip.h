// A trial as a clip: where the ball is in each picture, and which part of the trial the picture shows.
//
// At 24 pictures a second the ball stands where the published track has it; at other rates it moves straight between
// those positions. A clip ends with the last picture that is not later than frame t_end.
#pragma once

#include <cstdint>
#include <vector>

#include "pong/geometry.h"
#include "pong/trials.h"

namespace figment::pong {

// Where the ball stands at a time in frames of 1/24 s, at most `end`.
struct Position {
  double x, y;
};
Position PositionAt(const Track& track, double time_frames, int end);

std::vector<Position> ClipPositions(const Track& track, double rate_hz = kBallRate_hz);
int ClipLength(int t_end, double rate_hz);  // pictures 0..; t_end + 1 at 24 a second

// How much of the ball, as it is drawn, is behind the occluder.
enum class Cover : uint8_t { kVisible, kPartlyHidden, kHidden };

// Epochs of a clip. The masks go by the ball's centre: visible before t_occ, occluded from t_occ to t_end.
struct Epochs {
  std::vector<Cover> cover;                // by picture
  std::vector<uint8_t> visible, occluded;  // by picture: 1 or 0; together the whole trial
  int vis_frame_end = -1;                  // last picture with the whole ball visible: x + radius <= 24
  int occ_frame_start = -1;                // first picture with the whole ball hidden: x - radius >= 24
};
Epochs EpochsOf(const std::vector<Position>& clip, double ball_radius = kBallRadius);

}  // namespace figment::pong
