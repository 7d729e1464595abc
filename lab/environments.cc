#include "lab/environments.h"

#include "base/error.h"
#include "pong/game.h"

namespace figment::lab {
namespace {

Environment Pong(const std::string& name, const std::string& what, const pong::GameConfig& config) {
  return {name, what, [config] { return std::make_unique<pong::Game>(config); }};
}

std::string Describe(const std::vector<envs::ArraySpec>& arrays) {
  std::string text;
  for (const envs::ArraySpec& array : arrays) text += (text.empty() ? "" : ", ") + array.name;
  return text;
}

}  // namespace

const std::vector<Environment>& Environments() {
  using namespace pong;
  static const std::vector<Environment> environments = {
      Pong("pong", "Mental-Pong, 60 paddle ticks a second, state", {}),
      Pong("pong_frames", "one decision a ball frame, 24 a second", {.clock = Clock::kFrames}),
      Pong("pong_target", "the action is a height to go to", {.control = Control::kTarget, .doubles = true}),
      Pong("pong_pictures", "seen as the published 100 x 100 pictures, with the paddle",
           {.clock = Clock::kFrames, .observation = Observation::kPicture}),
      Pong("pong_whole", "whole trials: fixation, still scene, motion, feedback, gap", {.phases = Phases::kWhole}),
      Pong("pong_published", "the 79 published conditions, opaque occluder",
           {.set = "published79", .occlusion = Occlusion::kOpaque, .observation = Observation::kBoth})};
  return environments;
}

std::unique_ptr<envs::Env> MakeEnvironment(const std::string& name) {
  std::vector<std::string> names;
  for (const Environment& environment : Environments()) {
    if (environment.name == name) return environment.make();
    names.push_back(environment.name);
  }
  throw base::UnknownName("environment", name, names);
}

base::Table EnvironmentTable() {
  base::Table table = {.title = "Environments", .columns = {"name", "step (s)", "what", "actions", "observations"}};
  for (const Environment& environment : Environments()) {
    const envs::EnvSpec spec = environment.make()->spec();
    table.rows.push_back({environment.name, base::Cell(spec.step_s, 4), environment.what, Describe(spec.actions),
                          Describe(spec.observations)});
  }
  return table;
}

}  // namespace figment::lab
