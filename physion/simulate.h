// Runs a Trial in a World: 100 states a second, the reference's per-frame labels, its end-of-trial rule, and our checks.
// Everything is kept in memory; drawing and files come afterwards, from the recorded states.
//
// Frame f is the state after f + 1 steps (frame 0 includes the first). Objects are indices into TrialSpec::objects.
// Rules: spec of the released data (PB controllers/dominoes.py, _write_frame_labels and is_done).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "envs/world.h"
#include "physion/trial.h"

namespace figment::physion {

// One contact point between two objects, or of an object with the room (object_b = envs::kGroundId or kFixtureId).
struct ContactEvent {
  int object_a = 0, object_b = 0;
  base::Vec3 point_W = base::Vec3::Zero(), normal_W = base::Vec3::UnitZ();  // normal from b to a
  double impulse_Ns = 0;
  double distance_m = 0;            // negative = penetration
};

enum class CollisionState { kEnter, kStay, kExit };

// One touching (or just parted) pair of objects.
struct PairEvent {
  int object_a = 0, object_b = 0;
  CollisionState state = CollisionState::kEnter;
  base::Vec3 relative_velocity_W = base::Vec3::Zero();  // of a's centre of mass, seen from b
};

struct FrameLabels {
  bool has_target = true, has_zone = true;
  bool target_contacting_zone = false;
  bool target_has_moved = false;    // more than 1 cm from its start
  bool target_on_ground = false;    // floor contact where there was none at frame 0; stays while contact lasts
  bool trial_end = false, trial_timeout = false, trial_complete = false;  // timeout = all asleep, complete = frame cap
  base::Vec3 target_delta_position = base::Vec3::Zero();  // reference frame (y up), metres
  std::optional<bool> did_fall;                           // support
  std::optional<double> minimum_distance_target_to_zone;  // drape, metres
};

struct FrameRecord {
  envs::SceneState state;
  std::vector<ContactEvent> contacts;   // sorted by pair
  std::vector<PairEvent> pairs;         // sorted by pair
  FrameLabels labels;
};

struct Outcome {
  bool label = false;                   // target touches zone in any frame
  std::optional<int> first_contact_frame, first_move_frame, first_ground_frame;
  bool did_target_move = false, did_target_miss_zone = false, did_target_hit_ground = false;
  base::Vec3 final_displacement = base::Vec3::Zero();     // reference frame
  std::optional<bool> did_fall;
  std::optional<double> minimum_distance_target_to_zone;  // over all frames
  int num_frames = 0;
  std::string ended_by;                 // sleep, cap or fixed
  double start_overlap_m = 0;           // deepest overlap of two objects at the start
  double max_penetration_m = 0;         // deepest overlap of two bodies or a body and the floor later on
};

struct Simulation {
  std::vector<FrameRecord> frames;
  Outcome outcome;
  std::string reject_reason;            // empty = accepted; otherwise the first problem
  bool is_complete = false;             // came to the trial's end
  std::string state_sha256;             // over the states of all frames: f64 x y z, qw qx qy qz, v, w of each body, cloth vertices
};

struct SimulateOptions {
  envs::WorldConfig world;
  std::optional<double> max_start_overlap_m;  // reject above
  // False: a scene that cannot be replaced goes on to its end; its first problem is still the reject_reason. Only a
  // broken simulation (WorldStatus) stops it.
  bool stop_at_problem = true;
};

// How the reject_reason of max_start_overlap_m begins.
inline constexpr char kStartOverlapReason[] = "start overlap";

Simulation Simulate(const Trial& trial, const SimulateOptions& options);

// Gives the world the trial's push if it is due before the step that makes `frame`.
void ApplyPush(const Trial& trial, int frame, envs::World& world);

// SHA-256 of the recorded states.
std::string StateSha256(const std::vector<FrameRecord>& frames);

}  // namespace figment::physion
