#include "pong/clip.h"

#include <gtest/gtest.h>

namespace figment::pong {
namespace {

TEST(Clip, PublishedRateIsTheTrack) {
  const Track track = MakeTrack(10, 10, 0.5, 0.25);  // t_occ 28, t_end 44
  const std::vector<Position> clip = ClipPositions(track);
  ASSERT_EQ(clip.size(), 45u);
  for (size_t i = 0; i < clip.size(); ++i) {
    EXPECT_EQ(clip[i].x, track.x[i]);
    EXPECT_EQ(clip[i].y, track.y[i]);
  }
}

TEST(Clip, OtherRatesAreStraightBetweenFrames) {
  const Track track = MakeTrack(10, 10, 0.5, 0.25);
  const std::vector<Position> clip = ClipPositions(track, 60);
  ASSERT_EQ(clip.size(), 111u);  // 44 * 2.5 = 110
  EXPECT_NEAR(clip[1].x, 10.2, 1e-12);
  EXPECT_NEAR(clip[4].y, 10.4, 1e-12);
  EXPECT_EQ(clip[5].x, 11);
  EXPECT_EQ(clip[110].x, 32);
  EXPECT_EQ(ClipLength(43, 60), 108);  // 107.5: the picture at 108 would be later than the end
  EXPECT_EQ(ClipLength(86, 60), 216);
}

TEST(Clip, EpochsGoByCentreAndByRadius) {
  const Track track = MakeTrack(10, 10, 0.5, 0.25);
  const Epochs epochs = EpochsOf(ClipPositions(track));
  EXPECT_EQ(epochs.vis_frame_end, 26);    // x = 23
  EXPECT_EQ(epochs.occ_frame_start, 30);  // x = 25
  EXPECT_EQ(epochs.cover[26], Cover::kVisible);
  EXPECT_EQ(epochs.cover[27], Cover::kPartlyHidden);
  EXPECT_EQ(epochs.cover[29], Cover::kPartlyHidden);
  EXPECT_EQ(epochs.cover[30], Cover::kHidden);
  EXPECT_EQ(epochs.visible[27], 1);
  EXPECT_EQ(epochs.visible[28], 0);
  EXPECT_EQ(epochs.occluded[28], 1);
  EXPECT_EQ(std::count(epochs.occluded.begin(), epochs.occluded.end(), 1), 44 - 28 + 1);
}

}  // namespace
}  // namespace figment::pong
