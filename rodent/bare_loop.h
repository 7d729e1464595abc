// The least that a simulation of the rodent can cost: MuJoCo's mj_step over the same model, and nothing else. What
// benchmarks compare with.
#pragma once

#include "rodent/physics.h"

namespace figment::rodent {

class BareLoop {
 public:
  explicit BareLoop(const Physics& physics);  // whose model it uses; it has a state of its own

  void CopyState();                  // from the physics
  void Step(const float* actions);   // [38], a control step
  bool IsAtTheStateOf(const Physics& physics) const;  // positions are equal bit for bit

 private:
  const Physics& physics_;
  envs::MujocoData data_;
};

}  // namespace figment::rodent
