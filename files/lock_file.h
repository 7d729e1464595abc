// A file by which processes of one machine agree who works in a folder: held by one at a time, and free again when its
// holder ends, however it ends. The file itself stays: removing it would let two processes lock two files of one name.
#pragma once

#include <filesystem>
#include <string>

namespace figment::files {

class LockFile {
 public:
  // Makes the file if there is none. Throws base::Error: "another process <does>", when a process holds it already, for
  // instance "another process trains in 'run'"; or that the folder cannot be written.
  LockFile(const std::filesystem::path& path, const std::string& does);
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace figment::files
