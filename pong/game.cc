#include "pong/game.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "base/error.h"
#include "base/names.h"
#include "base/random.h"
#include "pong/trial_sets.h"

namespace figment::pong {
namespace {

using envs::ArraySpec;
using envs::DType;

constexpr int kFifthsAFrame = 5;  // a tick is two fifths of a frame
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kFastest = 4;    // units a frame, of a ball given by its numbers; published are up to 0.75

double StepsPerSecond(Clock clock) { return clock == Clock::kTicks ? 60 : kBallRate_hz; }

std::vector<ArraySpec> ActionsOf(const GameConfig& config) {
  if (config.control == Control::kTarget)
    return {{.name = "target", .type = DType::kFloat, .low = 0, .high = kFrameSize, .unit = "units",
             .what = "height to go to"}};
  return {{.name = "move", .type = DType::kInt32, .low = 0, .high = 2, .what = "0 down, 1 stop, 2 up"}};
}

std::vector<ArraySpec> ObservationsOf(const GameConfig& config) {
  const DType real = config.doubles ? DType::kDouble : DType::kFloat;
  std::vector<ArraySpec> arrays;
  if (config.observation != Observation::kPicture)
    arrays = {{.name = "ball", .type = real, .shape = {2}, .low = 0, .high = kPaddleX + kFastest, .unit = "units",
               .what = "x and y; 0 while hidden"},
              {.name = "ball_visible", .type = real, .low = 0, .high = 1, .what = "1 in the open, 1 - opacity behind"},
              {.name = "paddle", .type = real, .shape = {2}, .low = 0, .high = kFrameSize, .unit = "units",
               .what = "y of the centre, and height"},
              {.name = "phase", .type = DType::kInt32, .low = 0, .high = 4,
               .what = "0 fixation, 1 still, 2 motion, 3 feedback, 4 gap"}};
  if (config.observation != Observation::kState)
    arrays.push_back({.name = "picture", .type = DType::kUint8, .shape = {config.picture_size, config.picture_size},
                      .low = 0, .high = 255, .unit = "grey level", .what = "rows from the top"});
  return arrays;
}

std::vector<ArraySpec> InfosOf() {
  return {{.name = "index", .type = DType::kInt32, .low = -1, .high = kTrialCount - 1, .what = "-1: given by numbers"},
          {.name = "t_occ", .type = DType::kInt32, .low = 0, .high = kTrackFrames, .unit = "frames"},
          {.name = "t_end", .type = DType::kInt32, .low = 0, .high = kTrackFrames, .unit = "frames"},
          {.name = "n_bounce", .type = DType::kInt32, .low = 0, .high = kTrackFrames},
          {.name = "opacity", .type = DType::kDouble, .low = 0, .high = 1, .what = "of the occluder"},
          {.name = "y_f", .type = DType::kDouble, .low = 0, .high = kFrameSize, .unit = "units", .what = "end point"},
          {.name = "error_deg", .type = DType::kDouble, .unit = "deg", .what = "paddle minus ball; NaN before the end"},
          {.name = "success", .type = DType::kUint8, .low = 0, .high = 1}};
}

envs::EnvSpec SpecOf(const GameConfig& config) {
  return {.name = "pong",
          .step_s = 1 / StepsPerSecond(config.clock),
          .actions = ActionsOf(config),
          .observations = ObservationsOf(config),
          .infos = InfosOf(),
          .reset_options = {"index", "row", "x0", "y0", "dx", "dy", "opacity"}};
}

std::optional<double> OptionOf(const envs::ResetOptions& options, std::string_view name) {
  for (const auto& [key, value] : options)
    if (key == name) return value;
  return std::nullopt;
}

int WholeNumber(const std::string& name, double value, int end) {
  if (value < 0 || value >= end || value != std::floor(value))
    throw base::UsageError("reset option '" + name + "' is " + std::to_string(value) +
                           ": expected a whole number from 0 to " + std::to_string(end - 1));
  return static_cast<int>(value);
}

void RequireRange(const std::string& name, double value, double low, double high) {
  if (value < low || value > high)
    throw base::UsageError("reset option '" + name + "' is " + std::to_string(value) + ": expected " +
                           std::to_string(low) + " to " + std::to_string(high));
}

// A condition given by its numbers.
Condition FreeCondition(double x0, double y0, double dx, double dy) {
  constexpr double kLowest = kReflectionRadius, kHighest = kFrameSize - kReflectionRadius;
  RequireRange("x0", x0, kLowest, kOccluderX);
  RequireRange("y0", y0, kLowest, kHighest);
  RequireRange("dx", dx, 1e-6, kFastest);
  RequireRange("dy", dy, -kFastest, kFastest);
  const Track track = MakeTrack(x0, y0, dx, dy);
  if (!track.t_end)
    throw base::UsageError("the ball does not reach the paddle's line in " + std::to_string(kTrackFrames - 1) +
                           " frames: expected a larger dx than " + std::to_string(dx) + " or a larger x0");
  Condition condition{.index = -1, .t_occ = *track.t_occ, .t_end = *track.t_end};
  condition.x0 = x0, condition.y0 = y0, condition.dx = dx, condition.dy = dy;
  condition.n_bounce_at_t_end =
      static_cast<int>(std::count(track.reflected.begin(), track.reflected.begin() + condition.t_end, true));
  condition.y_f = track.y[static_cast<size_t>(condition.t_end)];
  return condition;
}

// The condition that options ask for, if they do.
std::optional<Condition> ChosenCondition(const envs::ResetOptions& options) {
  const auto index = OptionOf(options, "index"), row = OptionOf(options, "row");
  const std::array<std::optional<double>, 4> numbers = {OptionOf(options, "x0"), OptionOf(options, "y0"),
                                                        OptionOf(options, "dx"), OptionOf(options, "dy")};
  const auto given = std::count_if(numbers.begin(), numbers.end(), [](auto& number) { return number.has_value(); });
  if ((index ? 1 : 0) + (row ? 1 : 0) + (given > 0 ? 1 : 0) > 1 || (given > 0 && given < 4))
    throw base::UsageError("expected one of the reset options index, row, and x0 with y0, dx and dy");
  if (given == 4) return FreeCondition(*numbers[0], *numbers[1], *numbers[2], *numbers[3]);
  if (index) return TrialSet()[static_cast<size_t>(WholeNumber("index", *index, kTrialCount))];
  if (!row) return std::nullopt;
  const auto published = PublishedConditions();
  const int place = WholeNumber("row", *row, static_cast<int>(published.size()));
  return TrialSet()[static_cast<size_t>(published[static_cast<size_t>(place)])];
}

double OpacityOf(const GameConfig& config, base::Rng& rng) {
  switch (config.occlusion) {
    case Occlusion::kMixed: return rng.Chance(config.visible_share) ? config.partial_opacity : 1;
    case Occlusion::kOpaque: return 1;
    case Occlusion::kPartial: return config.partial_opacity;
    case Occlusion::kOff: break;
  }
  return 0;
}

template <class T>
void Put(T value, std::byte* out, size_t i = 0) {
  reinterpret_cast<T*>(out)[i] = value;
}

}  // namespace

base::FieldList FieldsOf(GameConfig* c) {
  base::FieldList fields;
  fields.Add("set", &c->set, "trial set that seeds draw from").Choices(base::NamesOf(TrialSets()));
  fields.AddEnum("clock", &c->clock, {{"ticks", Clock::kTicks}, {"frames", Clock::kFrames}},
                 "a step is a tick of 1/60 s or a frame of 1/24 s");
  fields.AddEnum("control", &c->control, {{"three_state", Control::kThreeState}, {"target", Control::kTarget}},
                 "down, stop, up; or a height to go to");
  fields.AddEnum("occlusion", &c->occlusion,
                 {{"mixed", Occlusion::kMixed}, {"opaque", Occlusion::kOpaque}, {"partial", Occlusion::kPartial},
                  {"off", Occlusion::kOff}},
                 "of the occluder");
  fields.Add("visible_share", &c->visible_share, "share of mixed trials with a partial occluder").Range(0, 1);
  fields.Add("partial_opacity", &c->partial_opacity, "opacity of a partial occluder").Range(0, 1);
  fields.AddEnum("observation", &c->observation,
                 {{"state", Observation::kState}, {"picture", Observation::kPicture}, {"both", Observation::kBoth}},
                 "what the agent sees");
  fields.Add("mask_hidden", &c->mask_hidden, "leave the hidden ball out of the state");
  fields.Add("doubles", &c->doubles, "state as float64 instead of float32");
  fields.Add("picture_size", &c->picture_size, "width and height of the picture").Range(16, 1024).Unit("pixels");
  fields.Add("picture_upright", &c->picture_upright, "y up; published pictures stand upside down");
  fields.Add("paddle_height_deg", &c->paddle_height_deg, "height of the paddle once it has moved")
      .Range(0.5, 20)
      .Unit("deg");
  fields.Add("margin_deg", &c->margin_deg, "added to half the paddle's height for success").Range(0, 20).Unit("deg");
  fields.Add("shaping", &c->shaping, "taken from the reward for each degree of end-point error").AtLeast(0);
  fields.AddEnum("phases", &c->phases, {{"motion", Phases::kMotion}, {"whole", Phases::kWhole}},
                 "only while the ball moves, or with fixation, still scene, feedback and gap");
  fields.Add("fixation_s", &c->fixation_s, "length of fixation").Range(0, 60).Unit("s");
  fields.Add("still_s", &c->still_s, "length of the still scene").Range(0, 60).Unit("s");
  fields.Add("feedback_s", &c->feedback_s, "length of feedback").Range(0, 60).Unit("s");
  fields.Add("gap_s", &c->gap_s, "time between trials").Range(0, 60).Unit("s");
  return fields;
}

Game::Game(const GameConfig& config)
    : Env(SpecOf(config)),
      config_(config),
      step_units_(kPaddleSpeed_deg_s / StepsPerSecond(config.clock) * kUnitsPerDegree),
      paddle_height_(config.paddle_height_deg * kUnitsPerDegree),
      margin_(config.margin_deg * kUnitsPerDegree),
      fifths_a_step_(config.clock == Clock::kTicks ? 2 : kFifthsAFrame),
      set_(SetIndices(config.set)) {
  if (config.observation == Observation::kState) return;
  open_.emplace(PictureStyle{.size = config.picture_size, .occluder_opacity = 0, .upright = config.picture_upright});
}

void Game::DoReset(uint64_t seed, const envs::ResetOptions& options, const envs::EnvOutput& out) {
  const std::optional<Condition> chosen = ChosenCondition(options);
  const std::optional<double> opacity = OptionOf(options, "opacity");
  if (opacity) RequireRange("opacity", *opacity, 0, 1);
  base::Rng rng({seed, base::KeyOf("pong")});
  const int drawn = set_[static_cast<size_t>(rng.Integer(0, static_cast<int64_t>(set_.size())))];
  const double drawn_opacity = OpacityOf(config_, rng);
  state_.seed = seed;
  state_.opacity = opacity.value_or(drawn_opacity);
  Begin(chosen ? *chosen : TrialSet()[static_cast<size_t>(drawn)]);
  PrepareOccluder();
  WriteObservations(out);
  WriteInfos(out);
}

void Game::PrepareOccluder() {
  if (!open_ || (occluded_ && occluded_->style().occluder_opacity == state_.opacity)) return;
  PictureStyle style = open_->style();
  style.occluder_opacity = state_.opacity;
  occluded_.emplace(style);
}

void Game::Begin(const Condition& c) {
  state_.ball = state_.next = {c.x0, c.y0, c.dx, c.dy};
  state_.next.Move();
  state_.frame = state_.fifths = 0;
  state_.index = c.index, state_.t_occ = c.t_occ, state_.t_end = c.t_end, state_.n_bounce = c.n_bounce_at_t_end;
  state_.y_f = c.y_f;
  state_.paddle_y = kMiddle;
  state_.paddle_moved = state_.success = 0;
  state_.error_deg = kNaN;
  state_.moves = 0;
  state_.trace[0] = kMiddle;
  state_.phase = Phase::kMotion;
  if (config_.phases == Phases::kMotion) return;
  EnterPhase(Phase::kFixation);
  if (state_.steps_left == 0) NextPhase();
}

envs::StepResult Game::DoStep(envs::ConstArrays actions, const envs::EnvOutput& out) {
  envs::StepResult result;
  if (state_.phase == Phase::kMotion) {
    MovePaddle(config_.control == Control::kTarget
                   ? *reinterpret_cast<const float*>(actions[0]) - state_.paddle_y
                   : (*reinterpret_cast<const int32_t*>(actions[0]) - 1) * step_units_);
    if (MoveBall()) {
      result.reward = EndMotion();
      result.terminated = !NextPhase();
      WriteInfos(out);
    }
  } else {
    // A caught ball flies back, until it is here again; a missed one stays where it arrived.
    const bool flies_back = state_.success && (state_.ball.dx < 0 || state_.ball.x < kPaddleX);
    if (state_.phase == Phase::kFeedback && flies_back) MoveBall();
    if (--state_.steps_left == 0) result.terminated = !NextPhase();
  }
  WriteObservations(out);
  return result;
}

void Game::MovePaddle(double by) {
  if (by != 0) state_.paddle_moved = 1;
  const double moved = state_.paddle_y + std::clamp(by, -step_units_, step_units_);
  state_.paddle_y = std::clamp(moved, 0.0, kFrameSize);
  state_.trace[static_cast<size_t>(++state_.moves)] = state_.paddle_y;
}

bool Game::MoveBall() {
  state_.fifths += fifths_a_step_;
  if (state_.fifths >= kFifthsAFrame) {
    state_.fifths -= kFifthsAFrame;
    ++state_.frame;
    state_.ball = state_.next;
    state_.next.Move();
  }
  return state_.frame >= state_.t_end;
}

double Game::EndMotion() {
  state_.fifths = 0;  // the last tick may be later than frame t_end; the ball has arrived
  const double distance = state_.paddle_y - state_.y_f;
  state_.error_deg = DegreesOfLength(distance);
  state_.success = std::abs(distance) <= PaddleHeight() / 2 + margin_;
  if (state_.success) {  // a caught ball flies back
    state_.ball.dx = -state_.ball.dx;
    state_.next = state_.ball;
    state_.next.Move();
  }
  return state_.success - config_.shaping * std::abs(state_.error_deg);
}

void Game::EnterPhase(Phase phase) {
  const std::array<double, 5> seconds = {config_.fixation_s, config_.still_s, 0, config_.feedback_s, config_.gap_s};
  state_.phase = phase;
  state_.steps_left = static_cast<int>(std::lround(seconds.at(static_cast<size_t>(phase)) / spec().step_s));
}

bool Game::NextPhase() {
  if (config_.phases == Phases::kMotion) return false;
  do {
    if (state_.phase == Phase::kGap) return false;
    EnterPhase(static_cast<Phase>(static_cast<int32_t>(state_.phase) + 1));
  } while (state_.phase != Phase::kMotion && state_.steps_left == 0);
  return true;
}

double Game::PaddleHeight() const { return state_.paddle_moved ? paddle_height_ : kPaddleWidth; }

Position Game::BallNow() const {
  const double part = static_cast<double>(state_.fifths) / kFifthsAFrame;
  return {state_.ball.x + part * (state_.next.x - state_.ball.x),
          state_.ball.y + part * (state_.next.y - state_.ball.y)};
}

GameView Game::View() const {
  GameView view{.paddle_y = state_.paddle_y, .paddle_height = PaddleHeight(), .phase = state_.phase};
  const auto [x, y] = BallNow();
  const bool there = state_.phase != Phase::kFixation && state_.phase != Phase::kGap;
  const bool covered = x >= kOccluderX && state_.phase != Phase::kFeedback;
  view.ball_visible = !there ? 0 : covered ? 1 - state_.opacity : 1;
  if (view.ball_visible > 0 || (there && !config_.mask_hidden)) view.ball_x = x, view.ball_y = y;
  return view;
}

template <class Real>
void Game::WriteState(envs::Arrays arrays) const {
  const GameView view = View();
  Put(static_cast<Real>(view.ball_x), arrays[0], 0);
  Put(static_cast<Real>(view.ball_y), arrays[0], 1);
  Put(static_cast<Real>(view.ball_visible), arrays[1]);
  Put(static_cast<Real>(view.paddle_y), arrays[2], 0);
  Put(static_cast<Real>(view.paddle_height), arrays[2], 1);
  Put(static_cast<int32_t>(view.phase), arrays[3]);
}

void Game::WritePicture(std::byte* out) const {
  const bool feedback = state_.phase == Phase::kFeedback;
  const Rasteriser& rasteriser = feedback ? *open_ : *occluded_;
  const std::span<uint8_t> picture(reinterpret_cast<uint8_t*>(out), rasteriser.pixels());
  const bool there = state_.phase != Phase::kFixation && state_.phase != Phase::kGap;
  const Position ball = there ? BallNow() : Position{kNaN, kNaN};
  rasteriser.Draw(ball.x, ball.y, picture);
  rasteriser.DrawPaddle(
      {.y = state_.paddle_y, .height = PaddleHeight(), .width = kPaddleWidth, .marker = !state_.paddle_moved}, picture);
}

void Game::WriteObservations(const envs::EnvOutput& out) const {
  if (config_.observation != Observation::kPicture) {
    if (config_.doubles) WriteState<double>(out.observations);
    else WriteState<float>(out.observations);
  }
  if (config_.observation != Observation::kState) WritePicture(out.observations.back());
}

void Game::WriteInfos(const envs::EnvOutput& out) const {
  Put(state_.index, out.infos[0]);
  Put(state_.t_occ, out.infos[1]);
  Put(state_.t_end, out.infos[2]);
  Put(state_.n_bounce, out.infos[3]);
  Put(state_.opacity, out.infos[4]);
  Put(state_.y_f, out.infos[5]);
  Put(state_.error_deg, out.infos[6]);
  Put(static_cast<uint8_t>(state_.success), out.infos[7]);
}

GameRecord Game::Record() const {
  GameRecord record{.seed = state_.seed, .index = state_.index, .t_occ = state_.t_occ, .t_end = state_.t_end,
                    .n_bounce = state_.n_bounce, .opacity = state_.opacity, .y_f = state_.y_f};
  record.paddle_y.assign(state_.trace.begin(), state_.trace.begin() + state_.moves + 1);
  if (!std::isnan(state_.error_deg)) record.error_deg = state_.error_deg;
  record.success = state_.success != 0;
  return record;
}

void Game::DoSave(std::vector<std::byte>* bytes) const { envs::AppendBytes(state_, bytes); }

void Game::DoRestore(std::span<const std::byte> bytes) {
  envs::RestoreBytes(bytes, &state_);
  PrepareOccluder();
}

}  // namespace figment::pong
