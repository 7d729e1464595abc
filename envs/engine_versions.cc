#include <LinearMath/btScalar.h>
#include <mujoco/mujoco.h>

#include "envs/engines.h"

namespace figment::envs {

std::string BulletVersion() {
  const int version = btGetVersion();  // 324 = 3.24
  return std::to_string(version / 100) + "." + std::to_string(version % 100) + " (double precision)";
}

std::string MujocoVersion() { return mj_versionString(); }

std::string EngineVersion(Engine engine) {
  return engine == Engine::kBullet ? "Bullet " + BulletVersion() : "MuJoCo " + MujocoVersion();
}

}  // namespace figment::envs
