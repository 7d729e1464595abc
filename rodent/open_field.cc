// A flat floor of 20 x 20 m, dm_control's `Floor`: for tests, demonstrations and pre-training.
#include <mujoco/mujoco.h>

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

  Outcome AfterStep(Physics&) override { return {}; }
};

}  // namespace

std::unique_ptr<Task> MakeOpenField(const TaskOptions&) { return std::make_unique<OpenField>(); }

}  // namespace figment::rodent
