#include "envs/shapes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numbers>

#include "base/error.h"
#include "envs/convex_hull.h"

namespace figment::envs {
namespace {

using base::Vec3;

// Volume enclosed by a mesh; right only if it is closed and every triangle faces outward.
double MeshVolume(const Mesh& mesh) {
  double volume = 0;
  for (const auto& [a, b, c] : mesh.triangles)
    volume += mesh.vertices[a].cast<double>().dot(mesh.vertices[b].cast<double>().cross(mesh.vertices[c].cast<double>())) / 6;
  return volume;
}

// Every edge must be met once in each direction, after vertices at one place are joined.
bool IsClosed(const Mesh& mesh) {
  std::map<std::array<int, 3>, int> places;
  const auto place = [&](uint32_t v) {
    std::array<int, 3> key;
    for (int k = 0; k < 3; ++k) key[static_cast<size_t>(k)] = static_cast<int>(std::lround(mesh.vertices[v][k] * 1e5));
    return places.emplace(key, places.size()).first->second;
  };
  std::map<std::pair<int, int>, int> edges;
  for (const auto& t : mesh.triangles)
    for (size_t k = 0; k < 3; ++k) ++edges[{place(t[k]), place(t[(k + 1) % 3])}];
  for (const auto& [edge, count] : edges) {
    const auto opposite = edges.find({edge.second, edge.first});
    if (count != 1 || opposite == edges.end()) return false;
  }
  return true;
}

class EveryPrimitive : public testing::TestWithParam<std::string> {};

TEST_P(EveryPrimitive, HasClosedMeshesThatFaceOutward) {
  const Shape shape = MakePrimitive(GetParam());
  ASSERT_FALSE(shape.lods.empty());
  for (size_t k = 0; k < shape.lods.size(); ++k) {
    const Mesh& mesh = shape.lods[k];
    EXPECT_TRUE(IsClosed(mesh)) << "level " << k;
    ASSERT_EQ(mesh.normals.size(), mesh.vertices.size());
    ASSERT_EQ(mesh.uvs.size(), mesh.vertices.size());
    for (const auto& normal : mesh.normals) EXPECT_NEAR(normal.norm(), 1, 1e-5);
    for (const auto& [a, b, c] : mesh.triangles) {
      const Eigen::Vector3f facet = (mesh.vertices[b] - mesh.vertices[a]).cross(mesh.vertices[c] - mesh.vertices[a]);
      EXPECT_GT(facet.dot(mesh.normals[a] + mesh.normals[b] + mesh.normals[c]), 0);
    }
    if (k > 0) {
      EXPECT_LT(mesh.triangles.size(), shape.lods[k - 1].triangles.size());
    }
  }
  // The finest level encloses the solid to within the facets of 48 segments (0.3 %) and of the parts (3 %).
  EXPECT_NEAR(MeshVolume(shape.lods[0]), shape.volume_m3, 0.05 * shape.volume_m3);
}

TEST_P(EveryPrimitive, StandsOnItsOriginAndFillsItsBounds) {
  const Shape shape = MakePrimitive(GetParam());
  EXPECT_NEAR(shape.low.z(), 0, 1e-6);
  Eigen::Vector3f low = shape.lods[0].vertices[0], high = low;
  for (const auto& vertex : shape.lods[0].vertices) low = low.cwiseMin(vertex), high = high.cwiseMax(vertex);
  EXPECT_LT((low.cast<double>() - shape.low).norm(), 1e-4);
  EXPECT_LT((high.cast<double>() - shape.high).norm(), 1e-4);
  EXPECT_TRUE((shape.centre_of_mass.array() > shape.low.array()).all());
  EXPECT_TRUE((shape.centre_of_mass.array() < shape.high.array()).all());
}

TEST_P(EveryPrimitive, HasPartsThatAreConvexAndTogetherHaveItsVolume) {
  const Shape shape = MakePrimitive(GetParam());
  double volume = 0;
  for (const ConvexPart& part : shape.parts) {
    const Hull hull = ConvexHull(part.vertices);
    EXPECT_EQ(hull.vertices.size(), part.vertices.size()) << "a point lies inside its part";
    volume += MomentsOf(hull).volume;
  }
  EXPECT_NEAR(volume, shape.volume_m3, 0.07 * shape.volume_m3);  // facets of the sphere: 6.2 %
}

INSTANTIATE_TEST_SUITE_P(Shapes, EveryPrimitive, testing::ValuesIn(PrimitiveNames()));

TEST(Shapes, HaveThePublishedSizes) {
  const std::map<std::string, Vec3> sizes = {
      {"bowl", {.981, .981, .379}}, {"cone", {.99, .99, 1}}, {"cube", {1, 1, 1}}, {"cylinder", {1, 1, 1}},
      {"dumbbell", {.75, 2.25, .75}}, {"octahedron", {1, 1, 1.5}}, {"pentagon", {.951, .905, 1}}, {"pipe", {1, 1, 1}},
      {"platonic", {.894, .851, 1}}, {"pyramid", {1.061, 1.061, 1}}, {"sphere", {1, 1, 1}}, {"torus", {1.25, 1.25, .25}},
      {"triangular_prism", {1, 1, .933}}, {"ramp_with_platform_30", {3.453, 1, 1.001}}};
  ASSERT_EQ(sizes.size(), PrimitiveNames().size());
  for (const auto& [name, size] : sizes) EXPECT_LT((MakePrimitive(name).size() - size).cwiseAbs().maxCoeff(), 1e-3) << name;
}

TEST(Shapes, HaveTheVolumesOfTheirFormulas) {
  EXPECT_DOUBLE_EQ(MakePrimitive("sphere").volume_m3, std::numbers::pi / 6);
  EXPECT_DOUBLE_EQ(MakePrimitive("cylinder").volume_m3, std::numbers::pi / 4);
  EXPECT_NEAR(MakePrimitive("pyramid").volume_m3, 0.375, 1e-6);
  EXPECT_NEAR(MakePrimitive("octahedron").volume_m3, 0.25, 1e-6);
  EXPECT_NEAR(MakePrimitive("platonic").volume_m3, 2.53615 / 8, 1e-5);
  EXPECT_NEAR(MakePrimitive("pentagon").volume_m3, 5 * 0.125 * std::sin(72 * std::numbers::pi / 180), 1e-6);
  EXPECT_NEAR(MakePrimitive("pipe").volume_m3, 0.515, 1e-3);
  EXPECT_NEAR(MakePrimitive("dumbbell").volume_m3, 0.887, 1e-3);
  EXPECT_NEAR(MakePrimitive("torus").volume_m3, 2 * std::numbers::pi * std::numbers::pi * 0.5 / 64, 0.008);
}

TEST(Shapes, RampRisesTowardPositiveX) {
  const Shape ramp = MakePrimitive("ramp_with_platform_30");
  EXPECT_NEAR(ramp.centre_of_mass.x(), 3.45285 / 6, 1e-5);
  EXPECT_NEAR(ramp.centre_of_mass.z(), 1.00067 / 3, 1e-5);
}

TEST(Shapes, UnknownNameSuggestsTheNearest) {
  try {
    MakePrimitive("tours");
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find("'torus'"), std::string::npos) << error.what();
  }
}

TEST(Shapes, AppendKeepsMaterialSlots) {
  Mesh mesh = BoxMesh(Vec3::Zero(), Vec3::Ones());
  Append(mesh, BoxMesh(Vec3::Zero(), Vec3::Ones()), {Vec3(2, 0, 0)}, 1);
  ASSERT_EQ(mesh.materials.size(), 24u);
  EXPECT_EQ(mesh.materials[11], 0);
  EXPECT_EQ(mesh.materials[12], 1);
  EXPECT_NEAR(MeshVolume(mesh), 2, 1e-6);
}

TEST(ConvexHull, OfABoxHasSixFacesAndItsMoments) {
  std::vector<Eigen::Vector3f> points;
  for (int k = 0; k < 8; ++k) points.emplace_back(k & 1 ? 3.f : 1.f, k & 2 ? 1.f : 0.f, k & 4 ? 3.f : 0.f);
  points.emplace_back(2.f, .5f, 1.f);
  const Hull hull = ConvexHull(points);
  EXPECT_EQ(hull.vertices.size(), 8u);
  EXPECT_EQ(hull.faces.size(), 6u);
  const Moments moments = MomentsOf(hull);
  EXPECT_NEAR(moments.volume, 6, 1e-12);
  EXPECT_LT((moments.Centre() - Vec3(2, .5, 1.5)).norm(), 1e-12);
  EXPECT_LT((moments.Inertia().diagonal() - Vec3(6 * 10 / 12., 6 * 13 / 12., 6 * 5 / 12.)).norm(), 1e-12);
  EXPECT_NEAR(moments.Scaled(Vec3(2, 1, 1)).Inertia()(1, 1), 12 * (16 + 9) / 12., 1e-12);
}

}  // namespace
}  // namespace figment::envs
