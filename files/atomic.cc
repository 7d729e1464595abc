#include "files/atomic.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>

#include "files/descriptor.h"

namespace figment::files {
namespace {

constexpr char kTemporaryPrefix[] = ".tmp-";

// ".tmp-<host>-"
std::string PrefixOfThisHost() {
  char host[256] = "";
  gethostname(host, sizeof(host) - 1);
  return std::string(kTemporaryPrefix) + host + "-";
}

std::filesystem::path TemporaryName(const std::filesystem::path& target) {
  return target.parent_path() / (PrefixOfThisHost() + std::to_string(getpid()) + "-" + target.filename().string());
}

bool IsRunning(pid_t process) { return kill(process, 0) == 0 || errno == EPERM; }

// Whether the name is that of a temporary file of a process of this machine that runs no more.
bool IsLeftOver(const std::string& name, const std::string& prefix) {
  if (!name.starts_with(prefix)) return false;
  pid_t process = 0;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data() + prefix.size(), end, process);
  return error == std::errc() && stop != end && *stop == '-' && process > 0 && !IsRunning(process);
}

void WriteFile(const std::filesystem::path& path, const void* bytes, size_t size) {
  AtomicFile file(path);
  Descriptor(file.temporary(), O_WRONLY | O_CREAT | O_TRUNC, "write").WriteAll(bytes, size);
  file.Commit();
}

template <class Bytes>
Bytes ReadInto(const std::filesystem::path& path) {
  const Descriptor file(path, O_RDONLY, "read");
  struct stat status = {};
  if (fstat(file.get(), &status) != 0) ThrowFileError("read", path, errno);
  Bytes bytes;
  bytes.resize(static_cast<size_t>(status.st_size));
  size_t filled = 0;
  // Pipes and /proc files have no size: grow until the end.
  for (;;) {
    if (filled == bytes.size()) bytes.resize(filled + 4096);
    const ssize_t count = read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) ThrowFileError("read", path, errno);
    if (count == 0) break;
    filled += static_cast<size_t>(count);
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path target) : target_(std::move(target)), temporary_(TemporaryName(target_)) {
  IgnoreFileSizeSignal();
}

AtomicFile::~AtomicFile() {
  if (!committed_) unlink(temporary_.c_str());
}

void AtomicFile::Commit() {
  Descriptor(temporary_, O_RDWR, "write").Flush();
  if (rename(temporary_.c_str(), target_.c_str()) != 0) ThrowFileError("write", target_, errno);
  committed_ = true;
}

void WriteFileAtomically(const std::filesystem::path& path, std::span<const uint8_t> bytes) {
  WriteFile(path, bytes.data(), bytes.size());
}

void WriteFileAtomically(const std::filesystem::path& path, std::string_view text) {
  WriteFile(path, text.data(), text.size());
}

int RemoveTemporaries(const std::filesystem::path& folder) {
  const std::string prefix = PrefixOfThisHost();
  std::error_code error;
  int removed = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    if (IsLeftOver(entry.path().filename().string(), prefix)) removed += unlink(entry.path().c_str()) == 0;
  if (error) ThrowFileError("read", folder, error.value());
  return removed;
}

std::string ReadFile(const std::filesystem::path& path) { return ReadInto<std::string>(path); }

std::vector<uint8_t> ReadBytes(const std::filesystem::path& path) { return ReadInto<std::vector<uint8_t>>(path); }

std::vector<std::string> ReadLines(const std::filesystem::path& path) {
  const std::string text = ReadFile(path);
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const bool has_return = end > begin && text[end - 1] == '\r';
    lines.push_back(text.substr(begin, end - begin - (has_return ? 1 : 0)));
    begin = end + 1;
  }
  return lines;
}

}  // namespace figment::files
