#include "physion/collide.h"

#include "physion/common_scene.h"

namespace figment::physion {

TrialSpec BuildCollide(const BuildRequest& request, const base::Rng& rng) {
  SceneDraft draft = StartScene(request, rng, {.scenario = "collide", .controller = "Collision", .frame_cap = 150});
  PlaceZone(draft, [&](const base::Vec3&, base::Rng& zone_rng) {
    const double jitter = draft.arguments.Number("zjitter");
    return base::Vec3(draft.arguments.Number("collision_axis_length"), 0, zone_rng.Uniform(-jitter, jitter));
  });
  PlaceTarget(draft);
  PlaceProbe(draft, {.friction = 0.4, .lift_m = draft.arguments.Number("plift"), .turn = ProbeTurn::kAllAxes,
                     .push = PushTurn::kFixed});
  PlaceCamera(draft, {});
  PlaceClutter(draft, {.keep_clear_z_m = 2 * draft.middle_scale.z(), .distractor_spacing_deg = 20,
                       .occluder_spacing_deg = 15, .distractor_size_m = {0.5, 1.0}, .occluder_size_m = {0.25, 1.0}});
  return FinishScene(std::move(draft));
}

}  // namespace figment::physion
