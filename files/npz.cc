// The zip container of .npz files (PKWARE's APPNOTE 6.3, sections 4.3 to 4.5): the part of it that NumPy writes.
#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include "base/check.h"
#include "base/names.h"
#include "files/claimed_size.h"
#include "files/npy.h"

namespace figment::files {
namespace {

constexpr uint32_t kLocalHeader = 0x04034b50, kCentralHeader = 0x02014b50, kEnd = 0x06054b50;
constexpr uint32_t kEnd64 = 0x06064b50, kEnd64Locator = 0x07064b50;
constexpr uint16_t kStored = 0, kDeflated = 8;

template <class T>
T At(std::string_view bytes, size_t place) {
  T value = 0;
  if (place + sizeof(T) <= bytes.size()) std::memcpy(&value, bytes.data() + place, sizeof(T));
  return value;
}

struct Member {
  std::string name;
  uint16_t method = 0;
  uint32_t crc = 0;
  uint64_t packed = 0, unpacked = 0, place = 0;
};

struct Directory {
  uint64_t size = 0, place = 0;
};

// Sizes that do not fit into 32 bits stand in an extra field of type 1, in the order of those that are missing.
void ReadLargeSizes(std::string_view extra, Member* member) {
  while (extra.size() >= 4) {
    const uint16_t type = At<uint16_t>(extra, 0), size = At<uint16_t>(extra, 2);
    const std::string_view content = extra.substr(4, size);
    extra.remove_prefix(std::min(extra.size(), size_t{4} + size));
    if (type != 1) continue;
    size_t at = 0;
    for (uint64_t* value : {&member->unpacked, &member->packed, &member->place})
      if (*value == 0xFFFFFFFF) *value = At<uint64_t>(content, at), at += 8;
  }
}

template <class T>
void Append(T value, std::vector<uint8_t>* out) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(&value);
  out->insert(out->end(), bytes, bytes + sizeof(T));
}

// What local and central headers share: flags to name length. No time: 1 January 1980.
void AppendCommon(const std::string& name, uint32_t crc, uint32_t size, std::vector<uint8_t>* out) {
  Append<uint16_t>(0, out);
  Append<uint16_t>(kStored, out);
  Append<uint16_t>(0, out);
  Append<uint16_t>(0x21, out);
  Append<uint32_t>(crc, out);
  Append<uint32_t>(size, out);
  Append<uint32_t>(size, out);
  Append<uint16_t>(static_cast<uint16_t>(name.size()), out);
  Append<uint16_t>(0, out);
}

}  // namespace

class NpzReader::Impl {
 public:
  explicit Impl(const std::filesystem::path& path) : source_(path.string()), in_(path, std::ios::binary) {
    if (!in_) throw base::Error("cannot read " + source_);
    in_.seekg(0, std::ios::end);
    size_ = static_cast<uint64_t>(in_.tellg());
    ReadMembers(FindDirectory());
  }

  const std::vector<Member>& members() const { return members_; }

  const Member* Find(const std::string& name) const {
    return base::FindNamedOrNull(name, members_);
  }

  NpyArray Read(const std::string& name) {
    const Member* member = Find(name);
    if (!member)
      throw base::Error(source_ + ": " + base::UnknownName("array", name, base::NamesOf(members_)).what());
    return DecodeNpy(Unpack(*member), source_ + ": '" + name + "'");
  }

 private:
  base::Error Broken(const std::string& what) const {
    return base::Error(source_ + " is no whole .npz file: " + what);
  }

  std::string ReadBytes(uint64_t place, uint64_t size) {
    if (place > size_ || size > size_ - place) throw Broken("it is cut off or damaged");
    std::string bytes(size, '\0');
    in_.clear();
    in_.seekg(static_cast<std::streamoff>(place));
    in_.read(bytes.data(), static_cast<std::streamsize>(size));
    if (static_cast<uint64_t>(in_.gcount()) != size) throw Broken("it cannot be read to its end");
    return bytes;
  }

  Directory FindDirectory() {
    constexpr uint64_t kEndSize = 22, kLongestComment = 65535;
    if (size_ < kEndSize) throw Broken("it is too short");
    const uint64_t tail_size = std::min(size_, kEndSize + kLongestComment);
    const std::string tail = ReadBytes(size_ - tail_size, tail_size);
    for (size_t place = tail.size() - kEndSize + 1; place-- > 0;) {
      if (At<uint32_t>(tail, place) != kEnd) continue;
      const Directory directory{At<uint32_t>(tail, place + 12), At<uint32_t>(tail, place + 16)};
      if (directory.place != 0xFFFFFFFF && directory.size != 0xFFFFFFFF) return directory;
      return FindDirectory64(tail, place);
    }
    throw Broken("its table of contents is missing; it was cut off, or is another kind of file");
  }

  Directory FindDirectory64(const std::string& tail, size_t end) {
    if (end < 20 || At<uint32_t>(tail, end - 20) != kEnd64Locator) throw Broken("its table of contents is damaged");
    const std::string record = ReadBytes(At<uint64_t>(tail, end - 12), 56);
    if (At<uint32_t>(record, 0) != kEnd64) throw Broken("its table of contents is damaged");
    return {At<uint64_t>(record, 40), At<uint64_t>(record, 48)};
  }

  void ReadMembers(const Directory& directory) {
    const std::string table = ReadBytes(directory.place, directory.size);
    for (size_t place = 0; place + 46 <= table.size();) {
      if (At<uint32_t>(table, place) != kCentralHeader) throw Broken("its table of contents is damaged");
      Member member{.method = At<uint16_t>(table, place + 10), .crc = At<uint32_t>(table, place + 16),
                    .packed = At<uint32_t>(table, place + 20), .unpacked = At<uint32_t>(table, place + 24),
                    .place = At<uint32_t>(table, place + 42)};
      const size_t name = At<uint16_t>(table, place + 28), extra = At<uint16_t>(table, place + 30);
      const size_t comment = At<uint16_t>(table, place + 32);
      if (place + 46 + name + extra > table.size()) throw Broken("its table of contents is damaged");
      member.name = table.substr(place + 46, name);
      ReadLargeSizes(std::string_view(table).substr(place + 46 + name, extra), &member);
      place += 46 + name + extra + comment;
      if (!member.name.ends_with(".npy")) continue;
      member.name.resize(member.name.size() - 4);
      members_.push_back(std::move(member));
    }
  }

  std::string Unpack(const Member& member) {
    const std::string header = ReadBytes(member.place, 30);
    if (At<uint32_t>(header, 0) != kLocalHeader) throw Broken("'" + member.name + "' is not where it should be");
    const uint64_t start = member.place + 30 + At<uint16_t>(header, 26) + At<uint16_t>(header, 28);
    std::string packed = ReadBytes(start, member.packed);
    std::string bytes = member.method == kStored ? std::move(packed) : Inflate(packed, member);
    if (libdeflate_crc32(0, bytes.data(), bytes.size()) != member.crc)
      throw Broken("'" + member.name + "' is damaged (its checksum differs)");
    return bytes;
  }

  std::string Inflate(const std::string& packed, const Member& member) {
    if (member.method != kDeflated)
      throw Broken("'" + member.name + "' is packed by method " + std::to_string(member.method) +
                   "; read are stored and deflated arrays");
    if (member.unpacked / kMostExpansion > packed.size()) throw Broken("'" + member.name + "' is damaged");
    const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> decompressor(
        libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
    std::string bytes(member.unpacked, '\0');
    size_t written = 0;
    const libdeflate_result result = libdeflate_deflate_decompress(decompressor.get(), packed.data(), packed.size(),
                                                                   bytes.data(), bytes.size(), &written);
    if (result != LIBDEFLATE_SUCCESS || written != bytes.size()) throw Broken("'" + member.name + "' is damaged");
    return bytes;
  }

  std::string source_;
  std::ifstream in_;
  uint64_t size_ = 0;
  std::vector<Member> members_;
};

NpzReader::NpzReader(const std::filesystem::path& path) {
  if (LooksLikePickle(path)) throw PickleRefused(path.string());
  impl_ = std::make_unique<Impl>(path);
}
NpzReader::~NpzReader() = default;

bool NpzReader::Has(const std::string& name) const { return impl_->Find(name) != nullptr; }

std::vector<std::string> NpzReader::Names() const {
  return base::NamesOf(impl_->members());
}

NpyArray NpzReader::Read(const std::string& name) const { return impl_->Read(name); }

std::vector<uint8_t> EncodeNpz(std::span<const std::pair<std::string, std::vector<uint8_t>>> arrays) {
  std::vector<uint8_t> out, directory;
  for (const auto& [short_name, bytes] : arrays) {
    const std::string name = short_name + ".npy";
    const auto place = static_cast<uint32_t>(out.size());
    const uint32_t crc = libdeflate_crc32(0, bytes.data(), bytes.size());
    CHECK_LT(out.size() + bytes.size(), size_t{0xFFFFFFFF});
    Append(kLocalHeader, &out);
    Append<uint16_t>(20, &out);
    AppendCommon(name, crc, static_cast<uint32_t>(bytes.size()), &out);
    out.insert(out.end(), name.begin(), name.end());
    out.insert(out.end(), bytes.begin(), bytes.end());

    Append(kCentralHeader, &directory);
    Append<uint16_t>(20, &directory);
    Append<uint16_t>(20, &directory);
    AppendCommon(name, crc, static_cast<uint32_t>(bytes.size()), &directory);
    Append<uint16_t>(0, &directory);  // comment, disk, attributes
    Append<uint16_t>(0, &directory);
    Append<uint16_t>(0, &directory);
    Append<uint32_t>(0, &directory);
    Append(place, &directory);
    directory.insert(directory.end(), name.begin(), name.end());
  }
  const auto place = static_cast<uint32_t>(out.size());
  out.insert(out.end(), directory.begin(), directory.end());
  Append(kEnd, &out);
  Append<uint32_t>(0, &out);  // disks
  Append(static_cast<uint16_t>(arrays.size()), &out);
  Append(static_cast<uint16_t>(arrays.size()), &out);
  Append(static_cast<uint32_t>(directory.size()), &out);
  Append(place, &out);
  Append<uint16_t>(0, &out);
  return out;
}

}  // namespace figment::files
