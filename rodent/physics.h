// The body in an arena: MuJoCo's model and state of one episode, stepped as dm_control steps it.
//
// A control step is 20 times (mj_step2, mj_step1), so that positions, velocities and contacts are those of the new
// state, while what depends on accelerations (accelerometer, touch) is one physics step old. RefreshSensors makes them
// current; it changes no trajectory.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "envs/mujoco_model.h"
#include "rodent/body.h"

namespace figment::rodent {

struct Physics {
  const mjModel_* model = nullptr;
  mjModel_* layout = nullptr;  // the same model where the task writes its layout there; null if it is shared
  mjData_* data = nullptr;
  BodyParts parts;
  int substeps = 20;

  std::shared_ptr<const mjModel_> shared;  // one of these two owns the model
  envs::MujocoModel own;
  envs::MujocoData owned_data;
};

// With the model shared with other instances, which then must not change it; or with a copy.
Physics ShareModel(std::shared_ptr<const mjModel_> model, Profile profile);
Physics CopyModel(const mjModel_& model, Profile profile);

// All back to the start pose, time 0, no activation.
void ResetState(Physics& physics);

// Puts the body, in its start pose, on the ground at (x, y), turned to the left by `yaw_rad`.
void Stand(Physics& physics, double x, double y, double yaw_rad);

// The whole forward pass; without actuators, as after a reset.
void Forward(Physics& physics);
void ForwardWithoutActuation(Physics& physics);
// Contacts of the pose, found without anything else of a forward pass.
int CountContacts(Physics& physics);

// Accelerometer and touch of this very state. Positions and velocities must be current, as they are after a step.
void RefreshSensors(Physics& physics);

// One physics step. Returns false if MuJoCo warns of a state that is not finite, a full buffer or the like.
bool Substep(Physics& physics);

// What MuJoCo warns of since the reset, for people; empty if nothing.
std::string Warnings(const Physics& physics);

void SetControl(Physics& physics, const double* ctrl);  // [38]
void SetControl(Physics& physics, const float* ctrl);

// A place in the world from the torso, in its axes.
void WriteFromTorso(const Physics& physics, const double* place_W, double* out);

// Everything that the next step depends on but the layout: state, warm start, sensors that are a step old.
std::vector<double> SaveState(const Physics& physics);
size_t SavedStateSize(const Physics& physics);
void RestoreState(Physics& physics, const std::vector<double>& saved);

}  // namespace figment::rodent
