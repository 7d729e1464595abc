// The rodent in a task, as an environment.
//
//   EnvConfig config{.task = "run_gaps"};
//   RodentEnv env(config);                     // one
//   auto model = CompileTask(config);          // many: the compiled model is shared, or copied where the task
//   for (...) RodentEnv(config, model);        // writes its arena there
//
// A step is 20 ms. Actions: [38] in -1 to 1. Observations: `body`, the numbers of config.observations one behind the
// other, or an array each; and what the task adds (`origin`, `task_logic`). Infos: `discount` as dm_control's,
// `root_pose`, where the animal is, and `failure`, 1 if the physics broke down. Then the episode is truncated, the observation is the last good one, and
// StepResult::reason says what happened.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/config.h"
#include "envs/env.h"
#include "rodent/observations.h"
#include "rodent/task.h"
#include "rodent/tasks.h"

namespace figment::rodent {

struct EnvConfig {
  std::string task = "open_field";
  Profile profile = Profile::kExact;
  Quirks quirks = Quirks::kReference;
  std::string observations = "all";  // ObservableSet
  bool named = false;                // an array for each observable instead of one for all
  bool doubles = false;              // observations as float64 instead of float32
  double time_limit_s = 0;           // 0: the task's
  bool torque_actuators = false, foot_mods = false;
  std::string assets;                // FindAssets
};
base::FieldList FieldsOf(EnvConfig* config);

envs::EnvSpec SpecOf(const EnvConfig& config);  // needs no assets

// The arena and the body, without textures and skin; or with them, for a renderer: geoms, bodies and cameras are the
// same in both. Takes about 0.1 s. Throws base::Error if assets are missing or not the ones expected.
envs::MujocoModel CompileTask(const EnvConfig& config, bool drawn = false);

// Compiles the model of a config once, for environments that are made one after the other; keeps the last. Safe to
// use from several threads.
class ModelCache {
 public:
  std::shared_ptr<const mjModel_> ModelOf(const EnvConfig& config);

 private:
  std::mutex mutex_;
  std::string key_;
  std::shared_ptr<const mjModel_> model_;
};

class RodentEnv : public envs::Env {
 public:
  explicit RodentEnv(const EnvConfig& config);
  RodentEnv(const EnvConfig& config, std::shared_ptr<const mjModel_> compiled);

  const EnvConfig& config() const { return config_; }
  const Physics& physics() const { return physics_; }
  double time_limit_s() const { return time_limit_s_; }
  // Task::Paint, for a drawn model of the same task.
  void Paint(mjModel_& drawn) const { task_->Paint(drawn); }

 private:
  void DoReset(uint64_t seed, const envs::ResetOptions& options, const envs::EnvOutput& out) override;
  envs::StepResult DoStep(envs::ConstArrays actions, const envs::EnvOutput& out) override;
  void DoSave(std::vector<std::byte>* bytes) const override;
  void DoRestore(std::span<const std::byte> bytes) override;

  void Lay();
  Outcome Advance();
  Outcome Fail(const std::string& why);
  bool TimeIsUp() const;
  bool Observe();
  void Write(const envs::EnvOutput& out, double discount) const;
  template <class Real>
  void WriteObservations(envs::Arrays arrays) const;

  EnvConfig config_;
  std::unique_ptr<Task> task_;
  Physics physics_;
  std::vector<const Observable*> observables_;
  int body_size_;               // numbers of observables_
  double time_limit_s_;
  uint64_t seed_ = 0;
  bool failed_ = false;
  std::string failure_;           // of the last failed step: StepResult::reason points here
  std::vector<double> observed_;  // the last good observation: the body's, then the task's
  std::vector<double> now_;       // the one being made
};

}  // namespace figment::rodent
