#include "physion/roll.h"

#include "physion/collide.h"
#include "physion/common_scene.h"

namespace figment::physion {
namespace {

constexpr double kFriction = 0.4;

void PlaceAndPushTarget(SceneDraft& draft) {
  const Arguments& arguments = draft.arguments;
  base::Rng rng = draft.rng.Split("target");
  const Drawn drawn = Draw(draft, {.models = ModelsOf(draft, "target"), .scale = arguments.Axes("tscale"),
                                   .color = ColorFor(draft, "tcolor"), .away_from = std::nullopt}, rng);
  ObjectSpec target = ObjectOf(drawn, "target");
  draft.target_color = target.color;
  draft.middle_scale = target.scale;
  const auto rotation = arguments.OptionalAxes("trot");
  target.rotation_deg = rotation ? rotation->Draw(rng) : base::Vec3(0, rng.Uniform(0, 360), 0);
  target.position.x() = -0.5 * arguments.Number("rolling_sliding_axis_length");
  if (arguments.Flag("ramp")) target.position = PlaceRamp(draft, target.position, arguments.OptionalAxes("ramp_scale"));
  target.position.y() += arguments.Number("tlift");
  target.mass_kg = arguments.RangeOf("pmass").Draw(rng);
  target.dynamic_friction = target.static_friction = kFriction;
  target.angular_drag = 0;
  target.material = MaterialFor(draft, "tmaterial", rng);
  Add(draft, target);
  draft.spec.target_id = target.id;
  PlacePush(draft, target, PushTurn::kWithYaw);
}

// A rod across the path, half sunk into the floor.
void PlaceLedge(SceneDraft& draft) {
  const Arguments& arguments = draft.arguments;
  base::Rng rng = draft.rng.Split("ledge");
  constexpr double kMargin = 0.33;  // of random_color in tdw_physics
  const Drawn drawn = Draw(draft, {.models = ModelsOf(draft, "ledge"), .scale = arguments.Axes("ledge_scale"),
                                   .color = std::nullopt, .away_from = draft.target_color, .margin = kMargin}, rng);
  ObjectSpec ledge = ObjectOf(drawn, "ledge");
  const double along = arguments.Number("ledge_position") / 2 * arguments.Number("rolling_sliding_axis_length");
  ledge.position = base::Vec3(0 - along, -0.5 * ledge.scale.y(), 0);
  ledge.mass_kg = 1000;
  ledge.kinematic = true;
  ledge.material = MaterialFor(draft, "mmaterial", rng);
  Add(draft, ledge);
}

}  // namespace

TrialSpec BuildRoll(const BuildRequest& request, const base::Rng& rng) {
  if (request.arguments.controller() == "collide") {  // the released "collision" configurations
    TrialSpec spec = BuildCollide(request, rng);
    spec.scenario = "roll";
    return spec;
  }
  SceneDraft draft = StartScene(request, rng, {.scenario = "roll", .controller = "RollingSliding", .frame_cap = 300});
  PlaceZone(draft, [&](const base::Vec3&, base::Rng& zone_rng) {
    const double jitter = draft.arguments.Number("zjitter");
    return base::Vec3(draft.arguments.Number("rolling_sliding_axis_length"), 0, zone_rng.Uniform(-jitter, jitter));
  });
  PlaceAndPushTarget(draft);
  if (draft.arguments.Flag("use_ledge")) PlaceLedge(draft);
  PlaceCamera(draft, {});
  PlaceClutter(draft, CommonClutter(draft));
  return FinishScene(std::move(draft));
}

}  // namespace figment::physion
