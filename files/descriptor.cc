#include "files/descriptor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include "base/error.h"

namespace figment::files {

void ThrowFileError(const char* action, const std::filesystem::path& path, int error_number) {
  std::string message = std::string("cannot ") + action + " " + path.string() + ": " + std::strerror(error_number);
  if (error_number == EFBIG) message += " (beyond this process's file size limit, see 'ulimit -f')";
  throw base::Error(message);
}

Descriptor::Descriptor(const std::filesystem::path& path, int flags, const char* action)
    : path_(path), descriptor_(open(path.c_str(), flags | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) ThrowFileError(action, path_, errno);
}

Descriptor::~Descriptor() { close(descriptor_); }

void Descriptor::WriteAll(const void* bytes, size_t size) {
  for (const char* next = static_cast<const char*>(bytes); size > 0;) {
    const ssize_t count = write(descriptor_, next, size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) ThrowFileError("write", path_, errno);
    next += count;
    size -= static_cast<size_t>(count);
  }
}

void Descriptor::Flush() {
  while (fsync(descriptor_) != 0)
    if (errno != EINTR) ThrowFileError("write", path_, errno);
}

void IgnoreFileSizeSignal() { std::signal(SIGXFSZ, SIG_IGN); }

}  // namespace figment::files
