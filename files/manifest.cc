#include "files/manifest.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"
#include "files/atomic.h"
#include "files/descriptor.h"

namespace figment::files {
namespace {

void Truncate(const Descriptor& file, off_t size, const std::filesystem::path& path) {
  if (ftruncate(file.get(), size) != 0) ThrowFileError("write", path, errno);
}

// Where the last complete line ends.
off_t EndOfLines(const Descriptor& file, const std::filesystem::path& path) {
  struct stat status = {};
  if (fstat(file.get(), &status) != 0) ThrowFileError("read", path, errno);
  off_t end = status.st_size;
  for (char last; end > 0; --end) {
    if (pread(file.get(), &last, 1, end - 1) != 1) ThrowFileError("read", path, errno);
    if (last == '\n') break;
  }
  return end;
}

}  // namespace

void AppendLine(const std::filesystem::path& path, const nlohmann::ordered_json& line) {
  IgnoreFileSizeSignal();
  Descriptor file(path, O_RDWR | O_CREAT | O_APPEND, "write");
  const off_t end = EndOfLines(file, path);
  Truncate(file, end, path);
  const std::string text = line.dump() + "\n";
  try {
    file.WriteAll(text.data(), text.size());
    file.Flush();
  } catch (const base::Error&) {
    Truncate(file, end, path);
    throw;
  }
}

JsonLines ReadJsonLines(const std::filesystem::path& path) {
  const std::string text = ReadFile(path);
  JsonLines result;
  size_t begin = 0;
  for (int number = 1; begin < text.size(); ++number) {
    const size_t end = text.find('\n', begin);
    result.dropped_unfinished_line = end == std::string::npos;
    if (result.dropped_unfinished_line) break;
    const std::string_view line(text.data() + begin, end - begin);
    begin = end + 1;
    if (line.find_first_not_of(" \r") == std::string_view::npos) continue;
    try {
      result.lines.push_back(nlohmann::ordered_json::parse(line));
    } catch (const nlohmann::json::parse_error& error) {
      throw base::Error(path.string() + ":" + std::to_string(number) + ": not valid JSON: " + error.what());
    }
  }
  return result;
}

}  // namespace figment::files
