#include "envs/neighbours.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numbers>

#include "envs/shapes.h"

namespace figment::envs {
namespace {

using base::Pose;
using base::Quat;
using base::Vec3;

// Bodies of the named primitives at the given places; ground at 0.
Scene SceneOf(const std::vector<std::pair<std::string, Vec3>>& bodies) {
  Scene scene;
  for (const auto& [name, place] : bodies) {
    Body body;
    body.shape = static_cast<int>(scene.shapes.size());
    body.X_WB.p = place;
    scene.shapes.push_back(MakePrimitive(name));
    scene.bodies.push_back(body);
  }
  return scene;
}

std::vector<int> Counts(const Scene& scene, const std::vector<int>& asleep = {}) {
  NeighbourCount neighbours(scene);
  neighbours.Update([&](int body) { return scene.bodies[static_cast<size_t>(body)].X_WB; },
                    [&](int body) { return std::find(asleep.begin(), asleep.end(), body) == asleep.end(); });
  std::vector<int> counts;
  for (size_t k = 0; k < scene.bodies.size(); ++k) counts.push_back(neighbours.of(static_cast<int>(k)));
  return counts;
}

// Both sides are widened by 1 cm.
TEST(NeighbourCount, CountsTheFloorAndBodiesWithinTwoCentimetres) {
  EXPECT_EQ(Counts(SceneOf({{"cube", Vec3(0, 0, 0.019)}, {"cube", Vec3(1.019, 0, 0.021)}})), (std::vector<int>{2, 1}));
  EXPECT_EQ(Counts(SceneOf({{"cube", Vec3(0, 0, 0.021)}, {"cube", Vec3(1.021, 0, 0.021)}})), (std::vector<int>{0, 0}));
}

TEST(NeighbourCount, BoundsAreBoxesAlongTheWorldsAxes) {
  Scene scene = SceneOf({{"cube", Vec3(0, 0, 5)}, {"cube", Vec3(1.15, 0, 5)}});
  EXPECT_EQ(Counts(scene), (std::vector<int>{0, 0}));
  // Turned by 45 degrees the box around the first is sqrt(2) wide.
  scene.bodies[0].X_WB.q = Quat(Eigen::AngleAxisd(std::numbers::pi / 4, Vec3::UnitZ()));
  EXPECT_EQ(Counts(scene), (std::vector<int>{1, 1}));
}

TEST(NeighbourCount, EveryPartOfAHollowBodyCounts) {
  const auto parts = static_cast<int>(MakePrimitive("torus").parts.size());
  EXPECT_EQ(Counts(SceneOf({{"torus", Vec3(0, 0, 0)}})), (std::vector<int>{parts}));  // each with the floor
  EXPECT_EQ(Counts(SceneOf({{"torus", Vec3(0, 0, 5)}, {"cube", Vec3(0, 0, 4.5)}})), (std::vector<int>{parts, parts}));
}

TEST(NeighbourCount, FixedBodiesAreNeighboursButHaveNone) {
  Scene scene = SceneOf({{"cube", Vec3(0, 0, 0)}, {"cube", Vec3(0, 0, 1)}});
  scene.bodies[0].motion = Motion::kFixed;
  EXPECT_EQ(Counts(scene), (std::vector<int>{0, 1}));
}

// Of the two that a joint ties each has the joint instead of the other.
TEST(NeighbourCount, TiedBodiesDoNotMeet) {
  Scene scene = SceneOf({{"cube", Vec3(0, 0, 3)}, {"cube", Vec3(0, 0, 4)}, {"cube", Vec3(0, 0, 5)}});
  EXPECT_EQ(Counts(scene), (std::vector<int>{1, 2, 1}));
  scene.joints.push_back({0, 1});
  EXPECT_EQ(Counts(scene), (std::vector<int>{1, 2, 1}));
  scene.bodies[1].X_WB.p.z() = 3.5;
  EXPECT_EQ(Counts(scene), (std::vector<int>{1, 1, 0}));
}

TEST(NeighbourCount, APairAsleepIsPassedOver) {
  const Scene scene = SceneOf({{"cube", Vec3(0, 0, 3)}, {"cube", Vec3(0, 0, 4)}, {"cube", Vec3(0, 0, 5)}});
  EXPECT_EQ(Counts(scene, {0, 1}), (std::vector<int>{0, 1, 1}));
}

TEST(NeighbourCount, BodiesThatDoNotCollideHaveNone) {
  Scene scene = SceneOf({{"cube", Vec3(0, 0, 0)}, {"cube", Vec3(0, 0, 1)}});
  scene.bodies[0].collides = false;
  EXPECT_EQ(Counts(scene), (std::vector<int>{0, 0}));
}

}  // namespace
}  // namespace figment::envs
