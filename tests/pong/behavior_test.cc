#include "pong/behavior.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "tests/files/scratch.h"

namespace figment::pong {
namespace {

// Degrees are native units / 1.6. Condition 1: answers 1.6 above and 1.6 below; condition 2: 3.2 above.
TEST(PongBehavior, EndpointByHand) {
  const Subject subject{"s", {{1, 11.6, 10}, {1, 8.4, 10}, {2, 23.2, 20}}};
  const EndpointScore score = ScoreEndpoint(subject);
  EXPECT_EQ(score.trials, 3);
  EXPECT_EQ(score.conditions, 2);
  EXPECT_NEAR(score.mae_deg, (1 + 1 + 2) / 3., 1e-12);
  EXPECT_NEAR(score.bias_deg, (0 + 2) / 2., 1e-12);
  EXPECT_NEAR(score.rmse_deg, std::sqrt((0 + 4) / 2.), 1e-12);
  EXPECT_NEAR(score.r, 1, 1e-12);
}

// Balls at 0, 1, 2, 3; answers 1, 1, 5, 5: slope 1.6, intercept .6; residuals .4, -1.2, 1.2, -.4.
TEST(PongBehavior, ResidualsOfALineByHand) {
  const std::vector<Answer> answers = {{4, 1, 0}, {5, 1, 1}, {6, 5, 2}, {7, 5, 3}};
  const std::vector<int> conditions = {7, 4, 5, 6};
  const std::vector<double> expected = {-.4, .4, -1.2, 1.2}, difference = {2, 1, 0, 3};
  for (const ErrorKind kind : {ErrorKind::kResidualTotal, ErrorKind::kResidualBias}) {
    const std::vector<double> errors = ErrorPattern(answers, conditions, kind);
    for (size_t i = 0; i < 4; ++i) EXPECT_NEAR(errors[i], expected[i], 1e-12);
  }
  EXPECT_EQ(ErrorPattern(answers, conditions, ErrorKind::kDifferenceTotal), difference);
  EXPECT_THROW(ErrorPattern(answers, std::vector<int>{8}, ErrorKind::kResidualTotal), base::Error);
}

// One condition has three trials: over trials it weighs three times, over conditions once.
TEST(PongBehavior, TotalFitsTrialsBiasFitsMeans) {
  const std::vector<Answer> answers = {{1, 1, 0}, {1, 1, 0}, {1, 1, 0}, {2, 1, 1}, {3, 4, 2}};
  const std::vector<int> conditions = {1, 2, 3};
  // Over means: slope 1.5, intercept .5, residuals .5, -1, .5.
  const std::vector<double> bias = ErrorPattern(answers, conditions, ErrorKind::kResidualBias);
  EXPECT_NEAR(bias[0], .5, 1e-12);
  EXPECT_NEAR(bias[1], -1, 1e-12);
  // Over trials: mean ball .6, mean paddle 1.6, slope (5 * (8 + 1) / 5 - ... ) = 4.2 / 3.2 = 1.3125, intercept .8125.
  const std::vector<double> total = ErrorPattern(answers, conditions, ErrorKind::kResidualTotal);
  EXPECT_NEAR(total[0], 1 - .8125, 1e-12);
  EXPECT_NEAR(total[1], 1 - .8125 - 1.3125, 1e-12);
}

// A subject with a pattern of its own and independent noise in every trial.
Subject Noisy(const std::string& name, std::span<const double> pattern, double noise, int trials, uint64_t seed) {
  base::Rng rng({seed});
  Subject subject{name, {}};
  for (size_t c = 0; c < pattern.size(); ++c) {
    const double ball = 2 + 28.0 * static_cast<double>(c) / static_cast<double>(pattern.size());
    for (int t = 0; t < trials; ++t)
      subject.answers.push_back({static_cast<int>(c), ball + pattern[c] + noise * rng.Normal(), ball});
  }
  return subject;
}

std::vector<double> Pattern(int conditions, uint64_t seed) {
  base::Rng rng({seed, 7});
  std::vector<double> pattern(conditions);
  for (double& value : pattern) value = rng.Normal();
  return pattern;
}

// Two subjects with the same pattern and much noise agree fully once noise is taken out, and only then.
TEST(PongBehavior, NoiseIsCorrectedFor) {
  const std::vector<double> pattern = Pattern(400, 1), other = Pattern(400, 2);
  const Subject a = Noisy("a", pattern, 2, 10, 3), b = Noisy("b", pattern, 2, 10, 4), c = Noisy("c", other, 2, 10, 5);
  const Consistency same = CompareErrors(a, b), different = CompareErrors(a, c);
  EXPECT_EQ(same.conditions, 400);
  EXPECT_LT(same.raw_pearson, .8);   // 1 / (1 + 4 / 10) = .71
  EXPECT_NEAR(same.pearson, 1, .08);
  EXPECT_NEAR(same.pearson_sb, 1, .08);
  EXPECT_NEAR(same.nse, 0, .08);
  EXPECT_NEAR(same.reliability_a, 1 / (1 + 2 * 4 / 10.), .06);  // of half the trials
  EXPECT_LT(same.interval.low, 1);
  EXPECT_GT(same.interval.high, same.pearson);
  EXPECT_NEAR(different.pearson, 0, .15);
  EXPECT_NEAR(different.nse, 1, .15);
}

// A model with one answer a condition has reliability 1, and compared with itself everything is exact.
TEST(PongBehavior, DeterministicModels) {
  const Subject model = Noisy("m", Pattern(50, 1), 0, 1, 1);
  const Consistency self = CompareErrors(model, model);
  EXPECT_NEAR(self.pearson, 1, 1e-12);
  EXPECT_NEAR(self.spearman, 1, 1e-12);
  EXPECT_NEAR(self.nse, 0, 1e-12);
  EXPECT_NEAR(self.reliability_a, 1, 1e-12);
  EXPECT_NEAR(self.pearson_sd, 0, 1e-12);
}

TEST(PongBehavior, OnlySharedConditionsCount) {
  const Subject all = Noisy("all", Pattern(20, 1), 0, 1, 1);
  Subject few{"few", {all.answers.begin() + 3, all.answers.begin() + 12}};
  EXPECT_EQ(CompareErrors(all, few).conditions, 9);
  few.answers.resize(4);
  EXPECT_THROW(CompareErrors(all, few), base::Error);
}

class SubjectFiles : public ::testing::Test {
 protected:
  std::vector<Subject> Read(const std::string& text) {
    std::ofstream(path_) << text;
    return ReadSubjects(path_, trial_set_);
  }
  std::string ErrorOf(const std::string& text) {
    try {
      Read(text);
    } catch (const base::Error& error) {
      return error.what();
    }
    return "no error";
  }
  files::ScratchFolder scratch_;
  std::filesystem::path path_ = scratch_ / "people.csv";
  std::vector<Condition> trial_set_{{.index = 0, .y_f = 3}, {.index = 1, .y_f = 5}};
};

TEST_F(SubjectFiles, ReadBackEqual) {
  const std::vector<Subject> written = {{"ann", {{0, 1. / 3, 3}, {1, 2, 5}}}, {"bob", {{1, 7, 5}}}};
  const std::vector<Subject> read = Read(SubjectsCsv(written));
  ASSERT_EQ(read.size(), 2);
  EXPECT_EQ(read[1].name, "bob");
  EXPECT_EQ(read[0].answers[0].paddle_y, 1. / 3);
  EXPECT_EQ(read[0].answers[1].ball_y, 5);
}

TEST_F(SubjectFiles, DegreesHaveTheirOriginInTheMiddle) {
  const std::vector<Subject> read = Read("condition,paddle_y_deg\n1,-2.5\n");
  EXPECT_EQ(read[0].name, "people");
  EXPECT_EQ(read[0].answers[0].paddle_y, 12);
}

// Two players of one name in two files are two subjects.
TEST_F(SubjectFiles, NamesInSeveralFilesAreToldApart) {
  std::ofstream(scratch_ / "person.csv") << "subject,condition,paddle_y\nnoisy,0,1\nann,0,1\n";
  std::ofstream(scratch_ / "monkey.csv") << "subject,condition,paddle_y\nnoisy,1,1\n";
  std::filesystem::create_directory(scratch_ / "b");
  std::ofstream(scratch_ / "b" / "person.csv") << "condition,paddle_y\n1,1\n";
  const std::vector<std::filesystem::path> two = {scratch_ / "person.csv", scratch_ / "monkey.csv"};
  const std::vector<Subject> subjects = ReadSubjectFiles(two, trial_set_);
  ASSERT_EQ(subjects.size(), 3u);
  EXPECT_EQ(subjects[0].name, "noisy (person)");
  EXPECT_EQ(subjects[1].name, "ann");
  EXPECT_EQ(subjects[2].name, "noisy (monkey)");
  EXPECT_EQ(subjects[2].file_sha256.size(), 64u);
  const std::vector<std::filesystem::path> alike = {scratch_ / "person.csv", scratch_ / "b" / "person.csv"};
  EXPECT_EQ(NamesOfFiles(alike)[1], (scratch_ / "b" / "person").string());
  EXPECT_EQ(NamesOfFiles(two)[1], "monkey");
}

TEST_F(SubjectFiles, BadInputIsNamed) {
  EXPECT_NE(ErrorOf("condition,paddle\n1,2\n").find("paddle_y"), std::string::npos);
  EXPECT_NE(ErrorOf("condition,paddle_y\n2,2\n").find("condition '2'"), std::string::npos);
  EXPECT_NE(ErrorOf("condition,paddle_y\n0,\n").find("paddle_y ''"), std::string::npos);
  EXPECT_NE(ErrorOf("condition,paddle_y\n0.5,3\n").find("condition '0.5'"), std::string::npos);
  EXPECT_NE(ErrorOf("condition,paddle_y\n").find("no answers"), std::string::npos);
}

}  // namespace
}  // namespace figment::pong
