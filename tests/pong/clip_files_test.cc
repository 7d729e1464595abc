#include "pong/clip_files.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/hash.h"
#include "files/atomic.h"
#include "files/hdf5.h"
#include "files/movie.h"
#include "files/npy.h"
#include "files/png.h"
#include "tests/files/scratch.h"

namespace figment::pong {
namespace {

using files::ScratchFolder;

TEST(Painter, ColoursAndPlacesAreExact) {
  Painter painter({.size = 128, .background = {10, 20, 30}, .device = "cpu"});
  std::vector<uint8_t> picture;
  // 4 pixels a unit; rows from the top.
  painter.Draw({.ball = Position{8, 10}, .paddle = PaddlePicture{.y = 20, .height = 4}}, &picture);
  const auto at = [&](size_t row, size_t column) {
    const size_t i = (row * 128 + column) * 3;
    return std::array<int, 3>{picture[i], picture[i + 1], picture[i + 2]};
  };
  using Color = std::array<int, 3>;
  EXPECT_EQ(at(0, 0), (Color{10, 20, 30}));
  EXPECT_EQ(at(88, 32), (Color{255, 255, 255}));  // (32 - 10) * 4
  EXPECT_EQ(at(88, 35), (Color{255, 255, 255}));
  EXPECT_EQ(at(88, 36), (Color{10, 20, 30}));
  EXPECT_EQ(at(50, 95), (Color{10, 20, 30}));
  EXPECT_EQ(at(50, 96), (Color{128, 128, 128}));
  EXPECT_EQ(at(39, 127), (Color{128, 128, 128}));
  EXPECT_EQ(at(40, 127), (Color{0, 160, 80}));
  EXPECT_EQ(at(55, 127), (Color{0, 160, 80}));
  EXPECT_EQ(at(56, 127), (Color{128, 128, 128}));
  painter.Draw({.ball = Position{28, 16}, .occluder_opacity = 0.5}, &picture);
  EXPECT_EQ(at(64, 112), (Color{192, 192, 192}));
  EXPECT_EQ(at(5, 112), (Color{69, 74, 79}));
  painter.Draw({.occluder_opacity = 0}, &picture);
  EXPECT_EQ(at(64, 112), (Color{10, 20, 30}));
}

TEST(Painter, UpsideDownIsTheMirrorImage) {
  Painter upright({.size = 64, .device = "cpu"}), published({.size = 64, .upright = false, .device = "cpu"});
  std::vector<uint8_t> a, b;
  upright.Draw({.ball = Position{8, 10}}, &a);
  published.Draw({.ball = Position{8, 10}}, &b);
  for (size_t row = 0; row < 64; ++row)
    EXPECT_TRUE(std::equal(&a[row * 192], &a[row * 192] + 192, &b[(63 - row) * 192]));
}

TEST(ClipFiles, ArraysHoldThePublishedPictures) {
  const ScratchFolder folder;
  const ClipSummary summary =
      WriteClips({.out = folder / "clips", .selection = {.indices = {59920, 29337}}}, {.format = ClipFormat::kNpy});
  EXPECT_EQ(summary.conditions, 2);
  EXPECT_EQ(summary.frames, 54 + 62);
  const files::NpyArray pictures = files::ReadNpy(folder / "clips" / "pictures.npy");
  EXPECT_EQ(pictures.shape, (std::vector<int64_t>{2, 90, 100, 100}));
  const Track track = MakeTrack(TrialSet()[29337]);
  const Rasteriser rasteriser({});
  std::vector<uint8_t> expected(rasteriser.pixels());
  rasteriser.Draw(track.x[40], track.y[40], expected);
  EXPECT_TRUE(std::equal(expected.begin(), expected.end(), pictures.bytes.begin() + (90 + 40) * 10000));
  const auto background = rasteriser.background();
  EXPECT_TRUE(std::equal(background.begin(), background.end(), pictures.bytes.begin() + 89 * 10000));

  const auto manifest = nlohmann::json::parse(files::ReadFile(folder / "clips" / "manifest.json"));
  EXPECT_EQ(manifest["clips"][0]["index"], 59920);
  EXPECT_EQ(manifest["clips"][0]["row"], 3);
  EXPECT_EQ(manifest["clips"][0]["frames"], 54);
  base::Sha256 hash;
  hash.UpdateArray(std::span<const uint8_t>(pictures.bytes).first(54 * 10000));
  EXPECT_EQ(manifest["clips"][0]["pictures_sha256"], hash.Hex());
  EXPECT_EQ(manifest["files_sha256"]["pictures.npy"], base::Sha256OfFile(folder / "clips" / "pictures.npy"));

  const files::NpzReader epochs(folder / "clips" / "epochs.npz");
  EXPECT_EQ(epochs.Read("frames").Values<int32_t>("frames"), (std::vector<int32_t>{54, 62}));
  const auto cover = epochs.Read("cover").Values<uint8_t>("cover");
  EXPECT_EQ(cover[0], 0);
  EXPECT_EQ(cover[53], 2);
  EXPECT_EQ(cover[54], 255);
}

TEST(ClipFiles, OtherFormatsHoldTheSame) {
  const ScratchFolder folder;
  const ClipRequest request{.selection = {.indices = {248856}}};  // 40 frames
  const auto write = [&](const char* name, ClipFormat format) {
    ClipRequest own = request;
    own.out = folder / name;
    WriteClips(own, {.rate_hz = 12, .format = format});
  };
  write("png", ClipFormat::kPng);
  write("mp4", ClipFormat::kMp4);
  write("hdf5", ClipFormat::kHdf5);
  const auto png = files::ReadBytes(folder / "png" / "248856" / "frame_007.png");
  const files::PngPicture picture = files::DecodePng(png, "frame");
  EXPECT_EQ(picture.format, files::PngFormat::kGray8);
  const files::Hdf5Reader arrays(folder / "hdf5" / "pictures.h5");
  EXPECT_EQ(arrays.Shape("pictures"), (files::Hdf5Shape{1, 45, 100, 100}));
  const auto pictures = arrays.Read<uint8_t>("pictures");
  EXPECT_TRUE(std::equal(picture.pixels.begin(), picture.pixels.end(), pictures.begin() + 7 * 10000));
  EXPECT_EQ(arrays.Read<int32_t>("frames")[0], 20);
  const files::MovieInfo movie = files::ProbeMovie(folder / "mp4" / "248856.mp4");
  EXPECT_EQ(movie.num_frames, 20);
  EXPECT_EQ(movie.fps, 12);
}

TEST(ClipFiles, WrongRequestsAreErrors) {
  const ScratchFolder folder;
  const auto error = [&](ClipRequest request, const ClipConfig& config = {}) {
    if (request.out.empty()) request.out = folder / "new";
    return files::ErrorOf([&] { WriteClips(request, config); });
  };
  EXPECT_NE(error({.selection = {.set = "all"}}).find("--first"), std::string::npos);
  EXPECT_NE(error({.selection = {.set = "all"}, .first = 6000}, {.format = ClipFormat::kNpy}).find("5 GB"),
            std::string::npos);
  EXPECT_NE(error({.selection = {.set = "published79"}, .batch = 0}).find("--batch"), std::string::npos);
  EXPECT_NE(error({.selection = {.set = "valid"}, .batch = 92}).find("0 to 91"), std::string::npos);
  EXPECT_NE(error({.selection = {.indices = {5, 5}}}).find("twice"), std::string::npos);
  EXPECT_EQ(folder.NumberOfFiles(), 0);
  files::WriteFileAtomically(folder / "file", std::string_view("x"));
  EXPECT_NE(error({.out = folder.path(), .selection = {.indices = {5}}}).find("not empty"), std::string::npos);
  EXPECT_NE(error({.out = folder / "file", .selection = {.indices = {5}}}).find("no folder"), std::string::npos);
}

TEST(ClipFiles, PreviewIsASheet) {
  const ScratchFolder folder;
  const std::string text = WritePreview(59920, folder / "sheet.png", "cpu");
  EXPECT_NE(text.find("occluded bounce, end point -9.106 deg"), std::string::npos);
  const files::PngPicture sheet = files::DecodePng(files::ReadBytes(folder / "sheet.png"), "sheet");
  EXPECT_GT(sheet.width, 1000);
  EXPECT_THROW(WritePreview(59920, folder / "sheet.png", "cpu"), base::Error);
  EXPECT_THROW(WritePreview(59920, folder / "sheet.jpg", "cpu"), base::Error);
  EXPECT_THROW(WritePreview(472225, folder / "other.png", "cpu"), base::Error);
}

}  // namespace
}  // namespace figment::pong
