// Clips of conditions as files, with the epochs beside them; and a preview.
//
// A folder of clips holds
//   manifest.json   settings, versions, and for every clip its condition, length, epochs and the SHA-256 of its pixels;
//                   written last: a folder without one is unfinished
//   epochs.npz      for the same conditions, padded to the longest possible clip (docs/pong.md)
//   and the pictures: INDEX/frame_000.png, or INDEX.mp4, or pictures.npy / pictures.h5 [conditions, frames, H, W(, 3)]
#pragma once

#include <filesystem>
#include <string>

#include "base/config.h"
#include "pong/painter.h"
#include "pong/trial_sets.h"

namespace figment::pong {

enum class Drawing { kAuto, kPixels, kScene };      // the published pixel rule in grey, or the renderer in colour
enum class Variant { kOccluded, kVisible, kPartial };
enum class Orientation { kAuto, kPublished, kUpright };
enum class ClipFormat { kPng, kMp4, kNpy, kHdf5 };

struct ClipConfig {
  int size = 100;
  double rate_hz = kBallRate_hz;
  Variant variant = Variant::kOccluded;
  ClipFormat format = ClipFormat::kPng;
  Drawing drawing = Drawing::kAuto;                 // pixels at 100 x 100, else the renderer
  Orientation orientation = Orientation::kAuto;     // upside down as published with pixels, upright with the renderer
  double partial_opacity = 0.95;
  double ball_radius = kBallRadius;                 // units
  bool paddle = false;                              // a full paddle in the middle of the right edge
  Rgb8 background = {0, 0, 0}, ball = {255, 255, 255}, occluder = {128, 128, 128}, paddle_color = {0, 160, 80};
  std::string device = "auto";

  bool uses_pixels() const { return drawing == Drawing::kPixels || (drawing == Drawing::kAuto && size == 100); }
  bool is_upright() const {
    return orientation == Orientation::kUpright || (orientation == Orientation::kAuto && !uses_pixels());
  }
  double occluder_opacity() const;
};
base::FieldList FieldsOf(ClipConfig* config);

// Draws the pictures of one config, whichever way.
class ClipArtist {
 public:
  explicit ClipArtist(const ClipConfig& config);
  ~ClipArtist();

  int channels() const { return rasteriser_ ? 1 : 3; }
  size_t bytes() const;  // of a picture
  std::string renderer() const;
  void Draw(const std::optional<Position>& ball, std::vector<uint8_t>* picture);  // [H, W(, 3)]

 private:
  ClipConfig config_;
  std::optional<Rasteriser> rasteriser_;
  std::unique_ptr<Painter> painter_;
};

struct ClipRequest {
  std::filesystem::path out;
  TrialSelection selection;
  std::optional<int> batch;  // of 512 of the set `valid` or `train`
  std::optional<int> first;  // only so many of what is selected
};

struct ClipSummary {
  int conditions = 0;
  int64_t frames = 0;
};

// Throws base::Error if the folder holds anything, and before drawing if arrays would pass 4 GB or more than 10,000
// conditions are asked for without `first`.
ClipSummary WriteClips(const ClipRequest& request, const ClipConfig& config);

// A contact sheet of one condition as a PNG file: upright with the occluder and without, and as the published networks
// saw it. Returns what it shows, in words.
std::string WritePreview(int index, const std::filesystem::path& out, const std::string& device);

}  // namespace figment::pong
