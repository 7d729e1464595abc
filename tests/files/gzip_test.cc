#include "files/gzip.h"

#include "tests/files/scratch.h"

namespace figment::files {
namespace {

// Python: gzip.compress(b"figment figment figment\n", mtime=0)
std::string Packed() {
  const unsigned char bytes[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4b, 0xcb,
                                 0x4c, 0xcf, 0x4d, 0xcd, 0x2b, 0x51, 0x48, 0x43, 0xa5, 0xb9, 0x00, 0x65,
                                 0x24, 0x62, 0x04, 0x18, 0x00, 0x00, 0x00};
  return {reinterpret_cast<const char*>(bytes), sizeof bytes};
}

TEST(Gzip, GivesTheTextBack) { EXPECT_EQ(Gunzip(Packed(), "t.gz"), "figment figment figment\n"); }

TEST(Gzip, DamagedDataIsAnError) {
  const std::string packed = Packed();
  std::string changed = packed;
  changed[12] = static_cast<char>(changed[12] ^ 1);
  for (const std::string& bad : {std::string(), std::string("figment"), packed.substr(0, packed.size() - 3), changed,
                                 std::string(40, '\xff')})
    EXPECT_EQ(ErrorOf([&] { Gunzip(bad, "t.gz"); }), "t.gz is no gzip data, or it is damaged or cut off");
}

}  // namespace
}  // namespace figment::files
