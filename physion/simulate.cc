#include "physion/simulate.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "base/check.h"
#include "base/hash.h"
#include "envs/distance.h"
#include "envs/mass_properties.h"

namespace figment::physion {
namespace {

// Frames before this one never end a trial by sleep; drape always ends here (released frame counts start at 151).
constexpr int kFirstSleepFrame = 150;
constexpr double kLowestAwake_m = -1;  // what fell deeper out of the room does not keep a trial going
constexpr double kMovedThreshold = 0.01;  // target_motion_thresh of the reference, metres
// A target that fell below half its height at the push counts as fallen, from this frame on (PB support.py).
constexpr int kFirstFallFrame = 30;
// A penetration is an error if it is deeper than this and still growing over the window below; a deep start overlap
// that shrinks is the reference's own doing.
constexpr double kPenetrationLimit = 0.005;
constexpr int kPenetrationWindow = 10;
// A centre of mass this far under the floor has tunnelled through it.
constexpr double kTunnelDepth = 0.02;

using Pair = std::pair<int, int>;

int BodyOf(const Trial& trial, int object) { return trial.body_of_object[static_cast<size_t>(object)]; }

// Everything the labels of one frame are made from.
class Recorder {
 public:
  Recorder(const Trial& trial, envs::World& world) : trial_(trial), world_(world), spec_(trial.spec) {
    object_of_body_.resize(trial.scene.bodies.size() + trial.scene.cloths.size());
    for (size_t object = 0; object < trial.body_of_object.size(); ++object) {
      const int body = trial.body_of_object[object];
      object_of_body_[body >= 0 ? static_cast<size_t>(body) : trial.scene.bodies.size()] = static_cast<int>(object);
    }
    if (!trial.scene.cloths.empty()) zone_surface_.emplace(trial.scene, BodyOf(trial, trial.zone));
  }

  FrameRecord Record(int frame);
  // Why this frame makes the trial worthless; empty if it does not.
  std::string Problem(int frame) const;
  double max_penetration() const { return max_penetration_; }

 private:
  void FillContacts(FrameRecord& record) const;
  void FillPairs(FrameRecord& record);
  void FillLabels(FrameRecord& record, int frame);
  bool TargetOnGround(const FrameRecord& record, int frame);
  bool AllAsleep() const;
  void TrackPenetration(int frame);
  double HeightAboveFloor(int object) const;
  base::Vec3 VelocityOf(int object) const;

  const Trial& trial_;
  envs::World& world_;
  const TrialSpec& spec_;
  std::vector<int> object_of_body_;
  std::optional<envs::BodySurface> zone_surface_;     // drape only
  std::set<Pair> touching_;
  std::vector<base::Vec3> first_ground_points_;
  bool on_ground_ = false, has_fallen_ = false;
  double height_at_push_ = 0;
  struct Penetration {
    double depth = 0, depth_at_start = 0;
    int since = 0, last = -2;  // frames
  };
  std::map<Pair, Penetration> penetrations_;
  double max_penetration_ = 0;
};

base::Vec3 Recorder::VelocityOf(int object) const {
  const int body = object >= 0 ? BodyOf(trial_, object) : -1;
  return body >= 0 ? world_.State().bodies[static_cast<size_t>(body)].velocity_W : base::Vec3::Zero();
}

double Recorder::HeightAboveFloor(int object) const {
  const int body = BodyOf(trial_, object);
  return world_.State().bodies[static_cast<size_t>(body)].X_WB.p.z();
}

void Recorder::FillContacts(FrameRecord& record) const {
  for (const envs::Contact& contact : world_.Contacts()) {
    const int b = contact.body_b;
    record.contacts.push_back({.object_a = object_of_body_[static_cast<size_t>(contact.body_a)],
                               .object_b = b >= 0 ? object_of_body_[static_cast<size_t>(b)] : b,
                               .point_W = contact.point_W,
                               .normal_W = contact.normal_W,
                               .impulse_Ns = contact.impulse_Ns,
                               .distance_m = contact.distance_m});
  }
  std::stable_sort(record.contacts.begin(), record.contacts.end(), [](const auto& x, const auto& y) {
    return Pair(x.object_a, x.object_b) < Pair(y.object_a, y.object_b);
  });
}

void Recorder::FillPairs(FrameRecord& record) {
  std::set<Pair> now;
  for (const ContactEvent& contact : record.contacts) now.insert({contact.object_a, contact.object_b});
  std::set<Pair> either = now;
  either.insert(touching_.begin(), touching_.end());
  for (const Pair& pair : either) {
    const CollisionState state = !now.contains(pair)        ? CollisionState::kExit
                                 : touching_.contains(pair) ? CollisionState::kStay
                                                            : CollisionState::kEnter;
    record.pairs.push_back({pair.first, pair.second, state, VelocityOf(pair.first) - VelocityOf(pair.second)});
  }
  touching_ = std::move(now);
}

// Floor contact counts when it is not where the target stood at frame 0. The reference also counts a changed number
// of points; engines differ in how many points they give one face, so only places are compared here.
bool Recorder::TargetOnGround(const FrameRecord& record, int frame) {
  std::vector<base::Vec3> points;
  for (const ContactEvent& contact : record.contacts)
    if (contact.object_a == trial_.target && contact.object_b == envs::kGroundId) points.push_back(contact.point_W);
  if (frame == 0) first_ground_points_ = points;
  if (frame == 0 || points.empty()) return on_ground_ = false;
  for (const base::Vec3& point : points) {
    const bool known = std::any_of(first_ground_points_.begin(), first_ground_points_.end(),
                                   [&](const base::Vec3& first) { return (point - first).norm() <= kMovedThreshold; });
    if (!known) on_ground_ = true;
  }
  return on_ground_;
}

bool Recorder::AllAsleep() const {
  for (size_t b = 0; b < trial_.scene.bodies.size(); ++b)
    if (trial_.scene.bodies[b].motion != envs::Motion::kFixed && !world_.State().bodies[b].asleep &&
        world_.State().bodies[b].X_WB.p.z() > kLowestAwake_m)
      return false;
  return true;
}

void Recorder::TrackPenetration(int frame) {
  std::map<Pair, double> depths;
  for (const envs::Contact& contact : world_.Contacts()) {
    if (static_cast<size_t>(contact.body_a) >= trial_.scene.bodies.size()) continue;  // cloth has no depth
    double& depth = depths[{contact.body_a, contact.body_b}];
    depth = std::max(depth, -contact.distance_m);
  }
  for (const auto& [pair, depth] : depths) {
    if (depth <= kPenetrationLimit) continue;
    Penetration& penetration = penetrations_[pair];
    const bool continues = penetration.last == frame - 1;
    if (!continues) penetration = {.depth = depth, .depth_at_start = depth, .since = frame, .last = frame};
    penetration.depth = depth;
    penetration.last = frame;
    // Overlaps that were there from the start are reported as start_overlap_m instead.
    if (penetration.since > 0) max_penetration_ = std::max(max_penetration_, depth);
  }
}

std::string Recorder::Problem(int frame) const {
  if (world_.Status() != envs::WorldStatus::kOk)
    return std::string(envs::Name(world_.Status())) + ": " + world_.StatusDetail();
  for (const auto& [pair, penetration] : penetrations_)
    if (penetration.last == frame && frame - penetration.since >= kPenetrationWindow &&
        penetration.depth > penetration.depth_at_start + kPenetrationLimit)
      return "growing penetration of " + std::to_string(penetration.depth) + " m at frame " + std::to_string(frame) +
             " by " + trial_.scene.bodies[static_cast<size_t>(pair.first)].name;
  for (size_t b = 0; b < trial_.scene.bodies.size(); ++b) {
    if (trial_.scene.bodies[b].motion == envs::Motion::kFixed) continue;
    if (envs::CentreOfMass(trial_.scene, world_.State(), static_cast<int>(b)).z() <
        trial_.scene.ground.height_m - kTunnelDepth)
      return "tunnelled through the floor at frame " + std::to_string(frame) + ": " + trial_.scene.bodies[b].name;
  }
  return "";
}

void Recorder::FillLabels(FrameRecord& record, int frame) {
  FrameLabels& labels = record.labels;
  const int target_body = BodyOf(trial_, trial_.target);
  if (target_body >= 0) {
    const base::Vec3 now = world_.State().bodies[static_cast<size_t>(target_body)].X_WB.p;
    const base::Vec3 start = trial_.scene.bodies[static_cast<size_t>(target_body)].X_WB.p;
    labels.target_delta_position = ToReference(base::Vec3(now - start));
    labels.target_has_moved = labels.target_delta_position.norm() > kMovedThreshold;
    labels.target_on_ground = TargetOnGround(record, frame);
  }
  labels.target_contacting_zone = std::any_of(record.contacts.begin(), record.contacts.end(), [&](const auto& contact) {
    return std::minmax(contact.object_a, contact.object_b) == std::minmax(trial_.target, trial_.zone);
  });
  if (!trial_.scene.cloths.empty()) {
    labels.minimum_distance_target_to_zone =
        zone_surface_->DistanceTo(world_.State().cloths[0].vertices_W,
                                  world_.State().bodies[static_cast<size_t>(BodyOf(trial_, trial_.zone))].X_WB);
    labels.target_contacting_zone = *labels.minimum_distance_target_to_zone < spec_.zone_distance_threshold_m;
  }
  if (spec_.scenario == "support") {
    const int push_frame = spec_.push ? spec_.push->frame : 0;
    if (frame <= push_frame) height_at_push_ = HeightAboveFloor(trial_.target);
    if (frame >= kFirstFallFrame && HeightAboveFloor(trial_.target) < 0.5 * height_at_push_) has_fallen_ = true;
    labels.did_fall = has_fallen_;
  }
  labels.trial_timeout = AllAsleep() && frame >= kFirstSleepFrame && spec_.ends_at_sleep;
  labels.trial_complete = spec_.ends_at_sleep ? frame > spec_.frame_cap : frame >= kFirstSleepFrame;
  labels.trial_end = labels.trial_timeout || labels.trial_complete;
}

FrameRecord Recorder::Record(int frame) {
  FrameRecord record;
  record.state = world_.State();
  FillContacts(record);
  FillPairs(record);
  FillLabels(record, frame);
  TrackPenetration(frame);
  return record;
}

Outcome Summarise(const Trial& trial, const std::vector<FrameRecord>& frames) {
  Outcome outcome;
  const auto first_frame = [&](bool FrameLabels::* label) -> std::optional<int> {
    for (size_t f = 0; f < frames.size(); ++f)
      if (frames[f].labels.*label) return static_cast<int>(f);
    return std::nullopt;
  };
  outcome.first_contact_frame = first_frame(&FrameLabels::target_contacting_zone);
  outcome.first_move_frame = first_frame(&FrameLabels::target_has_moved);
  outcome.first_ground_frame = first_frame(&FrameLabels::target_on_ground);
  outcome.label = outcome.first_contact_frame.has_value();
  outcome.did_target_move = outcome.first_move_frame.has_value();
  outcome.did_target_hit_ground = outcome.first_ground_frame.has_value();
  outcome.did_target_miss_zone = outcome.did_target_move && !outcome.label;
  outcome.num_frames = static_cast<int>(frames.size());
  if (frames.empty()) return outcome;
  const FrameLabels& last = frames.back().labels;
  outcome.final_displacement = last.target_delta_position;
  outcome.did_fall = last.did_fall;
  outcome.ended_by = last.trial_timeout ? "sleep" : trial.spec.ends_at_sleep ? "cap" : "fixed";
  for (const FrameRecord& frame : frames)
    if (const auto distance = frame.labels.minimum_distance_target_to_zone)
      outcome.minimum_distance_target_to_zone =
          std::min(*distance, outcome.minimum_distance_target_to_zone.value_or(*distance));
  return outcome;
}

}  // namespace

void ApplyPush(const Trial& trial, int frame, envs::World& world) {
  if (!trial.push || trial.push->frame != frame) return;
  const Push& push = *trial.push;
  if (push.point_W) world.ApplyImpulse(push.body, push.impulse_Ns, *push.point_W);
  else world.ApplyCentralImpulse(push.body, push.impulse_Ns);
}

Simulation Simulate(const Trial& trial, const SimulateOptions& options) {
  Simulation simulation;
  const auto world = envs::MakeWorld(trial.scene, options.world);
  const double start_overlap = world->StartOverlap();
  if (options.max_start_overlap_m && start_overlap > *options.max_start_overlap_m)
    simulation.reject_reason = std::string(kStartOverlapReason) + " of " + std::to_string(start_overlap) + " m";

  Recorder recorder(trial, *world);
  const auto goes_on = [&] {
    return options.stop_at_problem ? simulation.reject_reason.empty() : world->Status() == envs::WorldStatus::kOk;
  };
  for (int frame = 0; goes_on(); ++frame) {
    ApplyPush(trial, frame, *world);
    world->Step();
    simulation.frames.push_back(recorder.Record(frame));
    if (simulation.reject_reason.empty()) simulation.reject_reason = recorder.Problem(frame);
    simulation.is_complete = simulation.frames.back().labels.trial_end && goes_on();
    if (simulation.frames.back().labels.trial_end) break;
  }
  simulation.outcome = Summarise(trial, simulation.frames);
  simulation.outcome.start_overlap_m = start_overlap;
  simulation.outcome.max_penetration_m = recorder.max_penetration();
  simulation.state_sha256 = StateSha256(simulation.frames);
  return simulation;
}

std::string StateSha256(const std::vector<FrameRecord>& frames) {
  base::Sha256 hash;
  std::vector<double> numbers;
  for (const FrameRecord& frame : frames) {
    numbers.clear();
    for (const envs::BodyState& body : frame.state.bodies) {
      const base::Pose& X = body.X_WB;
      numbers.insert(numbers.end(), {X.p.x(), X.p.y(), X.p.z(), X.q.w(), X.q.x(), X.q.y(), X.q.z()});
      numbers.insert(numbers.end(), body.velocity_W.begin(), body.velocity_W.end());
      numbers.insert(numbers.end(), body.angular_velocity_W.begin(), body.angular_velocity_W.end());
    }
    for (const envs::ClothState& cloth : frame.state.cloths)
      for (const Eigen::Vector3f& vertex : cloth.vertices_W) numbers.insert(numbers.end(), vertex.begin(), vertex.end());
    hash.Update(std::as_bytes(std::span(numbers)));
  }
  return hash.Hex();
}

}  // namespace figment::physion
