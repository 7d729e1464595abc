#include "base/shared_memory.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <thread>

#include "base/error.h"
#include "base/machine.h"
#include "base/process.h"
#include "base/wait_word.h"

namespace figment::base {
namespace {

auto OpenDescriptors() { return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}); }

TEST(SharedMemory, IsZeroedAndSharedAndLeavesNoDescriptor) {
  const auto before = OpenDescriptors();
  {
    const SharedMemory memory = SharedMemory::Create(5000);
    const auto is_zero = [](std::byte b) { return b == std::byte{}; };
    EXPECT_TRUE(std::all_of(memory.bytes().begin(), memory.bytes().end(), is_zero));
    const SharedMemory same = SharedMemory::Open(dup(memory.descriptor()));
    memory.bytes()[4999] = std::byte{7};
    EXPECT_EQ(same.bytes()[4999], std::byte{7});
    EXPECT_EQ(same.bytes().size(), 5000u);
    EXPECT_THROW(SharedMemory::Open(-1), Error);
    EXPECT_THROW(SharedMemory::Open(STDIN_FILENO), Error);
  }
  EXPECT_EQ(OpenDescriptors(), before);
}

TEST(SharedMemory, ReachesAWorkerAsItsDescriptor) {
  const SharedMemory memory = SharedMemory::Create(4);
  Process shell = Process::Spawn("/bin/sh", {"-c", "printf pong >&3"}, {}, memory.descriptor());
  EXPECT_TRUE(shell.Wait().ok());
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(memory.bytes().data()), 4), "pong");
}

TEST(SharedMemory, TooMuchIsAnErrorBeforeItIsTried) {
  ASSERT_LT(AvailableMemoryBytes(), PhysicalMemoryBytes());
  ASSERT_GT(AvailableMemoryBytes(), 0);
  EXPECT_THROW(SharedMemory::Create(static_cast<size_t>(PhysicalMemoryBytes())), Error);
  EXPECT_THROW(SharedMemory::Create(size_t{1} << 62), Error);
}

TEST(WaitWord, WakesWhoeverWaits) {
  WaitWord word, answer;
  std::jthread other([&] {
    for (uint32_t i = 0; i < 1000; ++i) {
      while (word.WaitWhile(i, 1) == i) {
      }
      answer.Advance();
    }
  });
  for (uint32_t i = 0; i < 1000; ++i) {
    word.Advance();
    while (answer.WaitWhile(i, 1) == i) {
    }
  }
  EXPECT_EQ(answer.value(), 1000u);
}

TEST(WaitWord, GivesUpAfterTheTimeout) {
  WaitWord word;
  EXPECT_EQ(word.WaitWhile(0, 0.01), 0u);
  EXPECT_EQ(word.WaitWhile(1, 10), 0u);
}

}  // namespace
}  // namespace figment::base
