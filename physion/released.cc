#include "physion/released.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "base/error.h"
#include "base/hash.h"
#include "files/gzip.h"
#include "physion/drape.h"
#include "physion/library_models.h"
#include "physion/scenario.h"

namespace figment::physion {

extern const std::string_view kReleasedTrialsGz;      // physion/data/released_trials.jsonl.gz
extern const std::string_view kReleasedOutcomesCsv;   // physion/data/released_outcomes_dev.csv

namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

// When a trial ends, by the reference's controllers; roll's "collision" configs ran as Collision.
int FrameCap(const TrialSpec& spec) {
  static const std::map<std::string, int> caps = {{"dominoes", 300}, {"support", 600}, {"collide", 150},
                                                  {"contain", 450},  {"drop", 300},    {"link", 450},
                                                  {"roll", 300},     {"drape", 149}};
  if (spec.controller == "Collision") return caps.at("collide");
  const auto found = caps.find(spec.scenario);
  if (found == caps.end()) throw base::Error("trial field 'scenario': no such scenario: '" + spec.scenario + "'");
  return found->second;
}

// The log's cloth has the reference's field names; ours has the three stiffnesses.
void AddCloth(const Json& scene, TrialSpec& spec) {
  for (const Json& object : scene.at("objects")) {
    const auto cloth = object.find("flex_cloth");
    if (cloth == object.end() || cloth->is_null()) continue;
    spec.cloth = ClothSpec{.tether_stiffness = cloth->value("tether_stiffness", 0.5),
                           .bend_stiffness = cloth->value("bend_stiffness", 0.5),
                           .stretch_stiffness = cloth->value("stretch_stiffness", 0.5)};
  }
}

std::vector<const ObjectSpec*> WithRole(const TrialSpec& spec, std::initializer_list<const char*> roles) {
  std::vector<const ObjectSpec*> found;
  for (const ObjectSpec& object : spec.objects)
    if (std::find(roles.begin(), roles.end(), object.role) != roles.end()) found.push_back(&object);
  return found;
}

const ObjectSpec* FirstWithRole(const TrialSpec& spec, const char* role) {
  const auto found = WithRole(spec, {role});
  return found.empty() ? nullptr : found.front();
}

// The arguments the scene was drawn with, if its config is a released one.
std::optional<Arguments> ArgumentsOf(const TrialSpec& spec) {
  for (const Config& config : ReleasedConfigs())
    if (config.name == spec.config && config.scenario == spec.scenario) return Arguments::FromConfig(config);
  return std::nullopt;
}

// The row as it was before one was taken out again.
void AddDominoFields(const TrialSpec& spec, OrderedJson& fields) {
  const auto arguments = ArgumentsOf(spec);
  fields["remove_middle"] = arguments && arguments->Flag("remove_middle");
  const auto middle = WithRole(spec, {"middle"});
  if (middle.empty()) return;
  const size_t count = arguments ? static_cast<size_t>(arguments->Integer("num_middle_objects")) : middle.size();
  fields["middle_objects"] = std::vector<std::string>(count, middle.back()->model);
  fields["middle_type"] = middle.back()->model;
}

void AddSupportFields(const TrialSpec& spec, const ObjectSpec& target, OrderedJson& fields) {
  fields["cap_type"] = target.model;
  fields["use_cap"] = true;
  fields["num_blocks"] = WithRole(spec, {"middle"}).size();
}

void AddStackFields(const TrialSpec& spec, OrderedJson& fields) {
  const ObjectSpec* base = FirstWithRole(spec, "base");
  const ObjectSpec* attachment = FirstWithRole(spec, "attachment");
  fields["use_base"] = base != nullptr;
  if (base) fields["base_id"] = base->id, fields["base_type"] = base->model;
  fields["use_attachment"] = attachment != nullptr;
  if (attachment) {
    fields["attachment_id"] = attachment->id;
    fields["attachent_type"] = attachment->model;  // spelled so in the reference's files
    const bool is_joined = std::any_of(spec.joints.begin(), spec.joints.end(),
                                       [&](const JointSpec& joint) { return joint.child_id == attachment->id; });
    fields["attachment_fixed"] = is_joined || attachment->kinematic;
  }
  fields["use_cap"] = FirstWithRole(spec, "cap") != nullptr;
  const auto contents = WithRole(spec, {"middle", "target"});
  fields["link_type"] = contents.back()->model;
  fields["num_links"] = contents.size();
  if (spec.scenario == "link") fields["num_middle_objects"] = contents.size();
  for (size_t i = 0; i < contents.size(); ++i)
    if (contents[i]->role == "target") fields["target_link_idx"] = i;
}

void AddDropFields(const TrialSpec& spec, const ObjectSpec& target, OrderedJson& fields) {
  const auto list = [](const base::Vec3& v) { return OrderedJson::array({v.x(), v.y(), v.z()}); };
  fields["drop_type"] = target.model;
  fields["drop_position"] = list(target.position);
  fields["drop_rotation"] = list(target.rotation_deg);
  if (const ObjectSpec* below = FirstWithRole(spec, "middle")) fields["target_type"] = below->model;
}

// What the scenarios' builders record of their scenes, from the roles of the objects.
OrderedJson StaticFields(const TrialSpec& spec) {
  OrderedJson fields = OrderedJson::object();
  const ObjectSpec* target = FirstWithRole(spec, "target");
  if (!target) throw base::Error("trial " + spec.stimulus_name() + " has no object of the role target");
  if (const ObjectSpec* ramp = FirstWithRole(spec, "ramp")) fields["ramp_id"] = ramp->id;
  if (spec.scenario == "dominoes") AddDominoFields(spec, fields);
  if (spec.scenario == "support") AddSupportFields(spec, *target, fields);
  if (spec.scenario == "contain" || spec.scenario == "link") AddStackFields(spec, fields);
  if (spec.scenario == "drop") AddDropFields(spec, *target, fields);
  return fields;
}

// What no scene can be made of. The limits only keep an engine from numbers it cannot count with.
void RequireSense(const TrialSpec& spec) {
  constexpr double kMost = 1e6;  // metres, kilograms, N s
  constexpr char kPositive[] = "above 0 and at most 1e6";
  const auto require = [](bool holds, const std::string& what, double value, const char* expected) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    if (!holds) throw base::Error(what + " is " + text + ", expected " + expected);
  };
  const auto require_vector = [&](const std::string& what, const base::Vec3& v) {
    for (const double value : v) require(std::abs(value) <= kMost, what, value, "at most 1e6 in size");
  };
  for (const ObjectSpec& object : spec.objects) {
    const std::string of = " of object " + std::to_string(object.id) + " (" + object.model + ")";
    require_vector("position" + of, object.position);
    require_vector("rotation" + of, object.rotation_deg);
    for (const double scale : object.scale) require(scale > 0 && scale <= kMost, "scale" + of, scale, kPositive);
    require(object.mass_kg > 0 && object.mass_kg <= kMost, "mass" + of, object.mass_kg, kPositive);
    for (const auto& [name, value] :
         {std::pair("dynamic_friction", object.dynamic_friction), {"static_friction", object.static_friction},
          {"bounciness", object.bounciness}, {"drag", object.drag}, {"angular_drag", object.angular_drag}})
      require(value >= 0 && value <= kMost, name + of, value, "at least 0");
  }
  if (spec.push) require_vector("impulse", spec.push->impulse_Ns);
  require_vector("position of the camera", spec.camera.position);
  require_vector("look_at of the camera", spec.camera.look_at);
  const double fov = spec.camera.fov_y_deg;
  require(fov > 0 && fov < 180, "field of view", fov, "above 0 and below 180 degrees");
}

const std::string& ReleasedText() {
  static const std::string text = files::Gunzip(kReleasedTrialsGz, "released_trials.jsonl.gz");
  return text;
}

std::vector<TrialSpec> ReadReleasedTrials() {
  std::vector<TrialSpec> trials;
  std::string_view text = ReleasedText();
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) trials.push_back(TrialSpecFromReleased(Json::parse(text.substr(0, end))));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return trials;
}

}  // namespace

const std::vector<TrialSpec>& ReleasedTrials() {
  static const std::vector<TrialSpec> trials = ReadReleasedTrials();
  return trials;
}

const TrialSpec& FindReleasedTrial(const std::string& stimulus_name) {
  std::vector<std::string> names;
  for (const TrialSpec& spec : ReleasedTrials()) {
    names.push_back(spec.stimulus_name());
    if (names.back() == stimulus_name) return spec;
  }
  throw base::UnknownName("stimulus", stimulus_name, names, 5);
}

const std::string& ReleasedTrialsSha256() {
  static const std::string hash = base::Sha256Of(ReleasedText());
  return hash;
}

TrialSpec TrialSpecFromReleased(const Json& scene) {
  TrialSpec spec = TrialSpecFromJson(scene);
  AddCloth(scene, spec);
  for (size_t i = 0; i < spec.objects.size(); ++i) {
    // Four occluders of drop were sent with a small negative scale: specks, turned inside out. Here they are specks.
    spec.objects[i].scale = spec.objects[i].scale.cwiseAbs();
    PutStandIn(spec.objects[i], scene.at("objects")[i].value("library_scale", 1.0));
  }
  RequireSense(spec);
  spec.frame_cap = FrameCap(spec);
  if (spec.scenario == "drape") {
    spec.ends_at_sleep = false;
    spec.zone_distance_threshold_m = kDrapeContactDistance_m;
  }
  spec.static_fields = StaticFields(spec);
  return spec;
}

std::string_view ReleasedOutcomesCsv() { return kReleasedOutcomesCsv; }

}  // namespace figment::physion
