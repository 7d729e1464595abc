#include "base/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "base/machine.h"

namespace figment::base {
namespace {

std::string Megabytes(size_t bytes) { return std::to_string((bytes + (1 << 20) - 1) >> 20) + " MB"; }

std::span<std::byte> Map(int descriptor, size_t bytes) {
  void* const address = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (address == MAP_FAILED) {
    const int error = errno;
    close(descriptor);
    throw Error("cannot map " + Megabytes(bytes) + " of shared memory: " + std::strerror(error));
  }
  return {static_cast<std::byte*>(address), bytes};
}

// 0, or what is wrong. Signals, a profiler's for instance, interrupt it.
int Reserve(int descriptor, size_t bytes) {
  int error = EINTR;
  while (error == EINTR) error = posix_fallocate(descriptor, 0, static_cast<off_t>(bytes));
  return error;
}

}  // namespace

SharedMemory SharedMemory::Create(size_t bytes) {
  CHECK_GE(bytes, 1u);
  // Asked before: the system would hand out all there is and then kill whom it likes.
  const auto available = static_cast<uint64_t>(AvailableMemoryBytes());
  if (bytes > available) throw Error("cannot get " + Megabytes(bytes) + " of shared memory: " + Megabytes(available) + " are free");
  const int made = memfd_create("figment", MFD_CLOEXEC);
  // Out of the way of 0, 1 and 2, in case our caller has closed one of them.
  const int descriptor = made < 0 ? -1 : fcntl(made, F_DUPFD_CLOEXEC, 10);
  if (made >= 0) close(made);
  int error = descriptor < 0 ? errno : 0;
  if (error == 0) error = Reserve(descriptor, bytes);
  if (error != 0) {
    if (descriptor >= 0) close(descriptor);
    throw Error("cannot get " + Megabytes(bytes) + " of shared memory: " + std::strerror(error));
  }
  return {Map(descriptor, bytes), descriptor};
}

SharedMemory SharedMemory::Open(int descriptor) {
  struct stat status {};
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0)
    throw Error("descriptor " + std::to_string(descriptor) + " is not shared memory");
  const auto mapped = Map(descriptor, static_cast<size_t>(status.st_size));
  close(descriptor);
  return {mapped, -1};
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept { *this = std::move(other); }

SharedMemory& SharedMemory::operator=(SharedMemory&& other) noexcept {
  if (this == &other) return *this;
  Release();
  bytes_ = std::exchange(other.bytes_, {});
  descriptor_ = std::exchange(other.descriptor_, -1);
  return *this;
}

SharedMemory::~SharedMemory() { Release(); }

void SharedMemory::Release() {
  if (!bytes_.empty()) munmap(bytes_.data(), bytes_.size());
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace figment::base
