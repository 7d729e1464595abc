#include "lab/bench_render.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace figment::lab {
namespace {

TEST(RenderBench, ShowsAllTwelveBodies) {
  const envs::Scene scene = RenderBenchScene();
  ASSERT_EQ(scene.bodies.size(), 12u);
  render::Renderer renderer({.width = 256, .height = 256, .quality = render::Quality::kDraft, .device = "cpu"});
  renderer.Upload(scene);
  const envs::SceneState state = envs::InitialState(scene);
  render::Frame frame;
  renderer.Render({&state, scene.cameras.front()}, nullptr, {.id = true}, frame);
  for (uint16_t id = 1; id <= 12; ++id)
    EXPECT_GT(std::count(frame.id.begin(), frame.id.end(), id), 100) << scene.bodies[id - 1u].name;
}

TEST(RenderBench, MjcfHasEveryBodyWallAndTheCamera) {
  const envs::Scene scene = RenderBenchScene();
  const std::string mjcf = ToMjcf(scene);
  for (const envs::Body& body : scene.bodies) EXPECT_NE(mjcf.find("mesh=\"" + body.name + "\""), std::string::npos);
  EXPECT_NE(mjcf.find("fovy=\"55"), std::string::npos);
  EXPECT_NE(mjcf.find("type=\"plane\""), std::string::npos);
}

}  // namespace
}  // namespace figment::lab
