// Numbers a model (or a population of neurons) gives for each frame of each condition.
#pragma once

#include <span>
#include <vector>

#include "base/check.h"

namespace figment::pong {

// [conditions, frames, channels], row-major. NaN past a condition's end.
struct FrameArray {
  int conditions = 0, frames = 0, channels = 0;
  std::vector<float> values;

  std::span<const float> At(int condition, int frame) const {
    return {values.data() + (static_cast<size_t>(condition) * frames + frame) * channels, static_cast<size_t>(channels)};
  }
};

}  // namespace figment::pong
