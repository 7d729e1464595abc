#include "physion/agreement.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "files/atomic.h"
#include "files/temporary_folder.h"
#include "physion/released.h"
#include "physion/run_file.h"

namespace figment::physion {
namespace {

std::string ErrorOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const base::Error& error) {
    return error.what();
  }
  return "no error";
}

// By hand: p = .8, z = 1.96, n = 10: centre (.8 + .19207) / 1.38415 = .71674, half .22659.
TEST(WilsonInterval, FollowsItsFormula) {
  EXPECT_NEAR(WilsonInterval(8, 10).low, 0.4902, 1e-4);
  EXPECT_NEAR(WilsonInterval(8, 10).high, 0.9433, 1e-4);
  EXPECT_EQ(WilsonInterval(0, 5).low, 0);
  EXPECT_NEAR(WilsonInterval(0, 5).high, 0.4345, 1e-4);  // z^2 / (n + z^2)
  EXPECT_EQ(WilsonInterval(0, 0).high, 1);
}

double NumberAt(const base::Table& table, size_t row, const std::string& column) {
  const auto found = std::find(table.columns.begin(), table.columns.end(), column);
  EXPECT_NE(found, table.columns.end()) << column;
  const base::Cell& cell = table.rows.at(row).at(static_cast<size_t>(found - table.columns.begin()));
  return std::holds_alternative<double>(cell.value) ? std::get<double>(cell.value) : std::nan("");
}

TrialComparison Trial(const std::string& scenario, const std::string& config, TrialOutcome ours, TrialOutcome released) {
  return {.stimulus_name = config, .scenario = scenario, .config = config, .slot = 0, .ours = ours, .released = released,
          .other_label = std::nullopt};
}

TrialOutcome Hit(int frame, int frames, double x) { return {true, frame, frames, false, base::Vec3(x, 0, 0)}; }
TrialOutcome Miss(int frames, double x) { return {false, std::nullopt, frames, true, base::Vec3(x, 0, 0)}; }

TEST(ComparisonTable, HandMadeTrials) {
  const std::vector<TrialComparison> trials = {
      Trial("drop", "a", Hit(50, 151, 0.1), Hit(53, 160, 0.1)),   // -3 frames
      Trial("drop", "a", Hit(60, 170, 0.0), Hit(40, 180, 0.3)),   // +20
      Trial("drop", "b", Hit(70, 190, 0.0), Miss(302, 0.1)),
      Trial("drop", "b", Miss(302, 0.2), Miss(302, 0.0)),
      Trial("roll", "c", Miss(302, 0.0), Hit(30, 151, 1.0))};
  const base::Table table = ComparisonTable(trials);
  ASSERT_EQ(table.rows.size(), 3u);  // drop, roll, all
  EXPECT_EQ(NumberAt(table, 0, "n"), 4);
  EXPECT_EQ(NumberAt(table, 0, "agreement"), 0.75);
  EXPECT_EQ(NumberAt(table, 0, "majority"), 0.5);
  EXPECT_EQ(NumberAt(table, 0, "by config"), 1);            // a always hits, b never
  EXPECT_EQ(NumberAt(table, 0, "contact diff"), 8.5);       // median of -3 and 20
  EXPECT_EQ(NumberAt(table, 0, "|diff|"), 11.5);            // of 3 and 20
  EXPECT_NEAR(NumberAt(table, 0, "|diff| 90 %"), 18.3, 1e-9);
  EXPECT_NEAR(NumberAt(table, 0, "final error m"), 0.15, 1e-12);  // 0, .1, .2, .3
  EXPECT_NEAR(NumberAt(table, 0, "error 90 %"), 0.27, 1e-12);
  EXPECT_EQ(NumberAt(table, 0, "frames"), 180);             // 151 170 190 302
  EXPECT_EQ(NumberAt(table, 0, "rel. frames"), 241);        // 160 180 302 302
  EXPECT_EQ(NumberAt(table, 0, "capped"), 0.25);
  EXPECT_EQ(NumberAt(table, 0, "rel. capped"), 0.5);
  EXPECT_EQ(NumberAt(table, 0, "hits"), 0.75);
  EXPECT_EQ(NumberAt(table, 0, "rel. hits"), 0.5);
  EXPECT_EQ(NumberAt(table, 1, "agreement"), 0);
  EXPECT_TRUE(std::isnan(NumberAt(table, 1, "contact diff")));
  EXPECT_EQ(NumberAt(table, 2, "n"), 5);
  EXPECT_EQ(NumberAt(table, 2, "agreement"), 0.6);
}

TEST(ComparisonTable, ASecondDataSetCountsTheTrialsItHas) {
  std::vector<TrialComparison> trials = {Trial("drop", "a", Miss(151, 0), Miss(151, 0)),
                                         Trial("drop", "a", Miss(151, 0), Miss(151, 0)),
                                         Trial("drop", "a", Miss(151, 0), Miss(151, 0))};
  trials[0].other_label = true, trials[1].other_label = false;
  const base::Table table = ComparisonTable(trials);
  EXPECT_EQ(NumberAt(table, 0, "other n"), 2);
  EXPECT_EQ(NumberAt(table, 0, "other agreement"), 0.5);
}

// A data set of two released scenes with a manifest written by hand.
class OnFolder : public testing::Test {
 protected:
  OnFolder() : folder_("figment-agreement-test") {
    GenerateConfig settings;
    settings.scenarios = {"drop"}, settings.config = kReleased, settings.trials = 2, settings.passes = {};
    settings.out = folder_.path().string();
    const auto run = MakeRun(settings);
    PrepareFolder(folder_.path(), run);
    std::string manifest;
    for (const Slot& slot : run.plan.slots) {
      names_.push_back(StimulusName(run.plan, slot));
      const base::Vec3 start = (*run.scenes)[static_cast<size_t>(slot.number)].objects[1].position;
      starts_.push_back(start);
      manifest += nlohmann::ordered_json{
          {"slot", slot.number}, {"stimulus_name", names_.back()}, {"scenario", "drop"},
          {"config", run.plan.configs[static_cast<size_t>(slot.config)].config.name}, {"label", true},
          {"first_contact_frame", 55}, {"num_frames", 200}, {"ended_by", "sleep"},
          {"metadata", {{"final_target_displacement", {{"x", 0.5}, {"y", -1.0}, {"z", 0.25}}}}}}.dump() + "\n";
    }
    files::WriteFileAtomically(folder_.path() / "manifest.jsonl", manifest);
  }

  std::filesystem::path Outcomes(const std::string& rows) {
    const auto path = folder_.path() / "outcomes.csv";
    files::WriteFileAtomically(path, "stimulus,ledge,label,first_target_contact_zone_frame,num_frames,ended_by,final_x,"
                                     "final_y,final_z\n" + rows);
    return path;
  }

  files::TemporaryFolder folder_;
  std::vector<std::string> names_;
  std::vector<base::Vec3> starts_;
};

TEST_F(OnFolder, ComparesByStimulusNameAndAddsTheStart) {
  const base::Vec3 end = starts_[0] + base::Vec3(0.5, -1.0, 0.35);
  const auto path = Outcomes(names_[0] + ",0,1,50,180,cap," + std::to_string(end.x()) + "," + std::to_string(end.y()) + "," +
                             std::to_string(end.z()) + "\nanother,0,1,,151,sleep,,,\n");
  const auto report = CompareWithReleased({.folder = folder_.path(), .outcomes = path, .against = {}});
  EXPECT_EQ(NumberAt(report.scenarios, 0, "n"), 1);
  EXPECT_EQ(NumberAt(report.scenarios, 0, "contact diff"), 5);
  EXPECT_NEAR(NumberAt(report.scenarios, 0, "final error m"), 0.1, 1e-5);
  EXPECT_FALSE(report.marginal);
}

TEST_F(OnFolder, LedgesAreLeftOut) {
  const auto path = Outcomes(names_[0] + ",1,1,50,180,cap,,,\n" + names_[1] + ",0,0,,180,cap,,,\n");
  const auto report = CompareWithReleased({.folder = folder_.path(), .outcomes = path, .against = {}});
  EXPECT_EQ(NumberAt(report.scenarios, 0, "n"), 1);
  EXPECT_EQ(NumberAt(report.scenarios, 0, "agreement"), 0);
  EXPECT_NE(report.scenarios.notes.back().find("1 with a ledge"), std::string::npos);
}

// The reruns depend on the stimulus alone, so that two calls agree.
TEST_F(OnFolder, DisagreementsAreRunAgain) {
  const auto path = Outcomes(names_[0] + ",0,0,,180,cap,,,\n" + names_[1] + ",0,1,,180,cap,,,\n");
  const AgreementRequest request{.folder = folder_.path(), .outcomes = path, .against = {}, .marginal = 2, .threads = 2};
  const auto report = CompareWithReleased(request);
  ASSERT_TRUE(report.disagreements && report.marginal);
  ASSERT_EQ(report.disagreements->rows.size(), 1u);
  EXPECT_EQ(report.disagreements->rows[0][0].Text(), names_[0]);
  EXPECT_EQ(NumberAt(*report.marginal, 0, "disagreements"), 1);
  EXPECT_EQ(ToJson(*CompareWithReleased(request).disagreements), ToJson(*report.disagreements));
}

TEST_F(OnFolder, ErrorsNameWhatIsMissing) {
  const auto compare = [&](const std::filesystem::path& outcomes) {
    CompareWithReleased({.folder = folder_.path(), .outcomes = outcomes, .against = {}});
  };
  EXPECT_NE(ErrorOf([&] { compare(Outcomes("another,0,1,,151,sleep,,,\n")); }).find("no stimulus"), std::string::npos);
  EXPECT_NE(ErrorOf([&] { compare(Outcomes(names_[0] + ",0,yes,,151,sleep,,,\n")); }).find("expected 0 or 1"),
            std::string::npos);
  const auto other = folder_.path() / "other.csv";
  files::WriteFileAtomically(other, "stimulus,ledge,label,num_frames,final_x,final_y,final_z\n");
  EXPECT_NE(ErrorOf([&] { compare(other); }).find("first_target_contact_zone_frame, ended_by"), std::string::npos);
}

TEST(CompareWithReleased, ScenesDrawnAnewAreNotTheReleasedOnes) {
  const files::TemporaryFolder folder("figment-agreement-test");
  GenerateConfig settings;
  settings.scenarios = {"drop"}, settings.trials = 1, settings.out = folder.path().string();
  PrepareFolder(folder.path(), MakeRun(settings));
  EXPECT_NE(ErrorOf([&] { CompareWithReleased({.folder = folder.path(), .outcomes = {}, .against = {}}); })
                .find("--config released"), std::string::npos);
}

}  // namespace
}  // namespace figment::physion
