// JPEG pictures in 8-bit RGB, row-major from the top left without padding.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "files/rgb_picture.h"

namespace figment::files {

enum class ChromaSubsampling { k420, k444 };

struct JpegOptions {
  int quality = 90;  // 1 to 100
  ChromaSubsampling subsampling = ChromaSubsampling::k420;
};

// Keeps the compressor between pictures. Uses the accurate integer transform: the bytes depend on the arguments only.
class JpegEncoder {
 public:
  explicit JpegEncoder(const JpegOptions& options = {});
  ~JpegEncoder();
  JpegEncoder(JpegEncoder&&) noexcept;
  JpegEncoder& operator=(JpegEncoder&&) noexcept;

  // Replaces the content of `out` by a whole JPEG file.
  void Encode(const uint8_t* rgb, int width, int height, std::vector<uint8_t>* out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Grey pictures become RGB. Throws Error naming `source_name` if the bytes are no whole, valid JPEG, or the picture is
// larger than `most_pixels` a side (nothing of it is decoded then).
RgbPicture DecodeJpeg(std::span<const uint8_t> bytes, const std::string& source_name, int most_pixels = 65500);

}  // namespace figment::files
