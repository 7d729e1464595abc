// A small hand-made trial with its states and pictures, for tests of files: no engine, no renderer.
//
// Objects: 1 zone (mat, body 0), 2 target (cube, body 1); with cloth: the target is a sheet and body 1 is object 3.
#pragma once

#include "physion/encode.h"
#include "physion/simulate.h"

namespace figment::physion {

inline TrialSpec SyntheticSpec() {
  TrialSpec spec;
  spec.scenario = "support", spec.config = "synthetic", spec.index = 7, spec.trial_seed = 3007;
  spec.controller = "Tower", spec.room = "box";
  ObjectSpec zone;
  zone.id = 1, zone.model = "cube", zone.role = "zone", zone.kinematic = true;
  zone.position = {1, 0, 0.5}, zone.scale = {0.5, 0.01, 2}, zone.mass_kg = 500, zone.color = {1, 1, 0};
  zone.dynamic_friction = 0.1, zone.static_friction = 1;
  ObjectSpec target;
  target.id = 2, target.model = "cube", target.role = "target";
  target.position = {0.25, 0.5, -1}, target.rotation_deg = {0, 90, 0}, target.scale = {0.2, 0.4, 0.6};
  target.mass_kg = 2, target.color = {1, 0, 0};
  spec.objects = {zone, target};
  spec.zone_id = 1, spec.target_id = 2, spec.probe_id = 2;
  spec.push = PushSpec{.frame = 1, .id = 2, .impulse_Ns = {3, 0, 1}, .point = base::Vec3(0.2, 0.8, -1)};
  spec.camera = {.position = {2, 1.5, 2}, .look_at = {0, 0.5, 0}, .fov_y_deg = 55};
  spec.static_fields = {{"num_blocks", 3}, {"use_cap", true}, {"cap_type", "cube"}, {"nothing", nullptr},
                        {"drop_position", {{"x", 1.0}, {"y", 2.0}, {"z", 3.0}}}};
  return spec;
}

inline Trial SyntheticTrial() {
  Trial trial;
  trial.spec = SyntheticSpec();
  trial.scene.shapes = {envs::MakePrimitive("cube")};
  for (const ObjectSpec& object : trial.spec.objects) {
    envs::Body body;
    body.scale = {object.scale.x(), object.scale.z(), object.scale.y()};
    body.X_WB = {FromReference(object.position), FromReference(QuatFromUnityEuler(object.rotation_deg))};
    body.mass_kg = object.mass_kg;
    trial.scene.bodies.push_back(body);
  }
  trial.body_of_object = {0, 1};
  trial.zone = 0, trial.target = 1, trial.probe = 1;
  trial.push = Push{1, 1, FromReference(base::Vec3(3, 0, 1)), FromReference(base::Vec3(0.2, 0.8, -1))};
  trial.camera = envs::LookAt(FromReference(trial.spec.camera.position), FromReference(trial.spec.camera.look_at),
                              trial.spec.camera.fov_y_deg * 3.14159265358979 / 180);
  return trial;
}

// The same with a 3 x 2 sheet as target (object 1) and the cube as an anchor (object 2).
inline Trial SyntheticClothTrial() {
  Trial trial = SyntheticTrial();
  TrialSpec& spec = trial.spec;
  spec.scenario = "drape", spec.controller = "ClothSagging", spec.probe_id.reset(), spec.push.reset();
  spec.cloth = ClothSpec{}, spec.static_fields = nullptr;
  ObjectSpec anchor = spec.objects[1];
  anchor.id = 3, anchor.role = "anchor";
  spec.objects[1].model = "cloth_square", spec.objects[1].scale = {1, 1, 1}, spec.objects[1].mass_kg = 0.6;
  spec.objects.push_back(anchor);
  envs::Cloth cloth;
  cloth.resolution = {3, 2}, cloth.size_m = {2, 2}, cloth.mass_kg = 0.6;
  cloth.X_WC.p = {0, 0, 1.5};
  trial.scene.cloths = {cloth};
  trial.body_of_object = {0, -1, 1};
  trial.probe = -1, trial.push.reset();
  return trial;
}

// Two frames; in the second one the target has moved, turned and touches the zone and the floor.
inline Simulation SyntheticSimulation(const Trial& trial) {
  Simulation simulation;
  simulation.frames.resize(2);
  for (int f = 0; f < 2; ++f) {
    FrameRecord& record = simulation.frames[static_cast<size_t>(f)];
    record.state = envs::InitialState(trial.scene);
    record.state.time_s = 0.01 * (f + 1);
    if (!trial.scene.cloths.empty()) record.labels.minimum_distance_target_to_zone = 0.5 - 0.25 * f;
    else record.labels.did_fall = f == 1;
  }
  FrameRecord& last = simulation.frames[1];
  last.state.bodies[1].X_WB.p += base::Vec3(0, 0.5, -0.1);
  last.state.bodies[1].velocity_W = {1, 2, 3};
  last.state.bodies[1].angular_velocity_W = {4, 5, 6};
  last.contacts = {{.object_a = 1, .object_b = envs::kGroundId, .point_W = {9, 8, 0}, .impulse_Ns = 0.5},
                   {.object_a = 1, .object_b = 0, .point_W = {1, 2, 3}, .normal_W = {0, 0, 1}, .impulse_Ns = 2},
                   {.object_a = 1, .object_b = 0, .point_W = {4, 5, 6}, .normal_W = {0, 1, 0}, .impulse_Ns = 1}};
  last.pairs = {{.object_a = 1, .object_b = envs::kGroundId, .state = CollisionState::kStay},
                {.object_a = 1, .object_b = 0, .state = CollisionState::kEnter, .relative_velocity_W = {1, 2, 3}}};
  last.labels.target_contacting_zone = last.labels.target_has_moved = last.labels.target_on_ground = true;
  last.labels.trial_end = last.labels.trial_timeout = true;
  last.labels.target_delta_position = {0, -0.1, 0.5};

  Outcome& outcome = simulation.outcome;
  outcome.label = outcome.did_target_move = outcome.did_target_hit_ground = true;
  outcome.first_contact_frame = outcome.first_move_frame = outcome.first_ground_frame = 1;
  outcome.final_displacement = {0, -0.1, 0.5};
  outcome.num_frames = 2, outcome.ended_by = "sleep";
  if (trial.scene.cloths.empty()) outcome.did_fall = true;
  else outcome.minimum_distance_target_to_zone = 0.25;
  return simulation;
}

// 64 x 48 pictures: a zone of rows 10-19, columns 0-31 and a target of 8 x 8 pixels at row 20 + 8 f, column 40.
inline render::Frame SyntheticFrame(const Trial& trial, int f) {
  render::Frame frame;
  frame.width = 64, frame.height = 48;
  const size_t pixels = 64 * 48;
  frame.color.resize(3 * pixels), frame.normals.assign(3 * pixels, 0), frame.id.assign(pixels, 0);
  frame.depth_m.assign(pixels, 100.0f), frame.flow_px.assign(2 * pixels, 0.0f);
  const int target_body = trial.body_of_object[static_cast<size_t>(trial.target)];
  const auto target_id = static_cast<uint16_t>(target_body >= 0 ? target_body + 1 : trial.scene.bodies.size() + 1);
  for (int row = 0; row < 48; ++row)
    for (int column = 0; column < 64; ++column) {
      const size_t i = static_cast<size_t>(row * 64 + column);
      frame.color[3 * i] = static_cast<uint8_t>(4 * column), frame.color[3 * i + 1] = static_cast<uint8_t>(5 * row);
      const bool zone = row >= 10 && row < 20 && column < 32;
      const bool target = row >= 20 + 8 * f && row < 28 + 8 * f && column >= 40 && column < 48;
      if (!zone && !target) continue;
      frame.id[i] = target ? target_id : uint16_t{1};
      frame.depth_m[i] = target ? 2.5f : 3.0f + 0.01f * static_cast<float>(row);
      frame.normals[3 * i] = 128, frame.normals[3 * i + 1] = 255, frame.normals[3 * i + 2] = 128;
      if (target && f > 0) frame.flow_px[2 * i] = -1.5f, frame.flow_px[2 * i + 1] = 8.0f;
    }
  return frame;
}

}  // namespace figment::physion
