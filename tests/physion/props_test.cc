#include "physion/props.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "base/error.h"
#include "envs/world.h"
#include "physion/rooms.h"

namespace figment::physion {
namespace {

using Point = std::array<long, 3>;

// Vertices at one place count as one: sharp edges and seams repeat a vertex with other normals. 1 um apart is apart.
Point Place(const Eigen::Vector3f& v) {
  return {std::lround(v.x() * 1e6), std::lround(v.y() * 1e6), std::lround(v.z() * 1e6)};
}

Eigen::Vector3d FaceArea(const envs::Mesh& mesh, const std::array<uint32_t, 3>& t) {
  const Eigen::Vector3d a = mesh.vertices[t[0]].cast<double>();
  return (mesh.vertices[t[1]].cast<double>() - a).cross(mesh.vertices[t[2]].cast<double>() - a) / 2;
}

// Planes of a part's hull: outward normal and offset.
struct Plane {
  Eigen::Vector3d normal;
  double offset;
};
std::vector<Plane> Planes(const envs::ConvexPart& part) {
  const envs::Mesh hull = envs::HullMesh(part.vertices);
  std::vector<Plane> planes;
  for (const auto& t : hull.triangles) {
    const Eigen::Vector3d normal = FaceArea(hull, t).normalized();
    planes.push_back({normal, normal.dot(hull.vertices[t[0]].cast<double>())});
  }
  return planes;
}

class Prop : public testing::TestWithParam<PropInfo> {};

INSTANTIATE_TEST_SUITE_P(All, Prop, testing::ValuesIn(Props()), [](const auto& info) { return info.param.name; });

TEST_P(Prop, MeshesAreClosedWithOutwardNormals) {
  const envs::Shape shape = MakeProp(GetParam().name);
  for (size_t level = 0; level < shape.lods.size(); ++level) {
    SCOPED_TRACE(level);
    const envs::Mesh& mesh = shape.lods[level];
    ASSERT_EQ(mesh.normals.size(), mesh.vertices.size());
    ASSERT_EQ(mesh.uvs.size(), mesh.vertices.size());
    ASSERT_EQ(mesh.materials.size(), mesh.triangles.size());

    // Closed: every edge is walked as often one way as the other.
    std::map<std::pair<Point, Point>, int> balance;
    double volume = 0;
    int turned = 0;
    for (const auto& t : mesh.triangles) {
      const Eigen::Vector3d area = FaceArea(mesh, t);
      volume += area.dot(mesh.vertices[t[0]].cast<double>()) / 3;
      for (int k = 0; k < 3; ++k) {
        const Point a = Place(mesh.vertices[t[k]]), b = Place(mesh.vertices[t[(k + 1) % 3]]);
        if (a < b) ++balance[{a, b}];
        if (b < a) --balance[{b, a}];
        if (area.dot(mesh.normals[t[k]].cast<double>()) <= 0) ++turned;
      }
    }
    const auto open = std::count_if(balance.begin(), balance.end(), [](const auto& edge) { return edge.second != 0; });
    EXPECT_EQ(open, 0);
    EXPECT_EQ(turned, 0);
    EXPECT_GT(volume, 0);
    for (const auto& normal : mesh.normals) ASSERT_NEAR(normal.norm(), 1, 1e-4);
    for (const auto& uv : mesh.uvs) ASSERT_TRUE(uv.allFinite());
  }
}

// Each level costs less; the coarsest fits the price of software rendering (about 70 ns a triangle).
TEST_P(Prop, LevelsGetCheaper) {
  const envs::Shape shape = MakeProp(GetParam().name);
  ASSERT_EQ(shape.lods.size(), 3u);
  EXPECT_LT(shape.lods[0].triangles.size(), 1500u);
  const bool is_plant = GetParam().category.find("plant") != std::string::npos || GetParam().category == "flowerpot";
  EXPECT_LT(shape.lods[2].triangles.size(), is_plant ? 150u : 300u);
  EXPECT_LE(shape.lods[1].triangles.size(), shape.lods[0].triangles.size());
  EXPECT_LE(shape.lods[2].triangles.size(), shape.lods[1].triangles.size());
}

TEST_P(Prop, HasItsDeclaredSize) {
  const envs::Shape shape = MakeProp(GetParam().name);
  const base::Vec3 size(GetParam().size_yup.x(), GetParam().size_yup.z(), GetParam().size_yup.y());
  for (size_t level = 0; level < shape.lods.size(); ++level) {
    Eigen::Vector3f low = shape.lods[level].vertices.front(), high = low;
    for (const auto& v : shape.lods[level].vertices) low = low.cwiseMin(v), high = high.cwiseMax(v);
    // Float precision of coordinates below 2 m.
    EXPECT_LT(((high - low).cast<double>() - size).cwiseAbs().maxCoeff(), 1e-6) << level;
    EXPECT_NEAR(low.z(), 0, 1e-6) << level;
  }
  EXPECT_LT((shape.size() - size).norm(), 1e-9);
}

TEST_P(Prop, SlotsHaveAnAppearanceEach) {
  const envs::Shape shape = MakeProp(GetParam().name);
  ASSERT_EQ(PropAppearance(GetParam().name).size(), shape.material_slots.size());
  std::set<uint16_t> used(shape.lods[0].materials.begin(), shape.lods[0].materials.end());
  EXPECT_EQ(used.size(), shape.material_slots.size()) << "a slot is never used";
  EXPECT_EQ(*used.rbegin() + 1u, shape.material_slots.size());
}

// Parts stay inside the surface's bounds (2 cm play) and apart from each other: mass follows from their volumes.
TEST_P(Prop, CollisionPartsFitAndDoNotOverlap) {
  const envs::Shape shape = MakeProp(GetParam().name);
  ASSERT_FALSE(shape.parts.empty());
  EXPECT_LE(shape.parts.size(), 8u);
  EXPECT_GT(shape.volume_m3, 0);
  std::vector<std::vector<Plane>> parts;
  for (const auto& part : shape.parts) {
    for (const auto& v : part.vertices) {
      EXPECT_TRUE((v.cast<double>().array() >= shape.low.array() - 0.02).all());
      EXPECT_TRUE((v.cast<double>().array() <= shape.high.array() + 0.02).all());
    }
    parts.push_back(Planes(part));
  }
  const int n = 24;  // grid points per axis
  for (int i = 0; i < n * n * n; ++i) {
    const base::Vec3 cell((i % n + 0.5) / n, (i / n % n + 0.5) / n, (i / n / n + 0.5) / n);
    const base::Vec3 point = shape.low + shape.size().cwiseProduct(cell);
    const auto inside = std::count_if(parts.begin(), parts.end(), [&](const auto& planes) {
      return std::all_of(planes.begin(), planes.end(), [&](const Plane& plane) {
        return plane.normal.dot(point) < plane.offset - 1e-4;
      });
    });
    ASSERT_LE(inside, 1) << point.transpose();
  }
}

// A prop set down stays standing: its centre of mass is above the ground contact of its lowest parts.
TEST_P(Prop, StandsByItself) {
  const envs::Shape shape = MakeProp(GetParam().name);
  std::vector<Eigen::Vector3f> feet;
  for (const auto& part : shape.parts)
    for (const auto& v : part.vertices)
      if (v.z() < 0.02f * static_cast<float>(shape.size().z())) feet.push_back(v);
  ASSERT_GE(feet.size(), 3u);
  Eigen::Vector3f low = feet.front(), high = low;
  for (const auto& v : feet) low = low.cwiseMin(v), high = high.cwiseMax(v);
  for (int axis : {0, 1}) {
    EXPECT_GT(shape.centre_of_mass[axis], low[axis] + 0.1 * (high[axis] - low[axis]));
    EXPECT_LT(shape.centre_of_mass[axis], high[axis] - 0.1 * (high[axis] - low[axis]));
  }
}

// The floor and one body for each of the shapes, at rest at height zero.
envs::Scene SceneOf(const std::vector<envs::Shape>& shapes, double mass_kg) {
  envs::Scene scene;
  for (const envs::Shape& shape : shapes) {
    envs::Body body;
    body.shape = static_cast<int>(scene.shapes.size());
    body.mass_kg = mass_kg;
    scene.shapes.push_back(shape);
    scene.bodies.push_back(body);
  }
  return scene;
}

// The props that scenarios simulate stay where they are put for a second: 1 cm and 1 degree allow for settling.
TEST(PropsTest, SimulatedPropsKeepStanding) {
  for (const PropInfo& prop : Props()) {
    if (prop.clutter && prop.name != "linbrazil_diz_armchair") continue;
    SCOPED_TRACE(prop.name);
    const auto world = envs::MakeWorld(SceneOf({MakeProp(prop.name)}, 100), {});
    for (int step = 0; step < 100; ++step) world->Step();
    ASSERT_EQ(world->Status(), envs::WorldStatus::kOk) << world->StatusDetail();
    const base::Pose pose = world->State().bodies[0].X_WB;
    EXPECT_LT(pose.p.norm(), 0.01);
    EXPECT_GT((pose.q * base::Vec3::UnitZ()).z(), std::cos(3.14159265 / 180));
  }
}

TEST(PropsTest, BallStaysInTheWovenBox) {
  envs::Scene scene = SceneOf({MakeProp("woven_box"), envs::MakePrimitive("sphere")}, 2);
  scene.bodies[1].scale = base::Vec3::Constant(0.3);
  scene.bodies[1].X_WB.p = {0.15, -0.1, 0.7};
  const auto world = envs::MakeWorld(scene, {});
  for (int step = 0; step < 300; ++step) world->Step();
  const base::Vec3 ball = envs::CentreOfMass(scene, world->State(), 1);
  EXPECT_LT(std::abs(ball.x()), 0.2);
  EXPECT_LT(std::abs(ball.y()), 0.2);
  EXPECT_NEAR(ball.z(), 0.03 + 0.15, 0.01);  // a radius above the box's floor
}

TEST(PropsTest, CoverTheCluttersCategories) {
  std::set<std::string> categories;
  for (const PropInfo& prop : Props())
    if (prop.clutter) categories.insert(prop.category);
  for (const char* category :
       {"coffee table", "houseplant", "vase", "chair", "dog", "sofa", "flowerpot", "coffee maker", "stool", "laptop",
        "globe", "bookshelf", "desktop computer", "garden plant"})
    EXPECT_TRUE(categories.count(category)) << category;
}

// A ball fits into the box: the middle is free down to the floor, and the floor carries.
TEST(PropsTest, WovenBoxIsHollow) {
  const envs::Shape box = MakeProp("woven_box");
  auto is_solid = [&](const base::Vec3& point) {
    return std::any_of(box.parts.begin(), box.parts.end(), [&](const auto& part) {
      const auto planes = Planes(part);
      return std::all_of(planes.begin(), planes.end(),
                         [&](const Plane& plane) { return plane.normal.dot(point) < plane.offset; });
    });
  };
  EXPECT_FALSE(is_solid({0, 0, 0.40}));
  EXPECT_FALSE(is_solid({0.30, -0.30, 0.06}));
  EXPECT_TRUE(is_solid({0, 0, 0.01}));
  EXPECT_TRUE(is_solid({0.35, 0, 0.25}));
  EXPECT_TRUE(is_solid({0, -0.35, 0.25}));
}

TEST(PropsTest, StandInsAreProps) {
  EXPECT_EQ(StandInFor("vase_05", "vase"), "vase_round");
  EXPECT_EQ(StandInFor("emeco_navy_chair", "chair"), "chair_wood");
  EXPECT_EQ(StandInFor("basset_hound", "dog"), "dog");
  EXPECT_EQ(StandInFor("buddah", "sculpture"), "buddah");
  EXPECT_TRUE(IsProp(StandInFor("never heard of", "nor of this")));
  for (const PropInfo& prop : Props()) EXPECT_TRUE(IsProp(StandInFor("some model", prop.category))) << prop.category;
}

TEST(PropsTest, UnknownNameSuggestsTheNearest) {
  try {
    MakeProp("vase_rund");
    FAIL() << "no error";
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find("vase_round"), std::string::npos) << error.what();
  }
  EXPECT_THROW(PropAppearance("cube"), base::Error);
}

// Every camera of the scenarios (4.3 m from the middle, 3.5 m high) is inside the room with the near plane to spare.
TEST(RoomsTest, HoldTheCamera) {
  for (const std::string& room : RoomNames()) {
    SCOPED_TRACE(room);
    envs::Scene scene;
    FurnishRoom(room, scene);
    for (int k = 0; k < 36; ++k) {
      const double angle = k * 10 * 3.14159265358979 / 180;
      const base::Vec3 camera(4.3 * std::cos(angle), 4.3 * std::sin(angle), 3.5);
      for (const envs::Fixture& box : scene.fixtures) {
        const base::Vec3 outside = ((camera - box.X_WF.p).cwiseAbs() - box.half_size).cwiseMax(0.0);
        EXPECT_GT(outside.norm(), 0.5);
      }
    }
    EXPECT_LT(scene.fixtures.size(), 40u);
    EXPECT_GE(scene.ground.half_size_m, 5.5);
  }
}

TEST(RoomsTest, TdwFloorLiesHigherAndHasWindows) {
  envs::Scene box, tdw;
  FurnishRoom("box", box);
  FurnishRoom("tdw", tdw);
  EXPECT_EQ(box.ground.height_m, 0.0);
  EXPECT_EQ(tdw.ground.height_m, 0.004);
  auto windows = [](const envs::Scene& scene) {
    return std::count_if(scene.fixtures.begin(), scene.fixtures.end(), [](const auto& f) { return f.emission == 1; });
  };
  EXPECT_EQ(windows(box), 0);
  EXPECT_EQ(windows(tdw), 6);
}

TEST(RoomsTest, UnknownRoomSuggestsTheNearest) {
  envs::Scene scene;
  try {
    FurnishRoom("bax", scene);
    FAIL() << "no error";
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find("box"), std::string::npos);
  }
}

}  // namespace
}  // namespace figment::physion
