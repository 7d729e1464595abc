#include "lab/doctor.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace figment::lab {
namespace {

TEST(Doctor, ReportsDevicesRendererAndLibraries) {
  const nlohmann::ordered_json report = Examine();
  EXPECT_FALSE(report["devices"].empty());
  EXPECT_TRUE(report["renderer"]["gl_version"].get<std::string>().starts_with("4.")) << report["renderer"];
  for (const char* library : {"Bullet", "MuJoCo", "HDF5", "FFmpeg libavcodec", "torch"})
    EXPECT_TRUE(report["libraries"].contains(library)) << library;
  EXPECT_TRUE(report["problems"].empty()) << report["problems"];
}

TEST(Doctor, TextNamesTheRendererAndHowToMendProblems) {
  nlohmann::ordered_json report = Examine();
  report["problems"].push_back({{"what", "no left shoe"}, {"fix", "apt-get install shoe"}});
  const std::string text = ToText(report);
  EXPECT_NE(text.find(report["renderer"]["gl_renderer"].get<std::string>()), std::string::npos);
  EXPECT_NE(text.find("problem: no left shoe\n  to mend: apt-get install shoe"), std::string::npos) << text;
}

// Software beside itself: nothing differs. And a GPU that is not there is a problem, not a silent fall-back.
TEST(Doctor, ComparesADeviceWithSoftware) {
  const nlohmann::ordered_json report = ExamineGpu("cpu");
  ASSERT_EQ(report["pictures"].size(), 3u) << report;
  for (const auto& row : report["pictures"]) {
    EXPECT_EQ(row["mean_difference"], 0.0);
    EXPECT_EQ(row["equal_ids"], 1.0);
    EXPECT_GT(row["frames_per_s"], 0.0);
  }
  const nlohmann::ordered_json missing = ExamineGpu("gpu:99");
  ASSERT_EQ(missing["problems"].size(), 1u);
  const std::string text = GpuToText(missing);
  EXPECT_NE(text.find("problem: "), std::string::npos);
  const size_t mend = text.find("o mend: ");
  ASSERT_NE(mend, std::string::npos);
  EXPECT_EQ(text.find("o mend: ", mend + 1), std::string::npos) << "twice: " << text;
  EXPECT_THROW(ExamineGpu("gpu"), base::Error);
}

}  // namespace
}  // namespace figment::lab
