#include "base/check.h"
#include "envs/engines.h"

namespace figment::envs {

std::unique_ptr<World> MakeWorld(const Scene& scene, const WorldConfig& config) {
  switch (config.engine) {
    case Engine::kBullet: return MakeBulletWorld(scene, config);
    case Engine::kMujoco: return MakeMujocoWorld(scene, config);
  }
  base::CheckFailed(__FILE__, __LINE__, "unknown engine");
}

}  // namespace figment::envs
