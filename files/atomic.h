// Files that are there completely or not at all: written under a temporary name in the same folder, flushed to the
// disk, then renamed. A killed program leaves at most temporary files, recognisable by their names.
//
// What cannot be read or written is an Error that names the path and the reason (disk full, not writable, file size
// limit). So that a file size limit is such an error too, making an AtomicFile ignores SIGXFSZ from then on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace figment::files {

// A file that somebody else (a library) writes by name:
//   AtomicFile file("0001.mp4");
//   ... write to file.temporary() ...
//   file.Commit();
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();  // removes the temporary file unless committed
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  // In the target's folder, named ".tmp-<host>-<process>-<name of the target>": it keeps the extension.
  const std::filesystem::path& temporary() const { return temporary_; }

  // Flushes the temporary file to the disk and gives it the target's name, replacing what was there.
  void Commit();

 private:
  std::filesystem::path target_;
  std::filesystem::path temporary_;
  bool committed_ = false;
};

void WriteFileAtomically(const std::filesystem::path& path, std::span<const uint8_t> bytes);
void WriteFileAtomically(const std::filesystem::path& path, std::string_view text);

// Removes the temporary files in a folder (not below it) that processes of this machine left when they died; returns
// how many. Those of running processes and of other machines stay.
int RemoveTemporaries(const std::filesystem::path& folder);

std::string ReadFile(const std::filesystem::path& path);
std::vector<uint8_t> ReadBytes(const std::filesystem::path& path);

// Lines without their ends (\n or \r\n).
std::vector<std::string> ReadLines(const std::filesystem::path& path);

}  // namespace figment::files
