#include "envs/mjcf_world.h"

#include <mujoco/mujoco.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace figment::envs {
namespace {

constexpr int kWhole = mjSTATE_INTEGRATION;  // all that the next step depends on

}  // namespace

MjcfWorld::MjcfWorld(MujocoModel model) : model_(std::move(model)), data_(MakeMujocoData(*model_)), scene_(SceneOf(*model_)) {
  mj_forward(model_.get(), data_.get());
  state_ = StateOf(*model_, *data_);
}

int MjcfWorld::positions() const { return static_cast<int>(model_->nq); }

void MjcfWorld::SetPositions(std::span<const double> qpos) {
  if (qpos.size() != static_cast<size_t>(model_->nq))
    throw base::Error(std::to_string(qpos.size()) + " positions, expected " + std::to_string(model_->nq));
  for (size_t i = 0; i < qpos.size(); ++i)
    if (!std::isfinite(qpos[i])) throw base::Error("position " + std::to_string(i) + " is not finite");
  std::copy(qpos.begin(), qpos.end(), data_->qpos);
  mj_forward(model_.get(), data_.get());
  UpdatePoses(*model_, *data_, &state_);
}

void MjcfWorld::Step(int count) {
  for (int i = 0; i < count; ++i) {
    mj_step(model_.get(), data_.get());
    for (const int warning : {mjWARN_BADQPOS, mjWARN_BADQVEL, mjWARN_BADQACC})
      if (data_->warning[warning].number > 0) throw base::Error(mju_warningText(warning, data_->warning[warning].lastinfo));
  }
  mj_forward(model_.get(), data_.get());
  UpdatePoses(*model_, *data_, &state_);
}

std::vector<std::byte> MjcfWorld::Save() const {
  std::vector<std::byte> bytes(sizeof(mjtNum) * static_cast<size_t>(mj_stateSize(model_.get(), kWhole)));
  mj_getState(model_.get(), data_.get(), reinterpret_cast<mjtNum*>(bytes.data()), kWhole);
  return bytes;
}

void MjcfWorld::Restore(std::span<const std::byte> saved) {
  std::vector<mjtNum> values(static_cast<size_t>(mj_stateSize(model_.get(), kWhole)));
  if (saved.size() != values.size() * sizeof(mjtNum))
    throw base::Error("a saved state of " + std::to_string(saved.size()) + " bytes, expected " +
                      std::to_string(values.size() * sizeof(mjtNum)));
  std::copy(saved.begin(), saved.end(), reinterpret_cast<std::byte*>(values.data()));
  mj_setState(model_.get(), data_.get(), values.data(), kWhole);
  mj_forward(model_.get(), data_.get());
  UpdatePoses(*model_, *data_, &state_);
}

}  // namespace figment::envs
