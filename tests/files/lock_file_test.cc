#include "files/lock_file.h"

#include <gtest/gtest.h>

#include <optional>

#include "tests/files/scratch.h"

namespace figment::files {
namespace {

TEST(LockFile, IsHeldByOneAtATime) {
  const ScratchFolder folder;
  std::optional<LockFile> first(std::in_place, folder / ".lock", "works in 'here'");
  EXPECT_EQ(ErrorOf([&] { LockFile(folder / ".lock", "works in 'here'"); }), "another process works in 'here'");
  first.reset();
  EXPECT_EQ(ErrorOf([&] { LockFile(folder / ".lock", "works in 'here'"); }), "no error");
  EXPECT_NE(ErrorOf([&] { LockFile(folder / "none" / ".lock", "works"); }).find("cannot write in"), std::string::npos);
}

}  // namespace
}  // namespace figment::files
