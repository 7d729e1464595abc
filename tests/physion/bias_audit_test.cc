#include "physion/bias_audit.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "physion/producer.h"
#include "physion/reference_statistics.h"
#include "physion/report.h"

namespace figment::physion {
namespace {

// Trials with one feature that tells the label as well as `strength` says, and nine that tell nothing.
std::vector<AuditTrial> PlantedTrials(int count, double strength, int configs = 10) {
  base::Rng rng({7});
  std::vector<AuditTrial> trials;
  for (int i = 0; i < count; ++i) {
    AuditTrial trial{.features = {}, .config = "c" + std::to_string(i % configs), .label = rng.Chance(0.5)};
    trial.features["planted"] = rng.Normal() + (trial.label ? strength : -strength);
    for (int noise = 0; noise < 9; ++noise) trial.features["noise " + std::to_string(noise)] = rng.Normal();
    trial.features["constant"] = 3;
    trials.push_back(trial);
  }
  return trials;
}

// A unit normal at +-s: accuracy Phi(s), AUC Phi(s sqrt 2); for s = 1: .841 and .921. Standard error of an accuracy of
// 400 trials: .018.
TEST(BiasAudit, FindsAPlantedBias) {
  const BiasAudit audit = AuditBias(PlantedTrials(400, 1), base::Rng({1}));
  ASSERT_EQ(audit.impossible, "");
  EXPECT_EQ(audit.features, 10);  // without the constant one
  EXPECT_NEAR(audit.first_frame.accuracy, 0.841, 0.055);
  EXPECT_NEAR(audit.first_frame.auc, 0.921, 0.045);
  EXPECT_LT(audit.first_frame.accuracy_interval.low, audit.first_frame.accuracy);
  EXPECT_GT(audit.first_frame.accuracy_interval.high, audit.first_frame.accuracy);
  EXPECT_GT(audit.first_frame.auc_interval.low, 0.85);
  ASSERT_TRUE(audit.new_configs.has_value());
  EXPECT_NEAR(audit.new_configs->auc, 0.921, 0.045);
  EXPECT_NEAR(audit.config_name.auc, 0.5, 0.12);
  EXPECT_EQ(audit.top.at(0).feature, "planted");
  EXPECT_GT(audit.top.at(0).log_odds, 1);  // the optimal weight is 2 s standard deviations of the mixture
}

TEST(BiasAudit, FindsNothingInNoise) {
  const BiasAudit audit = AuditBias(PlantedTrials(400, 0), base::Rng({1}));
  EXPECT_NEAR(audit.first_frame.auc, 0.5, 0.1);
  EXPECT_LT(audit.first_frame.auc_interval.low, 0.5);
  EXPECT_LT(audit.first_frame.accuracy, 0.6);
}

TEST(BiasAudit, FindsLabelsThatFollowFromTheConfiguration) {
  std::vector<AuditTrial> trials = PlantedTrials(200, 0);
  for (size_t i = 0; i < trials.size(); ++i) trials[i].label = i % 10 < 5;
  const BiasAudit audit = AuditBias(trials, base::Rng({1}));
  EXPECT_EQ(audit.config_name.accuracy, 1);
  EXPECT_EQ(audit.config_name.auc, 1);
  EXPECT_EQ(audit.majority, 0.5);
}

TEST(BiasAudit, FollowsFromTrialsAndRng) {
  const std::vector<AuditTrial> trials = PlantedTrials(60, 0.5);
  const BiasAudit a = AuditBias(trials, base::Rng({1})), b = AuditBias(trials, base::Rng({1}));
  EXPECT_EQ(a.first_frame.auc, b.first_frame.auc);
  EXPECT_EQ(a.first_frame.auc_interval.low, b.first_frame.auc_interval.low);
  EXPECT_EQ(a.new_configs->accuracy, b.new_configs->accuracy);
}

TEST(BiasAudit, SaysWhyItIsNotPossible) {
  std::vector<AuditTrial> trials = PlantedTrials(30, 0);
  for (AuditTrial& trial : trials) trial.label = true;
  EXPECT_EQ(AuditBias(trials, base::Rng({1})).impossible, "every trial is positive");
  for (AuditTrial& trial : trials) trial.label = false;
  EXPECT_EQ(AuditBias(trials, base::Rng({1})).impossible, "no trial is positive");
  for (int i = 0; i < 4; ++i) trials[static_cast<size_t>(i)].label = true;
  EXPECT_EQ(AuditBias(trials, base::Rng({1})).impossible,
            "4 positive and 26 negative trials; 5 folds need 5 of each");
  trials[4].label = true;
  EXPECT_EQ(AuditBias(trials, base::Rng({1})).impossible, "");
  EXPECT_EQ(AuditBias({}, base::Rng({1})).impossible, "no accepted trials");
}

TEST(BiasAudit, NewConfigurationsNeedFiveOfThem) {
  EXPECT_FALSE(AuditBias(PlantedTrials(60, 0, 4), base::Rng({1})).new_configs.has_value());
}

TEST(BiasAudit, FeaturesNameRolesAndPush) {
  TrialSpec spec;
  spec.room = "box";
  spec.zone_id = 1, spec.target_id = 2, spec.probe_id = 3;
  const auto object = [](int id, const char* role, const char* model, double x, double mass) {
    ObjectSpec object;
    object.id = id, object.role = role, object.model = model, object.mass_kg = mass;
    object.position = {x, 0, 0};
    return object;
  };
  spec.objects = {object(1, "zone", "cube", 2, 500), object(2, "target", "sphere", 1, 10),
                  object(3, "probe", "cone", -1, 2), object(4, "middle", "cube", 0, 1), object(5, "middle", "cone", 4, 3)};
  spec.push = PushSpec{.frame = 5, .id = 3, .impulse_Ns = {3, 0, 4}, .point = base::Vec3(-1, 0.25, 0)};
  const Features features = FirstFrameFeatures(spec);
  EXPECT_EQ(features.at("target.position.x"), 1);
  EXPECT_EQ(features.at("target.mass"), 1);  // log10 of 10 kg
  EXPECT_EQ(features.at("target.model=sphere"), 1);
  EXPECT_EQ(features.at("target to zone.distance"), 1);
  EXPECT_EQ(features.at("probe to target.x"), 2);
  EXPECT_EQ(features.at("middle.count"), 2);
  EXPECT_EQ(features.at("middle.mean position.x"), 2);
  EXPECT_EQ(features.at("middle.extent.x"), 4);
  EXPECT_EQ(features.at("middle.model=cone"), 0.5);
  EXPECT_EQ(features.at("push.size"), 5);
  EXPECT_EQ(features.at("push.speed"), 2.5);
  EXPECT_EQ(features.at("push.point.y"), 0.25);
  EXPECT_EQ(features.at("room=box"), 1);
}

// Every scenario's trials have features, all of them finite.
TEST(BiasAudit, EveryScenarioHasFeatures) {
  for (const Config& config : ReleasedConfigs()) {
    const Features features = FirstFrameFeatures(BuildCandidate(GenerateConfig{}, config, 0, 0));
    EXPECT_TRUE(features.contains("zone.position.x")) << config.name;
    for (const auto& [name, value] : features) EXPECT_TRUE(std::isfinite(value)) << config.name << " " << name;
  }
}

TEST(ReferenceStatistics, AreThoseOfTheReleasedConfigurations) {
  int trials = 0, configs = 0, half = 0, test_configs = 0;
  for (const ReferenceScenario& reference : ReferenceScenarios()) {
    EXPECT_EQ(FindScenario(reference.scenario).name, reference.scenario);
    EXPECT_TRUE(std::is_sorted(reference.num_frames.begin(), reference.num_frames.end()));
    EXPECT_TRUE(std::is_sorted(reference.first_contact.begin(), reference.first_contact.end()));
    EXPECT_LE(reference.positive_low, reference.positive);
    EXPECT_GE(reference.positive_high, reference.positive);
    trials += reference.trials, configs += reference.configs;
  }
  EXPECT_EQ(FindReferenceScenario("of one's own"), nullptr);
  EXPECT_EQ(trials, 1689);
  EXPECT_EQ(configs, 108);
  for (const Config& config : ReleasedConfigs()) {
    const ReferenceConfig* reference = FindReferenceConfig(config.name);
    EXPECT_EQ(reference != nullptr, config.role == "test") << config.name;
    EXPECT_NE(FindReferenceScenario(config.scenario), nullptr) << config.scenario;
    if (!reference) continue;
    ++test_configs, half += reference->trials;
    EXPECT_LE(reference->positives, reference->trials);
    EXPECT_LE(reference->trials, config.released_trials);
  }
  EXPECT_EQ(test_configs, 108);
  EXPECT_EQ(half, 846);
}

}  // namespace
}  // namespace figment::physion
