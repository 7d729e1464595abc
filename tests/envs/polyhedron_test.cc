#include "envs/polyhedron.h"

#include <gtest/gtest.h>

#include <numbers>

#include "envs/shapes.h"

namespace figment::envs {
namespace {

using base::Quat;
using base::Vec3;

Polyhedron Make(const std::string& name, const Vec3& scale = Vec3::Ones()) {
  return MakePolyhedron(ConvexHull(MakePrimitive(name).parts[0].vertices), scale, {Vec3(0, 0, -0.5)});
}

bool FindTouch(const Polyhedron& a, const Polyhedron& b, const base::Pose& X_AB, double reach, Touch& touch) {
  TouchScratch scratch;
  int hint = 0;
  return FindTouch(a, b, X_AB.q.toRotationMatrix(), X_AB.p, reach, hint, scratch, touch);
}

TEST(Polyhedron, CubeHasItsFacesAndEdges) {
  const Polyhedron cube = Make("cube");
  EXPECT_EQ(cube.faces.size(), 6u);
  EXPECT_EQ(cube.edges.size(), 12u);
  EXPECT_NEAR(InnerRadius(cube), 0.5, 1e-7);
  EXPECT_EQ(Make("cylinder").faces.size(), 34u);
}

TEST(Polyhedron, NearestSurfacePointOfEveryFeature) {
  const Polyhedron cube = Make("cube");
  EXPECT_NEAR(NearestSurfacePoint(cube, Vec3(0, 0, 0.4)).distance, -0.1, 1e-7);
  EXPECT_NEAR(NearestSurfacePoint(cube, Vec3(0.1, 0.2, 1)).distance, 0.5, 1e-7);
  EXPECT_NEAR(NearestSurfacePoint(cube, Vec3(0.8, 0.9, 0)).distance, 0.5, 1e-7);          // an edge
  EXPECT_NEAR(NearestSurfacePoint(cube, Vec3(1.5, 1.5, 1.5)).distance, std::sqrt(3.0), 1e-7);  // a corner
  EXPECT_LT((NearestSurfacePoint(cube, Vec3(0.8, 0.9, 0)).normal - Vec3(0.6, 0.8, 0)).norm(), 1e-6);
}

TEST(Polyhedron, FacesTouchInFourPoints) {
  const Polyhedron cube = Make("cube");
  Touch touch;
  ASSERT_TRUE(FindTouch(cube, cube, {Vec3(0.3, 0, -0.99)}, 0.02, touch));
  EXPECT_EQ(touch.count, 4u);
  EXPECT_LT((touch.normal - Vec3::UnitZ()).norm(), 1e-9);
  for (const auto& point : touch.points) EXPECT_NEAR(point.distance, -0.01, 1e-7);
  // Ahead of the touch, and out of reach.
  ASSERT_TRUE(FindTouch(cube, cube, {Vec3(0.3, 0, -1.015)}, 0.02, touch));
  EXPECT_NEAR(touch.points[0].distance, 0.015, 1e-7);
  EXPECT_FALSE(FindTouch(cube, cube, {Vec3(0.3, 0, -1.03)}, 0.02, touch));
}

TEST(Polyhedron, CrossedEdgesTouchInOnePoint) {
  const Polyhedron cube = Make("cube");
  const Quat on_edge(Eigen::AngleAxisd(std::numbers::pi / 4, Vec3::UnitX()));
  const Quat on_other(Eigen::AngleAxisd(std::numbers::pi / 4, Vec3::UnitY()));
  // Both stand on an edge, the edges cross: in a's frame b is turned by on_edge^-1 on_other and pushed along a's diagonal.
  const double height = std::sqrt(2.0) - 0.01;
  Touch touch;
  ASSERT_TRUE(FindTouch(cube, cube, {on_edge.conjugate() * Vec3(0, 0, -height), on_edge.conjugate() * on_other}, 0.02, touch));
  EXPECT_EQ(touch.count, 1u);
  EXPECT_NEAR(touch.points[0].distance, -0.01, 1e-6);
  EXPECT_LT((on_edge * touch.normal - Vec3::UnitZ()).norm(), 1e-6);
}

TEST(Polyhedron, TouchesAPlaneWithTheCornersThatCarry) {
  TouchScratch scratch;
  Touch touch;
  ASSERT_TRUE(FindTouchWithPlane(Make("cylinder"), Vec3::UnitZ(), -0.499, 0.02, scratch, touch));
  EXPECT_EQ(touch.count, 4u);
  for (const auto& point : touch.points) EXPECT_NEAR(point.distance, -0.001, 1e-7);
  EXPECT_FALSE(FindTouchWithPlane(Make("cylinder"), Vec3::UnitZ(), -0.53, 0.02, scratch, touch));
}

}  // namespace
}  // namespace figment::envs
