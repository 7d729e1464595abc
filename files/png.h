// PNG pictures (W3C PNG specification): fast encoding for data sets, decoding of any PNG.
//
// Pixels are row-major from the top left without padding; 16-bit values are uint16_t in memory. The encoder uses one
// filter for the whole picture (the caller knows what kind of picture it is: kUp for flat areas, kSub or kPaeth for
// shaded ones) and a low compression level: about 1 ms for 256x256 RGB.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "files/rgb_picture.h"

struct libdeflate_compressor;

namespace figment::files {

enum class PngFormat { kGray8, kGray16, kRgb8, kRgba8 };

int BytesPerPixel(PngFormat format);

enum class PngFilter : uint8_t { kNone = 0, kSub = 1, kUp = 2, kAverage = 3, kPaeth = 4 };

struct PngView {
  PngFormat format = PngFormat::kRgb8;
  int width = 0, height = 0;
  const void* pixels = nullptr;
};

// Keeps the compressor and its buffers between pictures. The bytes depend on the arguments only.
class PngEncoder {
 public:
  static constexpr int kDefaultLevel = 1;

  explicit PngEncoder(int level = kDefaultLevel);  // 1 (fastest) to 12
  ~PngEncoder();
  PngEncoder(PngEncoder&&) noexcept;
  PngEncoder& operator=(PngEncoder&&) noexcept;

  // Replaces the content of `out` by a whole PNG file.
  void Encode(const PngView& picture, PngFilter filter, std::vector<uint8_t>* out);

 private:
  struct Free {
    void operator()(libdeflate_compressor* compressor) const;
  };
  std::unique_ptr<libdeflate_compressor, Free> compressor_;
  std::vector<uint8_t> filtered_;  // [H, 1 + W * bytes per pixel], filter type first in each row
  std::vector<uint8_t> swapped_;   // 16-bit pixels, most significant byte first
};

struct PngPicture {
  PngFormat format = PngFormat::kRgb8;
  int width = 0, height = 0;
  std::vector<uint8_t> pixels;  // 16-bit values in the machine's order

  PngView view() const { return {format, width, height, pixels.data()}; }
};

// A picture for people, such as a contact sheet: small rather than quick to write. Atomically.
void WritePng(const std::filesystem::path& path, const RgbPicture& picture);

// Palettes become RGB(A), grey below 8 bits becomes 8 bits, grey with alpha RGBA; 16-bit colour is reduced to 8 bits.
// Throws Error naming `source_name` if the bytes are no whole, valid PNG, or the picture is larger than `most_pixels` a
// side (nothing of it is decoded then).
PngPicture DecodePng(std::span<const uint8_t> bytes, const std::string& source_name, int most_pixels = 1'000'000);

}  // namespace figment::files
