// PhongList: what one frame of a scene under Lighting::kPhong draws. A pure function of its input; no OpenGL here.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "render/draw_list.h"
#include "render/phong_geometry.h"

namespace figment::render {

inline constexpr size_t kMaxLamps = 8;        // as fixed-function OpenGL
inline constexpr size_t kMaxShadowLamps = 3;  // others shine without shadows

// What shaders/phong.glsl declares (std140).
struct LampBlock {
  Row position;     // frame C; w = 1 for a spot
  Row direction;    // unit, the way it shines; w = cosine of the cut-off
  Row ambient;      // w = exponent
  Row diffuse, specular, attenuation;
  std::array<Row, 4> shadow_rows;  // frame C to the shadow map's s, t, r, q
};
static_assert(sizeof(LampBlock) == 10 * 16);

struct PhongInstance {
  Rows rows, previous_rows;
  Row scale;        // xyz; w: length of a round end against the middle, 0 = no round ends
  Row color;        // rgb, alpha
  Row surface;      // specular, exponent, emission, 1 if the image lies in the plane of x, y
  Row image;        // scale xyz of the image's coordinates
  Row offset;       // ... and their offset x, y
  uint32_t id = 0;
};

// Consecutive commands of one program and image.
struct PhongBatch {
  int image = -1;
  bool per_pixel = false;  // lit at every pixel instead of every vertex
  bool facets = false;     // with the triangle's own normal
  int first_command = 0, command_count = 0;
  bool SameState(const PhongBatch& other) const {
    return image == other.image && per_pixel == other.per_pixel && facets == other.facets;
  }
};

struct PhongList {
  FrameBlock frame;                    // projections and size only
  std::vector<LampBlock> lamps;        // those with shadow maps first
  int shadow_lamps = 0;                // with maps
  int added_lamps = 0;                 // that would have maps: their light is added after clamping, shadows or not
  Rows sky_rows = {};                  // frame C to the sky's cube
  std::vector<PhongInstance> instances;
  std::vector<DrawCommand> commands;
  std::vector<PhongBatch> opaque, transparent;
  std::array<PhongBatch, kMaxShadowLamps> casters;
};

struct PhongOptions {
  DrawOptions draw;
  bool skins = true;
  bool mujoco_meshes = false;          // finest levels where lighting at vertices shows them
};

// Geometry of a scene besides its shapes, and what of it is in the vertex buffer now.
struct PhongGeometry {
  SceneGeometry scene;
  std::vector<DrawnField> fields;
  std::vector<DrawnSkin> skins;
  std::vector<std::vector<Eigen::AlignedBox3d>> tile_bounds;  // as fields
  std::vector<Eigen::AlignedBox3d> skin_bounds;               // world
};

PhongGeometry BuildPhongGeometry(const envs::Scene& scene);

// `out` is reused from frame to frame.
void BuildPhongList(const envs::Scene& scene, const PhongGeometry& geometry, const View& view, const View& previous,
                    const PhongOptions& options, PhongList& out);

}  // namespace figment::render
