#include "files/movie.h"

#include <gtest/gtest.h>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

#include <array>
#include <fstream>
#include <vector>

#include "files/atomic.h"
#include "tests/files/scratch.h"

namespace figment::files {
namespace {

// A white square that moves over a dark ground; with noise if the file should be large.
std::vector<uint8_t> Picture(int width, int height, int frame, bool noise = false) {
  std::vector<uint8_t> rgb(static_cast<size_t>(3 * width * height), 30);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < 3; ++c) {
        uint8_t& value = rgb[static_cast<size_t>(3 * (y * width + x) + c)];
        if (x / 8 == frame % 4 && y / 8 == 1) value = 255;
        const auto place = static_cast<uint32_t>(x * 7919 + y * 104729 + c + frame * 31);
        if (noise) value = static_cast<uint8_t>(place * 2654435761u >> 24);
      }
  return rgb;
}

void WriteMovie(const std::filesystem::path& path, int width, int height, int frames, double fps, bool noise = false) {
  MovieWriter writer(path, width, height, fps);
  for (int i = 0; i < frames; ++i) writer.Add(Picture(width, height, i, noise).data());
  writer.Close();
}

TEST(Movie, ProbeTellsWhatWasWritten) {
  const ScratchFolder folder;
  WriteMovie(folder / "a.mp4", 64, 48, 33, 30);
  const MovieInfo info = ProbeMovie(folder / "a.mp4");
  EXPECT_EQ(info.width, 64);
  EXPECT_EQ(info.height, 48);
  EXPECT_EQ(info.num_frames, 33);
  EXPECT_EQ(info.fps, 30);
}

TEST(Movie, OneFrameAndOtherRates) {
  const ScratchFolder folder;
  WriteMovie(folder / "a.mp4", 32, 32, 1, 100);
  EXPECT_EQ(ProbeMovie(folder / "a.mp4").num_frames, 1);
  WriteMovie(folder / "b.mp4", 32, 32, 7, 30000.0 / 1001);
  EXPECT_EQ(ProbeMovie(folder / "b.mp4").num_frames, 7);
  EXPECT_NEAR(ProbeMovie(folder / "b.mp4").fps, 29.97, 1e-3);
}

TEST(Movie, OddSizesAreMadeEven) {
  const ScratchFolder folder;
  WriteMovie(folder / "a.mp4", 65, 33, 3, 30);
  EXPECT_EQ(ProbeMovie(folder / "a.mp4").width, 66);
  EXPECT_EQ(ProbeMovie(folder / "a.mp4").height, 34);
}

TEST(Movie, SameBytesTwiceUnderAnyName) {
  const ScratchFolder folder;
  WriteMovie(folder / "a.mp4", 64, 48, 20, 30);
  WriteMovie(folder / "another name.mp4", 64, 48, 20, 30);
  EXPECT_EQ(ReadBytes(folder / "a.mp4"), ReadBytes(folder / "another name.mp4"));
}

// Luma, blue and red difference in the middle of the first frame.
std::array<int, 3> DecodedColor(const std::filesystem::path& path) {
  AVFormatContext* input = nullptr;
  EXPECT_EQ(avformat_open_input(&input, path.c_str(), nullptr, nullptr), 0);
  AVCodecContext* decoder = avcodec_alloc_context3(nullptr);
  avcodec_parameters_to_context(decoder, input->streams[0]->codecpar);
  EXPECT_EQ(avcodec_open2(decoder, avcodec_find_decoder(decoder->codec_id), nullptr), 0);
  AVPacket* packet = av_packet_alloc();
  AVFrame* frame = av_frame_alloc();
  EXPECT_EQ(av_read_frame(input, packet), 0);
  EXPECT_EQ(avcodec_send_packet(decoder, packet), 0);
  EXPECT_EQ(avcodec_send_packet(decoder, nullptr), 0);
  EXPECT_EQ(avcodec_receive_frame(decoder, frame), 0);
  EXPECT_EQ(frame->format, AV_PIX_FMT_YUV420P);
  const int x = frame->width / 2, y = frame->height / 2;
  const std::array<int, 3> color = {frame->data[0][y * frame->linesize[0] + x],
                                    frame->data[1][y / 2 * frame->linesize[1] + x / 2],
                                    frame->data[2][y / 2 * frame->linesize[2] + x / 2]};
  av_frame_free(&frame);
  av_packet_free(&packet);
  avcodec_free_context(&decoder);
  avformat_close_input(&input);
  return color;
}

// The values of the 100 % colour bars of ITU-R BT.601 (BT.801). At crf 5 a flat picture is off by at most 1.
TEST(Movie, ColorsAreThoseOfTheStandard) {
  const struct { uint8_t red, green, blue; std::array<int, 3> expected; } kCases[] = {
      {255, 255, 255, {235, 128, 128}}, {255, 255, 0, {210, 16, 146}}, {0, 255, 0, {145, 54, 34}},
      {255, 0, 0, {81, 90, 240}},       {0, 0, 255, {41, 240, 110}},   {0, 0, 0, {16, 128, 128}}};
  const ScratchFolder folder;
  for (const auto& c : kCases) {
    std::vector<uint8_t> rgb;
    for (int i = 0; i < 33 * 33; ++i) rgb.insert(rgb.end(), {c.red, c.green, c.blue});
    MovieWriter writer(folder / "a.mp4", 33, 33, 30, {.crf = 5});
    writer.Add(rgb.data());
    writer.Close();
    const std::array<int, 3> color = DecodedColor(folder / "a.mp4");
    for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(color[i], c.expected[i], 1);
  }
}

// At crf 1 flat squares of even size come back within a few steps of 8-bit colour.
TEST(Movie, ReaderGivesThePicturesBackInOrder) {
  const ScratchFolder folder;
  MovieWriter writer(folder / "a.mp4", 64, 48, 30, {.crf = 1});
  for (int i = 0; i < 9; ++i) writer.Add(Picture(64, 48, i).data());
  writer.Close();
  MovieReader reader(folder / "a.mp4");
  RgbPicture picture;
  for (int i = 0; i < 9; ++i) {
    ASSERT_TRUE(reader.Next());
    reader.Copy(&picture);
    ASSERT_EQ(picture.width, 64);
    ASSERT_EQ(picture.height, 48);
    const std::vector<uint8_t> expected = Picture(64, 48, i);
    for (const int x : {4, 12, 20, 28, 60})
      EXPECT_NEAR(picture.pixels[static_cast<size_t>(3 * (12 * 64 + x))],
                  expected[static_cast<size_t>(3 * (12 * 64 + x))], 6) << "frame " << i << " x " << x;
  }
  EXPECT_FALSE(reader.Next());
}

TEST(Movie, ReaderGivesTheColorsBack) {
  const ScratchFolder folder;
  for (const std::array<uint8_t, 3> color : {std::array<uint8_t, 3>{255, 0, 0}, {0, 255, 0}, {0, 0, 255},
                                             {255, 255, 255}, {200, 120, 40}}) {
    std::vector<uint8_t> rgb;
    for (int i = 0; i < 32 * 32; ++i) rgb.insert(rgb.end(), color.begin(), color.end());
    MovieWriter writer(folder / "a.mp4", 32, 32, 30, {.crf = 1});
    writer.Add(rgb.data());
    writer.Close();
    MovieReader reader(folder / "a.mp4");
    ASSERT_TRUE(reader.Next());
    RgbPicture picture;
    reader.Copy(&picture);
    for (size_t c = 0; c < 3; ++c) EXPECT_NEAR(picture.pixels[3 * (16 * 32 + 16) + c], color[c], 3);
  }
}

TEST(Movie, ReaderRefusesDamagedFiles) {
  const ScratchFolder folder;
  const auto read_all = [](const std::filesystem::path& path) {
    MovieReader reader(path);
    while (reader.Next()) {}
  };
  const std::string path = (folder / "a.mp4").string();
  EXPECT_EQ(ErrorOf([&] { read_all(path); }), "cannot read " + path + ": No such file or directory");
  WriteMovie(path, 64, 48, 20, 30, true);
  std::vector<uint8_t> bytes = ReadBytes(path);
  std::fill(bytes.begin() + static_cast<long>(bytes.size() / 3), bytes.begin() + static_cast<long>(bytes.size() / 2), 0);
  WriteFileAtomically(path, bytes);
  EXPECT_TRUE(ErrorOf([&] { read_all(path); }).starts_with("cannot read " + path + ": "));
}

TEST(Movie, BadRequestsAndFilesAreErrors) {
  const ScratchFolder folder;
  const std::string path = (folder / "a.mp4").string();
  EXPECT_EQ(ErrorOf([&] { ProbeMovie(path); }), "cannot read " + path + ": No such file or directory");
  std::ofstream(path) << "this is no movie";
  EXPECT_TRUE(ErrorOf([&] { ProbeMovie(path); }).starts_with("cannot read " + path + ": "));
  EXPECT_EQ(ErrorOf([&] { WriteMovie(folder / "no/a.mp4", 64, 48, 1, 30); }),
            "cannot write " + (folder / "no/a.mp4").string() + ": No such file or directory");
  EXPECT_EQ(ErrorOf([&] { MovieWriter(path, 64, 48, 30, {.preset = "fastest"}); }),
            "x264 refuses preset 'fastest', crf 25");
  WriteMovie(path, 64, 48, 20, 30);
  const std::vector<uint8_t> whole = ReadBytes(path);
  WriteFileAtomically(path, std::span(whole).first(whole.size() / 2));
  EXPECT_TRUE(ErrorOf([&] { ProbeMovie(path); }).starts_with("cannot read " + path + ": "));
}

// The coded frames of a movie one after the other.
std::vector<uint8_t> CodedFrames(const std::filesystem::path& path) {
  AVFormatContext* input = nullptr;
  EXPECT_EQ(avformat_open_input(&input, path.c_str(), nullptr, nullptr), 0);
  std::vector<uint8_t> bytes;
  AVPacket* packet = av_packet_alloc();
  while (av_read_frame(input, packet) >= 0) {
    bytes.insert(bytes.end(), packet->data, packet->data + packet->size);
    av_packet_unref(packet);
  }
  av_packet_free(&packet);
  avformat_close_input(&input);
  return bytes;
}

TEST(Movie, CopyAtAnotherRateKeepsEveryCodedFrame) {
  const ScratchFolder folder;
  for (const double fps : {30.0, 100.0, 7.5, 30000.0 / 1001}) {
    WriteMovie(folder / "a.mp4", 64, 48, 33, fps);
    EXPECT_EQ(CopyMovieAtRate(folder / "a.mp4", folder / "b.mp4", 100), 33);
    const MovieInfo info = ProbeMovie(folder / "b.mp4");
    EXPECT_EQ(info.num_frames, 33);
    EXPECT_EQ(info.fps, 100);
    EXPECT_EQ(info.width, 64);
    EXPECT_EQ(CodedFrames(folder / "a.mp4"), CodedFrames(folder / "b.mp4"));
  }
  WriteMovie(folder / "one.mp4", 64, 48, 1, 30);
  EXPECT_EQ(CopyMovieAtRate(folder / "one.mp4", folder / "two.mp4", 100), 1);
}

// What the encoder would have written at once, the rate inside the H.264 stream included.
TEST(Movie, CopyAtAnotherRateIsAMovieOfThatRate) {
  const ScratchFolder folder;
  WriteMovie(folder / "a.mp4", 64, 48, 33, 30);
  CopyMovieAtRate(folder / "a.mp4", folder / "b.mp4", 100);
  CopyMovieAtRate(folder / "b.mp4", folder / "c.mp4", 30);
  EXPECT_EQ(ReadBytes(folder / "a.mp4"), ReadBytes(folder / "c.mp4"));
}

TEST(Movie, CopyOfADamagedMovieIsAnError) {
  const ScratchFolder folder;
  std::ofstream(folder / "a.mp4") << "this is no movie";
  const auto copy = [&] { CopyMovieAtRate(folder / "a.mp4", folder / "b.mp4", 100); };
  EXPECT_TRUE(ErrorOf(copy).starts_with("cannot read " + (folder / "a.mp4").string()));
}

TEST(Movie, AFullDiskIsAnError) {
  const ScratchFolder folder;
  const std::string path = (folder / "a.mp4").string();
  EXPECT_TRUE(FailsWithFileSizeLimit(2000, "cannot write " + path + ": File too large",
                                     [&] { WriteMovie(path, 128, 128, 10, 30, /*noise=*/true); }));
}

}  // namespace
}  // namespace figment::files
