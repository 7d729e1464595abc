// Drawable: what a renderer needs of an environment that can be seen.
#pragma once

#include <memory>

#include "envs/scene.h"

namespace figment::envs {

class Drawable {
 public:
  virtual ~Drawable() = default;

  // The same one all the time; environments that look alike share it, so that a renderer uploads it once.
  virtual const std::shared_ptr<const Scene>& scene() const = 0;

  // The environment as it stands; valid until the next call.
  virtual const SceneState& Now() = 0;
};

}  // namespace figment::envs
