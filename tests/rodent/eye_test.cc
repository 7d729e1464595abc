// The rodent's pictures. Needs the dm_control wheel, which scripts/setup.sh installs, and EGL.
#include "rodent/eye.h"

#include <gtest/gtest.h>
#include <mujoco/mujoco.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.h"
#include "envs/array_buffers.h"
#include "rodent/preview.h"
#include "rodent/tasks.h"

namespace figment::rodent {
namespace {

using envs::Section;

class EveryTask : public testing::TestWithParam<std::string> {};
std::vector<std::string> TaskNames() {
  std::vector<std::string> names;
  for (const TaskEntry& task : Tasks()) names.emplace_back(task.name);
  return names;
}
INSTANTIATE_TEST_SUITE_P(Eye, EveryTask, testing::ValuesIn(TaskNames()), [](const auto& info) { return info.param; });

TEST_P(EveryTask, SeesMoreThanOneThing) {
  EyeCache cache;
  const EyeConfig config = {.env = {.task = GetParam()}, .cameras = "egocentric", .depth = true, .ids = true};
  const auto env = cache.Make(config);
  EXPECT_EQ(env->spec().observations.size(), SpecOf(config).observations.size());
  const envs::ArrayBuffers buffers(env->spec(), 1), again(env->spec(), 1);
  env->Reset(1, {}, buffers.OutputOf(0));
  const auto color = buffers.Array<uint8_t>(Section::kObservations, "egocentric");
  const auto ids = buffers.Array<int32_t>(Section::kObservations, "egocentric_ids");
  ASSERT_EQ(color.size(), 64u * 64u * 3u);
  EXPECT_GT(std::set<int>(color.begin(), color.end()).size(), 20u);
  EXPECT_GT(*std::max_element(ids.begin(), ids.end()), 0);
  // The same episode looks the same, whatever came between.
  env->Reset(2, {}, again.OutputOf(0));
  env->Reset(1, {}, again.OutputOf(0));
  const auto other = again.Array<uint8_t>(Section::kObservations, "egocentric");
  EXPECT_TRUE(std::equal(color.begin(), color.end(), other.begin()));
}

TEST(Eye, ABrokenStateKeepsTheLastPicture) {
  const EyeConfig config = {.cameras = "egocentric"};
  auto rodent = std::make_unique<RodentEnv>(config.env);
  const Physics& physics = rodent->physics();
  auto drawable = MakeDrawable(*rodent, std::make_shared<TaskLooks>(config.env));
  render::PixelConfig pixels;
  pixels.pictures = {{.name = "egocentric", .camera = "egocentric"}};
  render::PixelEnv env(std::move(rodent), std::move(drawable), std::make_shared<render::Studios>(pixels.render), pixels);
  const envs::ArrayBuffers buffers(env.spec(), 1);
  env.Reset(1, {}, buffers.OutputOf(0));
  const auto picture = buffers.Array<uint8_t>(Section::kObservations, "egocentric");
  const std::vector<uint8_t> before(picture.begin(), picture.end());
  physics.data->qvel[20] = std::nan("");
  EXPECT_EQ(env.Step(buffers.ActionsOf(0), buffers.OutputOf(0)).status, envs::StepStatus::kFailed);
  EXPECT_TRUE(std::equal(before.begin(), before.end(), picture.begin()));
}

TEST(Eye, NoCamerasNoPictures) {
  EyeCache cache;
  EXPECT_EQ(cache.Make({})->spec().observations.size(), SpecOf(EnvConfig{}).observations.size());
}

TEST(Eye, BothEyesSeeToTheirSides) {
  EyeCache cache;
  const auto env = cache.Make({.env = {.task = "maze_forage"}, .cameras = "binocular,wide"});
  ASSERT_EQ(env->spec().observations.size(), 4u);
  EXPECT_EQ(env->spec().observations[1].name, "left_eye");
  const envs::ArrayBuffers buffers(env->spec(), 1);
  env->Reset(3, {}, buffers.OutputOf(0));
  const auto left = buffers.Array<uint8_t>(Section::kObservations, "left_eye");
  const auto right = buffers.Array<uint8_t>(Section::kObservations, "right_eye");
  EXPECT_FALSE(std::equal(left.begin(), left.end(), right.begin()));
}

TEST(Eye, MistakesAreErrorsThatNameTheNearest) {
  EyeCache cache;
  const auto words = [&](const EyeConfig& config) -> std::string {
    try {
      cache.Make(config);
    } catch (const base::Error& error) {
      return error.what();
    }
    return "made";
  };
  EXPECT_NE(words({.cameras = "egocentrc"}).find("egocentric"), std::string::npos);
  EXPECT_NE(words({.cameras = "wide", .quality = "faithfull"}).find("faithful"), std::string::npos);
  EXPECT_NE(words({.cameras = "wide,wide"}).find("wide"), std::string::npos);
}

TEST(Preview, ShowsTheTask) {
  const files::RgbPicture picture = Preview({.quality = "draft", .steps = 2});
  EXPECT_GT(picture.width, 700);
  EXPECT_THROW(WritePreview({}, "preview.gif"), base::Error);
}

}  // namespace
}  // namespace figment::rodent
