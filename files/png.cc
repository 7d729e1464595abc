#include "files/png.h"

#include <libdeflate.h>
#include <png.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>

#include "base/check.h"
#include "base/error.h"
#include "files/atomic.h"

namespace figment::files {
namespace {

constexpr uint8_t kSignature[8] = {137, 'P', 'N', 'G', '\r', '\n', 26, '\n'};

void PutBigEndian(uint32_t value, uint8_t* out) {
  for (int i = 0; i < 4; ++i) out[i] = static_cast<uint8_t>(value >> (24 - 8 * i));
}

// Fills in length and check sum around the `size` data bytes that already stand at chunk + 8; returns the chunk's end.
uint8_t* CloseChunk(uint8_t* chunk, const char* type, size_t size) {
  PutBigEndian(static_cast<uint32_t>(size), chunk);
  std::memcpy(chunk + 4, type, 4);
  PutBigEndian(libdeflate_crc32(0, chunk + 4, size + 4), chunk + 8 + size);
  return chunk + 12 + size;
}

uint8_t* PutHeader(const PngView& picture, uint8_t* chunk) {
  constexpr uint8_t kGray = 0, kRgb = 2, kRgba = 6;  // colour types of the specification, section 11.2.1
  const uint8_t color_type = picture.format == PngFormat::kRgb8    ? kRgb
                             : picture.format == PngFormat::kRgba8 ? kRgba
                                                                   : kGray;
  uint8_t* data = chunk + 8;
  PutBigEndian(static_cast<uint32_t>(picture.width), data);
  PutBigEndian(static_cast<uint32_t>(picture.height), data + 4);
  data[8] = picture.format == PngFormat::kGray16 ? 16 : 8;
  data[9] = color_type;
  std::fill(data + 10, data + 13, uint8_t{0});  // deflate, adaptive filters, not interlaced
  return CloseChunk(chunk, "IHDR", 13);
}

uint8_t Paeth(int left, int above, int above_left) {
  const int to_left = std::abs(above - above_left), to_above = std::abs(left - above_left);
  const int to_above_left = std::abs(left + above - 2 * above_left);
  const int nearest = to_left <= to_above && to_left <= to_above_left ? left
                      : to_above <= to_above_left                     ? above
                                                                      : above_left;
  return static_cast<uint8_t>(nearest);
}

// Filters bytes [begin, end) of a row whose left neighbours exist. Simple loops: the compiler vectorises them.
void FilterSpan(PngFilter filter, const uint8_t* row, const uint8_t* above, int step, int begin, int end,
                uint8_t* out) {
  switch (filter) {
    case PngFilter::kNone:
      std::memcpy(out + begin, row + begin, static_cast<size_t>(end - begin));
      return;
    case PngFilter::kSub:
      for (int i = begin; i < end; ++i) out[i] = static_cast<uint8_t>(row[i] - row[i - step]);
      return;
    case PngFilter::kUp:
      for (int i = begin; i < end; ++i) out[i] = static_cast<uint8_t>(row[i] - above[i]);
      return;
    case PngFilter::kAverage:
      for (int i = begin; i < end; ++i) out[i] = static_cast<uint8_t>(row[i] - ((row[i - step] + above[i]) >> 1));
      return;
    case PngFilter::kPaeth:
      for (int i = begin; i < end; ++i)
        out[i] = static_cast<uint8_t>(row[i] - Paeth(row[i - step], above[i], above[i - step]));
      return;
  }
}

// Rows and pixels outside the picture count as 0 (section 9.2), so the first pixel of a row stands alone.
void FilterRow(PngFilter filter, const uint8_t* row, const uint8_t* above, int step, int size, uint8_t* out) {
  for (int i = 0; i < step; ++i) {
    const int left = 0;
    const int predicted = filter == PngFilter::kUp        ? above[i]
                          : filter == PngFilter::kAverage ? above[i] >> 1
                          : filter == PngFilter::kPaeth   ? Paeth(left, above[i], 0)
                                                          : 0;
    out[i] = static_cast<uint8_t>(row[i] - predicted);
  }
  FilterSpan(filter, row, above, step, step, size, out);
}

void FilterPicture(const PngView& picture, const uint8_t* pixels, PngFilter filter, std::vector<uint8_t>* filtered) {
  const int step = BytesPerPixel(picture.format);
  const size_t row_size = static_cast<size_t>(picture.width) * static_cast<size_t>(step);
  filtered->resize((row_size + 1) * static_cast<size_t>(picture.height));
  const std::vector<uint8_t> zeros(row_size, 0);
  for (int y = 0; y < picture.height; ++y) {
    const uint8_t* row = pixels + static_cast<size_t>(y) * row_size;
    uint8_t* out = filtered->data() + static_cast<size_t>(y) * (row_size + 1);
    *out = static_cast<uint8_t>(filter);
    FilterRow(filter, row, y == 0 ? zeros.data() : row - row_size, step, static_cast<int>(row_size), out + 1);
  }
}

// --- Decoding

// libpng's handlers must not return; its manual allows them to throw.
[[noreturn]] void ThrowPngError(png_structp, png_const_charp message) { throw base::Error(message); }
void IgnoreWarning(png_structp, png_const_charp) {}

void ReadFromSpan(png_structp png, png_bytep out, size_t size) {
  auto* rest = static_cast<std::span<const uint8_t>*>(png_get_io_ptr(png));
  if (size > rest->size()) throw base::Error("the file ends too early");
  std::memcpy(out, rest->data(), size);
  *rest = rest->subspan(size);
}

class PngReader {
 public:
  explicit PngReader(std::span<const uint8_t> bytes) : rest_(bytes) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, ThrowPngError, IgnoreWarning);
    info_ = png_create_info_struct(png_);
    png_set_read_fn(png_, &rest_, ReadFromSpan);
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  PngPicture Read(int most_pixels) {
    png_read_info(png_, info_);
    const auto side = std::max(png_get_image_width(png_, info_), png_get_image_height(png_, info_));
    if (side > static_cast<png_uint_32>(most_pixels))
      throw base::Error("it is larger than " + std::to_string(most_pixels) + " pixels a side");
    RequestOurFormats();
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    PngPicture picture = {.format = Format(),
                          .width = static_cast<int>(png_get_image_width(png_, info_)),
                          .height = static_cast<int>(png_get_image_height(png_, info_))};
    const size_t row_size = png_get_rowbytes(png_, info_);
    picture.pixels.resize(row_size * static_cast<size_t>(picture.height));
    std::vector<png_bytep> rows;
    for (int y = 0; y < picture.height; ++y) rows.push_back(picture.pixels.data() + static_cast<size_t>(y) * row_size);
    png_read_image(png_, rows.data());
    png_read_end(png_, nullptr);
    return picture;
  }

 private:
  void RequestOurFormats() {
    const bool has_transparency = png_get_valid(png_, info_, PNG_INFO_tRNS) != 0;
    png_set_expand(png_);
    if ((png_get_color_type(png_, info_) & PNG_COLOR_MASK_ALPHA) || has_transparency) png_set_gray_to_rgb(png_);
    const bool is_gray16 = png_get_color_type(png_, info_) == PNG_COLOR_TYPE_GRAY && !has_transparency;
    if (!is_gray16) png_set_scale_16(png_);
    if (std::endian::native == std::endian::little) png_set_swap(png_);
  }

  PngFormat Format() {
    switch (png_get_color_type(png_, info_)) {
      case PNG_COLOR_TYPE_GRAY: return png_get_bit_depth(png_, info_) == 16 ? PngFormat::kGray16 : PngFormat::kGray8;
      case PNG_COLOR_TYPE_RGB: return PngFormat::kRgb8;
      default: return PngFormat::kRgba8;
    }
  }

  std::span<const uint8_t> rest_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

}  // namespace

int BytesPerPixel(PngFormat format) {
  switch (format) {
    case PngFormat::kGray8: return 1;
    case PngFormat::kGray16: return 2;
    case PngFormat::kRgb8: return 3;
    case PngFormat::kRgba8: return 4;
  }
  return 0;
}

void PngEncoder::Free::operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }

PngEncoder::PngEncoder(int level) : compressor_(libdeflate_alloc_compressor(level)) {
  CHECK(level >= 1 && level <= 12 && compressor_);
}

PngEncoder::~PngEncoder() = default;
PngEncoder::PngEncoder(PngEncoder&&) noexcept = default;
PngEncoder& PngEncoder::operator=(PngEncoder&&) noexcept = default;

void PngEncoder::Encode(const PngView& picture, PngFilter filter, std::vector<uint8_t>* out) {
  CHECK(picture.width > 0 && picture.height > 0);
  const auto* pixels = static_cast<const uint8_t*>(picture.pixels);
  if (picture.format == PngFormat::kGray16) {
    const auto* values = static_cast<const uint16_t*>(picture.pixels);
    const size_t count = static_cast<size_t>(picture.width) * static_cast<size_t>(picture.height);
    swapped_.resize(2 * count);
    for (size_t i = 0; i < count; ++i) {
      swapped_[2 * i] = static_cast<uint8_t>(values[i] >> 8);
      swapped_[2 * i + 1] = static_cast<uint8_t>(values[i]);
    }
    pixels = swapped_.data();
  }
  FilterPicture(picture, pixels, filter, &filtered_);

  // The compressor writes straight to where the IDAT chunk's data stand.
  constexpr size_t kHeaderSize = sizeof(kSignature) + 12 + 13, kChunkExtra = 12;
  const size_t bound = libdeflate_zlib_compress_bound(compressor_.get(), filtered_.size());
  out->resize(kHeaderSize + kChunkExtra + bound + kChunkExtra);
  std::copy(std::begin(kSignature), std::end(kSignature), out->begin());
  uint8_t* chunk = PutHeader(picture, out->data() + sizeof(kSignature));
  const size_t size =
      libdeflate_zlib_compress(compressor_.get(), filtered_.data(), filtered_.size(), chunk + 8, bound);
  CHECK_GT(size, 0u);
  chunk = CloseChunk(chunk, "IDAT", size);
  chunk = CloseChunk(chunk, "IEND", 0);
  out->resize(static_cast<size_t>(chunk - out->data()));
}

void WritePng(const std::filesystem::path& path, const RgbPicture& picture) {
  constexpr int kLevel = 6;
  CHECK_EQ(picture.pixels.size(), 3 * static_cast<size_t>(picture.width) * static_cast<size_t>(picture.height));
  std::vector<uint8_t> png;
  PngEncoder(kLevel).Encode({PngFormat::kRgb8, picture.width, picture.height, picture.pixels.data()}, PngFilter::kUp, &png);
  WriteFileAtomically(path, png);
}

PngPicture DecodePng(std::span<const uint8_t> bytes, const std::string& source_name, int most_pixels) {
  try {
    return PngReader(bytes).Read(most_pixels);
  } catch (const base::Error& error) {
    throw base::Error(source_name + " cannot be read as PNG: " + error.what());
  }
}

}  // namespace figment::files
