// The user's own models: reading a folder, using them in trials, drawing their pictures.
#include "physion/models.h"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>

#include "base/error.h"
#include "base/hash.h"
#include "base/log.h"
#include "files/png.h"
#include "files/temporary_folder.h"
#include "physion/library_models.h"
#include "physion/producer.h"
#include "physion/props.h"
#include "physion/side_files.h"

namespace figment::physion {
namespace {

namespace fs = std::filesystem;
using base::Vec3;

// A box of 2 x 1 x 1 m whose front (+z) shows a picture: red on the left, blue on the right.
constexpr char kSign[] =
    "mtllib sign.mtl\n"
    "v -1 0 -.5\nv 1 0 -.5\nv 1 1 -.5\nv -1 1 -.5\nv -1 0 .5\nv 1 0 .5\nv 1 1 .5\nv -1 1 .5\n"
    "vt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\nusemtl face\nf 5/1 6/2 7/3 8/4\n"
    "usemtl rest\nf 2 1 4 3\nf 1 5 8 4\nf 6 2 3 7\nf 4 8 7 3\nf 1 2 6 5\n";

class ModelsTest : public ::testing::Test {
 protected:
  ModelsTest() {
    base::SetLogLevel(base::LogLevel::kError);
    Write("sign.obj", kSign);
    Write("sign.mtl", "newmtl face\nmap_Kd face.png\nnewmtl rest\nKd 0 1 0\n");
    std::vector<uint8_t> pixels, png;
    for (int y = 0; y < 64; ++y)
      for (int x = 0; x < 64; ++x)
        for (const int value : {x < 32 ? 255 : 0, 0, x < 32 ? 0 : 255}) pixels.push_back(static_cast<uint8_t>(value));
    files::PngEncoder().Encode({files::PngFormat::kRgb8, 64, 64, pixels.data()}, files::PngFilter::kUp, &png);
    Write("face.png", {reinterpret_cast<const char*>(png.data()), png.size()});
  }
  ~ModelsTest() override { base::SetLogLevel(base::LogLevel::kInfo); }

  void Write(const std::string& name, std::string_view text) const {
    fs::create_directories((folder() / name).parent_path());
    std::ofstream(folder() / name, std::ios::binary) << text;
  }
  void Describe(const std::string& json) const { Write("sign.json", json); }
  void GiveParts() const { Write("sign.parts.obj", std::regex_replace(kSign, std::regex("(mtllib|usemtl) .*"), "")); }
  const fs::path& folder() const { return folder_.path(); }

  std::string ErrorOfReading() const {
    try {
      ReadModels(folder());
      return "";
    } catch (const base::Error& error) {
      return error.what();
    }
  }

 private:
  files::TemporaryFolder folder_{"figment-models-test"};
};

bool Contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Config Collide(std::vector<std::pair<std::string, std::string>> arguments) {
  return {.scenario = "collide", .name = "own", .role = "test", .controller = "collide", .released_trials = 0,
          .arguments = std::move(arguments)};
}

TEST_F(ModelsTest, AFolderIsRead) {
  Describe(R"({"category": "sign", "licence": "CC0-1.0", "source": "own work", "size_m": 3})");
  GiveParts();
  const Models models = ReadModels(folder());
  ASSERT_EQ(models.size(), 1u);
  const Model& sign = models[0];
  EXPECT_EQ(sign.name, "sign");
  EXPECT_EQ(sign.licence, "CC0-1.0");
  EXPECT_EQ(sign.size_m, 3);
  EXPECT_TRUE(sign.has_parts);
  // At scale 1 the largest side is 1 m, the bottom centre at the origin.
  EXPECT_LT((sign.shape.low - Vec3(-.5, -.25, 0)).norm(), 1e-6);
  EXPECT_LT((sign.shape.high - Vec3(.5, .25, .5)).norm(), 1e-6);
  EXPECT_NEAR(sign.shape.volume_m3, .25, 1e-6);
  EXPECT_LT((sign.shape.centre_of_mass - Vec3(0, 0, .25)).norm(), 1e-6);
  ASSERT_EQ(sign.appearance.size(), 2u);
  EXPECT_EQ(sign.appearance[0].picture, 0);
  EXPECT_EQ(sign.appearance[1].color, envs::Rgb(0, 1, 0));
  std::vector<std::string> files;
  for (const auto& [name, hash] : sign.files) {
    files.push_back(name);
    EXPECT_EQ(hash, base::Sha256OfFile(folder() / name));
  }
  EXPECT_EQ(files, (std::vector<std::string>{"face.png", "sign.json", "sign.mtl", "sign.obj", "sign.parts.obj"}));
}

TEST_F(ModelsTest, AModelMayHaveAFolderOfItsOwn) {
  Write("stand/stand.obj", "v 0 0 0\nv 1 0 0\nv 0 2 0\nv 0 0 3\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n");
  const Models models = ReadModels(folder());
  ASSERT_EQ(models.size(), 2u);
  EXPECT_EQ(models[1].name, "stand");
  EXPECT_EQ(models[1].licence, "not stated");
  EXPECT_EQ(models[1].files.begin()->first, "stand/stand.obj");
  EXPECT_EQ(models[1].size_m, 3);
}

TEST_F(ModelsTest, BadFolders) {
  EXPECT_THROW(ReadModels(folder() / "nowhere"), base::Error);
  Describe("[]");
  EXPECT_TRUE(Contains(ErrorOfReading(), "sign.json"));
  Describe(R"({"license": "CC0"})");
  EXPECT_TRUE(Contains(ErrorOfReading(), "did you mean 'licence'")) << ErrorOfReading();
  Describe(R"({"size_m": -1})");
  EXPECT_TRUE(Contains(ErrorOfReading(), "size_m"));
  Describe(R"({"up": "x"})");
  EXPECT_TRUE(Contains(ErrorOfReading(), "up"));
  Describe(R"({"parts": "gone.obj"})");
  EXPECT_TRUE(Contains(ErrorOfReading(), "gone.obj"));
  Describe("{}");
  Write("sign.parts.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n");
  EXPECT_TRUE(Contains(ErrorOfReading(), "part 1 is flat"));
  fs::remove(folder() / "sign.parts.obj");
  Write("cube.obj", kSign);
  EXPECT_TRUE(Contains(ErrorOfReading(), "built-in"));
  fs::remove(folder() / "cube.obj");
  Write("two words.obj", kSign);
  EXPECT_TRUE(Contains(ErrorOfReading(), "two words.obj"));
  fs::remove(folder() / "two words.obj");
  EXPECT_EQ(ErrorOfReading(), "");
}

TEST_F(ModelsTest, PartsAreMadeOnceAndKept) {
  EXPECT_FALSE(ReadModels(folder())[0].has_parts);
  EXPECT_EQ(MakeParts(folder(), 16), std::vector<fs::path>{folder() / "sign.parts.obj"});
  const Models models = ReadModels(folder());
  EXPECT_TRUE(models[0].has_parts);
  EXPECT_EQ(models[0].shape.parts.size(), 1u);
  EXPECT_NEAR(models[0].shape.volume_m3, .25, 1e-5);  // in the model's own frame: they fill the same box
  EXPECT_LT((models[0].shape.centre_of_mass - Vec3(0, 0, .25)).norm(), 1e-5);
  EXPECT_TRUE(MakeParts(folder(), 16).empty());
}

TEST_F(ModelsTest, AFileNamedAsPartsIsNoModelItself) {
  Write("solid.obj", std::regex_replace(kSign, std::regex("(mtllib|usemtl) .*"), ""));
  Describe(R"({"parts": "solid.obj"})");
  const Models models = ReadModels(folder());
  ASSERT_EQ(models.size(), 1u);
  EXPECT_EQ(models[0].name, "sign");
  EXPECT_TRUE(models[0].has_parts);
  EXPECT_TRUE(models[0].files.contains("solid.obj"));
}

TEST_F(ModelsTest, WithoutPartsAModelIsClutterOnly) {
  const Models models = ReadModels(folder());
  const GenerateConfig settings;
  try {
    BuildCandidate(settings, Collide({{"target", "sign"}}), 0, 0, models);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_TRUE(Contains(error.what(), "--make-parts")) << error.what();
  }
  const TrialSpec spec = BuildCandidate(settings, Collide({{"num_distractors", "3"}}), 0, 0, models);
  int own = 0;
  for (const ObjectSpec& object : spec.objects) {
    if (object.model != "sign") continue;
    ++own;
    EXPECT_TRUE(object.kinematic);
    EXPECT_FALSE(object.has_color);
  }
  EXPECT_EQ(own, 3);
}

TEST_F(ModelsTest, OwnClutterTakesTheCategoriesItFits) {
  Describe(R"({"category": "vase"})");
  const Models models = ReadModels(folder());
  const auto distractor = [&](const std::string& category) {
    const auto config = Collide({{"num_distractors", "1"}, {"distractor_categories", category}});
    return BuildCandidate({}, config, 0, 0, models).objects.back();
  };
  EXPECT_EQ(distractor("vase,chair").model, "sign");
  EXPECT_NE(distractor("chair").model, "sign");
  EXPECT_THROW(distractor("vas"), base::Error);
  EXPECT_THROW(BuildCandidate({}, Collide({{"target", "sing"}}), 0, 0, models), base::Error);
}

TEST_F(ModelsTest, SignAsDistractorShowsItsPicture) {
  const Models models = ReadModels(folder());
  TrialSpec spec{.scenario = "collide", .config = "c", .index = 0};
  spec.room = "box";
  spec.zone_id = 1, spec.target_id = 2;
  spec.objects = {{.id = 1, .model = "cube", .role = "zone", .position = {3, 0, -1}, .scale = {.1, .01, .1}, .kinematic = true},
                  {.id = 2, .model = "cube", .role = "target", .position = {-3, 0, -1}, .scale = {.1, .1, .1}},
                  {.id = 3, .model = "sign", .role = "distractor", .scale = {2, 2, 2}, .kinematic = true, .has_color = false},
                  {.id = 4, .model = "sign", .role = "occluder", .position = {0, 1.5, 0}, .scale = {.5, .5, .5},
                   .kinematic = true, .color = {1, 1, 0}}};
  spec.camera = {.position = {0, .5, 4}, .look_at = {0, .5, 0}};
  const Trial trial = MakeTrial(spec, models);
  ASSERT_EQ(trial.scene.pictures.size(), 1u);
  EXPECT_EQ(trial.scene.bodies[2].appearance[0].picture, 0);
  EXPECT_EQ(trial.scene.bodies[3].appearance[0].picture, -1);  // painted
  EXPECT_EQ(trial.scene.bodies[2].shape, trial.scene.bodies[3].shape);

  for (const render::Quality quality : {render::Quality::kDraft, render::Quality::kStandard, render::Quality::kHigh}) {
    render::Renderer renderer({.width = 128, .height = 128, .quality = quality});
    renderer.Upload(trial.scene);
    const envs::SceneState state = envs::InitialState(trial.scene);
    render::Frame frame;
    renderer.Render({&state, trial.camera}, nullptr, {.color = true, .id = true}, frame);
    const auto pixel = [&](int x, int y) { return &frame.color[3 * static_cast<size_t>(y * 128 + x)]; };
    // The sign is 2 m wide in the middle of the picture: left half red, right half blue.
    EXPECT_EQ(frame.id[64 * 128 + 50], 3);
    EXPECT_GT(pixel(50, 64)[0], 90);
    EXPECT_LT(pixel(50, 64)[2], 15);
    EXPECT_GT(pixel(78, 64)[2], 90);
    EXPECT_LT(pixel(78, 64)[0], 15);
    // The painted one above it, .5 m wide, is yellow on both sides.
    const int row = 64 - static_cast<int>(1.125 / 4 / std::tan(.48) * 64);
    EXPECT_EQ(frame.id[static_cast<size_t>(row * 128 + 60)], 4);
    for (const int x : {60, 68}) EXPECT_GT(std::min(pixel(x, row)[0], pixel(x, row)[1]), 90);
    for (const int x : {60, 68}) EXPECT_LT(pixel(x, row)[2], 30);
  }
}

TEST_F(ModelsTest, AsMovingTargetItIsSimulatedAndRecorded) {
  Describe(R"({"licence": "CC0-1.0", "source": "own work"})");
  GiveParts();
  const files::TemporaryFolder out("figment-models-run");
  physion::Run run;
  run.settings.scenarios = {"collide"};
  run.settings.trials = 1;
  run.settings.passes.clear();
  run.settings.out = (out.path() / "data").string();
  run.settings.models = folder().string();
  run.plan.configs = {{Collide({{"target", "sign"}, {"tscale", "0.5"}, {"num_distractors", "1"}}), 1}};
  run.plan.slots = {{0, 0, 0}};
  RecordModels(run);

  Producer producer(run, "cpu");
  const auto line = producer.Produce(run.plan.slots[0], out.path());
  EXPECT_TRUE(line.at("accepted"));
  ASSERT_EQ(line.at("models").size(), 1u);
  EXPECT_EQ(line.at("models")[0].at("licence"), "CC0-1.0");
  EXPECT_EQ(line.at("models")[0].at("files").at("sign.obj"), base::Sha256OfFile(folder() / "sign.obj"));
  EXPECT_EQ(Producer(run, "cpu").Produce(run.plan.slots[0], out.path()).at("state_sha256"), line.at("state_sha256"));

  const Candidate candidate = FindCandidate(run, run.plan.slots[0]);
  const auto target = static_cast<size_t>(candidate.trial.target);
  EXPECT_EQ(candidate.trial.spec.objects[target].model, "sign");
  EXPECT_EQ(candidate.trial.scene.bodies[target].motion, envs::Motion::kDynamic);
  EXPECT_EQ(MeshOfObject(candidate.trial, candidate.trial.target).faces.size(), 12u * 3);

  // The run is saved, continues where the models are unchanged though elsewhere, and not where they differ.
  PrepareFolder(run.settings.out, run);
  const fs::path moved = out.path() / "moved";
  fs::copy(folder(), moved, fs::copy_options::recursive);
  physion::Run elsewhere = run;
  elsewhere.settings.models = moved.string();
  RecordModels(elsewhere);
  EXPECT_NO_THROW(PrepareFolder(run.settings.out, elsewhere));
  EXPECT_EQ(ReadRun(run.settings.out).model_files, run.model_files);
  std::ofstream(moved / "sign.mtl", std::ios::app) << "# touched\n";
  for (const bool again : {false, true}) {
    try {
      if (again) RecordModels(elsewhere), PrepareFolder(run.settings.out, elsewhere);
      else LoadModels(elsewhere);
      FAIL();
    } catch (const base::Error& error) {
      EXPECT_TRUE(Contains(error.what(), "sign.mtl has changed")) << error.what();
    }
  }
}

// An original of the library takes its own place again: as large as its stand-in along each axis, and fixed where it has
// no convex parts.
TEST_F(ModelsTest, InAReplayItTakesThePlaceOfItsStandIn) {
  ObjectSpec object{.model = "sign", .category = "vase"};
  object.scale = Vec3(.5, .5, .5);
  PutStandIn(object, 1);
  ASSERT_EQ(object.library_model, "sign");
  const PropInfo* prop = nullptr;
  for (const PropInfo& info : Props())
    if (info.name == object.model) prop = &info;
  ASSERT_TRUE(prop);
  const Vec3 box = object.scale.cwiseProduct(prop->size_yup);
  const Models models = ReadModels(folder());
  PutOriginal(object, models);
  EXPECT_EQ(object.model, "sign");
  EXPECT_TRUE(object.kinematic);
  EXPECT_LT((object.scale.cwiseProduct(models[0].size_yup()) - box).norm(), 1e-9);

  ObjectSpec other{.model = "nobody", .category = "vase"};
  PutStandIn(other, 1);
  const ObjectSpec before = other;
  PutOriginal(other, models);
  EXPECT_EQ(other.model, before.model);

  GiveParts();
  ObjectSpec moving = before;
  moving.library_model = "sign";
  PutOriginal(moving, ReadModels(folder()));
  EXPECT_FALSE(moving.kinematic);
}

TEST_F(ModelsTest, AReplayRefusesModelsItHasNoUseFor) {
  GenerateConfig settings;
  settings.scenarios = {"collide"}, settings.config = kReleased;
  physion::Run run = MakeRun(settings);
  run.settings.models = folder().string();
  EXPECT_THROW(RecordModels(run), base::Error);
}

TEST_F(ModelsTest, AModelNobodyKnowsGetsAStandIn) {
  TrialSpec spec{.scenario = "collide", .config = "c", .index = 0};
  spec.room = "box";
  spec.zone_id = 1, spec.target_id = 1;
  spec.objects = {{.id = 1, .model = "cube"}, {.id = 2, .model = "their_chair", .category = "chair", .has_color = false}};
  const Trial trial = MakeTrial(spec);
  EXPECT_EQ(trial.scene.shapes[1].name, "chair_wood");
  EXPECT_EQ(trial.spec.objects[1].model, "their_chair");
}

}  // namespace
}  // namespace figment::physion
