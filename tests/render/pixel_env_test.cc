// An environment with pictures: a ball that rolls one step to the side, seen from above.
#include "render/pixel_env.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "envs/array_buffers.h"
#include "envs/vector_env.h"

namespace figment::render {
namespace {

using envs::Section;

std::shared_ptr<const envs::Scene> BallScene() {
  envs::Scene scene;
  scene.shapes.push_back(envs::MakePrimitive("sphere"));
  scene.bodies.push_back({.name = "ball", .appearance = {{.color = envs::Rgb(1, 0, 0)}}});
  envs::Camera eye = envs::LookAt({0, 0, 5}, {0, 0, 0}, 1);
  eye.name = "eye";
  scene.cameras.push_back(eye);
  return std::make_shared<const envs::Scene>(std::move(scene));
}

class Roller : public envs::Env {
 public:
  Roller()
      : Env({.name = "roller", .step_s = 1, .actions = {{.name = "move", .low = -1, .high = 1}},
             .observations = {{.name = "x"}}}) {}
  float x = 0;

 private:
  void DoReset(uint64_t, const envs::ResetOptions&, const envs::EnvOutput& out) override { x = 0, Write(out); }
  envs::StepResult DoStep(envs::ConstArrays actions, const envs::EnvOutput& out) override {
    x += *reinterpret_cast<const float*>(actions[0]);
    Write(out);
    return {.reward = x};
  }
  void DoSave(std::vector<std::byte>* bytes) const override { envs::AppendBytes(x, bytes); }
  void DoRestore(std::span<const std::byte> bytes) override { envs::RestoreBytes(bytes, &x); }
  void Write(const envs::EnvOutput& out) const { *reinterpret_cast<float*>(out.observations[0]) = x; }
};

class DrawnRoller : public envs::Drawable {
 public:
  DrawnRoller(const Roller& env, std::shared_ptr<const envs::Scene> scene)
      : env_(env), scene_(std::move(scene)), state_(envs::InitialState(*scene_)) {}
  const std::shared_ptr<const envs::Scene>& scene() const override { return scene_; }
  const envs::SceneState& Now() override {
    state_.bodies[0].X_WB.p.x() = env_.x;
    return state_;
  }

 private:
  const Roller& env_;
  std::shared_ptr<const envs::Scene> scene_;
  envs::SceneState state_;
};

PixelConfig Config(const std::string& camera = "eye") {
  return {.render = {.width = 32, .height = 24, .quality = Quality::kDraft, .device = "auto"},
          .pictures = {{.name = "eye", .camera = camera, .depth = true, .ids = true}}};
}

std::unique_ptr<PixelEnv> Make(std::shared_ptr<const envs::Scene> scene, std::shared_ptr<Studios> studios,
                               const PixelConfig& config = Config()) {
  auto env = std::make_unique<Roller>();
  auto drawable = std::make_unique<DrawnRoller>(*env, std::move(scene));
  return std::make_unique<PixelEnv>(std::move(env), std::move(drawable), std::move(studios), config);
}

// Mean column of the pixels that belong to the ball.
double BallColumn(std::span<const int32_t> ids) {
  double sum = 0, count = 0;
  for (size_t i = 0; i < ids.size(); ++i)
    if (ids[i] == 1) sum += static_cast<double>(i % 32) + 0.5, count += 1;
  return sum / count;
}

TEST(PixelEnv, PicturesFollowTheEnvironment) {
  auto studios = std::make_shared<Studios>(Config().render);
  const auto env = Make(BallScene(), studios);
  ASSERT_EQ(env->spec().observations.size(), 4u);
  EXPECT_EQ(env->spec().observations[1].name, "eye");
  EXPECT_EQ(env->spec().observations[1].shape, (std::vector<int64_t>{24, 32, 3}));
  const envs::ArrayBuffers buffers(env->spec(), 1);
  env->Reset(1, {}, buffers.OutputOf(0));
  const auto color = buffers.Array<uint8_t>(Section::kObservations, "eye");
  const auto ids = buffers.Array<int32_t>(Section::kObservations, "eye_ids");
  const auto depth = buffers.Array<float>(Section::kObservations, "eye_depth");
  const size_t middle = 12 * 32 + 16;
  EXPECT_GT(color[3 * middle], 2 * color[3 * middle + 1]);
  EXPECT_NEAR(BallColumn(ids), 16, 0.3);
  EXPECT_NEAR(depth[middle], 4, 0.1);  // the ball stands on z = 0 and is 1 m high
  buffers.Array<float>(Section::kActions, "move")[0] = 1;
  const envs::StepResult result = env->Step(buffers.ActionsOf(0), buffers.OutputOf(0));
  EXPECT_EQ(result.reward, 1);
  EXPECT_EQ(buffers.Array<float>(Section::kObservations, "x")[0], 1);
  EXPECT_GT(BallColumn(ids), 19);
}

TEST(PixelEnv, SeveralShareARenderer) {
  const auto scene = BallScene();
  auto studios = std::make_shared<Studios>(Config().render);
  const auto one = Make(scene, studios), two = Make(scene, studios);
  EXPECT_EQ(&studios->With(scene), &studios->With(scene));
  const envs::ArrayBuffers a(one->spec(), 1), b(two->spec(), 1);
  one->Reset(1, {}, a.OutputOf(0));
  two->Reset(1, {}, b.OutputOf(0));
  a.Array<float>(Section::kActions, "move")[0] = 1;
  one->Step(a.ActionsOf(0), a.OutputOf(0));
  two->Step(b.ActionsOf(0), b.OutputOf(0));
  const auto moved = a.Array<uint8_t>(Section::kObservations, "eye"), still = b.Array<uint8_t>(Section::kObservations, "eye");
  EXPECT_FALSE(std::equal(moved.begin(), moved.end(), still.begin()));
  // What one saved, the other continues.
  two->Restore(one->Save());
  two->Step(b.ActionsOf(0), b.OutputOf(0));
  EXPECT_TRUE(std::equal(moved.begin(), moved.end(), still.begin()));
}

TEST(PixelEnv, SamePicturesInThreads) {
  const auto scene = BallScene();
  const auto batch = [&](int workers) {
    auto studios = std::make_shared<Studios>(Config().render);
    std::vector<std::unique_ptr<envs::Env>> copies;
    for (int i = 0; i < 4; ++i) copies.push_back(Make(scene, studios));
    envs::VectorEnv env(std::move(copies), {.workers = workers});
    env.Reset(7);
    const auto moves = env.buffers().Array<float>(Section::kActions, "move");
    for (size_t i = 0; i < moves.size(); ++i) moves[i] = 0.2f * static_cast<float>(i);
    env.Step();
    const auto color = env.buffers().Array<uint8_t>(Section::kObservations, "eye");
    return std::vector<uint8_t>(color.begin(), color.end());
  };
  EXPECT_EQ(batch(1), batch(2));
}

TEST(PixelEnv, UnknownCamerasAndDoubleNamesAreErrors) {
  auto studios = std::make_shared<Studios>(Config().render);
  EXPECT_THROW(Make(BallScene(), studios, Config("eey")), base::Error);
  PixelConfig twice = Config();
  twice.pictures.push_back(twice.pictures.front());
  EXPECT_THROW(Make(BallScene(), studios, twice), base::Error);
}

}  // namespace
}  // namespace figment::render
