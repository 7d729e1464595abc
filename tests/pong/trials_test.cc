#include "pong/trials.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <numbers>
#include <sstream>

#include "base/error.h"
#include "files/csv.h"
#include "files/hdf5.h"
#include "pong/geometry.h"
#include "pong/selftest.h"
#include "pong/trial_files.h"
#include "pong/trial_sets.h"
#include "tests/files/scratch.h"

namespace figment::pong {
namespace {

TEST(Trials, SelftestFindsNoDifference) {
  const Selftest selftest = RunSelftest();
  EXPECT_EQ(selftest.differences, 0) << base::ToText(selftest.table);
  EXPECT_GT(selftest.checks, 200);
}

TEST(Trials, GridIsThatOfTheNumpyRanges) {
  // d = (0.05 + 0.01) - 0.05, not the literal 0.01; the last heading is forced.
  EXPECT_EQ(TrialSet().front().x0, 32 * (0.05 + 2 * 0x1.47ae147ae147cp-7));
  EXPECT_EQ(TrialSet().back().y0, 32 * (0.05 + 89 * 0x1.47ae147ae147cp-7));
  EXPECT_EQ(TrialSet().front().heading_rad, 66 * 0x1.145be4018dcacp-6 - std::numbers::pi * 0.4);
  for (const Condition& c : TrialSet()) {
    if (c.iheading == 149) {
      EXPECT_EQ(c.heading_rad, std::numbers::pi * 0.4);
    }
  }
}

// The generator follows x and y apart; the track moves the ball as a whole.
TEST(Trials, ConditionsAgreeWithTheirTracks) {
  for (size_t i = 0; i < TrialSet().size(); i += 97) {
    const Condition& c = TrialSet()[i];
    const Track track = MakeTrack(c);
    ASSERT_EQ(track.t_occ, c.t_occ);
    ASSERT_EQ(track.t_end, c.t_end);
    const auto end = static_cast<size_t>(c.t_end);
    ASSERT_EQ(track.x[end], c.x_f);
    ASSERT_EQ(track.y[end], c.y_f);
    ASSERT_EQ(std::count(track.reflected.begin(), track.reflected.begin() + c.t_end, true), c.n_bounce_at_t_end);
    ASSERT_EQ(std::count(track.reflected.begin(), track.reflected.begin() + c.t_occ, true), c.n_bounce_visible);
    ASSERT_EQ(std::count(track.reflected.begin(), track.reflected.begin() + 99, true), c.n_bounce_total);
    ASSERT_EQ(c.n_bounce_visible + c.n_bounce_occluded, c.n_bounce_at_t_end);
  }
}

TEST(Trials, TrackReflectsAtOneWallAMove) {
  const Track lower = MakeTrack(10, 1, 0.5, -0.5);  // 1, 0.5 -> 0.64 + 0.14, ...
  EXPECT_FALSE(lower.reflected[0]);
  EXPECT_TRUE(lower.reflected[1]);
  EXPECT_EQ(lower.y_straight[1], 0.5);
  EXPECT_DOUBLE_EQ(lower.y[1], 0.78);
  EXPECT_EQ(lower.dy[1], 0.5);
  EXPECT_FALSE(lower.reflected[2]);
  const Track left = MakeTrack(1, 16, -0.5, 0);
  EXPECT_TRUE(left.reflected[1]);
  EXPECT_DOUBLE_EQ(left.x[1], 0.78);
  EXPECT_EQ(left.dx[1], 0.5);
  // In the corner the lower wall comes first, the left one a frame later.
  const Track corner = MakeTrack(1, 1, -0.5, -0.5);
  EXPECT_EQ(corner.x[1], 0.5);
  EXPECT_DOUBLE_EQ(corner.y[1], 0.78);
  EXPECT_TRUE(corner.reflected[2]);
  EXPECT_EQ(corner.dx[2], 0.5);
  EXPECT_EQ(MakeTrack(10, 10, 0, 0).t_occ, std::nullopt);
}

TEST(Trials, RecordsLagByOneFrame) {
  const Condition& c = TrialSet()[59920];  // reflected on the move into frame 52
  const std::vector<double> record = MakeRecord(c);
  ASSERT_EQ(record.size(), 90u * 7);
  const auto at = [&](int frame, int column) { return record[static_cast<size_t>(frame * 7 + column)]; };
  EXPECT_EQ(at(0, 2), c.heading_rad);
  EXPECT_EQ(at(0, 3), c.speed);
  EXPECT_EQ(at(0, 4), 0);
  EXPECT_NEAR(at(0, 5), std::tan(c.heading_rad), 1e-12);
  EXPECT_NEAR(at(0, 6), c.y0 - at(0, 5) * c.x0, 1e-12);
  EXPECT_NEAR(at(52, 1), 0.866588597, 1e-9);
  EXPECT_EQ(at(52, 4), 0);  // a frame late
  EXPECT_EQ(at(53, 4), 1);
  EXPECT_NEAR(at(52, 2), c.heading_rad, 1e-12);
  EXPECT_NEAR(at(53, 2), -c.heading_rad, 1e-12);
  EXPECT_NEAR(at(52, 6), 0.413411402 - at(0, 5) * at(52, 0), 1e-8);  // before mirroring
  EXPECT_TRUE(std::isnan(at(54, 0)));
  EXPECT_TRUE(std::isnan(at(89, 6)));
}

TEST(Trials, BatchesAreConsecutive) {
  const Split split = MakeSplit();
  EXPECT_EQ(Batch(split.valid, 0).front(), 13091);
  EXPECT_EQ(Batch(split.valid, 1).data(), split.valid.data() + 512);
  EXPECT_EQ(Batch(split.train, 829).size(), 512u);
  EXPECT_TRUE(Batch(split.valid, 92).empty());
  EXPECT_TRUE(Batch(split.valid, -1).empty());
}

TEST(TrialFiles, CsvReadsBackEqual) {
  const files::CsvTable table(TrialCsv({.set = "published79"}), "csv");
  ASSERT_EQ(table.rows(), 79u);
  const Condition& c = TrialSet()[59920];
  EXPECT_EQ(table.Number(3, "index"), 59920);
  EXPECT_EQ(table.Number(3, "heading_rad"), c.heading_rad);
  EXPECT_EQ(table.Number(3, "dy"), c.dy);
  EXPECT_EQ(table.Number(3, "y_f"), c.y_f);
  EXPECT_EQ(table.Text(3, "split"), "valid");
  const int position = static_cast<int>(*table.Number(3, "split_position"));
  EXPECT_EQ(MakeSplit().valid[static_cast<size_t>(position)], 59920);
}

TEST(TrialFiles, CsvOfIndicesKeepsTheirOrder) {
  std::istringstream text(TrialCsv({.indices = {472224, 0}}));
  std::string header, first, second;
  std::getline(text, header), std::getline(text, first), std::getline(text, second);
  EXPECT_TRUE(header.starts_with("index,ix,iy,iheading,ispeed,x0,y0,heading_rad,speed,dx,dy,t_occ,t_end,"));
  EXPECT_TRUE(first.starts_with("472224,49,89,119,0,17.280000000000005,"));
  EXPECT_TRUE(second.starts_with("0,2,0,66,1,2.24,1.6,"));
}

TEST(TrialFiles, BatchHoldsThePublishedArrays) {
  const files::ScratchFolder scratch;
  EXPECT_EQ(WriteBatches({scratch.path() / "b", "valid", {1}}), 1);
  const files::Hdf5Reader file(scratch.path() / "b" / "batch_1.h5");
  EXPECT_EQ(file.Shape("input"), (files::Hdf5Shape{512, 90, 7}));
  EXPECT_EQ(file.Shape("output"), (files::Hdf5Shape{512, 90}));
  const int index = file.Read<int32_t>("index")[0];
  const Condition& c = TrialSet()[static_cast<size_t>(index)];
  EXPECT_EQ(index, MakeSplit().valid[512]);
  const auto label = file.Read<double>("label");
  EXPECT_EQ(std::vector<double>(label.begin(), label.begin() + 3),
            (std::vector<double>{c.y_f, double(c.t_end), double(c.t_occ)}));
  const auto output = file.Read<double>("output");
  EXPECT_EQ(output[static_cast<size_t>(c.t_end)], c.y_f);
  EXPECT_EQ(std::count_if(output.begin(), output.begin() + 90, [](double y) { return std::isnan(y); }), 89);
  EXPECT_THROW(WriteBatches({scratch.path() / "b", "valid", {1}}), base::Error);  // is there
  EXPECT_THROW(WriteBatches({scratch.path() / "b", "valid", {92}}), base::Error);
  EXPECT_THROW(WriteBatches({scratch.path() / "b", "all", {0}}), base::Error);
}

TEST(TrialFiles, WrongSelectionsAreErrors) {
  EXPECT_THROW(Select({.set = "published_79"}), base::Error);
  EXPECT_THROW(Select({.indices = {472225}}), base::Error);
  EXPECT_THROW(Select({.indices = {-1}}), base::Error);
}

}  // namespace
}  // namespace figment::pong
