// An environment in which nothing happens: what a batch costs around it. It observes numbers drawn at the reset.
#pragma once

#include "base/config.h"
#include "envs/env.h"

namespace figment::envs {

struct NullConfig {
  int observation = 8;      // numbers
  int episode_steps = 100;  // then it is cut off
  double busy_us = 0;       // a step
};
base::FieldList FieldsOf(NullConfig* config);

class NullEnv : public Env {
 public:
  explicit NullEnv(const NullConfig& config);

 private:
  void DoReset(uint64_t seed, const ResetOptions& options, const EnvOutput& out) override;
  StepResult DoStep(ConstArrays actions, const EnvOutput& out) override;
  void DoSave(std::vector<std::byte>* bytes) const override;
  void DoRestore(std::span<const std::byte> bytes) override;

  NullConfig config_;
  int64_t steps_ = 0;
};

}  // namespace figment::envs
