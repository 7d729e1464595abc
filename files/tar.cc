#include "files/tar.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "base/check.h"
#include "base/error.h"
#include "files/descriptor.h"

namespace figment::files {
namespace {

constexpr uint64_t kBlock = 512, kRecord = 20 * kBlock;  // POSIX.1-2017, pax: ustar Interchange Format
constexpr size_t kNameLength = 100;
constexpr uint64_t kFirstLargeSize = uint64_t{1} << 33;  // does not fit into eleven octal digits
constexpr char kRegularFile = '0', kPaxHeader = 'x';

struct Header {
  char name[kNameLength], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link_name[100], magic[6],
      version[2], user[32], group[32], device_major[8], device_minor[8], prefix[155], padding[12];
};
static_assert(sizeof(Header) == kBlock);

// Octal digits with leading zeros and a final null.
void PutOctal(char* field, int length, uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "%0*llo", length - 1, static_cast<unsigned long long>(value));
  std::memcpy(field, text, static_cast<size_t>(length));
}

std::string HeaderBlock(const std::string& name, uint64_t size, char type) {
  Header header = {};
  std::memcpy(header.name, name.data(), std::min(name.size(), kNameLength));
  PutOctal(header.mode, sizeof header.mode, 0644);
  PutOctal(header.uid, sizeof header.uid, 0);
  PutOctal(header.gid, sizeof header.gid, 0);
  PutOctal(header.size, sizeof header.size, size);
  PutOctal(header.mtime, sizeof header.mtime, 0);
  header.type = type;
  std::memcpy(header.magic, "ustar", 6);
  std::memcpy(header.version, "00", 2);
  PutOctal(header.device_major, sizeof header.device_major, 0);
  PutOctal(header.device_minor, sizeof header.device_minor, 0);
  // The sum of all bytes with the checksum's own field as spaces: six digits, a null, a space.
  std::memset(header.checksum, ' ', sizeof header.checksum);
  unsigned sum = 0;
  for (size_t i = 0; i < sizeof header; ++i) sum += reinterpret_cast<const uint8_t*>(&header)[i];
  PutOctal(header.checksum, 7, sum);
  return {reinterpret_cast<const char*>(&header), sizeof header};
}

// "LENGTH KEY=VALUE\n", where LENGTH counts its own digits.
std::string PaxRecord(const std::string& key, const std::string& value) {
  const size_t rest = key.size() + value.size() + 3;  // space, equals, newline
  size_t length = rest + 1;
  while (rest + std::to_string(length).size() != length) length = rest + std::to_string(length).size();
  return std::to_string(length) + " " + key + "=" + value + "\n";
}

std::string PaxRecords(const std::string& name, uint64_t size) {
  std::string records;
  const bool is_ascii = std::all_of(name.begin(), name.end(), [](char c) { return static_cast<uint8_t>(c) < 0x80; });
  if (name.size() > kNameLength || !is_ascii) records += PaxRecord("path", name);
  if (size >= kFirstLargeSize) records += PaxRecord("size", std::to_string(size));
  return records;
}

uint64_t RoundedUp(uint64_t size, uint64_t multiple) { return (size + multiple - 1) / multiple * multiple; }

}  // namespace

class TarWriter::Output {
 public:
  explicit Output(const std::filesystem::path& path) : file_(path, O_WRONLY | O_CREAT | O_TRUNC, "write") {}
  void Write(std::string_view bytes) { file_.WriteAll(bytes.data(), bytes.size()); }

 private:
  Descriptor file_;
};

TarWriter::TarWriter(const std::filesystem::path& path)
    : file_(path), output_(std::make_unique<Output>(file_.temporary())) {}
TarWriter::~TarWriter() = default;

void TarWriter::Add(const std::string& name, std::string_view bytes) {
  AddHeaders(name, bytes.size());
  Write(bytes);
  PadTo(kBlock);
}

void TarWriter::AddFile(const std::string& name, const std::filesystem::path& source) {
  const Descriptor in(source, O_RDONLY, "read");
  struct stat status = {};
  if (fstat(in.get(), &status) != 0) ThrowFileError("read", source, errno);
  uint64_t left = static_cast<uint64_t>(status.st_size);
  AddHeaders(name, left);
  std::vector<char> buffer(size_t{1} << 20);
  while (left > 0) {
    const ssize_t count = read(in.get(), buffer.data(), std::min<uint64_t>(left, buffer.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) ThrowFileError("read", source, errno);
    if (count == 0) throw base::Error("cannot read " + source.string() + ": it became shorter while it was read");
    Write({buffer.data(), static_cast<size_t>(count)});
    left -= static_cast<uint64_t>(count);
  }
  PadTo(kBlock);
}

// Two empty blocks end an archive, which is then filled up to a whole record.
void TarWriter::Close() {
  Write(std::string(2 * kBlock, '\0'));
  PadTo(kRecord);
  output_.reset();
  file_.Commit();
}

void TarWriter::AddHeaders(const std::string& name, uint64_t size) {
  CHECK(output_ != nullptr && !name.empty());
  if (const std::string records = PaxRecords(name, size); !records.empty()) {
    Write(HeaderBlock("PaxHeaders/" + name, records.size(), kPaxHeader));
    Write(records);
    PadTo(kBlock);
  }
  Write(HeaderBlock(name, size < kFirstLargeSize ? size : 0, kRegularFile));
}

void TarWriter::Write(std::string_view bytes) {
  output_->Write(bytes);
  size_ += bytes.size();
}

void TarWriter::PadTo(uint64_t multiple) { Write(std::string(RoundedUp(size_, multiple) - size_, '\0')); }

uint64_t TarMemberSize(const std::string& name, uint64_t size) {
  const uint64_t records = PaxRecords(name, size).size();
  return (records > 0 ? kBlock + RoundedUp(records, kBlock) : 0) + kBlock + RoundedUp(size, kBlock);
}

}  // namespace figment::files
