#include "files/library_versions.h"

#include <H5public.h>
#include <libdeflate.h>
#include <matio.h>
#include <png.h>

extern "C" {
#include <libavcodec/avcodec.h>
}

namespace figment::files {

namespace {

std::string MatioVersion() {
  int major = 0, minor = 0, release = 0;
  Mat_GetLibraryVersion(&major, &minor, &release);
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(release);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> LibraryVersions() {
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  const auto dotted = [](unsigned a, unsigned b, unsigned c) {
    return std::to_string(a) + "." + std::to_string(b) + "." + std::to_string(c);
  };
  const unsigned codec = avcodec_version();
  return {{"HDF5", dotted(major, minor, release)},
          {"FFmpeg libavcodec", dotted(AV_VERSION_MAJOR(codec), AV_VERSION_MINOR(codec), AV_VERSION_MICRO(codec))},
          {"libpng", png_get_libpng_ver(nullptr)},
          {"libdeflate", LIBDEFLATE_VERSION_STRING},
          {"libmatio", MatioVersion()}};
}

bool HasH264Encoder() { return avcodec_find_encoder_by_name("libx264") != nullptr; }

}  // namespace figment::files
