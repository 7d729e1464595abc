#include "pong/targets.h"

#include <algorithm>

#include "base/names.h"

namespace figment::pong {
namespace {

struct FrameSpan {
  int begin, end;
};

// Frames in which a channel's target is finite. The paddle's two frames are apart.
FrameSpan FiniteFrames(const Condition& c, int channel) {
  switch (channel) {
    case 0: case 1: return {0, c.t_end + 1};
    case 2: case 3: return {0, c.t_occ};
    case 4: case 5: return {c.t_occ, c.t_end + 1};
    case 7: return {c.t_occ, c.t_end};
    default: return {0, 0};
  }
}

double ValueOf(const Condition& c, const Track& track, int channel, int frame) {
  if (channel == 7) return c.y_f;
  return channel % 2 == 0 ? track.x[frame] : track.y[frame];
}

}  // namespace

const std::vector<Family>& Families() {
  static const std::vector<Family> families = {
      {"mov", "No-sim, Intercept", {6}},
      {"vis-mov", "Vis-sim, Vis", {2, 3, 6}},
      {"sim-mov", "All-sim, Vis&Occ", {0, 1, 6}},
      {"vis-sim-mov", "All-sim2, Vis+Occ", {2, 3, 4, 5, 6}},
  };
  return families;
}

const Family& FamilyNamed(const std::string& name) {
  return base::FindNamed("family", name, Families());
}

TrialTargets MakeTargets(const Condition& condition, const Track& track, const Family& family, TimeMean mean) {
  TrialTargets targets;
  const double share = 1.0 / (kChannels * static_cast<double>(family.channels.size()));
  const auto set = [&](int frame, int channel, double value, int finite_frames) {
    if (frame >= kPaddedFrames) return;
    const bool counts = std::find(family.channels.begin(), family.channels.end(), channel) != family.channels.end();
    targets.value[frame][channel] = static_cast<float>(value);
    const double frames = mean == TimeMean::kAll ? kPaddedFrames : finite_frames;
    targets.weight[frame][channel] = counts ? static_cast<float>(share / frames) : 0.0f;
  };
  for (int channel = 0; channel < kChannels; ++channel) {
    const FrameSpan span = FiniteFrames(condition, channel);
    for (int t = span.begin; t < span.end; ++t) set(t, channel, ValueOf(condition, track, channel, t), span.end - span.begin);
  }
  set(0, kPaddleChannel, kMiddle, 2);
  set(condition.t_end, kPaddleChannel, condition.y_f, 2);
  return targets;
}

}  // namespace figment::pong
