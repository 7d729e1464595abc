// Any MuJoCo model as a Scene, so that the renderer draws it, and its data as a SceneState.
//
//   MujocoModel model = LoadMjcf(path);
//   MujocoData data = MakeMujocoData(*model);
//   Scene scene = SceneOf(*model);                     // once
//   SceneState state = StateOf(*model, *data);         // whenever something moved
//
// The scene has Lighting::kPhong. Body g is geom g; its pose is the geom's. Cameras and lamps keep MuJoCo's names and
// order; lamp 0 is the headlight where the model has one; after the model's own cameras comes "free", which sees all of
// it. Left out: reflections, haze, flexes, tendons, sites, orthographic cameras, the principal point of lenses, and what
// MuJoCo draws as decoration.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "envs/mujoco_model.h"
#include "envs/scene.h"

namespace figment::envs {

// What a file may ask for. Far beyond what models need; small enough to refuse in time.
struct MjcfLimits {
  uint64_t file_bytes = 256u << 20;      // of one XML file; XML files of one model: 1000 at most
  int64_t copies = 100'000;              // of a replicate, composite or flexcomp, with those it lies in
  int64_t side = 16'384;                 // of a texture or height field
  int64_t model_bytes = 4ll << 30;       // of the compiled model and of the simulation's arena
};

// Reads and compiles a model (.xml, or .mjb that this version of MuJoCo wrote). Throws base::Error that names the file
// and holds MuJoCo's own words: missing or corrupt files, unknown elements, includes that lead back to themselves, more
// than the limits allow.
MujocoModel LoadMjcf(const std::filesystem::path& path, const MjcfLimits& limits = {});

// Everything MuJoCo draws by default, with all geom groups; groups 0 to 2 are those that MuJoCo shows.
Scene SceneOf(const mjModel_& model);
inline constexpr unsigned kMujocoGroups = 0b111;

// The state of such a scene. Poses of `data` must be up to date (mj_forward, or mj_kinematics, mj_comPos, mj_camlight).
SceneState StateOf(const mjModel_& model, const mjData_& data);
void UpdatePoses(const mjModel_& model, const mjData_& data, SceneState* state);

// After sizes, colours or materials of geoms, or heights, have been changed in `model` since SceneOf(): carries the
// present ones in the state. `image_of_texture` is ImageOfTexture(model, scene).
void UpdateLooks(const mjModel_& model, std::span<const int> image_of_texture, SceneState* state);
void UpdateHeights(const mjModel_& model, SceneState* state);
std::vector<int> ImageOfTexture(const mjModel_& model, const Scene& scene);

}  // namespace figment::envs
