// Helpers of the tests of files/: an empty folder that vanishes, and the text of an expected Error.
#pragma once

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <string>

#include "base/error.h"

namespace figment::files {

class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = testing::TempDir() + "figment-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~ScratchFolder() { std::filesystem::remove_all(path_); }

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }
  int NumberOfFiles() const {
    return static_cast<int>(std::distance(std::filesystem::directory_iterator(path_), {}));
  }

 private:
  std::filesystem::path path_;
};

inline std::string ErrorOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const base::Error& error) {
    return error.what();
  }
  return "no error";
}

// The action throws an Error whose text holds `expected`.
inline void ExpectError(const std::string& expected, const std::function<void()>& action) {
  const std::string error = ErrorOf(action);
  EXPECT_NE(error.find(expected), std::string::npos) << error;
}

// Runs the action in a child process whose files may not grow beyond `limit_bytes` (this is how a disk that runs full
// looks) and returns whether it ended with an Error that holds `expected`.
inline bool FailsWithFileSizeLimit(rlim_t limit_bytes, const std::string& expected,
                                   const std::function<void()>& action) {
  const pid_t child = fork();
  if (child == 0) {
    const rlimit limit = {limit_bytes, limit_bytes};
    setrlimit(RLIMIT_FSIZE, &limit);
    const std::string error = ErrorOf(action);
    if (error.find(expected) == std::string::npos) fprintf(stderr, "%s\n", error.c_str());
    _exit(error.find(expected) == std::string::npos ? 1 : 0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace figment::files
