// World: one physics engine over one Scene.
//
//   auto world = MakeWorld(scene, config);
//   world->ApplyImpulse(probe, J, point);
//   world->Step();                       // one timestep_s
//   world->State(), world->Contacts()    // of the step just taken
//
// Step never throws: it sets Status (non-finite, out of bounds, engine warning); the caller turns that into an Error
// or a rejected trial. Save/Restore: a restored MuJoCo world continues bit-identically; two restores of one Bullet
// save continue equally, and exact continuation there is replay from frame 0. One thread per world.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "envs/scene.h"

namespace figment::envs {

enum class Engine { kBullet, kMujoco };

enum class CombineRule { kAverage, kProduct, kMaximum, kMinimum };

// Defaults are those of the Physion reference (PhysX 4 in Unity) as far as they are known; sources beside each value. In a
// replay of the dev half of the released trials Bullet agrees with the released label in .97 dominoes, .84 support, .94
// collide, .80 contain, .91 drop, .80 link, .81 roll without ledges (docs/results.md). Without the spin limit collide
// falls to .62 and roll to .62; with round balls contain falls to .63 and collide to .84; a bounce threshold of .5 m/s
// takes contain to .71. Fewer or more iterations with friction, penetration recovery of .5 to .9 and floor friction of .6
// to .8 differ by no more than noise (.05).
struct WorldConfig {
  Engine engine = Engine::kBullet;
  double timestep_s = 0.01;               // one step per saved frame (TDW default)
  int substeps = 1;                       // engine steps per Step
  int solver_iterations = 32;             // set_physics_solver_iterations in the released logs
  double gravity_m_s2 = 9.81;
  CombineRule friction_rule = CombineRule::kAverage;     // Unity's default for a pair of materials
  CombineRule restitution_rule = CombineRule::kAverage;
  double patch_friction_factor = 2.0;     // friction of an area of contact (two PhysX friction anchors) over Coulomb's
  double restitution_threshold_m_s = 2.0; // no bounce below (Unity's default bounceThreshold)
  double max_spin_rad_s = 7.0;            // Unity's default maxAngularVelocity; 0 = no limit
  double contact_margin_m = 0.0002;       // surfaces nearer than this touch
  bool round_balls = false;               // false: Bullet's spheres collide as hulls, as the reference's do
  double bound_m = 1000.0;                // a body farther out stops the run
  double max_speed_m_s = 1000.0;
};

inline constexpr int kGroundId = -1;      // `body_b` of a contact with the floor
inline constexpr int kFixtureId = -2;     // ... with a wall or other fixture of the room

// One contact point of the step just taken. Cloths have the ids bodies.size() + cloth index.
struct Contact {
  int body_a = 0, body_b = 0;             // body_a > body_b; only body_b may be kGroundId or kFixtureId
  base::Vec3 point_W = base::Vec3::Zero();
  base::Vec3 normal_W = base::Vec3::UnitZ();  // from b to a
  double impulse_Ns = 0;                  // along the normal, over the whole Step
  double distance_m = 0;                  // negative = penetration depth
};

enum class WorldStatus { kOk, kNotFinite, kOutOfBounds, kTooFast, kEngineWarning };
const char* Name(WorldStatus status);

class World {
 public:
  virtual ~World() = default;

  const Scene& scene() const { return scene_; }
  const WorldConfig& config() const { return config_; }

  // Advances by config().timestep_s. Does nothing once Status() is not kOk.
  void Step();
  const SceneState& State() const { return state_; }
  std::span<const Contact> Contacts() const { return contacts_; }   // sorted by pair
  WorldStatus Status() const { return status_; }
  // What happened, for people: "body 3 'probe' is 1203 m from the origin".
  const std::string& StatusDetail() const { return status_detail_; }

  // An immediate impulse (N s) at a world point on a dynamic body; acts in the next Step.
  void ApplyImpulse(int body, const base::Vec3& impulse_Ns, const base::Vec3& point_W);
  void ApplyCentralImpulse(int body, const base::Vec3& impulse_Ns);

  // Deepest overlap of two bodies of the start scene that may collide, metres; 0 if none. Call before the first Step.
  virtual double StartOverlap() = 0;

  std::vector<std::byte> Save() const;
  void Restore(std::span<const std::byte> saved);

 protected:
  World(Scene scene, WorldConfig config);
  virtual void DoStep() = 0;                    // advance, then fill state_ and contacts_
  virtual void DoApplyImpulse(int body, const base::Vec3& impulse_Ns, const base::Vec3& r_W) = 0;  // r_W from the centre of mass
  virtual void DoSave(std::vector<std::byte>& out) const = 0;
  virtual void DoRestore(std::span<const std::byte> saved) = 0;
  void SetStatus(WorldStatus status, const std::string& detail);

  Scene scene_;
  WorldConfig config_;
  SceneState state_;
  std::vector<Contact> contacts_;

 private:
  void CheckState();

  WorldStatus status_ = WorldStatus::kOk;
  std::string status_detail_;
};

// Throws base::Error if the engine cannot run the scene (MuJoCo: no cloth).
std::unique_ptr<World> MakeWorld(const Scene& scene, const WorldConfig& config);

// Value of a combination rule.
double Combine(CombineRule rule, double a, double b);

}  // namespace figment::envs
