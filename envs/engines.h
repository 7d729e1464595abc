// The makers of the two engines' worlds, for MakeWorld and for tests that ask for one engine by name.
#pragma once

#include <memory>
#include <string>

#include "envs/world.h"

namespace figment::envs {

std::unique_ptr<World> MakeBulletWorld(const Scene& scene, const WorldConfig& config);

// Throws base::Error if the scene has cloth (use the Bullet engine) or another MuJoCo library than the one compiled
// against is loaded.
std::unique_ptr<World> MakeMujocoWorld(const Scene& scene, const WorldConfig& config);

// Versions of the libraries in use: "3.24 (double precision)", "3.17.0".
std::string BulletVersion();
std::string MujocoVersion();
std::string EngineVersion(Engine engine);  // "Bullet 3.24 (double precision)"

}  // namespace figment::envs
