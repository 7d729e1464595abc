#include "physion/film_strips.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/check.h"
#include "base/error.h"
#include "files/hdf5.h"
#include "files/jpeg.h"
#include "files/movie.h"
#include "files/png.h"

namespace figment::physion {
namespace {

using files::RgbPicture;
using Json = nlohmann::ordered_json;

constexpr double kFramesPerSecond = 100;  // of the simulation
constexpr int kQualities[] = {75, 60, 45, 30};

// The file of the line whose name ends like that; empty if there is none.
std::string FileEnding(const Json& line, const std::string& ending) {
  for (const auto& [name, hash] : line.at("files").items())
    if (name.ends_with(ending)) return name;
  return "";
}

// `count` frame numbers from the first to the last of `total`.
std::vector<int> EvenSteps(int total, int count) {
  count = std::min(total, count);
  std::vector<int> frames;
  for (int i = 0; i < count; ++i)
    frames.push_back(static_cast<int>(std::lround(static_cast<double>(i) * (total - 1) / std::max(1, count - 1))));
  return frames;
}

// Means over the area that each small pixel covers. Both sides shrink by the same whole-picture factor.
RgbPicture Shrink(const RgbPicture& picture, int size_px) {
  const int largest = std::max(picture.width, picture.height);
  if (largest <= size_px) return picture;
  RgbPicture small{.width = std::max(1, picture.width * size_px / largest),
                   .height = std::max(1, picture.height * size_px / largest), .pixels = {}};
  small.pixels.resize(static_cast<size_t>(3 * small.width * small.height));
  const double step_x = static_cast<double>(picture.width) / small.width;
  const double step_y = static_cast<double>(picture.height) / small.height;
  // Covered shares of the source pixels between `from` and `to`.
  const auto overlap = [](int pixel, double from, double to) {
    return std::min(pixel + 1.0, to) - std::max<double>(pixel, from);
  };
  for (int y = 0; y < small.height; ++y)
    for (int x = 0; x < small.width; ++x) {
      const double left = x * step_x, right = left + step_x, top = y * step_y, bottom = top + step_y;
      double sum[3] = {0, 0, 0};
      for (int v = static_cast<int>(top); v < std::min<double>(picture.height, bottom); ++v)
        for (int u = static_cast<int>(left); u < std::min<double>(picture.width, right); ++u) {
          const double weight = overlap(u, left, right) * overlap(v, top, bottom);
          const uint8_t* rgb = &picture.pixels[static_cast<size_t>(3 * (v * picture.width + u))];
          for (int c = 0; c < 3; ++c) sum[c] += weight * rgb[c];
        }
      for (int c = 0; c < 3; ++c)
        small.pixels[static_cast<size_t>(3 * (y * small.width + x) + c)] =
            static_cast<uint8_t>(std::clamp(sum[c] / (step_x * step_y) + 0.5, 0.0, 255.0));
    }
  return small;
}

std::vector<RgbPicture> FromMovie(const std::filesystem::path& path, const std::vector<int>& frames, int size_px) {
  files::MovieReader reader(path);
  std::vector<RgbPicture> pictures;
  RgbPicture whole;
  for (int frame = 0; pictures.size() < frames.size(); ++frame) {
    if (!reader.Next()) throw base::Error(path.string() + " has only " + std::to_string(frame) + " frames");
    if (frame != frames[pictures.size()]) continue;
    reader.Copy(&whole);
    pictures.push_back(Shrink(whole, size_px));
  }
  return pictures;
}

std::vector<RgbPicture> FromHdf5(const std::filesystem::path& path, const std::vector<int>& frames, int size_px) {
  const files::Hdf5Reader reader(path);
  std::vector<RgbPicture> pictures;
  for (const int frame : frames) {
    char name[64];
    std::snprintf(name, sizeof name, "frames/%04d/images/_img", frame);
    const std::vector<uint8_t> bytes = reader.Read<uint8_t>(name);
    const std::string source = path.string() + ":" + name;
    const bool is_jpeg = bytes.size() > 2 && bytes[0] == 0xff && bytes[1] == 0xd8;
    if (is_jpeg) {
      pictures.push_back(Shrink(files::DecodeJpeg(bytes, source), size_px));
      continue;
    }
    const files::PngPicture png = files::DecodePng(bytes, source);
    if (png.format != files::PngFormat::kRgb8) throw base::Error(source + " is not an RGB picture");
    pictures.push_back(Shrink({png.width, png.height, png.pixels}, size_px));
  }
  return pictures;
}

RgbPicture SideBySide(const std::vector<RgbPicture>& pictures) {
  RgbPicture sheet{.width = 0, .height = pictures[0].height, .pixels = {}};
  for (const RgbPicture& picture : pictures) sheet.width += picture.width;
  for (int y = 0; y < sheet.height; ++y)
    for (const RgbPicture& picture : pictures) {
      const auto row = picture.pixels.begin() + static_cast<std::ptrdiff_t>(3) * y * picture.width;
      sheet.pixels.insert(sheet.pixels.end(), row, row + static_cast<std::ptrdiff_t>(3) * picture.width);
    }
  return sheet;
}

}  // namespace

bool HasPictures(const Json& line, bool hdf5_has_pictures) {
  return !FileEnding(line, "_img.mp4").empty() || (hdf5_has_pictures && !FileEnding(line, ".hdf5").empty());
}

files::FilmStrip MakeFilmStrip(const std::filesystem::path& folder, const Json& line, const FilmStripOptions& options) {
  CHECK(options.frames > 0 && options.size_px > 0);
  const int num_frames = line.at("num_frames");
  const std::vector<int> frames = EvenSteps(num_frames, options.frames);
  const std::string movie = FileEnding(line, "_img.mp4");
  std::vector<RgbPicture> pictures =
      movie.empty() ? FromHdf5(folder / FileEnding(line, ".hdf5"), frames, options.size_px)
                    : FromMovie(folder / movie, frames, options.size_px);
  files::FilmStrip strip;
  for (;;) {
    const RgbPicture sheet = SideBySide(pictures);
    for (const int quality : kQualities) {
      files::JpegEncoder({.quality = quality}).Encode(sheet.pixels.data(), sheet.width, sheet.height, &strip.jpeg);
      if (strip.jpeg.size() <= options.max_bytes) break;
    }
    if (strip.jpeg.size() <= options.max_bytes || pictures.size() == 1) break;
    for (size_t i = 1; i < (pictures.size() + 1) / 2; ++i) pictures[i] = std::move(pictures[2 * i]);
    pictures.resize((pictures.size() + 1) / 2);
  }
  strip.frames = static_cast<int>(pictures.size());
  strip.width = pictures[0].width, strip.height = pictures[0].height;
  strip.seconds = num_frames / kFramesPerSecond;
  if (!line.at("first_contact_frame").is_null())
    strip.mark = line.at("first_contact_frame").get<double>() / std::max(1, num_frames - 1);
  return strip;
}

}  // namespace figment::physion
