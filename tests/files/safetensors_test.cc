#include "files/safetensors.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>

#include "base/error.h"
#include "files/atomic.h"
#include "tests/files/scratch.h"

namespace figment::files {
namespace {

std::string FileOf(const std::string& header, const std::string& data) {
  std::string bytes(8, '\0');
  const uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + data;
}

TEST(Safetensors, ReadsBackWhatWasWritten) {
  const ScratchFolder scratch;
  const std::vector<float> a = {1, 2, 3, 4, 5, 6};
  const std::vector<double> b = {0.1};
  WriteSafetensors(scratch / "x.safetensors",
                   {{FloatTensor("a", {2, 3}, a), DoubleTensor("b", {}, b)}, {{"note", "hello \"there\""}}});
  const SavedTensors read = ReadSafetensors(scratch / "x.safetensors");
  EXPECT_EQ(Floats(read.Find("a"), "a", {2, 3}, "x"), a);
  EXPECT_EQ(Floats(read.Find("a"), "a", {-1, 3}, "x"), a);
  EXPECT_EQ(Doubles(read.Find("b"), "b", {}, "x"), b);
  EXPECT_EQ(read.metadata.at("note"), "hello \"there\"");
  EXPECT_EQ(read.Find("c"), nullptr);
}

TEST(Safetensors, BytesAreThoseOfTheFormat) {
  const ScratchFolder scratch;
  const std::vector<float> one = {1.0f};
  WriteSafetensors(scratch / "x", {{FloatTensor("t", {1}, one)}, {}});
  std::string header = R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  EXPECT_EQ(ReadFile(scratch / "x"), FileOf(header, std::string("\0\0\x80\x3f", 4)));
}

TEST(Safetensors, BadFiles) {
  const ScratchFolder scratch;
  const std::string good = R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"abc", "3 bytes"},
      {FileOf(good, "1234").substr(0, 20), "cut off"},
      {FileOf("{]", ""), "not JSON"},
      {FileOf("[]", ""), "no JSON object"},
      {FileOf(good, "12"), "outside the file"},
      {FileOf(good, "12345"), "5 bytes of numbers"},
      {FileOf(R"({"t":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}})", "1234"), "unknown type F33"},
      {FileOf(R"({"t":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", "1234"), "not F32 [2]"},
      {FileOf(R"({"t":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", "1234"), "not F32"},
      {FileOf(R"({"t":{"dtype":"F32","shape":[1]}})", "1234"), "data_offsets"},
      {FileOf(R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"u":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}})",
              "123456"), "overlap"},
      {FileOf(R"({"t":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}})", ""), "not F32"},
  };
  for (const auto& [bytes, words] : cases) {
    WriteFileAtomically(scratch / "x", bytes);
    try {
      ReadSafetensors(scratch / "x");
      ADD_FAILURE() << words;
    } catch (const base::Error& error) {
      EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find((scratch / "x").string()), std::string::npos) << error.what();
    }
  }
}

TEST(Safetensors, WrongTypeOrShapeIsNamed) {
  const std::vector<float> one = {1.0f};
  const SavedTensor tensor = FloatTensor("t", {1}, one);
  for (const auto& [call, words] : std::vector<std::pair<std::function<void()>, std::string>>{
           {[&] { Floats(&tensor, "t", {2}, "file"); }, "file: tensor 't' is F32 [1]; expected F32 [2]"},
           {[&] { Doubles(&tensor, "t", {1}, "file"); }, "expected F64 [1]"},
           {[&] { Floats(nullptr, "t", {1}, "file"); }, "file: no tensor 't'"}}) {
    try {
      call();
      ADD_FAILURE() << words;
    } catch (const base::Error& error) {
      EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace figment::files
