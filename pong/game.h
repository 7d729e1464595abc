// Mental-Pong as an environment: a ball flies to the right, disappears behind an occluder, and a paddle on the right
// edge must be where it arrives.
//
// The ball moves on the published track at 24 frames a second; the paddle moves at most 0.17 degrees a 60-Hz tick. A
// step is a tick (the ball stands between two frames then, on the straight line), or a frame with 0.425 degrees. The
// trial ends with the first step that is not earlier than frame t_end, where y_f is the ball's published end point.
//
// The paddle is a small square in the middle until it is first moved, and then has its full height, as published: who
// never moves holds a small paddle. Its centre stays in the frame. Success: the centre is at most half its height from
// y_f (the published rule of contact is not known; `margin_deg` widens it). Units: pong/geometry.h; angles are degrees
// of visual angle.
// Source: Rajalingham et al. 2022 and 2025, Methods.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/config.h"
#include "envs/env.h"
#include "pong/ball.h"
#include "pong/clip.h"
#include "pong/pictures.h"
#include "pong/trials.h"

namespace figment::pong {

enum class Clock { kTicks, kFrames };          // 60 or 24 steps a second
enum class Control { kThreeState, kTarget };   // down, stop, up; or a height to go to, under the same speed limit
enum class Occlusion { kMixed, kOpaque, kPartial, kOff };
enum class Observation { kState, kPicture, kBoth };
enum class Phases { kMotion, kWhole };         // only while the ball moves, or the whole trial as published

struct GameConfig {
  std::string set = "train";  // where seeds draw conditions from: a name of TrialSets()
  Clock clock = Clock::kTicks;
  Control control = Control::kThreeState;
  Occlusion occlusion = Occlusion::kMixed;
  double visible_share = 0.25;    // of mixed trials, with a partial occluder
  double partial_opacity = 0.95;
  Observation observation = Observation::kState;
  bool mask_hidden = true;        // leave the hidden ball out of the state
  bool doubles = false;           // state as float64 instead of float32
  int picture_size = 100;         // pixels
  bool picture_upright = false;   // published: upside down
  double paddle_height_deg = 2.5;
  double margin_deg = 0;
  double shaping = 0;             // of the reward: minus this much a degree of end-point error
  Phases phases = Phases::kMotion;
  // The published 200 ms of fixation, 300 ms of a still scene and 750 ms between trials; the length of the feedback
  // (the occluder is gone, a caught ball flies back) is ours.
  double fixation_s = 0.2, still_s = 0.3, feedback_s = 0.5, gap_s = 0.75;
};
base::FieldList FieldsOf(GameConfig* config);

enum class Phase : int32_t { kFixation, kStill, kMotion, kFeedback, kGap };
enum class Move : int32_t { kDown, kStop, kUp };

inline constexpr double kPaddleSpeed_deg_s = 10.2;  // 0.17 degrees in each of 60 ticks a second
inline constexpr double kPaddleWidth = 0.8;         // 0.5 degrees; also the side of the square before the first move
inline constexpr int kMostTicks = 250;              // of motion in one trial

// What a player may know.
struct GameView {
  double ball_x = 0, ball_y = 0;  // 0 while hidden, unless config.mask_hidden is off
  double ball_visible = 0;        // 1 in the open, 1 - opacity behind the occluder
  double paddle_y = kMiddle, paddle_height = kPaddleWidth;
  Phase phase = Phase::kFixation;
};

// What happened, for analysis. Complete once the trial has ended.
struct GameRecord {
  uint64_t seed = 0;
  int index = -1;                  // of the condition; -1 if it was given by its numbers
  int t_occ = 0, t_end = 0;        // frames
  int n_bounce = 0;                // as published: until t_end - 1
  double opacity = 1;
  double y_f = 0;
  std::vector<double> paddle_y;    // before the first step of motion and after each
  std::optional<double> error_deg; // paddle minus ball in the end
  bool success = false;
};

// Reset options: `index` (of the trial set), `row` (of the published 79) or all four of `x0`, `y0`, `dx`, `dy`; and
// `opacity` of the occluder (0 to 1).
class Game : public envs::Env {
 public:
  explicit Game(const GameConfig& config);

  const GameConfig& config() const { return config_; }
  GameView View() const;
  GameRecord Record() const;
  double step_units() const { return step_units_; }  // the paddle's speed limit, in units a step

 private:
  struct State {
    uint64_t seed;
    Ball ball, next;      // in this frame and in the next
    int32_t frame;        // of the ball
    int32_t fifths;       // of a frame since then
    int32_t steps_left;   // of a phase other than motion
    Phase phase;
    int32_t index, t_occ, t_end, n_bounce;
    double opacity, y_f;
    double paddle_y;
    int32_t paddle_moved, success;
    double error_deg;     // NaN before the end
    int32_t moves;        // length of the trace
    std::array<double, kMostTicks + 1> trace;
  };

  void DoReset(uint64_t seed, const envs::ResetOptions& options, const envs::EnvOutput& out) override;
  envs::StepResult DoStep(envs::ConstArrays actions, const envs::EnvOutput& out) override;
  void DoSave(std::vector<std::byte>* bytes) const override;
  void DoRestore(std::span<const std::byte> bytes) override;

  void Begin(const Condition& condition);
  void MovePaddle(double by);
  bool MoveBall();         // true when the trial has ended
  double EndMotion();      // the reward
  void EnterPhase(Phase phase);
  bool NextPhase();        // the next one that lasts; false after the last
  void PrepareOccluder();
  double PaddleHeight() const;
  Position BallNow() const;
  void WriteObservations(const envs::EnvOutput& out) const;
  void WriteInfos(const envs::EnvOutput& out) const;
  template <class Real>
  void WriteState(envs::Arrays arrays) const;
  void WritePicture(std::byte* out) const;

  GameConfig config_;
  double step_units_, paddle_height_, margin_;
  int fifths_a_step_;
  std::span<const int> set_;
  std::optional<Rasteriser> open_, occluded_;  // without and with the trial's occluder; only if pictures are asked for
  State state_{};
};

}  // namespace figment::pong
