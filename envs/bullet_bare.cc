#include "envs/bullet_bare.h"

#include <btBulletDynamicsCommon.h>

#include <memory>
#include <vector>

#include "base/check.h"

namespace figment::envs {
namespace {

btVector3 ToBullet(const base::Vec3& v) { return {v.x(), v.y(), v.z()}; }

class BareBullet {
 public:
  BareBullet(const Scene& scene, const WorldConfig& config) : timestep_s_(config.timestep_s) {
    world_.setGravity(btVector3(0, 0, -config.gravity_m_s2));
    btContactSolverInfo& info = world_.getSolverInfo();
    info.m_numIterations = config.solver_iterations;
    // The settings of our world that cost time: friction in two directions, overlap removed without giving speed.
    info.m_solverMode |= SOLVER_USE_2_FRICTION_DIRECTIONS;
    info.m_splitImpulsePenetrationThreshold = 0;
    Add(std::make_unique<btStaticPlaneShape>(btVector3(0, 0, 1), scene.ground.height_m), btTransform::getIdentity(), 0,
        scene.ground.surface);
    for (const Body& body : scene.bodies) {
      CHECK(scene.shapes[static_cast<size_t>(body.shape)].kind == ShapeKind::kBox);
      const base::Vec3 half = body.scale / 2, centre = body.X_WB * base::Vec3(0, 0, half.z());
      const base::Quat& q = body.X_WB.q;
      const btTransform X_W(btQuaternion(q.x(), q.y(), q.z(), q.w()), ToBullet(centre));
      Add(std::make_unique<btBoxShape>(ToBullet(half)), X_W, body.mass_kg, body.surface);
    }
  }

  ~BareBullet() {
    for (auto& rigid : rigids_) world_.removeRigidBody(rigid.get());
  }

  double Step() {
    world_.stepSimulation(timestep_s_, 0);
    transforms_.clear(), velocities_.clear(), points_.clear();
    for (const auto& rigid : rigids_) {
      transforms_.push_back(rigid->getWorldTransform());
      velocities_.push_back(rigid->getLinearVelocity());
      velocities_.push_back(rigid->getAngularVelocity());
    }
    double sum = 0;
    for (int m = 0; m < dispatcher_.getNumManifolds(); ++m) {
      const btPersistentManifold& manifold = *dispatcher_.getManifoldByIndexInternal(m);
      for (int k = 0; k < manifold.getNumContacts(); ++k) {
        const btManifoldPoint& point = manifold.getContactPoint(k);
        points_.push_back({manifold.getBody0(), manifold.getBody1(), point.m_positionWorldOnB, point.m_normalWorldOnB,
                           point.m_appliedImpulse, point.getDistance()});
        sum += point.m_appliedImpulse;
      }
    }
    return sum;
  }

 private:
  struct Point {
    const btCollisionObject *a, *b;
    btVector3 place, normal;
    double impulse, distance;
  };

  void Add(std::unique_ptr<btCollisionShape> shape, const btTransform& X_W, double mass_kg, const Surface& surface) {
    btVector3 inertia(0, 0, 0);
    if (mass_kg > 0) shape->calculateLocalInertia(mass_kg, inertia);
    btRigidBody::btRigidBodyConstructionInfo info(mass_kg, nullptr, shape.get(), inertia);
    info.m_startWorldTransform = X_W;
    info.m_friction = surface.friction;
    info.m_restitution = surface.restitution;
    shapes_.push_back(std::move(shape));
    rigids_.push_back(std::make_unique<btRigidBody>(info));
    if (mass_kg > 0) rigids_.back()->setActivationState(DISABLE_DEACTIVATION);
    world_.addRigidBody(rigids_.back().get());
  }

  const double timestep_s_;
  btDefaultCollisionConfiguration configuration_;
  btCollisionDispatcher dispatcher_{&configuration_};
  btDbvtBroadphase broadphase_;
  btSequentialImpulseConstraintSolver solver_;
  btDiscreteDynamicsWorld world_{&dispatcher_, &broadphase_, &solver_, &configuration_};
  std::vector<std::unique_ptr<btCollisionShape>> shapes_;
  std::vector<std::unique_ptr<btRigidBody>> rigids_;

  // What a user of Bullet would copy out.
  btAlignedObjectArray<btTransform> transforms_;
  btAlignedObjectArray<btVector3> velocities_;
  btAlignedObjectArray<Point> points_;
};

}  // namespace

std::function<double()> BareBulletLoop(const Scene& scene, const WorldConfig& config) {
  return [bullet = std::make_shared<BareBullet>(scene, config)] { return bullet->Step(); };
}

}  // namespace figment::envs
