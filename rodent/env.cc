#include "rodent/env.h"

#include <mujoco/mujoco.h>

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/error.h"
#include "base/names.h"

namespace figment::rodent {
namespace {

TaskOptions OptionsOf(const EnvConfig& config) { return {.quirks = config.quirks}; }

envs::ArraySpec Array(const EnvConfig& config, std::string name, int64_t size, std::string unit, std::string what) {
  return {.name = std::move(name),
          .type = config.doubles ? envs::DType::kDouble : envs::DType::kFloat,
          .shape = {size},
          .unit = std::move(unit),
          .what = std::move(what)};
}

base::Rng Stream(uint64_t seed, std::string_view name) { return base::Rng({seed, base::KeyOf("rodent")}).Split(name); }

std::shared_ptr<const mjModel> Shared(envs::MujocoModel model) { return {std::move(model)}; }

Physics MakePhysics(const EnvConfig& config, std::shared_ptr<const mjModel> compiled) {
  CHECK(compiled != nullptr);
  if (FindTask(config.task).lays) return CopyModel(*compiled, config.profile);
  return ShareModel(std::move(compiled), config.profile);
}

// About what an environment's model and state take: measured over many, 0.3 to 1.4 MB by task.
constexpr size_t kMemory_bytes = 1500000;

struct SavedEpisode {
  uint64_t config;  // ConfigKey
  uint64_t seed;
  uint64_t failed;
};

// Of all that an episode depends on.
uint64_t ConfigKey(EnvConfig config) {
  config.assets.clear();
  return base::KeyOf(FieldsOf(&config).ToJson());
}

}  // namespace

base::FieldList FieldsOf(EnvConfig* config) {
  base::FieldList fields;
  fields.Add("task", &config->task, "which task").Choices(base::NamesOf(Tasks()));
  fields.AddEnum("profile", &config->profile, {{"exact", Profile::kExact}, {"fast", Profile::kFast}},
                 "physics: as the reference, or with steps of 2 ms and no iterations against slip");
  fields.AddEnum("quirks", &config->quirks, {{"reference", Quirks::kReference}, {"fixed", Quirks::kFixed}},
                 "with the reference's known faults, or without");
  fields.Add("observations", &config->observations, "all (158 numbers), unplugged (107), or names, comma-separated");
  fields.Add("named", &config->named, "an array for each observable");
  fields.Add("doubles", &config->doubles, "observations as float64");
  fields.Add("time_limit_s", &config->time_limit_s, "length of an episode; 0 = the task's").AtLeast(0).Unit("s");
  fields.Add("torque_actuators", &config->torque_actuators, "actions are torques, not positions");
  fields.Add("foot_mods", &config->foot_mods, "wider ranges of ankle and toe");
  fields.Add("assets", &config->assets, "site-packages folder with dm_control; empty = beside MuJoCo");
  return fields;
}

envs::EnvSpec SpecOf(const EnvConfig& config) {
  const TaskEntry& entry = FindTask(config.task);
  const std::vector<const Observable*> observables = ObservableSet(config.observations);
  envs::EnvSpec spec = {.name = "rodent_" + config.task, .step_s = kControlStep_s};
  spec.actions = {{.name = "action",
                   .type = envs::DType::kFloat,
                   .shape = {kActuators},
                   .low = -1,
                   .high = 1,
                   .what = "set points of the servos, -1 and 1 at the ends of their ranges"}};
  if (config.doubles) spec.actions[0].type = envs::DType::kDouble;
  if (config.named) {
    for (const Observable* observable : observables)
      spec.observations.push_back(Array(config, observable->name, observable->size, observable->unit, observable->what));
  } else {
    spec.observations.push_back(
        Array(config, "body", TotalSize(observables), "", "the body's observables, one behind the other"));
  }
  for (envs::ArraySpec& array : entry.make(OptionsOf(config))->Observations()) {
    if (array.type == envs::DType::kFloat && config.doubles) array.type = envs::DType::kDouble;
    spec.observations.push_back(std::move(array));
  }
  spec.infos = {{.name = "discount", .type = envs::DType::kDouble, .low = 0, .high = 1,
                 .what = "0 after a failure of the animal, else 1"},
                {.name = "failure", .type = envs::DType::kInt32, .low = 0, .high = 1,
                 .what = "1 if the physics broke down"},
                {.name = "root_pose", .type = envs::DType::kDouble, .shape = {7},
                 .what = "of the free body in the world: x, y, z in m, quaternion w, x, y, z"}};
  spec.memory_bytes = kMemory_bytes;
  return spec;
}

envs::MujocoModel CompileTask(const EnvConfig& config, bool drawn) {
  const Assets assets = FindAssets(config.assets);
  const std::unique_ptr<Task> task = FindTask(config.task).make(OptionsOf(config));
  const envs::MujocoSpec spec = MakeArenaSpec(config.profile);
  const Looks looks = {.drawn = drawn, .assets = assets};
  task->AddArena(*spec, looks);
  AttachBody(*spec, assets,
             {.torque_actuators = config.torque_actuators, .foot_mods = config.foot_mods, .skin = drawn});
  task->AddTargets(*spec, looks);
  return envs::Compile(*spec);
}

std::shared_ptr<const mjModel> ModelCache::ModelOf(const EnvConfig& config) {
  EnvConfig copy = config;
  const std::string key = FieldsOf(&copy).ToJson();
  const std::lock_guard lock(mutex_);
  if (key != key_) {
    model_ = Shared(CompileTask(config));
    key_ = key;
  }
  return model_;
}

RodentEnv::RodentEnv(const EnvConfig& config) : RodentEnv(config, Shared(CompileTask(config))) {}

RodentEnv::RodentEnv(const EnvConfig& config, std::shared_ptr<const mjModel> compiled)
    : Env(SpecOf(config)),
      config_(config),
      task_(FindTask(config.task).make(OptionsOf(config))),
      physics_(MakePhysics(config, std::move(compiled))),
      observables_(ObservableSet(config.observations)),
      body_size_(TotalSize(observables_)),
      time_limit_s_(config.time_limit_s > 0 ? config.time_limit_s : FindTask(config.task).time_limit_s) {
  int64_t size = body_size_;
  for (const envs::ArraySpec& array : task_->Observations()) size += array.count();
  observed_.resize(static_cast<size_t>(size));
  now_.resize(observed_.size());
  task_->Bind(physics_);
}

// A state that broke down leaves memory of MuJoCo's in use, and to lay an arena takes some.
void RodentEnv::Lay() {
  ResetState(physics_);
  task_->Lay(physics_, Stream(seed_, "arena"));
}

void RodentEnv::DoReset(uint64_t seed, const envs::ResetOptions&, const envs::EnvOutput& out) {
  seed_ = seed;
  failed_ = false;
  Lay();
  ResetState(physics_);
  task_->Spawn(physics_, Stream(seed, "spawn"));
  ForwardWithoutActuation(physics_);
  task_->Begin(physics_, Stream(seed, "episode"));
  CHECK(Observe());
  Write(out, 1);
}

envs::StepResult RodentEnv::DoStep(envs::ConstArrays actions, const envs::EnvOutput& out) {
  if (config_.doubles) SetControl(physics_, reinterpret_cast<const double*>(actions[0]));
  else SetControl(physics_, reinterpret_cast<const float*>(actions[0]));
  const Outcome outcome = Advance();
  Write(out, outcome.discount);
  if (failed_) return {.truncated = true, .status = envs::StepStatus::kFailed, .reason = failure_.c_str()};
  return {.reward = outcome.reward,
          .terminated = outcome.terminated,
          .truncated = !outcome.terminated && TimeIsUp()};
}

Outcome RodentEnv::Advance() {
  try {
    task_->BeforeStep(physics_);
    for (int i = 0; i < physics_.substeps; ++i) {
      if (!Substep(physics_)) return Fail(Warnings(physics_));
      task_->AfterSubstep(physics_);
    }
    const Outcome outcome = task_->AfterStep(physics_);
    return Observe() && std::isfinite(outcome.reward) ? outcome : Fail("an observation or the reward is not finite");
  } catch (const base::Error& error) {
    return Fail(error.what());  // MuJoCo's memory is full: more contacts than a body in one piece can have
  }
}

// As dm_control ends such an episode: reward and discount 0.
Outcome RodentEnv::Fail(const std::string& why) {
  failed_ = true;
  failure_ = "rodent physics: " + why.substr(0, why.find('\n'));
  return {.discount = 0};
}

// The time is a sum of steps, rounded to either side.
bool RodentEnv::TimeIsUp() const {
  return physics_.data->time > time_limit_s_ - physics_.model->opt.timestep / 2;
}

// Keeps the observation before if a number is not finite, and returns false.
bool RodentEnv::Observe() {
  WriteObservables(physics_, observables_, now_.data());
  task_->WriteObservation(physics_, now_.data() + body_size_);
  const auto fits = [](double value) { return std::isfinite(static_cast<float>(value)); };
  if (!std::all_of(now_.begin(), now_.end(), fits)) return false;
  now_.swap(observed_);
  return true;
}

void RodentEnv::Write(const envs::EnvOutput& out, double discount) const {
  if (config_.doubles) WriteObservations<double>(out.observations);
  else WriteObservations<float>(out.observations);
  *reinterpret_cast<double*>(out.infos[0]) = discount;
  *reinterpret_cast<int32_t*>(out.infos[1]) = failed_ ? 1 : 0;
  if (!failed_) std::copy_n(physics_.data->qpos, 7, reinterpret_cast<double*>(out.infos[2]));
}

// Values go to the arrays of the spec in order; whole numbers of a task to arrays of integers.
template <class Real>
void RodentEnv::WriteObservations(envs::Arrays arrays) const {
  const double* from = observed_.data();
  for (size_t i = 0; i < arrays.size(); ++i) {
    const envs::ArraySpec& array = spec().observations[i];
    const int64_t count = array.count();
    if (array.type == envs::DType::kInt64)
      std::transform(from, from + count, reinterpret_cast<int64_t*>(arrays[i]),
                     [](double value) { return static_cast<int64_t>(value); });
    else
      std::transform(from, from + count, reinterpret_cast<Real*>(arrays[i]),
                     [](double value) { return static_cast<Real>(value); });
    from += count;
  }
}

void RodentEnv::DoSave(std::vector<std::byte>* bytes) const {
  envs::AppendBytes(SavedEpisode{ConfigKey(config_), seed_, failed_}, bytes);
  const std::vector<double> state = SaveState(physics_);
  envs::AppendSpan(std::as_bytes(std::span(state)), bytes);
  envs::AppendSpan(std::as_bytes(std::span(observed_)), bytes);
  task_->Save(bytes);
}

void RodentEnv::DoRestore(std::span<const std::byte> bytes) {
  SavedEpisode episode{};
  std::vector<double> state(SavedStateSize(physics_));
  const size_t needed = sizeof(episode) + (state.size() + observed_.size()) * sizeof(double);
  if (bytes.size() < needed) throw base::Error("saved state of " + spec().name + " is truncated");
  const auto take = [&](auto values) {
    envs::CopyBytes(bytes.first(values.size_bytes()), std::as_writable_bytes(values));
    bytes = bytes.subspan(values.size_bytes());
  };
  take(std::span(&episode, 1));
  if (episode.config != ConfigKey(config_))
    throw base::Error("the saved state belongs to " + spec().name + " with another config");
  take(std::span(state));
  take(std::span(observed_));
  seed_ = episode.seed;
  failed_ = episode.failed != 0;
  Lay();
  if (!failed_) RestoreState(physics_, state);  // to compute a state that broke down may break down again
  task_->Restore(physics_, bytes);
}

}  // namespace figment::rodent
