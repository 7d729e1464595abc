// Vertices of what changes shape under Lighting::kPhong: height fields and skins. No OpenGL here.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "render/geometry.h"

namespace figment::render {

// A square part of a height field, drawn whole. Level k takes every 2^k-th row and column; coarser levels hang a hem from
// their edges, so that neighbours of different levels leave no cracks.
inline constexpr int kFieldLevels = 3;
struct FieldTile {
  std::array<MeshRange, kFieldLevels> levels;
  int first_row = 0, last_row = 0, first_column = 0, last_column = 0;  // of vertices
};

struct DrawnField {
  std::vector<FieldTile> tiles;
  MeshRange walls;             // sides and bottom of the solid
  uint32_t first_vertex = 0;   // [rows, columns] of the surface, as many of the hem, then the walls'
  uint32_t vertex_count = 0;
  float cell_m = 0;            // the grid's longer spacing
};

struct DrawnSkin {
  MeshRange range;
  uint32_t first_vertex = 0, vertex_count = 0;
};

// Append to `out.vertices` and `out.indices`; positions come later.
DrawnField AppendHeightField(const envs::HeightField& field, SceneGeometry& out);
DrawnSkin AppendSkin(const envs::Skin& skin, SceneGeometry& out);

// `vertices` holds the field's vertices; bounds are those of each tile, in the field's frame.
void FillHeightField(const envs::HeightField& field, const DrawnField& drawn, const std::vector<float>& heights_m,
                     std::vector<Vertex>& vertices, std::vector<Eigen::AlignedBox3d>& bounds);

// Positions and smooth normals of a skin's vertices, world frame, as its bones stand. `previous` may be `bones_W`.
void FillSkin(const envs::Skin& skin, std::span<const base::Pose> bones_W, std::span<const base::Pose> previous_W,
              std::vector<Vertex>& vertices);

}  // namespace figment::render
