// World over Bullet (double precision). One engine step:
//
//   damping and spin limit -> Bullet's collision detection -> PrepareContacts -> PatchSolver -> Bullet moves the bodies
//   -> AfterMove -> velocities they keep -> read back
//
// As in PhysX the spin is limited before the solver, not after: what the solver finds keeps the contacts apart, and a
// limit on its result would push bodies into each other. Bodies at rest sleep: they are held still until touched.
//
// Frames: W world, B a body's shape frame, P the frame of Bullet's rigid body: centre of mass and principal axes.
// Bodies tied by FixedJoints become one rigid body of several pieces: a joint then gives way by nothing, costs
// nothing, and its bodies do not collide with each other, as PhysX has it.
#include <BulletCollision/CollisionDispatch/btCollisionDispatcher.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "base/check.h"
#include "envs/bullet_contacts.h"
#include "envs/bullet_shapes.h"
#include "envs/cloth.h"
#include "envs/engines.h"
#include "envs/mass_properties.h"
#include "envs/neighbours.h"
#include "envs/patch_solver.h"
#include "envs/rest.h"

namespace figment::envs {
namespace {

using base::Pose;
using base::Quat;
using base::Vec3;

constexpr int kNoBody = -3;  // below every id a contact may have

// A rigid body of the engine: one body, or several tied together.
struct RigidGroup {
  std::vector<int> bodies;
  std::vector<Pose> X_PB;                // of each body
  std::vector<Vec3> centre_P;            // of each body's mass
  std::vector<int> body_of_piece;
  std::vector<CollisionPiece> pieces;
  std::unique_ptr<btCompoundShape> compound;
  std::unique_ptr<btRigidBody> rigid;
  int first_mover = -1;                  // index of its first body for RestJudge, the others follow; -1: never moves
  std::vector<Quat> q_PA;                // principal axes of each body that moves
  double linear_damping = 0, angular_damping = 0;
};

btDefaultCollisionConstructionInfo PoolSizes() {
  btDefaultCollisionConstructionInfo info;
  // A scene of a dozen objects; Bullet goes on with the heap beyond. The default of 4096 costs 8 MB to fill.
  info.m_defaultMaxPersistentManifoldPoolSize = 256;
  info.m_defaultMaxCollisionAlgorithmPoolSize = 256;
  info.m_customCollisionAlgorithmMaxElementSize = ExactContacts::LargestAlgorithm();
  return info;
}

// Bullet's world with our solver and our rules for contacts and rest. It knows the bodies only through `Rules`.
class RuledDynamicsWorld : public btDiscreteDynamicsWorld {
 public:
  struct Rules {
    virtual ~Rules() = default;
    virtual void BeforeStep(double step_s) = 0;
    virtual void PrepareContacts() = 0;
    virtual void AfterMove(double step_s) = 0;   // bodies still have the velocities they moved with
  };

  RuledDynamicsWorld(btDispatcher* dispatcher, btBroadphaseInterface* broadphase, btConstraintSolver* unused,
                     btCollisionConfiguration* configuration, const PatchSolverConfig& config, Rules* rules)
      : btDiscreteDynamicsWorld(dispatcher, broadphase, unused, configuration), solver_(config), rules_(rules) {}

 protected:
  void predictUnconstraintMotion(btScalar step_s) override {
    rules_->BeforeStep(step_s);
    btDiscreteDynamicsWorld::predictUnconstraintMotion(step_s);
  }
  void solveConstraints(btContactSolverInfo& info) override {
    rules_->PrepareContacts();
    solver_.Solve(*getDispatcher(), getCollisionObjectArray(), info.m_timeStep);
  }
  void integrateTransforms(btScalar step_s) override {
    btDiscreteDynamicsWorld::integrateTransforms(step_s);
    rules_->AfterMove(step_s);
    solver_.SetFinalVelocities();
  }

 private:
  PatchSolver solver_;
  Rules* rules_;
};

// Everything of one running simulation; a restored world starts a new one.
class BulletSimulation : public RuledDynamicsWorld::Rules {
 public:
  BulletSimulation(const Scene& scene, const WorldConfig& config, const SceneState& start);
  ~BulletSimulation() override;
  BulletSimulation(const BulletSimulation&) = delete;
  BulletSimulation& operator=(const BulletSimulation&) = delete;

  void Step();
  void ApplyImpulse(int body, const Vec3& impulse, const Vec3& r_W);
  void ReadState(SceneState& state) const;
  void ReadContacts(std::vector<Contact>& contacts);
  double DeepestOverlap();

  // Positions, velocities and rest of the rigid bodies, exactly. What friction remembers is not in it.
  std::vector<double> Snapshot() const;
  // Returns how many of the values were its own.
  size_t SetSnapshot(const std::vector<double>& values);

 private:
  void BeforeStep(double step_s) override;
  void PrepareContacts() override;
  void AfterMove(double step_s) override;

  void AddGroup(const std::vector<int>& bodies, Motion motion, const SceneState& start);
  void AddStatic(btCollisionShape& shape, const btTransform& X_W, int id);
  void LimitSpin(btRigidBody& body) const;
  // The body (or kGroundId, kFixtureId) that an object's piece belongs to.
  int BodyOf(const btCollisionObject& object, int piece) const;
  const Surface& SurfaceOf(int body) const;
  int MoverOf(const btCollisionObject& object) const;   // of its first body; -1: never moves
  Pose PoseOf(int body) const;
  bool IsAwake(int body) const;
  void FindTouches();
  void Settle();
  void ApplyRest(const RigidGroup& group) const;
  void GatherContacts();

  const Scene& scene_;
  const WorldConfig& config_;
  ExactContacts exact_contacts_;
  btDefaultCollisionConfiguration configuration_{PoolSizes()};
  btCollisionDispatcher dispatcher_{&configuration_};
  btDbvtBroadphase broadphase_;
  btSequentialImpulseConstraintSolver unused_solver_;   // Bullet's world insists on one
  btStaticPlaneShape ground_shape_;
  std::vector<CollisionPiece> fixture_pieces_;
  std::vector<std::unique_ptr<btRigidBody>> room_;
  std::vector<RigidGroup> groups_;
  std::vector<std::pair<int, int>> place_of_body_;   // group, member
  RestJudge rest_;                                   // of bodies
  NeighbourCount neighbours_;
  std::unique_ptr<RuledDynamicsWorld> world_;

  // Contacts of the substeps so far; `order` sorts by pair, then by time.
  struct Gathered {
    uint64_t order;
    Contact contact;
  };
  std::vector<Gathered> gathered_;
  std::vector<std::pair<uint64_t, uint32_t>> sorted_;
};

// Broadphase groups: what does not move never meets.
constexpr int kStaticFilter = 2, kDynamicFilter = 1;

BulletSimulation::BulletSimulation(const Scene& scene, const WorldConfig& config, const SceneState& start)
    : scene_(scene),
      config_(config),
      ground_shape_(btVector3(0, 0, 1), scene.ground.height_m),
      place_of_body_(scene.bodies.size()),
      neighbours_(scene) {
  exact_contacts_.Register(dispatcher_);
  // The reach of a contact is gContactBreakingThreshold, 2 cm: two bodies with Unity's default contact offset of 1 cm.
  dispatcher_.setDispatcherFlags(0);
  const PatchSolverConfig solver_config = {.position_iterations = config.solver_iterations,
                                           .restitution_threshold_m_s = config.restitution_threshold_m_s,
                                           .two_anchors_factor = config.patch_friction_factor};
  world_ = std::make_unique<RuledDynamicsWorld>(&dispatcher_, &broadphase_, &unused_solver_, &configuration_,
                                                solver_config, this);
  world_->setGravity(btVector3(0, 0, -config.gravity_m_s2));
  world_->getDispatchInfo().m_allowedCcdPenetration = config.contact_margin_m;

  AddStatic(ground_shape_, btTransform::getIdentity(), kGroundId);
  for (const Fixture& fixture : scene.fixtures)
    if (fixture.collides) {
      fixture_pieces_.push_back(MakeBoxPiece(fixture.half_size));
      AddStatic(*fixture_pieces_.back().shape, ToBullet(fixture.X_WF), kFixtureId);
    }

  for (const auto& bodies : RigidGroups(scene)) {
    const bool fixed = std::any_of(bodies.begin(), bodies.end(), [&](int body) {
      return scene.bodies[static_cast<size_t>(body)].motion == Motion::kFixed;
    });
    if (fixed)
      for (int body : bodies) AddGroup({body}, Motion::kFixed, start);
    else
      AddGroup(bodies, Motion::kDynamic, start);
  }
}

BulletSimulation::~BulletSimulation() {
  for (auto& group : groups_) world_->removeRigidBody(group.rigid.get());
  for (auto& rigid : room_) world_->removeRigidBody(rigid.get());
}

void BulletSimulation::AddStatic(btCollisionShape& shape, const btTransform& X_W, int id) {
  btRigidBody::btRigidBodyConstructionInfo info(0, nullptr, &shape);
  info.m_startWorldTransform = X_W;
  room_.push_back(std::make_unique<btRigidBody>(info));
  room_.back()->setUserIndex(id);
  room_.back()->forceActivationState(ISLAND_SLEEPING);  // so that Bullet leaves its contacts with bodies asleep alone
  world_->addRigidBody(room_.back().get(), kStaticFilter, kDynamicFilter);
}

void BulletSimulation::AddGroup(const std::vector<int>& bodies, Motion motion, const SceneState& start) {
  const auto& body_at = [&](int body) -> const Body& { return scene_.bodies[static_cast<size_t>(body)]; };
  const auto& shape_of = [&](const Body& body) -> const Shape& { return scene_.shapes[static_cast<size_t>(body.shape)]; };
  RigidGroup group;
  group.bodies = bodies;
  // Mass properties in the frame of the first body; the others sit in it as the scene starts.
  const Body& first = body_at(bodies.front());
  const Pose X_FW = first.X_WB.Inverse();
  std::vector<MassProperties> masses;
  for (int index : bodies) {
    const Body& body = body_at(index);
    masses.push_back(Transform(X_FW * body.X_WB, MassPropertiesOf(shape_of(body), body.scale, body.mass_kg)));
  }
  const MassProperties total = Sum(masses);
  const PrincipalAxes axes = PrincipalAxesOf(total.inertia_F);
  const Pose X_FP = {total.centre_F, axes.q_FP};

  // Bullet widens the bounds of whole bodies by the reach of a contact, but not those of a body's pieces.
  const bool alone = bodies.size() == 1 && shape_of(first).parts.size() == 1;
  const double look_ahead = alone ? 0 : gContactBreakingThreshold;
  bool collides = false;
  for (size_t k = 0; k < bodies.size(); ++k) {
    const Body& body = body_at(bodies[k]);
    const Pose X_PB = X_FP.Inverse() * (X_FW * body.X_WB);
    group.X_PB.push_back(X_PB);
    group.centre_P.push_back(X_FP.Inverse() * masses[k].centre_F);
    // Damping of a group: by mass.
    group.linear_damping += body.linear_damping * body.mass_kg / total.mass_kg;
    group.angular_damping += body.angular_damping * body.mass_kg / total.mass_kg;
    place_of_body_[static_cast<size_t>(bodies[k])] = {static_cast<int>(groups_.size()), static_cast<int>(k)};
    if (!body.collides) continue;
    collides = true;
    for (auto& piece : MakeCollisionPieces(shape_of(body), body.scale, X_PB, look_ahead, config_.round_balls)) {
      group.pieces.push_back(std::move(piece));
      group.body_of_piece.push_back(bodies[k]);
    }
  }
  if (group.pieces.empty()) group.pieces.push_back(MakeBoxPiece(Vec3::Constant(0.01)));  // never met

  btCollisionShape* shape = group.pieces.front().shape.get();
  const bool direct = group.pieces.size() == 1 && group.pieces.front().X_PS == btTransform::getIdentity();
  if (!direct) {
    group.compound = std::make_unique<btCompoundShape>(true, static_cast<int>(group.pieces.size()));
    for (auto& piece : group.pieces) group.compound->addChildShape(piece.X_PS, piece.shape.get());
    shape = group.compound.get();
  }
  const bool dynamic = motion == Motion::kDynamic;
  if (dynamic) {
    group.first_mover = rest_.size();
    for (size_t k = 0; k < bodies.size(); ++k) {
      const PrincipalAxes own = PrincipalAxesOf(Transform(Pose{Vec3::Zero(), axes.q_FP.conjugate()}, masses[k]).inertia_F);
      group.q_PA.push_back(own.q_FP);
      rest_.Add(own.moments / masses[k].mass_kg);
    }
  }
  btRigidBody::btRigidBodyConstructionInfo info(dynamic ? total.mass_kg : 0, nullptr, shape, ToBullet(axes.moments));
  info.m_startWorldTransform = ToBullet(start.bodies[static_cast<size_t>(bodies.front())].X_WB * X_FP);
  group.rigid = std::make_unique<btRigidBody>(info);
  group.rigid->setUserIndex(static_cast<int>(groups_.size()));
  // RestJudge decides. What never moves is inactive, so that Bullet leaves its contacts with bodies asleep alone.
  group.rigid->forceActivationState(dynamic ? DISABLE_DEACTIVATION : ISLAND_SLEEPING);
  if (direct && dynamic) {
    // Faster than its own inner ball a step: Bullet looks ahead with that ball.
    group.rigid->setCcdMotionThreshold(group.pieces.front().inner_radius_m);
    group.rigid->setCcdSweptSphereRadius(0.9 * group.pieces.front().inner_radius_m);
  }
  const int filter = dynamic ? kDynamicFilter : kStaticFilter;
  world_->addRigidBody(group.rigid.get(), filter, !collides ? 0 : dynamic ? kStaticFilter | kDynamicFilter : kDynamicFilter);
  groups_.push_back(std::move(group));
}

void BulletSimulation::LimitSpin(btRigidBody& body) const {
  const double spin = body.getAngularVelocity().length();
  if (config_.max_spin_rad_s > 0 && spin > config_.max_spin_rad_s)
    body.setAngularVelocity(body.getAngularVelocity() * (config_.max_spin_rad_s / spin));
}

// Damping as PhysX has it: a factor 1 - d dt on the velocity, at the start of a step.
void BulletSimulation::BeforeStep(double step_s) {
  for (RigidGroup& group : groups_) {
    if (!group.rigid->isActive() || group.first_mover < 0) continue;
    if (group.linear_damping > 0)
      group.rigid->setLinearVelocity(group.rigid->getLinearVelocity() * std::max(0.0, 1 - group.linear_damping * step_s));
    if (group.angular_damping > 0)
      group.rigid->setAngularVelocity(group.rigid->getAngularVelocity() *
                                      std::max(0.0, 1 - group.angular_damping * step_s));
    LimitSpin(*group.rigid);
  }
}

int BulletSimulation::BodyOf(const btCollisionObject& object, int piece) const {
  const int index = object.getUserIndex();
  if (index < 0) return index;
  const RigidGroup& group = groups_[static_cast<size_t>(index)];
  // A point that names no piece is one of Bullet's looks ahead, which only single pieces get.
  if (group.bodies.size() == 1 || piece < 0) return group.bodies.front();
  return group.body_of_piece[static_cast<size_t>(piece)];
}

const Surface& BulletSimulation::SurfaceOf(int body) const {
  static const Surface kFixture;
  if (body == kGroundId) return scene_.ground.surface;
  if (body == kFixtureId) return kFixture;
  return scene_.bodies[static_cast<size_t>(body)].surface;
}

int BulletSimulation::MoverOf(const btCollisionObject& object) const {
  const int index = object.getUserIndex();
  return index < 0 ? -1 : groups_[static_cast<size_t>(index)].first_mover;
}

Pose BulletSimulation::PoseOf(int body) const {
  const auto [index, member] = place_of_body_[static_cast<size_t>(body)];
  const RigidGroup& group = groups_[static_cast<size_t>(index)];
  btQuaternion q;
  group.rigid->getWorldTransform().getBasis().getRotation(q);
  return Pose{FromBullet(group.rigid->getWorldTransform().getOrigin()), Quat(q.w(), q.x(), q.y(), q.z())} *
         group.X_PB[static_cast<size_t>(member)];
}

bool BulletSimulation::IsAwake(int body) const {
  const int mover = groups_[static_cast<size_t>(place_of_body_[static_cast<size_t>(body)].first)].first_mover;
  return mover >= 0 && !rest_.asleep(mover);
}

void BulletSimulation::ApplyRest(const RigidGroup& group) const {
  if (!rest_.asleep(group.first_mover)) {
    group.rigid->forceActivationState(DISABLE_DEACTIVATION);
  } else if (group.rigid->isActive()) {
    group.rigid->setLinearVelocity(btVector3(0, 0, 0));
    group.rigid->setAngularVelocity(btVector3(0, 0, 0));
    group.rigid->forceActivationState(ISLAND_SLEEPING);
  }
}

void BulletSimulation::Settle() {
  rest_.Settle();
  for (const RigidGroup& group : groups_)
    if (group.first_mover >= 0) ApplyRest(group);
}

void BulletSimulation::FindTouches() {
  rest_.ClearTouches();
  neighbours_.Update([this](int body) { return PoseOf(body); }, [this](int body) { return IsAwake(body); });
  for (const RigidGroup& group : groups_)
    for (size_t k = 0; k < group.q_PA.size(); ++k) {
      rest_.SetNeighbours(group.first_mover + static_cast<int>(k), neighbours_.of(group.bodies[k]));
      rest_.Touch(group.first_mover, group.first_mover + static_cast<int>(k));
    }
  for (int m = 0; m < dispatcher_.getNumManifolds(); ++m) {
    const btPersistentManifold& manifold = *dispatcher_.getManifoldByIndexInternal(m);
    if (manifold.getNumContacts() == 0) continue;
    const int a = MoverOf(*manifold.getBody0()), b = MoverOf(*manifold.getBody1());
    if (a >= 0 && b >= 0) rest_.Touch(a, b);
  }
  Settle();
}

// Our rules for friction and restitution, on every contact point before the solver reads it. Bullet's own hooks for this
// are global to the process.
void BulletSimulation::PrepareContacts() {
  FindTouches();
  for (int m = 0; m < dispatcher_.getNumManifolds(); ++m) {
    btPersistentManifold& manifold = *dispatcher_.getManifoldByIndexInternal(m);
    for (int k = 0; k < manifold.getNumContacts(); ++k) {
      btManifoldPoint& point = manifold.getContactPoint(k);
      const Surface& a = SurfaceOf(BodyOf(*manifold.getBody0(), point.m_index0));
      const Surface& b = SurfaceOf(BodyOf(*manifold.getBody1(), point.m_index1));
      point.m_combinedFriction = Combine(config_.friction_rule, a.friction, b.friction);
      point.m_combinedRollingFriction = Combine(config_.friction_rule, a.static_friction, b.static_friction);
      point.m_combinedRestitution = Combine(config_.restitution_rule, a.restitution, b.restitution);
    }
  }
}

void BulletSimulation::AfterMove(double step_s) {
  for (const RigidGroup& group : groups_) {
    if (group.first_mover < 0 || !group.rigid->isActive()) continue;
    const btMatrix3x3& R_WP = group.rigid->getWorldTransform().getBasis();
    const Vec3 velocity_P = FromBullet(group.rigid->getLinearVelocity() * R_WP);
    const Vec3 spin_P = FromBullet(group.rigid->getAngularVelocity() * R_WP);
    for (size_t k = 0; k < group.bodies.size(); ++k) {
      const Vec3 own_P = velocity_P + spin_P.cross(group.centre_P[k]);
      rest_.Moved(group.first_mover + static_cast<int>(k), FromBullet(R_WP * ToBullet(own_P)),
                  group.q_PA[k].conjugate() * spin_P, step_s);
    }
  }
}

void BulletSimulation::Step() {
  gathered_.clear();
  const double step_s = config_.timestep_s / config_.substeps;
  for (int k = 0; k < config_.substeps; ++k) {
    world_->stepSimulation(step_s, 0);
    Settle();  // after the step, so that the contacts of a body asleep keep the impulses that carry it
    GatherContacts();
  }
}

void BulletSimulation::GatherContacts() {
  for (int m = 0; m < dispatcher_.getNumManifolds(); ++m) {
    const btPersistentManifold& manifold = *dispatcher_.getManifoldByIndexInternal(m);
    for (int k = 0; k < manifold.getNumContacts(); ++k) {
      const btManifoldPoint& point = manifold.getContactPoint(k);
      // Bullet also keeps points that are near but do not touch.
      if (point.m_appliedImpulse <= 0 && point.getDistance() > config_.contact_margin_m) continue;
      const int a = BodyOf(*manifold.getBody0(), point.m_index0), b = BodyOf(*manifold.getBody1(), point.m_index1);
      Gathered& entry = gathered_.emplace_back();
      Contact& contact = entry.contact;
      contact.body_a = std::max(a, b), contact.body_b = std::min(a, b);
      contact.point_W = FromBullet((point.m_positionWorldOnA + point.m_positionWorldOnB) / 2);
      contact.normal_W = FromBullet(a > b ? point.m_normalWorldOnB : -point.m_normalWorldOnB);
      contact.impulse_Ns = point.m_appliedImpulse;
      contact.distance_m = point.getDistance();
      entry.order = (static_cast<uint64_t>(contact.body_a - kNoBody) << 42) |
                    (static_cast<uint64_t>(contact.body_b - kNoBody) << 21) | (gathered_.size() - 1);
    }
  }
}

void BulletSimulation::ReadContacts(std::vector<Contact>& contacts) {
  sorted_.clear();
  for (uint32_t k = 0; k < gathered_.size(); ++k) sorted_.emplace_back(gathered_[k].order, k);
  std::sort(sorted_.begin(), sorted_.end());
  contacts.clear();
  for (const auto& [order, index] : sorted_) contacts.push_back(gathered_[index].contact);
}

void BulletSimulation::ApplyImpulse(int body, const Vec3& impulse, const Vec3& r_W) {
  const auto [group_index, member] = place_of_body_[static_cast<size_t>(body)];
  RigidGroup& group = groups_[static_cast<size_t>(group_index)];
  const btVector3 centre = group.rigid->getWorldTransform().getBasis() * ToBullet(group.centre_P[static_cast<size_t>(member)]);
  group.rigid->applyImpulse(ToBullet(impulse), centre + ToBullet(r_W));
  LimitSpin(*group.rigid);
  if (group.first_mover < 0) return;
  rest_.Wake(group.first_mover + member);
  ApplyRest(group);
}

void BulletSimulation::ReadState(SceneState& state) const {
  for (const RigidGroup& group : groups_) {
    if (group.rigid->isStaticObject()) continue;
    const btTransform& X = group.rigid->getWorldTransform();
    btQuaternion q;
    X.getBasis().getRotation(q);
    const Pose X_WP = {FromBullet(X.getOrigin()), Quat(q.w(), q.x(), q.y(), q.z())};
    const Vec3 velocity = FromBullet(group.rigid->getLinearVelocity());
    const Vec3 spin = FromBullet(group.rigid->getAngularVelocity());
    for (size_t k = 0; k < group.bodies.size(); ++k) {
      BodyState& body = state.bodies[static_cast<size_t>(group.bodies[k])];
      const Quat previous = body.X_WB.q;
      body.X_WB = X_WP * group.X_PB[k];
      // Of the two quaternions of a rotation the one that continues the last frame's.
      if (body.X_WB.q.dot(previous) < 0) body.X_WB.q.coeffs() = -body.X_WB.q.coeffs();
      body.velocity_W = velocity + spin.cross(X_WP.q * group.centre_P[k]);
      body.angular_velocity_W = spin;
      body.asleep = rest_.asleep(group.first_mover);
    }
  }
}

double BulletSimulation::DeepestOverlap() {
  world_->performDiscreteCollisionDetection();
  double deepest = 0;
  for (int m = 0; m < dispatcher_.getNumManifolds(); ++m) {
    const btPersistentManifold& manifold = *dispatcher_.getManifoldByIndexInternal(m);
    if (manifold.getBody0()->getUserIndex() < 0 || manifold.getBody1()->getUserIndex() < 0) continue;
    for (int k = 0; k < manifold.getNumContacts(); ++k)
      deepest = std::max(deepest, -manifold.getContactPoint(k).getDistance());
  }
  return deepest;
}

std::vector<double> BulletSimulation::Snapshot() const {
  std::vector<double> values;
  const auto put = [&](const btVector3& v) { values.insert(values.end(), {v.x(), v.y(), v.z()}); };
  for (const RigidGroup& group : groups_) {
    put(group.rigid->getWorldTransform().getOrigin());
    for (int row = 0; row < 3; ++row) put(group.rigid->getWorldTransform().getBasis()[row]);
    put(group.rigid->getLinearVelocity());
    put(group.rigid->getAngularVelocity());
  }
  const std::vector<double> rest = rest_.Snapshot();
  values.insert(values.end(), rest.begin(), rest.end());
  return values;
}

size_t BulletSimulation::SetSnapshot(const std::vector<double>& values) {
  const size_t used = groups_.size() * 18 + static_cast<size_t>(rest_.size()) * RestJudge::kNumbers;
  CHECK_LE(used, values.size());
  const double* next = values.data();
  const auto take = [&] {
    next += 3;
    return btVector3(next[-3], next[-2], next[-1]);
  };
  for (RigidGroup& group : groups_) {
    btTransform X;
    X.setOrigin(take());
    for (int row = 0; row < 3; ++row) X.getBasis()[row] = take();
    group.rigid->setWorldTransform(X);
    group.rigid->setInterpolationWorldTransform(X);
    group.rigid->updateInertiaTensor();
    group.rigid->setLinearVelocity(take());
    group.rigid->setAngularVelocity(take());
    world_->updateSingleAabb(group.rigid.get());
  }
  rest_.SetSnapshot(next);
  for (const RigidGroup& group : groups_)
    if (group.first_mover >= 0) ApplyRest(group);
  return used;
}

class BulletWorld : public World {
 public:
  BulletWorld(const Scene& scene, const WorldConfig& config)
      : World(scene, config), simulation_(std::make_unique<BulletSimulation>(scene_, config_, state_)) {
    if (!scene_.cloths.empty()) cloth_ = std::make_unique<ClothSimulation>(scene_, config_);
  }

  double StartOverlap() override {
    // In a simulation of its own: a look at the contacts leaves traces in Bullet's caches.
    return BulletSimulation(scene_, config_, InitialState(scene_)).DeepestOverlap();
  }

 private:
  void DoStep() override {
    simulation_->Step();
    simulation_->ReadState(state_);
    simulation_->ReadContacts(contacts_);
    if (cloth_) cloth_->Step(state_, contacts_);
  }
  void DoApplyImpulse(int body, const Vec3& impulse_Ns, const Vec3& r_W) override {
    simulation_->ApplyImpulse(body, impulse_Ns, r_W);
  }
  void DoSave(std::vector<std::byte>& out) const override {
    std::vector<double> values = simulation_->Snapshot();
    if (cloth_) {
      const std::vector<double> cloth = cloth_->Snapshot();
      values.insert(values.end(), cloth.begin(), cloth.end());
    }
    const auto* bytes = reinterpret_cast<const std::byte*>(values.data());
    out.insert(out.end(), bytes, bytes + values.size() * sizeof(double));
  }
  void DoRestore(std::span<const std::byte> saved) override {
    std::vector<double> values(saved.size() / sizeof(double));
    std::memcpy(values.data(), saved.data(), saved.size());
    simulation_ = std::make_unique<BulletSimulation>(scene_, config_, InitialState(scene_));
    const size_t used = simulation_->SetSnapshot(values);
    if (cloth_) cloth_->SetSnapshot(std::span(values).subspan(used));
  }

  std::unique_ptr<BulletSimulation> simulation_;
  std::unique_ptr<ClothSimulation> cloth_;  // null without cloth
};

}  // namespace

std::unique_ptr<World> MakeBulletWorld(const Scene& scene, const WorldConfig& config) {
  return std::make_unique<BulletWorld>(scene, config);
}

}  // namespace figment::envs
