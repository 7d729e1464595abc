// A damaged header may claim any size; memory for it must not be asked for.
#pragma once

#include <cstddef>
#include <filesystem>

namespace figment::files {

// Deflate makes data at most about a thousand times smaller.
inline constexpr size_t kMostExpansion = 1100;

// False if values of so many bytes cannot lie in the file, not even deflated. Small arrays always may.
inline bool MayHold(const std::filesystem::path& file, double bytes) {
  constexpr double kSmall = 64e6;
  return bytes <= kSmall || bytes <= static_cast<double>(kMostExpansion * std::filesystem::file_size(file));
}

}  // namespace figment::files
