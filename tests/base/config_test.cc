#include "base/config.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace figment::base {
namespace {

enum class Quality { kDraft, kStandard };

struct Options {
  bool movies = true;
  int size = 256;
  uint64_t seed = 0;
  double fps = 30;
  std::string out;
  std::string img_format = "jpg";
  std::optional<double> max_start_overlap_m;
  std::vector<std::string> passes = {"img", "id"};
  Quality quality = Quality::kStandard;
  std::string range = "[0.5,1]";
};

FieldList FieldsOf(Options* o) {
  FieldList fields;
  fields.Add("movies", &o->movies, "write movies");
  fields.Add("size", &o->size, "width and height").Range(1, 8192).Unit("pixels");
  fields.Add("seed", &o->seed, "seed of the data set");
  fields.Add("fps", &o->fps, "frames per second of the movie").Range(0.5, 1000);
  fields.Add("out", &o->out, "output folder");
  fields.Add("img_format", &o->img_format, "picture format").Choices({"jpg", "png"});
  fields.Add("max_start_overlap", &o->max_start_overlap_m, "reject deeper overlaps").AtLeast(0).Unit("m");
  fields.Add("passes", &o->passes, "what to draw").Choices({"img", "id", "depth"});
  fields.AddEnum<Quality>("quality", &o->quality, {{"draft", Quality::kDraft}, {"standard", Quality::kStandard}},
                          "preset of the renderer");
  fields.AddParsed(
      "range",
      [o](const std::string& text) { return text.starts_with("[") ? (o->range = text, true) : false; },
      [o] { return o->range; }, "a range like [0.5,1]", "range of scales");
  return fields;
}

std::string ErrorOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.what();
  }
  return "no error";
}

TEST(Config, SetsEveryKindOfField) {
  Options o;
  FieldList fields = FieldsOf(&o);
  fields.Set("movies", "off");
  fields.Set("size", "64");
  fields.Set("seed", "18446744073709551615");
  fields.Set("fps", "29.97");
  fields.Set("out", "some folder");
  fields.Set("img-format", "png");
  fields.Set("max_start_overlap", "1e-3");
  fields.Set("passes", "depth, img");
  fields.Set("quality", "draft");
  EXPECT_FALSE(o.movies);
  EXPECT_EQ(o.size, 64);
  EXPECT_EQ(o.seed, 18446744073709551615u);
  EXPECT_EQ(o.fps, 29.97);
  EXPECT_EQ(o.out, "some folder");
  EXPECT_EQ(o.img_format, "png");
  EXPECT_EQ(o.max_start_overlap_m, 1e-3);
  EXPECT_EQ(o.passes, (std::vector<std::string>{"depth", "img"}));
  EXPECT_EQ(o.quality, Quality::kDraft);
  fields.Set("passes", "none");
  fields.Set("max_start_overlap", "none");
  EXPECT_TRUE(o.passes.empty());
  EXPECT_EQ(o.max_start_overlap_m, std::nullopt);
}

TEST(Config, RefusesBadValuesAndKeepsTheOldOnes) {
  Options o;
  FieldList fields = FieldsOf(&o);
  const struct { const char *key, *text, *message; } kCases[] = {
      {"movies", "maybe", "movies is 'maybe': expected on or off"},
      {"size", "big", "size is 'big': expected an integer from 1 to 8192 (pixels)"},
      {"size", "0", "size is '0': expected an integer from 1 to 8192 (pixels)"},
      {"size", "20000", "size is '20000': expected an integer from 1 to 8192 (pixels)"},
      {"size", "64.5", "size is '64.5': expected an integer from 1 to 8192 (pixels)"},
      {"size", "", "size is '': expected an integer from 1 to 8192 (pixels)"},
      {"seed", "-1", "seed is '-1': expected an integer at least 0"},
      {"fps", "nan", "fps is 'nan': expected a number from 0.5 to 1000"},
      {"fps", "30fps", "fps is '30fps': expected a number from 0.5 to 1000"},
      {"max_start_overlap", "-1", "max_start_overlap is '-1': expected a number at least 0 (m) or none"},
      {"img_format", "jpeg", "unknown img_format 'jpeg': did you mean 'jpg'? Valid: jpg, png"},
      {"passes", "img,dept", "unknown passes 'dept': did you mean 'depth'? Valid: img, id, depth"},
      {"quality", "Draft", "unknown quality 'Draft': did you mean 'draft'? Valid: draft, standard"},
      {"range", "1..2", "range is '1..2': expected a range like [0.5,1]"},
  };
  const std::string before = fields.ToYaml();
  for (const auto& c : kCases) EXPECT_EQ(ErrorOf([&] { fields.Set(c.key, c.text); }), c.message);
  EXPECT_EQ(fields.ToYaml(), before);
  EXPECT_EQ(ErrorOf([&] { fields.Set("sizes", "1"); }).substr(0, 45), "unknown key 'sizes': did you mean 'size'? Val");
}

TEST(Config, YamlErrorsNameFileAndLine) {
  const struct { const char *yaml, *message; } kCases[] = {
      {"size: 64\n\tfps: 3\n", "a.yaml:2: there is a tab: use spaces"},
      {"# c\nsize: big\n", "a.yaml:2: size is 'big': expected an integer from 1 to 8192 (pixels)"},
      {"size: [1, 2]\n", "a.yaml:1: size is a list: expected an integer from 1 to 8192 (pixels)"},
      {"fps: {a: 1}\n", "a.yaml:1: fps is a mapping: expected a number from 0.5 to 1000"},
      {"out:\n", "a.yaml:1: out is empty: expected a text"},
      {"size: 1\nsise: 2\n", "a.yaml:2: unknown key 'sise': did you mean 'size'? Valid: movies, size, seed, fps, out, "
                             "img_format, max_start_overlap, passes, quality, range"},
      {"size: 1\nfps: 3\nsize: 2\n", "a.yaml:3: key 'size' is given twice"},
      {"- size\n", "a.yaml:1: expected lines of the form 'key: value'"},
      {"passes: [img\nsize: 3\n", "a.yaml:2: not valid YAML: "},
  };
  for (const auto& c : kCases) {
    Options o;
    FieldList fields = FieldsOf(&o);
    const std::string message = ErrorOf([&] { fields.SetFromYaml(c.yaml, "a.yaml"); });
    EXPECT_EQ(message.substr(0, std::string(c.message).size()), c.message);
  }
}

TEST(Config, YamlTakesListsAndParsedValues) {
  Options o;
  FieldList fields = FieldsOf(&o);
  fields.SetFromYaml("passes: [id, depth]\nmovies: off\nrange: [0.25, 2]\nimg-format: png\nmax_start_overlap:\n",
                     "a.yaml");
  EXPECT_EQ(o.passes, (std::vector<std::string>{"id", "depth"}));
  EXPECT_FALSE(o.movies);
  EXPECT_EQ(o.range, "[0.25, 2]");
  EXPECT_EQ(o.img_format, "png");
  fields.SetFromYaml("", "empty.yaml");
}

TEST(Config, SavedCopyReadsBackEqual) {
  Options o;
  o.out = "a \"quoted\" \\ name: # \n";
  o.fps = 0.1 + 0.2 + 100;
  o.max_start_overlap_m = 1e-7;
  o.passes = {};
  const std::string yaml = FieldsOf(&o).ToYaml();
  Options read;
  FieldList fields = FieldsOf(&read);
  fields.SetFromYaml(yaml, "saved");
  EXPECT_EQ(fields.ToYaml(), yaml);
  EXPECT_EQ(read.out, o.out);
  EXPECT_EQ(read.fps, o.fps);
}

TEST(Config, TextsThatYamlWouldTakeForAnythingElseAreQuoted) {
  Options o;
  for (const char* text : {"off", "True", "null", "12", "a b", ""}) {
    o.out = text;
    EXPECT_NE(FieldsOf(&o).ToYaml().find("out: \"" + o.out + "\"\n"), std::string::npos) << text;
  }
  o.out = "some/folder-1.0";
  EXPECT_NE(FieldsOf(&o).ToYaml().find("out: some/folder-1.0\n"), std::string::npos);
}

TEST(Config, DescribesItself) {
  Options o;
  const FieldList fields = FieldsOf(&o);
  const Field& format = fields.Find("img_format");
  EXPECT_EQ(format.Flag(), "--img-format");
  EXPECT_EQ(format.HelpText(), "picture format (jpg|png)");
  EXPECT_EQ(format.default_text, "jpg");
  EXPECT_EQ(fields.Find("size").HelpText(), "width and height (pixels, from 1 to 8192)");
  EXPECT_EQ(fields.ToJson(),
            R"({"movies": true, "size": 256, "seed": 0, "fps": 30, "out": "", "img_format": "jpg", )"
            R"("max_start_overlap": null, "passes": ["img", "id"], "quality": "standard", "range": "[0.5,1]"})");
  EXPECT_EQ(fields.ToYaml().substr(0, 40), "# write movies\nmovies: on\n# width and he");
}

}  // namespace
}  // namespace figment::base
