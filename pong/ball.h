// The ball: straight motion, one frame at a time, and mirrors at three walls.
#pragma once

#include "pong/geometry.h"

namespace figment::pong {

struct Ball {
  double x, y, dx, dy;  // units, units a frame

  // One frame. At most one wall acts in a frame: the lower one before the upper, both before the left one; there is no
  // right wall. Returns whether one did. The order of operations is the published one, to the last bit.
  bool Move() {
    x += dx, y += dy;
    const double low = kReflectionRadius - y, up = y - (kFrameSize - kReflectionRadius), left = kReflectionRadius - x;
    if (low > 0) return dy = -dy, y += 2 * low, true;
    if (up > 0) return dy = -dy, y -= 2 * up, true;
    if (left > 0) return dx = -dx, x += 2 * left, true;
    return false;
  }
};

}  // namespace figment::pong
