// A flat floor of 20 x 20 m, dm_control's `Floor`: for tests, demonstrations and pre-training. The animal starts in the
// middle and faces anywhere.
#include <numbers>

#include "rodent/outdoors.h"
#include "rodent/tasks.h"

namespace figment::rodent {
namespace {

class OpenField : public Task {
 public:
  void AddArena(mjSpec_& spec, const Looks& looks) const override { AddFloor(spec, looks); }

  void Spawn(Physics& physics, base::Rng rng) override {
    Stand(physics, 0, 0, rng.Uniform(0, 2 * std::numbers::pi));
  }

  Outcome AfterStep(Physics&) override { return {}; }
};

}  // namespace

std::unique_ptr<Task> MakeOpenField(const TaskOptions&) { return std::make_unique<OpenField>(); }

}  // namespace figment::rodent
