#include "files/png.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "files/atomic.h"
#include "tests/files/scratch.h"

namespace figment::files {
namespace {

constexpr PngFormat kFormats[] = {PngFormat::kGray8, PngFormat::kGray16, PngFormat::kRgb8, PngFormat::kRgba8};
constexpr PngFilter kFilters[] = {PngFilter::kNone, PngFilter::kSub, PngFilter::kUp, PngFilter::kAverage,
                                  PngFilter::kPaeth};

PngPicture RandomPicture(PngFormat format, int width, int height) {
  base::Rng rng({1});
  PngPicture picture = {format, width, height, {}};
  picture.pixels.resize(static_cast<size_t>(width * height * BytesPerPixel(format)));
  for (uint8_t& byte : picture.pixels) byte = static_cast<uint8_t>(rng.Next32());
  return picture;
}

TEST(Png, EveryFormatAndFilterReadsBackEqual) {
  PngEncoder encoder;
  std::vector<uint8_t> file;
  for (const PngFormat format : kFormats) {
    for (const PngFilter filter : kFilters) {
      for (const auto& [width, height] : {std::pair(1, 1), std::pair(1, 9), std::pair(33, 1), std::pair(37, 21)}) {
        const PngPicture picture = RandomPicture(format, width, height);
        encoder.Encode(picture.view(), filter, &file);
        const PngPicture read = DecodePng(file, "a.png");
        EXPECT_EQ(read.format, format);
        EXPECT_EQ(read.width, width);
        EXPECT_EQ(read.height, height);
        EXPECT_EQ(read.pixels, picture.pixels);
      }
    }
  }
}

TEST(Png, AWrittenPictureReadsBackEqual) {
  const ScratchFolder scratch;
  const RgbPicture picture = {2, 1, {1, 2, 3, 250, 251, 252}};
  WritePng(scratch / "a.png", picture);
  const PngPicture read = DecodePng(ReadBytes(scratch / "a.png"), "a.png");
  EXPECT_EQ(read.format, PngFormat::kRgb8);
  EXPECT_EQ(read.width, 2);
  EXPECT_EQ(read.height, 1);
  EXPECT_EQ(read.pixels, picture.pixels);
}

// By hand, from the specification: a 1x1 grey picture. Known by heart of every PNG: the signature, the IHDR length 13
// and the check sum ae426082 of the empty IEND chunk (CRC-32 of "IEND").
TEST(Png, BytesOfASmallPicture) {
  const uint8_t pixel = 200;
  std::vector<uint8_t> file;
  PngEncoder().Encode({PngFormat::kGray8, 1, 1, &pixel}, PngFilter::kNone, &file);
  const std::vector<uint8_t> head = {137, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13, 'I', 'H', 'D', 'R',
                                     0,   0,   0,   1,   0,  0,  0,  1,  8, 0, 0, 0,  0};
  const std::vector<uint8_t> tail = {0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82};
  ASSERT_GT(file.size(), head.size() + tail.size());
  EXPECT_EQ(std::vector<uint8_t>(file.begin(), file.begin() + 29), head);
  EXPECT_EQ(std::vector<uint8_t>(file.end() - 12, file.end()), tail);
}

TEST(Png, SameBytesTwiceAndFromAnyEncoder) {
  const PngPicture big = RandomPicture(PngFormat::kRgb8, 200, 100), small = RandomPicture(PngFormat::kGray16, 20, 10);
  PngEncoder used;
  std::vector<uint8_t> first, other, again;
  used.Encode(big.view(), PngFilter::kPaeth, &first);
  used.Encode(small.view(), PngFilter::kUp, &other);
  used.Encode(big.view(), PngFilter::kPaeth, &again);
  EXPECT_EQ(first, again);
  PngEncoder().Encode(big.view(), PngFilter::kPaeth, &again);
  EXPECT_EQ(first, again);
}

TEST(Png, AFilterTurnsAGradientIntoAConstant) {
  // A row of noise, 3 brighter in each row below: without a filter no two rows are equal.
  PngPicture picture = RandomPicture(PngFormat::kRgb8, 256, 256);
  for (size_t i = 768; i < picture.pixels.size(); ++i)
    picture.pixels[i] = static_cast<uint8_t>(picture.pixels[i - 768] + 3);
  PngEncoder encoder;
  std::vector<uint8_t> plain, up;
  encoder.Encode(picture.view(), PngFilter::kNone, &plain);
  encoder.Encode(picture.view(), PngFilter::kUp, &up);
  EXPECT_GT(plain.size(), 190000u);
  EXPECT_LT(up.size(), 3000u);  // the first row, 768 bytes, and runs of 3
}

TEST(Png, DamagedFilesAreErrors) {
  std::vector<uint8_t> file;
  PngEncoder().Encode(RandomPicture(PngFormat::kRgb8, 20, 10).view(), PngFilter::kSub, &file);
  const std::span<const uint8_t> whole(file);
  EXPECT_EQ(ErrorOf([&] { DecodePng(whole.first(file.size() / 2), "a.png"); }),
            "a.png cannot be read as PNG: the file ends too early");
  EXPECT_NE(ErrorOf([&] { DecodePng(whole.first(3), "a.png"); }).find("a.png cannot be read as PNG"), std::string::npos);
  std::vector<uint8_t> flipped = file;
  flipped[60] ^= 1;
  EXPECT_NE(ErrorOf([&] { DecodePng(flipped, "a.png"); }).find("a.png cannot be read as PNG"), std::string::npos);
  const std::string text = "this is no picture";
  const std::vector<uint8_t> foreign(text.begin(), text.end());
  EXPECT_NE(ErrorOf([&] { DecodePng(foreign, "a.png"); }).find("a.png cannot be read as PNG"), std::string::npos);
}

}  // namespace
}  // namespace figment::files
