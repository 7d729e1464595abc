#include "physion/trial_spec.h"

#include "base/error.h"

namespace figment::physion {
namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

OrderedJson ToJson(const base::Vec3& v) { return OrderedJson::array({v.x(), v.y(), v.z()}); }

base::Vec3 VectorFrom(const Json& json, const std::string& field) {
  if (!json.is_array() || json.size() != 3 || !json[0].is_number() || !json[1].is_number() || !json[2].is_number())
    throw base::Error("trial field '" + field + "': expected three numbers, got " + json.dump());
  return {json[0].get<double>(), json[1].get<double>(), json[2].get<double>()};
}

// A required field of a JSON object, with its name in the error.
template <class T>
T Get(const Json& json, const std::string& field) {
  const auto found = json.find(field);
  if (found == json.end()) throw base::Error("trial field '" + field + "' is missing");
  try {
    return found->template get<T>();
  } catch (const Json::exception&) {
    throw base::Error("trial field '" + field + "' has an unexpected type: " + found->dump());
  }
}

// An optional one: absent and null give the default.
template <class T>
T Get(const Json& json, const std::string& field, const T& fallback) {
  const auto found = json.find(field);
  return found == json.end() || found->is_null() ? fallback : Get<T>(json, field);
}

base::Vec3 GetVector(const Json& json, const std::string& field) { return VectorFrom(Get<Json>(json, field), field); }

OrderedJson ToJson(const ObjectSpec& object) {
  return {{"id", object.id},
          {"model", object.model},
          {"role", object.role},
          {"category", object.category.empty() ? OrderedJson(nullptr) : OrderedJson(object.category)},
          {"position", ToJson(object.position)},
          {"rotation", ToJson(object.rotation_deg)},
          {"scale", ToJson(object.scale)},
          {"mass", object.mass_kg},
          {"dynamic_friction", object.dynamic_friction},
          {"static_friction", object.static_friction},
          {"bounciness", object.bounciness},
          {"kinematic", object.kinematic},
          {"drag", object.drag},
          {"angular_drag", object.angular_drag},
          {"color", object.has_color ? ToJson(object.color) : OrderedJson(nullptr)},
          {"material", object.material.empty() ? OrderedJson(nullptr) : OrderedJson(object.material)}};
}

ObjectSpec ObjectFrom(const Json& json) {
  ObjectSpec object;
  object.id = Get<int>(json, "id");
  object.model = Get<std::string>(json, "model");
  object.role = Get<std::string>(json, "role");
  object.category = Get<std::string>(json, "category", "");
  object.library_model = Get<std::string>(json, "library_model", "");
  object.position = GetVector(json, "position");
  object.rotation_deg = GetVector(json, "rotation");
  object.scale = GetVector(json, "scale");
  object.mass_kg = Get(json, "mass", object.mass_kg);
  object.dynamic_friction = Get(json, "dynamic_friction", object.dynamic_friction);
  object.static_friction = Get(json, "static_friction", object.static_friction);
  object.bounciness = Get(json, "bounciness", object.bounciness);
  object.kinematic = Get(json, "kinematic", object.kinematic);
  object.drag = Get(json, "drag", object.drag);
  object.angular_drag = Get(json, "angular_drag", object.angular_drag);
  const auto color = json.find("color");
  object.has_color = color != json.end() && !color->is_null();
  if (object.has_color) object.color = VectorFrom(*color, "color");
  object.material = Get<std::string>(json, "material", "");
  return object;
}

}  // namespace

OrderedJson ToJson(const TrialSpec& spec) {
  OrderedJson json = {{"stimulus", spec.stimulus_name()},
                      {"scenario", spec.scenario},
                      {"config", spec.config},
                      {"trial", spec.index},
                      {"trial_seed", spec.trial_seed},
                      {"controller", spec.controller},
                      {"room", spec.room},
                      {"zone_id", spec.zone_id},
                      {"target_id", spec.target_id},
                      {"probe_id", spec.probe_id ? OrderedJson(*spec.probe_id) : OrderedJson(nullptr)}};
  for (const ObjectSpec& object : spec.objects) {
    json["objects"].push_back(ToJson(object));
    if (!object.library_model.empty()) json["objects"].back()["library_model"] = object.library_model;
  }
  json["joints"] = OrderedJson::array();
  for (const JointSpec& joint : spec.joints)
    json["joints"].push_back({{"type", "fixed"}, {"id", joint.child_id}, {"parent", joint.parent_id}});
  json["impulses"] = OrderedJson::array();
  if (spec.push)
    json["impulses"].push_back({{"frame", spec.push->frame},
                                {"id", spec.push->id},
                                {"impulse", ToJson(spec.push->impulse_Ns)},
                                {"point", spec.push->point ? ToJson(*spec.push->point) : OrderedJson(nullptr)}});
  json["camera"] = {{"position", ToJson(spec.camera.position)},
                    {"look_at", ToJson(spec.camera.look_at)},
                    {"fov_y", spec.camera.fov_y_deg}};
  if (spec.cloth)
    json["cloth"] = {{"tether_stiffness", spec.cloth->tether_stiffness},
                     {"bend_stiffness", spec.cloth->bend_stiffness},
                     {"stretch_stiffness", spec.cloth->stretch_stiffness}};
  json["frame_cap"] = spec.frame_cap;
  json["ends_at_sleep"] = spec.ends_at_sleep;
  json["zone_distance_threshold_m"] = spec.zone_distance_threshold_m;
  json["static_fields"] = spec.static_fields.is_null() ? OrderedJson::object() : spec.static_fields;
  return json;
}

TrialSpec TrialSpecFromJson(const Json& json) {
  if (!json.is_object()) throw base::Error("a trial must be a JSON object, got " + json.dump().substr(0, 60));
  TrialSpec spec;
  spec.scenario = Get<std::string>(json, "scenario");
  spec.config = Get<std::string>(json, "config");
  spec.index = Get<int>(json, "trial");
  spec.trial_seed = Get<int64_t>(json, "trial_seed");
  spec.controller = Get<std::string>(json, "controller", "");
  spec.room = Get<std::string>(json, "room");
  spec.zone_id = Get<int>(json, "zone_id");
  spec.target_id = Get<int>(json, "target_id");
  if (const int probe = Get(json, "probe_id", 0); probe > 0) spec.probe_id = probe;
  for (const Json& object : Get<Json>(json, "objects")) spec.objects.push_back(ObjectFrom(object));
  for (const Json& joint : Get(json, "joints", Json::array()))
    spec.joints.push_back({Get<int>(joint, "parent"), Get<int>(joint, "id")});
  for (const Json& impulse : Get(json, "impulses", Json::array())) {
    PushSpec push{.frame = Get<int>(impulse, "frame"),
                  .id = Get<int>(impulse, "id"),
                  .impulse_Ns = GetVector(impulse, "impulse"),
                  .point = std::nullopt};
    if (!impulse.value("point", Json()).is_null()) push.point = GetVector(impulse, "point");
    spec.push = push;
  }
  const Json camera = Get<Json>(json, "camera");
  spec.camera = {GetVector(camera, "position"), GetVector(camera, "look_at"), Get<double>(camera, "fov_y")};
  if (const Json cloth = Get(json, "cloth", Json()); !cloth.is_null())
    spec.cloth = {Get<double>(cloth, "tether_stiffness"), Get<double>(cloth, "bend_stiffness"),
                  Get<double>(cloth, "stretch_stiffness")};
  spec.frame_cap = Get(json, "frame_cap", spec.frame_cap);
  spec.ends_at_sleep = Get(json, "ends_at_sleep", spec.ends_at_sleep);
  spec.zone_distance_threshold_m = Get(json, "zone_distance_threshold_m", spec.zone_distance_threshold_m);
  spec.static_fields = Get(json, "static_fields", Json::object());
  return spec;
}

std::string TrialSpec::stimulus_name() const {
  std::string number = std::to_string(index);
  if (number.size() < 4) number.insert(0, 4 - number.size(), '0');
  return config + "_" + number;
}

}  // namespace figment::physion
