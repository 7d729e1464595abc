// A folder of our own under the system's temporary folder; it goes, with all that is in it, when the object does.
#pragma once

#include <filesystem>
#include <string>

namespace figment::files {

class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::string& name);  // throws Error if it cannot be made
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace figment::files
