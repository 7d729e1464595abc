#include "physion/support.h"

#include "base/error.h"
#include "physion/common_scene.h"
#include "physion/tower.h"

namespace figment::physion {
namespace {

// The object on top, which is the target.
void PlaceCap(SceneDraft& draft, double& height_m) {
  const Arguments& arguments = draft.arguments;
  base::Rng rng = draft.rng.Split("cap");
  const Drawn drawn = Draw(draft, {.models = ModelsOf(draft, "tower_cap"), .scale = arguments.Axes("tscale"),
                                   .color = draft.target_color, .away_from = std::nullopt}, rng);
  ObjectSpec cap = ObjectOf(drawn, "target");
  cap.position.y() = height_m;
  cap.mass_kg = MassByVolume(arguments.RangeOf("mmass").Draw(rng), cap.scale);
  cap.material = MaterialFor(draft, "tmaterial", rng);
  Add(draft, cap);
  draft.spec.target_id = cap.id;
  draft.spec.static_fields["cap_type"] = cap.model;
  height_m += cap.scale.y();
}

}  // namespace

TrialSpec BuildSupport(const BuildRequest& request, const base::Rng& rng) {
  SceneDraft draft = StartScene(request, rng, {.scenario = "support", .controller = "Tower", .frame_cap = 600});
  const Arguments& arguments = draft.arguments;
  const int count = arguments.Integer("num_blocks");
  if (count < 1) throw base::UsageError("argument 'num_blocks' must be 1 or more");
  if (!arguments.Names("tower_cap"))
    throw base::UsageError("argument 'tower_cap' must name shapes: the top of the tower is the target");
  if (arguments.Flag("toys")) throw base::UsageError("argument 'toys' needs the reference's model library");

  PlaceZone(draft, [](const base::Vec3&, base::Rng&) { return base::Vec3(0, 0, 0); });
  TakeTargetPlaceholder(draft);
  PlaceProbe(draft, DominoProbe(draft));
  double height_m = 0;
  StackBlocks(draft, {.models = ModelsOf(draft, "middle"), .count = count, .density = 1}, height_m);
  PlaceCap(draft, height_m);
  draft.spec.static_fields["use_cap"] = true;
  draft.spec.static_fields["num_blocks"] = count;
  PlaceCamera(draft, {.look_at_height_m = 0.5 * height_m});
  ClutterRules clutter = CommonClutter(draft);
  clutter.ray_height_m = 0.5 * height_m;
  PlaceClutter(draft, clutter);
  return FinishScene(std::move(draft));
}

}  // namespace figment::physion
