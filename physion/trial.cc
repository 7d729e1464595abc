#include "physion/trial.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "base/log.h"
#include "physion/props.h"
#include "physion/rooms.h"

namespace figment::physion {
namespace {

// The logs do not say a room's friction; Unity's default is .6. In a replay of the dev half of the released trials .6 to
// .8 give the same agreement but for noise (labels best at .65, final positions at .6).
constexpr double kFloorFriction = 0.65;

// Size and grid of the cloth_square model at scale 1 (TDW models_special.json: a 2 x 2 m sheet).
constexpr double kClothSize = 2.0;
constexpr int kClothResolution = 33;

double Radians(double degrees) { return degrees * std::numbers::pi / 180.0; }

base::Quat AboutAxis(const base::Vec3& axis, double degrees) {
  return base::Quat(Eigen::AngleAxisd(Radians(degrees), axis));
}

base::Vec3 ScaleFromReference(const base::Vec3& scale) { return {scale.x(), scale.z(), scale.y()}; }

// The reference's visual material names tell their family by a word.
envs::Texture TextureOf(const std::string& material) {
  static const std::vector<std::pair<std::string, envs::Texture>> words = {
      {"parquet", envs::Texture::kParquet}, {"fabric", envs::Texture::kFabric},   {"wood", envs::Texture::kWood},
      {"ash", envs::Texture::kWood},        {"oak", envs::Texture::kWood},        {"spruce", envs::Texture::kWood},
      {"bamboo", envs::Texture::kWood},     {"plastic", envs::Texture::kPlastic}, {"resin", envs::Texture::kPlastic},
      {"3d_", envs::Texture::kPlastic},     {"polystyrene", envs::Texture::kPlastic},
      {"elastomer", envs::Texture::kPlastic}, {"metal", envs::Texture::kMetal},   {"alumin", envs::Texture::kMetal},
      {"chrome", envs::Texture::kMetal},    {"carbon", envs::Texture::kMetal},    {"paint", envs::Texture::kMetal}};
  for (const auto& [word, texture] : words)
    if (material.find(word) != std::string::npos) return texture;
  return envs::Texture::kPlain;
}

bool IsPrimitive(const std::string& model) {
  const auto& names = envs::PrimitiveNames();
  return std::find(names.begin(), names.end(), model) != names.end();
}

// In cloth trials the reference drops every solid from this height and lets it settle before the cloth starts.
constexpr double kSettleDrop = 0.1;

base::Pose PoseOf(const ObjectSpec& object) {
  return {FromReference(object.position), FromReference(QuatFromUnityEuler(object.rotation_deg))};
}

// A model as the scene has it.
struct PlacedModel {
  int shape = 0;                            // index into Scene::shapes
  std::vector<envs::Appearance> appearance;
};

PlacedModel PlaceModel(const ObjectSpec& object, const Models& models, envs::Scene& scene) {
  PlacedModel placed{.shape = static_cast<int>(scene.shapes.size())};
  if (const Model* model = FindModel(models, object.model)) {
    scene.shapes.push_back(model->shape);
    placed.appearance = model->appearance;
    for (envs::Appearance& slot : placed.appearance)
      if (slot.picture >= 0) slot.picture += static_cast<int>(scene.pictures.size());
    scene.pictures.insert(scene.pictures.end(), model->pictures.begin(), model->pictures.end());
  } else if (IsPrimitive(object.model)) {
    scene.shapes.push_back(envs::MakePrimitive(object.model));
    placed.appearance = {envs::Appearance{}};
  } else {
    const std::string prop = StandInFor(object.model, object.category);
    if (prop != object.model)
      base::LogWarning("model '" + object.model + "' is not known (see --models): '" + prop + "' stands for it");
    scene.shapes.push_back(MakeProp(prop));
    placed.appearance = PropAppearance(prop);
  }
  return placed;
}

// What is painted shows its paint instead of a model's own picture.
std::vector<envs::Appearance> Painted(std::vector<envs::Appearance> slots, const ObjectSpec& object) {
  for (envs::Appearance& slot : slots) {
    if (!object.material.empty()) slot.texture = TextureOf(object.material);
    if (object.has_color) slot.color = object.color.cast<float>();
    if (object.has_color) slot.picture = -1;
  }
  return slots;
}

envs::Body BodyOf(const ObjectSpec& object, const PlacedModel& model) {
  envs::Body body;
  body.name = object.role + " " + object.model;
  body.shape = model.shape;
  body.scale = ScaleFromReference(object.scale);
  body.X_WB = PoseOf(object);
  body.motion = object.kinematic ? envs::Motion::kFixed : envs::Motion::kDynamic;
  body.mass_kg = object.mass_kg;
  body.surface = {object.dynamic_friction, object.static_friction, object.bounciness};
  body.linear_damping = object.drag;
  body.angular_damping = object.angular_drag;
  body.appearance = Painted(model.appearance, object);
  return body;
}

envs::Cloth ClothOf(const ObjectSpec& object, const ClothSpec& spec) {
  envs::Cloth cloth;
  cloth.name = object.role + " " + object.model;
  cloth.resolution = {kClothResolution, kClothResolution};
  cloth.size_m = kClothSize * base::Vec2(object.scale.x(), object.scale.z());
  cloth.X_WC = PoseOf(object);
  cloth.mass_kg = object.mass_kg;
  cloth.stretch_stiffness = spec.stretch_stiffness;
  cloth.bend_stiffness = spec.bend_stiffness;
  cloth.shear_stiffness = spec.tether_stiffness;
  if (object.has_color) cloth.appearance.color = object.color.cast<float>();
  cloth.appearance.texture = envs::Texture::kFabric;
  return cloth;
}

int ObjectIndex(const TrialSpec& spec, int id) {
  for (size_t i = 0; i < spec.objects.size(); ++i)
    if (spec.objects[i].id == id) return static_cast<int>(i);
  throw base::Error("trial " + spec.stimulus_name() + " refers to object id " + std::to_string(id) +
                    ", which is not in its list of objects");
}

}  // namespace

base::Vec3 FromReference(const base::Vec3& v) { return {v.x(), v.z(), v.y()}; }
base::Vec3 ToReference(const base::Vec3& v) { return {v.x(), v.z(), v.y()}; }
base::Quat FromReference(const base::Quat& q) { return {q.w(), -q.x(), -q.z(), -q.y()}; }
base::Quat ToReference(const base::Quat& q) { return {q.w(), -q.x(), -q.z(), -q.y()}; }
base::Vec3 AngularToReference(const base::Vec3& w) { return {-w.x(), -w.z(), -w.y()}; }

base::Quat QuatFromUnityEuler(const base::Vec3& degrees) {
  return AboutAxis(base::Vec3::UnitY(), degrees.y()) * AboutAxis(base::Vec3::UnitX(), degrees.x()) *
         AboutAxis(base::Vec3::UnitZ(), degrees.z());
}

base::Vec3 UnityEulerFromQuat(const base::Quat& reference) {
  // R = Ry Rx Rz: R(1,2) = -sin x, R(0,2)/R(2,2) = tan y, R(1,0)/R(1,1) = tan z.
  const Eigen::Matrix3d R = reference.normalized().toRotationMatrix();
  const double sin_x = std::clamp(-R(1, 2), -1.0, 1.0);
  double y, z;
  if (std::abs(sin_x) < 1 - 1e-12) {
    y = std::atan2(R(0, 2), R(2, 2));
    z = std::atan2(R(1, 0), R(1, 1));
  } else {  // looking straight up or down: only y and z together are defined
    y = std::atan2(-R(2, 0), R(0, 0));
    z = 0;
  }
  base::Vec3 degrees = base::Vec3(std::asin(sin_x), y, z) * 180.0 / std::numbers::pi;
  for (double& angle : degrees)
    if (angle < 0) angle += 360;
  return degrees;
}

Trial MakeTrial(const TrialSpec& spec, const Models& models) {
  Trial trial;
  trial.spec = spec;
  trial.zone = ObjectIndex(spec, spec.zone_id);
  trial.target = ObjectIndex(spec, spec.target_id);
  if (spec.probe_id) trial.probe = ObjectIndex(spec, *spec.probe_id);

  envs::Scene& scene = trial.scene;
  FurnishRoom(spec.room, scene);
  scene.ground.surface = {kFloorFriction, kFloorFriction, 0.0};
  std::map<std::string, PlacedModel> placed;  // by name
  for (const ObjectSpec& object : spec.objects) {
    if (object.model == "cloth_square") {
      scene.cloths.push_back(ClothOf(object, spec.cloth.value_or(ClothSpec{})));
      trial.body_of_object.push_back(-1);
      continue;
    }
    if (!placed.contains(object.model)) placed[object.model] = PlaceModel(object, models, scene);
    trial.body_of_object.push_back(static_cast<int>(scene.bodies.size()));
    scene.bodies.push_back(BodyOf(object, placed.at(object.model)));
    if (spec.cloth && !object.kinematic) {
      double& height = scene.bodies.back().X_WB.p.z();
      height -= std::min(kSettleDrop, height);
    }
  }
  CHECK_LE(scene.cloths.size(), 1u);

  const auto body_of_id = [&](int id) { return trial.body_of_object[static_cast<size_t>(ObjectIndex(spec, id))]; };
  for (const JointSpec& joint : spec.joints)
    scene.joints.push_back({body_of_id(joint.parent_id), body_of_id(joint.child_id)});
  if (spec.push) {
    trial.push = Push{spec.push->frame, body_of_id(spec.push->id), FromReference(spec.push->impulse_Ns), std::nullopt};
    if (spec.push->point) trial.push->point_W = FromReference(*spec.push->point);
  }
  trial.camera = envs::LookAt(FromReference(spec.camera.position), FromReference(spec.camera.look_at),
                              Radians(spec.camera.fov_y_deg));
  trial.camera.name = "main";
  scene.cameras.push_back(trial.camera);
  return trial;
}

}  // namespace figment::physion
