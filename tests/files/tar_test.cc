#include "files/tar.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/files/scratch.h"

namespace figment::files {
namespace {

std::string Archive(const std::filesystem::path& path, const std::string& name, std::string_view bytes) {
  TarWriter writer(path);
  writer.Add(name, bytes);
  writer.Close();
  return ReadFile(path);
}

TEST(Tar, HeaderOfOneMember) {
  const ScratchFolder folder;
  const std::string tar = Archive(folder / "a.tar", "key.json", "hello");
  ASSERT_EQ(tar.size(), 10240u);  // a record
  EXPECT_EQ(tar.substr(0, 9), std::string("key.json\0", 9));
  EXPECT_EQ(tar.substr(100, 8), std::string("0000644\0", 8));
  EXPECT_EQ(tar.substr(124, 12), std::string("00000000005\0", 12));
  EXPECT_EQ(tar.substr(136, 12), std::string("00000000000\0", 12));
  EXPECT_EQ(tar[156], '0');
  EXPECT_EQ(tar.substr(257, 8), std::string("ustar\000" "00", 8));
  EXPECT_EQ(tar.substr(512, 6), std::string("hello\0", 6));
  EXPECT_EQ(tar.find_first_not_of('\0', 517), std::string::npos);
  // The checksum is the sum of the header's bytes with its own eight as spaces.
  unsigned sum = 8 * ' ';
  for (size_t i = 0; i < 512; ++i)
    if (i < 148 || i >= 156) sum += static_cast<uint8_t>(tar[i]);
  EXPECT_EQ(std::strtoul(tar.substr(148, 6).c_str(), nullptr, 8), sum);
  EXPECT_EQ(tar.substr(154, 2), std::string("\0 ", 2));
}

TEST(Tar, SameBytesTwice) {
  const ScratchFolder folder;
  EXPECT_EQ(Archive(folder / "a.tar", "x", "1"), Archive(folder / "other.tar", "x", "1"));
}

TEST(Tar, LongNamesStandInAPaxHeader) {
  const ScratchFolder folder;
  const std::string name(150, 'n');
  const std::string tar = Archive(folder / "a.tar", name, "1");
  EXPECT_EQ(tar[156], 'x');
  EXPECT_EQ(tar.substr(512, 160), "160 path=" + name + "\n");
  EXPECT_EQ(tar[1024 + 156], '0');
  EXPECT_EQ(tar.substr(2 * 512, 100), name.substr(0, 100));
  EXPECT_EQ(tar[3 * 512], '1');
  // 100 bytes fit, but only of ASCII.
  EXPECT_EQ(Archive(folder / "b.tar", std::string(100, 'n'), "1")[156], '0');
  EXPECT_EQ(Archive(folder / "c.tar", "\xc3\xa4", "1")[156], 'x');
}

TEST(Tar, FilesAreCopied) {
  const ScratchFolder folder;
  std::string bytes(3'000'001, 'a');
  bytes[2'500'000] = 'b';
  WriteFileAtomically(folder / "source", bytes);
  TarWriter writer(folder / "a.tar");
  writer.AddFile("copy", folder / "source");
  writer.Close();
  EXPECT_EQ(ReadFile(folder / "a.tar").substr(512, bytes.size()), bytes);
}

TEST(Tar, MemberSizeIsWhatItAdds) {
  EXPECT_EQ(TarMemberSize("a", 0), 512u);
  EXPECT_EQ(TarMemberSize("a", 1), 1024u);
  EXPECT_EQ(TarMemberSize("a", 512), 1024u);
  EXPECT_EQ(TarMemberSize("a", 513), 1536u);
  EXPECT_EQ(TarMemberSize(std::string(101, 'n'), 1), 2048u);
  EXPECT_EQ(TarMemberSize("a", uint64_t{1} << 33), (uint64_t{1} << 33) + 3 * 512);
}

TEST(Tar, NothingIsLeftWithoutClose) {
  const ScratchFolder folder;
  {
    TarWriter writer(folder / "a.tar");
    writer.Add("x", "1");
    EXPECT_NE(ErrorOf([&] { writer.AddFile("y", folder / "missing"); }).find("missing"), std::string::npos);
  }
  EXPECT_EQ(folder.NumberOfFiles(), 0);
}

TEST(Tar, FullDiskNamesTheArchive) {
  const ScratchFolder folder;
  EXPECT_TRUE(FailsWithFileSizeLimit(2000, "a.tar", [&] { Archive(folder / "a.tar", "x", std::string(9000, 'a')); }));
}

}  // namespace
}  // namespace figment::files
