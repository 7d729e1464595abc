#include "rodent/physics.h"

#include <mujoco/mujoco.h>

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/error.h"

namespace figment::rodent {
namespace {

// In the order of mjtWarning; the number behind is a place in the state, or a size.
const char* const kWarnings[mjNWARNING] = {"the inertia matrix is singular at joint coordinate",
                                           "the contact buffer is full",
                                           "the constraint buffer is full",
                                           "a position is not finite or too large, at coordinate",
                                           "a velocity is not finite or too large, at coordinate",
                                           "an acceleration is not finite or too large, at coordinate",
                                           "a control is not finite, of actuator"};

void Complete(Physics* physics, Profile profile) {
  physics->owned_data = envs::MakeMujocoData(*physics->model);
  physics->data = physics->owned_data.get();
  physics->parts = FindBodyParts(*physics->model);
  physics->substeps = SubstepsOf(profile);
}

int WarningCount(const mjData& data) {
  int count = 0;
  for (const mjWarningStat& warning : data.warning) count += warning.number;
  return count;
}

}  // namespace

Physics ShareModel(std::shared_ptr<const mjModel> model, Profile profile) {
  Physics physics;
  physics.shared = std::move(model);
  physics.model = physics.shared.get();
  Complete(&physics, profile);
  return physics;
}

Physics CopyModel(const mjModel& model, Profile profile) {
  Physics physics;
  physics.own = envs::MujocoModel(mj_copyModel(nullptr, &model));
  CHECK(physics.own != nullptr);
  physics.layout = physics.own.get();
  physics.model = physics.layout;
  Complete(&physics, profile);
  return physics;
}

void ResetState(Physics& physics) { mj_resetData(physics.model, physics.data); }

void Stand(Physics& physics, double x, double y, double yaw_rad) {
  const double root[7] = {x, y, 0, std::cos(yaw_rad / 2), 0, 0, std::sin(yaw_rad / 2)};
  std::copy_n(root, 7, physics.data->qpos);
}

void Forward(Physics& physics) { mj_forward(physics.model, physics.data); }

void ForwardWithoutActuation(Physics& physics) {
  mjModel without = *physics.model;  // shares all arrays: the model itself may belong to others too
  without.opt.disableflags |= mjDSBL_ACTUATION;
  mj_forward(&without, physics.data);
}

int CountContacts(Physics& physics) {
  mj_kinematics(physics.model, physics.data);
  mj_collision(physics.model, physics.data);
  return physics.data->ncon;
}

void RefreshSensors(Physics& physics) { mj_forwardSkip(physics.model, physics.data, mjSTAGE_VEL, 0); }

bool Substep(Physics& physics) {
  mj_step2(physics.model, physics.data);
  mj_step1(physics.model, physics.data);
  return WarningCount(*physics.data) == 0;
}

std::string Warnings(const Physics& physics) {
  std::string text;
  for (int i = 0; i < mjNWARNING; ++i) {
    const mjWarningStat& warning = physics.data->warning[i];
    if (warning.number == 0) continue;
    text += (text.empty() ? "" : "; ") + std::string(kWarnings[i]) + " (" + std::to_string(warning.lastinfo) + ")";
  }
  return text;
}

void SetControl(Physics& physics, const double* ctrl) { std::copy_n(ctrl, kActuators, physics.data->ctrl); }
void SetControl(Physics& physics, const float* ctrl) { std::copy_n(ctrl, kActuators, physics.data->ctrl); }

void WriteFromTorso(const Physics& physics, const double* place_W, double* out) {
  const double* const torso = physics.data->xpos + 3 * physics.parts.torso;
  const double from_torso[3] = {place_W[0] - torso[0], place_W[1] - torso[1], place_W[2] - torso[2]};
  mju_mulMatTVec3(out, physics.data->xmat + 9 * physics.parts.torso, from_torso);
}

size_t SavedStateSize(const Physics& physics) {
  return static_cast<size_t>(mj_stateSize(physics.model, mjSTATE_INTEGRATION)) + kSensorValues;
}

std::vector<double> SaveState(const Physics& physics) {
  std::vector<double> saved(SavedStateSize(physics));
  mj_getState(physics.model, physics.data, saved.data(), mjSTATE_INTEGRATION);
  std::copy_n(physics.data->sensordata, kSensorValues, saved.end() - kSensorValues);
  return saved;
}

void RestoreState(Physics& physics, const std::vector<double>& saved) {
  if (saved.size() != SavedStateSize(physics))
    throw base::Error("a saved state has " + std::to_string(saved.size()) + " numbers: expected " +
                      std::to_string(SavedStateSize(physics)));
  mj_resetData(physics.model, physics.data);
  mj_setState(physics.model, physics.data, saved.data(), mjSTATE_INTEGRATION);
  mj_step1(physics.model, physics.data);
  std::copy_n(saved.end() - kSensorValues, kSensorValues, physics.data->sensordata);
}

}  // namespace figment::rodent
