#include "envs/mass_properties.h"

#include <gtest/gtest.h>

#include <numbers>

namespace figment::envs {
namespace {

using base::Pose;
using base::Quat;
using base::Vec3;

MassProperties Of(const std::string& shape, const Vec3& scale, double mass_kg) {
  return MassPropertiesOf(MakePrimitive(shape), scale, mass_kg);
}

void ExpectInertia(const MassProperties& body, const Vec3& moments, double tolerance) {
  EXPECT_LT((body.inertia_F - Eigen::Matrix3d(moments.asDiagonal())).cwiseAbs().maxCoeff(), tolerance);
}

TEST(MassProperties, OfSolidsInClosedForm) {
  // Box: m/12 (b^2 + c^2).
  ExpectInertia(Of("cube", Vec3(1, 2, 3), 12), Vec3(4 + 9, 1 + 9, 1 + 4), 1e-6);
  // Ellipsoid: m/5 (b^2 + c^2) of the half axes.
  ExpectInertia(Of("sphere", Vec3(2, 4, 6), 5), Vec3(4 + 9, 1 + 9, 1 + 4), 1e-9);
  // Cylinder: m (3 r^2 + h^2)/12 across, m r^2/2 along.
  ExpectInertia(Of("cylinder", Vec3(2, 2, 3), 12), Vec3(3 + 9, 3 + 9, 6), 1e-9);
  // Cone about its centre: 3/20 m r^2 + 3/80 m h^2 across, 3/10 m r^2 along; centre at a quarter of the height.
  const double r = 0.495;
  ExpectInertia(Of("cone", Vec3(1, 1, 1), 80), Vec3(12 * r * r + 3, 12 * r * r + 3, 24 * r * r), 1e-9);
  EXPECT_NEAR(Of("cone", Vec3(1, 1, 2), 1).centre_F.z(), 0.5, 1e-12);
  EXPECT_NEAR(Of("cube", Vec3(1, 1, 2), 7).mass_kg, 7, 0);
}

TEST(MassProperties, SumMovesInertiaToTheCommonCentre) {
  // Two balls of 1 and 3 kg on a weightless rod of 4 m: reduced mass .75, hence .75 * 16 across the rod.
  const Eigen::Matrix3d none = Eigen::Matrix3d::Zero();
  const MassProperties light = Transform(Pose{Vec3(4, 0, 0), Quat::Identity()}, {1, Vec3::Zero(), none});
  const MassProperties heavy = {3, Vec3::Zero(), none};
  const MassProperties sum = Sum({light, heavy});
  EXPECT_EQ(sum.mass_kg, 4);
  EXPECT_NEAR(sum.centre_F.x(), 1, 1e-12);
  ExpectInertia(sum, Vec3(0, 12, 12), 1e-12);
}

TEST(MassProperties, PrincipalAxesGiveBackTheInertia) {
  const Quat q(Eigen::AngleAxisd(0.7, Vec3(1, 2, 3).normalized()));
  const MassProperties turned = Transform(Pose{Vec3(1, 2, 3), q}, Of("cube", Vec3(1, 2, 3), 12));
  const PrincipalAxes axes = PrincipalAxesOf(turned.inertia_F);
  const Eigen::Matrix3d R = axes.q_FP.toRotationMatrix();
  EXPECT_LT((R * axes.moments.asDiagonal() * R.transpose() - turned.inertia_F).cwiseAbs().maxCoeff(), 1e-9);
  EXPECT_NEAR(axes.moments.sum(), 13 + 10 + 5, 1e-6);
  // Axes that are principal already stay.
  EXPECT_EQ(PrincipalAxesOf(Vec3(3, 1, 2).asDiagonal()).q_FP.coeffs(), Quat::Identity().coeffs());
  EXPECT_EQ(PrincipalAxesOf(Vec3(3, 1, 2).asDiagonal()).moments, Vec3(3, 1, 2));
}

TEST(RigidGroups, FollowJointsInTheOrderOfTheirFirstBody) {
  Scene scene;
  scene.bodies.resize(6);
  scene.joints = {{5, 3}, {3, 1}, {4, 2}};
  EXPECT_EQ(RigidGroups(scene), (std::vector<std::vector<int>>{{0}, {1, 3, 5}, {2, 4}}));
}

}  // namespace
}  // namespace figment::envs
