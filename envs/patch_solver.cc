#include "envs/patch_solver.h"

#include <algorithm>
#include <cmath>

namespace figment::envs {
namespace {

// Two normals of one patch (PXC_SAME_NORMAL, 2.6 degrees).
constexpr double kSameNormal = 0.999;
// Anchors are void once they part by this along the normal, and two of them are at least this far apart
// (PxSceneDesc::frictionCorrelationDistance).
constexpr double kCorrelationDistance = 0.025;
// A point farther than this from the other surface holds no anchor (PxSceneDesc::frictionOffsetThreshold).
constexpr double kAnchorReach = 0.04;
// Friction rows are under-relaxed (DyContactPrep).
constexpr double kFrictionRelaxation = 0.8;
// Below this sliding speed the tangents do not follow it, m/s.
constexpr double kSlowSliding = 0.01;

// Some direction across a unit vector, the same at every step.
btVector3 Across(const btVector3& normal) {
  return std::abs(normal.x()) < M_SQRT1_2 ? btVector3(0, -normal.z(), normal.y()).normalized()
                                          : btVector3(-normal.y(), normal.x(), 0).normalized();
}

bool IsFixed(const btCollisionObject& object) { return object.isStaticOrKinematicObject() || !object.isActive(); }
int IndexOf(const btCollisionObject& object) { return IsFixed(object) ? 0 : object.getCompanionId(); }

// Whether the anchors still hold: the surfaces have not slipped, turned or parted.
bool AnchorsHold(const FrictionPatch& patch, const btTransform& X_WA, const btTransform& X_WB, const btVector3& normal) {
  if (patch.count == 0 || patch.slipped) return false;
  const btVector3 seen_a = X_WA.getBasis() * patch.normal_a, seen_b = X_WB.getBasis() * patch.normal_b;
  if (seen_a.dot(seen_b) <= kSameNormal || seen_a.dot(normal) <= kSameNormal) return false;
  for (int k = 0; k < patch.count; ++k) {
    const btVector3 parted = X_WA * patch.anchors[k].on_a - X_WB * patch.anchors[k].on_b;
    if (std::abs(parted.dot(seen_a)) >= kCorrelationDistance) return false;
  }
  return true;
}

// Diagonal of the box around the contact points, squared.
double Spread(const btPersistentManifold& manifold) {
  btVector3 low = manifold.getContactPoint(0).m_positionWorldOnB, high = low;
  for (int k = 1; k < manifold.getNumContacts(); ++k) {
    low.setMin(manifold.getContactPoint(k).m_positionWorldOnB);
    high.setMax(manifold.getContactPoint(k).m_positionWorldOnB);
  }
  return low.distance2(high);
}

// Keeps the anchors that hold and adds new ones, as far apart as the contact points allow.
void RefreshAnchors(FrictionPatch& patch, const btPersistentManifold& manifold) {
  const btTransform& X_WA = manifold.getBody0()->getWorldTransform();
  const btTransform& X_WB = manifold.getBody1()->getWorldTransform();
  const btVector3& normal = manifold.getContactPoint(0).m_normalWorldOnB;
  if (!AnchorsHold(patch, X_WA, X_WB, normal)) {
    patch.count = 0;
    patch.normal_a = normal * X_WA.getBasis();
    patch.normal_b = normal * X_WB.getBasis();
  }
  patch.slipped = false;
  if (patch.count == 2) {
    // Anchors bunched in a corner of the area are given up.
    if (4 * patch.anchors[0].on_a.distance2(patch.anchors[1].on_a) >= Spread(manifold)) return;
    patch.count = 0;
  }

  btVector3 anchors[2] = {btVector3(0, 0, 0), btVector3(0, 0, 0)};
  int count = patch.count;
  if (count == 1) anchors[0] = X_WA * patch.anchors[0].on_a;
  double apart = 0;
  for (int k = 0; k < manifold.getNumContacts(); ++k) {
    if (manifold.getContactPoint(k).getDistance() >= kAnchorReach) continue;
    const btVector3& point = manifold.getContactPoint(k).m_positionWorldOnB;
    const double from_0 = point.distance2(anchors[0]), from_1 = point.distance2(anchors[1]);
    if (count == 0) {
      anchors[count++] = point;
    } else if (count == 1) {
      if (from_0 > kCorrelationDistance * kCorrelationDistance) anchors[count++] = point, apart = from_0;
    } else if (from_0 > from_1) {
      if (from_0 > apart) anchors[1] = point, apart = from_0;
    } else if (from_1 > apart) {
      anchors[0] = point, apart = from_1;
    }
  }
  for (int k = patch.count; k < count; ++k)
    patch.anchors[k] = {X_WA.invXform(anchors[k]), X_WB.invXform(anchors[k])};
  patch.count = count;
}

}  // namespace

PatchSolver::Row PatchSolver::MakeRow(const Body& a, const Body& b, const btVector3& axis, const btVector3& arm_a,
                                      const btVector3& arm_b) {
  Row row;
  row.axis = axis;
  row.lever_a = arm_a.cross(axis);
  row.lever_b = arm_b.cross(axis);
  row.turn_a = a.inverse_inertia * row.lever_a;
  row.turn_b = b.inverse_inertia * row.lever_b;
  const double response =
      a.inverse_mass + b.inverse_mass + row.lever_a.dot(row.turn_a) + row.lever_b.dot(row.turn_b);
  row.effective_mass = response > 0 ? 1 / response : 0;
  return row;
}

double PatchSolver::Velocity(const Row& row, const Body& a, const Body& b) {
  return row.axis.dot(a.velocity - b.velocity) + row.lever_a.dot(a.spin) - row.lever_b.dot(b.spin);
}

void PatchSolver::Push(const Row& row, double impulse, Body& a, Body& b) {
  a.velocity += row.axis * (impulse * a.inverse_mass);
  a.spin += row.turn_a * impulse;
  b.velocity -= row.axis * (impulse * b.inverse_mass);
  b.spin -= row.turn_b * impulse;
}

void PatchSolver::AddBodies(const btCollisionObjectArray& objects, double step_s) {
  const btVector3 zero(0, 0, 0);
  bodies_.push_back({nullptr, zero, zero, 0, btMatrix3x3(0, 0, 0, 0, 0, 0, 0, 0, 0)});
  for (int k = 0; k < objects.size(); ++k) {
    btRigidBody* rigid = btRigidBody::upcast(objects[k]);
    if (!rigid || IsFixed(*rigid)) continue;
    rigid->setCompanionId(static_cast<int>(bodies_.size()));
    const btVector3 falling = rigid->getTotalForce() * (rigid->getInvMass() * step_s);
    bodies_.push_back({rigid, rigid->getLinearVelocity() + falling, rigid->getAngularVelocity(), rigid->getInvMass(),
                       rigid->getInvInertiaTensorWorld()});
  }
}

void PatchSolver::AddFriction(Patch& patch, const btPersistentManifold& manifold, double step_s) {
  const Body &a = BodyAt(patch.a), &b = BodyAt(patch.b);
  const btTransform& X_WA = manifold.getBody0()->getWorldTransform();
  const btTransform& X_WB = manifold.getBody1()->getWorldTransform();
  const btVector3& normal = manifold.getContactPoint(0).m_normalWorldOnB;
  const btVector3 relative = a.velocity - b.velocity;
  btVector3 tangent = relative - normal * normal.dot(relative);
  tangent = tangent.length2() > kSlowSliding * kSlowSliding ? tangent.normalized() : Across(normal);
  for (int k = 0; k < patch.memory->count; ++k) {
    const btVector3 arm_a = X_WA.getBasis() * patch.memory->anchors[k].on_a;
    const btVector3 arm_b = X_WB.getBasis() * patch.memory->anchors[k].on_b;
    const btVector3 crept = X_WA.getOrigin() + arm_a - X_WB.getOrigin() - arm_b;
    for (const btVector3& axis : {tangent, normal.cross(tangent)}) {
      Row row = MakeRow(a, b, axis, arm_a, arm_b);
      row.effective_mass *= kFrictionRelaxation;
      row.bias = axis.dot(crept) / step_s;
      rows_.push_back(row);
    }
  }
  patch.frictions = static_cast<int>(rows_.size()) - patch.first_friction;
  if (patch.memory->count == 2) {
    patch.static_friction *= config_.two_anchors_factor / 2;
    patch.dynamic_friction *= config_.two_anchors_factor / 2;
  }
}

void PatchSolver::AddPatch(btPersistentManifold& manifold, double step_s) {
  Patch patch;
  patch.a = IndexOf(*manifold.getBody0());
  patch.b = IndexOf(*manifold.getBody1());
  if (patch.a == 0 && patch.b == 0) return;
  const Body &a = BodyAt(patch.a), &b = BodyAt(patch.b);
  patch.first_point = static_cast<int>(rows_.size());
  for (int k = 0; k < manifold.getNumContacts(); ++k) {
    btManifoldPoint& point = manifold.getContactPoint(k);
    const btVector3 arm_a = point.m_positionWorldOnB - manifold.getBody0()->getWorldTransform().getOrigin();
    const btVector3 arm_b = point.m_positionWorldOnB - manifold.getBody1()->getWorldTransform().getOrigin();
    Row row = MakeRow(a, b, point.m_normalWorldOnB, arm_a, arm_b);
    const double approach = -Velocity(row, a, b), distance = point.getDistance();
    if (point.m_combinedRestitution > 0 && approach > config_.restitution_threshold_m_s &&
        approach > distance / step_s) {
      row.target = approach * point.m_combinedRestitution;
    } else {
      row.bias = std::max(-config_.max_separation_speed_m_s, config_.recovery * distance / step_s);
      row.kept_bias = std::max(row.bias, 0.0);
    }
    row.point = &point;
    rows_.push_back(row);
  }
  patch.first_friction = static_cast<int>(rows_.size());
  const btManifoldPoint& first = manifold.getContactPoint(0);
  patch.dynamic_friction = first.m_combinedFriction;
  patch.static_friction = first.m_combinedRollingFriction;
  patch.memory = static_cast<FrictionPatch*>(first.m_userPersistentData);
  if (patch.memory) {
    RefreshAnchors(*patch.memory, manifold);
    AddFriction(patch, manifold, step_s);
  }
  patches_.push_back(patch);
}

void PatchSolver::SolvePatch(Patch& patch, bool with_friction, bool biased) {
  Body &a = BodyAt(patch.a), &b = BodyAt(patch.b);
  double normal_impulse = 0;
  for (int k = patch.first_point; k < patch.first_friction; ++k) {
    Row& row = rows_[static_cast<size_t>(k)];
    const double missing = row.target - Velocity(row, a, b) - (biased ? row.bias : row.kept_bias);
    const double impulse = std::max(0.0, row.impulse + row.effective_mass * missing);
    Push(row, impulse - row.impulse, a, b);
    row.impulse = impulse;
    normal_impulse += impulse;
  }
  if (!with_friction || !patch.memory) return;
  const double sticks = patch.static_friction * normal_impulse, slides = patch.dynamic_friction * normal_impulse;
  patch.memory->slipped = false;
  for (int k = patch.first_friction; k < patch.first_friction + patch.frictions; ++k) {
    Row& row = rows_[static_cast<size_t>(k)];
    double impulse = row.impulse - row.effective_mass * (Velocity(row, a, b) + (biased ? row.bias : 0));
    if (std::abs(impulse) > sticks) {
      patch.memory->slipped = true;
      impulse = std::clamp(impulse, -slides, slides);
    }
    Push(row, impulse - row.impulse, a, b);
    row.impulse = impulse;
  }
}

double PatchSolver::Sinking() const {
  double fastest = 0;
  for (const Patch& patch : patches_) {
    const Body &a = bodies_[static_cast<size_t>(patch.a)], &b = bodies_[static_cast<size_t>(patch.b)];
    for (int k = patch.first_point; k < patch.first_friction; ++k) {
      const Row& row = rows_[static_cast<size_t>(k)];
      fastest = std::max(fastest, row.target - row.kept_bias - Velocity(row, a, b));
    }
  }
  return fastest;
}

void PatchSolver::SetVelocities() const {
  for (const Body& body : bodies_) {
    if (!body.rigid) continue;
    body.rigid->setLinearVelocity(body.velocity);
    body.rigid->setAngularVelocity(body.spin);
  }
}

void PatchSolver::StopSinking(double step_s) {
  const double limit = config_.sinking_m / step_s;
  for (int k = 0; k < config_.most_extra_iterations && Sinking() > limit; ++k)
    for (Patch& patch : patches_) SolvePatch(patch, false, true);
}

void PatchSolver::Solve(btDispatcher& dispatcher, const btCollisionObjectArray& objects, double step_s) {
  bodies_.clear(), rows_.clear(), patches_.clear();
  AddBodies(objects, step_s);
  // Pairs of moving bodies first, so that what stands on fixed ground has the last word.
  for (const bool with_fixed : {false, true})
    for (int m = 0; m < dispatcher.getNumManifolds(); ++m) {
      btPersistentManifold& manifold = *dispatcher.getManifoldByIndexInternal(m);
      const bool has_fixed = IndexOf(*manifold.getBody0()) == 0 || IndexOf(*manifold.getBody1()) == 0;
      if (manifold.getNumContacts() > 0 && has_fixed == with_fixed) AddPatch(manifold, step_s);
    }

  for (int left = config_.position_iterations; left > 0; --left)
    for (Patch& patch : patches_) SolvePatch(patch, left <= config_.friction_iterations, true);
  if (Sinking() * step_s > config_.sinking_m) {
    kept_bodies_ = bodies_, kept_rows_ = rows_;
    StopSinking(step_s);
    SetVelocities();
    bodies_.swap(kept_bodies_), rows_.swap(kept_rows_);
  } else {
    SetVelocities();
  }
  for (int k = 0; k < config_.velocity_iterations; ++k)
    for (Patch& patch : patches_) SolvePatch(patch, true, false);
  for (Row& row : rows_)
    if (row.point) row.point->m_appliedImpulse = row.impulse;
}

void PatchSolver::SetFinalVelocities() { SetVelocities(); }

}  // namespace figment::envs
