#include "envs/bullet_contacts.h"

#include <BulletCollision/CollisionDispatch/btCollisionObjectWrapper.h>

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "envs/patch_solver.h"

namespace figment::envs {
namespace {

using base::Vec3;

Vec3 FromBullet(const btVector3& v) { return {v.x(), v.y(), v.z()}; }
btVector3 ToBullet(const Vec3& v) { return {v.x(), v.y(), v.z()}; }
Eigen::Matrix3d FromBullet(const btMatrix3x3& m) {
  Eigen::Matrix3d matrix;
  for (int row = 0; row < 3; ++row)
    for (int column = 0; column < 3; ++column) matrix(row, column) = m[row][column];
  return matrix;
}

const Polyhedron& PolyhedronOf(const btCollisionObjectWrapper* object) {
  return *static_cast<const Polyhedron*>(object->getCollisionShape()->getUserPointer());
}

// Contacts nearer than this are always looked for: a blow may pass through several bodies in one step.
constexpr double kAlwaysNear = 0.005;

// Upper bound of the speed of any point of a body's piece, m/s.
double TopSpeed(const btCollisionObjectWrapper* object, const btVector3& frame_velocity) {
  const btRigidBody* body = btRigidBody::upcast(object->getCollisionObject());
  const double spin = body->getAngularVelocity().length();
  const double speed = (body->getLinearVelocity() - frame_velocity).length();
  if (spin == 0) return speed;
  const Polyhedron& polyhedron = PolyhedronOf(object);
  return speed + spin * (polyhedron.centre.norm() + polyhedron.radius);
}

btVector3 VelocityOf(const btCollisionObjectWrapper* object) {
  return btRigidBody::upcast(object->getCollisionObject())->getLinearVelocity();
}

// How far to look ahead in this step: bodies that cannot meet even at twice their speed need no contact.
double ReachFor(double speed, double step_s, double longest) {
  constexpr double kGravity = 10;  // m/s^2, what a step may add
  return std::min(longest, kAlwaysNear + 2 * (speed + kGravity * step_s) * step_s);
}

// In Bullet's terms A is the first solid and B the second; normals point from B to A.
class ContactAlgorithm : public btCollisionAlgorithm {
 public:
  ContactAlgorithm(const btCollisionAlgorithmConstructionInfo& info, const btCollisionObjectWrapper* a,
                   const btCollisionObjectWrapper* b, bool swapped)
      : btCollisionAlgorithm(info), swapped_(swapped) {
    manifold_ = m_dispatcher->getNewManifold((swapped ? b : a)->getCollisionObject(), (swapped ? a : b)->getCollisionObject());
  }
  ~ContactAlgorithm() override { m_dispatcher->releaseManifold(manifold_); }

  void processCollision(const btCollisionObjectWrapper* first, const btCollisionObjectWrapper* second,
                        const btDispatcherInfo& info, btManifoldResult* result) final {
    result->setPersistentManifold(manifold_);
    points_found_ = 0;
    if (swapped_) std::swap(first, second);
    step_s_ = info.m_timeStep;
    Find(first, second, manifold_->getContactBreakingThreshold());
    Replace(*result);
  }
  btScalar calculateTimeOfImpact(btCollisionObject*, btCollisionObject*, const btDispatcherInfo&,
                                 btManifoldResult*) override {
    return 1;
  }
  void getAllContactManifolds(btManifoldArray& manifolds) override { manifolds.push_back(manifold_); }

 protected:
  // Calls Found for every contact closer than `reach`.
  virtual void Find(const btCollisionObjectWrapper* a, const btCollisionObjectWrapper* b, double reach) = 0;
  double step_s() const { return step_s_; }
  void Found(const btVector3& normal, const btVector3& on_b, double distance) {
    found_[points_found_++] = {normal, on_b, distance};
  }

 private:
  struct FoundPoint {
    btVector3 normal, on_b;
    btScalar distance;
  };

  void Replace(btManifoldResult& result) {
    manifold_->clearManifold();
    for (int k = 0; k < points_found_; ++k) {
      const FoundPoint& point = found_[static_cast<size_t>(k)];
      result.addContactPoint(point.normal, point.on_b, point.distance);
    }
    for (int k = 0; k < manifold_->getNumContacts(); ++k)
      manifold_->getContactPoint(k).m_userPersistentData = &friction_;
  }

  bool swapped_;
  btPersistentManifold* manifold_;
  double step_s_ = 0;
  int points_found_ = 0;
  std::array<FoundPoint, 4> found_;
  FrictionPatch friction_;
};

class PolyhedraAlgorithm : public ContactAlgorithm {
 public:
  PolyhedraAlgorithm(const btCollisionAlgorithmConstructionInfo& info, const btCollisionObjectWrapper* a,
                     const btCollisionObjectWrapper* b, bool swapped, TouchScratch& scratch)
      : ContactAlgorithm(info, a, b, swapped), scratch_(scratch) {}

 private:
  void Find(const btCollisionObjectWrapper* a, const btCollisionObjectWrapper* b, double reach) override {
    const btTransform &X_WA = a->getWorldTransform(), &X_WB = b->getWorldTransform();
    const Eigen::Matrix3d R_AB = FromBullet(X_WA.getBasis().transposeTimes(X_WB.getBasis()));
    const Vec3 p_AB = FromBullet((X_WB.getOrigin() - X_WA.getOrigin()) * X_WA.getBasis());
    // Seen from B's centre of mass.
    const double speed = TopSpeed(a, VelocityOf(b)) + TopSpeed(b, VelocityOf(b));
    reach = ReachFor(speed, step_s(), reach);
    Touch touch;
    if (!FindTouch(PolyhedronOf(a), PolyhedronOf(b), R_AB, p_AB, reach, hint_, scratch_, touch)) return;
    const btVector3 normal = X_WA.getBasis() * ToBullet(touch.normal);
    for (size_t k = 0; k < touch.count; ++k)
      Found(normal, X_WA * ToBullet(touch.points[k].on_b), touch.points[k].distance);
  }

  TouchScratch& scratch_;
  int hint_ = 0;
};

// A is a polyhedron, B a plane.
class PolyhedronPlaneAlgorithm : public ContactAlgorithm {
 public:
  PolyhedronPlaneAlgorithm(const btCollisionAlgorithmConstructionInfo& info, const btCollisionObjectWrapper* a,
                           const btCollisionObjectWrapper* b, bool swapped, TouchScratch& scratch)
      : ContactAlgorithm(info, a, b, swapped), scratch_(scratch) {}

 private:
  void Find(const btCollisionObjectWrapper* a, const btCollisionObjectWrapper* b, double reach) override {
    const auto* plane = static_cast<const btStaticPlaneShape*>(b->getCollisionShape());
    const btTransform X_PA = b->getWorldTransform().inverseTimes(a->getWorldTransform());
    const btVector3 normal_A = plane->getPlaneNormal() * X_PA.getBasis();
    const double offset = plane->getPlaneConstant() - plane->getPlaneNormal().dot(X_PA.getOrigin());
    reach = ReachFor(TopSpeed(a, btVector3(0, 0, 0)), step_s(), reach);
    Touch touch;
    if (!FindTouchWithPlane(PolyhedronOf(a), FromBullet(normal_A), offset, reach, scratch_, touch)) return;
    const btVector3 normal = b->getWorldTransform().getBasis() * plane->getPlaneNormal();
    for (size_t k = 0; k < touch.count; ++k)
      Found(normal, a->getWorldTransform() * ToBullet(touch.points[k].on_b), touch.points[k].distance);
  }

  TouchScratch& scratch_;
};

// A is a ball, B a polyhedron.
class BallPolyhedronAlgorithm : public ContactAlgorithm {
 public:
  BallPolyhedronAlgorithm(const btCollisionAlgorithmConstructionInfo& info, const btCollisionObjectWrapper* a,
                          const btCollisionObjectWrapper* b, bool swapped, TouchScratch&)
      : ContactAlgorithm(info, a, b, swapped) {}

 private:
  void Find(const btCollisionObjectWrapper* a, const btCollisionObjectWrapper* b, double reach) override {
    const double radius = static_cast<const btSphereShape*>(a->getCollisionShape())->getRadius();
    const Polyhedron& polyhedron = PolyhedronOf(b);
    const Vec3 centre = FromBullet(b->getWorldTransform().invXform(a->getWorldTransform().getOrigin()));
    if ((centre - polyhedron.centre).norm() > radius + polyhedron.radius + reach) return;
    const SurfacePoint nearest = NearestSurfacePoint(polyhedron, centre);
    if (nearest.distance - radius > reach) return;
    Found(b->getWorldTransform().getBasis() * ToBullet(nearest.normal), b->getWorldTransform() * ToBullet(nearest.point),
          nearest.distance - radius);
  }
};

// A is a ball, B a plane.
class BallPlaneAlgorithm : public ContactAlgorithm {
 public:
  BallPlaneAlgorithm(const btCollisionAlgorithmConstructionInfo& info, const btCollisionObjectWrapper* a,
                     const btCollisionObjectWrapper* b, bool swapped, TouchScratch&)
      : ContactAlgorithm(info, a, b, swapped) {}

 private:
  void Find(const btCollisionObjectWrapper* a, const btCollisionObjectWrapper* b, double reach) override {
    const double radius = static_cast<const btSphereShape*>(a->getCollisionShape())->getRadius();
    const auto* plane = static_cast<const btStaticPlaneShape*>(b->getCollisionShape());
    const btVector3 normal = b->getWorldTransform().getBasis() * plane->getPlaneNormal();
    const btVector3 from_plane = a->getWorldTransform().getOrigin() - b->getWorldTransform().getOrigin();
    const double height = normal.dot(from_plane) - plane->getPlaneConstant();
    if (height - radius > reach) return;
    Found(normal, a->getWorldTransform().getOrigin() - height * normal, height - radius);
  }
};

template <class Algorithm>
struct Maker : btCollisionAlgorithmCreateFunc {
  Maker(bool swapped, TouchScratch& scratch) : scratch(scratch) { m_swapped = swapped; }
  btCollisionAlgorithm* CreateCollisionAlgorithm(btCollisionAlgorithmConstructionInfo& info,
                                                 const btCollisionObjectWrapper* a,
                                                 const btCollisionObjectWrapper* b) override {
    void* memory = info.m_dispatcher1->allocateCollisionAlgorithm(sizeof(Algorithm));
    return new (memory) Algorithm(info, a, b, m_swapped, scratch);
  }
  TouchScratch& scratch;
};

template <class Algorithm>
struct BothWays {
  explicit BothWays(TouchScratch& scratch) : forward(false, scratch), backward(true, scratch) {}
  void Register(btCollisionDispatcher& dispatcher, int a, int b) {
    dispatcher.registerCollisionCreateFunc(a, b, &forward);
    dispatcher.registerCollisionCreateFunc(b, a, &backward);
  }
  Maker<Algorithm> forward, backward;
};

}  // namespace

struct ExactContacts::Makers {
  TouchScratch scratch;
  Maker<PolyhedraAlgorithm> polyhedra{false, scratch};
  BothWays<PolyhedronPlaneAlgorithm> polyhedron_plane{scratch};
  BothWays<BallPolyhedronAlgorithm> ball_polyhedron{scratch};
  BothWays<BallPlaneAlgorithm> ball_plane{scratch};
};

ExactContacts::ExactContacts() : makers_(std::make_unique<Makers>()) {}
ExactContacts::~ExactContacts() = default;

void ExactContacts::Register(btCollisionDispatcher& dispatcher) {
  constexpr int kPolyhedra[] = {BOX_SHAPE_PROXYTYPE, CONVEX_HULL_SHAPE_PROXYTYPE};
  for (int a : kPolyhedra) {
    for (int b : kPolyhedra) dispatcher.registerCollisionCreateFunc(a, b, &makers_->polyhedra);
    makers_->polyhedron_plane.Register(dispatcher, a, STATIC_PLANE_PROXYTYPE);
    makers_->ball_polyhedron.Register(dispatcher, SPHERE_SHAPE_PROXYTYPE, a);
  }
  makers_->ball_plane.Register(dispatcher, SPHERE_SHAPE_PROXYTYPE, STATIC_PLANE_PROXYTYPE);
}

int ExactContacts::LargestAlgorithm() {
  return static_cast<int>(std::max({sizeof(PolyhedraAlgorithm), sizeof(PolyhedronPlaneAlgorithm),
                                    sizeof(BallPolyhedronAlgorithm), sizeof(BallPlaneAlgorithm)}));
}

}  // namespace figment::envs
