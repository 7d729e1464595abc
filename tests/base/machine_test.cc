#include "base/machine.h"

#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "base/signals.h"

namespace figment::base {
namespace {

TEST(Machine, FactsAreThere) {
  EXPECT_EQ(ExecutableDirectory(), std::filesystem::canonical(FIGMENT_BINARY_DIR));
  EXPECT_TRUE(CpuClass().ends_with(CpuLevel()));
  EXPECT_TRUE(CpuClass().starts_with(CpuModel()));
  EXPECT_TRUE(CpuLevel().starts_with("x86-64"));
  EXPECT_GE(NumberOfCpus(), 1);
  EXPECT_GT(PhysicalMemoryBytes(), 1 << 27);
  EXPECT_GT(PeakResidentBytes(), 1 << 20);
  EXPECT_LT(PeakResidentBytes(), PhysicalMemoryBytes());
  const double start_s = ProcessCpuSeconds();
  EXPECT_GT(start_s, 0);
  EXPECT_GE(ProcessCpuSeconds(), start_s);
}

TEST(Machine, AThreadCountsItsOwnTime) {
  const double start_s = ThreadCpuSeconds();
  while (ThreadCpuSeconds() - start_s < 0.01) {}
  double in_new_thread_s = 1;
  std::thread([&] { in_new_thread_s = ThreadCpuSeconds(); }).join();
  EXPECT_LT(in_new_thread_s, ThreadCpuSeconds());
  EXPECT_LE(ThreadCpuSeconds(), ProcessCpuSeconds());
}

TEST(Signals, TheFirstRequestSetsTheFlag) {
  InstallStopHandler();
  EXPECT_FALSE(StopRequested());
  std::raise(SIGTERM);
  EXPECT_TRUE(StopRequested());
  EXPECT_EQ(StopSignal(), SIGTERM);
}

TEST(SignalsDeathTest, TheSecondRequestEndsTheProcess) {
  EXPECT_EXIT(
      {
        InstallStopHandler();
        std::raise(SIGTERM);
        std::raise(SIGTERM);
      },
      testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace figment::base
