#include "physion/drop.h"

#include "physion/common_scene.h"

namespace figment::physion {
namespace {

constexpr double kFriction = 0.4;

// The falling object, which is the target; returns its height.
double PlaceFalling(SceneDraft& draft) {
  const Arguments& arguments = draft.arguments;
  base::Rng rng = draft.rng.Split("target");
  const Drawn drawn = Draw(draft, {.models = ModelsOf(draft, "drop"), .scale = arguments.Axes("dscale"),
                                   .color = ColorFor(draft, "tcolor"), .away_from = std::nullopt}, rng);
  ObjectSpec object = ObjectOf(drawn, "target");
  const double jitter = arguments.Number("jitter");
  object.position.y() = rng.Uniform(arguments.Number("ymin"), arguments.Number("ymax"));
  object.position.x() = rng.Uniform(-jitter, jitter);
  object.position.z() = rng.Uniform(-jitter, jitter);
  object.rotation_deg = arguments.Axes("drot").Draw(rng);
  object.mass_kg = arguments.RangeOf("pmass").Draw(rng);
  object.dynamic_friction = object.static_friction = kFriction;
  object.material = MaterialFor(draft, "tmaterial", rng);
  Add(draft, object);
  draft.spec.target_id = object.id;
  draft.target_color = object.color;
  draft.spec.static_fields["drop_type"] = object.model;
  draft.spec.static_fields["drop_position"] = {object.position.x(), object.position.y(), object.position.z()};
  draft.spec.static_fields["drop_rotation"] = {object.rotation_deg.x(), object.rotation_deg.y(),
                                               object.rotation_deg.z()};
  return object.position.y();
}

// The object it falls on. The reference names its shape arguments and its data field after a target.
void PlaceBelow(SceneDraft& draft) {
  const Arguments& arguments = draft.arguments;
  base::Rng rng = draft.rng.Split("middle");
  const Drawn drawn = Draw(draft, {.models = ModelsOf(draft, "target"), .scale = arguments.Axes("tscale"),
                                   .color = ColorFor(draft, "pcolor"), .away_from = std::nullopt}, rng);
  ObjectSpec object = ObjectOf(drawn, "middle");
  const auto rotation = arguments.OptionalAxes("trot");
  object.rotation_deg = rotation ? rotation->Draw(rng) : base::Vec3(0, rng.Uniform(0, 360), 0);
  object.mass_kg = arguments.RangeOf("mmass").Draw(rng);
  object.dynamic_friction = object.static_friction = kFriction;
  object.material = MaterialFor(draft, "tmaterial", rng);
  Add(draft, object);
  draft.spec.static_fields["target_type"] = object.model;
}

}  // namespace

TrialSpec BuildDrop(const BuildRequest& request, const base::Rng& rng) {
  SceneDraft draft = StartScene(request, rng, {.scenario = "drop", .controller = "Drop", .frame_cap = 300});
  PlaceZone(draft, [](const base::Vec3&, base::Rng&) { return base::Vec3(0, 0, 0); });
  const double height = PlaceFalling(draft);
  PlaceBelow(draft);
  PlaceCamera(draft, {.look_at_height_m = 0.5 * height, .height_unit_m = height});
  draft.middle_scale = draft.zone_scale;  // clutter stays off the mat
  PlaceClutter(draft, CommonClutter(draft));
  return FinishScene(std::move(draft));
}

}  // namespace figment::physion
