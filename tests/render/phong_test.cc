// Scenes under Lighting::kPhong: named pixels of small MuJoCo models, against fixed-function lighting worked by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <optional>

#include "envs/mjcf_world.h"
#include "files/atomic.h"
#include "files/temporary_folder.h"
#include "render/renderer.h"

namespace figment::render {
namespace {

constexpr int kSize = 64;
constexpr Passes kAll = {.color = true, .id = true, .depth = true, .normals = true, .flow = true};

// A model of ours and pictures of it from its camera "eye".
class PhongScene {
 public:
  PhongScene(const std::string& worldbody, const std::string& rest = "") {
    const files::TemporaryFolder folder("phong");
    const auto path = folder.path() / "model.xml";
    files::WriteFileAtomically(path, std::string_view("<mujoco>" + rest + "<worldbody>" + worldbody + "</worldbody></mujoco>"));
    world_.emplace(envs::LoadMjcf(path));
  }
  envs::MjcfWorld& world() { return *world_; }
  const Frame& Draw(Quality quality, unsigned groups = envs::kMujocoGroups) {
    Renderer renderer({.width = kSize, .height = kSize, .quality = quality, .device = "auto"});
    renderer.Upload(world_->scene());
    renderer.Render({&world_->State(), envs::CameraNow(world_->scene(), world_->State(), "eye"), groups}, nullptr, kAll, frame_);
    return frame_;
  }

 private:
  std::optional<envs::MjcfWorld> world_;
  Frame frame_;
};

size_t At(int x, int y) { return static_cast<size_t>(y * kSize + x); }
std::array<int, 3> Color(const Frame& frame, int x, int y) {
  return {frame.color[3 * At(x, y)], frame.color[3 * At(x, y) + 1], frame.color[3 * At(x, y) + 2]};
}

// Straight down from 2 m; x to the right, y up in the picture. One metre is 32 pixels at the floor.
const std::string kEye = R"(<camera name="eye" pos="0 0 2" fovy="53.13010235"/>)";
const std::string kNoHeadlight = R"(<visual><headlight active="0"/><quality offsamples="0"/></visual>)";

class PhongQualities : public testing::TestWithParam<std::string> {
 protected:
  Quality quality() const { return ParseQuality(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Phong, PhongQualities, testing::ValuesIn(QualityNames()), [](const auto& info) { return info.param; });

TEST_P(PhongQualities, IdsDepthAndNormalsOfABox) {
  PhongScene scene(kEye + R"(<geom type="plane" size="3 3 .1"/><geom type="box" size=".5 .5 .25" pos="0 0 .25"/>)");
  const Frame& frame = scene.Draw(quality());
  EXPECT_EQ(frame.id[At(32, 32)], 2);
  EXPECT_NEAR(frame.depth_m[At(32, 32)], 1.5, 1e-3);
  EXPECT_EQ(frame.id[At(3, 3)], 1);
  EXPECT_NEAR(frame.depth_m[At(3, 3)], 2, 1e-3);
  EXPECT_EQ(frame.normals[3 * At(32, 32) + 2], 255);  // towards the viewer
  EXPECT_EQ(frame.flow_px[2 * At(32, 32)], 0);
}

TEST_P(PhongQualities, HeadlightOnAFloorSeenStraightOn) {
  // (ambient + diffuse) rgba + specular: (.1 + .4) .8 + .5 .5 in the middle, where the highlight is.
  PhongScene scene(kEye + R"(<geom type="plane" size="3 3 .05" rgba=".8 .8 .8 1"/>)");
  const auto middle = Color(scene.Draw(quality()), 32, 32);
  EXPECT_NEAR(middle[0], 255 * (.5 * .8 + .5 * .5), 6);
}

TEST_P(PhongQualities, ASpotShinesInItsConeOnly) {
  PhongScene scene(kEye + R"(<light type="spot" pos="0 0 1" dir="0 0 -1" cutoff="30" exponent="0" diffuse="1 1 1"
      specular="0 0 0" ambient="0 0 0" castshadow="false"/><geom type="plane" size="3 3 .02" rgba=".5 .5 .5 1"/>)", kNoHeadlight);
  const Frame& frame = scene.Draw(quality());
  EXPECT_NEAR(Color(frame, 32, 32)[1], 127, 3);
  // The cone ends .577 m or 18.5 pixels from the middle.
  EXPECT_GT(Color(frame, 32 + 16, 32)[1], 90);
  EXPECT_EQ(Color(frame, 32 + 22, 32)[1], 0);
}

TEST_P(PhongQualities, ABallUnderALampCastsItsShadow) {
  PhongScene scene(R"(<camera name="eye" pos="0 0 2" fovy="53.13010235"/>
      <light type="spot" pos="-.5 0 2" dir=".5 0 -1" cutoff="60" exponent="0" diffuse="1 1 1" specular="0 0 0"/>
      <geom type="plane" size="3 3 .1" rgba=".5 .5 .5 1"/><geom size=".1" pos="0 0 1"/>)", kNoHeadlight);
  const Frame& frame = scene.Draw(quality());
  // The lamp casts the ball's centre to x = .5, 16 pixels to the right.
  const int shadow = Color(frame, 48, 32)[0], lit = Color(frame, 48, 8)[0];
  EXPECT_GT(lit, 40);
  if (quality() == Quality::kDraft) EXPECT_GT(shadow, 40);
  else EXPECT_EQ(shadow, 0);
}

TEST_P(PhongQualities, GroupsAndAlphaHide) {
  PhongScene scene(kEye + R"(<geom type="plane" size="3 3 .1"/><geom type="box" size=".5 .5 .1" group="1"/>
      <geom type="box" size=".5 .5 .3" rgba="1 0 0 0"/>)");
  EXPECT_EQ(scene.Draw(quality()).id[At(32, 32)], 2);
  EXPECT_EQ(scene.Draw(quality(), 0b101).id[At(32, 32)], 1);
}

TEST_P(PhongQualities, SeenThroughAndSeenFromBehind) {
  PhongScene scene(kEye + R"(<geom type="plane" size="3 3 .1" rgba="1 1 1 1"/>
      <geom type="box" size=".5 .5 .1" pos="0 0 .5" rgba="1 0 0 .5"/>)");
  const auto tinted = Color(scene.Draw(quality()), 40, 32);
  EXPECT_GT(tinted[0], tinted[1] + 30);
  EXPECT_GT(tinted[1], 10);  // some of the white floor
  EXPECT_EQ(scene.Draw(quality()).id[At(40, 32)], 1);
  PhongScene behind(R"(<camera name="eye" pos="0 0 -2" euler="180 0 0" fovy="53"/><geom type="plane" size="3 3 .1"/>
      <geom type="box" size="1 1 .1" pos="0 0 1" rgba="0 1 0 1"/>)");
  const Frame& frame = behind.Draw(quality());
  EXPECT_EQ(frame.id[At(32, 32)], 2);
  EXPECT_GT(Color(frame, 32, 32)[1], Color(frame, 32, 32)[0] + 20);
}

TEST_P(PhongQualities, ImagesSkyAndHeights) {
  const std::string assets = R"(<asset>
      <texture name="c" type="2d" builtin="checker" width="2" height="2" rgb1="1 0 0" rgb2="0 0 1"/>
      <texture name="s" type="skybox" builtin="flat" width="4" height="24" rgb1="0 1 0" rgb2="0 1 0"/>
      <material name="c" texture="c" texrepeat="1 1" specular="0"/>
      <hfield name="hill" nrow="41" ncol="41" size=".5 .5 1 .1"/></asset>)";
  PhongScene scene(kEye + R"(<geom type="plane" size=".9 .9 .1" material="c"/>)", assets);
  const Frame& frame = scene.Draw(quality());
  const auto sky = Color(frame, 1, 32);
  EXPECT_EQ(frame.id[At(1, 32)], 0);
  EXPECT_GT(sky[1], 200);
  EXPECT_LT(sky[0], 20);
  // Two squares along each edge: neighbours differ, opposite corners are alike.
  const auto a = Color(frame, 32 - 14, 32 - 14), b = Color(frame, 32 + 14, 32 - 14), c = Color(frame, 32 + 14, 32 + 14);
  EXPECT_GT(std::abs(a[0] - b[0]), 60);
  EXPECT_LT(std::abs(a[0] - c[0]), 25);
  EXPECT_EQ(frame.depth_m[At(1, 32)], static_cast<float>(envs::CameraNow(scene.world().scene(), scene.world().State(), "eye").far_m));
}

TEST_P(PhongQualities, AHeightFieldFollowsItsHeights) {
  PhongScene scene(kEye + R"(<geom type="hfield" hfield="h"/>)", R"(<asset>
      <hfield name="h" nrow="41" ncol="41" size="2 2 1 .1"/></asset>)");
  envs::SceneState state = scene.world().State();
  Renderer renderer({.width = kSize, .height = kSize, .quality = quality(), .device = "auto"});
  renderer.Upload(scene.world().scene());
  const envs::Camera camera = envs::CameraNow(scene.world().scene(), state, "eye");
  Frame frame;
  renderer.Render({&state, camera}, nullptr, kAll, frame);
  EXPECT_NEAR(frame.depth_m[At(32, 32)], 2, 2e-3);
  auto heights = std::make_shared<std::vector<float>>(41 * 41, 0.5f);
  state.height_fields[0].heights_m = heights;
  renderer.Render({&state, camera}, nullptr, kAll, frame);
  EXPECT_NEAR(frame.depth_m[At(32, 32)], 1.5, 2e-3);
  EXPECT_EQ(frame.id[At(32, 32)], 1);
}

TEST(Phong, ASingleRowOfHeightsIsNoSurface) {
  PhongScene scene(kEye + R"(<geom type="hfield" hfield="row"/><geom type="hfield" hfield="hills" pos="0 0 -1"/>)",
                   R"(<asset><hfield name="row" nrow="1" ncol="5" size="1 1 .5 .1"/>
                      <hfield name="hills" nrow="2" ncol="2" size="1 1 .5 .1"/></asset>)");
  EXPECT_EQ(scene.Draw(Quality::kDraft).id[At(32, 32)], 2);
}

TEST(Phong, SameBytesAgain) {
  PhongScene scene(kEye + R"(<light pos="1 1 3" dir="-1 -1 -3"/><geom type="plane" size="0 0 .1"/>
      <geom type="capsule" size=".2 .4" pos="0 0 .5" euler="30 60 0"/><geom type="cylinder" size=".2 .3" pos=".6 0 .3"/>)");
  const Frame first = scene.Draw(Quality::kFaithful), second = scene.Draw(Quality::kFaithful);
  EXPECT_EQ(first.color, second.color);
  EXPECT_EQ(first.id, second.id);
}

TEST(Phong, ACapsuleKeepsRoundEnds) {
  // Radius .25, half length .5, lying along x: .75 m or 24 pixels from the middle at its own distance of 2 m.
  PhongScene scene(R"(<camera name="eye" pos="0 0 2" fovy="53.13010235"/>
      <geom type="capsule" size=".25 .5" euler="0 90 0"/>)");
  const Frame& frame = scene.Draw(Quality::kFaithful);
  int width = 0, height = 0;
  for (int i = 0; i < kSize; ++i) width += frame.id[At(i, 32)] == 1, height += frame.id[At(32, i)] == 1;
  EXPECT_NEAR(width, 2 * 24.2, 2);
  EXPECT_NEAR(height, 2 * 8.06, 2);
}

}  // namespace
}  // namespace figment::render
