#include "files/manifest.h"

#include <gtest/gtest.h>

#include <fstream>

#include "files/atomic.h"
#include "tests/files/scratch.h"

namespace figment::files {
namespace {

TEST(Manifest, LinesReadBackInOrderWithTheirKeysInOrder) {
  const ScratchFolder folder;
  AppendLine(folder / "m.jsonl", {{"z", 1}, {"a", "tex\nt"}});
  AppendLine(folder / "m.jsonl", {{"label", nullptr}});
  EXPECT_EQ(ReadFile(folder / "m.jsonl"), "{\"z\":1,\"a\":\"tex\\nt\"}\n{\"label\":null}\n");
  const JsonLines read = ReadJsonLines(folder / "m.jsonl");
  ASSERT_EQ(read.lines.size(), 2u);
  EXPECT_EQ(read.lines[0].dump(), "{\"z\":1,\"a\":\"tex\\nt\"}");
  EXPECT_FALSE(read.dropped_unfinished_line);
}

TEST(Manifest, AnUnfinishedLastLineIsDroppedAndThenCutOff) {
  const ScratchFolder folder;
  // "12" could be the beginning of 123: without its newline a line does not count, valid JSON or not.
  for (const char* rest : {"{\"a\":", "12"}) {
    std::ofstream(folder / "m.jsonl") << "{\"a\":1}\n" << rest;
    const JsonLines read = ReadJsonLines(folder / "m.jsonl");
    EXPECT_EQ(read.lines.size(), 1u);
    EXPECT_TRUE(read.dropped_unfinished_line);
    AppendLine(folder / "m.jsonl", {{"a", 2}});
    EXPECT_EQ(ReadFile(folder / "m.jsonl"), "{\"a\":1}\n{\"a\":2}\n");
  }
}

TEST(Manifest, ErrorsNameFileAndLine) {
  const ScratchFolder folder;
  std::ofstream(folder / "m.jsonl") << "{}\n\n{\"a\" 1}\n{}\n";
  const std::string error = ErrorOf([&] { ReadJsonLines(folder / "m.jsonl"); });
  EXPECT_TRUE(error.starts_with((folder / "m.jsonl").string() + ":3: not valid JSON: ")) << error;
}

TEST(Manifest, AFullDiskLeavesTheFileAsItWas) {
  const ScratchFolder folder;
  AppendLine(folder / "m.jsonl", {{"a", 1}});
  EXPECT_TRUE(FailsWithFileSizeLimit(100, "File too large",
                                     [&] { AppendLine(folder / "m.jsonl", {{"b", std::string(500, 'x')}}); }));
  EXPECT_EQ(ReadFile(folder / "m.jsonl"), "{\"a\":1}\n");
}

}  // namespace
}  // namespace figment::files
