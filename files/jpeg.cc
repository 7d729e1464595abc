#include "files/jpeg.h"

#include <algorithm>
#include <cstdio>
// jpeglib.h needs FILE and size_t declared before it.
#include <jpeglib.h>

#include "base/check.h"
#include "base/error.h"

namespace figment::files {
namespace {

// libjpeg's error handler must not return. Throwing passes through C code that owns nothing on its stack; what the
// library allocated belongs to the state, which is destroyed.
[[noreturn]] void ThrowJpegError(j_common_ptr state) {
  char message[JMSG_LENGTH_MAX];
  state->err->format_message(state, message);
  throw base::Error(message);
}

// Warnings mean damaged data (level -1); positive levels are traces.
void RefuseWarning(j_common_ptr state, int level) {
  if (level < 0) ThrowJpegError(state);
}

jpeg_error_mgr* InstallErrorHandlers(jpeg_error_mgr* errors) {
  jpeg_std_error(errors);
  errors->error_exit = ThrowJpegError;
  errors->emit_message = RefuseWarning;
  return errors;
}

// Writes into a vector that grows.
struct VectorDestination : jpeg_destination_mgr {
  std::vector<uint8_t>* out = nullptr;

  static VectorDestination* Of(j_compress_ptr state) { return static_cast<VectorDestination*>(state->dest); }

  void Offer(size_t filled, size_t size) {
    out->resize(size);
    next_output_byte = out->data() + filled;
    free_in_buffer = size - filled;
  }
  static void Begin(j_compress_ptr state) {
    constexpr size_t kFirstSize = 1 << 14;
    Of(state)->Offer(0, std::max(kFirstSize, Of(state)->out->capacity()));
  }
  static boolean Grow(j_compress_ptr state) {
    const size_t filled = Of(state)->out->size();  // the library asks only when the buffer is full
    Of(state)->Offer(filled, 2 * filled);
    return TRUE;
  }
  static void End(j_compress_ptr state) {
    VectorDestination* self = Of(state);
    self->out->resize(self->out->size() - self->free_in_buffer);
  }
};

class JpegReader {
 public:
  JpegReader() {
    state_.err = InstallErrorHandlers(&errors_);
    jpeg_create_decompress(&state_);
  }
  ~JpegReader() { jpeg_destroy_decompress(&state_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  RgbPicture Read(std::span<const uint8_t> bytes, int most_pixels) {
    jpeg_mem_src(&state_, bytes.data(), bytes.size());
    jpeg_read_header(&state_, TRUE);
    if (std::max(state_.image_width, state_.image_height) > static_cast<JDIMENSION>(most_pixels))
      throw base::Error("it is larger than " + std::to_string(most_pixels) + " pixels a side");
    state_.out_color_space = JCS_RGB;
    state_.dct_method = JDCT_ISLOW;
    jpeg_start_decompress(&state_);
    RgbPicture picture = {static_cast<int>(state_.output_width), static_cast<int>(state_.output_height), {}};
    const size_t row_size = size_t{3} * state_.output_width;
    picture.pixels.resize(row_size * state_.output_height);
    while (state_.output_scanline < state_.output_height) {
      JSAMPROW row = picture.pixels.data() + row_size * state_.output_scanline;
      jpeg_read_scanlines(&state_, &row, 1);
    }
    jpeg_finish_decompress(&state_);
    return picture;
  }

 private:
  jpeg_decompress_struct state_ = {};
  jpeg_error_mgr errors_ = {};
};

}  // namespace

struct JpegEncoder::State {
  jpeg_compress_struct compress = {};
  jpeg_error_mgr errors = {};
  VectorDestination destination = {};

  explicit State(const JpegOptions& options) {
    compress.err = InstallErrorHandlers(&errors);
    jpeg_create_compress(&compress);
    destination.init_destination = VectorDestination::Begin;
    destination.empty_output_buffer = VectorDestination::Grow;
    destination.term_destination = VectorDestination::End;
    compress.dest = &destination;
    compress.input_components = 3;
    compress.in_color_space = JCS_RGB;
    jpeg_set_defaults(&compress);
    jpeg_set_quality(&compress, options.quality, TRUE);
    compress.dct_method = JDCT_ISLOW;
    const int luma_samples = options.subsampling == ChromaSubsampling::k420 ? 2 : 1;
    compress.comp_info[0].h_samp_factor = luma_samples;
    compress.comp_info[0].v_samp_factor = luma_samples;
  }
  ~State() { jpeg_destroy_compress(&compress); }
};

JpegEncoder::JpegEncoder(const JpegOptions& options) {
  CHECK(options.quality >= 1 && options.quality <= 100);
  state_ = std::make_unique<State>(options);
}

JpegEncoder::~JpegEncoder() = default;
JpegEncoder::JpegEncoder(JpegEncoder&&) noexcept = default;
JpegEncoder& JpegEncoder::operator=(JpegEncoder&&) noexcept = default;

void JpegEncoder::Encode(const uint8_t* rgb, int width, int height, std::vector<uint8_t>* out) {
  CHECK(width > 0 && height > 0);
  jpeg_compress_struct* compress = &state_->compress;
  compress->image_width = static_cast<JDIMENSION>(width);
  compress->image_height = static_cast<JDIMENSION>(height);
  state_->destination.out = out;
  jpeg_start_compress(compress, TRUE);
  const size_t row_size = size_t{3} * static_cast<size_t>(width);
  while (compress->next_scanline < compress->image_height) {
    auto* row = const_cast<JSAMPROW>(rgb + row_size * compress->next_scanline);
    jpeg_write_scanlines(compress, &row, 1);
  }
  jpeg_finish_compress(compress);
}

RgbPicture DecodeJpeg(std::span<const uint8_t> bytes, const std::string& source_name, int most_pixels) {
  try {
    return JpegReader().Read(bytes, most_pixels);
  } catch (const base::Error& error) {
    throw base::Error(source_name + " cannot be read as JPEG: " + error.what());
  }
}

}  // namespace figment::files
