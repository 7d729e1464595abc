#include "agents/torch_version.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

namespace figment::agents {
namespace {

TEST(TorchVersion, IsThePinnedOne) { EXPECT_EQ(TorchVersion(), "2.13.0"); }

// Two would be two pools of threads, each as wide as the machine.
TEST(TorchVersion, OneOpenMpRuntimeIsMapped) {
  std::set<std::string> runtimes;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);)
    if (const size_t at = line.find('/'); at != std::string::npos && line.find("omp", at) != std::string::npos)
      runtimes.insert(line.substr(at));
  EXPECT_EQ(runtimes.size(), 1u);
}

}  // namespace
}  // namespace figment::agents
