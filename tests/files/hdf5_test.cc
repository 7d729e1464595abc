#include "files/hdf5.h"

#include <gtest/gtest.h>

#include <cmath>

#include "files/atomic.h"
#include "tests/files/scratch.h"

namespace figment::files {
namespace {

std::vector<uint8_t> SmallFile() {
  Hdf5Writer writer;
  writer.WriteString("static/stimulus_name", "pilot_roll_0003");
  writer.WriteString("static/empty", "");
  writer.WriteStrings("static/model_names", std::vector<std::string>{"cube", "", "pyramid"});
  writer.WriteStrings("static/occluders", {});
  writer.WriteBool("static/use_cap", true);
  writer.WriteBools("static/flags", {true, false, true});
  writer.WriteScalar<int64_t>("static/seed", int64_t{1} << 40);
  writer.WriteScalar<double>("static/mass", 0.1);
  writer.MakeGroup("static/mesh");
  for (int frame = 0; frame < 20; ++frame) {
    const std::string group = "frames/" + std::to_string(1000 + frame);
    const std::vector<float> positions = {0.5f, 1, 2, 3, 4, static_cast<float>(frame)};
    writer.Write(group + "/objects/positions", positions, {2, 3});
    writer.Write(group + "/collisions/object_ids", std::span<const int32_t>(), {0, 2});
    writer.Write(group + "/images/_img", std::vector<uint8_t>(5000, static_cast<uint8_t>(frame)), {5000});
  }
  writer.Write("ext/ids", std::vector<uint16_t>{1, 65535}, {2});
  return writer.Finish();
}

class Hdf5 : public testing::Test {
 protected:
  std::filesystem::path Save(std::span<const uint8_t> bytes) {
    WriteFileAtomically(folder_ / "a.hdf5", bytes);
    return folder_ / "a.hdf5";
  }
  ScratchFolder folder_;
};

TEST_F(Hdf5, ReadsBackEqual) {
  const Hdf5Reader reader(Save(SmallFile()));
  EXPECT_EQ(reader.ReadString("static/stimulus_name"), "pilot_roll_0003");
  EXPECT_EQ(reader.ReadString("static/empty"), "");
  EXPECT_EQ(reader.ReadStrings("static/model_names"), (std::vector<std::string>{"cube", "", "pyramid"}));
  EXPECT_TRUE(reader.ReadStrings("static/occluders").empty());
  EXPECT_EQ(reader.ReadScalar<uint8_t>("static/use_cap"), 1);
  EXPECT_EQ(reader.Read<uint8_t>("static/flags"), (std::vector<uint8_t>{1, 0, 1}));
  EXPECT_EQ(reader.ReadScalar<int64_t>("static/seed"), int64_t{1} << 40);
  EXPECT_EQ(reader.ReadScalar<double>("static/mass"), 0.1);
  EXPECT_EQ(reader.Read<float>("frames/1007/objects/positions"), (std::vector<float>{0.5f, 1, 2, 3, 4, 7}));
  EXPECT_EQ(reader.Read<double>("frames/1007/objects/positions")[5], 7);
  EXPECT_TRUE(reader.Read<int32_t>("frames/1007/collisions/object_ids").empty());
  EXPECT_EQ(reader.Read<uint8_t>("frames/1019/images/_img"), std::vector<uint8_t>(5000, 19));
  EXPECT_EQ(reader.Read<int32_t>("ext/ids"), (std::vector<int32_t>{1, 65535}));
}

TEST_F(Hdf5, TellsWhatItHolds) {
  const Hdf5Reader reader(Save(SmallFile()));
  EXPECT_EQ(reader.Children(""), (std::vector<std::string>{"ext", "frames", "static"}));
  EXPECT_EQ(reader.Children("frames").size(), 20u);
  EXPECT_TRUE(reader.Children("static/mesh").empty());
  EXPECT_TRUE(reader.Has("frames/1000/objects"));
  EXPECT_TRUE(reader.IsGroup("frames/1000/objects"));
  EXPECT_FALSE(reader.IsGroup("ext/ids"));
  EXPECT_FALSE(reader.Has("frames/2000/objects"));
  EXPECT_EQ(reader.Shape("frames/1000/objects/positions"), (Hdf5Shape{2, 3}));
  EXPECT_EQ(reader.Shape("frames/1000/collisions/object_ids"), (Hdf5Shape{0, 2}));
  EXPECT_EQ(reader.Shape("static/seed"), Hdf5Shape{});
  EXPECT_EQ(reader.Type("frames/1000/objects/positions"), Hdf5Type::kFloat);
  EXPECT_EQ(reader.Type("static/use_cap"), Hdf5Type::kBool);
  EXPECT_EQ(reader.Type("static/seed"), Hdf5Type::kInt64);
  EXPECT_EQ(reader.Type("static/mass"), Hdf5Type::kDouble);
  EXPECT_EQ(reader.Type("ext/ids"), Hdf5Type::kUint16);
  EXPECT_EQ(reader.Type("static/stimulus_name"), Hdf5Type::kString);
  EXPECT_EQ(reader.Type("static/model_names"), Hdf5Type::kString);
}

TEST_F(Hdf5, SameCallsSameBytes) { EXPECT_EQ(SmallFile(), SmallFile()); }

TEST_F(Hdf5, GzipReadsBackEqualAndIsSmall) {
  std::vector<float> waves(30000);
  for (size_t i = 0; i < waves.size(); ++i)
    waves[i] = static_cast<float>(std::lround(10 * std::sin(0.001 * static_cast<double>(i))));
  Hdf5Writer writer;
  writer.Write("waves", waves, {100, 100, 3}, Hdf5Compression::kGzip);
  writer.Write("few", std::span<const float>(waves).first(3), {3}, Hdf5Compression::kGzip);
  const std::vector<uint8_t> file = writer.Finish();
  EXPECT_LT(file.size(), 30000u);
  const Hdf5Reader reader(Save(file));
  EXPECT_EQ(reader.Read<float>("waves"), waves);
  EXPECT_EQ(reader.Shape("waves"), (Hdf5Shape{100, 100, 3}));
  EXPECT_EQ(reader.Read<float>("few").size(), 3u);
}

// A trial of 150 frames with 40 small arrays each; the budget is 4 MB beside the values.
TEST_F(Hdf5, SmallArraysCostLittleSpace) {
  Hdf5Writer writer;
  const std::vector<float> values(18, 1.0f);
  for (int frame = 0; frame < 150; ++frame)
    for (int i = 0; i < 40; ++i)
      writer.Write("frames/" + std::to_string(1000 + frame) + "/objects/array_" + std::to_string(i), values, {6, 3});
  EXPECT_LT(writer.Finish().size(), size_t{150} * 40 * 18 * 4 + 4000000);
}

TEST_F(Hdf5, TruncatedAndForeignFilesAreErrors) {
  const std::vector<uint8_t> whole = SmallFile();
  for (const size_t size : {size_t{0}, size_t{7}, size_t{60}, whole.size() / 2, whole.size() - 1}) {
    const std::string path = Save(std::span(whole).first(size)).string();
    const std::string error = ErrorOf([&] { Hdf5Reader reader(path); });
    EXPECT_TRUE(error.starts_with(path + " is not a whole HDF5 file: ")) << size << " " << error;
  }
  const std::string text = "name,value\n1,2\n";
  const std::string path = Save(std::vector<uint8_t>(text.begin(), text.end())).string();
  EXPECT_EQ(ErrorOf([&] { Hdf5Reader reader(path); }), path + " is not a whole HDF5 file: file signature not found");
  EXPECT_EQ(ErrorOf([&] { Hdf5Reader reader(folder_ / "missing"); }),
            "cannot read " + (folder_ / "missing").string() + ": No such file or directory");
}

TEST_F(Hdf5, WrongRequestsAreErrors) {
  const std::string path = Save(SmallFile()).string();
  const Hdf5Reader reader(path);
  EXPECT_EQ(ErrorOf([&] { reader.Read<float>("static/nothing"); }), path + ": 'static/nothing' is not there");
  EXPECT_EQ(ErrorOf([&] { reader.Read<float>("static"); }), path + ": 'static' is no dataset");
  EXPECT_EQ(ErrorOf([&] { reader.Children("ext/ids"); }), path + ": 'ext/ids' is no group");
  EXPECT_EQ(ErrorOf([&] { reader.Read<int32_t>("static/mass"); }),
            path + ": 'static/mass' holds float64, not what is asked for");
  EXPECT_EQ(ErrorOf([&] { reader.Read<float>("static/stimulus_name"); }),
            path + ": 'static/stimulus_name' holds string, not what is asked for");
  EXPECT_EQ(ErrorOf([&] { reader.ReadString("static/mass"); }), path + ": 'static/mass' holds no texts");
  EXPECT_EQ(ErrorOf([&] { reader.ReadScalar<int32_t>("ext/ids"); }), path + ": 'ext/ids' holds 2 values, not one");
  EXPECT_EQ(ErrorOf([&] { reader.ReadString("static/model_names"); }),
            path + ": 'static/model_names' holds 3 texts, not one");
}

}  // namespace
}  // namespace figment::files
