#include "envs/distance.h"

#include <gtest/gtest.h>

namespace figment::envs {
namespace {

using base::Vec3;

// A box of 2 x 1 x .5 m whose bottom centre lies at (1, 0, 0), turned by 90 degrees about z: its sides are at
// x = 1 +- .5, y = +-1, z = 0 and .5.
double DistanceFrom(const Vec3& point) {
  Scene scene;
  scene.shapes = {MakePrimitive("cube")};
  Body box;
  box.scale = Vec3(2, 1, .5);
  scene.bodies = {box};
  const base::Pose X_WB{Vec3(1, 0, 0), base::Quat(Eigen::AngleAxisd(M_PI / 2, Vec3::UnitZ()))};
  return BodySurface(scene, 0).DistanceTo({point.cast<float>()}, X_WB);
}

TEST(BodySurface, DistancesToFaceEdgeAndCorner) {
  EXPECT_NEAR(DistanceFrom({1, 0, .8}), .3, 1e-6);              // above the top
  EXPECT_NEAR(DistanceFrom({1, 1.25, .2}), .25, 1e-6);          // beside the long end
  EXPECT_NEAR(DistanceFrom({1.8, 0, .9}), .5, 1e-6);            // edge: (.3, .4)
  EXPECT_NEAR(DistanceFrom({1.6, 1.2, .7}), .3, 1e-6);          // corner: (.1, .2, .2)
  EXPECT_EQ(DistanceFrom({1.2, .5, .25}), 0);                   // inside
}

}  // namespace
}  // namespace figment::envs
