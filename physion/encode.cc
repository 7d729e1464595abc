#include "physion/encode.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "files/jpeg.h"
#include "files/png.h"

namespace figment::physion {
namespace {

// Channel c of colour k is k * kColorSteps[c] mod 256. Odd factors make each channel a permutation of 1..255; these
// three keep the first 32 colours and black at least 75 apart in RGB, the first 64 at least 47 (searched exhaustively
// over a sample of the triples).
constexpr std::array<int, 3> kColorSteps = {79, 117, 131};
constexpr int kColors = 255;

// Depth is stored to 2^-kDepthBits of the range, 24 micrometres: finer bits of a float depth buffer are noise at the
// distances of these scenes, and noise does not compress.
constexpr int kDepthBits = 22;
constexpr uint32_t kDepthStep = 1u << (24 - kDepthBits);
constexpr uint32_t kDepthMax = (1u << 24) - kDepthStep;

// Areas of one colour repeat from row to row; shaded ones change little from pixel to pixel.
constexpr files::PngFilter kFlatFilter = files::PngFilter::kUp, kShadedFilter = files::PngFilter::kSub;

uint32_t DepthCode(float depth_m, float codes_per_m) {
  const uint32_t code = static_cast<uint32_t>(depth_m * codes_per_m + 0.5f) * kDepthStep;
  return std::min(code, kDepthMax);
}

// Rounds by cutting off half a unit more, which is right because clamped codes are not negative.
int FlowCode(float pixels) {
  const float code = pixels * static_cast<float>(kFlowUnitsPerPixel) + static_cast<float>(kFlowZero);
  return static_cast<int>(std::clamp(code, 0.0f, static_cast<float>(2 * kFlowZero - 1)) + 0.5f);
}

// Columns [begin, end) of a row.
void AddRun(int64_t row, int64_t begin, int64_t end, ObjectMask& mask) {
  mask.pixels += end - begin;
  mask.row_sum += row * (end - begin);
  mask.column_sum += (begin + end - 1) * (end - begin) / 2;
}

void PaintRun(const Rgb8& color, int pixels, uint8_t* out) {
  for (int i = 0; i < pixels; ++i, out += 3) std::copy(color.begin(), color.end(), out);
}

}  // namespace

Rgb8 SegmentationColor(int index) {
  CHECK_GE(index, 0);
  CHECK_LT(index, kColors);
  Rgb8 color;
  for (size_t c = 0; c < 3; ++c) color[c] = static_cast<uint8_t>((index + 1) * kColorSteps[c] % 256);
  return color;
}

std::vector<int> ObjectOfRenderId(const Trial& trial) {
  std::vector<int> objects(trial.scene.bodies.size() + trial.scene.cloths.size() + 1, -1);
  for (size_t object = 0; object < trial.body_of_object.size(); ++object) {
    const int body = trial.body_of_object[object];
    const size_t render_id = body >= 0 ? static_cast<size_t>(body) + 1 : trial.scene.bodies.size() + 1;
    objects[render_id] = static_cast<int>(object);
  }
  return objects;
}

void PaintIds(const render::Frame& frame, const std::vector<int>& object_of_render_id, EncodedFrame& out) {
  const int objects = *std::max_element(object_of_render_id.begin(), object_of_render_id.end()) + 1;
  out.masks.assign(static_cast<size_t>(objects), ObjectMask{});
  out.id_picture.assign(frame.id.size() * 3, 0);
  for (int row = 0; row < frame.height; ++row) {
    const uint16_t* ids = frame.id.data() + static_cast<ptrdiff_t>(row) * frame.width;
    for (int begin = 0, end = 0; begin < frame.width; begin = end) {
      while (end < frame.width && ids[end] == ids[begin]) ++end;
      CHECK_LT(ids[begin], object_of_render_id.size());
      const int object = object_of_render_id[ids[begin]];
      if (object < 0) continue;
      AddRun(row, begin, end, out.masks[static_cast<size_t>(object)]);
      PaintRun(SegmentationColor(object), end - begin,
               &out.id_picture[static_cast<size_t>(3 * (row * frame.width + begin))]);
    }
  }
}

struct FrameEncoder::Impl {
  EncodeOptions options;
  files::PngEncoder png;
  files::JpegEncoder jpeg;
  Bytes picture;  // scratch

  explicit Impl(const EncodeOptions& o) : options(o), jpeg({.quality = o.jpeg_quality}) {}

  void EncodePng(const render::Frame& frame, const Bytes& rgb, files::PngFilter filter, Bytes& out) {
    png.Encode({files::PngFormat::kRgb8, frame.width, frame.height, rgb.data()}, filter, &out);
  }

  void EncodeColor(const render::Frame& frame, Bytes& out);
  void EncodeDepth(const render::Frame& frame, const envs::Camera& camera, Bytes& out);
  void EncodeFlow(const render::Frame& frame, Bytes& out);
};

void FrameEncoder::Impl::EncodeColor(const render::Frame& frame, Bytes& out) {
  if (options.img_format == ImageFormat::kJpeg)
    jpeg.Encode(frame.color.data(), frame.width, frame.height, &out);
  else
    EncodePng(frame, frame.color, kShadedFilter, out);
}

void FrameEncoder::Impl::EncodeDepth(const render::Frame& frame, const envs::Camera& camera, Bytes& out) {
  const float codes_per_m = static_cast<float>(std::ldexp(1.0, kDepthBits) / (camera.far_m - camera.near_m));
  const size_t width = static_cast<size_t>(frame.width);
  out.resize(3 * frame.depth_m.size());
  uint8_t* pixel = out.data();
  for (int row = frame.height - 1; row >= 0; --row) {
    const float* depth_m = frame.depth_m.data() + static_cast<size_t>(row) * width;
    for (size_t column = 0; column < width; ++column, pixel += 3) {
      const uint32_t code = DepthCode(depth_m[column], codes_per_m);
      pixel[0] = static_cast<uint8_t>(code >> 16);
      pixel[1] = static_cast<uint8_t>(code >> 8);
      pixel[2] = static_cast<uint8_t>(code);
    }
  }
}

void FrameEncoder::Impl::EncodeFlow(const render::Frame& frame, Bytes& out) {
  const size_t pixels = frame.flow_px.size() / 2;
  picture.resize(3 * pixels);
  for (size_t i = 0; i < pixels; ++i) {
    const int right = FlowCode(frame.flow_px[2 * i]), down = FlowCode(frame.flow_px[2 * i + 1]);
    picture[3 * i] = static_cast<uint8_t>(right >> 4);
    picture[3 * i + 1] = static_cast<uint8_t>(down >> 4);
    picture[3 * i + 2] = static_cast<uint8_t>((right & 15) << 4 | (down & 15));
  }
  EncodePng(frame, picture, kFlatFilter, out);
}

FrameEncoder::FrameEncoder(const EncodeOptions& options) : impl_(std::make_unique<Impl>(options)) {}
FrameEncoder::~FrameEncoder() = default;

void FrameEncoder::Encode(const render::Frame& frame, const std::vector<int>& object_of_render_id,
                          const envs::Camera& camera, EncodedFrame& out) {
  out.width = frame.width, out.height = frame.height;
  for (Bytes* stream : {&out.img, &out.id, &out.depth, &out.normals, &out.flow}) stream->clear();
  out.id_picture.clear(), out.masks.clear(), out.depth_m.clear(), out.flow_px.clear();
  if (!frame.color.empty()) impl_->EncodeColor(frame, out.img);
  if (!frame.id.empty()) {
    PaintIds(frame, object_of_render_id, out);
    impl_->EncodePng(frame, out.id_picture, kFlatFilter, out.id);
  }
  if (!frame.depth_m.empty()) impl_->EncodeDepth(frame, camera, out.depth);
  if (!frame.normals.empty()) impl_->EncodePng(frame, frame.normals, kFlatFilter, out.normals);
  if (!frame.flow_px.empty()) impl_->EncodeFlow(frame, out.flow);
  if (impl_->options.float_depth) out.depth_m = frame.depth_m;
  if (impl_->options.float_flow) out.flow_px = frame.flow_px;
}

std::optional<Rgb8> CueColor(const Trial& trial, int object) {
  if (object == trial.zone) return Rgb8{255, 255, 0};
  if (object == trial.target) return Rgb8{255, 0, 0};
  return std::nullopt;
}

Bytes MapPng(const render::Frame& first_frame, const Trial& trial) {
  const std::vector<int> object_of_id = ObjectOfRenderId(trial);
  Bytes picture(first_frame.id.size() * 4, 0), out;
  for (size_t i = 0; i < first_frame.id.size(); ++i) {
    const auto color = CueColor(trial, object_of_id[first_frame.id[i]]);
    if (!color) continue;
    std::copy(color->begin(), color->end(), &picture[4 * i]);
    picture[4 * i + 3] = 255;
  }
  const files::PngView view = {files::PngFormat::kRgba8, first_frame.width, first_frame.height, picture.data()};
  files::PngEncoder().Encode(view, kFlatFilter, &out);
  return out;
}

}  // namespace figment::physion
