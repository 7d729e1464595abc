// Tar archives: POSIX ustar, with a pax header before members whose name or size does not fit (names longer than 100
// bytes or not ASCII, 8 GiB and more). Any tar program and Python's tarfile read them.
//
// The bytes depend on names and contents only: time 0, owner 0, mode 644, members in the order of the calls.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "files/atomic.h"

namespace figment::files {

// The archive appears under its name when Close has ended it. Errors name the archive or the member's source.
class TarWriter {
 public:
  explicit TarWriter(const std::filesystem::path& path);
  ~TarWriter();  // without Close nothing is left
  TarWriter(const TarWriter&) = delete;
  TarWriter& operator=(const TarWriter&) = delete;

  void Add(const std::string& name, std::string_view bytes);
  void AddFile(const std::string& name, const std::filesystem::path& source);
  void Close();

 private:
  void AddHeaders(const std::string& name, uint64_t size);
  void Write(std::string_view bytes);
  void PadTo(uint64_t multiple);

  class Output;
  AtomicFile file_;
  std::unique_ptr<Output> output_;
  uint64_t size_ = 0;
};

// How much a member adds to an archive.
uint64_t TarMemberSize(const std::string& name, uint64_t size);

}  // namespace figment::files
