// What the rodent sees, and how it is seen: a task's looks as a scene, cameras by name, an environment with pictures.
//
// Cameras: egocentric (in the head, 80 degrees), left_eye and right_eye (each 90 degrees, turned out by 45 and set 6 mm
// to its side; together binocular), wide (120 degrees in the head), and the model's own: walker/back, walker/side,
// walker/side_alt, walker/top, walker/egocentric, and free.
// The three kinds in the head do not see the rat itself, as in the reference; its skin they do.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "render/pixel_env.h"
#include "rodent/env.h"

namespace figment::rodent {

struct EyeConfig {
  EnvConfig env;
  std::string cameras;       // comma-separated, or binocular; empty: no pictures
  int picture_px = 64;       // side
  std::string quality = "draft";
  bool depth = false, ids = false;
  std::string device = "auto";
};
base::FieldList FieldsOf(EyeConfig* config);

envs::EnvSpec SpecOf(const EyeConfig& config);  // needs no assets

// The looks of one task, shared by its environments. Making them reads pictures: about half a second.
class TaskLooks {
 public:
  explicit TaskLooks(const EnvConfig& config);

  const std::shared_ptr<const envs::Scene>& scene() const { return scene_; }
  // Groups of geoms that are drawn from the head, and from outside.
  static constexpr unsigned kFromHead = 0b001, kFromOutside = 0b111;

 private:
  friend class DrawnRodent;
  envs::MujocoModel drawn_;
  std::shared_ptr<const envs::Scene> scene_;
  std::vector<int> image_of_texture_;
  std::mutex mutex_;          // drawn_ takes the looks of one environment at a time
};

// `env` must live as long.
std::unique_ptr<envs::Drawable> MakeDrawable(const RodentEnv& env, std::shared_ptr<TaskLooks> looks);

// What environments that are made one after the other share: models, looks, renderers; keeps the last of each.
class EyeCache {
 public:
  // An environment with the pictures asked for, if any. Safe to use from several threads.
  std::unique_ptr<envs::Env> Make(const EyeConfig& config);

 private:
  ModelCache models_;
  std::mutex mutex_;
  std::string looks_key_, studios_key_;
  std::shared_ptr<TaskLooks> looks_;
  std::shared_ptr<render::Studios> studios_;
};

}  // namespace figment::rodent
