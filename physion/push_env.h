// One decision: a Physion scene at rest, and the body that its trial would push. The agent chooses direction and size
// of the impulse, the scene runs to its end by itself, and the reward is 1 if the target touches the zone.
//
// The impulse acts at the centre of mass, horizontally, in the first step (0.01 s). Where a trial pushes nothing
// (contain, drop, link) it is the target that is pushed. A run that a data set would reject (Simulation::reject_reason)
// is truncated with that reason and has no reward.
#pragma once

#include "base/config.h"
#include "envs/env.h"
#include "physion/scenario.h"
#include "physion/simulate.h"

namespace figment::physion {

struct PushConfig {
  std::string scenario = "collide";
  Mode mode = Mode::kTrain;
  double max_speed_m_s = 15;  // in collide 10 carries the target to its zone, 5 do not
  envs::Engine engine = envs::Engine::kBullet;
};
base::FieldList FieldsOf(PushConfig* config);

class PushEnv : public envs::Env {
 public:
  static constexpr int kBodies = 32, kFeatures = 13;

  explicit PushEnv(const PushConfig& config);

 private:
  void DoReset(uint64_t seed, const envs::ResetOptions& options, const envs::EnvOutput& out) override;
  envs::StepResult DoStep(envs::ConstArrays actions, const envs::EnvOutput& out) override;
  void DoSave(std::vector<std::byte>* bytes) const override;
  void DoRestore(std::span<const std::byte> bytes) override;

  void Build(uint64_t seed);
  int pushed() const;
  void WriteBodies(const envs::SceneState& state, float* bodies) const;  // [kBodies, kFeatures]

  PushConfig config_;
  std::vector<Config> sampled_;
  uint64_t seed_ = 0;
  Trial trial_;
  std::string problem_;
};

}  // namespace figment::physion
