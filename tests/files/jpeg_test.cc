#include "files/jpeg.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "tests/files/scratch.h"

namespace figment::files {
namespace {

// Left half red, right half blue, darker towards the bottom.
RgbPicture TwoColors(int width, int height) {
  RgbPicture picture = {width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto value = static_cast<uint8_t>(255 - 100 * y / height);
      const bool red = x < width / 2;
      picture.pixels.insert(picture.pixels.end(), {red ? value : uint8_t{0}, 0, red ? uint8_t{0} : value});
    }
  }
  return picture;
}

int LargestDifference(const RgbPicture& a, const RgbPicture& b) {
  int largest = 0;
  for (size_t i = 0; i < a.pixels.size(); ++i) largest = std::max(largest, std::abs(a.pixels[i] - b.pixels[i]));
  return largest;
}

TEST(Jpeg, ReadsBackNearlyEqual) {
  const RgbPicture picture = TwoColors(64, 48);
  std::vector<uint8_t> file;
  JpegEncoder({.quality = 95, .subsampling = ChromaSubsampling::k444}).Encode(picture.pixels.data(), 64, 48, &file);
  const RgbPicture read = DecodeJpeg(file, "a.jpg");
  ASSERT_EQ(read.width, 64);
  ASSERT_EQ(read.height, 48);
  EXPECT_LE(LargestDifference(picture, read), 8);  // quantisation steps at quality 95 are 2 to 10 levels
}

TEST(Jpeg, SubsamplingMakesFilesSmaller) {
  const RgbPicture picture = TwoColors(65, 47);
  std::vector<uint8_t> full, half;
  JpegEncoder({.subsampling = ChromaSubsampling::k444}).Encode(picture.pixels.data(), 65, 47, &full);
  JpegEncoder().Encode(picture.pixels.data(), 65, 47, &half);
  EXPECT_LT(half.size(), full.size());
  EXPECT_EQ(DecodeJpeg(half, "a.jpg").width, 65);
}

TEST(Jpeg, SameBytesTwiceAndFromAnyEncoder) {
  const RgbPicture big = TwoColors(256, 256), small = TwoColors(16, 16);
  JpegEncoder used;
  std::vector<uint8_t> first, other, again;
  used.Encode(big.pixels.data(), 256, 256, &first);
  used.Encode(small.pixels.data(), 16, 16, &other);
  used.Encode(big.pixels.data(), 256, 256, &again);
  EXPECT_EQ(first, again);
  JpegEncoder().Encode(big.pixels.data(), 256, 256, &again);
  EXPECT_EQ(first, again);
}

TEST(Jpeg, FilesLargerThanTheFirstBuffer) {
  RgbPicture noise = {256, 256, {}};
  for (uint32_t i = 0; i < 256 * 256 * 3; ++i) noise.pixels.push_back(static_cast<uint8_t>(i * 2654435761u >> 24));
  std::vector<uint8_t> file;
  JpegEncoder({.quality = 100, .subsampling = ChromaSubsampling::k444}).Encode(noise.pixels.data(), 256, 256, &file);
  EXPECT_GT(file.size(), size_t{1} << 15);
  EXPECT_LE(LargestDifference(noise, DecodeJpeg(file, "a.jpg")), 8);
}

TEST(Jpeg, DamagedFilesAreErrors) {
  const RgbPicture picture = TwoColors(64, 48);
  std::vector<uint8_t> file;
  JpegEncoder().Encode(picture.pixels.data(), 64, 48, &file);
  const std::span<const uint8_t> whole(file);
  EXPECT_EQ(ErrorOf([&] { DecodeJpeg(whole.first(file.size() - 20), "a.jpg"); }),
            "a.jpg cannot be read as JPEG: Premature end of JPEG file");
  EXPECT_NE(ErrorOf([&] { DecodeJpeg(whole.first(0), "a.jpg"); }).find("a.jpg cannot be read as JPEG"), std::string::npos);
  EXPECT_NE(ErrorOf([&] { DecodeJpeg(whole.subspan(5), "a.jpg"); }).find("a.jpg cannot be read as JPEG"),
            std::string::npos);
}

}  // namespace
}  // namespace figment::files
