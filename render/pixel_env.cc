#include "render/pixel_env.h"

#include <algorithm>

#include "base/error.h"
#include "base/names.h"

namespace figment::render {
namespace {

std::vector<envs::ArraySpec> ArraysOf(const PictureSpec& picture, const RenderConfig& render) {
  const int64_t height = render.height, width = render.width;
  const std::string what = "what the camera " + picture.camera + " sees";
  std::vector<envs::ArraySpec> arrays = {{.name = picture.name, .type = envs::DType::kUint8, .shape = {height, width, 3},
                                          .low = 0, .high = 255, .what = what}};
  if (picture.depth)
    arrays.push_back({.name = picture.name + "_depth", .type = envs::DType::kFloat, .shape = {height, width}, .low = 0,
                      .unit = "m", .what = what + ": distance along its axis"});
  if (picture.ids)
    arrays.push_back({.name = picture.name + "_ids", .type = envs::DType::kInt32, .shape = {height, width}, .low = 0,
                      .high = 65535, .what = what + ": 0 background, body b is b + 1"});
  return arrays;
}

}  // namespace

envs::EnvSpec WithPictures(envs::EnvSpec spec, const PixelConfig& config) {
  for (const PictureSpec& picture : config.pictures)
    for (envs::ArraySpec& array : ArraysOf(picture, config.render)) {
      for (const envs::ArraySpec& other : spec.observations)
        if (other.name == array.name) throw base::Error("two observations named '" + array.name + "' of " + spec.name);
      spec.observations.push_back(std::move(array));
    }
  return spec;
}

Renderer& Studios::With(const std::shared_ptr<const envs::Scene>& scene) {
  Studio* studio = nullptr;
  {
    const std::lock_guard lock(mutex_);
    studio = &studios_[std::this_thread::get_id()];  // stays where it is
  }
  if (!studio->renderer) studio->renderer = std::make_unique<Renderer>(config_);
  if (studio->uploaded != scene) {
    studio->renderer->Upload(*scene);
    studio->uploaded = scene;
  }
  return *studio->renderer;
}

PixelEnv::PixelEnv(std::unique_ptr<envs::Env> env, std::unique_ptr<envs::Drawable> drawable,
                   std::shared_ptr<Studios> studios, const PixelConfig& config)
    : Env(WithPictures(env->spec(), config)), env_(std::move(env)), drawable_(std::move(drawable)),
      studios_(std::move(studios)), config_(config), frames_(config.pictures.size()) {
  for (const PictureSpec& picture : config_.pictures)
    base::FindNamed("camera", picture.camera, drawable_->scene()->cameras);
}

// The environment's own part of the output.
envs::EnvOutput PixelEnv::Inner(const envs::EnvOutput& out) const {
  return {out.observations.first(env_->spec().observations.size()), out.infos};
}

void PixelEnv::DoReset(uint64_t seed, const envs::ResetOptions& options, const envs::EnvOutput& out) {
  env_->Reset(seed, options, Inner(out));
  Draw(out);
}

envs::StepResult PixelEnv::DoStep(envs::ConstArrays actions, const envs::EnvOutput& out) {
  const envs::StepResult result = env_->Step(actions, Inner(out));
  if (result.status == envs::StepStatus::kOk) Draw(out);  // one that broke down may have no places to draw
  return result;
}

void PixelEnv::Draw(const envs::EnvOutput& out) {
  Renderer& renderer = studios_->With(drawable_->scene());
  const envs::SceneState& state = drawable_->Now();
  size_t array = env_->spec().observations.size();
  const auto write = [&](const auto& values) {
    const auto bytes = std::as_bytes(std::span(values));
    std::copy(bytes.begin(), bytes.end(), out.observations[array++]);
  };
  for (size_t k = 0; k < config_.pictures.size(); ++k) {
    const PictureSpec& picture = config_.pictures[k];
    Frame& frame = frames_[k];
    const View view = {&state, envs::CameraNow(*drawable_->scene(), state, picture.camera), picture.groups};
    renderer.Render(view, nullptr, {.color = true, .id = picture.ids, .depth = picture.depth}, frame);
    write(frame.color);
    if (picture.depth) write(frame.depth_m);
    if (picture.ids) write(std::vector<int32_t>(frame.id.begin(), frame.id.end()));
  }
  studios_->Done(renderer);
}

// Pictures follow from the state: the next step draws them anew.
void PixelEnv::DoSave(std::vector<std::byte>* bytes) const { envs::AppendSpan(env_->Save(), bytes); }
void PixelEnv::DoRestore(std::span<const std::byte> bytes) { env_->Restore(bytes); }

}  // namespace figment::render
