#include "pong/painter.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "envs/scene.h"

namespace figment::pong {
namespace {

using base::Vec3;

// The frame stands in the plane y = 0 of the world, x to the right and z up, a unit a metre, seen from far away. What
// lies before other things is nearer, and smaller in proportion, so that it appears where it should. Layers are too
// far from each other to darken one another.
constexpr double kDistance = 1000;
constexpr double kBackdropY = 2, kBallY = 0, kOccluderY = -2, kPaddleY = -4;  // of the visible faces
constexpr double kThickness = 0.5;
constexpr int kDiscSegments = 96;

constexpr int kSamples = 2;  // a pixel, in each direction: much cheaper than multi-sampling in software

enum BodyIndex : size_t { kBackdrop, kBall, kOccluder, kPaddle };

double Shrink(double y) { return (kDistance + y) / kDistance; }

// Where a point (x, z) of the frame must be in the layer at y.
Vec3 InLayer(double x, double z, double y) {
  return {kMiddle + (x - kMiddle) * Shrink(y), y, kMiddle + (z - kMiddle) * Shrink(y)};
}

envs::Shape Disc() {
  envs::Shape disc{.name = "disc", .kind = envs::ShapeKind::kCylinder};
  disc.lods = {envs::LatheMesh({{0, 0}, {0.5, 0}, {0.5, 1}, {0, 1}}, kDiscSegments)};
  disc.parts = {{disc.lods.front().vertices}};
  envs::FillMassProperties(disc);
  return disc;
}

envs::Body FlatBody(const std::string& name, int shape, const Rgb8& color) {
  envs::Body body{.name = name, .shape = shape, .motion = envs::Motion::kFixed, .collides = false};
  body.appearance = {{.color = envs::Rgb(color[0] / 255.0f, color[1] / 255.0f, color[2] / 255.0f)}};
  return body;
}

// A cube of 1 m has its origin at the bottom centre.
void PlaceBox(double x_low, double x_high, double z_low, double z_high, double y, envs::BodyState* state, Vec3* scale) {
  *scale = {(x_high - x_low) * Shrink(y), kThickness, (z_high - z_low) * Shrink(y)};
  state->X_WB.p = InLayer((x_low + x_high) / 2, z_low, y) + Vec3(0, kThickness / 2, 0);
}

envs::Scene MakeScene(const PainterStyle& style) {
  envs::Scene scene;
  scene.shapes = {envs::MakePrimitive("cube"), Disc()};
  scene.bodies = {FlatBody("backdrop", 0, style.background), FlatBody("ball", 1, style.ball),
                  FlatBody("occluder", 0, style.occluder), FlatBody("paddle", 0, style.paddle)};
  envs::BodyState place;
  constexpr double kLow = -kFrameSize, kHigh = 2 * kFrameSize;  // beyond the picture
  PlaceBox(kLow, kHigh, kLow, kHigh, kBackdropY, &place, &scene.bodies[kBackdrop].scale);
  scene.bodies[kBackdrop].X_WB = place.X_WB;
  PlaceBox(kOccluderX, kHigh, kLow, kHigh, kOccluderY, &place, &scene.bodies[kOccluder].scale);
  scene.bodies[kOccluder].X_WB = place.X_WB;
  envs::Body& ball = scene.bodies[kBall];
  ball.scale = {2 * style.ball_radius, 2 * style.ball_radius, kThickness};
  ball.X_WB.q = base::Quat(Eigen::AngleAxisd(std::numbers::pi / 2, Vec3::UnitX()));  // its top faces the camera
  scene.ground.height_m = -10 * kFrameSize;  // out of sight
  scene.light.intensity = 0;                 // every face shows its own colour
  // A face that looks sideways gets three quarters of the ambient light (render/draw_list.cc): all of its colour.
  scene.light.ambient = envs::Rgb::Constant(4.0f / 3);
  return scene;
}

envs::Camera MakeCamera() {
  envs::Camera camera = envs::LookAt(Vec3(kMiddle, -kDistance, kMiddle), Vec3(kMiddle, 0, kMiddle),
                                     2 * std::atan(kFrameSize / 2 / kDistance));
  camera.near_m = kDistance - 100, camera.far_m = kDistance + 100;
  return camera;
}

void Hide(BodyIndex body, envs::SceneState* state) {
  state->overrides.push_back({.body = static_cast<int>(body), .visible = false});
}

// The mean of each block of samples.
void Reduce(const render::Frame& frame, std::vector<uint8_t>* rgb) {
  const auto size = static_cast<size_t>(frame.width) / kSamples, line = static_cast<size_t>(frame.width) * 3;
  rgb->resize(size * size * 3);
  for (size_t row = 0; row < size; ++row) {
    for (size_t i = 0; i < size * 3; ++i) {
      const uint8_t* const first = &frame.color[row * kSamples * line + i / 3 * kSamples * 3 + i % 3];
      const int sum = first[0] + first[3] + first[line] + first[line + 3];
      (*rgb)[row * size * 3 + i] = static_cast<uint8_t>((sum + 2) / 4);
    }
  }
}

void FlipRows(int size, std::vector<uint8_t>* rgb) {
  const auto row = static_cast<size_t>(size) * 3;
  for (size_t low = 0, high = static_cast<size_t>(size) - 1; low < high; ++low, --high)
    std::swap_ranges(rgb->begin() + static_cast<std::ptrdiff_t>(low * row),
                     rgb->begin() + static_cast<std::ptrdiff_t>((low + 1) * row),
                     rgb->begin() + static_cast<std::ptrdiff_t>(high * row));
}

}  // namespace

Painter::Painter(const PainterStyle& style)
    : style_(style),
      renderer_({.width = kSamples * style.size,
                 .height = kSamples * style.size,
                 .quality = render::Quality::kDraft,  // nothing here is lit or casts a shadow
                 .device = style.device}) {
  const envs::Scene scene = MakeScene(style);
  renderer_.Upload(scene);
  state_ = envs::InitialState(scene);
}

Painter::~Painter() = default;

void Painter::DrawLayer(const PaintedState& state, Layer layer, std::vector<uint8_t>* rgb) {
  state_.overrides.clear();
  ++state_.overrides_revision;
  if (state.ball) state_.bodies[kBall].X_WB.p = InLayer(state.ball->x, state.ball->y, kBallY) + Vec3(0, kThickness, 0);
  else Hide(kBall, &state_);
  if (layer == Layer::kWithoutOccluder) Hide(kOccluder, &state_);
  if (state.paddle) {
    const PaddlePicture& paddle = *state.paddle;
    Vec3 scale;
    PlaceBox(kPaddleX - paddle.width, kPaddleX, paddle.y - paddle.height / 2, paddle.y + paddle.height / 2, kPaddleY,
             &state_.bodies[kPaddle], &scale);
    state_.overrides.push_back({.body = kPaddle, .scale = scale});
  } else {
    Hide(kPaddle, &state_);
  }
  const render::View view{&state_, MakeCamera()};
  renderer_.Render(view, nullptr, {.color = true}, frame_);
  Reduce(frame_, rgb);
}

void Painter::Draw(const PaintedState& state, std::vector<uint8_t>* rgb) {
  const double opacity = state.occluder_opacity;
  DrawLayer(state, opacity > 0 ? Layer::kWithOccluder : Layer::kWithoutOccluder, rgb);
  if (opacity > 0 && opacity < 1) {
    DrawLayer(state, Layer::kWithoutOccluder, &open_);
    for (size_t i = 0; i < rgb->size(); ++i)
      (*rgb)[i] = static_cast<uint8_t>(std::lround(opacity * (*rgb)[i] + (1 - opacity) * open_[i]));
  }
  if (!style_.upright) FlipRows(style_.size, rgb);
}

}  // namespace figment::pong
