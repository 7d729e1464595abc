#include "files/atomic.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/files/scratch.h"

namespace figment::files {
namespace {

TEST(Atomic, WritesAndReadsBack) {
  const ScratchFolder folder;
  WriteFileAtomically(folder / "a.txt", std::string_view("one\ntwo\r\n\nlast"));
  EXPECT_EQ(ReadFile(folder / "a.txt"), "one\ntwo\r\n\nlast");
  EXPECT_EQ(ReadLines(folder / "a.txt"), (std::vector<std::string>{"one", "two", "", "last"}));
  const std::vector<uint8_t> bytes = {0, 255, 7};
  WriteFileAtomically(folder / "a.txt", bytes);
  EXPECT_EQ(ReadBytes(folder / "a.txt"), bytes);
  EXPECT_EQ(folder.NumberOfFiles(), 1);
}

TEST(Atomic, NothingStaysWithoutCommit) {
  const ScratchFolder folder;
  WriteFileAtomically(folder / "kept.mp4", std::string_view("old"));
  {
    AtomicFile file(folder / "kept.mp4");
    EXPECT_EQ(file.temporary().extension(), ".mp4");
    EXPECT_EQ(file.temporary().parent_path(), folder.path());
    EXPECT_TRUE(file.temporary().filename().string().starts_with(".tmp-"));
    std::ofstream(file.temporary()) << "half of the new";
    EXPECT_EQ(folder.NumberOfFiles(), 2);
  }
  EXPECT_EQ(folder.NumberOfFiles(), 1);
  EXPECT_EQ(ReadFile(folder / "kept.mp4"), "old");
}

TEST(Atomic, ErrorsNamePathAndReason) {
  const ScratchFolder folder;
  EXPECT_EQ(ErrorOf([&] { ReadFile(folder / "missing"); }),
            "cannot read " + (folder / "missing").string() + ": No such file or directory");
  EXPECT_EQ(ErrorOf([&] { ReadFile(folder.path()); }), "cannot read " + folder.path().string() + ": Is a directory");
  EXPECT_NE(ErrorOf([&] { WriteFileAtomically(folder / "no/file", std::string_view("x")); }).find("No such file"),
            std::string::npos);
  EXPECT_NE(ErrorOf([&] { WriteFileAtomically("/proc/figment", std::string_view("x")); }).find("cannot write /proc/"),
            std::string::npos);
  EXPECT_NE(ErrorOf([&] { RemoveTemporaries(folder / "missing"); }).find("No such file"), std::string::npos);
}

TEST(Atomic, AFullDiskIsAnErrorAndLosesNothing) {
  const ScratchFolder folder;
  WriteFileAtomically(folder / "data", std::string_view("old"));
  EXPECT_TRUE(FailsWithFileSizeLimit(1000, "File too large",
                                     [&] { WriteFileAtomically(folder / "data", std::string(5000, 'x')); }));
  EXPECT_EQ(ReadFile(folder / "data"), "old");
  EXPECT_EQ(folder.NumberOfFiles(), 1);
}

TEST(Atomic, LeftOversOfDeadProcessesAreRemoved) {
  const ScratchFolder folder;
  const pid_t child = fork();
  if (child == 0) {
    AtomicFile file(folder / "trial.hdf5");
    std::ofstream(file.temporary()) << "half";
    _exit(0);  // as when killed: no destructor runs
  }
  waitpid(child, nullptr, 0);
  AtomicFile running(folder / "other.hdf5");
  std::ofstream(running.temporary()) << "in progress";
  WriteFileAtomically(folder / "finished.hdf5", std::string_view("done"));
  EXPECT_EQ(folder.NumberOfFiles(), 3);
  EXPECT_EQ(RemoveTemporaries(folder.path()), 1);
  EXPECT_EQ(folder.NumberOfFiles(), 2);
  EXPECT_TRUE(std::filesystem::exists(running.temporary()));
}

}  // namespace
}  // namespace figment::files
