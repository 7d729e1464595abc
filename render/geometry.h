// SceneGeometry: the vertices and triangles of everything a scene draws, in two arrays that go to the GPU as they are.
// No OpenGL here.
//
// Each level of detail of a shape knows its geometric error, so that the renderer takes the coarsest whose error stays
// below a fraction of a pixel.
#pragma once

#include <cstdint>
#include <vector>

#include "envs/scene.h"

namespace figment::render {

struct Vertex {
  Eigen::Vector3f position;   // shape's frame; world for cloth
  Eigen::Vector3f previous;   // where it was in the previous view's state (differs for cloth only)
  Eigen::Vector3f normal;
  Eigen::Vector2f uv = Eigen::Vector2f::Zero();  // metres
};
static_assert(sizeof(Vertex) == 44);

struct MeshRange {
  uint32_t first_index = 0, index_count = 0;
  int32_t base_vertex = 0;
};

// One draw: the triangles of one material slot.
struct SlotRange {
  MeshRange range;
  int slot = 0;
};

struct LevelOfDetail {
  std::vector<SlotRange> parts;
  float error = 0;            // metres at unit scale: how far its outline falls short of the finest level's
};

struct DrawnShape {
  std::vector<LevelOfDetail> levels;   // finest first
  base::Vec3 centre;                   // of the bounding box, at unit scale
  base::Vec3 half_size;
  bool picture_uvs = false;            // texture coordinates are places in a picture
  std::vector<LevelOfDetail> back_levels;  // of a sheet: the levels seen from behind
  bool round_ends = false;
  bool project_uv = false;             // flat-faced: texture coordinates by projection, so that scaling keeps the grain
};

struct DrawnCloth {
  MeshRange range;            // front and back faces
  std::array<int, 2> resolution;
  uint32_t first_vertex = 0;  // [n0*n1] front vertices, then as many for the back
};

struct SceneGeometry {
  std::vector<Vertex> vertices;
  std::vector<uint32_t> indices;
  std::vector<DrawnShape> shapes;      // as Scene::shapes
  std::vector<DrawnCloth> cloths;      // as Scene::cloths
  MeshRange box;                       // -1..1 cube for fixtures
  MeshRange ground;                    // square -1..1 at z = 0, facing up
};

// Throws base::Error for a shape without a mesh or with bad indices.
SceneGeometry BuildGeometry(const envs::Scene& scene);

// Writes positions, previous positions and smooth normals of a cloth's 2*n0*n1 vertices into `out`.
void FillClothVertices(const DrawnCloth& cloth, const envs::ClothState& now, const envs::ClothState& previous,
                       std::vector<Vertex>& out);

}  // namespace figment::render
