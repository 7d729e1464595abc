#include "physion/push_env.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace figment::physion {
namespace {

constexpr double kEpisode_s = 3;          // the released trials' frame cap of 300
constexpr int kTrialsOfAConfig = 150;     // as many as were released of most
constexpr size_t kMemoryBytes = 4 << 20;  // a scene of props, and the states of a run

std::vector<std::string> RigidScenarios() {
  std::vector<std::string> names;
  for (const Scenario& scenario : Scenarios())
    if (scenario.rigid) names.push_back(scenario.name);
  return names;
}

envs::EnvSpec SpecOf(const PushConfig& config) {
  using envs::DType;
  return {.name = "physion_push",
          .step_s = kEpisode_s,
          .actions = {{.name = "direction", .low = -180, .high = 180, .unit = "deg", .what = "from x towards y"},
                      {.name = "speed",
                       .low = 0,
                       .high = config.max_speed_m_s,
                       .unit = "m/s",
                       .what = "the impulse over the body's mass"}},
          .observations = {{.name = "bodies",
                            .shape = {PushEnv::kBodies, PushEnv::kFeatures},
                            .low = -1000,
                            .high = 1000,
                            .what = "rows: pushed body, target, zone, then the others, zeros where there is none. "
                                    "Columns: 1, position of the bottom's centre (m), orientation (w x y z), size (m), "
                                    "mass (kg), 1 if it can move"}},
          .infos = {{.name = "contact_frame",
                     .type = DType::kInt32,
                     .low = -1,
                     .high = 1e6,
                     .what = "when the target first touched the zone; -1: never"},
                    {.name = "frames", .type = DType::kInt32, .low = 0, .high = 1e6, .what = "until the trial's end"}},
          .memory_bytes = kMemoryBytes};
}

}  // namespace

base::FieldList FieldsOf(PushConfig* config) {
  base::FieldList fields;
  fields.Add("scenario", &config->scenario, "where the scenes are from").Choices(RigidScenarios());
  fields.AddEnum("mode", &config->mode,
                 {{"train", Mode::kTrain}, {"readout", Mode::kReadout}, {"test", Mode::kTest}, {"human", Mode::kHuman}},
                 "scenes as the released train, readout or test sets have them");
  fields.Add("max_speed", &config->max_speed_m_s, "of the largest impulse").Range(0.01, 100).Unit("m/s");
  fields.AddEnum("engine", &config->engine, {{"bullet", envs::Engine::kBullet}, {"mujoco", envs::Engine::kMujoco}},
                 "physics engine");
  return fields;
}

PushEnv::PushEnv(const PushConfig& config)
    : Env(SpecOf(config)), config_(config), sampled_(SampledConfigs(config.scenario)) {}

void PushEnv::Build(uint64_t seed) {
  seed_ = seed;
  base::Rng rng({seed, base::KeyOf("push")});
  const Config& config = sampled_[static_cast<size_t>(rng.Integer(0, static_cast<int64_t>(sampled_.size())))];
  const BuildRequest request{.arguments = Arguments::FromConfig(config),
                             .mode = config_.mode,
                             .index = static_cast<int>(rng.Integer(0, kTrialsOfAConfig))};
  TrialSpec spec = FindScenario(config_.scenario).build(request, rng);
  spec.scenario = config.scenario;
  spec.config = config.name;
  trial_ = MakeTrial(spec);
}

int PushEnv::pushed() const {
  return trial_.push ? trial_.push->body : trial_.body_of_object[static_cast<size_t>(trial_.target)];
}

void PushEnv::WriteBodies(const envs::SceneState& state, float* bodies) const {
  std::vector<int> order = {pushed(), trial_.body_of_object[static_cast<size_t>(trial_.target)],
                            trial_.body_of_object[static_cast<size_t>(trial_.zone)]};
  const std::vector<int> named = order;
  for (int body = 0; body < static_cast<int>(trial_.scene.bodies.size()); ++body)
    if (std::find(named.begin(), named.end(), body) == named.end()) order.push_back(body);
  order.resize(std::min(order.size(), size_t{kBodies}));

  std::fill_n(bodies, kBodies * kFeatures, 0.0f);
  for (const int index : order) {
    const envs::Body& body = trial_.scene.bodies[static_cast<size_t>(index)];
    const base::Pose& X_WB = state.bodies[static_cast<size_t>(index)].X_WB;
    const base::Vec3 size = trial_.scene.shapes[static_cast<size_t>(body.shape)].size().cwiseProduct(body.scale);
    const std::array<double, kFeatures> features = {
        1, X_WB.p.x(), X_WB.p.y(), X_WB.p.z(), X_WB.q.w(), X_WB.q.x(), X_WB.q.y(), X_WB.q.z(),
        size.x(), size.y(), size.z(), body.mass_kg, body.motion == envs::Motion::kDynamic ? 1.0 : 0.0};
    for (const double value : features) *bodies++ = static_cast<float>(std::clamp(value, -1000.0, 1000.0));
  }
}

void PushEnv::DoReset(uint64_t seed, const envs::ResetOptions&, const envs::EnvOutput& out) {
  Build(seed);
  WriteBodies(envs::InitialState(trial_.scene), reinterpret_cast<float*>(out.observations[0]));
  *reinterpret_cast<int32_t*>(out.infos[0]) = -1;
  *reinterpret_cast<int32_t*>(out.infos[1]) = 0;
}

envs::StepResult PushEnv::DoStep(envs::ConstArrays actions, const envs::EnvOutput& out) {
  const double direction_rad = *reinterpret_cast<const float*>(actions[0]) * std::numbers::pi / 180;
  const int body = pushed();
  const double size_Ns =
      *reinterpret_cast<const float*>(actions[1]) * trial_.scene.bodies[static_cast<size_t>(body)].mass_kg;
  const base::Vec3 impulse_Ns = size_Ns * base::Vec3(std::cos(direction_rad), std::sin(direction_rad), 0);
  trial_.push = Push{.frame = 0, .body = body, .impulse_Ns = impulse_Ns};

  const Simulation simulation = Simulate(trial_, {.world = {.engine = config_.engine}});
  const Outcome& outcome = simulation.outcome;
  if (!simulation.frames.empty())
    WriteBodies(simulation.frames.back().state, reinterpret_cast<float*>(out.observations[0]));
  *reinterpret_cast<int32_t*>(out.infos[0]) = outcome.first_contact_frame.value_or(-1);
  *reinterpret_cast<int32_t*>(out.infos[1]) = outcome.num_frames;
  problem_ = simulation.reject_reason;
  if (!problem_.empty())
    return {.truncated = true, .status = envs::StepStatus::kFailed, .reason = problem_.c_str()};
  return {.reward = outcome.label ? 1.0 : 0.0, .terminated = true};
}

// The scene is built again from its seed. An episode has no other state: it ends with its first step.
void PushEnv::DoSave(std::vector<std::byte>* bytes) const { envs::AppendBytes(seed_, bytes); }

void PushEnv::DoRestore(std::span<const std::byte> bytes) {
  uint64_t seed = 0;
  envs::RestoreBytes(bytes, &seed);
  Build(seed);
}

}  // namespace figment::physion
