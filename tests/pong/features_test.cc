#include "pong/features.h"

#include <gtest/gtest.h>

#include <cmath>

#include "files/atomic.h"
#include "files/hdf5.h"
#include "files/npy.h"
#include "tests/files/scratch.h"

namespace figment::pong {
namespace {

using files::ExpectError;
using files::ScratchFolder;

// One channel that counts frames: value k in frame k.
Features Counting(double dt_ms, int frames = 200) {
  Features features{.dt_ms = dt_ms, .name = "counting"};
  features.array = {kDmfcConditions, frames, 1, {}};
  for (int c = 0; c < kDmfcConditions; ++c)
    for (int k = 0; k < frames; ++k) features.array.values.push_back(static_cast<float>(k));
  return features;
}

BinRows FirstBins() { return {.condition = {0, 0, 0}, .bin = {6, 7, 8}}; }

TEST(Features, ABinIsTheMeanOfItsFramesByTheTimeTheyShare) {
  const Eigen::MatrixXd exact = AtBins(Counting(50), FirstBins());
  EXPECT_NEAR(exact(0, 0), 0, 1e-6);
  EXPECT_NEAR(exact(2, 0), 2, 1e-6);
  // Frames of 20 ms: bin 0 holds frames 0, 1 and half of 2; bin 1 the other half of 2, and 3, 4.
  const Eigen::MatrixXd fast = AtBins(Counting(20), FirstBins());
  EXPECT_NEAR(fast(0, 0), (20 * 0 + 20 * 1 + 10 * 2) / 50., 1e-6);
  EXPECT_NEAR(fast(1, 0), (10 * 2 + 20 * 3 + 20 * 4) / 50., 1e-6);
  // 24 Hz: 41.67 ms of frame 0 and 8.33 ms of frame 1.
  EXPECT_NEAR(AtBins(Counting(1000. / 24), FirstBins())(0, 0), (50 - 1000. / 24) / 50, 1e-6);
}

TEST(Features, BinsThatFramesDoNotCoverAreErrors) {
  Features features = Counting(50);
  features.array.values[8 - kDmfcOnsetBin] = NAN;
  ExpectError("condition 0 (index 29337) are missing or not finite (NaN) in bin 8, 100 ms after motion onset",
              [&] { AtBins(features, FirstBins()); });
  ExpectError("in bin 8", [&] { AtBins(Counting(20, 5), FirstBins()); });
  EXPECT_NEAR(AtBins(Counting(20, 7), FirstBins())(2, 0), 5.5, 1e-6);  // four fifths of the bin are enough
}

TEST(Features, OraclesHoldTheStateOfTheGenerator) {
  const std::vector<std::string> all = {"position", "velocity", "endpoint"};
  const Features oracle = OracleFeatures(all);
  EXPECT_EQ(oracle.array.channels, 5);
  // Condition 0 of the published table: x0 4.80, y0 1.92, dx .447166, dy .223701, y_f 15.565789784.
  const auto state = oracle.array.At(0, 0);
  EXPECT_NEAR(state[0], 4.80, 1e-5);
  EXPECT_NEAR(state[1], 1.92, 1e-5);
  EXPECT_NEAR(state[2], .447166, 1e-6);
  EXPECT_NEAR(state[3], .223701, 1e-6);
  EXPECT_NEAR(state[4], 15.565789784, 1e-5);
  EXPECT_EQ(AtBins(oracle, RowsOf(PublishedMasks().whole)).rows(), 3502);
  ExpectError("did you mean 'velocity'", [] { OracleFeatures(std::vector<std::string>{"velocty"}); });
}

class FeatureFile : public testing::Test {
 protected:
  void Write(int conditions, bool index, const std::string& header) {
    std::vector<float> values;
    for (int c = 0; c < conditions; ++c)
      for (int k = 0; k < 90; ++k)
        for (int d = 0; d < 2; ++d) values.push_back(static_cast<float>(1000 * c + 10 * k + d));
    files::Hdf5Writer writer;
    writer.Write("features", std::span<const float>(values), {conditions, 90, 2});
    if (!header.empty()) writer.WriteString("header", header);
    // Rows in descending order of the published list, to be put in order by the index.
    std::vector<int32_t> rows;
    for (int c = 0; c < conditions; ++c)
      rows.push_back(c < kDmfcConditions ? PublishedConditions()[static_cast<size_t>(kDmfcConditions - 1 - c)] : 7);
    if (index) writer.Write("condition_index", std::span<const int32_t>(rows), {conditions});
    files::WriteFileAtomically(path_, writer.Finish());
  }
  ScratchFolder folder_;
  std::filesystem::path path_ = folder_ / "f.h5";
};

TEST_F(FeatureFile, RowsAreFoundByTheirIndex) {
  Write(100, true, R"({"dt_ms": 41.666667, "model": "lstm"})");
  const Features features = ReadFeatures(path_);
  EXPECT_EQ(features.array.conditions, 79);
  EXPECT_EQ(features.array.channels, 2);
  EXPECT_EQ(features.array.At(0, 3)[1], 1000 * 78 + 31);
  EXPECT_NEAR(features.dt_ms, 41.6667, 1e-4);
  EXPECT_NE(features.header.find("lstm"), std::string::npos);
}

// np.savez of json.dumps(..., indent=1).encode() as bytes, and a time of a frame without a header.
TEST_F(FeatureFile, AnNpzMayHoldItsHeaderAsBytes) {
  const auto write = [&](const std::string& name, const std::vector<uint8_t>& array) {
    const std::vector<std::pair<std::string, std::vector<uint8_t>>> arrays = {
        {"features", files::EncodeNpy<float>(std::vector<float>(79 * 90), {79, 90, 1})}, {name, array}};
    files::WriteFileAtomically(folder_ / "f.npz", files::EncodeNpz(arrays));
    return ReadFeatures(folder_ / "f.npz").dt_ms;
  };
  const std::string header = "{\n \"dt_ms\": 20\n}";
  EXPECT_EQ(write("header", files::EncodeNpy<uint8_t>(std::vector<uint8_t>(header.begin(), header.end()),
                                                      {static_cast<int64_t>(header.size())})), 20);
  EXPECT_EQ(write("dt_ms", files::EncodeNpy<double>(std::vector<double>{25}, {})), 25);
  ExpectError("'dt_ms' holds 0 values", [&] { write("dt_ms", files::EncodeNpy<double>(std::vector<double>(), {0})); });
}

TEST_F(FeatureFile, BadFilesAreErrors) {
  Write(70, true, R"({"dt_ms": 41.666667})");
  ExpectError("conditions of the 79 are missing: 29337, 55062", [&] { ReadFeatures(path_); });
  Write(78, false, R"({"dt_ms": 41.666667})");
  ExpectError("has 78 conditions and no 'condition_index'", [&] { ReadFeatures(path_); });
  Write(79, false, "");
  ExpectError("give --dt-ms", [&] { ReadFeatures(path_); });
  EXPECT_EQ(ReadFeatures(path_, 25.0).dt_ms, 25);
  ExpectError("longer than the 50-ms bins", [&] { ReadFeatures(path_, 100.0); });
  Write(79, false, R"({"dt_ms": 41.666667})");
  ExpectError("says dt_ms 41.666667, not 50", [&] { ReadFeatures(path_, 50.0); });
  Write(79, false, "not json");
  ExpectError("header is not valid JSON", [&] { ReadFeatures(path_); });
  files::WriteFileAtomically(folder_ / "f.npy", files::EncodeNpy<float>(std::vector<float>(79 * 90), {79, 90}));
  ExpectError("have shape (79, 90), expected (conditions, frames, channels)",
              [&] { ReadFeatures(folder_ / "f.npy", 40.0); });
}

}  // namespace
}  // namespace figment::pong
