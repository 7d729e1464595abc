#include "files/movie.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>
#include <libavutil/dict.h>
#include <libavutil/opt.h>
}

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/check.h"
#include "base/error.h"
#include "files/descriptor.h"

namespace figment::files {
namespace {

int Even(int size) { return size + size % 2; }

base::Error MovieError(const char* action, const std::filesystem::path& path, int code) {
  char reason[AV_ERROR_MAX_STRING_SIZE] = "";
  av_strerror(code, reason, sizeof(reason));
  return base::Error(std::string("cannot ") + action + " " + path.string() + ": " + reason);
}

// ITU-R BT.601 with limited range: Y' = 16 + 219 (.299 R + .587 G + .114 B), and the blue and red differences scaled to
// 128 +- 112, in units of 2^-16. The weights of a difference add up to 0, so grey has no colour.
uint8_t Luma(const uint8_t* rgb) {
  constexpr int kRed = 16829, kGreen = 33039, kBlue = 6416;
  return static_cast<uint8_t>((kRed * rgb[0] + kGreen * rgb[1] + kBlue * rgb[2] + (16 << 16) + (1 << 15)) >> 16);
}

// Of the sum of four pixels, hence two bits more.
uint8_t BlueDifference(int red, int green, int blue) {
  return static_cast<uint8_t>((-9714 * red - 19070 * green + 28784 * blue + (128 << 18) + (1 << 17)) >> 18);
}
uint8_t RedDifference(int red, int green, int blue) {
  return static_cast<uint8_t>((28784 * red - 24103 * green - 4681 * blue + (128 << 18) + (1 << 17)) >> 18);
}

// Two rows of pixels to two rows of luma and one of each difference; chroma is the mean of 2 x 2 pixels.
void ConvertTwoRows(const uint8_t* __restrict top, const uint8_t* __restrict bottom, int width,
                    uint8_t* __restrict luma_top, uint8_t* __restrict luma_bottom,
                    uint8_t* __restrict blue_difference, uint8_t* __restrict red_difference) {
  for (int x = 0; x < width; ++x) luma_top[x] = Luma(top + 3 * x);
  for (int x = 0; x < width; ++x) luma_bottom[x] = Luma(bottom + 3 * x);
  for (int i = 0; i < width / 2; ++i) {
    const uint8_t* a = top + 6 * i;
    const uint8_t* b = bottom + 6 * i;
    const int red = a[0] + a[3] + b[0] + b[3], green = a[1] + a[4] + b[1] + b[4], blue = a[2] + a[5] + b[2] + b[5];
    blue_difference[i] = BlueDifference(red, green, blue);
    red_difference[i] = RedDifference(red, green, blue);
  }
}

// Faster than swscale, and the same on every machine.
void ConvertToYuv420(const uint8_t* rgb, AVFrame* frame) {
  const auto row_of = [frame](int plane, int y) { return frame->data[plane] + ptrdiff_t{y} * frame->linesize[plane]; };
  const ptrdiff_t row = ptrdiff_t{3} * frame->width;
  for (int y = 0; y < frame->height; y += 2)
    ConvertTwoRows(rgb + y * row, rgb + (y + 1) * row, frame->width, row_of(0, y), row_of(0, y + 1), row_of(1, y / 2),
                   row_of(2, y / 2));
}

// What the libraries allocate, freed by their own functions.
struct Free {
  void operator()(AVCodecContext* p) const { avcodec_free_context(&p); }
  void operator()(AVFrame* p) const { av_frame_free(&p); }
  void operator()(AVPacket* p) const { av_packet_free(&p); }
  void operator()(AVBSFContext* p) const { av_bsf_free(&p); }
};

struct FreeOutput {
  void operator()(AVFormatContext* p) const {
    avio_closep(&p->pb);
    avformat_free_context(p);
  }
};

struct FreeInput {
  void operator()(AVFormatContext* p) const { avformat_close_input(&p); }
};

}  // namespace

class MovieWriter::Impl {
 public:
  Impl(const std::filesystem::path& path, int width, int height, double fps, const MovieOptions& options)
      : path_(path), width_(width), height_(height) {
    CHECK(width > 0 && height > 0 && fps > 0);
    av_log_set_level(AV_LOG_ERROR);
    IgnoreFileSizeSignal();
    OpenEncoder(fps, options);
    OpenFile();
    frame_.reset(av_frame_alloc());
    frame_->format = AV_PIX_FMT_YUV420P;
    frame_->width = Even(width);
    frame_->height = Even(height);
    Checked(av_frame_get_buffer(frame_.get(), 0));
    packet_.reset(av_packet_alloc());
  }

  void Add(const uint8_t* rgb) {
    Checked(av_frame_make_writable(frame_.get()));  // the encoder may still hold the last picture
    ConvertToYuv420(Padded(rgb), frame_.get());
    frame_->pts = num_frames_++;
    Encode(frame_.get());
  }

  void Close() {
    Encode(nullptr);
    Checked(av_write_trailer(output_.get()));
    Checked(avio_closep(&output_->pb));
  }

 private:
  int Checked(int code) const {
    if (code < 0) throw MovieError("write", path_, code);
    return code;
  }

  void OpenEncoder(double fps, const MovieOptions& options) {
    const AVCodec* codec = avcodec_find_encoder_by_name("libx264");
    if (!codec) throw base::Error("cannot write movies: the installed libavcodec has no libx264");
    encoder_.reset(avcodec_alloc_context3(codec));
    encoder_->width = Even(width_);
    encoder_->height = Even(height_);
    encoder_->pix_fmt = AV_PIX_FMT_YUV420P;
    constexpr int kLargestDenominator = 1001;  // of the television rates, 30000/1001
    encoder_->framerate = av_d2q(fps, 1 << 20);
    if (encoder_->framerate.den > kLargestDenominator) encoder_->framerate = av_d2q(fps, kLargestDenominator);
    encoder_->time_base = av_inv_q(encoder_->framerate);
    encoder_->colorspace = AVCOL_SPC_SMPTE170M;
    encoder_->color_range = AVCOL_RANGE_MPEG;
    encoder_->chroma_sample_location = AVCHROMA_LOC_CENTER;
    encoder_->thread_count = options.threads;
    encoder_->flags |= AV_CODEC_FLAG_BITEXACT | AV_CODEC_FLAG_GLOBAL_HEADER;
    AVDictionary* settings = nullptr;
    av_dict_set_int(&settings, "crf", options.crf, 0);
    av_dict_set(&settings, "preset", options.preset.c_str(), 0);
    const int code = avcodec_open2(encoder_.get(), codec, &settings);
    av_dict_free(&settings);
    if (code < 0)
      throw base::UsageError("x264 refuses preset '" + options.preset + "', crf " + std::to_string(options.crf));
  }

  void OpenFile() {
    AVFormatContext* output = nullptr;
    Checked(avformat_alloc_output_context2(&output, nullptr, "mp4", path_.c_str()));
    output_.reset(output);
    output_->flags |= AVFMT_FLAG_BITEXACT;
    stream_ = avformat_new_stream(output_.get(), nullptr);
    stream_->time_base = encoder_->time_base;
    stream_->avg_frame_rate = encoder_->framerate;
    Checked(avcodec_parameters_from_context(stream_->codecpar, encoder_.get()));
    Checked(avio_open(&output_->pb, path_.c_str(), AVIO_FLAG_WRITE));
    Checked(avformat_write_header(output_.get(), nullptr));
  }

  // The picture itself, or a copy with an even size.
  const uint8_t* Padded(const uint8_t* rgb) {
    if (width_ % 2 == 0 && height_ % 2 == 0) return rgb;
    const size_t row = 3 * static_cast<size_t>(width_), padded_row = 3 * static_cast<size_t>(Even(width_));
    padded_.resize(padded_row * static_cast<size_t>(Even(height_)));
    for (int y = 0; y < Even(height_); ++y) {
      const uint8_t* from = rgb + row * static_cast<size_t>(std::min(y, height_ - 1));
      uint8_t* to = padded_.data() + padded_row * static_cast<size_t>(y);
      std::memcpy(to, from, row);
      std::memcpy(to + padded_row - 3, from + row - 3, 3);
    }
    return padded_.data();
  }

  // Gives the encoder a picture, or the end (null), and writes all packets that are ready.
  void Encode(const AVFrame* frame) {
    Checked(avcodec_send_frame(encoder_.get(), frame));
    for (;;) {
      const int code = avcodec_receive_packet(encoder_.get(), packet_.get());
      if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return;
      Checked(code);
      packet_->duration = 1;
      av_packet_rescale_ts(packet_.get(), encoder_->time_base, stream_->time_base);
      Checked(av_interleaved_write_frame(output_.get(), packet_.get()));
      Checked(output_->pb->error);
    }
  }

  std::filesystem::path path_;
  int width_, height_;
  int64_t num_frames_ = 0;
  std::unique_ptr<AVCodecContext, Free> encoder_;
  std::unique_ptr<AVFormatContext, FreeOutput> output_;
  AVStream* stream_ = nullptr;  // of output_
  std::unique_ptr<AVFrame, Free> frame_;
  std::unique_ptr<AVPacket, Free> packet_;
  std::vector<uint8_t> padded_;
};

MovieWriter::MovieWriter(const std::filesystem::path& path, int width, int height, double fps,
                         const MovieOptions& options)
    : impl_(std::make_unique<Impl>(path, width, height, fps, options)) {}
MovieWriter::~MovieWriter() = default;

void MovieWriter::Add(const uint8_t* rgb) { impl_->Add(rgb); }
void MovieWriter::Close() { impl_->Close(); }

namespace {

// The packets of a file's video stream.
class MovieInput {
 public:
  explicit MovieInput(const std::filesystem::path& path) : path_(path), packet_(av_packet_alloc()) {
    av_log_set_level(AV_LOG_FATAL);  // damage is told by the Error
    AVFormatContext* opened = nullptr;
    Checked(avformat_open_input(&opened, path.c_str(), nullptr, nullptr));
    input_.reset(opened);
    Checked(avformat_find_stream_info(opened, nullptr));
    index_ = av_find_best_stream(opened, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    if (index_ < 0) throw Damaged("there is no video in it");
  }

  const AVStream* stream() const { return input_->streams[index_]; }

  // The next packet, which is valid until the next call; null at the end.
  AVPacket* Next() {
    for (;;) {
      av_packet_unref(packet_.get());
      const int code = av_read_frame(input_.get(), packet_.get());
      if (code == AVERROR_EOF) return nullptr;
      Checked(code);
      if (packet_->flags & AV_PKT_FLAG_CORRUPT) throw Damaged("it is truncated");
      if (packet_->stream_index == index_) return packet_.get();
    }
  }

  void Checked(int code) const {
    if (code < 0) throw MovieError("read", path_, code);
  }
  base::Error Damaged(const std::string& what) const {
    return base::Error("cannot read " + path_.string() + ": " + what);
  }

 private:
  std::filesystem::path path_;
  std::unique_ptr<AVFormatContext, FreeInput> input_;
  std::unique_ptr<AVPacket, Free> packet_;
  int index_ = -1;
};

// H.264 has the rate in its sequence header too, where decoders take the length of a frame from: players would show
// the first frame twice or thrice if it stayed. This filter changes only that header.
std::unique_ptr<AVBSFContext, Free> RateFilter(const AVCodecParameters* parameters, AVRational rate) {
  AVBSFContext* created = nullptr;
  av_bsf_alloc(av_bsf_get_by_name("h264_metadata"), &created);
  CHECK(created != nullptr);
  std::unique_ptr<AVBSFContext, Free> filter(created);
  const AVRational ticks = av_mul_q(rate, {2, 1});  // a tick is a field, half a frame
  const bool is_ready = avcodec_parameters_copy(filter->par_in, parameters) >= 0 &&
                        av_opt_set_q(filter->priv_data, "tick_rate", ticks, 0) >= 0 && av_bsf_init(filter.get()) >= 0;
  return is_ready ? std::move(filter) : nullptr;
}

// R'G'B' of luma and differences centred at 0, all scaled to full range: ITU-R BT.601 or BT.709 by their weights of red
// and blue.
struct ColorMatrix {
  explicit ColorMatrix(const AVFrame& frame) {
    const bool is_709 = frame.colorspace == AVCOL_SPC_BT709;
    const double red = is_709 ? 0.2126 : 0.299, blue = is_709 ? 0.0722 : 0.114, green = 1 - red - blue;
    const bool is_full = frame.color_range == AVCOL_RANGE_JPEG || frame.format == AV_PIX_FMT_YUVJ420P;
    luma_offset = is_full ? 0 : 16;
    luma_gain = is_full ? 1 : 255.0 / 219;
    const double difference_gain = is_full ? 1 : 255.0 / 224;
    red_from_v = 2 * (1 - red) * difference_gain;
    blue_from_u = 2 * (1 - blue) * difference_gain;
    green_from_v = -red / green * red_from_v;
    green_from_u = -blue / green * blue_from_u;
  }

  void Convert(uint8_t luma, uint8_t blue_difference, uint8_t red_difference, uint8_t* rgb) const {
    const double y = luma_gain * (luma - luma_offset), u = blue_difference - 128, v = red_difference - 128;
    rgb[0] = Byte(y + red_from_v * v);
    rgb[1] = Byte(y + green_from_u * u + green_from_v * v);
    rgb[2] = Byte(y + blue_from_u * u);
  }

 private:
  static uint8_t Byte(double value) { return static_cast<uint8_t>(std::clamp(value, 0.0, 255.0) + 0.5); }

  double luma_offset, luma_gain, red_from_v, green_from_u, green_from_v, blue_from_u;
};

}  // namespace

MovieInfo ProbeMovie(const std::filesystem::path& path) {
  MovieInput input(path);
  const AVStream* stream = input.stream();
  MovieInfo info = {.width = stream->codecpar->width, .height = stream->codecpar->height,
                    .fps = av_q2d(stream->avg_frame_rate)};
  while (input.Next()) ++info.num_frames;
  return info;
}

int64_t CopyMovieAtRate(const std::filesystem::path& from, const std::filesystem::path& to, double fps) {
  CHECK(fps > 0);
  IgnoreFileSizeSignal();
  MovieInput source(from);
  if (source.stream()->codecpar->codec_id != AV_CODEC_ID_H264)
    throw base::Error("cannot copy " + from.string() + ": its video is not H.264");
  const AVRational rate = av_d2q(fps, 1 << 20);
  const auto filter = RateFilter(source.stream()->codecpar, rate);
  if (!filter) throw base::Error("cannot copy " + from.string() + ": its header is damaged");
  const auto checked = [&](int code) {
    if (code < 0) throw MovieError("write", to, code);
  };
  AVFormatContext* created = nullptr;
  checked(avformat_alloc_output_context2(&created, nullptr, "mp4", to.c_str()));
  const std::unique_ptr<AVFormatContext, FreeOutput> output(created);
  output->flags |= AVFMT_FLAG_BITEXACT;
  AVStream* stream = avformat_new_stream(output.get(), nullptr);
  checked(avcodec_parameters_copy(stream->codecpar, filter->par_out));
  stream->codecpar->codec_tag = stream->codecpar->bit_rate = 0;  // the container chooses these
  stream->time_base = av_inv_q(rate);
  stream->avg_frame_rate = rate;
  checked(avio_open(&output->pb, to.c_str(), AVIO_FLAG_WRITE));
  checked(avformat_write_header(output.get(), nullptr));

  // Times count frames; at the end each of 0 .. n - 1 must have been shown once.
  const AVRational frame = av_inv_q(source.stream()->avg_frame_rate);
  std::vector<int64_t> shown;
  while (AVPacket* packet = source.Next()) {
    packet->pts = av_rescale_q(packet->pts, source.stream()->time_base, frame);
    packet->dts = av_rescale_q(packet->dts, source.stream()->time_base, frame);
    packet->duration = 1;
    packet->pos = -1;
    packet->stream_index = stream->index;
    shown.push_back(packet->pts);
    av_packet_rescale_ts(packet, av_inv_q(rate), stream->time_base);
    checked(av_bsf_send_packet(filter.get(), packet));
    checked(av_bsf_receive_packet(filter.get(), packet));  // one for one
    checked(av_interleaved_write_frame(output.get(), packet));
    checked(output->pb->error);
  }
  checked(av_write_trailer(output.get()));
  checked(avio_closep(&output->pb));
  std::sort(shown.begin(), shown.end());
  for (size_t i = 0; i < shown.size(); ++i)
    if (shown[i] != static_cast<int64_t>(i))
      throw base::Error("cannot copy " + from.string() + ": its frames are not evenly spaced");
  return static_cast<int64_t>(shown.size());
}

class MovieReader::Impl {
 public:
  explicit Impl(const std::filesystem::path& path) : input_(path), frame_(av_frame_alloc()) {
    const AVCodec* codec = avcodec_find_decoder(input_.stream()->codecpar->codec_id);
    if (!codec) throw input_.Damaged("the installed libavcodec has no decoder for it");
    decoder_.reset(avcodec_alloc_context3(codec));
    input_.Checked(avcodec_parameters_to_context(decoder_.get(), input_.stream()->codecpar));
    decoder_->thread_count = 1;
    decoder_->err_recognition = AV_EF_EXPLODE;
    input_.Checked(avcodec_open2(decoder_.get(), codec, nullptr));
  }

  bool Next() {
    for (;;) {
      const int code = avcodec_receive_frame(decoder_.get(), frame_.get());
      if (code == AVERROR_EOF) return false;
      if (code != AVERROR(EAGAIN)) return input_.Checked(code), true;
      input_.Checked(avcodec_send_packet(decoder_.get(), input_.Next()));  // null: hand out what is pending
    }
  }

  void Copy(RgbPicture* picture) const {
    const AVFrame& frame = *frame_;
    CHECK(frame.data[0] != nullptr);  // Next came first
    if (frame.format != AV_PIX_FMT_YUV420P && frame.format != AV_PIX_FMT_YUVJ420P)
      throw input_.Damaged("its pictures are not 8-bit 4:2:0");
    picture->width = frame.width, picture->height = frame.height;
    picture->pixels.resize(size_t{3} * static_cast<size_t>(frame.width) * static_cast<size_t>(frame.height));
    const ColorMatrix matrix(frame);
    uint8_t* rgb = picture->pixels.data();
    for (int y = 0; y < frame.height; ++y) {
      const uint8_t* luma = frame.data[0] + ptrdiff_t{y} * frame.linesize[0];
      const uint8_t* blue = frame.data[1] + ptrdiff_t{y / 2} * frame.linesize[1];
      const uint8_t* red = frame.data[2] + ptrdiff_t{y / 2} * frame.linesize[2];
      for (int x = 0; x < frame.width; ++x, rgb += 3) matrix.Convert(luma[x], blue[x / 2], red[x / 2], rgb);
    }
  }

 private:
  MovieInput input_;
  std::unique_ptr<AVCodecContext, Free> decoder_;
  std::unique_ptr<AVFrame, Free> frame_;
};

MovieReader::MovieReader(const std::filesystem::path& path) : impl_(std::make_unique<Impl>(path)) {}
MovieReader::~MovieReader() = default;

bool MovieReader::Next() { return impl_->Next(); }
void MovieReader::Copy(RgbPicture* picture) const { impl_->Copy(picture); }

}  // namespace figment::files
