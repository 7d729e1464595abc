// TrialSpec: one trial as the reference would send it to its engine - objects, joints, one push, camera, room.
// It is what a scenario builds, what the released command logs contain, and what a manifest can replay.
//
// Frame of the reference (TDW): metres, kilograms, degrees, x right, y UP, z forward, LEFT-handed. Rotations are Unity
// Euler angles: R = Ry Rx Rz on column vectors. `position` is the model's origin (bottom centre of a primitive).
// MakeTrial (physion/trial.h) is the one place that turns this into our right-handed, z-up Scene.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/pose.h"

namespace figment::physion {

struct ObjectSpec {
  int id = 0;                       // as the reference numbers them; creation order is the order in TrialSpec::objects
  std::string model;                // primitive or prop name (envs/shapes.h, physion/props.h)
  std::string role;                 // zone target probe middle base attachment cap ramp ramp_base ledge anchor prop distractor occluder
  std::string category;             // of clutter only: chair, vase, ...
  std::string library_model;        // of a replayed scene: the reference's model that `model` stands in for
  base::Vec3 position = base::Vec3::Zero();
  base::Vec3 rotation_deg = base::Vec3::Zero();
  base::Vec3 scale = base::Vec3::Ones();
  double mass_kg = 1.0;
  double dynamic_friction = 0.5, static_friction = 0.5, bounciness = 0.0;
  bool kinematic = false;
  double drag = 0.0, angular_drag = 0.05;
  base::Vec3 color = base::Vec3(0.5, 0.5, 0.5);  // sRGB 0..1; of props: kept as the prop's own tint when unset
  bool has_color = true;
  std::string material;             // the reference's visual material name, e.g. parquet_wood_red_cedar
};

struct JointSpec {
  int parent_id = 0, child_id = 0;  // fixed, unbreakable
};

// One impulse (the reference's "force" command acts as an impulse), acting before the step that makes `frame`.
struct PushSpec {
  int frame = 0;
  int id = 0;
  base::Vec3 impulse_Ns = base::Vec3::Zero();
  std::optional<base::Vec3> point;  // world coordinates; nullopt = at the centre of mass
};

struct CameraSpec {
  base::Vec3 position = base::Vec3(2, 1.5, 2), look_at = base::Vec3(0, 0.5, 0);
  double fov_y_deg = 55;
};

// Cloth of a drape trial; its object in `objects` has model cloth_square and role target.
struct ClothSpec {
  double tether_stiffness = 0.5, bend_stiffness = 0.5, stretch_stiffness = 0.5;  // 0..1
};

struct TrialSpec {
  std::string scenario, config;
  int index = 0;
  int64_t trial_seed = 0;           // by the reference's formula: 1000 * config seed + trial index
  std::string controller;           // class name of the reference, e.g. MultiDominoes
  std::string room;                 // box or tdw
  int zone_id = 0, target_id = 0;
  std::optional<int> probe_id;
  std::vector<ObjectSpec> objects;
  std::vector<JointSpec> joints;
  std::optional<PushSpec> push;
  CameraSpec camera;
  std::optional<ClothSpec> cloth;
  int frame_cap = 300;              // the trial ends when frame > cap
  bool ends_at_sleep = true;        // false for drape, which always ends at frame 150
  double zone_distance_threshold_m = 0;  // drape: label threshold; 0 = label by contact
  nlohmann::ordered_json static_fields;  // the scenario's own entries of static/ (num_links, cap_type, ...)

  std::string stimulus_name() const;  // {config}_{NNNN}
};

nlohmann::ordered_json ToJson(const TrialSpec& spec);
TrialSpec TrialSpecFromJson(const nlohmann::json& json);  // throws base::Error naming the field

}  // namespace figment::physion
