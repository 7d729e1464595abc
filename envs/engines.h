// The makers of the two engines' worlds, for MakeWorld and for tests that ask for one engine by name.
#pragma once

#include <memory>

#include "envs/world.h"

namespace figment::envs {

std::unique_ptr<World> MakeBulletWorld(const Scene& scene, const WorldConfig& config);

// Throws base::Error if the scene has cloth (use the Bullet engine) or another MuJoCo library than the one compiled
// against is loaded.
std::unique_ptr<World> MakeMujocoWorld(const Scene& scene, const WorldConfig& config);

}  // namespace figment::envs
