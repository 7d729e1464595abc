// Memory that several processes see. It has no name, so nothing is left behind however they end: the system frees it
// with the last process that has it mapped.
//
// A worker gets the descriptor when it is started (Process::Spawn) and maps it with Open.
#pragma once

#include <cstddef>
#include <span>

namespace figment::base {

class SharedMemory {
 public:
  // Zeroed, and reserved at once: what is missing is an Error here and not a crash later. At least one byte, and no
  // more than base::AvailableMemoryBytes.
  static SharedMemory Create(size_t bytes);
  // Maps all of what another process created; the descriptor is closed. Throws Error if it is no such memory.
  static SharedMemory Open(int descriptor);

  SharedMemory(SharedMemory&& other) noexcept;
  SharedMemory& operator=(SharedMemory&& other) noexcept;
  ~SharedMemory();

  std::span<std::byte> bytes() const { return bytes_; }  // begins at a page
  int descriptor() const { return descriptor_; }         // -1 where it was opened; closes on exec

 private:
  SharedMemory(std::span<std::byte> bytes, int descriptor) : bytes_(bytes), descriptor_(descriptor) {}
  void Release();

  std::span<std::byte> bytes_;
  int descriptor_ = -1;
};

}  // namespace figment::base
