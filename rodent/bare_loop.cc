#include "rodent/bare_loop.h"

#include <mujoco/mujoco.h>

#include <algorithm>

namespace figment::rodent {

BareLoop::BareLoop(const Physics& physics) : physics_(physics), data_(envs::MakeMujocoData(*physics.model)) {}

void BareLoop::CopyState() { mj_copyData(data_.get(), physics_.model, physics_.data); }

void BareLoop::Step(const float* actions) {
  std::copy_n(actions, kActuators, data_->ctrl);
  for (int i = 0; i < physics_.substeps; ++i) mj_step(physics_.model, data_.get());
}

bool BareLoop::IsAtTheStateOf(const Physics& physics) const {
  return std::equal(data_->qpos, data_->qpos + kPositions, physics.data->qpos);
}

}  // namespace figment::rodent
