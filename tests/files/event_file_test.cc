#include "files/event_file.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "files/atomic.h"
#include "tests/files/scratch.h"

namespace figment::files {
namespace {

TEST(EventFile, Crc32cOfTheStandardsExample) { EXPECT_EQ(Crc32c("123456789"), 0xe3069283u); }

template <class T>
T At(const std::string& bytes, size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

uint32_t Masked(const std::string& bytes) {
  const uint32_t crc = Crc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

TEST(EventFile, RecordsHoldVersionSessionAndScalars) {
  const ScratchFolder scratch;
  std::filesystem::path path;
  {
    EventFile file(scratch.path(), 3);
    file.Add("loss", 0.5, 300);
    path = file.path();
  }
  const std::string bytes = ReadFile(path);
  std::vector<std::string> events;
  for (size_t at = 0; at < bytes.size();) {
    const uint64_t length = At<uint64_t>(bytes, at);
    EXPECT_EQ(At<uint32_t>(bytes, at + 8), Masked(bytes.substr(at, 8)));
    events.push_back(bytes.substr(at + 12, length));
    EXPECT_EQ(At<uint32_t>(bytes, at + 12 + length), Masked(events.back()));
    at += 16 + length;
  }
  ASSERT_EQ(events.size(), 3u);
  EXPECT_NE(events[0].find("\x1a\x0d" "brain.Event:2"), std::string::npos);
  // After the time (9 bytes): step 3, session_log { status: START }.
  EXPECT_EQ(events[1].substr(9), std::string("\x10\x03\x3a\x02\x08\x01"));
  // step 300 = 0xac 0x02; summary { value { tag: "loss" simple_value: 0.5 } }.
  EXPECT_EQ(events[2].substr(9), std::string("\x10\xac\x02\x2a\x0d\x0a\x0b\x0a\x04loss\x15\x00\x00\x00\x3f", 18));
}

}  // namespace
}  // namespace figment::files
