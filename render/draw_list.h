// DrawList: what one frame draws - instances with their matrices, visible bodies front to back at a level of detail, and
// shadow casters - computed from a scene, two states and two cameras. A pure function of its input; no OpenGL here.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "render/geometry.h"
#include "render/renderer.h"

namespace figment::render {

// FrameBlock is what shaders/frame.glsl declares (std140).
using Row = std::array<float, 4>;
using Rows = std::array<Row, 3>;   // an affine map, 3 x 4

struct FrameBlock {
  Row projection, previous_projection, half_size_px;
  Row to_light, up, half_vector, sun, ambient, ambient_slope;
  Rows light_rows;
};
static_assert(sizeof(FrameBlock) == 12 * 16);

// How a surface looks, in the space of the lighting.
struct Material {
  Row color;    // rgb, specular strength
  Row pattern;  // (texture layer, repeats per metre, emission, picture or -1)
};

// One draw's share of data; scene.vert names the fields.
struct InstanceBlock {
  Rows rows, previous_rows;
  Row scale;
  Material material;
  uint32_t id = 0;
};

// As OpenGL's indirect draw command.
struct DrawCommand {
  uint32_t index_count = 0, instance_count = 1, first_index = 0;
  int32_t base_vertex = 0;
  uint32_t base_instance = 0;
};
static_assert(sizeof(DrawCommand) == 20);

struct DrawList {
  FrameBlock frame;
  std::vector<InstanceBlock> instances;
  std::vector<DrawCommand> commands;      // visible ones first, then shadow casters
  int visible_count = 0, caster_count = 0;
};

// How the list is made; part of a quality preset.
struct DrawOptions {
  int width = 0, height = 0;
  double pixel_error = 0.5;     // largest error of a level of detail, pixels
  int shadow_map_size = 0;      // 0: no shadows
  bool display_space = false;   // lighting of colours as they are, as fixed-function OpenGL did
};

// `out` is reused from frame to frame. `previous` may equal `view`.
void BuildDrawList(const envs::Scene& scene, const SceneGeometry& geometry, const View& view, const View& previous,
                   const DrawOptions& options, DrawList& out);

// Pose of the camera's frame C in the world.
base::Pose CameraPose(const View& view);

}  // namespace figment::render
