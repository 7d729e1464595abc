#include "rodent/eye.h"

#include <mujoco/mujoco.h>

#include <algorithm>
#include <cstring>
#include <numbers>

#include "base/check.h"
#include "base/error.h"
#include "base/text.h"
#include "envs/mjcf.h"

namespace figment::rodent {
namespace {

using base::Pose;
using base::Quat;
using base::Vec3;

constexpr double kDegree = std::numbers::pi / 180;
const char* const kHead = "walker/egocentric";

// A camera in the head, from the egocentric one. Camera frame: x right, y down, z forward.
struct HeadCamera {
  const char* name;
  double right_m, turned_right_rad, fov_rad;
};
constexpr HeadCamera kHeadCameras[] = {
    {"egocentric", 0, 0, 80 * kDegree},
    {"left_eye", -0.006, -45 * kDegree, 90 * kDegree},
    {"right_eye", 0.006, 45 * kDegree, 90 * kDegree},
    {"wide", 0, 0, 120 * kDegree},
};

Pose InHead(const HeadCamera& camera) {
  return {Vec3(camera.right_m, 0, 0), Quat(Eigen::AngleAxisd(camera.turned_right_rad, Vec3::UnitY()))};
}

bool IsInHead(const std::string& camera) {
  return camera == kHead || std::any_of(std::begin(kHeadCameras), std::end(kHeadCameras),
                                        [&](const HeadCamera& head) { return camera == head.name; });
}

size_t HeadIndex(const envs::Scene& scene) {
  for (size_t i = 0; i < scene.cameras.size(); ++i)
    if (scene.cameras[i].name == kHead) return i;
  CHECK(false);
  return 0;
}

std::vector<std::string> CameraNames(const std::string& list) {
  std::vector<std::string> names;
  for (const std::string& name : base::SplitAt(list, ',')) {
    if (name == "binocular") names.insert(names.end(), {"left_eye", "right_eye"});
    else if (!name.empty()) names.push_back(name);
  }
  return names;
}

render::PixelConfig PixelConfigOf(const EyeConfig& config) {
  render::PixelConfig pixels = {.render = {.width = config.picture_px, .height = config.picture_px,
                                           .quality = render::ParseQuality(config.quality), .device = config.device}};
  for (const std::string& camera : CameraNames(config.cameras))
    pixels.pictures.push_back({.name = camera, .camera = camera, .depth = config.depth, .ids = config.ids,
                               .groups = IsInHead(camera) ? TaskLooks::kFromHead : TaskLooks::kFromOutside});
  return pixels;
}

}  // namespace

base::FieldList FieldsOf(EyeConfig* config) {
  base::FieldList fields = FieldsOf(&config->env);
  fields.Add("cameras", &config->cameras,
             "pictures to observe, comma-separated: egocentric, binocular, left_eye, right_eye, wide, walker/back, ...");
  fields.Add("picture_px", &config->picture_px, "side of a picture").Range(1, 4096).Unit("px");
  fields.Add("quality", &config->quality, "of pictures: draft, standard, high or faithful (as MuJoCo draws)");
  fields.Add("depth", &config->depth, "depth beside each picture");
  fields.Add("ids", &config->ids, "ids of bodies beside each picture");
  fields.Add("device", &config->device, "that draws: auto, cpu or gpu:N");
  return fields;
}

envs::EnvSpec SpecOf(const EyeConfig& config) { return render::WithPictures(SpecOf(config.env), PixelConfigOf(config)); }

TaskLooks::TaskLooks(const EnvConfig& config) : drawn_(CompileTask(config, true)) {
  envs::Scene scene = envs::SceneOf(*drawn_);
  for (const HeadCamera& head : kHeadCameras) {
    envs::Camera camera = scene.cameras[HeadIndex(scene)];
    camera.name = head.name;
    camera.fov_y_rad = head.fov_rad;
    scene.cameras.push_back(camera);
  }
  image_of_texture_ = envs::ImageOfTexture(*drawn_, scene);
  scene_ = std::make_shared<const envs::Scene>(std::move(scene));
}

class DrawnRodent : public envs::Drawable {
 public:
  DrawnRodent(const RodentEnv& env, std::shared_ptr<TaskLooks> looks) : env_(env), looks_(std::move(looks)) {
    CHECK_EQ(env_.physics().model->ngeom, looks_->drawn_->ngeom);
    CHECK_EQ(env_.physics().model->ncam, looks_->drawn_->ncam);
    head_ = HeadIndex(*looks_->scene());
  }

  const std::shared_ptr<const envs::Scene>& scene() const override { return looks_->scene(); }

  const envs::SceneState& Now() override {
    const std::lock_guard lock(looks_->mutex_);
    mjModel& drawn = *looks_->drawn_;
    const mjData& data = *env_.physics().data;
    if (state_.bodies.empty()) state_ = envs::StateOf(drawn, data);
    TakeLooks(drawn);
    if (painted_ != Painted(drawn)) {
      painted_ = Painted(drawn);
      envs::UpdateLooks(drawn, looks_->image_of_texture_, &state_);
    }
    if (drawn.nhfielddata > 0) TakeHeights(drawn);
    envs::UpdatePoses(drawn, data, &state_);
    const Pose head = state_.cameras_W[head_];
    for (const HeadCamera& camera : kHeadCameras) state_.cameras_W.push_back(head * InHead(camera));
    return state_;
  }

 private:
  // Sizes and colours of this environment's layout, and its task's materials.
  void TakeLooks(mjModel& drawn) const {
    const mjModel& model = *env_.physics().model;
    std::copy_n(model.geom_size, 3 * model.ngeom, drawn.geom_size);
    std::copy_n(model.geom_rgba, 4 * model.ngeom, drawn.geom_rgba);
    env_.Paint(drawn);
  }

  // All that looks depend on, to see whether they have changed.
  static std::vector<std::byte> Painted(const mjModel& drawn) {
    std::vector<std::byte> bytes;
    const auto add = [&](const auto* values, int64_t count) {
      envs::AppendSpan(std::as_bytes(std::span(values, static_cast<size_t>(count))), &bytes);
    };
    add(drawn.geom_size, 3 * drawn.ngeom);
    add(drawn.geom_rgba, 4 * drawn.ngeom);
    add(drawn.geom_matid, drawn.ngeom);
    add(drawn.mat_texid, mjNTEXROLE * drawn.nmat);
    add(drawn.mat_texrepeat, 2 * drawn.nmat);
    return bytes;
  }

  void TakeHeights(mjModel& drawn) {
    const mjModel& model = *env_.physics().model;
    const auto bytes = static_cast<size_t>(drawn.nhfielddata) * sizeof(float);
    CHECK_EQ(model.nhfielddata, drawn.nhfielddata);
    if (heights_.size() == static_cast<size_t>(drawn.nhfielddata) && std::memcmp(heights_.data(), model.hfield_data, bytes) == 0)
      return;
    heights_.assign(model.hfield_data, model.hfield_data + model.nhfielddata);
    std::copy(heights_.begin(), heights_.end(), drawn.hfield_data);
    envs::UpdateHeights(drawn, &state_);
  }

  const RodentEnv& env_;
  std::shared_ptr<TaskLooks> looks_;
  envs::SceneState state_;
  std::vector<std::byte> painted_;
  std::vector<float> heights_;
  size_t head_ = 0;
};

std::unique_ptr<envs::Drawable> MakeDrawable(const RodentEnv& env, std::shared_ptr<TaskLooks> looks) {
  return std::make_unique<DrawnRodent>(env, std::move(looks));
}

std::unique_ptr<envs::Env> EyeCache::Make(const EyeConfig& config) {
  auto env = std::make_unique<RodentEnv>(config.env, models_.ModelOf(config.env));
  const render::PixelConfig pixels = PixelConfigOf(config);
  if (pixels.pictures.empty()) return env;
  EyeConfig copy = config;
  const std::string looks_key = FieldsOf(&copy.env).ToJson(), studios_key = FieldsOf(&copy).ToJson();
  const std::lock_guard lock(mutex_);
  if (looks_key != looks_key_) looks_ = std::make_shared<TaskLooks>(config.env), looks_key_ = looks_key;
  if (studios_key != studios_key_) studios_ = std::make_shared<render::Studios>(pixels.render), studios_key_ = studios_key;
  std::unique_ptr<envs::Drawable> drawable = MakeDrawable(*env, looks_);
  return std::make_unique<render::PixelEnv>(std::move(env), std::move(drawable), studios_, pixels);
}

}  // namespace figment::rodent
