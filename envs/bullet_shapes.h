// Collision geometry for the Bullet world: our shapes at a body's scale. Included by .cc files of envs/ only.
#pragma once

#include <btBulletDynamicsCommon.h>

#include <memory>
#include <vector>

#include "envs/polyhedron.h"
#include "envs/scene.h"

namespace figment::envs {

inline btVector3 ToBullet(const base::Vec3& v) { return {v.x(), v.y(), v.z()}; }
inline base::Vec3 FromBullet(const btVector3& v) { return {v.x(), v.y(), v.z()}; }
inline btTransform ToBullet(const base::Pose& X) {
  return btTransform(btQuaternion(X.q.x(), X.q.y(), X.q.z(), X.q.w()), ToBullet(X.p));
}

// One convex piece of a body, in its frame P (the frame of the engine's rigid body).
struct CollisionPiece {
  std::unique_ptr<Polyhedron> polyhedron;   // null for a ball; the shape's user pointer
  std::unique_ptr<btConvexShape> shape;
  btTransform X_PS = btTransform::getIdentity();
  double inner_radius_m = 0;                // of the largest ball about P's origin that fits
};

// The pieces of a scaled shape whose own frame lies at X_PB: polyhedra, but a ball for a sphere of equal scales if
// `round_balls`.
// `look_ahead_m` widens the bounds by which Bullet finds near pieces, not the pieces.
std::vector<CollisionPiece> MakeCollisionPieces(const Shape& shape, const base::Vec3& scale, const base::Pose& X_PB,
                                                double look_ahead_m, bool round_balls);

// A box about the origin.
CollisionPiece MakeBoxPiece(const base::Vec3& half_size);

}  // namespace figment::envs
