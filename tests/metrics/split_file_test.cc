#include "metrics/split_file.h"

#include <gtest/gtest.h>

#include "files/atomic.h"
#include "files/temporary_folder.h"
#include "tests/files/scratch.h"

namespace figment::metrics {
namespace {

using files::ErrorOf;
using files::ExpectError;

TEST(SplitFile, RoundTripKeepsIndicesAndId) {
  const files::TemporaryFolder folder("splits");
  const std::vector<Split> splits = {{{0, 1, 3}, {2, 5}}, {{2, 4}, {0}}};
  WriteSplits(folder.path() / "splits.json", splits, 6);
  const std::vector<Split> read = ReadSplits(folder.path() / "splits.json", 6);
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[1].train, splits[1].train);
  EXPECT_EQ(SplitsId(read), SplitsId(splits));
  EXPECT_EQ(SplitsId(read).size(), 64u);
}

TEST(SplitFile, IdTellsSidesApart) {
  const std::vector<Split> a = {{{0, 1}, {2}}}, b = {{{0}, {1, 2}}}, c = {{{2}, {0, 1}}};
  EXPECT_NE(SplitsId(a), SplitsId(b));
  EXPECT_NE(SplitsId(a), SplitsId(c));
}

TEST(SplitFile, BadFilesAreNamed) {
  const files::TemporaryFolder folder("splits");
  const auto path = folder.path() / "bad.json";
  const auto read = [&](const std::string& text) {
    files::WriteFileAtomically(path, text);
    return ErrorOf([&] { ReadSplits(path, 4); });
  };
  EXPECT_NE(read("train 0 1").find("not a file of splits"), std::string::npos);
  EXPECT_NE(read(R"({"samples": 4})").find("splits"), std::string::npos);
  EXPECT_NE(read(R"({"samples": 4, "splits": []})").find("no splits"), std::string::npos);
  EXPECT_NE(read(R"({"samples": 5, "splits": []})").find("splits 5 samples, here are 4"), std::string::npos);
  EXPECT_NE(read(R"({"samples": 4, "splits": [{"train": [0, 4], "test": [1]}]})").find("sample 4, expected 0 to 3"),
            std::string::npos);
  EXPECT_NE(read(R"({"samples": 4, "splits": [{"train": [0, 1], "test": [1]}]})").find("second time"),
            std::string::npos);
  EXPECT_NE(read(R"({"samples": 4, "splits": [{"train": [0, 1], "test": []}]})").find("split 0, test is empty"),
            std::string::npos);
  EXPECT_NE(read(R"({"samples": 4, "splits": [{"train": [0, 1.5], "test": [1]}]})").find("train has '1.5'"),
            std::string::npos);
  EXPECT_NE(read(R"({"samples": 4, "splits": [{"train": [4294967296], "test": [1]}]})").find("'4294967296'"),
            std::string::npos);
  ExpectError("none.json", [&] { ReadSplits(folder.path() / "none.json", 4); });
}

}  // namespace
}  // namespace figment::metrics
