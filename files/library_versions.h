// Versions of the libraries this folder writes files with, and what they can do.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace figment::files {

// Names and versions of the libraries loaded: HDF5, libavcodec, libpng, libdeflate.
std::vector<std::pair<std::string, std::string>> LibraryVersions();

// Whether FFmpeg's libraries were built with the H.264 encoder that movies need.
bool HasH264Encoder();

}  // namespace figment::files
