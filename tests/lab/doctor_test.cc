#include "lab/doctor.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace figment::lab
