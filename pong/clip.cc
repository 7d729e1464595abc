#include "pong/clip.h"

#include <cmath>

#include "base/check.h"

namespace figment::pong {

Position PositionAt(const Track& track, double time_frames, int end) {
  const double whole = std::floor(time_frames), part = time_frames - whole;
  const auto frame = static_cast<size_t>(whole);
  if (whole >= end) return {track.x[static_cast<size_t>(end)], track.y[static_cast<size_t>(end)]};
  if (part == 0) return {track.x[frame], track.y[frame]};
  return {track.x[frame] + part * (track.x[frame + 1] - track.x[frame]),
          track.y[frame] + part * (track.y[frame + 1] - track.y[frame])};
}

int ClipLength(int t_end, double rate_hz) {
  // The small number keeps 40 frames at 60 a second from being 99.999... pictures.
  return static_cast<int>(std::floor(t_end * rate_hz / kBallRate_hz + 1e-9)) + 1;
}

std::vector<Position> ClipPositions(const Track& track, double rate_hz) {
  CHECK(track.t_end.has_value());
  CHECK_GT(rate_hz, 0);
  std::vector<Position> positions(static_cast<size_t>(ClipLength(*track.t_end, rate_hz)));
  for (size_t i = 0; i < positions.size(); ++i)
    positions[i] = PositionAt(track, static_cast<double>(i) * kBallRate_hz / rate_hz, *track.t_end);
  return positions;
}

Epochs EpochsOf(const std::vector<Position>& clip, double ball_radius) {
  Epochs epochs;
  for (size_t i = 0; i < clip.size(); ++i) {
    const double x = clip[i].x;
    const bool whole = x + ball_radius <= kOccluderX, hidden = x - ball_radius >= kOccluderX;
    if (whole) epochs.vis_frame_end = static_cast<int>(i);
    if (hidden && epochs.occ_frame_start < 0) epochs.occ_frame_start = static_cast<int>(i);
    epochs.cover.push_back(whole ? Cover::kVisible : hidden ? Cover::kHidden : Cover::kPartlyHidden);
    epochs.visible.push_back(x < kOccluderX);
    epochs.occluded.push_back(x >= kOccluderX);
  }
  return epochs;
}

}  // namespace figment::pong
