// Pictures: row-major from the top left, one buffer per pass, owned by the caller and reused between frames.
#pragma once

#include <cstdint>
#include <vector>

#include "base/pose.h"

namespace figment::render {

// What to draw. All passes asked for leave one draw of the scene.
struct Passes {
  bool color = true, id = false, depth = false, normals = false, flow = false;
};

struct Frame {
  int width = 0, height = 0;
  std::vector<uint8_t> color;    // [H, W, 3] sRGB
  std::vector<uint16_t> id;      // [H, W] 0 = background and room; body b is b + 1; cloth c is bodies + c + 1
  std::vector<float> depth_m;    // [H, W] distance along the camera axis; background = far_m
  std::vector<uint8_t> normals;  // [H, W, 3] camera frame (x right, y up, z towards the viewer), (n + 1) / 2 * 255; background 0
  std::vector<float> flow_px;    // [H, W, 2] (right, down): where this pixel's surface point is now, minus where it was
                                 // in the previous view, in pixels; background and first frame 0
};

}  // namespace figment::render
