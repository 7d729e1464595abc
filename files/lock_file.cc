#include "files/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace figment::files {

LockFile::LockFile(const std::filesystem::path& path, const std::string& does) {
  descriptor_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0)
    throw base::Error("cannot write in '" + path.parent_path().string() + "': " + std::strerror(errno));
  // Other errors: a file system that knows no locks, where one has to do without.
  if (flock(descriptor_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
  close(descriptor_);
  throw base::Error("another process " + does);
}

LockFile::~LockFile() { close(descriptor_); }

}  // namespace figment::files
