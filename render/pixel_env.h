// PixelEnv: an environment that also observes pictures of itself.
//
//   PixelEnv eye(std::move(env), std::move(drawable), studios, {.pictures = {{.camera = "walker/egocentric"}}});
//
// Each picture adds observations after those of the environment: NAME uint8 [H, W, 3] and, if asked for, NAME_depth
// float32 [H, W] in metres along the camera's axis and NAME_ids int32 [H, W] (0 = background, body b is b + 1).
// Environments of one thread share a renderer through Studios.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "envs/drawable.h"
#include "envs/env.h"
#include "render/renderer.h"

namespace figment::render {

struct PictureSpec {
  std::string name;              // of the observation
  std::string camera;            // of the scene
  bool depth = false, ids = false;
  unsigned groups = ~0u;         // as View::groups
};

struct PixelConfig {
  RenderConfig render = {.width = 64, .height = 64, .quality = Quality::kDraft};
  std::vector<PictureSpec> pictures;
};

// `spec` and the arrays that pictures add. Throws base::Error if two arrays have one name.
envs::EnvSpec WithPictures(envs::EnvSpec spec, const PixelConfig& config);

// One renderer a thread, made when first asked for: a context belongs to the thread that draws with it.
class Studios {
 public:
  explicit Studios(const RenderConfig& config) : config_(config) {}
  const RenderConfig& config() const { return config_; }

  // This thread's renderer with the scene uploaded.
  Renderer& With(const std::shared_ptr<const envs::Scene>& scene);
  // After drawing. What other threads than that of the Studios have drawn with, it must be able to take over in the end.
  void Done(Renderer& renderer) const {
    if (std::this_thread::get_id() != home_) renderer.Release();
  }

 private:
  struct Studio {
    std::unique_ptr<Renderer> renderer;
    std::shared_ptr<const envs::Scene> uploaded;
  };
  RenderConfig config_;
  std::thread::id home_ = std::this_thread::get_id();
  std::mutex mutex_;
  std::map<std::thread::id, Studio> studios_;
};

class PixelEnv : public envs::Env {
 public:
  // `drawable` shows `env`. Throws base::Error on an unknown camera.
  PixelEnv(std::unique_ptr<envs::Env> env, std::unique_ptr<envs::Drawable> drawable, std::shared_ptr<Studios> studios,
           const PixelConfig& config);

 private:
  void DoReset(uint64_t seed, const envs::ResetOptions& options, const envs::EnvOutput& out) override;
  envs::StepResult DoStep(envs::ConstArrays actions, const envs::EnvOutput& out) override;
  void DoSave(std::vector<std::byte>* bytes) const override;
  void DoRestore(std::span<const std::byte> bytes) override;

  envs::EnvOutput Inner(const envs::EnvOutput& out) const;
  void Draw(const envs::EnvOutput& out);

  std::unique_ptr<envs::Env> env_;
  std::unique_ptr<envs::Drawable> drawable_;
  std::shared_ptr<Studios> studios_;
  PixelConfig config_;
  std::vector<Frame> frames_;   // as pictures; the last ones drawn
};

}  // namespace figment::render
