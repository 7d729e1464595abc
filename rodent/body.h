// The rodent's body: 67 hinges and 38 actuators, hung under a free joint in an arena.
//
// The body is attached as dm_control 1.0.50 attaches it, so that a model made here steps bit for bit like one made
// there with the same MuJoCo: a body `walker/` with the free joint and no geoms, and in it the body of rodent.xml with
// all its names prefixed. The torso hangs 65 mm above the free body, so a root height of 0 is the standing pose.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "envs/mujoco_model.h"
#include "rodent/assets.h"

namespace figment::rodent {

// exact: as the reference, 20 steps of 1 ms and 5 iterations against slip. fast: 10 steps of 2 ms without them, at most
// 5 iterations of the solver to a tolerance of 1e-6, one contact a pair of convex shapes; for training, its trajectories
// are others.
enum class Profile { kExact, kFast };
int SubstepsOf(Profile profile);
inline constexpr double kControlStep_s = 0.02;

struct BodyOptions {
  bool torque_actuators = false;  // actions are torques instead of positions for servos
  bool foot_mods = false;         // wider ranges of ankle and toe
  bool skin = false;              // only a model that is drawn needs it
};

inline constexpr int kPositions = 74, kVelocities = 73, kActuators = 38, kSensorValues = 28;

// An empty arena with the reference's global options: elliptic cones, timestep, clip planes, headlight.
envs::MujocoSpec MakeArenaSpec(Profile profile);

// Adds the body to the arena's world. What is in the arena already comes before it in every list. Throws base::Error
// if rodent.xml cannot be read.
void AttachBody(mjSpec_& arena, const Assets& assets, const BodyOptions& options);

// Where the body's parts are in a compiled model.
struct BodyParts {
  int root = 0;  // the free body
  int torso = 0, pelvis = 0, skull = 0, hand_L = 0, hand_R = 0;
  int head_site = 0;
  std::array<int, 4> end_effectors{};  // bodies lower_arm_R, lower_arm_L, foot_R, foot_L
  std::array<int, 30> joint_qpos{}, joint_dof{};  // hinges with an actuator of their own, in actuator order
  // First values in sensordata.
  int accelerometer = 0, velocimeter = 0, gyro = 0, touch = 0, torso_velocity = 0, effector_positions = 0;
};

// Throws base::Error if the model does not hold the body of dm_control 1.0.50.
BodyParts FindBodyParts(const mjModel_& model);

// True for each geom of the model that belongs to the body.
std::vector<bool> GeomsOfBody(const mjModel_& model);

// Names of the 38 actuators in order, without "walker/".
std::vector<std::string> ActuatorNames(const mjModel_& model);

}  // namespace figment::rodent
