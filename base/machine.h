// Facts about the machine and the running program, for manifests, tables and choosing the number of workers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace figment::base {

// The folder of the running binary, where its sibling programs lie.
std::filesystem::path ExecutableDirectory();

std::string CpuModel();  // "AMD EPYC", or "unknown CPU"

// The instruction set level the CPU offers, as compilers name it: "x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4".
std::string CpuLevel();

// Machines of one class compute equal bits: model and level, "AMD EPYC, x86-64-v3".
std::string CpuClass();

int NumberOfCpus();  // those this process may run on (taskset, SLURM, containers with a CPU set)

int64_t PhysicalMemoryBytes();

// What can be taken before the machine swaps or the container's limit is hit, less a sixteenth of the whole, so that
// something stays for everybody else.
int64_t AvailableMemoryBytes();

int64_t PeakResidentBytes();  // of this process so far
double ProcessCpuSeconds();   // CPU time of all its threads so far
double ThreadCpuSeconds();    // CPU time of the calling thread so far

}  // namespace figment::base
