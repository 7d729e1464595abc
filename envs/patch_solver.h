// Contact solver for the Bullet world with the contact law of PhysX 4, the engine of the Physion reference (public
// repository NVIDIAGameWorks/PhysX, physx/source/lowleveldynamics/src: DyContactPrep, DySolverConstraints,
// DySolverControl, DyFrictionCorrelation). A projected Gauss-Seidel method over pairs of convex pieces:
//
// - The velocities that move the bodies come from the position iterations: they close a gap, or remove an overlap, by
//   four fifths a step. A velocity iteration without the part that removes overlaps then gives the velocities that
//   bodies keep.
// - Friction acts at no more than two anchors a pair, far apart on the area of contact. Each may use the whole normal
//   impulse of the pair, so that a face holds twice what a point does, and resists turning about the normal. An anchor
//   stays where it stuck, so that a body at rest does not creep.
// - Friction joins in the last position iterations only, as by default in PhysX.
//
// Replays of the released Physion scenes agree best with just these rules, unconverged as they are where light bodies
// carry heavy ones. One thing is added: where a step would sink bodies into each other by more than `sinking_m`, further
// iterations correct how they move, though not the velocities they keep.
//
// Included by .cc files of envs/ only.
#pragma once

#include <btBulletDynamicsCommon.h>

#include <vector>

namespace figment::envs {

// What friction remembers of a pair of pieces from step to step.
struct FrictionPatch {
  struct Anchor {
    btVector3 on_a, on_b;                  // in the frames of the rigid bodies
  };
  btVector3 normal_a, normal_b;            // the contact's, in the frames of the rigid bodies
  Anchor anchors[2];
  int count = 0;
  bool slipped = false;                    // in the last step: the anchors are void
};

struct PatchSolverConfig {
  int position_iterations = 32, friction_iterations = 3, velocity_iterations = 1;
  double recovery = 0.8;                   // share of a gap or overlap closed in a step
  double max_separation_speed_m_s = 10;    // of what removes an overlap
  double restitution_threshold_m_s = 2;
  double two_anchors_factor = 2;           // friction of two anchors together, as a multiple of Coulomb's
  double sinking_m = 0.0005;
  int most_extra_iterations = 300;
};

// One step of one world: Solve (after collision detection) gives each active body the velocity to move with; once the
// bodies are moved, SetFinalVelocities gives them the velocity they keep. Bodies that are not active count as fixed.
// Read from the manifold points: m_combinedFriction (sliding), m_combinedRollingFriction (sticking), and the
// FrictionPatch in m_userPersistentData; without one there is no friction. Written: m_appliedImpulse.
class PatchSolver {
 public:
  explicit PatchSolver(const PatchSolverConfig& config) : config_(config) {}

  void Solve(btDispatcher& dispatcher, const btCollisionObjectArray& objects, double step_s);
  void SetFinalVelocities();

 private:
  struct Body {
    btRigidBody* rigid;
    btVector3 velocity, spin;
    double inverse_mass;
    btMatrix3x3 inverse_inertia;
  };
  // One direction at one point: unit impulse along `axis` on a, its opposite on b.
  struct Row {
    btVector3 axis, lever_a, lever_b;      // lever = arm x axis
    btVector3 turn_a, turn_b;              // change of spin by a unit impulse
    double effective_mass = 0;
    double target = 0;                     // velocity along the axis to reach
    double bias = 0;                       // velocity that closes a gap (> 0), removes an overlap or a creep
    double kept_bias = 0;                  // what remains of it in the velocity iterations
    double impulse = 0;
    btManifoldPoint* point = nullptr;
  };
  struct Patch {
    int a = 0, b = 0;                      // bodies; 0 is everything fixed
    int first_point = 0;                   // in rows_, up to first_friction
    int first_friction = 0, frictions = 0; // in rows_
    double static_friction = 0, dynamic_friction = 0;
    FrictionPatch* memory = nullptr;
  };

  static Row MakeRow(const Body& a, const Body& b, const btVector3& axis, const btVector3& arm_a,
                     const btVector3& arm_b);
  static double Velocity(const Row& row, const Body& a, const Body& b);
  static void Push(const Row& row, double impulse, Body& a, Body& b);
  Body& BodyAt(int index) { return bodies_[static_cast<size_t>(index)]; }
  void AddBodies(const btCollisionObjectArray& objects, double step_s);
  void AddPatch(btPersistentManifold& manifold, double step_s);
  void AddFriction(Patch& patch, const btPersistentManifold& manifold, double step_s);
  void SolvePatch(Patch& patch, bool with_friction, bool biased);
  double Sinking() const;                  // m/s: the fastest that a pair moves into each other after the iterations
  void SetVelocities() const;
  void StopSinking(double step_s);

  PatchSolverConfig config_;
  std::vector<Body> bodies_;
  std::vector<Row> rows_;
  std::vector<Patch> patches_;
  std::vector<Body> kept_bodies_;          // while StopSinking works on the others
  std::vector<Row> kept_rows_;
};

}  // namespace figment::envs
