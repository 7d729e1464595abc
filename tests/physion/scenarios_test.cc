// The released configurations as built here: every one builds, and the rules that can be worked out by hand hold.
#include "physion/scenario.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <numbers>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "base/error.h"
#include "physion/props.h"

namespace figment::physion {
namespace {

TrialSpec Build(const Config& config, int index, Mode mode = Mode::kTest) {
  base::Rng rng({17, base::KeyOf(config.name), static_cast<uint64_t>(index)});
  return FindScenario(config.scenario)
      .build({.arguments = Arguments::FromConfig(config), .mode = mode, .index = index}, rng);
}

TrialSpec BuildWith(const Arguments& arguments, int index = 0) {
  base::Rng rng({17, static_cast<uint64_t>(index)});
  return FindScenario(arguments.controller()).build({.arguments = arguments, .mode = Mode::kTest, .index = index}, rng);
}

double AzimuthDegrees(const base::Vec3& camera) {
  const double degrees = std::atan2(camera.z(), camera.x()) * 180 / std::numbers::pi;
  return degrees < 0 ? degrees + 360 : degrees;
}

std::vector<const ObjectSpec*> WithRole(const TrialSpec& spec, const std::string& role) {
  std::vector<const ObjectSpec*> found;
  for (const ObjectSpec& object : spec.objects)
    if (object.role == role) found.push_back(&object);
  return found;
}

const ObjectSpec& ById(const TrialSpec& spec, int id) {
  return *std::find_if(spec.objects.begin(), spec.objects.end(), [&](const auto& object) { return object.id == id; });
}

TEST(ReleasedConfigs, AreAllThere) {
  int test = 0, familiarization = 0, trials = 0;
  std::set<std::string> names;
  for (const Config& config : ReleasedConfigs()) {
    names.insert(config.name);
    (config.role == "test" ? test : familiarization) += 1;
    if (config.role == "test") trials += config.released_trials;
  }
  EXPECT_EQ(test, 108);
  EXPECT_EQ(familiarization, 4);
  EXPECT_EQ(names.size(), 112u);
  EXPECT_EQ(trials, 1689);
  EXPECT_EQ(FindConfig("test10").scenario, "drape");
  EXPECT_THROW(FindConfig("test100"), base::Error);
}

TEST(Scenarios, AreFoundByNewAndOldNames) {
  EXPECT_GE(Scenarios().size(), 8u);
  EXPECT_EQ(FindScenario("towers").name, "support");
  EXPECT_EQ(FindScenario("collision").name, "collide");
  EXPECT_EQ(FindScenario("rollslide").name, "roll");
  try {
    FindScenario("rol");
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find("'roll'"), std::string::npos);
  }
}

// All released configurations, and the one of each scenario that was not released.
std::vector<Config> AllConfigs() {
  std::vector<Config> configs = ReleasedConfigs();
  for (const Scenario& scenario : Scenarios())
    for (const Config& config : SampledConfigs(scenario.name))
      if (config.role == "custom") configs.push_back(config);
  return configs;
}

class EveryConfig : public testing::TestWithParam<Mode> {};

TEST_P(EveryConfig, BuildsSoundTrials) {
  for (const Config& config : AllConfigs())
    for (int index = 0; index < 20; ++index) {
      const TrialSpec spec = Build(config, index, GetParam());
      SCOPED_TRACE(config.name + " " + std::to_string(index));
      EXPECT_EQ(spec.scenario, config.scenario);
      EXPECT_EQ(spec.objects.front().role, "zone");
      EXPECT_EQ(spec.zone_id, 1);
      EXPECT_EQ(ById(spec, spec.target_id).role, "target");
      std::set<int> ids;
      for (const ObjectSpec& object : spec.objects) {
        ids.insert(object.id);
        EXPECT_TRUE(object.position.allFinite() && object.rotation_deg.allFinite());
        EXPECT_GT(object.scale.minCoeff(), 0);
        EXPECT_GT(object.mass_kg, 0);
        EXPECT_GE(object.color.minCoeff(), 0);
        EXPECT_LE(object.color.maxCoeff(), 1);
      }
      EXPECT_EQ(ids.size(), spec.objects.size());
      EXPECT_GE(spec.camera.position.y(), 0);
      EXPECT_EQ(spec.cloth.has_value(), !FindScenario(spec.scenario).rigid);
    }
}

TEST(Scenarios, WithoutReleasedConfigurationsUseTheDefaults) {
  const std::vector<Config> own = SampledConfigs("slide");
  ASSERT_EQ(own.size(), 1u);
  EXPECT_EQ(own[0].name, "slide");
  EXPECT_EQ(own[0].role, "custom");
  EXPECT_TRUE(own[0].arguments.empty());
  for (const Config& config : SampledConfigs("collide")) EXPECT_EQ(config.role, "test");
  EXPECT_EQ(SampledConfigs("collide").size(), 24u);
}

INSTANTIATE_TEST_SUITE_P(Modes, EveryConfig, testing::Values(Mode::kTest, Mode::kTrain, Mode::kReadout));

TEST(Scenarios, SameSeedSameTrial) {
  const Config& config = FindConfig("pilot_dominoes_2mid_J020R15_d3chairs_o1plants_tdwroom");
  EXPECT_EQ(ToJson(Build(config, 4)).dump(), ToJson(Build(config, 4)).dump());
  EXPECT_NE(ToJson(Build(config, 4)).dump(), ToJson(Build(config, 5)).dump());
}


TEST(Scenarios, PartsDrawFromStreamsOfTheirOwn) {
  const Config& config = FindConfig("pilot_it2_collision_simple_box");
  Arguments plain = Arguments::FromConfig(config), cluttered = plain;
  cluttered.Set("num_distractors", "2");
  const TrialSpec a = BuildWith(plain), b = BuildWith(cluttered);
  ASSERT_EQ(b.objects.size(), a.objects.size() + 2);
  for (size_t i = 0; i < a.objects.size(); ++i) EXPECT_EQ(a.objects[i].position, b.objects[i].position);
  EXPECT_EQ(a.camera.position, b.camera.position);
  EXPECT_EQ(a.push->impulse_Ns, b.push->impulse_Ns);
}

TEST(Seeds, FollowTheReferencesFormulaInEachMode) {
  const Config& config = FindConfig("pilot_dominoes_0mid_d3chairs_o1plants_tdwroom");  // seed 420
  EXPECT_EQ(Build(config, 3, Mode::kTest).trial_seed, 420003);
  EXPECT_EQ(Build(config, 3, Mode::kTrain).trial_seed, 263003);    // 420000 mod 997 = 263
  EXPECT_EQ(Build(config, 3, Mode::kReadout).trial_seed, 630003);  // 1260000 mod 1999 = 630
}

TEST(Camera, StandsSqrtTwoRadiiAwayAnd45DegreesOn) {
  Arguments arguments("dominoes");
  arguments.Set("camera_distance", "2.0");
  arguments.Set("camera_min_angle", "30");
  arguments.Set("camera_max_angle", "30");
  const base::Vec3 position = BuildWith(arguments).camera.position;
  EXPECT_NEAR(std::hypot(position.x(), position.z()), 2 * std::numbers::sqrt2, 1e-12);
  EXPECT_NEAR(AzimuthDegrees(position), 75, 1e-9);
  EXPECT_GE(position.y(), 0.75);
  EXPECT_LE(position.y(), 2.0);
}

TEST(Camera, ReflectionsTurnHalfOfTheTrialsBy180Degrees) {
  Arguments arguments("dominoes");
  for (const char* angle : {"camera_min_angle", "camera_max_angle"}) arguments.Set(angle, "30");
  arguments.Set("camera_left_right_reflections", "");
  int reflected = 0;
  for (int index = 0; index < 100; ++index) {
    const double azimuth = AzimuthDegrees(BuildWith(arguments, index).camera.position);
    if (std::abs(azimuth - 255) < 1e-6)
      ++reflected;
    else
      EXPECT_NEAR(azimuth, 75, 1e-6);
  }
  EXPECT_NEAR(reflected, 50, 20);  // four standard deviations of a fair coin
}

TEST(Dominoes, ThePushTurnsWithTheProbe) {
  Arguments arguments("dominoes");
  arguments.Set("prot", "90");
  const TrialSpec spec = BuildWith(arguments);  // mass 2, fscale 2, axis 2, probe .5 high
  EXPECT_TRUE(spec.push->impulse_Ns.isApprox(base::Vec3(0, 0, -4), 1e-12));
  EXPECT_TRUE(spec.push->point->isApprox(base::Vec3(-1, 0.4, 0), 1e-12));
  EXPECT_EQ(spec.push->id, *spec.probe_id);
  EXPECT_EQ(ById(spec, 1).position, base::Vec3(1 + 0.5 + 0.1, 0, 0));  // half the axis, the zone's scale and 10 cm
}

TEST(Dominoes, StandEvenlyWithoutJitterAndRemoveMiddleTakesOneAway) {
  Arguments arguments("dominoes");
  arguments.Set("spacing_jitter", "0");
  const auto all = BuildWith(arguments);
  std::vector<double> places;
  for (const ObjectSpec* domino : WithRole(all, "middle")) places.push_back(domino->position.x());
  ASSERT_EQ(places.size(), 3u);
  for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(places[i], -0.5 + 0.5 * static_cast<double>(i), 1e-12);
  arguments.Set("remove_middle", "");
  const TrialSpec one_less = BuildWith(arguments);
  EXPECT_EQ(WithRole(one_less, "middle").size(), 2u);
  EXPECT_EQ(one_less.static_fields.at("remove_middle"), true);
  EXPECT_EQ(one_less.static_fields.at("middle_objects").size(), 3u);
  for (const Config& config : ReleasedConfigs())
    if (config.name.find("RM1") != std::string::npos) {
      const auto count = static_cast<size_t>(Arguments::FromConfig(config).Integer("num_middle_objects"));
      EXPECT_EQ(WithRole(Build(config, 0), "middle").size(), count - 1) << config.name;
    }
}

TEST(Collide, TheImpulseIsMassTimesSpeedAndDoesNotTurn) {
  Arguments arguments("collide");
  for (const auto& [name, text] : std::map<std::string, std::string>{
           {"fscale", "6"}, {"frot", "0"}, {"fjitter", "0"}, {"pmass", "4"}, {"fupforce", "0.5"},
           {"prot", "{'x':0,'y':90,'z':0}"}, {"plift", "0.2"}})
    arguments.Set(name, text);
  const TrialSpec spec = BuildWith(arguments);
  EXPECT_TRUE(spec.push->impulse_Ns.isApprox(base::Vec3(24, 12, 0), 1e-12));
  EXPECT_TRUE(spec.push->point->isApprox(base::Vec3(-1, 0.2 + 0.8 * 0.35, 0), 1e-12));
  EXPECT_EQ(spec.frame_cap, 150);
  EXPECT_EQ(ById(spec, *spec.probe_id).dynamic_friction, 0.4);
  EXPECT_EQ(ById(spec, 1).static_friction, 10 * ById(spec, 1).dynamic_friction);
}

TEST(Support, StackHeightsMassesAndTheCap) {
  Arguments arguments("support");
  for (const auto& [name, text] : std::map<std::string, std::string>{
           {"num_blocks", "4"}, {"mscale", "0.5"}, {"mgrad", "0.1"}, {"mmass", "3"}, {"tscale", "0.4"}})
    arguments.Set(name, text);
  const TrialSpec spec = BuildWith(arguments);
  const auto blocks = WithRole(spec, "middle");
  ASSERT_EQ(blocks.size(), 4u);
  const double sizes[] = {0.7, 0.6, 0.5, 0.4}, heights[] = {0.01, 0.71, 1.31, 1.81};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(blocks[i]->scale.y(), sizes[i], 1e-12);
    EXPECT_NEAR(blocks[i]->position.y(), heights[i], 1e-12);
    EXPECT_NEAR(blocks[i]->mass_kg, 3 * std::pow(sizes[i], 3) / 0.125, 1e-9);
  }
  const ObjectSpec& cap = ById(spec, spec.target_id);
  EXPECT_NEAR(cap.position.y(), 2.21, 1e-12);
  EXPECT_NEAR(cap.mass_kg, 3 * 0.064 / 0.125, 1e-12);
  EXPECT_EQ(cap.model, "sphere");
  EXPECT_NEAR(spec.camera.look_at.y(), (2.21 + 0.4) / 2, 1e-12);
  EXPECT_EQ(blocks.front()->id, 4);  // zone 1, a removed target 2, probe 3
  EXPECT_EQ(spec.static_fields.at("num_blocks"), 4);
}

TEST(Link, ThePoleIsJointedToTheBaseAndTheCapToThePole) {
  const TrialSpec spec = Build(FindConfig("pilot_linking_nl1-8_mg000_aCylcap_bCyl_tdwroom"), 2);
  ASSERT_EQ(spec.joints.size(), 2u);
  EXPECT_EQ(ById(spec, spec.joints[0].parent_id).role, "base");
  EXPECT_EQ(ById(spec, spec.joints[0].child_id).role, "attachment");
  EXPECT_EQ(spec.joints[1].parent_id, spec.joints[0].child_id);
  EXPECT_EQ(ById(spec, spec.joints[1].child_id).role, "cap");
  EXPECT_NEAR(ById(spec, 5).position.y(), 0.3, 1e-12);        // on the base
  EXPECT_NEAR(ById(spec, 6).position.y(), 0.3 + 0.75, 1e-12); // on the pole
  EXPECT_NEAR(ById(spec, 7).position.y(), 0.62, 1e-12);       // base, cap and zone: the reference counts the cap too
  EXPECT_NEAR(ById(spec, 5).mass_kg, 4 * 0.15 * 0.75 * 0.15 / 0.125 * std::numbers::pi / 4, 1e-9);
  EXPECT_NEAR(ById(spec, 7).mass_kg, 0.25 * 2 * 0.027 / 0.125, 1e-9);
  EXPECT_EQ(spec.static_fields.at("num_links").get<size_t>(),
            WithRole(spec, "middle").size() + WithRole(spec, "target").size());
  EXPECT_EQ(spec.static_fields.at("attachent_type"), "cylinder");
}

TEST(Contain, TheTargetIsAnyOfTheContents) {
  std::set<int> chosen;
  for (int index = 0; index < 60; ++index) {
    const TrialSpec spec = Build(FindConfig("pilot-containment-bowl"), index);
    chosen.insert(spec.static_fields.at("target_link_idx").get<int>());
    EXPECT_LE(spec.static_fields.at("num_links").get<int>(), 3);  // the range 1,4 excludes its end
  }
  EXPECT_EQ(chosen, (std::set<int>{0, 1, 2}));
}

TEST(Roll, TheRampComesBeforeTheTargetThatStandsOnIt) {
  const TrialSpec spec = Build(FindConfig("pilot_it2_rollingSliding_simple_ramp_box"), 0);
  EXPECT_EQ(spec.objects[1].role, "ramp");
  EXPECT_EQ(spec.objects[1].id, 3);
  EXPECT_EQ(spec.objects[2].id, 2);
  // The place in all released ramp trials: x = -.8203, y = 1.1507.
  EXPECT_TRUE(spec.objects[1].position.isApprox(base::Vec3(-0.625, 0.01, 0), 1e-12));
  EXPECT_NEAR(spec.objects[2].position.x(), -0.8203, 1e-4);
  EXPECT_NEAR(spec.objects[2].position.y(), 1.1507, 1e-4);
  EXPECT_TRUE(spec.push->impulse_Ns.isZero());
  EXPECT_FALSE(spec.push->point.has_value());
  EXPECT_FALSE(spec.probe_id.has_value());
}

TEST(Roll, CollisionConfigurationsRunUnderCollide) {
  const TrialSpec spec = Build(FindConfig("pilot_it2_rollingSliding_simple_collision_box"), 0);
  EXPECT_EQ(spec.scenario, "roll");
  EXPECT_EQ(spec.controller, "Collision");
  EXPECT_EQ(spec.frame_cap, 150);
  const base::Vec3 rotation = ById(spec, *spec.probe_id).rotation_deg;
  EXPECT_EQ(rotation.x(), rotation.y());  // one draw of [-180,180] turns all three axes
}

TEST(Drop, TheObjectBelowIsCalledTargetTypeInTheFile) {
  const TrialSpec spec = Build(FindConfig("pilot_it2_drop_all_bowls_box"), 1);
  EXPECT_EQ(spec.static_fields.at("target_type"), "bowl");
  EXPECT_EQ(spec.static_fields.at("drop_type"), ById(spec, 2).model);
  EXPECT_NEAR(spec.camera.look_at.y(), ById(spec, 2).position.y() / 2, 1e-12);
  EXPECT_FALSE(spec.push.has_value());
}

TEST(Drape, EndsAtFrame150AndHasAClothTarget) {
  const TrialSpec spec = Build(FindConfig("test10"), 0);
  EXPECT_FALSE(spec.ends_at_sleep);
  EXPECT_EQ(spec.frame_cap, 149);
  EXPECT_GT(spec.zone_distance_threshold_m, 0);
  EXPECT_EQ(spec.objects.back().model, "cloth_square");
  EXPECT_EQ(spec.objects.back().id, spec.target_id);
}

TEST(Colors, TestAndReadoutModeCueTargetAndZone) {
  for (const Mode mode : {Mode::kTest, Mode::kReadout})
    for (const char* name :
         {"pilot_towers_nb5_fr015_SJ030_mono0_dis0_occ0_boxroom", "pilot-containment-bowl", "test10"})
      for (int index = 0; index < 10; ++index) {
        const TrialSpec spec = Build(FindConfig(name), index, mode);
        for (const ObjectSpec& object : spec.objects) {
          if (!object.has_color) continue;
          if (object.id == spec.target_id)
            EXPECT_EQ(object.color, base::Vec3(1, 0, 0));
          else if (object.id == spec.zone_id)
            EXPECT_EQ(object.color, base::Vec3(1, 1, 0));
          else
            for (int channel = 0; channel < 3; ++channel)
              EXPECT_GE(std::abs(object.color[channel] - (channel == 0 ? 1 : 0)), 0.25);
        }
      }
}

TEST(Colors, TrainModeHasNoCuesAndOnlyPrimitives) {
  const Config& config = FindConfig("pilot_dominoes_2mid_J020R15_d3chairs_o1plants_tdwroom");
  const TrialSpec spec = Build(config, 0, Mode::kTrain);
  EXPECT_NE(ById(spec, spec.target_id).color, base::Vec3(1, 0, 0));
  for (const ObjectSpec& object : spec.objects) EXPECT_TRUE(object.category.empty() && object.has_color);
  EXPECT_EQ(WithRole(spec, "distractor").size(), 3u);
}

TEST(Clutter, StandsOutsideTheAction) {
  const Config& config = FindConfig("pilot_it2_collision_simple_box_2_dis_2_occ");
  for (int index = 0; index < 50; ++index) {
    const TrialSpec spec = Build(config, index);
    for (const char* role : {"distractor", "occluder"}) {
      const auto clutter = WithRole(spec, role);
      ASSERT_EQ(clutter.size(), 2u);
      for (const ObjectSpec* object : clutter) {
        // Twice the target's depth (.25) and the least size: .5 m behind, .25 m before.
        EXPECT_GE(std::abs(object->position.z()), 0.5 + (role[0] == 'd' ? 0.5 : 0.25) - 1e-12);
        EXPECT_TRUE(object->kinematic);
      }
    }
  }
}

TEST(Clutter, OneOccluderStandsTowardsTheCameraBelowTheLineOfSight) {
  Arguments arguments("dominoes");
  for (const auto& [name, text] : std::map<std::string, std::string>{
           {"num_distractors", "1"}, {"num_occluders", "1"}, {"camera_distance", "3"}, {"occlusion_scale", "0.8"},
           {"camera_min_angle", "45"}, {"camera_max_angle", "45"}})  // the camera on the z axis, 4.24 m away
    arguments.Set(name, text);
  std::map<std::string, double> heights;
  for (const PropInfo& prop : Props()) heights[prop.name] = prop.size_yup.y();
  for (int index = 0; index < 50; ++index) {
    const TrialSpec spec = BuildWith(arguments, index);
    const ObjectSpec &behind = *WithRole(spec, "distractor").front(), &before = *WithRole(spec, "occluder").front();
    const double radius = spec.camera.position.z();
    EXPECT_NEAR(before.position.x(), 0, 1e-9);
    EXPECT_GE(before.position.z(), 0.6 * radius);
    EXPECT_LE(before.position.z(), 0.8 * radius);
    EXPECT_LE(behind.position.z(), -0.4 * radius);
    const double sight = 0.5 + (spec.camera.position.y() - 0.5) * before.position.z() / radius;
    EXPECT_LE(before.scale.y() * heights.at(before.model), 0.8 * sight + 1e-9);
  }
}

TEST(Arguments, ThatLeaveNothingToAskAreRefused) {
  struct Case {
    const char *controller, *name, *text;
  };
  for (const Case& bad : {Case{"dominoes", "remove_target", "1"}, Case{"collide", "remove_zone", "1"},
                          Case{"support", "tower_cap", "None"}, Case{"support", "num_blocks", "0"},
                          Case{"dominoes", "target", "cubes"}, Case{"dominoes", "room", "house"},
                          Case{"dominoes", "zscale", "0"}, Case{"contain", "num_middle_range", "[2,2]"},
                          Case{"link", "target_link_range", "-1"}, Case{"dominoes", "num_middle_objects", "-1"},
                          Case{"dominoes", "material_types", "Wood,Cheese"}}) {
    Arguments arguments(bad.controller);
    arguments.Set(bad.name, bad.text);
    if (std::string(bad.name) == "material_types") arguments.Set("zmaterial", "None");
    EXPECT_THROW(BuildWith(arguments), base::Error) << bad.name;
  }
  EXPECT_THROW(BuildWith(Arguments("drape")), base::Error);  // without its cloth
}

// --- The distributions of the released trials

using Samples = std::map<std::string, std::vector<double>>;

void Collect(const TrialSpec& spec, Samples& samples) {
  const ObjectSpec &zone = ById(spec, spec.zone_id), &target = ById(spec, spec.target_id);
  samples["objects"].push_back(static_cast<double>(spec.objects.size()));
  samples["zone.x"].push_back(zone.position.x());
  samples["zone.z"].push_back(zone.position.z());
  samples["target.x"].push_back(target.position.x());
  samples["target.y"].push_back(target.position.y());
  samples["target.scale_y"].push_back(target.scale.y());
  samples["target.mass"].push_back(target.mass_kg);
  for (const ObjectSpec& object : spec.objects) {
    if (object.role == "middle") {
      samples["middle.x"].push_back(object.position.x());
      samples["middle.yaw"].push_back(object.rotation_deg.y());
      samples["middle.mass"].push_back(object.mass_kg);
      samples["middle.friction"].push_back(object.dynamic_friction);
    }
    if (object.role == "distractor" || object.role == "occluder")
      samples[object.role + ".x"].push_back(object.position.x());
    if (object.role == "anchor") samples["anchor.height"].push_back(object.scale.y());
  }
  const base::Vec3& camera = spec.camera.position;
  samples["camera.radius"].push_back(std::hypot(camera.x(), camera.z()));
  samples["camera.height"].push_back(camera.y());
  samples["camera.azimuth"].push_back(AzimuthDegrees(camera));
  samples["look_at.y"].push_back(spec.camera.look_at.y());
  if (!spec.push) return;
  const base::Vec3& impulse = spec.push->impulse_Ns;
  samples["push.frame"].push_back(spec.push->frame);
  samples["push.speed"].push_back(std::hypot(impulse.x(), impulse.z()) / ById(spec, spec.push->id).mass_kg);
  samples["push.angle"].push_back(std::atan2(impulse.z(), impulse.x()) * 180 / std::numbers::pi);
}

struct ReleasedRange {
  std::string config, feature;
  double count = 0, low = 0, mean = 0, high = 0;
};

std::vector<ReleasedRange> ReadReleasedRanges() {
  std::ifstream in(FIGMENT_SOURCE_DIR "/tests/physion/data/released_ranges.csv");
  std::vector<ReleasedRange> ranges;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#' || line.rfind("config,", 0) == 0) continue;
    std::istringstream cells(line);
    ReleasedRange range;
    char comma;
    std::getline(cells, range.config, ',');
    std::getline(cells, range.feature, ',');
    cells >> range.count >> comma >> range.low >> comma >> range.mean >> comma >> range.high;
    ranges.push_back(range);
  }
  return ranges;
}

// Drape sees half of its trials from the other side, which the released ones do not (see its configurations' flag).
bool DiffersOnPurpose(const ReleasedRange& range) {
  return range.feature == "camera.azimuth" && FindConfig(range.config).scenario == "drape";
}

TEST(ReleasedTrials, LieInTheRangesThatAreDrawnHereAndHaveTheirMeans) {
  constexpr int kTrials = 200;
  const std::vector<ReleasedRange> ranges = ReadReleasedRanges();
  ASSERT_EQ(ranges.size(), 1799u);
  std::map<std::string, Samples> ours;
  for (const Config& config : ReleasedConfigs())
    if (config.role == "test")
      for (int index = 0; index < kTrials; ++index) Collect(Build(config, index), ours[config.name]);
  int outside = 0;
  for (const ReleasedRange& range : ranges) {
    if (DiffersOnPurpose(range)) continue;
    const std::vector<double>& drawn = ours[range.config][range.feature];
    ASSERT_FALSE(drawn.empty()) << range.config << " " << range.feature;
    const auto [low, high] = std::minmax_element(drawn.begin(), drawn.end());
    double mean = 0, variance = 0;
    for (const double value : drawn) mean += value / static_cast<double>(drawn.size());
    for (const double value : drawn) variance += (value - mean) * (value - mean) / static_cast<double>(drawn.size());
    // 200 draws do not reach the ends of a range: a tenth of it, and the five digits of the file.
    const double slack = 0.1 * (*high - *low) + 1e-4 * (1 + std::abs(*high));
    if (range.low < *low - slack || range.high > *high + slack) {
      ++outside;
      ADD_FAILURE() << range.config << " " << range.feature << ": released [" << range.low << ", " << range.high
                    << "], here [" << *low << ", " << *high << "]";
    }
    // Five standard errors: among 1,800 comparisons of independent draws .001 are expected beyond by chance; values of
    // one trial hang together (a tower's blocks, a row's places), hence the factor 2.
    const double error = std::sqrt(variance * (1 / range.count + 1 / static_cast<double>(drawn.size())));
    EXPECT_NEAR(range.mean, mean, 2 * 5 * error + slack / 1000 + 1e-4 * (1 + std::abs(mean)))
        << range.config << " " << range.feature;
  }
  EXPECT_EQ(outside, 0);
}

}  // namespace
}  // namespace figment::physion
