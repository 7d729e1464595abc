// MjcfWorld: a MuJoCo model that moves, as the renderer sees it. For looking at any model; environments that need more
// talk to MuJoCo themselves.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "envs/mjcf.h"

namespace figment::envs {

class MjcfWorld {
 public:
  // Starts at the model's own start pose. Throws base::Error as LoadMjcf does.
  explicit MjcfWorld(MujocoModel model);

  const Scene& scene() const { return scene_; }
  const SceneState& State() const { return state_; }
  const mjModel_& model() const { return *model_; }
  int positions() const;            // generalised ones (MuJoCo's nq)

  // Throws base::Error if the count is wrong or a value is not finite.
  void SetPositions(std::span<const double> qpos);

  // `count` of the model's own timesteps. Throws base::Error if MuJoCo warns of an unstable state.
  void Step(int count = 1);

  // Continues bit-identically in a world of the same model. Throws base::Error if the size differs.
  std::vector<std::byte> Save() const;
  void Restore(std::span<const std::byte> saved);

 private:
  MujocoModel model_;
  MujocoData data_;
  Scene scene_;
  SceneState state_;
};

}  // namespace figment::envs
