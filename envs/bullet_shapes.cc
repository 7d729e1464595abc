#include "envs/bullet_shapes.h"

#include <utility>

namespace figment::envs {
namespace {

using base::Vec3;

CollisionPiece HullPiece(Polyhedron polyhedron, double look_ahead_m) {
  CollisionPiece piece;
  piece.polyhedron = std::make_unique<Polyhedron>(std::move(polyhedron));
  auto shape = std::make_unique<btConvexHullShape>();
  for (const Vec3& vertex : piece.polyhedron->vertices) shape->addPoint(ToBullet(vertex), false);
  shape->setMargin(look_ahead_m);
  shape->recalcLocalAabb();
  shape->setUserPointer(piece.polyhedron.get());
  piece.shape = std::move(shape);
  piece.inner_radius_m = InnerRadius(*piece.polyhedron);
  return piece;
}

}  // namespace

std::vector<CollisionPiece> MakeCollisionPieces(const Shape& shape, const Vec3& scale, const base::Pose& X_PB,
                                                double look_ahead_m, bool round_balls) {
  std::vector<CollisionPiece> pieces;
  if (round_balls && shape.kind == ShapeKind::kSphere && scale.x() == scale.y() && scale.y() == scale.z()) {
    CollisionPiece& ball = pieces.emplace_back();
    ball.shape = std::make_unique<btSphereShape>(scale.x() / 2);
    ball.X_PS = ToBullet(base::Pose{X_PB * Vec3(0, 0, scale.z() / 2), X_PB.q});
    ball.inner_radius_m = scale.x() / 2;
    return pieces;
  }
  for (const ConvexPart& part : shape.parts)
    pieces.push_back(HullPiece(MakePolyhedron(ConvexHull(part.vertices), scale, X_PB), look_ahead_m));
  return pieces;
}

CollisionPiece MakeBoxPiece(const Vec3& half_size) {
  std::vector<Eigen::Vector3f> corners;
  for (int k = 0; k < 8; ++k) corners.emplace_back(k & 1 ? 1.f : -1.f, k & 2 ? 1.f : -1.f, k & 4 ? 1.f : -1.f);
  return HullPiece(MakePolyhedron(ConvexHull(corners), half_size, {}), 0);
}

}  // namespace figment::envs
