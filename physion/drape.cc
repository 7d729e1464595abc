#include "physion/drape.h"

#include "base/error.h"
#include "physion/common_scene.h"

namespace figment::physion {
namespace {

constexpr double kStartLift_m = 0.1;  // every solid starts this far above its place, so that none stick together
const std::vector<std::string> kAnchorModels = {"cone", "cube", "cylinder", "pyramid", "triangular_prism"};

// Something large behind the posts.
struct Prop {
  std::string model;
  double z_m = 0;
  base::Vec3 scale = base::Vec3::Ones();
};

const std::vector<Prop>& DrapeProps() {
  static const std::vector<Prop> props = {{"alma_floor_lamp", -1.1, {1.0, 0.8, 1.0}},
                                          {"linbrazil_diz_armchair", -1.4, {1.2, 1.2, 1.0}},
                                          {"buddah", -1.3, {1.2, 1.2, 1.2}},
                                          {"desk_lamp", -1.1, {1.2, 1.2, 1.2}}};
  return props;
}

base::Vec3 ZonePlaceBetween(const Arguments& arguments, base::Rng& rng) {
  const double left = arguments.Number("min_anchorloc"), right = arguments.Number("max_anchorloc");
  const double ratio = rng.Uniform(arguments.Number("min_distance_ratio"), arguments.Number("max_distance_ratio"));
  return {right - ratio * (right - left), 0, rng.Uniform(-0.2, 0.4)};
}

void PlaceAnchor(SceneDraft& draft, double x, double height, base::Rng& rng) {
  ObjectSpec anchor;
  anchor.id = draft.NextId();
  anchor.model = rng.Choice(kAnchorModels), anchor.role = "anchor";
  anchor.position = base::Vec3(x, kStartLift_m, 0);
  const double jitter = draft.arguments.Number("height_jitter");
  const double width = rng.Uniform(0.1, 0.3);
  height += rng.Uniform(-jitter, jitter);
  anchor.scale = base::Vec3(width, height, rng.Uniform(0.2, 0.5));
  anchor.mass_kg = 25;
  anchor.color = AnyColor(rng);
  anchor.material = MaterialFor(draft, "mmaterial", rng);
  Add(draft, anchor);
}

void PlaceTwoAnchors(SceneDraft& draft) {
  const Arguments& arguments = draft.arguments;
  base::Rng rng = draft.rng.Split("anchors");
  const double jitter = arguments.Number("anchor_jitter"), height = arguments.Number("anchor_height");
  PlaceAnchor(draft, arguments.Number("min_anchorloc") - rng.Uniform(0, jitter), height, rng);
  PlaceAnchor(draft, arguments.Number("max_anchorloc") + rng.Uniform(0, jitter), height + 0.1, rng);
}

void PlaceProp(SceneDraft& draft) {
  base::Rng rng = draft.rng.Split("prop");
  const Prop& choice = rng.Choice(DrapeProps());
  ObjectSpec prop;
  prop.id = draft.NextId();
  prop.model = choice.model, prop.role = "prop";
  prop.position = base::Vec3(0, kStartLift_m, choice.z_m);
  prop.scale = choice.scale;
  prop.mass_kg = 100;
  prop.color = AnyColor(rng);
  prop.material = MaterialFor(draft, "mmaterial", rng);
  Add(draft, prop);
}

// In seven of ten trials one more post, half a metre outside of one of the two.
void PlaceOuterAnchor(SceneDraft& draft) {
  constexpr double kChance = 0.7, kOutside_m = 0.5, kHeight_m = 0.5;
  base::Rng rng = draft.rng.Split("outer anchor");
  if (!rng.Chance(kChance)) return;
  const Arguments& arguments = draft.arguments;
  const double x = rng.Chance(0.5) ? arguments.Number("min_anchorloc") - kOutside_m
                                   : arguments.Number("max_anchorloc") + kOutside_m;
  PlaceAnchor(draft, x - rng.Uniform(0, arguments.Number("anchor_jitter")), kHeight_m, rng);
}

void PlaceCloth(SceneDraft& draft) {
  base::Rng rng = draft.rng.Split("cloth");
  ObjectSpec cloth;
  cloth.id = draft.NextId();
  cloth.model = "cloth_square", cloth.role = "target";
  const double x = rng.Uniform(-0.2, 0.2), y = rng.Uniform(1.3, 1.5);
  cloth.position = base::Vec3(x, y, rng.Uniform(-0.6, -0.4));
  cloth.mass_kg = 0.5;
  cloth.color = draft.target_color;
  Add(draft, cloth);
  ClothSpec stiffness;
  stiffness.tether_stiffness = rng.Uniform();
  stiffness.bend_stiffness = rng.Uniform();
  stiffness.stretch_stiffness = rng.Uniform();
  draft.spec.cloth = stiffness;
  draft.spec.target_id = cloth.id;
}

}  // namespace

TrialSpec BuildDrape(const BuildRequest& request, const base::Rng& rng) {
  // The frame cap 149 ends every trial at frame 150.
  SceneDraft draft = StartScene(request, rng, {.scenario = "drape", .controller = "ClothSagging", .frame_cap = 149});
  if (!draft.arguments.Flag("cloth"))
    throw base::UsageError("drape needs the argument 'cloth': the cloth is the target");
  for (const char* other : {"fluid", "squishy"})
    if (draft.arguments.Flag(other)) throw base::UsageError(std::string("argument '") + other + "' is not available");
  draft.spec.ends_at_sleep = false;
  draft.spec.zone_distance_threshold_m = kDrapeContactDistance_m;

  PlaceZone(draft, [&](const base::Vec3&, base::Rng& zone_rng) { return ZonePlaceBetween(draft.arguments, zone_rng); });
  ObjectSpec& zone = draft.spec.objects.front();
  zone.position.y() += kStartLift_m;
  zone.kinematic = false;  // a heavy solid of the cloth's engine, which falls into its place like the others
  TakeTargetPlaceholder(draft);
  PlaceTwoAnchors(draft);
  PlaceProp(draft);
  PlaceOuterAnchor(draft);
  PlaceCloth(draft);
  PlaceCamera(draft, {});
  ClutterRules clutter = CommonClutter(draft);
  clutter.distractor_size_m = clutter.occluder_size_m = {0.8, 1.2};
  PlaceClutter(draft, clutter);
  return FinishScene(std::move(draft));
}

}  // namespace figment::physion
