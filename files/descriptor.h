// A file descriptor that closes itself, and errors of system calls as base::Error. For the .cc files of this folder.
#pragma once

#include <cstddef>
#include <filesystem>

namespace figment::files {

// Throws "cannot write DIR/x: No space left on device" out of `action` ("write"), path and errno.
[[noreturn]] void ThrowFileError(const char* action, const std::filesystem::path& path, int error_number);

class Descriptor {
 public:
  // Opens with close-on-exec; throws Error. `action` is the word for its error text.
  Descriptor(const std::filesystem::path& path, int flags, const char* action);
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return descriptor_; }
  void WriteAll(const void* bytes, size_t size);  // throws Error
  void Flush();                                   // to the disk; throws Error

 private:
  std::filesystem::path path_;
  int descriptor_;
};

// Writing beyond the file size limit becomes an error of the write instead of the end of the process.
void IgnoreFileSizeSignal();

}  // namespace figment::files
