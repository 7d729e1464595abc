#include "pong/model_scores.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "files/atomic.h"
#include "files/hdf5.h"
#include "pong/report.h"
#include "pong/trial_sets.h"
#include "tests/files/scratch.h"

namespace figment::pong {
namespace {

// A model that simulates the ball, with the paddle a fixed distance above it.
class ModelScores : public ::testing::Test {
 protected:
  ModelScores() {
    for (int i = 0; i < 40; ++i) index_.push_back(i * 11003 + 5);
    for (const int index : index_) {
      const Condition& condition = TrialSet()[static_cast<size_t>(index)];
      const Track track = MakeTrack(condition);
      for (int t = 0; t < kPaddedFrames; ++t) {
        const bool running = t <= condition.t_end;
        h_.push_back(running ? static_cast<float>(track.x[t]) : std::nanf(""));
        h_.push_back(running ? static_cast<float>(track.y[t]) : std::nanf(""));
        for (int k = 0; k < 8; ++k)
          outputs_.push_back(k == kPaddleChannel && t == condition.t_end ? static_cast<float>(condition.y_f + offset_)
                                                                        : std::nanf(""));
      }
    }
  }

  std::filesystem::path Write(const std::string& name, double dt_ms = 1000. / 24) {
    files::Hdf5Writer file;
    const auto n = static_cast<int64_t>(index_.size());
    file.Write("condition_index", index_, {n});
    file.Write("features", h_, {n, kPaddedFrames, 2});
    if (!outputs_.empty()) file.Write("outputs", outputs_, {n, kPaddedFrames, 8});
    file.WriteString("header", R"({"family": "sim-mov", "dt_ms": )" + std::to_string(dt_ms) + "}");
    files::WriteFileAtomically(scratch_ / name, file.Finish());
    return scratch_ / name;
  }
  std::string ErrorOf(const std::filesystem::path& path) {
    try {
      ScoreModel(ReadModelFile(path, TrialSet()), {}, {.velocity = false});
    } catch (const base::Error& error) {
      return error.what();
    }
    return "no error";
  }

  const double offset_ = 1.6;
  std::vector<int32_t> index_;
  std::vector<float> h_, outputs_;
  files::ScratchFolder scratch_;
};

TEST_F(ModelScores, ASimulatorOneDegreeTooHigh) {
  const ModelFile model = ReadModelFile(Write("m.h5"), TrialSet());
  EXPECT_EQ(model.group, "sim-mov");
  const Subject self = AnswersOf(model);
  const ModelScore score = ScoreModel(model, std::vector<Subject>{self}, {.velocity = false});
  ASSERT_TRUE(score.endpoint);
  EXPECT_NEAR(score.endpoint->mae_deg, 1, 1e-6);
  EXPECT_NEAR(score.endpoint->bias_deg, 1, 1e-6);
  EXPECT_LT(score.simulation.mae, 1e-5);
  EXPECT_LT(score.simulation_from_visible.mae, 1e-5);
  ASSERT_EQ(score.consistency.size(), 1);
  EXPECT_EQ(score.consistency[0].conditions, 40);
}

TEST_F(ModelScores, TablesAndThePageHaveARowAModel) {
  ModelFile model = ReadModelFile(Write("m.h5"), TrialSet());
  Subject person = AnswersOf(model);
  person.name = "a & b";
  base::Rng rng({1});
  for (Answer& answer : person.answers) answer.paddle_y += rng.Normal();
  const std::vector<Subject> subjects = {person};
  const std::vector<ModelScore> scores(2, ScoreModel(model, subjects, {.velocity = false}));
  EXPECT_EQ(ScoreTable(scores, subjects).rows.size(), 2);
  EXPECT_EQ(GroupTable(scores, subjects).rows.size(), 1);
  for (const base::Table& table : {ScoreTable(scores, subjects), GroupTable(scores, subjects), SubjectTable(subjects)})
    for (const auto& row : table.rows) EXPECT_EQ(row.size(), table.columns.size()) << table.title;
  EXPECT_EQ(ToJson(scores, subjects, {}).at("models").at(1).at("consistency").size(), 1);
  const nlohmann::ordered_json of_subject = ToJson(scores, subjects, {.kind = ErrorKind::kDifferenceBias}).at("subjects").at(0);
  EXPECT_EQ(of_subject.at("subject"), subjects[0].name);
  EXPECT_EQ(of_subject.at("trials"), subjects[0].answers.size());
  EXPECT_DOUBLE_EQ(of_subject.at("endpoint").at("mae_deg"), ScoreEndpoint(subjects[0]).mae_deg);
  EXPECT_EQ(of_subject.at("reliability"), CompareErrors(person, person, {.kind = ErrorKind::kDifferenceBias}).reliability_a);
  const std::string by_difference = ReportPage(scores, subjects, {"people.csv", "2 files", {.kind = ErrorKind::kDifferenceBias}});
  EXPECT_NE(by_difference.find("diff_err_bias"), std::string::npos);
  EXPECT_EQ(by_difference.find("what a line"), std::string::npos);
  const std::string page = ReportPage(scores, subjects, {"people.csv", "2 files"});
  EXPECT_NE(page.find("<svg"), std::string::npos);
  EXPECT_NE(page.find("a &amp; b"), std::string::npos);
  EXPECT_EQ(page, ReportPage(scores, subjects, {"people.csv", "2 files"}));
  WriteReport(scratch_ / "r.html", page);
  WriteReport(scratch_ / "r.html", page);
  files::WriteFileAtomically(scratch_ / "notes.html", std::string_view("mine"));
  EXPECT_THROW(WriteReport(scratch_ / "notes.html", page), base::Error);
}

TEST_F(ModelScores, WithoutOutputsThereAreNoAnswers) {
  outputs_.clear();
  const ModelScore score = ScoreModel(ReadModelFile(Write("m.h5"), TrialSet()), {}, {.velocity = false});
  EXPECT_FALSE(score.endpoint);
  EXPECT_EQ(ScoreTable(std::vector<ModelScore>{score}, {}).rows.size(), 1);
}

TEST_F(ModelScores, BadFilesAreNamed) {
  EXPECT_NE(ErrorOf(Write("a.h5", 50)).find("24 Hz"), std::string::npos);
  index_[3] = 472225;
  EXPECT_NE(ErrorOf(Write("b.h5")).find("472225"), std::string::npos);
  index_[3] = index_[4];
  EXPECT_NE(ErrorOf(Write("c.h5")).find("twice"), std::string::npos);
  index_[3] = 2;
  h_[3 * kPaddedFrames * 2] = std::nanf("");
  EXPECT_NE(ErrorOf(Write("d.h5")).find("not finite"), std::string::npos);
  files::WriteFileAtomically(scratch_ / "e.h5", std::string_view("no file of arrays"));
  EXPECT_NE(ErrorOf(scratch_ / "e.h5").find("e.h5"), std::string::npos);
}

}  // namespace
}  // namespace figment::pong
