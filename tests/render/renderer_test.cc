// Named pixels of small scenes, checked against what projection by hand gives.
#include "render/renderer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"

namespace figment::render {
namespace {

using base::Pose;
using base::Quat;
using base::Vec3;

constexpr Passes kAll = {.color = true, .id = true, .depth = true, .normals = true, .flow = true};
constexpr double kFieldOfView_rad = 0.96;  // 55 degrees
constexpr int kSize = 128;

// A red cube of 1 m on a grey floor, its centre at `centre` (of the bottom face).
envs::Scene CubeScene(const Vec3& centre = Vec3::Zero()) {
  envs::Scene scene;
  scene.shapes.push_back(envs::MakePrimitive("cube"));
  envs::Body body;
  body.name = "cube";
  body.X_WB.p = centre;
  body.appearance = {{.color = envs::Rgb(1, 0, 0)}};
  scene.bodies.push_back(body);
  scene.ground.appearance = {.color = envs::Rgb(0.5f, 0.5f, 0.5f)};
  return scene;
}

// Level with the cube's centre, 3 m in front of its face at y = -.5.
envs::Camera FrontCamera() { return envs::LookAt(Vec3(0, -3.5, 0.5), Vec3(0, 0, 0.5), kFieldOfView_rad); }
envs::Camera HighCamera() { return envs::LookAt(Vec3(1.5, -3, 2), Vec3(0, 0, 0.3), kFieldOfView_rad); }

class Picture {
 public:
  Picture(int width, int height) { frame.width = width, frame.height = height; }
  size_t at(int x, int y) const { return static_cast<size_t>(y * frame.width + x); }
  std::array<int, 3> color(int x, int y) const { return Bytes(frame.color, x, y); }
  std::array<int, 3> normal(int x, int y) const { return Bytes(frame.normals, x, y); }
  int id(int x, int y) const { return frame.id[at(x, y)]; }
  float depth(int x, int y) const { return frame.depth_m[at(x, y)]; }
  std::array<float, 2> flow(int x, int y) const { return {frame.flow_px[2 * at(x, y)], frame.flow_px[2 * at(x, y) + 1]}; }
  Frame frame;

 private:
  std::array<int, 3> Bytes(const std::vector<uint8_t>& bytes, int x, int y) const {
    return {bytes[3 * at(x, y)], bytes[3 * at(x, y) + 1], bytes[3 * at(x, y) + 2]};
  }
};

RenderConfig Config(Quality quality, int size = kSize) {
  return {.width = size, .height = size, .quality = quality, .device = "auto"};
}

Picture Draw(const envs::Scene& scene, const envs::Camera& camera, const RenderConfig& config, const Passes& passes = kAll) {
  Renderer renderer(config);
  renderer.Upload(scene);
  const envs::SceneState state = envs::InitialState(scene);
  Picture picture(config.width, config.height);
  renderer.Render({&state, camera}, nullptr, passes, picture.frame);
  return picture;
}

// Where a world point falls in the picture, pixels from the left and top edge.
std::array<double, 2> Project(const envs::Camera& camera, const Vec3& p_W, int size = kSize) {
  const Vec3 p = camera.X_PC.Inverse() * p_W;
  const double focal = size / 2.0 / std::tan(camera.fov_y_rad / 2);
  return {size / 2.0 + focal * p.x() / p.z(), size / 2.0 + focal * p.y() / p.z()};
}

class EveryQuality : public testing::TestWithParam<std::string> {
 protected:
  RenderConfig Config(int size = kSize) const { return render::Config(ParseQuality(GetParam()), size); }
};
INSTANTIATE_TEST_SUITE_P(Renderer, EveryQuality, testing::ValuesIn(QualityNames()),
                         [](const auto& info) { return info.param; });

TEST_P(EveryQuality, RedCubeFromTheFront) {
  const Picture picture = Draw(CubeScene(), FrontCamera(), Config());
  const int middle = kSize / 2;
  const auto [r, g, b] = picture.color(middle, middle);
  EXPECT_GT(r, 90);
  EXPECT_LT(g, r / 4);
  EXPECT_LT(b, r / 4);
  EXPECT_EQ(picture.id(middle, middle), 1);
  EXPECT_NEAR(picture.depth(middle, middle), 3.0, 1e-3);
  // The face looks at the viewer: (0, 0, 1) as bytes; 128 is the nearest byte to half.
  const auto normal = picture.normal(middle, middle);
  EXPECT_NEAR(normal[0], 127.5, 1);
  EXPECT_NEAR(normal[1], 127.5, 1);
  EXPECT_EQ(normal[2], 255);
  // The sky above: no id, no normal, as far as the camera sees.
  EXPECT_EQ(picture.id(3, 3), 0);
  EXPECT_EQ(picture.depth(3, 3), 100.0f);
  EXPECT_EQ(picture.normal(3, 3), (std::array<int, 3>{0, 0, 0}));
  // The floor at the bottom: id 0, grey, its normal up (y in the picture's axes).
  EXPECT_EQ(picture.id(middle, kSize - 2), 0);
  const auto floor = picture.color(middle, kSize - 2);
  EXPECT_LT(std::abs(floor[0] - floor[2]), 25);
  EXPECT_EQ(picture.normal(middle, kSize - 2)[1], 255);
  // Without a previous view nothing moves.
  EXPECT_EQ(picture.flow(middle, middle), (std::array<float, 2>{0, 0}));
}

TEST_P(EveryQuality, SameBytesAgainAndInANewContext) {
  const envs::Scene scene = CubeScene();
  const envs::SceneState state = envs::InitialState(scene);
  Renderer renderer(Config());
  renderer.Upload(scene);
  Frame first, second;
  renderer.Render({&state, HighCamera()}, nullptr, kAll, first);
  renderer.Render({&state, FrontCamera()}, nullptr, kAll, second);
  renderer.Render({&state, HighCamera()}, nullptr, kAll, second);
  EXPECT_EQ(first.color, second.color);
  EXPECT_EQ(first.depth_m, second.depth_m);
  EXPECT_EQ(first.normals, second.normals);
  const Picture other = Draw(scene, HighCamera(), Config());
  EXPECT_EQ(first.color, other.frame.color);
  EXPECT_EQ(first.id, other.frame.id);
  EXPECT_EQ(first.depth_m, other.frame.depth_m);
}

TEST_P(EveryQuality, IdsAreNeverBlendedAtEdges) {
  envs::Scene scene = CubeScene();
  for (int i = 1; i < 9; ++i) {
    scene.bodies.push_back(scene.bodies[0]);
    scene.bodies.back().X_WB.p = Vec3(0.4 * i - 2, 0.3 * i, 0);
    scene.bodies.back().X_WB.q = Quat(Eigen::AngleAxisd(0.3 * i, Vec3::UnitZ()));
  }
  // Only the first and last body: a blend of 1 and 9, or of either with 0, would show as another number.
  envs::SceneState state = envs::InitialState(scene);
  for (int body = 1; body < 8; ++body) state.overrides.push_back({.body = body, .visible = false});
  state.overrides_revision = 1;
  Renderer renderer(Config());
  renderer.Upload(scene);
  Frame frame;
  renderer.Render({&state, HighCamera()}, nullptr, kAll, frame);
  EXPECT_GT(std::count(frame.id.begin(), frame.id.end(), 1), 100);
  EXPECT_GT(std::count(frame.id.begin(), frame.id.end(), 9), 100);
  for (const uint16_t id : frame.id) ASSERT_TRUE(id == 0 || id == 1 || id == 9) << id;
}

TEST_P(EveryQuality, PassesDoNotChangeEachOther) {
  const Picture all = Draw(CubeScene(), HighCamera(), Config());
  const Picture color = Draw(CubeScene(), HighCamera(), Config(), {});
  EXPECT_EQ(all.frame.color, color.frame.color);
  EXPECT_TRUE(color.frame.id.empty());
  EXPECT_TRUE(color.frame.depth_m.empty());
  const Picture depth = Draw(CubeScene(), HighCamera(), Config(), {.color = false, .depth = true});
  EXPECT_EQ(all.frame.depth_m, depth.frame.depth_m);
  EXPECT_TRUE(depth.frame.color.empty());
}

TEST(Renderer, FlowOfAMovedBodyIsItsProjectedDisplacement) {
  const envs::Scene scene = CubeScene();
  const envs::SceneState before = envs::InitialState(scene);
  envs::SceneState now = before;
  const Vec3 step(0.07, 0, 0.04);
  now.bodies[0].X_WB.p += step;
  Renderer renderer(Config(Quality::kStandard));
  renderer.Upload(scene);
  const envs::Camera camera = FrontCamera();
  const View view{&now, camera}, previous{&before, camera};
  Picture picture(kSize, kSize);
  renderer.Render(view, &previous, kAll, picture.frame);
  // The face keeps its distance of 3 m, so every pixel of it moves alike.
  const auto from = Project(camera, Vec3(0, -0.5, 0.5)), to = Project(camera, Vec3(0, -0.5, 0.5) + step);
  for (const int x : {kSize / 2 - 10, kSize / 2, kSize / 2 + 10}) {
    EXPECT_NEAR(picture.flow(x, kSize / 2)[0], to[0] - from[0], 0.05);
    EXPECT_NEAR(picture.flow(x, kSize / 2)[1], to[1] - from[1], 0.05);
  }
  EXPECT_NEAR(picture.flow(5, kSize - 2)[0], 0, 1e-3);  // the floor stands still
}

TEST(Renderer, FlowOfAMovingCamera) {
  const envs::Scene scene = CubeScene();
  const envs::SceneState state = envs::InitialState(scene);
  const envs::Camera now = envs::LookAt(Vec3(1.5, -3, 2), Vec3(0, 0, 0.3), kFieldOfView_rad);
  const envs::Camera then = envs::LookAt(Vec3(1.4, -3.1, 1.9), Vec3(0.05, 0, 0.3), kFieldOfView_rad);
  Renderer renderer(Config(Quality::kStandard));
  renderer.Upload(scene);
  const View view{&state, now}, previous{&state, then};
  Picture picture(kSize, kSize);
  renderer.Render(view, &previous, kAll, picture.frame);
  // Every pixel: its point in the world by depth, projected into the earlier picture.
  const double focal = kSize / 2.0 / std::tan(kFieldOfView_rad / 2);
  for (int y = 40; y < kSize; y += 7)
    for (int x = 3; x < kSize; x += 7) {
      const double z = picture.depth(x, y);
      if (z > 50) continue;
      const Vec3 p_C((x + 0.5 - kSize / 2.0) * z / focal, (y + 0.5 - kSize / 2.0) * z / focal, z);
      const auto from = Project(then, now.X_PC * p_C);
      ASSERT_NEAR(picture.flow(x, y)[0], x + 0.5 - from[0], 0.05) << x << ", " << y;
      ASSERT_NEAR(picture.flow(x, y)[1], y + 0.5 - from[1], 0.05) << x << ", " << y;
    }
}

TEST(Renderer, CameraOnABodyMovesWithIt) {
  envs::Scene scene = CubeScene();
  scene.bodies.push_back(scene.bodies[0]);
  scene.bodies[1].X_WB.p = Vec3(0, -3, 0);
  envs::Camera camera = FrontCamera();
  camera.X_PC = scene.bodies[1].X_WB.Inverse() * camera.X_PC;
  camera.parent = 1;
  envs::SceneState state = envs::InitialState(scene);
  state.bodies[1].X_WB.p.y() += 0.25;
  state.overrides.push_back({.body = 1, .visible = false});
  state.overrides_revision = 1;
  Renderer renderer(Config(Quality::kDraft));
  renderer.Upload(scene);
  Picture picture(kSize, kSize);
  renderer.Render({&state, camera}, nullptr, kAll, picture.frame);
  EXPECT_NEAR(picture.depth(kSize / 2, kSize / 2), 2.75, 1e-3);
}

TEST(Renderer, NearerBodyHidesFarther) {
  envs::Scene scene = CubeScene(Vec3(0, 1, 0));
  scene.bodies.push_back(scene.bodies[0]);
  scene.bodies[1].X_WB.p = Vec3(0.5, -1, 0);
  const Picture picture = Draw(scene, FrontCamera(), Config(Quality::kStandard));
  EXPECT_EQ(picture.id(kSize / 2 + 5, kSize / 2), 2);
  EXPECT_NEAR(picture.depth(kSize / 2 + 5, kSize / 2), 2.0, 1e-3);
  EXPECT_EQ(picture.id(kSize / 2 - 5, kSize / 2), 1);
  EXPECT_NEAR(picture.depth(kSize / 2 - 5, kSize / 2), 4.0, 1e-3);
}

TEST(Renderer, ShadowDarkensTheFloorBesideTheCube) {
  envs::Scene scene = CubeScene();
  scene.light.direction_W = Vec3(1, 0, -1).normalized();  // the shadow reaches 1 m to the right of the cube
  const envs::Camera camera = envs::LookAt(Vec3(0, -4, 4), Vec3(0, 0, 0), kFieldOfView_rad);
  const auto pixel_of = [&](const Vec3& p_W) {
    const auto at = Project(camera, p_W);
    return std::array<int, 2>{static_cast<int>(at[0]), static_cast<int>(at[1])};
  };
  const auto [shaded_x, shaded_y] = pixel_of(Vec3(1.0, 0, 0));
  const auto [lit_x, lit_y] = pixel_of(Vec3(-1.0, 0, 0));
  for (const Quality quality : {Quality::kStandard, Quality::kHigh, Quality::kFaithful}) {
    const Picture picture = Draw(scene, camera, Config(quality));
    EXPECT_LT(picture.color(shaded_x, shaded_y)[0], 0.8 * picture.color(lit_x, lit_y)[0]);
  }
  const Picture draft = Draw(scene, camera, Config(Quality::kDraft));
  EXPECT_EQ(draft.color(shaded_x, shaded_y), draft.color(lit_x, lit_y));
}

TEST(Renderer, LitFacesShowNoShadowOfTheirOwn) {
  envs::Scene scene = CubeScene();
  scene.light.direction_W = Vec3(0.3, 0.4, -1).normalized();
  const Picture picture = Draw(scene, envs::LookAt(Vec3(0, -1, 4), Vec3(0, 0, 0.5), kFieldOfView_rad), Config(Quality::kStandard));
  // The top of the cube is one plane of one colour: every pixel inside it is equal.
  const auto middle = picture.color(kSize / 2, kSize / 2 - 2);
  int found = 0;
  for (int y = 0; y < kSize; ++y)
    for (int x = 0; x < kSize; ++x)
      if (picture.id(x, y) == 1 && picture.normal(x, y) == picture.normal(kSize / 2, kSize / 2 - 2)) {
        ++found;
        ASSERT_NEAR(picture.color(x, y)[0], middle[0], 3) << x << ", " << y;
      }
  EXPECT_GT(found, 300);
}

TEST(Renderer, ThinMatOnTheFloorCoversItCompletely) {
  envs::Scene scene = CubeScene();
  scene.bodies[0].scale = Vec3(2, 2, 0.01);  // a zone of 1 cm
  const Picture picture = Draw(scene, envs::LookAt(Vec3(0, -4, 1), Vec3(0, 0, 0), kFieldOfView_rad), Config(Quality::kStandard));
  // Inside the mat's outline no floor shows through.
  const auto from = Project(envs::LookAt(Vec3(0, -4, 1), Vec3(0, 0, 0), kFieldOfView_rad), Vec3(-0.8, 0.9, 0.01));
  const auto to = Project(envs::LookAt(Vec3(0, -4, 1), Vec3(0, 0, 0), kFieldOfView_rad), Vec3(0.8, -0.9, 0.01));
  for (int y = static_cast<int>(from[1]) + 1; y < static_cast<int>(to[1]); ++y)
    for (int x = kSize / 2 - 10; x < kSize / 2 + 10; ++x) ASSERT_EQ(picture.id(x, y), 1) << x << ", " << y;
}

TEST(Renderer, LevelsOfDetailKeepTheOutline) {
  envs::Scene fine;
  fine.shapes.push_back(envs::MakePrimitive("sphere"));
  fine.bodies.push_back({.name = "ball", .appearance = {{}}});
  envs::Scene only_finest = fine;
  only_finest.shapes[0].lods.resize(1);
  for (const double distance : {2.0, 5.0, 12.0}) {
    const envs::Camera camera = envs::LookAt(Vec3(0, -distance, 0.5), Vec3(0, 0, 0.5), kFieldOfView_rad);
    const Picture a = Draw(fine, camera, Config(Quality::kStandard)), b = Draw(only_finest, camera, Config(Quality::kStandard));
    int different = 0, covered = 0;
    for (size_t i = 0; i < a.frame.id.size(); ++i) {
      different += a.frame.id[i] != b.frame.id[i];
      covered += b.frame.id[i] == 1;
    }
    // The outline may lie half a pixel off: a ring of that width, and at least a few pixels of a tiny ball.
    EXPECT_LE(different, std::max(4, covered * 2 / 100)) << "from " << distance << " m";
  }
}

TEST(Renderer, ClothShowsBothSides) {
  envs::Scene scene;
  scene.cloths.push_back({.name = "sheet", .resolution = {9, 9}, .X_WC = {Vec3(0, 0, 1), Quat::Identity()}});
  scene.cloths[0].appearance.color = envs::Rgb(0, 0, 1);
  for (const double height : {3.0, 0.05}) {
    const envs::Camera camera = envs::LookAt(Vec3(0, -0.2, height), Vec3(0, 0, 1), kFieldOfView_rad);
    const Picture picture = Draw(scene, camera, Config(Quality::kStandard));
    EXPECT_EQ(picture.id(kSize / 2, kSize / 2), 1) << "from height " << height;
    EXPECT_GT(picture.normal(kSize / 2, kSize / 2)[2], 240) << "faces the viewer, from height " << height;
    EXPECT_GT(picture.color(kSize / 2, kSize / 2)[2], 100);
  }
}

TEST(Renderer, ClothFlowFollowsItsVertices) {
  envs::Scene scene;
  scene.cloths.push_back({.name = "sheet", .resolution = {9, 9}, .X_WC = {Vec3(0, 0, 1), Quat::Identity()}});
  const envs::SceneState before = envs::InitialState(scene);
  envs::SceneState now = before;
  for (auto& vertex : now.cloths[0].vertices_W) vertex.x() += 0.1f;
  const envs::Camera camera = envs::LookAt(Vec3(0, -0.001, 4), Vec3(0, 0, 1), kFieldOfView_rad);
  Renderer renderer(Config(Quality::kDraft));
  renderer.Upload(scene);
  const View view{&now, camera}, previous{&before, camera};
  Picture picture(kSize, kSize);
  renderer.Render(view, &previous, kAll, picture.frame);
  const auto from = Project(camera, Vec3(0, 0, 1)), to = Project(camera, Vec3(0.1, 0, 1));
  EXPECT_NEAR(picture.flow(kSize / 2, kSize / 2)[0], to[0] - from[0], 0.05);
  EXPECT_NEAR(picture.flow(kSize / 2, kSize / 2)[1], to[1] - from[1], 0.05);
}

TEST(Renderer, OverridesChangeColourAndSize) {
  const envs::Scene scene = CubeScene();
  envs::SceneState state = envs::InitialState(scene);
  state.overrides = {{.body = 0, .appearance = envs::Appearance{.color = envs::Rgb(0, 1, 0)}, .scale = Vec3(1, 2, 1)}};
  state.overrides_revision = 1;
  Renderer renderer(Config(Quality::kStandard));
  renderer.Upload(scene);
  Picture picture(kSize, kSize);
  renderer.Render({&state, FrontCamera()}, nullptr, kAll, picture.frame);
  EXPECT_GT(picture.color(kSize / 2, kSize / 2)[1], 90);
  EXPECT_EQ(picture.color(kSize / 2, kSize / 2)[0], 0);
  EXPECT_NEAR(picture.depth(kSize / 2, kSize / 2), 2.5, 1e-3);
}

TEST(Renderer, PictureNeedNotBeSquare) {
  const RenderConfig config{.width = 160, .height = 90, .quality = Quality::kStandard, .device = "auto"};
  const Picture picture = Draw(CubeScene(), FrontCamera(), config);
  EXPECT_EQ(picture.frame.color.size(), 160u * 90 * 3);
  // The face is 1 m wide and high at 3 m: as many pixels across as down.
  const double half = 45 / std::tan(kFieldOfView_rad / 2) / 3 / 2;
  EXPECT_EQ(picture.id(80 + static_cast<int>(half) - 1, 45), 1);
  EXPECT_EQ(picture.id(80 + static_cast<int>(half) + 1, 45), 0);
  EXPECT_EQ(picture.id(80, 45 - static_cast<int>(half)), 1);
}

TEST(Renderer, OneRendererServesManyScenes) {
  Renderer renderer(Config(Quality::kStandard));
  Picture picture(kSize, kSize);
  for (const double y : {0.0, 1.0, -1.0}) {
    const envs::Scene scene = CubeScene(Vec3(0, y, 0));
    renderer.Upload(scene);
    const envs::SceneState state = envs::InitialState(scene);
    renderer.Render({&state, FrontCamera()}, nullptr, kAll, picture.frame);
    EXPECT_NEAR(picture.depth(kSize / 2, kSize / 2), 3.0 + y, 1e-3);
  }
}

std::string ErrorOf(const RenderConfig& config) {
  try {
    Renderer renderer(config);
  } catch (const base::Error& error) {
    return error.what();
  }
  return "";
}

TEST(Renderer, RefusesBadSizesDevicesAndQualities) {
  EXPECT_NE(ErrorOf({.width = 0}).find("picture width 0"), std::string::npos);
  EXPECT_NE(ErrorOf({.height = 20000}).find("picture height 20000"), std::string::npos);
  EXPECT_NE(ErrorOf({.device = "cuda"}).find("unknown device 'cuda': valid are auto, cpu, gpu:N"), std::string::npos);
  EXPECT_NE(ErrorOf({.device = "gpu:x"}).find("unknown device 'gpu:x'"), std::string::npos);
  try {
    ParseQuality("standrad");
    FAIL() << "no error";
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean 'standard'"), std::string::npos) << error.what();
  }
}

TEST(Renderer, AskingForAMissingGpuIsAnErrorThatSaysHowToMendIt) {
  // No machine has a thousand GPUs, so this holds with and without one.
  const std::string error = ErrorOf({.device = "gpu:1000"});
  EXPECT_NE(error.find("device gpu:1000: no such GPU"), std::string::npos) << error;
  EXPECT_NE(error.find("To mend: "), std::string::npos) << error;
}

TEST(ListDevices, FindsAtLeastOneThatWorks) {
  const std::vector<DeviceInfo> devices = ListDevices();
  EXPECT_TRUE(std::any_of(devices.begin(), devices.end(), [](const DeviceInfo& d) { return d.problem.empty(); }));
}

TEST(RendererInfo, SaysWhatDraws) {
  const Renderer renderer(RenderConfig{.width = 16, .height = 16, .device = "cpu"});
  EXPECT_TRUE(renderer.info().software);
  EXPECT_FALSE(renderer.info().gl_renderer.empty());
  EXPECT_FALSE(renderer.info().gl_version.empty());
}

}  // namespace
}  // namespace figment::render
