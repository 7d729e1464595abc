#include "base/progress.h"

#include <gtest/gtest.h>

#include "base/log.h"

namespace figment::base {
namespace {

TEST(Progress, TextTellsRateAndTimeLeft) {
  EXPECT_EQ(ProgressText("trials", 0, 80, 3.0), "0/80 trials");
  EXPECT_EQ(ProgressText("trials", 20, 80, 10.0), "20/80 trials, 2/s, 0:30 left");
  EXPECT_EQ(ProgressText("trials", 1, 80, 60.0), "1/80 trials, 1/min, 1:19:00 left");
  EXPECT_EQ(ProgressText("trials", 80, 80, 61.0), "80/80 trials, 1.31/s, took 1:01");
}

TEST(Progress, OneLineAtTheEndWhereThereIsNoTerminal) {
  testing::internal::CaptureStderr();
  {
    Progress progress("trials", 3, ProgressStyle::kLines);
    progress.Advance();
    progress.Advance(2);
    progress.Finish();
  }
  const std::string output = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(output.begin(), output.end(), '\n'), 1);
  EXPECT_NE(output.find("3/3 trials"), std::string::npos);
}

TEST(Progress, SilentPrintsNothing) {
  testing::internal::CaptureStderr();
  Progress("trials", 3, ProgressStyle::kSilent).Advance(3);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Log, LevelsAndBraces) {
  testing::internal::CaptureStderr();
  LogInfo("a {} b");
  SetLogLevel(LogLevel::kError);
  LogWarning("dropped");
  LogError("kept");
  SetLogLevel(LogLevel::kInfo);
  const std::string output = testing::internal::GetCapturedStderr();
  EXPECT_NE(output.find("info: a {} b\n"), std::string::npos);
  EXPECT_EQ(output.find("dropped"), std::string::npos);
  EXPECT_NE(output.find("error: kept\n"), std::string::npos);
}

}  // namespace
}  // namespace figment::base
