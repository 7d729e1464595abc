// MuJoCo models as scenes: hand-worked numbers of small models, and files that must be refused.
#include "envs/mjcf.h"

#include <gtest/gtest.h>

#include <fstream>
#include <numbers>

#include "base/error.h"
#include "envs/mjcf_world.h"
#include "files/atomic.h"
#include "files/temporary_folder.h"

namespace figment::envs {
namespace {

namespace fs = std::filesystem;
using base::Vec3;

class Mjcf : public testing::Test {
 protected:
  fs::path Write(const std::string& name, const std::string& text) {
    files::WriteFileAtomically(folder_.path() / name, std::string_view(text));
    return folder_.path() / name;
  }
  MjcfWorld World(const std::string& worldbody, const std::string& rest = "") {
    return MjcfWorld(LoadMjcf(Write("model.xml", "<mujoco>" + rest + "<worldbody>" + worldbody + "</worldbody></mujoco>")));
  }
  std::string Refusal(const fs::path& path, const MjcfLimits& limits = {}) {
    try {
      LoadMjcf(path, limits);
    } catch (const base::Error& error) {
      return error.what();
    }
    return "loaded";
  }
  std::string RefusalOf(const std::string& text) { return Refusal(Write("bad.xml", text)); }

  files::TemporaryFolder folder_{"mjcf"};
};

TEST_F(Mjcf, GeomsBecomeBodies) {
  const MjcfWorld world = World(R"(
      <geom name="floor" type="plane" size="2 3 .5"/>
      <body pos="0 0 1"><freejoint/>
        <geom name="ball" type="sphere" size=".2"/>
        <geom name="limb" type="capsule" size=".1 .3" pos="1 0 0" group="2" rgba="1 0 0 .5"/>
        <geom name="egg" type="ellipsoid" size=".1 .2 .3" pos="2 0 0"/>
      </body>)");
  const Scene& scene = world.scene();
  ASSERT_EQ(scene.bodies.size(), 4u);
  EXPECT_EQ(scene.lighting, Lighting::kPhong);
  EXPECT_EQ(scene.bodies[1].name, "ball");
  EXPECT_EQ(scene.bodies[1].scale, Vec3(.2, .2, .2));
  EXPECT_EQ(scene.bodies[2].scale, Vec3(.1, .1, .3));
  EXPECT_EQ(scene.bodies[2].group, 2);
  EXPECT_FLOAT_EQ(scene.bodies[2].material.rgba[3], 0.5f);
  EXPECT_EQ(scene.bodies[1].shape, scene.bodies[3].shape);  // a sphere either way
  EXPECT_EQ(scene.bodies[0].motion, Motion::kFixed);
  EXPECT_EQ(scene.bodies[1].motion, Motion::kDynamic);
  EXPECT_NEAR((world.State().bodies[2].X_WB.p - Vec3(1, 0, 1)).norm(), 0, 1e-12);
  // Grid lines of the floor: 2 m hold two pairs of cells of 1 m, and the ends coincide with the padding.
  const Mesh& floor = SurfaceMesh(scene.shapes[static_cast<size_t>(scene.bodies[0].shape)]);
  EXPECT_EQ(floor.vertices.size(), 7u * 9u);
}

TEST_F(Mjcf, CamerasAndLamps) {
  const MjcfWorld world = World(R"(
      <light name="lamp" pos="0 0 3" dir="0 0 -1" type="spot" cutoff="30" exponent="5" diffuse=".1 .2 .3"/>
      <light name="off" active="false"/>
      <camera name="east" pos="-5 0 1" xyaxes="0 -1 0 0 0 1" fovy="60"/>
      <geom size="1"/>)", R"(<statistic extent="10"/><visual><map znear=".02" zfar="3"/></visual>)");
  const Scene& scene = world.scene();
  ASSERT_EQ(scene.lamps.size(), 2u);  // headlight and lamp
  EXPECT_TRUE(scene.lamps[0].on_camera);
  EXPECT_EQ(scene.lamps[1].kind, Lamp::Kind::kSpot);
  EXPECT_NEAR(scene.lamps[1].cutoff_rad, std::numbers::pi / 6, 1e-6);
  EXPECT_TRUE(scene.lamps[1].diffuse.isApprox(Rgb(.1f, .2f, .3f)));
  EXPECT_NEAR((world.State().lamps[1].position_W - Vec3(0, 0, 3)).norm(), 0, 1e-12);
  // Looks along +x, up is up, near and far are multiples of the extent.
  const Camera camera = CameraNow(scene, world.State(), "east");
  EXPECT_NEAR((camera.X_PC.q * Vec3::UnitZ() - Vec3::UnitX()).norm(), 0, 1e-12);
  EXPECT_NEAR((camera.X_PC.q * Vec3::UnitY() + Vec3::UnitZ()).norm(), 0, 1e-12);
  EXPECT_NEAR(camera.near_m, 0.2, 1e-6);
  EXPECT_NEAR(camera.far_m, 30, 1e-5);
  EXPECT_NEAR(camera.fov_y_rad, std::numbers::pi / 3, 1e-12);
  EXPECT_THROW(CameraNow(scene, world.State(), "esat"), base::Error);
}

TEST_F(Mjcf, OrthographicCamerasAreErrorsWhenAskedFor) {
  const MjcfWorld world = World(R"(<camera name="plan" projection="orthographic" fovy="3"/><geom size="1"/>)");
  EXPECT_THROW(CameraNow(world.scene(), world.State(), "plan"), base::Error);
  EXPECT_GT(CameraNow(world.scene(), world.State(), "free").fov_y_rad, 0);
}

TEST_F(Mjcf, ShapesAreOnlySoFine) {
  const MjcfWorld world = World(R"(<geom size="1"/><geom type="box" size="1 1 1"/>)",
                                R"(<visual><quality numslices="2000000" numstacks="2000000" numquads="2000000"/></visual>)");
  for (const Shape& shape : world.scene().shapes) EXPECT_LT(SurfaceMesh(shape).triangles.size(), 2'000'000u);
}

TEST_F(Mjcf, ColoursImagesAndHeights) {
  const std::string assets = R"(<asset>
      <texture name="a" type="2d" builtin="checker" width="8" height="8" rgb1="1 0 0" rgb2="0 0 1"/>
      <texture name="b" type="2d" builtin="checker" width="8" height="8" rgb1="1 0 0" rgb2="0 0 1"/>
      <texture name="c" type="cube" builtin="flat" width="4" height="4" rgb1="0 1 0"/>
      <texture name="s" type="skybox" builtin="gradient" width="4" height="24" rgb1="1 1 1" rgb2="0 0 1"/>
      <material name="a" texture="a" texrepeat="2 3" texuniform="true" specular=".25" shininess=".5"/>
      <material name="c" texture="c" rgba=".1 .2 .3 1"/>
      <hfield name="hills" nrow="3" ncol="3" size="2 1 .5 .1" elevation="0 0 0 0 2 0 0 0 0"/>
      </asset>)";
  MjcfWorld world = World(R"(<geom type="box" size=".5 .25 1" material="a"/>
      <geom type="sphere" size="1" material="c" rgba="1 1 0 1"/>
      <geom type="hfield" hfield="hills" material="a"/><geom type="box" size="1 1 1" rgba="0 0 0 0"/>)", assets);
  const Scene& scene = world.scene();
  EXPECT_EQ(scene.images.size(), 3u);  // a and b are the same picture
  EXPECT_GE(scene.sky, 0);
  const PhongMaterial& box = scene.bodies[0].material;
  EXPECT_EQ(box.mapping, PhongMaterial::Mapping::kVertex);
  EXPECT_TRUE(box.image_scale.head<2>().isApprox(Eigen::Vector2f(1, .75f)));  // repeats times half sizes
  EXPECT_FLOAT_EQ(box.exponent, 64);
  EXPECT_FLOAT_EQ(box.specular, .25f);
  const PhongMaterial& ball = scene.bodies[1].material;
  EXPECT_EQ(ball.mapping, PhongMaterial::Mapping::kCube);
  EXPECT_TRUE(ball.rgba.isApprox(Eigen::Vector4f(1, 1, 0, 1)));  // the geom's own colour wins
  EXPECT_EQ(scene.bodies[2].material.mapping, PhongMaterial::Mapping::kPlanar);
  EXPECT_EQ(scene.bodies[3].material.rgba[3], 0);
  ASSERT_EQ(scene.height_fields.size(), 1u);
  const std::vector<float>& heights = *world.State().height_fields[0].heights_m;
  EXPECT_FLOAT_EQ(heights[4], 0.5f);
  EXPECT_FLOAT_EQ(heights[0], 0);
}

TEST_F(Mjcf, StepsAndContinuesWhereItWasSaved) {
  const std::string text = R"(<body pos="0 0 1"><freejoint/><geom size=".1"/></body><geom type="plane" size="1 1 .1"/>)";
  MjcfWorld world = World(text);
  world.Step(100);
  const std::vector<std::byte> saved = world.Save();
  EXPECT_NEAR(world.State().bodies[1].X_WB.p.z(), 1 - 9.81 * .2 * .2 / 2, 5e-3);
  world.Step(300);
  MjcfWorld other = World(text);
  other.Restore(saved);
  other.Step(300);
  EXPECT_EQ(world.Save(), other.Save());
  EXPECT_THROW(world.SetPositions(std::vector<double>(3)), base::Error);
  EXPECT_THROW(world.SetPositions(std::vector<double>(7, NAN)), base::Error);
  EXPECT_THROW(world.Restore(std::vector<std::byte>(5)), base::Error);
}

TEST_F(Mjcf, EveryBadFileIsAnError) {
  EXPECT_NE(Refusal(folder_.path() / "missing.xml").find("missing.xml"), std::string::npos);
  EXPECT_NE(RefusalOf("<mujoco><worldbody><goem/></worldbody></mujoco>").find("goem"), std::string::npos);
  EXPECT_NE(RefusalOf("<mujoco><worldbody>").find("bad.xml"), std::string::npos);
  EXPECT_NE(RefusalOf("no xml at all"), "loaded");
  EXPECT_NE(RefusalOf(""), "loaded");
  EXPECT_NE(RefusalOf("<mujoco><worldbody><body><freejoint/></body></worldbody></mujoco>").find("mass"), std::string::npos);
  Write("damaged.stl", std::string(200, 'x'));
  EXPECT_NE(RefusalOf(R"(<mujoco><asset><mesh name="m" file="damaged.stl"/></asset>
      <worldbody><geom type="mesh" mesh="m"/></worldbody></mujoco>)"), "loaded");
  EXPECT_NE(RefusalOf(R"(<mujoco><asset><mesh name="m" file="none.stl"/></asset>
      <worldbody><geom type="mesh" mesh="m"/></worldbody></mujoco>)").find("none.stl"), std::string::npos);
  Write("damaged.mjb", std::string(1000, 'x'));
  EXPECT_NE(Refusal(folder_.path() / "damaged.mjb").find("damaged.mjb"), std::string::npos);
}

TEST_F(Mjcf, IncludesThatLeadBack) {
  Write("a.xml", R"(<mujoco><include file="b.xml"/></mujoco>)");
  Write("b.xml", R"(<mujoco><include file="a.xml"/></mujoco>)");
  EXPECT_NE(Refusal(folder_.path() / "a.xml").find("leads back to itself"), std::string::npos);
  Write("self.xml", R"(<mujoco><include file="self.xml"/></mujoco>)");
  EXPECT_NE(Refusal(folder_.path() / "self.xml").find("leads back to itself"), std::string::npos);
}

TEST_F(Mjcf, HugeNumbersAreRefusedBeforeTheyCost) {
  const auto world = [&](const std::string& inside) { return RefusalOf("<mujoco>" + inside + "</mujoco>"); };
  EXPECT_NE(world(R"(<worldbody><!-- "> --><replicate sep=">" count="1000"><body><replicate count="101"><geom size="1"/></replicate>)"
                  R"(</body></replicate></worldbody>)").find("101000 copies"), std::string::npos);
  EXPECT_NE(world(R"(<worldbody><replicate count="2000000000"><geom size="1"/></replicate></worldbody>)").find("count"),
            std::string::npos);
  EXPECT_NE(world(R"(<asset><hfield name="h" nrow="1000000" ncol="1000000" size="1 1 1 1"/></asset>)").find("nrow"),
            std::string::npos);
  EXPECT_NE(world(R"(<asset><texture name="t" builtin="flat" width="1000000" height="1000000"/></asset>)").find("width"),
            std::string::npos);
  EXPECT_NE(world(R"(<size memory="900G"/>)").find("memory"), std::string::npos);
  MjcfLimits small;
  small.model_bytes = 1000;
  EXPECT_NE(Refusal(Write("m.xml", "<mujoco><worldbody><geom size='1'/></worldbody></mujoco>"), small).find("1000"),
            std::string::npos);
}

}  // namespace
}  // namespace figment::envs
