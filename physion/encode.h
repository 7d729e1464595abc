// Pictures of a drawn frame as the bytes that go into a trial's file.
//
// Formulas, ranges and backgrounds are the file format and are described for readers in docs/format.md:
//   img      JPEG or PNG of the colours
//   id       PNG, [H, W, 3]: SegmentationColor of the object, black where there is none
//   depth    [H, W, 3] bytes, rows from the BOTTOM up: depth = (R + G/256 + B/65536) * (far - near) / 256
//            (threedworld-mit/tdw Python/tdw/tdw_utils.py, get_depth_values)
//   normals  PNG, [H, W, 3], as render::Frame has them
//   flow     PNG, [H, W, 3]: 12 bits for right and 12 bits for down, in 1/64 pixel
// Buffers are the caller's and keep their memory between frames. One encoder per thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "physion/trial.h"
#include "render/image.h"

namespace figment::physion {

enum class ImageFormat { kJpeg, kPng };

using Bytes = std::vector<uint8_t>;
using Rgb8 = std::array<uint8_t, 3>;

// The colour of object `index` (its place in TrialSpec::objects) in `id`. The first 255 colours differ from each other
// and from the black background in every single channel, because some readers of the format compare one channel only.
Rgb8 SegmentationColor(int index);

// Flow: a stored value of 2048 is 0 pixels; beyond +-32 pixels it is clamped.
inline constexpr int kFlowZero = 2048;
inline constexpr double kFlowUnitsPerPixel = 64;

// What an object covers in a picture. Sums are over its pixels; rows count from the top.
struct ObjectMask {
  int64_t pixels = 0, row_sum = 0, column_sum = 0;
};

struct EncodedFrame {
  int width = 0, height = 0;
  Bytes img, id, normals, flow;          // empty = pass not drawn
  Bytes depth;                           // [H, W, 3], not compressed
  std::vector<float> depth_m, flow_px;   // copies of render::Frame's, where EncodeOptions ask for them
  Bytes id_picture;                      // [H, W, 3] the picture in `id` before its encoding
  std::vector<ObjectMask> masks;         // by object; empty without the id pass
};

struct EncodeOptions {
  ImageFormat img_format = ImageFormat::kJpeg;
  int jpeg_quality = 95;
  bool float_depth = false, float_flow = false;  // beside the 8-bit pictures
};

// Object index of each id the renderer draws (render::Frame::id); -1 = background and room.
std::vector<int> ObjectOfRenderId(const Trial& trial);

// Fills id_picture and masks alone: one pass over the ids, run by run of equal ids.
void PaintIds(const render::Frame& frame, const std::vector<int>& object_of_render_id, EncodedFrame& out);

class FrameEncoder {
 public:
  explicit FrameEncoder(const EncodeOptions& options);
  ~FrameEncoder();

  // Encodes the passes that `frame` holds. `camera` gives the depth range.
  void Encode(const render::Frame& frame, const std::vector<int>& object_of_render_id, const envs::Camera& camera,
              EncodedFrame& out);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// How people are shown the zone (yellow) and the target (red); nothing for other objects and for none (-1).
std::optional<Rgb8> CueColor(const Trial& trial, int object);

// The map of a trial from its first frame as a PNG: [H, W, 4], zone (255, 255, 0), target (255, 0, 0), opaque; else 0.
Bytes MapPng(const render::Frame& first_frame, const Trial& trial);

}  // namespace figment::physion
