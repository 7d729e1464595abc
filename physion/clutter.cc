// Distractors behind the action and occluders before it (dominoes.py: _place_background_distractors, _place_occluders).
#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "base/error.h"
#include "base/names.h"
#include "base/text.h"
#include "physion/common_scene.h"
#include "physion/props.h"

namespace figment::physion {
namespace {

constexpr double kYawJitter_deg = 30;
constexpr double kColorMargin = 0.5;                          // of primitives, from a fixed target colour
constexpr double kLeastOccluderHeight_m = 0.02;               // the reference has some below the floor
const Range kDistractorDistance = {0.4, 1.0};                 // in camera radii
const Range kOccluderDistance = {0.6, 0.8};

enum class Side { kBehind, kBefore };

struct ClutterModel {
  std::string name, category;
  base::Vec3 size;                                            // width, height, depth
  double unit_scale = 1;                                      // what gives that size
  enum class Kind { kPrimitive, kProp, kOwn } kind = Kind::kPrimitive;
  bool may_move = true;
};

// What one side of the scene needs to know to place its objects.
struct Row {
  Side side;
  std::string argument;                                       // distractor or occluder
  int count = 0;
  double spacing_deg = 0;
  Range size_m, distance;
  double keep_clear_z_m = 0;
};

std::vector<ClutterModel> Primitives() {
  std::vector<ClutterModel> models;
  for (const std::string& name : ScenePrimitives()) models.push_back({.name = name, .size = PrimitiveSize(name)});
  return models;
}

std::vector<ClutterModel> ClutterProps() {
  std::vector<ClutterModel> models;
  for (const PropInfo& prop : Props())
    if (prop.clutter)
      models.push_back({.name = prop.name, .category = prop.category, .size = prop.size_yup,
                        .kind = ClutterModel::Kind::kProp});
  return models;
}

std::vector<ClutterModel> OwnModels(const SceneDraft& draft) {
  std::vector<ClutterModel> models;
  for (const Model& model : draft.models)
    if (model.clutter)
      models.push_back({.name = model.name, .category = model.category, .size = model.size_m * model.size_yup(),
                        .unit_scale = model.size_m, .kind = ClutterModel::Kind::kOwn, .may_move = model.has_parts});
  return models;
}

// The library an argument names: all props, the primitives, or the props whose name contains one of its parts.
std::vector<ClutterModel> LibraryOf(const SceneDraft& draft, const std::string& argument) {
  const std::string library = draft.arguments.Text(argument).value_or("full");
  if (!HasTestScenes(draft.mode) || library == "flex" || library == "primitives") return Primitives();
  std::vector<ClutterModel> models = ClutterProps();
  const std::vector<ClutterModel> own = OwnModels(draft);
  models.insert(models.end(), own.begin(), own.end());
  if (library == "full" || library == "core") return models;
  const std::vector<std::string> parts = base::SplitAt(library, ',');
  std::erase_if(models, [&](const ClutterModel& model) {
    return std::none_of(parts.begin(), parts.end(),
                        [&](const std::string& part) { return model.name.find(part) != std::string::npos; });
  });
  if (!models.empty()) return models;
  std::vector<std::string> names = {"full", "core", "flex", "primitives"};
  for (const ClutterModel& model : own) names.push_back(model.name);
  for (const ClutterModel& model : ClutterProps()) names.push_back(model.name);
  throw base::UnknownName(argument, library, names);
}

void KeepCategories(const SceneDraft& draft, const std::string& argument, std::vector<ClutterModel>& models) {
  const auto text = draft.arguments.Text(argument);
  if (!text) return;
  std::vector<std::string> known;
  std::vector<ClutterModel> all = ClutterProps();
  for (const ClutterModel& model : OwnModels(draft)) all.push_back(model);
  for (const ClutterModel& model : all)
    if (std::find(known.begin(), known.end(), model.category) == known.end()) known.push_back(model.category);
  const std::vector<std::string> categories = base::SplitAt(*text, ',');
  for (const std::string& category : categories)  // "laptop computer" is how the reference's list calls a laptop again
    if (category != "laptop computer") base::RequireName("category in argument '" + argument + "':", category, known);
  std::erase_if(models, [&](const ClutterModel& model) {  // primitives and own models without a category fit all
    return !model.category.empty() &&
           std::find(categories.begin(), categories.end(), model.category) == categories.end();
  });
}

void KeepAspectRatios(const SceneDraft& draft, const std::string& argument, std::vector<ClutterModel>& models) {
  const auto allowed = draft.arguments.OptionalRange(argument);
  if (!allowed) return;
  std::erase_if(models, [&](const ClutterModel& model) {
    const double a = model.size.y() / model.size.x(), b = model.size.y() / model.size.z();
    return std::min(a, b) <= allowed->low || std::max(a, b) >= allowed->high;
  });
}

// The user's own models take the place of the props where any of them fits what is asked for.
void PreferOwn(std::vector<ClutterModel>& models) {
  const auto is_own = [](const ClutterModel& model) { return model.kind == ClutterModel::Kind::kOwn; };
  if (std::any_of(models.begin(), models.end(), is_own)) std::erase_if(models, std::not_fn(is_own));
}

std::vector<ClutterModel> AllowedModels(const SceneDraft& draft, const std::string& argument) {
  std::vector<ClutterModel> models = LibraryOf(draft, argument);
  KeepCategories(draft, argument + "_categories", models);
  KeepAspectRatios(draft, argument + "_aspect_ratio", models);
  PreferOwn(models);
  if (models.empty())
    throw base::UsageError("arguments '" + argument + "', '" + argument + "_categories' and '" + argument +
                           "_aspect_ratio' together leave no object to choose from");
  return models;
}

struct Placement {
  base::Vec3 position = base::Vec3::Zero();
  double yaw_deg = 0, scale = 1;
  base::Vec3 bounds = base::Vec3::Zero();                     // around the turned object, at that scale
};

// Bounds of a box turned by `yaw`, never below the unturned ones.
base::Vec3 TurnedBounds(const base::Vec3& size, double yaw_deg) {
  return TurnedInFloor(size, yaw_deg).cwiseAbs().cwiseMax(size);
}

void Shrink(Placement& placement, double factor) {
  placement.scale *= factor;
  placement.bounds *= factor;
}

// Away from the plane in which things move: first by place, then by size.
void ClearOfAction(const Row& row, Placement& placement) {
  const double nearest = row.keep_clear_z_m + row.size_m.low;
  double& z = placement.position.z();
  if (std::abs(z) < nearest) z = std::copysign(nearest, z);
  if (std::abs(z) - placement.bounds.z() / 2 < row.keep_clear_z_m)
    Shrink(placement, (std::abs(z) - row.keep_clear_z_m) / (placement.bounds.z() / 2));
}

// Away from the object placed before. The reference keeps places and bounds in one list, so that what it takes for
// the last place is the last bounds; the released scenes have it so.
void ClearOfLast(const Row& row, const Placement& last, Placement& placement) {
  const double edge = last.bounds.x() / 2;
  double& x = placement.position.x();
  if (x + row.size_m.low > edge) x = edge - row.size_m.low;
  if (x + placement.bounds.x() / 2 > edge) Shrink(placement, (edge - x) / (placement.bounds.x() / 2));
}

// Up to a part of the line of sight's height there, as far as the action leaves room.
void FitUnderSight(const SceneDraft& draft, const Row& row, double ray_height_m, Placement& placement) {
  const base::Vec3& camera = draft.spec.camera.position;
  const double slope = (camera.y() - ray_height_m) / std::hypot(camera.x(), camera.z());
  const double distance = std::hypot(placement.position.x(), placement.position.z());
  const double sight = draft.arguments.Number("occlusion_scale") * (ray_height_m + distance * slope);
  const double height = std::clamp(sight, kLeastOccluderHeight_m, row.size_m.high);
  const double room = (std::abs(placement.position.z()) - row.keep_clear_z_m) / (placement.bounds.z() / 2);
  Shrink(placement, std::min(height / placement.bounds.y(), room));
}

// Where the camera is seen from the centre: a unit vector in the floor plane.
base::Vec3 TowardsCamera(const SceneDraft& draft) {
  return base::Vec3(draft.spec.camera.position.x(), 0, draft.spec.camera.position.z()).normalized();
}

double MiddleYaw(const SceneDraft& draft, Side side) {
  const base::Vec3 camera = TowardsCamera(draft);
  const double azimuth = std::atan2(camera.z(), camera.x()) * 180 / std::numbers::pi;
  if (side == Side::kBefore) return azimuth;
  return azimuth > 0 ? 0 : 180;
}

// Angle of object i: evenly from -A to +A, A = spacing * (count - 1).
double SpreadAngle(const SceneDraft& draft, const Row& row, int i) {
  if (row.count == 1) return 0;
  double widest = row.spacing_deg * (row.count - 1);
  if (row.side == Side::kBehind && TowardsCamera(draft).z() > 0) widest = -widest;
  return -widest + 2 * widest * i / (row.count - 1);
}

Placement PlaceOne(const SceneDraft& draft, const Row& row, const ClutterRules& rules, const ClutterModel& model, int i,
                   const Placement* last, base::Rng& rng) {
  Placement placement;
  placement.yaw_deg = MiddleYaw(draft, row.side) + rng.Uniform(-kYawJitter_deg, kYawJitter_deg);
  placement.bounds = TurnedBounds(model.size, placement.yaw_deg);
  const double size = placement.bounds.maxCoeff();
  Shrink(placement, std::clamp(size, row.size_m.low, row.size_m.high) / size);

  const base::Vec3 outward = (row.side == Side::kBefore ? 1 : -1) * TowardsCamera(draft);
  const double camera_radius = std::hypot(draft.spec.camera.position.x(), draft.spec.camera.position.z());
  placement.position = row.distance.Draw(rng) * camera_radius * TurnedInFloor(outward, SpreadAngle(draft, row, i));

  ClearOfAction(row, placement);
  if (last) ClearOfLast(row, *last, placement);
  if (row.side == Side::kBefore) FitUnderSight(draft, row, rules.ray_height_m, placement);
  return placement;
}

// Primitives are painted as the reference paints them; props and own models keep their look.
void Paint(SceneDraft& draft, const ClutterModel& model, ObjectSpec& object, base::Rng& rng) {
  object.has_color = model.kind == ClutterModel::Kind::kPrimitive;
  if (!object.has_color) return;
  const auto fixed = ColorFor(draft, "tcolor");
  object.color = fixed ? ColorAwayFrom(draft.target_color, kColorMargin, rng) : AnyColor(rng);
  object.material = MaterialFor(draft, "tmaterial", rng);
}

void PlaceRow(SceneDraft& draft, const Row& row, const ClutterRules& rules) {
  if (row.count < 0) throw base::UsageError("argument 'num_" + row.argument + "s' must not be negative");
  if (row.count == 0) return;
  const std::vector<ClutterModel> models = AllowedModels(draft, row.argument);
  base::Rng rng = draft.rng.Split(row.argument);
  std::optional<Placement> last;
  for (int i = 0; i < row.count; ++i) {
    const ClutterModel& model = rng.Choice(models);
    const Placement placement = PlaceOne(draft, row, rules, model, i, last ? &*last : nullptr, rng);
    ObjectSpec object;
    object.id = draft.NextId();
    object.model = model.name, object.category = model.category, object.role = row.argument;
    object.position = placement.position;
    object.rotation_deg.y() = placement.yaw_deg;
    object.scale = base::Vec3::Constant(placement.scale * model.unit_scale);
    object.kinematic = !model.may_move || draft.arguments.Flag("no_moving_distractors") ||
                       !HasTestScenes(draft.mode);
    Paint(draft, model, object, rng);
    Add(draft, object);
    last = placement;
  }
}

}  // namespace

ClutterRules CommonClutter(const SceneDraft& draft) {
  ClutterRules rules;
  rules.keep_clear_z_m = draft.middle_scale.z() + 0.25;
  return rules;
}

void PlaceClutter(SceneDraft& draft, const ClutterRules& rules) {
  PlaceRow(draft, {.side = Side::kBehind, .argument = "distractor",
                   .count = draft.arguments.Integer("num_distractors"), .spacing_deg = rules.distractor_spacing_deg,
                   .size_m = rules.distractor_size_m, .distance = kDistractorDistance,
                   .keep_clear_z_m = rules.keep_clear_z_m}, rules);
  PlaceRow(draft, {.side = Side::kBefore, .argument = "occluder",
                   .count = draft.arguments.Integer("num_occluders"), .spacing_deg = rules.occluder_spacing_deg,
                   .size_m = rules.occluder_size_m, .distance = kOccluderDistance,
                   .keep_clear_z_m = rules.keep_clear_z_m}, rules);
}

}  // namespace figment::physion
