// A flat floor of 20 x 20 m, dm_control's `Floor`: for tests, demonstrations and pre-training. The animal starts in the
// middle and faces anywhere.
#include <mujoco/mujoco.h>

#include <cmath>
#include <numbers>

#include "rodent/outdoors.h"
#include "rodent/tasks.h"

namespace figment::rodent {
namespace {

class OpenField : public Task {
 public:
  void AddArena(mjSpec& spec, const Looks& looks) const override {
    const std::string grass = AddGrass(spec, looks);
    AddSky(spec, looks);
    BrightHeadlight(spec);
    mjs_setString(AddPlane(spec, "groundplane", {0, 0, 0}, {10, 10, 0.25}).material, grass.c_str());
    AddTopCamera(spec, 10);
  }

  void Spawn(Physics& physics, base::Rng rng) override {
    const double half_yaw = rng.Uniform(0, std::numbers::pi);
    physics.data->qpos[3] = std::cos(half_yaw);
    physics.data->qpos[6] = std::sin(half_yaw);
  }

  Outcome AfterStep(Physics&) override { return {}; }
};

}  // namespace

std::unique_ptr<Task> MakeOpenField(const TaskOptions&) { return std::make_unique<OpenField>(); }

}  // namespace figment::rodent
