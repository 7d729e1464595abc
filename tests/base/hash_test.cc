#include "base/hash.h"

#include <gtest/gtest.h>

#include <fstream>
#include <vector>

#include "base/error.h"

namespace figment::base {
namespace {

// FIPS 180-4's examples (NIST, "SHA-256 test data"): "abc", the empty text, a million times 'a'.
constexpr char kAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr char kEmpty[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr char kMillionA[] = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Sha256, PublishedExamples) {
  EXPECT_EQ(Sha256Of("abc"), kAbc);
  EXPECT_EQ(Sha256Of(""), kEmpty);
  EXPECT_EQ(Sha256Of(std::string(1000000, 'a')), kMillionA);
}

TEST(Sha256, PiecesEqualTheWholeAndHexDoesNotEnd) {
  Sha256 hash;
  EXPECT_EQ(hash.Hex(), kEmpty);
  hash.Update("a");
  const std::vector<char> rest = {'b', 'c'};
  hash.UpdateArray(std::span<const char>(rest));
  EXPECT_EQ(hash.Hex(), kAbc);
  EXPECT_EQ(hash.Hex(), kAbc);
}

TEST(Sha256, File) {
  const std::string path = testing::TempDir() + "hash_test.bin";
  std::ofstream(path, std::ios::binary) << std::string(1000000, 'a');
  EXPECT_EQ(Sha256OfFile(path), kMillionA);
  std::filesystem::remove(path);
  EXPECT_THROW(Sha256OfFile(path), Error);
}

}  // namespace
}  // namespace figment::base
