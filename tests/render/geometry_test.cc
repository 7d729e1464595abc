#include "render/geometry.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace figment::render {
namespace {

using base::Vec3;

TEST(BuildGeometry, CoarserLevelsOfASphereHaveFewerTrianglesAndMoreError) {
  envs::Scene scene;
  scene.shapes.push_back(envs::MakePrimitive("sphere"));
  const SceneGeometry geometry = BuildGeometry(scene);
  const auto& levels = geometry.shapes.at(0).levels;
  ASSERT_GE(levels.size(), 2u);
  EXPECT_EQ(levels[0].error, 0.0f);
  for (size_t i = 1; i < levels.size(); ++i) {
    EXPECT_LT(levels[i].parts.at(0).range.index_count, levels[i - 1].parts.at(0).range.index_count);
    EXPECT_GT(levels[i].error, levels[i - 1].error);
  }
  EXPECT_LT(levels.back().error, 0.15f);  // of a diameter of 1
}

TEST(BuildGeometry, SplitsAMeshByMaterialSlot) {
  envs::Mesh mesh = envs::BoxMesh(Vec3(-1, -1, 0), Vec3(1, 1, 1));
  mesh.materials.assign(mesh.triangles.size(), 0);
  mesh.materials[3] = 1;
  envs::Scene scene;
  scene.shapes.push_back({.name = "two", .lods = {mesh}, .parts = {}, .material_slots = {"a", "b"}});
  const auto parts = BuildGeometry(scene).shapes.at(0).levels.at(0).parts;
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].slot, 0);
  EXPECT_EQ(parts[0].range.index_count, 3 * (mesh.triangles.size() - 1));
  EXPECT_EQ(parts[1].slot, 1);
  EXPECT_EQ(parts[1].range.index_count, 3u);
}

TEST(BuildGeometry, RefusesAMeshThatNamesMissingVertices) {
  envs::Mesh mesh = envs::BoxMesh(Vec3(-1, -1, 0), Vec3(1, 1, 1));
  mesh.triangles.push_back({0, 1, 1000});
  envs::Scene scene;
  scene.shapes.push_back({.name = "torn", .lods = {mesh}, .parts = {}, .material_slots = {}});
  try {
    BuildGeometry(scene);
    FAIL() << "no error";
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find("'torn'"), std::string::npos) << error.what();
  }
}

TEST(FillClothVertices, FlatSheetHasOppositeNormalsOnItsTwoSides) {
  envs::Scene scene;
  scene.cloths.push_back({.name = "sheet", .resolution = {3, 4}});
  const SceneGeometry geometry = BuildGeometry(scene);
  const envs::SceneState state = envs::InitialState(scene);
  std::vector<Vertex> vertices(24);
  FillClothVertices(geometry.cloths.at(0), state.cloths[0], state.cloths[0], vertices);
  for (size_t k = 0; k < 12; ++k) {
    EXPECT_NEAR(vertices[k].normal.z(), 1, 1e-6);
    EXPECT_NEAR(vertices[12 + k].normal.z(), -1, 1e-6);
  }
}

}  // namespace
}  // namespace figment::render
