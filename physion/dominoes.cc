#include "physion/dominoes.h"

#include <algorithm>

#include "base/error.h"
#include "physion/common_scene.h"

namespace figment::physion {
namespace {

constexpr double kGapBehindTarget_m = 0.1;

base::Vec3 ZoneBehindTarget(const Arguments& arguments, const base::Vec3& scale) {
  return {0.5 * arguments.Number("collision_axis_length") + scale.x() + kGapBehindTarget_m, 0, 0};
}

// Places along the axis for the middle dominoes: evenly with jitter. The row ends early when jitter has carried it to
// the target.
std::vector<double> MiddlePlaces(const SceneDraft& draft, int count, base::Rng& rng) {
  const double axis = draft.arguments.Number("collision_axis_length");
  const double jitter = draft.arguments.Number("spacing_jitter");
  const double width = draft.spec.objects[1].scale.x();  // of the target
  std::vector<double> places;
  double x = -0.5 * axis;
  for (int i = 0; i < count; ++i) {
    x += axis / (count + 1) * rng.Uniform(1 - jitter, 1 + jitter);
    x = std::clamp(x, -0.5 * axis + width, std::max(-0.5 * axis, 0.5 * axis) - width);
    if (x >= 0.5 * axis - width) break;
    places.push_back(x);
  }
  return places;
}

ObjectSpec MiddleDomino(SceneDraft& draft, double x, const std::vector<std::string>& models,
                        const std::optional<Rgb>& color, base::Rng& rng) {
  const Arguments& arguments = draft.arguments;
  const Drawn drawn = Draw(draft, {.models = models, .scale = arguments.Axes("mscale"), .color = color,
                                   .away_from = draft.target_color}, rng);
  ObjectSpec domino = ObjectOf(drawn, "middle");
  const double jitter = arguments.Number("lateral_jitter");
  domino.position = base::Vec3(x, 0, domino.scale.z() * rng.Uniform(-jitter, jitter));
  domino.rotation_deg.y() = arguments.RangeOf("mrot").Draw(rng);
  if (arguments.Flag("horizontal")) {
    domino.rotation_deg.z() = 90;
    domino.position += TurnedInFloor(base::Vec3(domino.scale.y() / 2, 0, 0), -domino.rotation_deg.y());
  }
  domino.mass_kg = arguments.RangeOf("mmass").Draw(rng);
  domino.material = MaterialFor(draft, "mmaterial", rng);
  return domino;
}

void PlaceMiddle(SceneDraft& draft) {
  const Arguments& arguments = draft.arguments;
  const int count = arguments.Integer("num_middle_objects");
  if (count < 0) throw base::UsageError("argument 'num_middle_objects' must not be negative");
  const bool remove_one = arguments.Flag("remove_middle");
  draft.spec.static_fields["remove_middle"] = remove_one;
  if (count == 0) return;

  base::Rng rng = draft.rng.Split("middle");
  const int removed = remove_one ? static_cast<int>(rng.Integer(0, count)) : -1;
  const std::vector<double> places = MiddlePlaces(draft, count, rng);
  const auto models = ModelsOf(draft, arguments.Names("middle") ? "middle" : "target");
  const std::optional<Rgb> color = MiddleColor(draft);
  std::string type;
  for (int i = 0; i < static_cast<int>(places.size()); ++i) {
    if (i == removed) continue;
    base::Rng own = rng.Split(static_cast<uint64_t>(i));
    const ObjectSpec domino = MiddleDomino(draft, places[static_cast<size_t>(i)], models, color, own);
    Add(draft, domino);
    draft.middle_scale = draft.middle_scale.cwiseMax(domino.scale);
    type = domino.model;
  }
  if (type.empty()) return;
  draft.spec.static_fields["middle_objects"] = std::vector<std::string>(static_cast<size_t>(count), type);
  draft.spec.static_fields["middle_type"] = type;
}

}  // namespace

TrialSpec BuildDominoes(const BuildRequest& request, const base::Rng& rng) {
  SceneDraft draft =
      StartScene(request, rng, {.scenario = "dominoes", .controller = "MultiDominoes", .frame_cap = 300});
  PlaceZone(draft, [&](const base::Vec3& scale, base::Rng&) { return ZoneBehindTarget(draft.arguments, scale); });
  PlaceTarget(draft);
  PlaceProbe(draft, DominoProbe(draft));
  PlaceMiddle(draft);
  PlaceCamera(draft, {});
  PlaceClutter(draft, CommonClutter(draft));
  return FinishScene(std::move(draft));
}

}  // namespace figment::physion
