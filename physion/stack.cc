#include "physion/stack.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/error.h"
#include "physion/tower.h"

namespace figment::physion {
namespace {

constexpr double kContentDensity = 0.25;  // of contents and rings, beside a tower's blocks

class StackBuilder {
 public:
  StackBuilder(const BuildRequest& request, const base::Rng& rng, const StackRules& rules)
      : rules_(rules), draft_(StartScene(request, rng, rules.facts)), arguments_(draft_.arguments) {}

  TrialSpec Build() {
    PlaceZone(draft_, [](const base::Vec3&, base::Rng&) { return base::Vec3(0, 0, 0); });
    TakeTargetPlaceholder(draft_);
    PlaceProbe(draft_, DominoProbe(draft_));
    PlaceBase();
    PlaceAttachment();
    PlaceContents();
    PlaceCamera(draft_, {.look_at_height_m = 0.5 * height_m_});
    ClutterRules clutter = CommonClutter(draft_);
    clutter.ray_height_m = 0.5 * height_m_;
    PlaceClutter(draft_, clutter);
    return FinishScene(std::move(draft_));
  }

 private:
  nlohmann::ordered_json& Static(const char* name) { return draft_.spec.static_fields[name]; }

  // A part of the stand: models, scale, mass, colour and material by the arguments that begin with `prefix`.
  ObjectSpec Part(const std::string& names, const std::string& prefix, const std::string& role, double height,
                  base::Rng& rng) {
    const std::string models = arguments_.Names(names) ? names : "target";  // a placeholder has the target's shapes
    const Drawn drawn = Draw(draft_, {.models = ModelsOf(draft_, models, rules_.more_models),
                                      .scale = arguments_.Axes(prefix + "scale"),
                                      .color = arguments_.Color(prefix + "color"),
                                      .away_from = draft_.target_color}, rng);
    ObjectSpec part = ObjectOf(drawn, role);
    part.position.y() = height;
    part.mass_kg = MassByVolume(arguments_.RangeOf(prefix + "mass").Draw(rng), part.scale);
    part.material = MaterialFor(draft_, prefix + "material", rng);
    return part;
  }

  // The base, or its twin as a cap. A pipe or a torus adds no height: what comes next sits inside.
  ObjectSpec PlaceBaseOrCap(const std::string& role, double height, base::Rng& rng) {
    const ObjectSpec part = Part("base", "b", role, height, rng);
    if (!arguments_.Names("base")) {  // drawn and removed: only the id is used up
      height_m_ = 0;
      return part;
    }
    Add(draft_, part);
    if (part.model != "pipe" && part.model != "torus") height_m_ += SizeOf(draft_, part.model).y() * part.scale.y();
    return part;
  }

  void PlaceBase() {
    base::Rng rng = draft_.rng.Split("base");
    const ObjectSpec base = PlaceBaseOrCap("base", 0, rng);
    base_id_ = base.id;
    Static("base_id") = base.id;
    Static("use_base") = arguments_.Names("base").has_value();
    Static("base_type") = base.model;
  }

  void PlaceAttachment() {
    const bool used = arguments_.Names("attachment").has_value();
    const bool fixed = arguments_.Flag("attachment_fixed");
    base::Rng rng = draft_.rng.Split("attachment");
    ObjectSpec part = Part("attachment", "a", "attachment", height_m_, rng);
    if (part.model == "cylinder") part.mass_kg *= std::numbers::pi / 4;
    if (part.model == "cone") part.mass_kg *= std::numbers::pi / 12;
    Static("attachment_id") = part.id;
    Static("attachent_type") = part.model;  // spelled so in the reference's files
    Static("use_attachment") = used;
    Static("attachment_fixed") = fixed;
    Static("use_cap") = arguments_.Flag("attachment_capped");
    if (!used) return;
    part.kinematic = fixed && !arguments_.Names("base");
    Add(draft_, part);
    if (fixed && arguments_.Names("base")) draft_.spec.joints.push_back({base_id_, part.id});
    // Around a cone the rings start higher up, where it is narrower.
    const double part_height = SizeOf(draft_, part.model).y();
    if (part.model == "cone")
      height_m_ += 0.25 * part_height * std::hypot(part.scale.x(), part.scale.z()) / part.scale.y();
    if (arguments_.Flag("attachment_capped")) PlaceCap(part, height_m_ + part_height * part.scale.y());
  }

  void PlaceCap(const ObjectSpec& attachment, double height) {
    base::Rng rng = draft_.rng.Split("cap");
    const ObjectSpec cap = PlaceBaseOrCap("cap", height, rng);
    if (arguments_.Flag("attachment_fixed") && arguments_.Names("base"))
      draft_.spec.joints.push_back({attachment.id, cap.id});
  }

  void PlaceContents() {
    base::Rng rng = draft_.rng.Split("contents");
    const int count = DrawCount(rng);
    const std::string models = arguments_.Names("middle") ? "middle" : "target";
    const auto blocks = StackBlocks(
        draft_, {.models = ModelsOf(draft_, models), .count = count, .density = kContentDensity}, height_m_);
    const int chosen = ChooseTarget(count, rng);
    ObjectSpec& target = draft_.spec.objects[blocks[static_cast<size_t>(chosen)]];
    target.role = "target";
    target.color = draft_.target_color;
    target.material = MaterialFor(draft_, "tmaterial", rng);
    draft_.spec.target_id = target.id;
    Static("link_type") = draft_.spec.objects[blocks.back()].model;
    Static("num_links") = count;
    if (rules_.records_num_middle_objects) Static("num_middle_objects") = count;
    Static("target_link_idx") = chosen;
  }

  int DrawCount(base::Rng& rng) const {
    const Range range = arguments_.RangeOf("num_middle_range");
    const auto low = static_cast<int64_t>(range.low), end = static_cast<int64_t>(range.high);
    if (low < 1 || end <= low)
      throw base::UsageError("argument 'num_middle_range': from 1 up, the upper end (excluded) above the lower one");
    return static_cast<int>(rng.Integer(low, end));
  }

  // Any block, or one of a range cut off at the top block, or a certain one.
  int ChooseTarget(int count, base::Rng& rng) const {
    const auto range = arguments_.OptionalRange(rules_.target_range);
    if (!range) return static_cast<int>(rng.Integer(0, count));
    const auto low = static_cast<int64_t>(range->low), end = static_cast<int64_t>(range->high);
    if (low < 0) throw base::UsageError("argument '" + rules_.target_range + "': blocks count from 0");
    const int64_t chosen = end > low ? rng.Integer(low, end) : low;
    return static_cast<int>(std::min<int64_t>(chosen, count - 1));
  }

  const StackRules& rules_;
  SceneDraft draft_;
  const Arguments& arguments_;
  double height_m_ = 0;  // at which the next object stands
  int base_id_ = 0;
};

}  // namespace

TrialSpec BuildStack(const BuildRequest& request, const base::Rng& rng, const StackRules& rules) {
  return StackBuilder(request, rng, rules).Build();
}

}  // namespace figment::physion
