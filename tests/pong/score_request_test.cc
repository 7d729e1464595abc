#include "pong/score_request.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "files/atomic.h"
#include "files/csv.h"
#include "pong/dmfc.h"
#include "pong/synthetic_dmfc.h"
#include "tests/files/scratch.h"

namespace figment::pong {
namespace {

using files::ErrorOf;

class ScoreFile : public testing::Test {
 protected:
  void SetUp() override {
    Responses responses = MakeSyntheticResponses({.units = 12});
    std::fill_n(responses.full.begin(), kDmfcConditions * kDmfcBins, 0.5f);  // unit 0 is constant
    WriteResponses(responses, folder_ / "r.h5");
    request_ = {.oracle = {"position", "velocity", "endpoint"}, .responses = {(folder_ / "r.h5").string()},
                .map = "ridge-1", .epoch = "occluded", .bootstrap = 20};
  }
  void ExpectError(const std::string& expected, const ScoreRequest& request,
                   ScoreReport (*run)(const ScoreRequest&) = RunScore) {
    const std::string error = ErrorOf([&] { run(request); });
    EXPECT_NE(error.find(expected), std::string::npos) << error;
  }

  files::ScratchFolder folder_;
  ScoreRequest request_;
};

TEST_F(ScoreFile, TheReportSaysWhatWasScoredAndHow) {
  const ScoreReport report = RunScore(request_);
  const auto& json = report.json;
  EXPECT_EQ(json["responses"]["sha256"][0].get<std::string>().size(), 64u);
  EXPECT_EQ(json["responses"]["dropped"]["constant"], 1);
  EXPECT_EQ(json["responses"]["units"], 11);
  EXPECT_EQ(json["split_ids"]["occluded"].get<std::string>().size(), 64u);
  EXPECT_EQ(json["settings"]["seed"], 0);
  EXPECT_EQ(json["scores"].size(), 3u);
  EXPECT_NEAR(json["scores"][0]["r_xy_n_sb"].get<double>(), 1, 0.05);
  EXPECT_TRUE(json["scores"][0].contains("ceiling_3_other_animal_r_xy"));
  EXPECT_NE(ToText(report.table).find("1 constant"), std::string::npos);
}

TEST_F(ScoreFile, CsvAndJsonHoldTheSameNumbers) {
  WriteReport(RunScore(request_), (folder_ / "out").string());
  const files::CsvTable scores(files::ReadFile(folder_ / "out/scores.csv"), "scores");
  const auto json = nlohmann::json::parse(files::ReadFile(folder_ / "out/score.json"));
  ASSERT_EQ(scores.rows(), 3u);
  EXPECT_EQ(scores.Number(0, "r_xy_n_sb"), json["scores"][0]["r_xy_n_sb"].get<double>());
  const files::CsvTable units(files::ReadFile(folder_ / "out/units.csv"), "units");
  EXPECT_EQ(units.rows(), 11u);
  EXPECT_EQ(units.Number(0, "unit_in_file"), 1);
  const std::string error = ErrorOf([&] { WriteReport(RunScore(request_), (folder_ / "out").string()); });
  EXPECT_NE(error.find("is there already"), std::string::npos);
}

TEST_F(ScoreFile, LeakyRowsAreSaidEverywhere) {
  request_.leaky_rows = true;
  const ScoreReport report = RunScore(request_);
  EXPECT_NE(ToText(report.table).find("LEAKY"), std::string::npos);
  EXPECT_NE(report.json["settings"]["folds_are"].get<std::string>().find("LEAKY"), std::string::npos);
}

TEST_F(ScoreFile, SimilarityAlignmentAndDecodingAreReportedToo) {
  request_.map = "rsa";
  EXPECT_TRUE(RunScore(request_).json["scores"][0].contains("r_xy_n_sb"));
  request_.map = "cka";
  EXPECT_TRUE(RunScore(request_).json["scores"][0].contains("cka_unbiased"));
  request_.oracle.clear();
  request_.splits = 3;
  EXPECT_EQ(RunDecode(request_).json["scores"].size(), 5u);
}

TEST_F(ScoreFile, OptionsThatWouldDoNothingAreErrors) {
  ScoreRequest bad = request_;
  bad.grid = "bins";
  ExpectError("go with --map rsa, not with ridge-1", bad);
  bad = request_, bad.components = 3;
  ExpectError("--components goes with --map pls", bad);
  bad = request_, bad.factors = 3, bad.factors_on_all = true;
  ExpectError("--factors-on-all goes with rsa", bad);
  bad = request_, bad.leaky_rows = true, bad.folds = 3;
  ExpectError("five splits of its own", bad);
  bad = request_, bad.map = "cka", bad.factors = 3;
  ExpectError("--factors has no meaning for cka", bad);
  bad = request_, bad.dt_ms = 20;
  ExpectError("an oracle knows its own", bad);
  ExpectError("not from both", request_, RunDecode);
}

TEST_F(ScoreFile, FewerChannelsThanComponentsAreSaid) {
  request_.map = "pls";
  EXPECT_NE(ToText(RunScore(request_).table).find("pls: 5 components"), std::string::npos);
}

TEST_F(ScoreFile, BadRequestsAreErrors) {
  ScoreRequest bad = request_;
  bad.map = "rige";
  ExpectError("did you mean 'ridge'", bad);
  bad = request_, bad.oracle.clear();
  ExpectError("either --features FILE or --oracle", bad);
  bad = request_, bad.responses.clear();
  ExpectError("--responses FILE is needed", bad);
  bad = request_, bad.epoch = "hidden";
  ExpectError("Valid: all, visible, occluded, whole", bad);
  bad = request_, bad.folds = 100;
  ExpectError("--folds 100: expected 2 to 79", bad);
  bad = request_, bad.factors = 50;
  ExpectError("50 factors of 11 units", bad);
  bad = request_, bad.min_reliability = NAN;
  ExpectError("--min-reliability nan", bad);
  bad = request_, bad.responses.push_back(bad.responses[0]);
  ExpectError("holds the same units as a file given before it", bad);
  bad = request_, bad.map = "rsa", bad.grid = "bin";
  ExpectError("did you mean 'bins'", bad);
  bad = request_, bad.map = "rsa", bad.leaky_rows = true;
  ExpectError("fits no map", bad);
  bad = request_, bad.factors = 50, bad.reduction = "pca", bad.map = "rsa";
  ExpectError("50 factors of 11 units", bad);
}

}  // namespace
}  // namespace figment::pong
