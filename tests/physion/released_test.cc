// The released scenes as compiled in, and runs that replay them.
#include "physion/released.h"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "base/error.h"
#include "envs/shapes.h"
#include "files/atomic.h"
#include "files/temporary_folder.h"
#include "physion/common_scene.h"
#include "physion/library_models.h"
#include "physion/producer.h"
#include "physion/props.h"

namespace figment::physion {
namespace {

const ObjectSpec& ById(const TrialSpec& spec, int id) {
  return *std::find_if(spec.objects.begin(), spec.objects.end(), [&](const auto& object) { return object.id == id; });
}

base::Vec3 SizeOf(const ObjectSpec& object) {
  for (const PropInfo& prop : Props())
    if (prop.name == object.model) return prop.size_yup.cwiseProduct(object.scale);
  return base::Vec3::Zero();
}

TEST(ReleasedTrials, AreAllThereInTheOrderOfTheirConfigs) {
  std::map<std::string, int> counts;
  std::set<std::string> names;
  for (const TrialSpec& spec : ReleasedTrials()) {
    ++counts[spec.scenario];
    names.insert(spec.stimulus_name());
  }
  EXPECT_EQ(counts, (std::map<std::string, int>{{"dominoes", 277}, {"support", 220}, {"collide", 240}, {"contain", 185},
                                                {"drop", 200}, {"link", 185}, {"roll", 182}, {"drape", 200}}));
  EXPECT_EQ(names.size(), 1689u);

  size_t next = 0;
  for (const Config& config : ReleasedConfigs())
    for (int i = 0; config.role == "test" && i < config.released_trials; ++i) {
      EXPECT_EQ(ReleasedTrials()[next].config, config.name);
      EXPECT_EQ(ReleasedTrials()[next++].index, i);
    }
}

TEST(ReleasedTrials, HoldOnlyModelsWeHaveAndReadBackFromJson) {
  for (const TrialSpec& spec : ReleasedTrials()) {
    for (const ObjectSpec& object : spec.objects) {
      EXPECT_TRUE(IsOurModel(object.model)) << object.model;
      EXPECT_GT(object.scale.minCoeff(), 0);
      EXPECT_EQ(object.library_model.empty() || object.role == "distractor" || object.role == "occluder", true)
          << object.role << " " << object.library_model;
    }
    const nlohmann::json json = ToJson(spec), again = ToJson(TrialSpecFromJson(json));
    EXPECT_TRUE(again == json) << spec.stimulus_name();
  }
}

TEST(ReleasedTrials, ConfigsOfEveryScenarioMakeTrials) {
  constexpr size_t kEvery = 97;  // a scene takes a while to build; this visits two or three of each scenario
  for (size_t i = 0; i < ReleasedTrials().size(); i += kEvery) {
    const TrialSpec& spec = ReleasedTrials()[i];
    const Trial trial = MakeTrial(spec);
    EXPECT_EQ(trial.scene.cloths.size(), spec.scenario == "drape" ? 1u : 0u);
    EXPECT_EQ(trial.spec.objects[0].role, "zone");
  }
}

TEST(ReleasedTrials, KeepTheNumbersThatWereSent) {
  const TrialSpec& spec = FindReleasedTrial("pilot_dominoes_0mid_d3chairs_o1plants_tdwroom_0000");
  EXPECT_EQ(spec.trial_seed, 420000);
  EXPECT_EQ(spec.room, "tdw");
  EXPECT_EQ(ById(spec, 3).rotation_deg.y(), -44.24788356360639);
  ASSERT_TRUE(spec.push);
  EXPECT_EQ(spec.push->frame, 30);
  EXPECT_EQ(spec.push->impulse_Ns.x(), 1.0744915777000041);
  EXPECT_EQ(spec.camera.position.z(), 1.110008432302134);
  EXPECT_EQ(spec.frame_cap, 300);
  EXPECT_EQ(spec.static_fields.at("remove_middle"), false);
}

// Each trial ends by the rule of the controller that ran it.
TEST(ReleasedTrials, FrameCapsFollowTheController) {
  EXPECT_EQ(FindReleasedTrial("pilot_it2_rollingSliding_simple_collision_box_0000").frame_cap, 150);
  EXPECT_EQ(FindReleasedTrial("pilot_towers_nb2_fr015_SJ010_mono0_dis0_occ0_tdwroom_0000").frame_cap, 600);
  const TrialSpec& drape = FindReleasedTrial("test10_0000");
  EXPECT_FALSE(drape.ends_at_sleep);
  EXPECT_GT(drape.zone_distance_threshold_m, 0);
  ASSERT_TRUE(drape.cloth);
  EXPECT_EQ(drape.cloth->stretch_stiffness, 0.8694342085696831);
  EXPECT_EQ(drape.cloth->bend_stiffness, 0.8953386098022104);
  EXPECT_EQ(drape.cloth->tether_stiffness, 0.6194303369953537);
}

TEST(ReleasedTrials, StandInsFillTheBoxOfTheOriginal) {
  const TrialSpec& spec = FindReleasedTrial("pilot_dominoes_0mid_d3chairs_o1plants_tdwroom_0000");
  const ObjectSpec& vase = ById(spec, 7);  // vase_02, .1438 x .2097 x .1438 m, sent with scale 4.516...
  EXPECT_EQ(vase.library_model, "vase_02");
  EXPECT_EQ(vase.model, "vase_round");
  EXPECT_TRUE(SizeOf(vase).isApprox(4.5161710131378765 * base::Vec3(0.1438, 0.2097, 0.1438), 1e-6));
  // With a unit factor of .00707 in its scale: .2481 m high, twice that as sent.
  EXPECT_NEAR(SizeOf(ById(spec, 5)).y(), 0.2481 * 2.015186445049896, 1e-3);
  // Of unknown size: the scale as sent, here 1.
  EXPECT_EQ(ById(spec, 6).library_model, "blyxa_japonica");
  EXPECT_EQ(ById(spec, 6).scale, base::Vec3::Ones());
  // Our own model of the name: untouched.
  for (const TrialSpec& other : ReleasedTrials())
    for (const ObjectSpec& object : other.objects)
      if (object.model == "linbrazil_diz_armchair" && object.category == "chair") {
        EXPECT_EQ(object.library_model, "");
      }
}

TEST(ReleasedTrials, ClutterOfUnknownSizeIsAtMostAsLargeAsTheReferenceAllows) {
  ObjectSpec huge{.model = "shar_pei", .role = "occluder", .category = "dog", .scale = {0.9, 0.9, 0.9}};
  PutStandIn(huge, 0.1);
  EXPECT_NEAR(SizeOf(huge).maxCoeff(), 1.5, 1e-9);
}

TEST(ReleasedTrials, StaticFieldsFollowFromTheRoles) {
  const auto& link = FindReleasedTrial("pilot_linking_nl1-5_aNone_bCube_occ1_dis1_tdwroom_0000").static_fields;
  EXPECT_EQ(link.at("num_links"), 2);
  EXPECT_EQ(link.at("target_link_idx"), 0);
  EXPECT_EQ(link.at("base_type"), "cube");
  EXPECT_EQ(link.at("use_attachment"), false);
  const auto& support = FindReleasedTrial("pilot_towers_nb2_fr015_SJ010_mono0_dis0_occ0_tdwroom_0000").static_fields;
  EXPECT_EQ(support.at("num_blocks"), 2);
  EXPECT_EQ(support.at("cap_type"), "cylinder");
  const auto& drop = FindReleasedTrial("pilot_it2_drop_all_bowls_box_0000").static_fields;
  EXPECT_EQ(drop.at("drop_type"), "pipe");
  EXPECT_EQ(drop.at("target_type"), "bowl");
}

TEST(ReleasedTrials, UnknownNamesAndFieldsAreNamed) {
  try {
    FindReleasedTrial("test10_000");
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find("test10_0000"), std::string::npos);
  }
  try {
    TrialSpecFromReleased(nlohmann::json{{"scenario", "roll"}});
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find("'config'"), std::string::npos);
  }
}

TEST(PaintCues, PaintsTargetAndZoneAndWhatIsTooNearToRed) {
  TrialSpec spec = FindReleasedTrial("pilot_linking_nl1-5_aNone_bCube_occ1_dis1_tdwroom_0000");
  const base::Vec3 probe = ById(spec, 3).color;
  PaintCues(spec, base::Rng({1}));
  EXPECT_EQ(ById(spec, 6).color, base::Vec3(1, 0, 0));
  EXPECT_EQ(ById(spec, 1).color, base::Vec3(1, 1, 0));
  EXPECT_NE(ById(spec, 3).color, probe);                       // its red channel, .87, is within .25 of 1
  EXPECT_LE(ById(spec, 4).color.x(), 0.75);                    // the base was white
}

GenerateConfig Settings(std::vector<std::string> scenarios, std::optional<int> trials) {
  GenerateConfig settings;
  settings.scenarios = std::move(scenarios);
  settings.config = kReleased;
  settings.trials = trials;
  settings.passes = {};
  settings.out = "unused";
  return settings;
}

TEST(Replay, PlansAllTrialsOrTheFirstOfEachConfig) {
  EXPECT_EQ(MakeRun(Settings({"all"}, std::nullopt)).plan.slots.size(), 1689u);
  const auto some = MakeRun(Settings({"drop", "roll"}, 30));
  EXPECT_EQ(some.plan.slots.size(), 60u);
  ASSERT_EQ(some.scenes->size(), 60u);
  for (const Slot& slot : some.plan.slots)
    EXPECT_EQ((*some.scenes)[static_cast<size_t>(slot.number)].stimulus_name(), StimulusName(some.plan, slot));
  EXPECT_EQ(MakeRun(Settings({"drop"}, 5000)).plan.slots.size(), 200u);
}

TEST(Replay, TrainAndReadoutHaveNoReplay) {
  GenerateConfig settings = Settings({"drop"}, 1);
  settings.mode = Mode::kTrain;
  EXPECT_THROW(Validate(settings), base::Error);
  settings.mode = Mode::kHuman;
  Validate(settings);
}

TEST(Replay, ARunReadsBackWithItsScenes) {
  const files::TemporaryFolder folder("figment-replay-test");
  const auto run = MakeRun(Settings({"contain"}, 4));
  PrepareFolder(folder.path(), run);
  const auto read = ReadRun(folder.path());
  ASSERT_TRUE(read.replays());
  ASSERT_EQ(read.plan.slots.size(), 4u);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(read.plan.slots[i].index, run.plan.slots[i].index);
    EXPECT_TRUE(ToJson((*read.scenes)[i]) == ToJson((*run.scenes)[i]));
  }
  PrepareFolder(folder.path(), run);  // the same run again
  EXPECT_THROW(PrepareFolder(folder.path(), MakeRun(Settings({"contain"}, 5))), base::Error);
}

TEST(Replay, ImportedScenesAreSavedBesideTheRunAndMayNotChange) {
  const files::TemporaryFolder folder("figment-replay-test");
  const auto run = MakeImportedRun(Settings({"all"}, std::nullopt),
                                  {FindReleasedTrial("test10_0003"), FindReleasedTrial("test10_0007")});
  ASSERT_EQ(run.plan.slots.size(), 2u);
  PrepareFolder(folder.path(), run);
  const auto read = ReadRun(folder.path());
  EXPECT_EQ(StimulusName(read.plan, read.plan.slots[1]), "test10_0007");
  EXPECT_TRUE(nlohmann::json(ToJson((*read.scenes)[1])) == nlohmann::json(ToJson((*run.scenes)[1])));
  files::WriteFileAtomically(folder.path() / "scenes.jsonl", ToJson(FindReleasedTrial("test10_0003")).dump() + "\n");
  EXPECT_THROW(ReadRun(folder.path()), base::Error);
}

// What the checks object to is kept, once, with its label.
TEST(Replay, ASceneIsNeverReplacedByAnother) {
  GenerateConfig settings = Settings({"drop"}, 1);
  settings.max_start_overlap_m = 0;
  const auto run = MakeRun(settings);
  const Candidate candidate = FindCandidate(run, run.plan.slots.front());
  EXPECT_FALSE(candidate.accepted());
  EXPECT_TRUE(candidate.is_kept());
  EXPECT_EQ(candidate.attempt, 0);
  EXPECT_TRUE(candidate.rejected.empty());
  EXPECT_GT(candidate.simulation.outcome.num_frames, 150);

  Producer producer(run, "auto");
  const auto line = producer.Produce(run.plan.slots.front(), "unused");
  EXPECT_EQ(line.at("accepted"), false);
  EXPECT_TRUE(line.at("reject_reason").get<std::string>().starts_with(kStartOverlapReason));
  EXPECT_TRUE(line.at("label").is_boolean());
}

TEST(Replay, HumanModeKeepsTheColoursOfTheLog) {
  GenerateConfig settings = Settings({"drop"}, 1);
  const auto red = MakeRun(settings);
  settings.mode = Mode::kHuman;
  const auto original = MakeRun(settings);
  const int target = red.scenes->front().target_id;
  EXPECT_EQ(ById(BuildCandidate(red, red.plan.slots.front(), 0), target).color, base::Vec3(1, 0, 0));
  EXPECT_EQ(ById(BuildCandidate(original, original.plan.slots.front(), 0), target).color,
            ById(original.scenes->front(), target).color);
}

}  // namespace
}  // namespace figment::physion
