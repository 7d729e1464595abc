#include "envs/bullet_shapes.h"

#include <BulletCollision/CollisionDispatch/btCollisionObjectWrapper.h>

#include <algorithm>
#include <new>

#include "envs/convex_hull.h"

namespace figment::envs {
namespace {

using base::Vec3;

bool IsRound(const Vec3& scale) { return scale.x() == scale.y() && scale.y() == scale.z(); }

btTransform PieceTransform(const base::Pose& X_PB, const Vec3& centre_B) {
  return ToBullet(base::Pose{X_PB * centre_B, X_PB.q});
}

double InnerRadius(const Hull& hull) {
  double radius = std::numeric_limits<double>::infinity();
  for (const auto& face : hull.faces) {
    const auto corner = [&](size_t k) { return hull.vertices[static_cast<size_t>(face[k])]; };
    Vec3 normal = Vec3::Zero();
    for (size_t k = 1; k + 1 < face.size(); ++k) normal += (corner(k) - corner(0)).cross(corner(k + 1) - corner(0));
    radius = std::min(radius, normal.normalized().dot(corner(0)));
  }
  return std::max(radius, 0.0);
}

CollisionPiece HullPiece(const ConvexPart& part, const Vec3& scale, const base::Pose& X_PB, double margin_m) {
  std::vector<Eigen::Vector3f> corners;
  for (const auto& vertex : part.vertices)
    corners.push_back((X_PB * scale.cwiseProduct(vertex.cast<double>())).cast<float>());
  const Hull hull = ConvexHull(corners);
  auto shape = std::make_unique<btConvexHullShape>();
  for (const Vec3& vertex : hull.vertices) shape->addPoint(ToBullet(vertex), false);
  shape->setMargin(margin_m);
  shape->recalcLocalAabb();
  shape->initializePolyhedralFeatures();
  return {std::move(shape), btTransform::getIdentity(), InnerRadius(hull)};
}

}  // namespace

std::vector<CollisionPiece> MakeCollisionPieces(const Shape& shape, const Vec3& scale, const base::Pose& X_PB,
                                                double margin_m) {
  std::vector<CollisionPiece> pieces;
  if (shape.kind == ShapeKind::kBox) {
    auto box = std::make_unique<btBoxShape>(ToBullet(scale / 2));
    // A box keeps its margin inside, so its faces stay where they are.
    box->setMargin(std::min(margin_m, 0.1 * scale.minCoeff()));
    box->initializePolyhedralFeatures();
    pieces.push_back({std::move(box), PieceTransform(X_PB, Vec3(0, 0, scale.z() / 2)), scale.minCoeff() / 2});
  } else if (shape.kind == ShapeKind::kSphere && IsRound(scale)) {
    pieces.push_back({std::make_unique<btSphereShape>(scale.x() / 2), PieceTransform(X_PB, Vec3(0, 0, scale.z() / 2)),
                      scale.x() / 2});
  } else {
    for (const ConvexPart& part : shape.parts) pieces.push_back(HullPiece(part, scale, X_PB, margin_m));
  }
  return pieces;
}

PlaneCornersAlgorithm::PlaneCornersAlgorithm(const btCollisionAlgorithmConstructionInfo& info,
                                             const btCollisionObjectWrapper* first,
                                             const btCollisionObjectWrapper* second, bool plane_second)
    : btCollisionAlgorithm(info), plane_second_(plane_second) {
  const auto* solid = plane_second ? first : second;
  const auto* plane = plane_second ? second : first;
  manifold_ = m_dispatcher->getNewManifold(solid->getCollisionObject(), plane->getCollisionObject());
}

PlaneCornersAlgorithm::~PlaneCornersAlgorithm() { m_dispatcher->releaseManifold(manifold_); }

void PlaneCornersAlgorithm::processCollision(const btCollisionObjectWrapper* first,
                                             const btCollisionObjectWrapper* second, const btDispatcherInfo&,
                                             btManifoldResult* result) {
  const auto* solid = plane_second_ ? first : second;
  const auto* plane = plane_second_ ? second : first;
  const auto* polyhedron = static_cast<const btPolyhedralConvexShape*>(solid->getCollisionShape());
  const auto* plane_shape = static_cast<const btStaticPlaneShape*>(plane->getCollisionShape());
  const btTransform& X_WS = solid->getWorldTransform();
  const btVector3 normal = plane->getWorldTransform().getBasis() * plane_shape->getPlaneNormal();
  const btScalar offset = plane_shape->getPlaneConstant() + normal.dot(plane->getWorldTransform().getOrigin());
  const btScalar reach = manifold_->getContactBreakingThreshold();

  result->setPersistentManifold(manifold_);
  // Most calls are far from the floor: one look at the bounds settles them.
  btVector3 low, high;
  polyhedron->getAabb(X_WS, low, high);
  const btVector3 centre = (low + high) / 2, half = (high - low) / 2;
  if (normal.dot(centre) - normal.absolute().dot(half) - offset < reach)
    for (int k = 0; k < polyhedron->getNumVertices(); ++k) {
      btVector3 corner;
      polyhedron->getVertex(k, corner);
      corner = X_WS * corner;
      const btScalar distance = normal.dot(corner) - offset;
      if (distance < reach) result->addContactPoint(normal, corner - distance * normal, distance);
    }
  if (manifold_->getNumContacts() > 0) result->refreshContactPoints();
}

btCollisionAlgorithm* PlaneCornersAlgorithm::CreateFunc::CreateCollisionAlgorithm(
    btCollisionAlgorithmConstructionInfo& info, const btCollisionObjectWrapper* first,
    const btCollisionObjectWrapper* second) {
  void* memory = info.m_dispatcher1->allocateCollisionAlgorithm(sizeof(PlaneCornersAlgorithm));
  return new (memory) PlaneCornersAlgorithm(info, first, second, plane_second);
}

}  // namespace figment::envs
