// Collision geometry for the Bullet world: our shapes at a body's scale, and contacts with the floor.
// Included by .cc files of envs/ only.
#pragma once

#include <btBulletDynamicsCommon.h>

#include <memory>
#include <vector>

#include "envs/scene.h"

namespace figment::envs {

inline btVector3 ToBullet(const base::Vec3& v) { return {v.x(), v.y(), v.z()}; }
inline base::Vec3 FromBullet(const btVector3& v) { return {v.x(), v.y(), v.z()}; }
inline btTransform ToBullet(const base::Pose& X) {
  return btTransform(btQuaternion(X.q.x(), X.q.y(), X.q.z(), X.q.w()), ToBullet(X.p));
}

// One convex piece of a body, in its frame P (the frame of the engine's rigid body).
struct CollisionPiece {
  std::unique_ptr<btConvexShape> shape;
  btTransform X_PS = btTransform::getIdentity();
  double inner_radius_m = 0;   // of the largest ball about P's origin that fits; 0 if the origin is outside
};

// The pieces of a scaled shape whose own frame lies at X_PB. Boxes and round spheres stay exact; everything else
// becomes convex hulls with their faces prepared, so that a face contact gets its points at once. The margin lies
// outside a hull and is seen only by spheres.
std::vector<CollisionPiece> MakeCollisionPieces(const Shape& shape, const base::Vec3& scale, const base::Pose& X_PB,
                                                double margin_m);

// Contacts of a plane with a polyhedron: every corner within reach at once. Bullet's own finds one a step.
class PlaneCornersAlgorithm : public btCollisionAlgorithm {
 public:
  // `plane_second`: whether the plane is the second of the pair.
  PlaneCornersAlgorithm(const btCollisionAlgorithmConstructionInfo& info, const btCollisionObjectWrapper* first,
                        const btCollisionObjectWrapper* second, bool plane_second);
  ~PlaneCornersAlgorithm() override;

  void processCollision(const btCollisionObjectWrapper* first, const btCollisionObjectWrapper* second,
                        const btDispatcherInfo& info, btManifoldResult* result) override;
  btScalar calculateTimeOfImpact(btCollisionObject*, btCollisionObject*, const btDispatcherInfo&,
                                 btManifoldResult*) override {
    return 1;
  }
  void getAllContactManifolds(btManifoldArray& manifolds) override { manifolds.push_back(manifold_); }

  struct CreateFunc : btCollisionAlgorithmCreateFunc {
    explicit CreateFunc(bool plane_second) : plane_second(plane_second) {}
    btCollisionAlgorithm* CreateCollisionAlgorithm(btCollisionAlgorithmConstructionInfo& info,
                                                   const btCollisionObjectWrapper* first,
                                                   const btCollisionObjectWrapper* second) override;
    bool plane_second;
  };

 private:
  bool plane_second_;
  btPersistentManifold* manifold_;
};

}  // namespace figment::envs
