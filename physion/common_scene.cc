#include "physion/common_scene.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "base/check.h"
#include "base/error.h"
#include "base/names.h"
#include "base/text.h"
#include "envs/shapes.h"
#include "physion/props.h"
#include "physion/rooms.h"

namespace figment::physion {
namespace {

const Rgb kRed(1, 0, 0), kYellow(1, 1, 0);  // cue colours of target and zone
constexpr double kRedMargin = 0.25;         // a colour this close to red in any channel is drawn again
constexpr double kDefaultMargin = 0.33;     // of random_color in tdw_physics
constexpr double kRampBackEnd_m = 0.15;     // from the ramp's back end to the middle of what stands on it
constexpr double kLeastRampBase_m = 0.01;   // a lower base is none

double Radians(double degrees) { return degrees * std::numbers::pi / 180; }

// Python's modulo, never negative.
int64_t Modulo(int64_t a, int64_t n) { return ((a % n) + n) % n; }

int64_t SeedInMode(int64_t seed, Mode mode) {
  if (mode == Mode::kTrain) return Modulo(seed * 1000, 997);
  if (mode == Mode::kReadout) return Modulo(seed * 3000, 1999);
  return seed;
}

// A value of [0, 1] at least `margin` away from `other`, all of them equally likely.
double ChannelAwayFrom(double other, double margin, base::Rng& rng) {
  const double below = std::max(0.0, other - margin), above = std::max(0.0, 1 - (other + margin));
  if (below + above <= 0) return other < 0.5 ? 1 : 0;
  const double drawn = rng.Uniform(0, below + above);
  return drawn < below ? drawn : other + margin + (drawn - below);
}

// Materials of the three families among those of the released scenes.
const std::map<std::string, std::vector<std::string>>& MaterialFamilies() {
  static const std::map<std::string, std::vector<std::string>> families = {
      {"Wood",
       {"wood_american_cherry", "wood_ash", "wood_bamboo", "wood_beech_honey", "wood_beech_natural", "wood_cedar",
        "wood_european_ash", "wood_mahogany", "wood_oak_white", "wood_olive", "wood_palisander_brazil", "wood_planks",
        "wood_red_cedar", "wood_teak", "wood_wenge", "parquet_wood_mahogany", "parquet_wood_oak_brown",
        "parquet_wood_olive", "parquet_wood_red_cedar"}},
      {"Metal",
       {"aluminium_clean", "aluminium_hairline_brushed", "bronze_yellow", "chrome", "gold_clean", "iron_forged",
        "metal_brushed_copper", "metal_cast_iron", "metal_galvanized", "metal_sandblasted", "silver_glossy",
        "steel_dented", "steel_galvanized", "steel_glossy", "titanium_brushed"}},
      {"Plastic",
       {"plastic_base", "plastic_fine_sand_grain", "plastic_grain", "plastic_hammered", "plastic_line_grain",
        "plastic_rain_grain", "plastic_stripes", "plastic_translucent", "plastic_vinyl_glossy", "plastic_weave",
        "polystyrene_foam", "sls_plastic"}}};
  return families;
}

std::vector<std::string> FamiliesOf(const Arguments& arguments) {
  const std::vector<std::string> known = base::NamesOf(MaterialFamilies());
  const auto text = arguments.Text("material_types");
  if (!text) return known;
  const std::vector<std::string> families = base::SplitAt(*text, ',');
  for (const std::string& family : families) base::RequireName("material type", family, known);
  return families;
}

void CheckIsKept(const SceneDraft& draft, const std::string& argument, const std::string& what) {
  if (draft.arguments.Flag(argument))
    throw base::UsageError("argument '" + argument + "' must be 0 in " + draft.spec.scenario + ": without " + what +
                           " there is no question to ask");
}

struct RampSurface {
  double mass_kg = 500, friction = 0.01, bounciness = 0;
};

RampSurface SurfaceOfRamp(const Arguments& arguments) {
  if (arguments.Flag("rfriction")) return {1000, 0.1, 0.1};
  return {};
}

void Apply(const RampSurface& surface, ObjectSpec& object) {
  object.mass_kg = surface.mass_kg;
  object.dynamic_friction = object.static_friction = surface.friction;
  object.bounciness = surface.bounciness;
  object.kinematic = true;
}

base::Vec3 RampScale(const SceneDraft& draft, const std::optional<AxisRanges>& scale, base::Rng& rng) {
  if (scale) return scale->Draw(rng);
  const base::Vec3 size = PrimitiveSize("ramp_with_platform_30");
  const double along = 0.75 * draft.arguments.Number("collision_axis_length") / size.x();
  return {along, 1.5 / size.y(), 0.75 * along};
}

// A block under the ramp; returns its height.
double PlaceRampBase(SceneDraft& draft, const base::Vec3& foot, const base::Vec3& ramp_scale, const Rgb& color,
                     const std::string& material, base::Rng& rng) {
  if (!draft.arguments.Has("rheight")) return 0;
  const double height = draft.arguments.RangeOf("rheight").Draw(rng);
  if (height < kLeastRampBase_m) return 0;
  const base::Vec3 size = PrimitiveSize("ramp_with_platform_30");
  ObjectSpec object;
  object.id = draft.NextId();
  object.model = "cube", object.role = "ramp_base";
  object.position = foot;
  object.scale = base::Vec3(ramp_scale.x() * size.x(), height, ramp_scale.z() * size.z());
  object.color = color, object.material = material;
  Apply(SurfaceOfRamp(draft.arguments), object);
  Add(draft, object);
  draft.spec.static_fields["ramp_base_id"] = object.id;
  draft.spec.static_fields["ramp_base_height"] = height;
  return height;
}

base::Vec3 ProbeRotation(const Arguments& arguments, ProbeTurn turn, base::Rng& rng) {
  const auto axes = arguments.OptionalAxes("prot");
  if (!axes) return {0, rng.Uniform(0, 360), 0};
  if (turn == ProbeTurn::kAllAxes) return axes->Draw(rng);
  return {0, DrawYaw(*axes, rng), 0};
}

}  // namespace

SceneDraft StartScene(const BuildRequest& request, const base::Rng& rng, const SceneFacts& facts) {
  SceneDraft draft{.arguments = request.arguments, .mode = request.mode, .models = request.models, .rng = rng, .spec = {}};
  TrialSpec& spec = draft.spec;
  spec.scenario = facts.scenario;
  spec.index = request.index;
  spec.controller = facts.controller;
  spec.frame_cap = facts.frame_cap;
  spec.trial_seed = 1000 * SeedInMode(request.arguments.Integer("seed"), request.mode) + request.index;
  spec.room = request.arguments.Text("room").value_or("None");
  base::RequireName("room", spec.room, RoomNames());
  spec.static_fields = nlohmann::ordered_json::object();
  return draft;
}

TrialSpec FinishScene(SceneDraft draft) {
  for (const ObjectSpec& object : draft.spec.objects)
    if (!(object.mass_kg > 0))
      throw base::UsageError("the mass of the " + object.role + " (" + object.model + ") must be above 0");
  if (draft.mode == Mode::kTrain || draft.mode == Mode::kHuman) return std::move(draft.spec);
  PaintCues(draft.spec, draft.rng.Split("away from red"));
  return std::move(draft.spec);
}

void PaintCues(TrialSpec& spec, base::Rng rng) {
  // As in the reference, all objects that are painted again in one trial get the same colour.
  const Rgb other = ColorAwayFrom(kRed, kRedMargin, rng);
  for (ObjectSpec& object : spec.objects) {
    if (object.id == spec.target_id)
      object.color = kRed;
    else if (object.id == spec.zone_id)
      object.color = kYellow;
    else if (((object.color - kRed).cwiseAbs().array() < kRedMargin).any())
      object.color = other;
  }
}

Rgb ColorAwayFrom(const Rgb& other, double margin, base::Rng& rng) {
  Rgb color;
  for (int channel = 0; channel < 3; ++channel) color[channel] = ChannelAwayFrom(other[channel], margin, rng);
  return color;
}

Rgb AnyColor(base::Rng& rng) {
  const double red = rng.Uniform(), green = rng.Uniform();
  return {red, green, rng.Uniform()};
}

std::optional<Rgb> ColorFor(const SceneDraft& draft, const std::string& argument) {
  if (HasTestScenes(draft.mode)) return draft.arguments.Color(argument);
  if (draft.mode == Mode::kReadout && argument == "tcolor") return kRed;
  if (draft.mode == Mode::kReadout && argument == "zcolor") return kYellow;
  return std::nullopt;
}

std::optional<Rgb> MiddleColor(const SceneDraft& draft) {
  if (const auto given = ColorFor(draft, "mcolor")) return given;
  if (!draft.arguments.Flag("monochrome")) return std::nullopt;
  base::Rng rng = draft.rng.Split("middle color");
  return ColorAwayFrom(draft.target_color, kDefaultMargin, rng);
}

std::string MaterialFor(const SceneDraft& draft, const std::string& argument, base::Rng& rng) {
  const std::vector<std::string> families = FamiliesOf(draft.arguments);
  const auto given = draft.arguments.Text(argument);
  if (given && !MaterialFamilies().count(*given)) return *given;
  return rng.Choice(MaterialFamilies().at(given ? *given : rng.Choice(families)));
}

double DrawYaw(const AxisRanges& axes, base::Rng& rng) { return (axes.together ? axes.x : axes.y).Draw(rng); }

base::Vec3 PrimitiveSize(const std::string& name) {
  static const std::map<std::string, base::Vec3> sizes = [] {
    std::map<std::string, base::Vec3> all;
    for (const std::string& primitive : envs::PrimitiveNames()) {
      base::Vec3 size = envs::MakePrimitive(primitive).size();  // z up
      for (double& side : size) side = std::round(side * 1e6) / 1e6;  // meshes hold floats; sizes are given in microns
      all[primitive] = base::Vec3(size.x(), size.z(), size.y());
    }
    return all;
  }();
  const auto found = sizes.find(name);
  CHECK(found != sizes.end());
  return found->second;
}

base::Vec3 SizeOf(const SceneDraft& draft, const std::string& name) {
  if (const Model* model = FindModel(draft.models, name)) return model->size_yup();
  for (const PropInfo& prop : Props())
    if (prop.name == name) return prop.size_yup;
  return PrimitiveSize(name);
}

const std::vector<std::string>& ScenePrimitives() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all = envs::PrimitiveNames();
    std::erase(all, "ramp_with_platform_30");
    return all;
  }();
  return names;
}

base::Vec3 TurnedInFloor(const base::Vec3& v, double degrees) {
  const double c = std::cos(Radians(degrees)), s = std::sin(Radians(degrees));
  return {c * v.x() - s * v.z(), v.y(), s * v.x() + c * v.z()};
}

double MassByVolume(double mass, const base::Vec3& scale) { return mass * scale.prod() / 0.125; }

std::vector<std::string> ModelsOf(const SceneDraft& draft, const std::string& argument,
                                  const std::vector<std::string>& also) {
  const auto names = draft.arguments.Names(argument);
  if (!names) return ScenePrimitives();
  std::vector<std::string> valid = ScenePrimitives();
  valid.insert(valid.end(), also.begin(), also.end());
  for (const Model& model : draft.models) valid.push_back(model.name);
  for (const std::string& name : *names) {
    base::RequireName("shape for argument '" + argument + "':", name, valid);
    if (const Model* model = FindModel(draft.models, name); model && !model->has_parts)
      throw base::UsageError("model '" + name + "' (argument '" + argument + "') has no convex parts, so it can only be "
                             "clutter: make them with `figment physion models DIR --make-parts`, or put them in " +
                             name + ".parts.obj");
  }
  return *names;
}

Drawn Draw(SceneDraft& draft, const DrawRules& rules, base::Rng& rng) {
  Drawn drawn;
  drawn.id = draft.NextId();
  drawn.model = rng.Choice(rules.models);
  drawn.scale = rules.scale.Draw(rng);
  base::Rng colors = draft.rng.Split("color").Split(static_cast<uint64_t>(drawn.id));
  drawn.color = rules.color       ? *rules.color
                : rules.away_from ? ColorAwayFrom(*rules.away_from, rules.margin, colors)
                                  : AnyColor(colors);
  return drawn;
}

ObjectSpec ObjectOf(const Drawn& drawn, const std::string& role) {
  ObjectSpec object;
  object.id = drawn.id;
  object.model = drawn.model;
  object.role = role;
  object.scale = drawn.scale;
  object.color = drawn.color;
  return object;
}

void Add(SceneDraft& draft, const ObjectSpec& object) {
  if (object.scale.minCoeff() <= 0)
    throw base::UsageError("the scale of the " + object.role + " (" + object.model + ") must be above 0 on every axis");
  draft.spec.objects.push_back(object);
}

void PlaceZone(SceneDraft& draft, const ZonePlace& place) {
  CheckIsKept(draft, "remove_zone", "a zone");
  base::Rng rng = draft.rng.Split("zone");
  const Drawn drawn = Draw(draft, {.models = ModelsOf(draft, "zone"), .scale = draft.arguments.Axes("zscale"),
                                   .color = ColorFor(draft, "zcolor"), .away_from = std::nullopt}, rng);
  ObjectSpec zone = ObjectOf(drawn, "zone");
  const auto location = draft.arguments.OptionalAxes("zlocation");
  zone.position = location ? location->Draw(rng) : place(zone.scale, rng);
  zone.mass_kg = 500;
  zone.dynamic_friction = draft.arguments.Number("zfriction");
  zone.static_friction = 10 * zone.dynamic_friction;
  zone.kinematic = true;
  zone.material = MaterialFor(draft, "zmaterial", rng);
  Add(draft, zone);
  draft.spec.zone_id = zone.id;
  draft.zone_scale = zone.scale;
}

void PlaceTarget(SceneDraft& draft) {
  CheckIsKept(draft, "remove_target", "a target");
  base::Rng rng = draft.rng.Split("target");
  const Drawn drawn = Draw(draft, {.models = ModelsOf(draft, "target"), .scale = draft.arguments.Axes("tscale"),
                                   .color = ColorFor(draft, "tcolor"), .away_from = std::nullopt}, rng);
  ObjectSpec target = ObjectOf(drawn, "target");
  const auto rotation = draft.arguments.OptionalAxes("trot");
  target.rotation_deg = rotation ? rotation->Draw(rng) : base::Vec3(0, rng.Uniform(0, 360), 0);
  target.position.x() = 0.5 * draft.arguments.Number("collision_axis_length");
  target.mass_kg = 2;
  target.material = MaterialFor(draft, "tmaterial", rng);
  Add(draft, target);
  draft.spec.target_id = target.id;
  draft.target_color = target.color;
  draft.middle_scale = target.scale;
}

void TakeTargetPlaceholder(SceneDraft& draft) {
  if (!draft.arguments.Flag("remove_target"))
    throw base::UsageError("argument 'remove_target' must be 1 in " + draft.spec.scenario +
                           ": another object becomes the target");
  base::Rng rng = draft.rng.Split("target placeholder");
  const Drawn drawn = Draw(draft, {.models = ModelsOf(draft, "target"), .scale = draft.arguments.Axes("tscale"),
                                   .color = ColorFor(draft, "tcolor"), .away_from = std::nullopt}, rng);
  draft.target_color = drawn.color;
  draft.middle_scale = drawn.scale;
}

ProbeRules DominoProbe(const SceneDraft& draft) {
  if (draft.arguments.Flag("pfriction")) return {.friction = 0.1, .bounciness = 0.6};
  return {};
}

void PlaceProbe(SceneDraft& draft, const ProbeRules& rules) {
  const Arguments& arguments = draft.arguments;
  base::Rng rng = draft.rng.Split("probe");
  const bool like_target = arguments.Flag("monochrome") && arguments.Flag("match_probe_and_target_color") &&
                           HasTestScenes(draft.mode);
  std::optional<Rgb> color = ColorFor(draft, "pcolor");
  if (!color && like_target) color = draft.target_color;
  const Drawn drawn = Draw(draft, {.models = ModelsOf(draft, "probe"), .scale = arguments.Axes("pscale"),
                                   .color = color, .away_from = draft.target_color}, rng);
  ObjectSpec probe = ObjectOf(drawn, "probe");
  probe.mass_kg = arguments.RangeOf("pmass").Draw(rng);
  probe.position = base::Vec3(-0.5 * arguments.Number("collision_axis_length"), rules.lift_m, 0);
  probe.rotation_deg = ProbeRotation(arguments, rules.turn, rng);
  probe.dynamic_friction = probe.static_friction = rules.friction;
  probe.bounciness = rules.bounciness;
  probe.angular_drag = 0;
  probe.material = MaterialFor(draft, "pmaterial", rng);
  if (arguments.Flag("phorizontal")) {
    probe.rotation_deg.z() = 90;
    probe.position += TurnedInFloor(base::Vec3(probe.scale.y() / 2, 0, 0), -probe.rotation_deg.y());
  }
  if (arguments.Flag("ramp")) {
    const double lift = probe.position.y();
    probe.position = PlaceRamp(draft, probe.position, arguments.OptionalAxes("rscale")) + base::Vec3(0, lift, 0);
  }
  Add(draft, probe);
  draft.spec.probe_id = probe.id;
  PlacePush(draft, probe, rules.push);
}

base::Vec3 PlaceRamp(SceneDraft& draft, const base::Vec3& foot, const std::optional<AxisRanges>& scale) {
  base::Rng rng = draft.rng.Split("ramp");
  ObjectSpec ramp;
  ramp.id = draft.NextId();
  ramp.model = "ramp_with_platform_30", ramp.role = "ramp";
  ramp.scale = RampScale(draft, scale, rng);
  ramp.rotation_deg.y() = 180;
  ramp.color = ColorFor(draft, "rcolor").value_or(ColorAwayFrom(draft.target_color, kDefaultMargin, rng));
  const std::string material = draft.arguments.Text("rmaterial") ? "rmaterial" : "zmaterial";
  ramp.material = MaterialFor(draft, material, rng);
  ramp.position = base::Vec3(foot.x(), draft.zone_scale.y(), foot.z());  // clear of the zone
  const double base_height = PlaceRampBase(draft, ramp.position, ramp.scale, ramp.color, ramp.material, rng);
  ramp.position.y() += base_height;
  Apply(SurfaceOfRamp(draft.arguments), ramp);
  Add(draft, ramp);
  draft.spec.static_fields["ramp_id"] = ramp.id;
  const base::Vec3 size = PrimitiveSize(ramp.model);
  return {foot.x() - (0.5 * ramp.scale.x() * size.x() - kRampBackEnd_m), ramp.scale.y() * size.y() + base_height,
          foot.z()};
}

void PlacePush(SceneDraft& draft, const ObjectSpec& object, PushTurn turn) {
  const Arguments& arguments = draft.arguments;
  base::Rng rng = draft.rng.Split("push");
  const double up = arguments.Has("fupforce") ? arguments.RangeOf("fupforce").Draw(rng) : 0;
  const double angle = Radians(arguments.RangeOf("frot").Draw(rng));
  const double speed = arguments.RangeOf("fscale").Draw(rng);
  const double yaw = object.rotation_deg.y();

  PushSpec push;
  push.id = object.id;
  push.impulse_Ns = object.mass_kg * speed * base::Vec3(std::cos(angle), up, std::sin(angle));
  if (turn == PushTurn::kWithYaw) push.impulse_Ns = TurnedInFloor(push.impulse_Ns, -yaw);
  const base::Vec3 offset = arguments.Axes("foffset").Draw(rng);
  const double jitter = arguments.Number("fjitter");
  base::Vec3 point = object.position + offset.cwiseProduct(TurnedInFloor(object.scale, yaw));
  for (int axis = 0; axis < 3; ++axis) point[axis] += rng.Uniform(-jitter, jitter);
  if (!arguments.Flag("ramp")) push.point = point;
  push.frame = static_cast<int>(arguments.RangeOf("fwait").Draw(rng));
  if (push.frame < 0) throw base::UsageError("argument 'fwait' must not be negative");
  draft.spec.push = push;
}

void PlaceCamera(SceneDraft& draft, const CameraRules& rules) {
  const Arguments& arguments = draft.arguments;
  base::Rng rng = draft.rng.Split("camera");
  const double radius = arguments.RangeOf("camera_distance").Draw(rng);
  const double low = arguments.Number("camera_min_angle"), high = arguments.Number("camera_max_angle");
  double angle = rng.Uniform(low, high);
  if (arguments.Flag("camera_left_right_reflections") && rng.Chance(0.5)) angle += 180;
  const double height = rules.height_unit_m * rng.Uniform(arguments.Number("camera_min_height"),
                                                          arguments.Number("camera_max_height"));
  // The reference turns (r, r), not (r, 0): the camera is sqrt(2) r away and 45 degrees further round.
  draft.spec.camera.position = TurnedInFloor(base::Vec3(radius, height, radius), angle);
  draft.spec.camera.look_at = base::Vec3(0, rules.look_at_height_m, 0);
}

}  // namespace figment::physion
