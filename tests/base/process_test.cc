#include "base/process.h"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/error.h"

namespace figment::base {
namespace {

Process Shell(const std::string& script, const Process::Environment& environment = {}) {
  return Process::Spawn("/bin/sh", {"-c", script}, environment);
}

TEST(Process, LinesGoThereAndBack) {
  Process cat = Process::Spawn("/bin/cat", {});
  for (const std::string line : {"one", "", "three words here", "last"}) {
    cat.SendLine(line);
    EXPECT_EQ(cat.ReceiveLine(), line);
  }
  cat.CloseInput();
  EXPECT_EQ(cat.ReceiveLine(), std::nullopt);
  EXPECT_TRUE(cat.Wait().ok());
}

TEST(Process, LongLinesAndLinesInOnePiece) {
  Process cat = Process::Spawn("/bin/cat", {});
  const std::string long_line(100000, 'x');
  cat.SendLine(long_line);
  cat.SendLine("a\nb");
  EXPECT_EQ(cat.ReceiveLine(), long_line);
  EXPECT_EQ(cat.ReceiveLine(), "a");
  EXPECT_EQ(cat.ReceiveLine(), "b");
}

TEST(Process, WaitsForWhicheverHasALine) {
  Process idle = Process::Spawn("/bin/cat", {});
  Process quick = Process::Spawn("/bin/cat", {});
  Process ended = Shell("exit 0");
  Process* const all[] = {&idle, nullptr, &quick};
  EXPECT_TRUE(WaitForLines(all, 0.01).empty());
  quick.SendLine("here");
  EXPECT_EQ(WaitForLines(all, -1), std::vector<int>{2});
  EXPECT_EQ(quick.ReceiveLine(), "here");
  Process* const with_ended[] = {&idle, &ended};
  EXPECT_EQ(WaitForLines(with_ended, -1), std::vector<int>{1});
  EXPECT_EQ(ended.ReceiveLine(), std::nullopt);
}

TEST(Process, ALineCutShortIsDropped) {
  Process process = Shell("printf 'whole\\nhal'");
  EXPECT_EQ(process.ReceiveLine(), "whole");
  EXPECT_EQ(process.ReceiveLine(), std::nullopt);
}

TEST(Process, EnvironmentIsAddedAndReplaced) {
  setenv("FIGMENT_TEST_KEPT", "kept", 1);
  setenv("FIGMENT_TEST_REPLACED", "old", 1);
  Process process = Shell("echo $FIGMENT_TEST_KEPT $FIGMENT_TEST_REPLACED $FIGMENT_TEST_NEW",
                          {{"FIGMENT_TEST_REPLACED", "replaced"}, {"FIGMENT_TEST_NEW", "new"}});
  EXPECT_EQ(process.ReceiveLine(), "kept replaced new");
}

TEST(Process, TheEndIsDescribed) {
  EXPECT_EQ(Describe(Shell("exit 3").Wait()), "exited with status 3");
  Process killed = Process::Spawn("/bin/cat", {});
  killed.Kill();
  const ExitStatus status = killed.Wait();
  EXPECT_EQ(status.code, 128 + SIGKILL);
  EXPECT_EQ(Describe(status), "was killed by signal 9 (Killed); the machine may be out of memory");
  Process terminated = Process::Spawn("/bin/cat", {});
  terminated.Terminate();
  EXPECT_EQ(Describe(terminated.Wait()), "was killed by signal 15 (Terminated)");
}

TEST(Process, SendingToADeadWorkerIsAnError) {
  Process process = Shell("exit 0");
  process.Wait();
  EXPECT_THROW(process.SendLine("hello"), Error);
}

TEST(Process, AMissingProgramIsAnError) {
  try {
    Process::Spawn("/no/such/program", {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "cannot start /no/such/program: No such file or directory");
  }
}

TEST(Process, OnlyTheThreeStandardDescriptorsAreInherited) {
  Process other = Process::Spawn("/bin/cat", {});
  // Of our sockets only stdin shows: stdout of ls is the pipe to grep.
  Process lister = Shell("ls -l /proc/self/fd | grep -c socket");
  EXPECT_EQ(lister.ReceiveLine(), "1");
}

TEST(Process, AForkOfTheOwnerLeavesTheWorkerAlone) {
  Process cat = Process::Spawn("/bin/cat", {});
  const pid_t fork_of_us = fork();
  if (fork_of_us == 0) {
    { const Process copy = std::move(cat); }
    _exit(0);
  }
  ASSERT_EQ(waitpid(fork_of_us, nullptr, 0), fork_of_us);
  cat.SendLine("still here");
  EXPECT_EQ(cat.ReceiveLine(), "still here");
}

TEST(Process, AWorkerDiesWithItsParent) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    if (fork() == 0) {
      DieWithParent();
      if (write(ends[1], "x", 1) != 1) _exit(1);
      for (;;) pause();
    }
    char ready;
    _exit(read(ends[0], &ready, 1) == 1 ? 0 : 1);
  }
  close(ends[1]);
  int status = 0;
  waitpid(parent, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  // End of file comes when the worker, the last holder of the other end, is gone.
  char nothing;
  EXPECT_EQ(read(ends[0], &nothing, 1), 0);
  close(ends[0]);
}

TEST(Process, BytesGoThereAndBack) {
  Process cat = Process::Spawn("/bin/cat", {});
  const std::string bytes("a\nb\0c", 5);
  cat.Send(bytes);
  cat.SendLine("line");
  EXPECT_EQ(cat.Receive(5), bytes);
  EXPECT_EQ(cat.ReceiveLine(), "line");
  cat.CloseInput();
  EXPECT_EQ(cat.Receive(1), std::nullopt);
}

TEST(Process, PollsWithoutWaiting) {
  Process cat = Process::Spawn("/bin/cat", {});
  EXPECT_FALSE(cat.Poll().has_value());
  cat.Kill();
  EXPECT_EQ(cat.Wait().signal, 9);
  EXPECT_EQ(cat.Poll()->signal, 9);
}

}  // namespace
}  // namespace figment::base
