// The reference's argument syntax: what is read, and what each mistake is answered with.
#include "physion/arguments.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "base/error.h"
#include "physion/scenario.h"

namespace figment::physion {
namespace {

// The message of the error that `action` throws; empty if it throws none.
template <class Action>
std::string ErrorOf(Action action) {
  try {
    action();
  } catch (const base::Error& error) {
    return error.what();
  }
  return "";
}

std::filesystem::path WriteFile(const std::string& name, const std::string& text) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
  return path;
}

Arguments With(const std::string& name, const std::string& text, const std::string& controller = "dominoes") {
  Arguments arguments(controller);
  arguments.Set(name, text);
  return arguments;
}

TEST(Arguments, DefaultsAreThoseOfTheController) {
  EXPECT_DOUBLE_EQ(Arguments("dominoes").RangeOf("camera_distance").low, 1.75);
  EXPECT_DOUBLE_EQ(Arguments("support").RangeOf("camera_distance").low, 3.0);
  EXPECT_DOUBLE_EQ(Arguments("collide").RangeOf("camera_distance").low, 2.3);
  EXPECT_DOUBLE_EQ(Arguments("link").Number("collision_axis_length"), 2.0);
  EXPECT_EQ(*Arguments("collide").Names("target"), (std::vector<std::string>{"pipe", "cube", "pentagon"}));
  EXPECT_FALSE(Arguments("drop").Names("target").has_value());
}

TEST(Arguments, Ranges) {
  struct Case {
    const char* text;
    double low, high;
  };
  for (const Case& good : {Case{"2.0", 2, 2}, Case{"[1,5.0]", 1, 5}, Case{"4,9", 4, 9}, Case{"[5.,10.]", 5, 10},
                           Case{" [ -8 , 8 ] ", -8, 8}, Case{"(1,2)", 1, 2}, Case{"[-0,0]", 0, 0},
                           Case{"1e-2", .01, .01}, Case{"None", 0, 0}}) {
    const Range range = With("fscale", good.text).RangeOf("fscale");
    EXPECT_DOUBLE_EQ(range.low, good.low) << good.text;
    EXPECT_DOUBLE_EQ(range.high, good.high) << good.text;
  }
  EXPECT_FALSE(With("fscale", "None").OptionalRange("fscale").has_value());
}

TEST(Arguments, AxesDrawOnceOrPerAxis) {
  base::Rng rng({1});
  const base::Vec3 shared = With("tscale", "[0.3,0.7]").Axes("tscale").Draw(rng);
  EXPECT_EQ(shared.x(), shared.y());
  EXPECT_EQ(shared.x(), shared.z());
  const AxisRanges nested = With("pscale", "[0.1,[0.3,0.7],[0.2,0.3]]").Axes("pscale");
  EXPECT_FALSE(nested.together);
  EXPECT_EQ(nested.x.high, 0.1);
  EXPECT_EQ(nested.y.low, 0.3);
  EXPECT_EQ(nested.z.high, 0.3);
  const AxisRanges dictionary = With("trot", "{'x':[0,360],'y':5,\"z\":[1,2]}").Axes("trot");
  EXPECT_EQ(dictionary.x.high, 360);
  EXPECT_EQ(dictionary.y.low, 5);
  EXPECT_EQ(dictionary.z.high, 2);
  const AxisRanges three = With("zscale", "5.0,0.01,5.0").Axes("zscale");
  EXPECT_EQ(three.Draw(rng), base::Vec3(5, 0.01, 5));
  EXPECT_FALSE(With("zlocation", "None").OptionalAxes("zlocation").has_value());
}

TEST(Arguments, FlagsSwitchesNamesColorsAndText) {
  EXPECT_TRUE(With("remove_middle", "").Flag("remove_middle"));
  EXPECT_FALSE(With("remove_middle", "false").Flag("remove_middle"));
  EXPECT_TRUE(With("monochrome", "1").Flag("monochrome"));
  EXPECT_FALSE(With("monochrome", "False").Flag("monochrome"));
  EXPECT_EQ(*With("target", "cube, cone,cube").Names("target"), (std::vector<std::string>{"cube", "cone"}));
  EXPECT_EQ(*With("tcolor", "1.0,0.5,0.0").Color("tcolor"), base::Vec3(1, 0.5, 0));
  EXPECT_FALSE(With("tcolor", "None").Color("tcolor").has_value());
  EXPECT_EQ(*With("room", "tdw").Text("room"), "tdw");
}

TEST(Arguments, LaterValuesWinAndAreInTheEffectiveTokens) {
  Arguments arguments("dominoes");
  arguments.Set("seed", "3");
  arguments.Set("seed", "5");
  arguments.Set("save_meshes", "");
  EXPECT_EQ(arguments.Integer("seed"), 5);
  const std::vector<std::string> tokens = arguments.EffectiveTokens();
  const auto seed = std::find(tokens.begin(), tokens.end(), "--seed");
  ASSERT_NE(seed, tokens.end());
  EXPECT_EQ(*(seed + 1), "5");
  EXPECT_NE(std::find(tokens.begin(), tokens.end(), "--save_meshes"), tokens.end());
  EXPECT_EQ(std::find(tokens.begin(), tokens.end(), "--save_movies"), tokens.end());

  // They read back to the same values.
  Arguments again("dominoes");
  for (const auto& [name, text] : ReadArgumentTokens(tokens)) again.Set(name, text);
  EXPECT_EQ(again.EffectiveTokens(), tokens);
}

TEST(Arguments, MistakesNameTheArgumentTheTextAndWhatIsValid) {
  struct Case {
    const char *name, *text, *in_message;
  };
  for (const Case& bad : {
           Case{"num_distractor", "1", "did you mean 'num_distractors'"},
           Case{"seed", "four", "'four'"},
           Case{"seed", "1.5", "whole number"},
           Case{"fscale", "[1,2", "expected ','"},
           Case{"fscale", "[1,2,3]", "pair"},
           Case{"fscale", "[3,2]", "lower end is above"},
           Case{"fscale", "fast", "expected a number"},
           Case{"fscale", "", "expected a number"},
           Case{"fscale", "nan", "expected a number"},
           Case{"tscale", "[1,2,3,4]", "pair"},
           Case{"tscale", "{'x':1,'y':2}", "axis z is missing"},
           Case{"tscale", "{'x':1,'y':2,'w':3}", "unknown axis 'w'"},
           Case{"tscale", "1,2,3 4", "unexpected '4'"},
           Case{"tcolor", "1,0", "expected three numbers"},
           Case{"tcolor", "255,0,0", "outside 0..1"},
           Case{"target", "cube,,cone", "empty name"},
           Case{"zfriction", "[0.1,0.2]", "one number"},
           Case{"monochrome", "2", "neither 0 nor 1"},
           Case{"remove_middle", "please", "flag"},
           Case{"ymin", "1.0", "belongs to drop, not to dominoes"},
       }) {
    const std::string message = ErrorOf([&] { With(bad.name, bad.text); });
    EXPECT_NE(message.find(bad.in_message), std::string::npos) << bad.name << " " << bad.text << ": " << message;
    EXPECT_NE(message.find(bad.name), std::string::npos) << message;
  }
  EXPECT_NE(ErrorOf([] { Arguments("domino"); }).find("'dominoes'"), std::string::npos);
}

TEST(ArgumentTokens, ReadAsTheReferenceReadsThem) {
  const auto path = WriteFile("inner/more.txt", "--room\ntdw\n\n--frot\n[-4,4]\n");
  const auto arguments = ReadArgumentTokens({"--seed=7", "--save_meshes", "--camera_min_angle", "-45", "@more.txt"},
                                            path.parent_path());
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"seed", "7"}, {"save_meshes", ""}, {"camera_min_angle", "-45"}, {"room", "tdw"}, {"frot", "[-4,4]"}};
  EXPECT_EQ(arguments, expected);
}

TEST(ArgumentTokens, Mistakes) {
  EXPECT_NE(ErrorOf([] { ReadArgumentTokens({"--seed"}); }).find("'seed' needs a value"), std::string::npos);
  EXPECT_NE(ErrorOf([] { ReadArgumentTokens({"--seed", "--room"}); }).find("needs a value"), std::string::npos);
  EXPECT_NE(ErrorOf([] { ReadArgumentTokens({"seed"}); }).find("found 'seed'"), std::string::npos);
  EXPECT_NE(ErrorOf([] { ReadArgumentTokens({"--sede", "1"}); }).find("did you mean 'seed'"), std::string::npos);
  EXPECT_NE(ErrorOf([] { ReadArgumentTokens({"@nowhere.txt"}); }).find("nowhere.txt"), std::string::npos);
  const auto loop = WriteFile("loop.txt", "@loop.txt\n");
  EXPECT_NE(ErrorOf([&] { ReadArgumentTokens({"@loop.txt"}, loop.parent_path()); }).find("include each other"),
            std::string::npos);
}

TEST(Configs, AReleasedArgumentFileRunsUnchanged) {
  const auto path = WriteFile("pilot_it2_rollingSliding_simple_collision_box/commandline_args.txt",
                              "--dir\n/somewhere\n--prot\n[-180,180]\n--plift\n0.25\n--only_use_flex_objects\n");
  const Config config = ConfigFromArgumentFile(path, "rollingsliding");
  EXPECT_EQ(config.scenario, "roll");
  EXPECT_EQ(config.name, "pilot_it2_rollingSliding_simple_collision_box");
  EXPECT_EQ(config.controller, "collide");  // the reference's rule for roll configurations with "collision" in the name
  EXPECT_DOUBLE_EQ(Arguments::FromConfig(config).Number("plift"), 0.25);
}

TEST(Configs, YamlReadsBackToTheSameConfiguration) {
  for (const Config& config : ReleasedConfigs()) {
    const Config again = ConfigFromYaml(ConfigToYaml(config), "test");
    EXPECT_EQ(again.scenario, config.scenario);
    EXPECT_EQ(again.name, config.name);
    EXPECT_EQ(again.controller, config.controller);
    EXPECT_EQ(Arguments::FromConfig(again).EffectiveTokens(), Arguments::FromConfig(config).EffectiveTokens())
        << config.name;
  }
}

TEST(Configs, YamlTakesABaseAndUnquotedValues) {
  const Config config = ConfigFromYaml(
      "base: pilot-containment-bowl\nname: mine\narguments:\n  fscale: [1, 2]\n  tscale: {x: 1, y: [1, 2], z: 3}\n"
      "  save_meshes: false\n  attachment: None\n  num_occluders: 0\n",
      "mine.yaml");
  const Arguments arguments = Arguments::FromConfig(config);
  EXPECT_EQ(config.scenario, "contain");
  EXPECT_EQ(config.name, "mine");
  EXPECT_EQ(arguments.RangeOf("fscale").high, 2);
  EXPECT_EQ(arguments.Axes("tscale").y.high, 2);
  EXPECT_FALSE(arguments.Flag("save_meshes"));
  EXPECT_EQ(arguments.Integer("num_occluders"), 0);
  EXPECT_EQ(*arguments.Names("base"), std::vector<std::string>{"bowl"});
}

TEST(Configs, YamlMistakesNameTheLine) {
  struct Case {
    const char *text, *in_message;
  };
  for (const Case& bad : {
           Case{"scenario: dominoes\narguments:\n\tseed: 1\n", "mine.yaml:3: a tab"},
           Case{"scenario: domino\n", "mine.yaml:1: unknown scenario 'domino': did you mean 'dominoes'"},
           Case{"scenario: dominoes\nargument:\n  seed: 1\n", "mine.yaml:2: unknown key 'argument'"},
           Case{"scenario: dominoes\narguments:\n  sede: 1\n", "mine.yaml:3: unknown argument 'sede'"},
           Case{"scenario: dominoes\narguments:\n  seed: [1]\n", "mine.yaml:3: argument 'seed'"},
           Case{"scenario: dominoes\narguments: 3\n", "mine.yaml:2: expected 'arguments' to be a mapping"},
           Case{"scenario: [dominoes]\n", "mine.yaml:1: expected the scenario as text"},
           Case{"- dominoes\n", "mine.yaml:1: expected a mapping"},
           Case{"arguments:\n  seed: 1\n", "'scenario' is missing"},
           Case{"base: test99\n", "mine.yaml:1: unknown config 'test99'"},
           Case{"scenario: drop\nbase: test10\n", "the base 'test10' is of 'drape'"},
           Case{"scenario: drop\nname: a/b\n", "file names"},
           Case{"scenario: drop\ncontroller: roll\n", "does not run scenario 'drop'"},
           Case{"scenario: 'drop\n", "mine.yaml:"},
       }) {
    const std::string message = ErrorOf([&] { ConfigFromYaml(bad.text, "mine.yaml"); });
    EXPECT_NE(message.find(bad.in_message), std::string::npos) << bad.text << ": " << message;
  }
}

}  // namespace
}  // namespace figment::physion
