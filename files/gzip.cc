#include "files/gzip.h"

#include <libdeflate.h>

#include <cstdint>
#include <memory>

#include "base/error.h"
#include "files/claimed_size.h"

namespace figment::files {
namespace {

constexpr size_t kShortestFile = 18;  // header and trailer

// The last four bytes: the size of what is inside, least significant byte first.
size_t SizeInside(std::string_view bytes) {
  size_t size = 0;
  for (size_t i = 0; i < 4; ++i) size |= size_t{static_cast<uint8_t>(bytes[bytes.size() - 4 + i])} << (8 * i);
  return size;
}

}  // namespace

std::string Gunzip(std::string_view bytes, const std::string& source) {
  const auto fail = [&] { throw base::Error(source + " is no gzip data, or it is damaged or cut off"); };
  if (bytes.size() < kShortestFile || SizeInside(bytes) / kMostExpansion > bytes.size()) fail();
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> decompressor(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  std::string text(SizeInside(bytes), '\0');
  size_t written = 0;
  const libdeflate_result result = libdeflate_gzip_decompress(decompressor.get(), bytes.data(), bytes.size(),
                                                              text.data(), text.size(), &written);
  if (result != LIBDEFLATE_SUCCESS || written != text.size()) fail();
  return text;
}

}  // namespace figment::files
