#include "lab/viewables.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>

#include "base/error.h"
#include "base/names.h"
#include "envs/array_buffers.h"
#include "envs/drawable.h"
#include "envs/world.h"
#include "physion/preview.h"
#include "physion/scenario.h"
#include "pong/game.h"
#include "pong/painter.h"
#include "rodent/env.h"
#include "rodent/eye.h"
#include "rodent/tasks.h"

namespace figment::lab {
namespace {

// --- Physion: the trial of a seed, simulated while it is watched, so that the target can be pushed.

constexpr char kPush[] = "push the target along the picture (right, left) or away and back (up, down)";
constexpr double kPushSpeed_m_s = 0.05;  // a step that an arrow is held

struct PhysionShow {
  std::string scenario;
  ViewableOptions options;
  physion::GenerateConfig settings;
  render::Renderer renderer;
  physion::Trial trial;
  std::unique_ptr<envs::World> world;
  int frame = 0;
  bool touched = false;
  std::string label;  // what happens if nobody pushes

  std::string Line() const {
    if (world->Status() != envs::WorldStatus::kOk) return world->StatusDetail();
    return "frame " + std::to_string(frame) + (touched ? ", touched" : "") + "; " + label;
  }
};

int TargetBody(const physion::Trial& trial) { return trial.body_of_object[static_cast<size_t>(trial.target)]; }

std::string ResetShow(PhysionShow& show, uint64_t seed) {
  physion::Candidate candidate = physion::ChooseTrial(
      {.scenario = show.scenario, .config = show.options.config, .seed = seed}, show.settings);
  show.trial = std::move(candidate.trial);
  show.label = candidate.simulation.outcome.label ? "the target will touch" : "the target will not touch";
  show.world = envs::MakeWorld(show.trial.scene, physion::SimulateOptionsOf(show.settings).world);
  show.frame = 0, show.touched = false;
  show.renderer.Upload(show.trial.scene);
  return show.Line();
}

// Pushes by hand come as central impulses; the trial's own push comes when it is due.
std::string StepShow(PhysionShow& show, const Arrows& arrows) {
  const physion::Trial& trial = show.trial;
  physion::ApplyPush(trial, show.frame, *show.world);
  const int target = TargetBody(trial);
  if (target >= 0 && (arrows.right || arrows.up)) {
    base::Vec3 right = trial.camera.X_PC.q * base::Vec3::UnitX(), away = trial.camera.X_PC.q * base::Vec3::UnitZ();
    right.z() = away.z() = 0;
    const base::Vec3 direction = arrows.right * right.normalized() + arrows.up * away.normalized();
    show.world->ApplyCentralImpulse(
        target, kPushSpeed_m_s * trial.scene.bodies[static_cast<size_t>(target)].mass_kg * direction);
  }
  show.world->Step();
  ++show.frame;
  const int zone = trial.body_of_object[static_cast<size_t>(trial.zone)];
  for (const envs::Contact& contact : show.world->Contacts())
    if (std::minmax(contact.body_a, contact.body_b) == std::minmax(target, zone)) show.touched = true;
  return show.Line();
}

Viewable ShowPhysion(const std::string& scenario, const ViewableOptions& options) {
  physion::GenerateConfig settings;
  settings.size_px = options.size;
  auto show = std::make_shared<PhysionShow>(PhysionShow{
      .scenario = scenario, .options = options, .settings = settings,
      .renderer = render::Renderer({.width = options.size, .height = options.size, .quality = options.quality,
                                    .device = options.device})});
  Viewable viewable;
  viewable.title = "Physion, " + scenario;
  viewable.arrows = kPush;
  viewable.step_s = physion::SimulateOptionsOf(settings).world.timestep_s;
  viewable.home = Orbit{.target = {0, 0, 0.5}, .distance_m = 3.5};
  viewable.reset = [show](uint64_t seed) { return ResetShow(*show, seed); };
  viewable.step = [show](const Arrows& arrows) { return StepShow(*show, arrows); };
  viewable.draw = [show](const envs::Camera* camera, render::Frame* frame) {
    show->renderer.Render({&show->world->State(), camera ? *camera : show->trial.camera}, nullptr, {.color = true},
                          *frame);
  };
  return viewable;
}

// --- Mental-Pong: the game as a person plays it.

struct PongShow {
  pong::Game game{{.mask_hidden = false, .doubles = true, .phases = pong::Phases::kWhole, .feedback_s = 1}};
  envs::ArrayBuffers buffers{game.spec(), 1};
  pong::Painter painter;
  int size;

  std::string Line() const {
    const pong::GameRecord record = game.Record();
    const std::string condition = "condition " + std::to_string(record.index);
    if (!record.error_deg) return condition;
    char text[64];
    std::snprintf(text, sizeof text, "%s, paddle %+.2f degrees from the ball", record.success ? "caught" : "missed",
                  *record.error_deg);
    return condition + ", " + text;
  }
};

std::string StepPong(PongShow& show, const Arrows& arrows) {
  if (show.game.running()) {
    const pong::Move moves[] = {pong::Move::kDown, pong::Move::kStop, pong::Move::kUp};
    show.buffers.Array<int32_t>(envs::Section::kActions, "move")[0] = static_cast<int32_t>(moves[arrows.up + 1]);
    const envs::ConstArrays actions = show.buffers.ActionsOf(0);
    show.game.Step(actions, show.buffers.OutputOf(0));
  }
  return show.Line();
}

void DrawPong(PongShow& show, render::Frame* frame) {
  const pong::GameView view = show.game.View();
  pong::PaintedState painted;
  if (view.phase != pong::Phase::kFixation && view.phase != pong::Phase::kGap)
    painted.ball = pong::Position{view.ball_x, view.ball_y};
  painted.occluder_opacity = view.phase == pong::Phase::kFeedback ? 0 : show.game.Record().opacity;
  painted.paddle = pong::PaddlePicture{.y = view.paddle_y, .height = view.paddle_height};
  frame->width = frame->height = show.size;
  show.painter.Draw(painted, &frame->color);
}

Viewable ShowPong(const ViewableOptions& options) {
  auto show = std::shared_ptr<PongShow>(new PongShow{
      .painter = pong::Painter({.size = options.size, .device = options.device}), .size = options.size});
  Viewable viewable;
  viewable.title = "Mental-Pong";
  viewable.arrows = "move the paddle (up, down)";
  viewable.step_s = show->game.spec().step_s;
  viewable.reset = [show](uint64_t seed) {
    show->game.Reset(seed, {}, show->buffers.OutputOf(0));
    return show->Line();
  };
  viewable.step = [show](const Arrows& arrows) { return StepPong(*show, arrows); };
  viewable.draw = [show](const envs::Camera*, render::Frame* frame) { DrawPong(*show, frame); };
  return viewable;
}

// --- A task of the rodent, limp unless it is told to move.

constexpr char kMove[] = "up: move at random; right: look through its eye";

struct RodentShow {
  rodent::RodentEnv env;
  envs::ArrayBuffers buffers{env.spec(), 1};
  std::unique_ptr<envs::Drawable> drawable;
  render::Renderer renderer;
  base::Rng rng{{0}};
  bool from_head = false;
  double reward = 0;

  std::string Line() const {
    char text[64];
    std::snprintf(text, sizeof text, "reward %.1f%s", reward, env.running() ? "" : ", ended");
    return text;
  }
};

std::string ResetRodent(RodentShow& show, uint64_t seed) {
  show.env.Reset(seed, {}, show.buffers.OutputOf(0));
  show.rng = base::Rng({seed, base::KeyOf("view")});
  show.reward = 0;
  return show.Line();
}

std::string StepRodent(RodentShow& show, const Arrows& arrows) {
  show.from_head = arrows.right > 0;
  if (!show.env.running()) return show.Line();
  const std::string& action = show.env.spec().actions.front().name;
  for (double& value : show.buffers.Array<double>(envs::Section::kActions, action))
    value = arrows.up > 0 ? show.rng.Uniform(-1, 1) : 0;
  const envs::ConstArrays actions = show.buffers.ActionsOf(0);
  show.reward += show.env.Step(actions, show.buffers.OutputOf(0)).reward;
  return show.Line();
}

void DrawRodent(RodentShow& show, const envs::Camera* camera, render::Frame* frame) {
  const envs::Scene& scene = *show.drawable->scene();
  const envs::SceneState& state = show.drawable->Now();
  const bool from_head = show.from_head && !camera;
  render::View view{&state, camera ? *camera : envs::CameraNow(scene, state, from_head ? "egocentric" : "walker/back")};
  view.groups = from_head ? rodent::TaskLooks::kFromHead : rodent::TaskLooks::kFromOutside;
  show.renderer.Render(view, nullptr, {.color = true}, *frame);
}

Viewable ShowRodent(const std::string& task, const ViewableOptions& options) {
  const rodent::EnvConfig config{.task = task, .doubles = true};
  auto show = std::shared_ptr<RodentShow>(new RodentShow{
      .env = rodent::RodentEnv(config),
      .renderer = render::Renderer({.width = options.size, .height = options.size, .quality = options.quality,
                                    .device = options.device})});
  show->drawable = rodent::MakeDrawable(show->env, std::make_shared<rodent::TaskLooks>(config));
  show->renderer.Upload(*show->drawable->scene());
  Viewable viewable;
  viewable.title = "Rodent, " + task;
  viewable.arrows = kMove;
  viewable.step_s = show->env.spec().step_s;
  viewable.home = Orbit{.target = {0, 0, 0.05}, .distance_m = 0.8};
  viewable.reset = [show](uint64_t seed) { return ResetRodent(*show, seed); };
  viewable.step = [show](const Arrows& arrows) { return StepRodent(*show, arrows); };
  viewable.draw = [show](const envs::Camera* camera, render::Frame* frame) { DrawRodent(*show, camera, frame); };
  return viewable;
}

struct Entry {
  std::string name, what, arrows;
  std::function<Viewable(const ViewableOptions&)> make;
};

std::vector<Entry> Entries() {
  std::vector<Entry> entries;
  for (const physion::Scenario& scenario : physion::Scenarios())
    entries.push_back({scenario.name, "Physion: " + scenario.question, kPush,
                       [name = scenario.name](const ViewableOptions& options) { return ShowPhysion(name, options); }});
  entries.push_back({"pong", "Mental-Pong: catch the ball that was hidden", "move the paddle (up, down)", ShowPong});
  for (const rodent::TaskEntry& task : rodent::Tasks())
    entries.push_back({task.name, std::string("Rodent: ") + task.what, kMove,
                       [name = std::string(task.name)](const ViewableOptions& options) { return ShowRodent(name, options); }});
  return entries;
}

}  // namespace

Viewable MakeViewable(const std::string& name, const ViewableOptions& options) {
  const std::vector<Entry> entries = Entries();
  const Entry& entry = base::FindNamed("name", name, entries);
  if (!options.config.empty() && entry.arrows != kPush)
    throw base::UsageError("config is '" + options.config + "', but '" + name + "' is no Physion scenario: expected none");
  return entry.make(options);
}

base::Table ViewableTable() {
  base::Table table = {.title = "What `figment view` shows", .columns = {"name", "what", "arrow keys"}};
  for (const Entry& entry : Entries()) table.rows.push_back({entry.name, entry.what, entry.arrows});
  return table;
}

}  // namespace figment::lab
