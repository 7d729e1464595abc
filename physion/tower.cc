#include "physion/tower.h"

namespace figment::physion {
namespace {

constexpr double kHeightInBowl = 0.1;     // a block in a bowl stands this high at unit scale
constexpr double kInvertedLift_m = 0.25;  // more than the block's own height, for blocks turned upside down
constexpr double kMostFriction = 0.9;

ObjectSpec Block(SceneDraft& draft, const TowerRules& rules, double growth, double height,
                 const std::optional<Rgb>& color, base::Rng& rng) {
  const Arguments& arguments = draft.arguments;
  Drawn drawn = Draw(draft, {.models = rules.models, .scale = arguments.Axes("mscale"), .color = color,
                             .away_from = draft.target_color}, rng);
  drawn.scale.array() += growth;
  ObjectSpec block = ObjectOf(drawn, "middle");
  const double jitter = arguments.Number("spacing_jitter");
  const double x = block.scale.x() * rng.Uniform(-jitter, jitter);
  block.position = base::Vec3(x, height, block.scale.z() * rng.Uniform(-jitter, jitter));
  block.rotation_deg.y() = arguments.RangeOf("mrot").Draw(rng);
  if (arguments.Flag("invert_blocks")) {
    block.rotation_deg.z() = 180;
    block.position.y() += SizeOf(draft, block.model).y() + kInvertedLift_m;
  }
  block.mass_kg = rules.density * MassByVolume(arguments.RangeOf("mmass").Draw(rng), block.scale);
  block.dynamic_friction = rng.Uniform(0, kMostFriction);
  block.static_friction = rng.Uniform(0, kMostFriction);
  block.bounciness = rng.Uniform();
  block.material = MaterialFor(draft, "mmaterial", rng);
  return block;
}

}  // namespace

std::vector<size_t> StackBlocks(SceneDraft& draft, const TowerRules& rules, double& height_m) {
  const double gradient = draft.arguments.Number("mgrad");
  const std::optional<Rgb> color = MiddleColor(draft);
  std::vector<size_t> blocks;
  double height = height_m + draft.zone_scale.y();
  for (int i = 0; i < rules.count; ++i) {
    base::Rng rng = draft.rng.Split("middle").Split(static_cast<uint64_t>(i));
    const ObjectSpec block = Block(draft, rules, gradient * (rules.count / 2.0 - i), height, color, rng);
    Add(draft, block);
    blocks.push_back(draft.spec.objects.size() - 1);
    height += block.scale.y() * (block.model == "bowl" ? kHeightInBowl : SizeOf(draft, block.model).y());
    height_m = height;
  }
  return blocks;
}

}  // namespace figment::physion
