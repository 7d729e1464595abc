// Cloth in the Bullet world.
#include "envs/cloth.h"

#include <gtest/gtest.h>

#include <cmath>

#include "envs/engines.h"

namespace figment::envs {
namespace {

using base::Vec3;

void AddFixed(Scene& scene, const std::string& shape, const Vec3& scale, const Vec3& position) {
  scene.shapes.push_back(MakePrimitive(shape));
  Body body;
  body.shape = static_cast<int>(scene.shapes.size()) - 1;
  body.scale = scale;
  body.X_WB.p = position;
  body.motion = Motion::kFixed;
  scene.bodies.push_back(body);
}

// A sheet of 2 x 2 m above a cone, a cube and a bowl: tips, edges and hollows.
Scene Drape(int resolution, double stiffness) {
  Scene scene;
  AddFixed(scene, "cone", Vec3(0.3, 0.3, 0.7), Vec3(-0.4, 0, 0));
  AddFixed(scene, "cube", Vec3(0.2, 0.4, 0.6), Vec3(0.5, 0.1, 0));
  AddFixed(scene, "bowl", Vec3::Constant(0.6), Vec3(0.2, -0.7, 0));
  Cloth cloth;
  cloth.name = "sheet";
  cloth.resolution = {resolution, resolution};
  cloth.X_WC.p = Vec3(0, -0.2, 1.2);
  cloth.stretch_stiffness = cloth.shear_stiffness = cloth.bend_stiffness = stiffness;
  scene.cloths = {cloth};
  return scene;
}

// How deep any point of the sheet, sampled finely, lies inside a body.
double DeepestInside(const Scene& scene, const SceneState& state) {
  const auto& vertices = state.cloths[0].vertices_W;
  const int columns = scene.cloths[0].resolution[0];
  double deepest = 0;
  for (const Body& body : scene.bodies)
    for (const ConvexPart& part : scene.shapes[static_cast<size_t>(body.shape)].parts) {
      const Polyhedron polyhedron = MakePolyhedron(ConvexHull(part.vertices), body.scale, body.X_WB);
      for (size_t k = 0; k + static_cast<size_t>(columns) + 1 < vertices.size(); ++k) {
        if ((k + 1) % static_cast<size_t>(columns) == 0) continue;
        const Eigen::Vector3f& a = vertices[k];
        // One triangle of each cell, at twelve places.
        const Eigen::Vector3f u = vertices[k + 1] - a, v = vertices[k + static_cast<size_t>(columns) + 1] - a;
        if ((a.cast<double>() - polyhedron.centre).norm() > polyhedron.radius + 0.2) continue;
        for (int i = 0; i < 4; ++i)
          for (int j = 0; i + j < 4; ++j)
            deepest = std::max(deepest, -NearestSurfacePoint(polyhedron, (a + 0.25f * i * u + 0.25f * j * v).cast<double>()).distance);
      }
    }
  return deepest;
}

class Draping : public testing::TestWithParam<double> {};

TEST_P(Draping, CoversBodiesAndFloorWithoutPassingThrough) {
  const Scene scene = Drape(33, GetParam());
  auto world = MakeBulletWorld(scene, {});
  for (int k = 0; k < 150; ++k) {
    world->Step();
    if (k == 69 || k == 149) {
      EXPECT_LT(DeepestInside(scene, world->State()), 0.005) << "step " << k;
    }
  }
  ASSERT_EQ(world->Status(), WorldStatus::kOk);
  const ClothState& cloth = world->State().cloths[0];
  float lowest = 9, highest = 0, fastest = 0;
  double length = 0;
  for (size_t k = 0; k < cloth.vertices_W.size(); ++k) {
    lowest = std::min(lowest, cloth.vertices_W[k].z()), highest = std::max(highest, cloth.vertices_W[k].z());
    fastest = std::max(fastest, cloth.velocities_W[k].norm());
    if (k % 33 > 0) length += (cloth.vertices_W[k] - cloth.vertices_W[k - 1]).norm() / (33 * 32);
  }
  EXPECT_GT(lowest, 0.005f);
  EXPECT_LT(lowest, 0.1f);
  EXPECT_GT(highest, 0.7f);   // hangs on the cone's tip
  EXPECT_LT(highest, 0.85f);
  EXPECT_LT(fastest, 3.0f);
  EXPECT_NEAR(length, 2.0 / 32, 0.02 * 2.0 / 32);
}

INSTANTIATE_TEST_SUITE_P(Stiffness, Draping, testing::Values(0.0, 1.0));

TEST(Cloth, FallsFreelyBeforeItTouches) {
  Scene scene = Drape(9, 0.5);
  auto world = MakeBulletWorld(scene, {});
  for (int k = 0; k < 20; ++k) world->Step();
  // The drag of the air takes 3 % of the speed in .2 s.
  for (const auto& vertex : world->State().cloths[0].vertices_W) EXPECT_NEAR(vertex.z(), 1.2 - 0.5 * 9.81 * 0.04, 0.01);
}

TEST(Cloth, ReportsWhatItTouches) {
  Scene scene = Drape(17, 0.5);
  auto world = MakeBulletWorld(scene, {});
  for (int k = 0; k < 150; ++k) world->Step();
  std::vector<int> touched;
  double weight = 0;
  for (const Contact& contact : world->Contacts())
    if (contact.body_a == 3) touched.push_back(contact.body_b), weight += contact.impulse_Ns;
  EXPECT_EQ(touched, (std::vector<int>{kGroundId, 0, 1, 2}));
  EXPECT_GT(weight, 0);
}

TEST(Cloth, LeavesABodyItStartsInGently) {
  Scene scene = Drape(17, 0.5);
  scene.cloths[0].X_WC.p.z() = 0.5;  // through cone and cube
  auto world = MakeBulletWorld(scene, {});
  for (int k = 0; k < 50; ++k) {
    world->Step();
    for (const auto& velocity : world->State().cloths[0].velocities_W) EXPECT_LT(velocity.norm(), 10.001);
  }
}

TEST(Cloth, IsRepeatableAndRestorable) {
  const Scene scene = Drape(17, 0.5);
  auto first = MakeBulletWorld(scene, {}), second = MakeBulletWorld(scene, {});
  for (int k = 0; k < 60; ++k) first->Step(), second->Step();
  EXPECT_EQ(first->State().cloths[0].vertices_W, second->State().cloths[0].vertices_W);
  const auto saved = first->Save();
  auto third = MakeBulletWorld(scene, {});
  third->Restore(saved);
  second->Restore(saved);
  EXPECT_EQ(third->State().cloths[0].vertices_W, first->State().cloths[0].vertices_W);
  for (int k = 0; k < 30; ++k) second->Step(), third->Step();
  EXPECT_EQ(second->State().cloths[0].vertices_W, third->State().cloths[0].vertices_W);
}

}  // namespace
}  // namespace figment::envs
