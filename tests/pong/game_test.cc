#include "pong/game.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "envs/array_buffers.h"
#include "pong/clip.h"
#include "pong/trial_sets.h"

namespace figment::pong {
namespace {

using envs::ArrayBuffers;
using envs::ResetOptions;
using envs::Section;

// A game with its buffers.
struct Table {
  explicit Table(const GameConfig& config) : game(config), buffers(game.spec(), 1) {}

  void Reset(uint64_t seed, const ResetOptions& options = {}) { game.Reset(seed, options, buffers.OutputOf(0)); }
  envs::StepResult Step(Move move) {
    buffers.Array<int32_t>(Section::kActions, "move")[0] = static_cast<int32_t>(move);
    return game.Step(buffers.ActionsOf(0), buffers.OutputOf(0));
  }
  envs::StepResult Target(float y) {
    buffers.Array<float>(Section::kActions, "target")[0] = y;
    return game.Step(buffers.ActionsOf(0), buffers.OutputOf(0));
  }
  template <class T>
  T Seen(const char* name, size_t i = 0) const {
    return buffers.Array<T>(Section::kObservations, name)[i];
  }

  Game game;
  ArrayBuffers buffers;
};

constexpr GameConfig kFramesInDoubles = {.clock = Clock::kFrames, .occlusion = Occlusion::kOpaque, .doubles = true};

TEST(Game, BallIsOnThePublishedTrackAndHiddenBehindTheOccluder) {
  Table table(kFramesInDoubles);
  const Track track = MakeTrack(TrialSet()[59920]);
  table.Reset(0, {{"row", 3}});
  for (int frame = 0;; ++frame) {
    const auto i = static_cast<size_t>(frame);
    const bool open = frame < 37;
    EXPECT_EQ(table.Seen<double>("ball", 0), open ? track.x[i] : 0) << frame;
    EXPECT_EQ(table.Seen<double>("ball", 1), open ? track.y[i] : 0) << frame;
    EXPECT_EQ(table.Seen<double>("ball_visible"), open ? 1 : 0);
    if (!table.game.running()) {
      EXPECT_EQ(frame, 53);
      break;
    }
    table.Step(Move::kStop);
  }
}

TEST(Game, TicksAreBetweenFrames) {
  Table table({.occlusion = Occlusion::kOff, .doubles = true});
  table.Reset(0, {{"index", 59920}});
  const auto clip = ClipPositions(MakeTrack(TrialSet()[59920]), 60);
  int tick = 0;
  for (; table.game.running(); ++tick) {
    EXPECT_NEAR(table.Seen<double>("ball", 0), clip[static_cast<size_t>(tick)].x, 1e-12) << tick;
    EXPECT_NEAR(table.Seen<double>("ball", 1), clip[static_cast<size_t>(tick)].y, 1e-12) << tick;
    table.Step(Move::kStop);
  }
  EXPECT_EQ(tick, 133);  // the first tick not before frame 53: 132.5
  EXPECT_EQ(table.Seen<double>("ball", 1), TrialSet()[59920].y_f);
}

TEST(Game, PaddleKeepsThePublishedSpeedAndTheFrame) {
  Table table({.doubles = true});
  table.Reset(0, {{"row", 0}});
  EXPECT_EQ(table.Seen<double>("paddle", 0), 16);
  EXPECT_EQ(table.Seen<double>("paddle", 1), 0.8);  // a square until it moves
  table.Step(Move::kStop);
  EXPECT_EQ(table.Seen<double>("paddle", 1), 0.8);
  table.Step(Move::kUp);
  EXPECT_NEAR(table.Seen<double>("paddle", 0), 16 + 0.17 * 1.6, 1e-12);
  EXPECT_EQ(table.Seen<double>("paddle", 1), 4);
  table.Step(Move::kDown), table.Step(Move::kDown);
  EXPECT_NEAR(table.Seen<double>("paddle", 0), 16 - 0.17 * 1.6, 1e-12);
  for (int i = 0; i < 80; ++i) table.Step(Move::kUp);
  EXPECT_EQ(table.Seen<double>("paddle", 0), 32);

  Table frames(kFramesInDoubles);
  frames.Reset(0, {{"row", 0}});
  frames.Step(Move::kDown);
  EXPECT_NEAR(frames.Seen<double>("paddle", 0), 16 - 0.425 * 1.6, 1e-12);
}

TEST(Game, TargetsAreReachedUnderTheSpeedLimit) {
  Table table({.clock = Clock::kFrames, .control = Control::kTarget, .doubles = true});
  table.Reset(0, {{"row", 0}});
  table.Target(17);
  EXPECT_NEAR(table.Seen<double>("paddle", 0), 16.68, 1e-12);
  table.Target(17);
  EXPECT_NEAR(table.Seen<double>("paddle", 0), 17, 1e-12);
  table.Target(0);
  EXPECT_NEAR(table.Seen<double>("paddle", 0), 16.32, 1e-12);
}

// Row 51 ends 0.303 degrees below the middle.
TEST(Game, SuccessIsMeetingTheBall) {
  const auto play = [](GameConfig config, bool moves) {
    Table table(config);
    table.Reset(0, {{"row", 51}});
    envs::StepResult result;
    for (int step = 0; table.game.running(); ++step)
      result = table.Step(moves && step < 2 ? (step == 0 ? Move::kUp : Move::kDown) : Move::kStop);
    EXPECT_TRUE(result.terminated);
    EXPECT_NEAR(*table.game.Record().error_deg, 0.302871, 1e-6);
    EXPECT_EQ(table.buffers.Array<double>(Section::kInfos, "error_deg")[0], *table.game.Record().error_deg);
    EXPECT_EQ(table.buffers.Array<uint8_t>(Section::kInfos, "success")[0], table.game.Record().success);
    return result.reward;
  };
  EXPECT_EQ(play({}, false), 0);  // the square is 0.5 degrees high
  EXPECT_EQ(play({}, true), 1);
  EXPECT_EQ(play({.margin_deg = 0.06}, false), 1);
  EXPECT_EQ(play({.paddle_height_deg = 0.6}, true), 0);
  EXPECT_NEAR(play({.shaping = 0.5}, true), 1 - 0.5 * 0.302871, 1e-6);
}

TEST(Game, RecordHoldsTheTrial) {
  Table table(kFramesInDoubles);
  table.Reset(7, {{"index", 59920}, {"opacity", 0.3}});
  EXPECT_FALSE(table.game.Record().error_deg.has_value());
  while (table.game.running()) table.Step(Move::kDown);
  const GameRecord record = table.game.Record();
  EXPECT_EQ(record.seed, 7u);
  EXPECT_EQ(record.index, 59920);
  EXPECT_EQ(record.t_occ, 37);
  EXPECT_EQ(record.t_end, 53);
  EXPECT_EQ(record.n_bounce, 1);
  EXPECT_EQ(record.opacity, 0.3);
  ASSERT_EQ(record.paddle_y.size(), 54u);
  EXPECT_EQ(record.paddle_y[0], 16);
  EXPECT_EQ(record.paddle_y[53], 0);
  EXPECT_NEAR(*record.error_deg, -1.430946070 / 1.6, 1e-9);
}

TEST(Game, OccludersAreMixedAsAsked) {
  Table table({.set = "published79"});
  int visible = 0;
  std::vector<int> seen(kTrialCount);
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    table.Reset(seed);
    const GameRecord record = table.game.Record();
    ++seen[static_cast<size_t>(record.index)];
    visible += record.opacity == 0.95;
    EXPECT_TRUE(record.opacity == 0.95 || record.opacity == 1);
  }
  EXPECT_NEAR(visible / 2000.0, 0.25, 0.03);
  for (const int index : PublishedConditions()) EXPECT_GT(seen[static_cast<size_t>(index)], 0);
}

TEST(Game, PartialOccludersShowTheBallFaintly) {
  Table table({.clock = Clock::kFrames, .occlusion = Occlusion::kPartial, .doubles = true});
  table.Reset(0, {{"row", 3}});
  for (int i = 0; i < 40; ++i) table.Step(Move::kStop);
  EXPECT_NEAR(table.Seen<double>("ball_visible"), 0.05, 1e-12);
  EXPECT_EQ(table.Seen<double>("ball", 0), MakeTrack(TrialSet()[59920]).x[40]);
  Table unmasked({.clock = Clock::kFrames, .occlusion = Occlusion::kOpaque, .mask_hidden = false, .doubles = true});
  unmasked.Reset(0, {{"row", 3}});
  for (int i = 0; i < 40; ++i) unmasked.Step(Move::kStop);
  EXPECT_EQ(unmasked.Seen<double>("ball_visible"), 0);
  EXPECT_EQ(unmasked.Seen<double>("ball", 0), MakeTrack(TrialSet()[59920]).x[40]);
}

TEST(Game, FreeConditionsAreValidated) {
  Table table(kFramesInDoubles);
  table.Reset(0, {{"x0", 10}, {"y0", 10}, {"dx", 0.5}, {"dy", 0.25}});
  EXPECT_EQ(table.game.Record().index, -1);
  EXPECT_EQ(table.game.Record().t_end, 44);
  EXPECT_EQ(table.game.Record().y_f, 21);
  const std::vector<ResetOptions> wrong = {{{"x0", 10}, {"y0", 10}, {"dx", 0.5}},
                                           {{"x0", 25}, {"y0", 10}, {"dx", 0.5}, {"dy", 0}},
                                           {{"x0", 10}, {"y0", 31.5}, {"dx", 0.5}, {"dy", 0}},
                                           {{"x0", 10}, {"y0", 10}, {"dx", 0.2}, {"dy", 0}},
                                           {{"x0", 10}, {"y0", 10}, {"dx", -0.5}, {"dy", 0}},
                                           {{"x0", 10}, {"y0", 10}, {"dx", 0.5}, {"dy", 5}},
                                           {{"index", 472225}},
                                           {{"index", 0.5}},
                                           {{"row", 79}},
                                           {{"row", 0}, {"index", 0}},
                                           {{"opacity", 1.5}}};
  for (const ResetOptions& options : wrong) EXPECT_THROW(table.Reset(0, options), base::Error) << options[0].first;
}

TEST(Game, WholeTrialsHaveThePublishedPhases) {
  Table table({.phases = Phases::kWhole});
  table.Reset(0, {{"row", 51}});
  std::vector<int> steps(5);
  double rewards = 0;
  while (table.game.running()) {
    const GameView view = table.game.View();
    ++steps[static_cast<size_t>(view.phase)];
    if (view.phase == Phase::kFixation) {
      EXPECT_EQ(view.ball_visible, 0);
    }
    if (view.phase == Phase::kFeedback) {
      EXPECT_EQ(view.ball_visible, 1);
    }
    rewards += table.Step(steps[2] == 1 ? Move::kUp : Move::kStop).reward;
  }
  EXPECT_EQ(steps, (std::vector<int>{12, 18, 193, 30, 45}));  // 77 frames are 192.5 ticks
  EXPECT_EQ(rewards, 1);
}

TEST(Game, PhasesOfNoLengthAreLeftOut) {
  Table table({.phases = Phases::kWhole, .fixation_s = 0, .still_s = 0, .feedback_s = 0, .gap_s = 0.1});
  table.Reset(0, {{"row", 51}});
  EXPECT_EQ(table.game.View().phase, Phase::kMotion);
  int steps = 0;
  for (; table.game.running(); ++steps) table.Step(Move::kStop);
  EXPECT_EQ(steps, 193 + 6);
}

TEST(Game, PicturesShowBallOccluderAndPaddle) {
  Table table({.clock = Clock::kFrames, .occlusion = Occlusion::kOpaque, .observation = Observation::kPicture});
  table.Reset(0, {{"row", 0}});
  table.Step(Move::kUp);
  const Rasteriser rasteriser({});
  std::vector<uint8_t> expected(rasteriser.pixels());
  const Track track = MakeTrack(TrialSet()[29337]);
  rasteriser.Draw(track.x[1], track.y[1], expected);
  rasteriser.DrawPaddle({.y = 16.68, .height = 4}, expected);
  const auto picture = table.buffers.Array<uint8_t>(Section::kObservations, "picture");
  EXPECT_EQ(std::vector<uint8_t>(picture.begin(), picture.end()), expected);
}

TEST(Game, ConfigFieldsAreChecked) {
  GameConfig config;
  base::FieldList fields = FieldsOf(&config);
  fields.Set("clock", "frames");
  fields.Set("occlusion", "off");
  EXPECT_EQ(config.clock, Clock::kFrames);
  EXPECT_EQ(config.occlusion, Occlusion::kOff);
  EXPECT_THROW(fields.Set("clock", "frame"), base::Error);
  EXPECT_THROW(fields.Set("set", "published"), base::Error);
  EXPECT_THROW(fields.Set("picture_size", "4"), base::Error);
}

}  // namespace
}  // namespace figment::pong
