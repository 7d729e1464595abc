// Draws the game at any size with the renderer of render/: ball, occluder and paddle as flat bodies before a backdrop,
// each in its own colour. A pixel is the mean of 2 x 2 samples. The published 100 x 100 pictures come from
// pong/pictures.h instead.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pong/clip.h"
#include "pong/pictures.h"
#include "render/renderer.h"

namespace figment::pong {

using Rgb8 = std::array<uint8_t, 3>;

struct PainterStyle {
  int size = 256;                    // pixels; the frame of 32 units fills the picture
  double ball_radius = kBallRadius;  // units
  Rgb8 background = {0, 0, 0}, ball = {255, 255, 255}, occluder = {128, 128, 128}, paddle = {0, 160, 80};
  bool upright = true;
  std::string device = "auto";       // as RenderConfig
};

// What one picture shows.
struct PaintedState {
  std::optional<Position> ball;
  double occluder_opacity = 1;
  std::optional<PaddlePicture> paddle;
};

// One a thread.
class Painter {
 public:
  explicit Painter(const PainterStyle& style);
  ~Painter();

  // A picture [size, size, 3]. The occluder is blended over the ball: two draws where it is partly transparent.
  void Draw(const PaintedState& state, std::vector<uint8_t>* rgb);
  const render::RendererInfo& info() const { return renderer_.info(); }

 private:
  enum class Layer { kWithOccluder, kWithoutOccluder };
  void DrawLayer(const PaintedState& state, Layer layer, std::vector<uint8_t>* rgb);

  PainterStyle style_;
  render::Renderer renderer_;
  envs::SceneState state_;
  render::Frame frame_;        // of samples
  std::vector<uint8_t> open_;
};

}  // namespace figment::pong
