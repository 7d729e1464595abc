// Command logs of the reference (data/command_logs, three trials of three controllers) against the scenes compiled in.
#include "physion/import.h"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>

#include "base/error.h"
#include "files/atomic.h"
#include "files/temporary_folder.h"
#include "physion/released.h"

namespace figment::physion {
namespace {

namespace fs = std::filesystem;

const fs::path kLogs = fs::path(FIGMENT_SOURCE_DIR) / "tests/physion/data/command_logs";
const fs::path kLink = kLogs / "link/pilot_linking_nl1-8_mg000_aCylcap_bCyl_tdwroom";

std::string ErrorOf(const std::vector<fs::path>& folders) {
  try {
    ReadCommandLogs(folders);
  } catch (const base::Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(ReadCommandLogs, GivesTheReleasedScenes) {
  const ImportedScenes imported = ReadCommandLogs({kLogs});
  EXPECT_EQ(imported.folders, 3);
  ASSERT_EQ(imported.scenes.size(), 3u);
  for (const TrialSpec& scene : imported.scenes)
    EXPECT_TRUE(ToJson(scene) == ToJson(FindReleasedTrial(scene.stimulus_name()))) << ToJson(scene).dump(1);
}

// The ramp's log holds trial 0 twice: the first run was broken off.
TEST(ReadCommandLogs, ARunThatWasBrokenOffIsLeftOut) {
  const ImportedScenes imported = ReadCommandLogs({kLogs / "roll"});
  EXPECT_EQ(imported.scenes.size(), 1u);
  ASSERT_EQ(imported.warnings.size(), 1u);
  EXPECT_NE(imported.warnings[0].find("breaks off"), std::string::npos);
}

TEST(ReadCommandLogs, SeveralFoldersAndFoldersAboveThem) {
  EXPECT_EQ(ReadCommandLogs({kLink, kLogs / "drape/test10/"}).scenes.size(), 2u);
  EXPECT_EQ(ReadCommandLogs({kLink, kLogs}).scenes.size(), 3u);  // each once
}

// A copy of the link log in a folder of another name, changed by hand.
class Changed : public testing::Test {
 protected:
  Changed() : folder_("figment-import-test") { fs::create_directories(config()); }
  fs::path config() const { return folder_.path() / "link" / "own_config"; }
  void Write(const std::string& text) { files::WriteFileAtomically(config() / "tdw_commands.json", text); }
  static std::string Text() { return files::ReadFile(kLink / "tdw_commands.json"); }
  static std::string Replaced(std::string text, const std::string& from, const std::string& to) {
    for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
    return text;
  }

  files::TemporaryFolder folder_;
};

TEST_F(Changed, AnUnknownConfigTakesItsScenarioFromTheFolderAbove) {
  Write(Text());
  const ImportedScenes imported = ReadCommandLogs({folder_.path()});
  ASSERT_EQ(imported.scenes.size(), 1u);
  EXPECT_EQ(imported.scenes[0].scenario, "link");
  EXPECT_EQ(imported.scenes[0].controller, "Linking");
  EXPECT_EQ(imported.scenes[0].stimulus_name(), "own_config_0000");
  EXPECT_EQ(imported.scenes[0].objects.size(), FindReleasedTrial(kLink.filename().string() + "_0000").objects.size());
  fs::rename(folder_.path() / "link", folder_.path() / "mine");
  EXPECT_NE(ErrorOf({folder_.path()}).find("cannot tell the scenario"), std::string::npos);
}

TEST_F(Changed, AnUnknownModelIsNamedWithItsStandIn) {
  Write(Replaced(Text(), "\"name\": \"torus\"", "\"name\": \"my_ring\""));
  const ImportedScenes imported = ReadCommandLogs({config()});
  ASSERT_EQ(imported.warnings.size(), 1u);
  EXPECT_NE(imported.warnings[0].find("'my_ring'"), std::string::npos);
  EXPECT_NE(imported.warnings[0].find("stands in"), std::string::npos);
}

TEST_F(Changed, UnknownCommandsAreNamed) {
  Write(Replaced(Text(), "set_focus_distance", "set_gravity_vector"));
  const ImportedScenes imported = ReadCommandLogs({config()});
  ASSERT_EQ(imported.warnings.size(), 1u);
  EXPECT_NE(imported.warnings[0].find("'set_gravity_vector' is not replayed"), std::string::npos);
}

TEST_F(Changed, BadLinesAreErrorsWithTheirNumber) {
  const std::string text = Text();
  Write(text.substr(0, 3000));  // within line 2
  EXPECT_NE(ErrorOf({config()}).find("tdw_commands.json:2: "), std::string::npos);
  Write(text + "{\"a\": 1}\n");
  EXPECT_NE(ErrorOf({config()}).find("tdw_commands.json:326: "), std::string::npos);
  Write(text + "[1, 2] trial 0\n");
  EXPECT_NE(ErrorOf({config()}).find("expected a list of commands"), std::string::npos);
  Write(text + "[] trial 7\n");
  EXPECT_NE(ErrorOf({config()}).find("trial 7 begins without adding objects"), std::string::npos);
  Write(text + "[] trial x\n");
  EXPECT_NE(ErrorOf({config()}).find("'x' is no trial number"), std::string::npos);
  Write(Replaced(text, "\"mass\"", "\"weight\""));
  EXPECT_NE(ErrorOf({config()}).find("tdw_commands.json:2: set_mass is not as expected"), std::string::npos);
  Write(Replaced(text, "tdw_room", "archviz_house"));
  EXPECT_NE(ErrorOf({config()}).find("'archviz_house' has no counterpart"), std::string::npos);
  Write("");
  EXPECT_NE(ErrorOf({config()}).find("holds no trial"), std::string::npos);
}

TEST_F(Changed, WhatASceneLacksIsNamedWithItsTrial) {
  const std::string begin = "tdw_commands.json:2: trial 0: ";
  Write(Replaced(Text(), "teleport_avatar_to", "teleport_elsewhere"));
  EXPECT_NE(ErrorOf({config()}).find(begin + "its camera has no position"), std::string::npos);
  Write(Replaced(Text(), "\"field_of_view\": 55", "\"field_of_view\": \"wide\""));
  EXPECT_NE(ErrorOf({config()}).find(begin), std::string::npos) << ErrorOf({config()});
}

TEST_F(Changed, NumbersNoSceneCanBeMadeOfAreErrors) {
  const auto error_with = [&](const std::string& key, const std::string& value) {
    Write(std::regex_replace(Text(), std::regex("\"" + key + "\": [0-9.e-]+"), "\"" + key + "\": " + value));
    return ErrorOf({config()});
  };
  const std::string begin = "tdw_commands.json:2: trial 0: ";
  EXPECT_NE(error_with("mass", "0").find(begin + "mass of object 1 (torus) is 0, expected above 0"), std::string::npos)
      << error_with("mass", "0");
  EXPECT_NE(error_with("static_friction", "-1").find("static_friction of object"), std::string::npos);
  EXPECT_NE(error_with("drag", "-1").find("drag of object"), std::string::npos);
  EXPECT_NE(error_with("field_of_view", "180").find(begin + "field of view is 180"), std::string::npos);
  EXPECT_NE(error_with("x", "0").find("scale of object"), std::string::npos);
  EXPECT_NE(error_with("z", "1e300").find("expected"), std::string::npos);
}

TEST_F(Changed, MetadataOfAnotherKindIsAnError) {
  Write(Text());
  for (const char* text : {"{}", "[1]", R"([{"trial_seed": "x"}])", R"([{"num_distractors": -1}])", "[{"}) {
    std::ofstream(config() / "metadata.json") << text;
    EXPECT_NE(ErrorOf({config()}).find("metadata.json is no JSON list of trials"), std::string::npos) << text;
  }
}

TEST_F(Changed, TwoFoldersOfOneNameAreAnError) {
  Write(Text());
  EXPECT_EQ(ReadCommandLogs({config(), folder_.path()}).scenes.size(), 1u);
  fs::create_directories(folder_.path() / "copy");
  fs::copy(folder_.path() / "link", folder_.path() / "copy" / "link", fs::copy_options::recursive);
  EXPECT_NE(ErrorOf({folder_.path()}).find("configurations of one name"), std::string::npos);
}

TEST_F(Changed, FoldersWithoutALogAreErrors) {
  EXPECT_NE(ErrorOf({folder_.path()}).find("holds no tdw_commands.json"), std::string::npos);
  EXPECT_NE(ErrorOf({folder_.path() / "none"}).find("is not a folder"), std::string::npos);
}

}  // namespace
}  // namespace figment::physion
