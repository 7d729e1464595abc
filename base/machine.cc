#include "base/machine.h"

#include <sched.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "base/check.h"

namespace figment::base {

std::filesystem::path ExecutableDirectory() { return std::filesystem::read_symlink("/proc/self/exe").parent_path(); }

std::string CpuModel() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown CPU";
}

std::string CpuLevel() {
  // The names and contents of the levels are those of the x86-64 psABI, section 3.1.1.
  for (const auto& [supported, name] : {std::pair(__builtin_cpu_supports("x86-64-v4"), "x86-64-v4"),
                                        std::pair(__builtin_cpu_supports("x86-64-v3"), "x86-64-v3"),
                                        std::pair(__builtin_cpu_supports("x86-64-v2"), "x86-64-v2")})
    if (supported) return name;
  return "x86-64";
}

std::string CpuClass() { return CpuModel() + ", " + CpuLevel(); }

int NumberOfCpus() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0) return CPU_COUNT(&allowed);
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

int64_t PhysicalMemoryBytes() { return int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE); }

namespace {

int64_t FreeMemoryBytes() {
  std::ifstream info("/proc/meminfo");
  for (std::string name, rest; info >> name && std::getline(info, rest);)
    if (name == "MemAvailable:") return std::stoll(rest) * 1024;
  return PhysicalMemoryBytes();
}

// A number in a file of the control group, or `otherwise`: "max", or no such file.
int64_t ControlGroupNumber(const char* file, int64_t otherwise) {
  std::ifstream stream(std::string("/sys/fs/cgroup/") + file);
  int64_t number = 0;
  return stream >> number ? number : otherwise;
}

}  // namespace

int64_t AvailableMemoryBytes() {
  const int64_t limit = std::min(ControlGroupNumber("memory.max", PhysicalMemoryBytes()), PhysicalMemoryBytes());
  const int64_t left = std::min(FreeMemoryBytes(), limit - ControlGroupNumber("memory.current", 0));
  return std::max<int64_t>(left - limit / 16, 0);
}

int64_t PeakResidentBytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;  // Linux counts in KiB
}

namespace {

double ClockSeconds(clockid_t clock) {
  timespec now = {};
  CHECK_EQ(clock_gettime(clock, &now), 0);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

double ProcessCpuSeconds() { return ClockSeconds(CLOCK_PROCESS_CPUTIME_ID); }
double ThreadCpuSeconds() { return ClockSeconds(CLOCK_THREAD_CPUTIME_ID); }

}  // namespace figment::base
