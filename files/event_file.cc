#include "files/event_file.h"

#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "base/error.h"

namespace figment::files {
namespace {

constexpr std::array<uint32_t, 256> kCrcTable = [] {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value & 1 ? (value >> 1) ^ 0x82f63b78u : value >> 1;
    table[i] = value;
  }
  return table;
}();

// TFRecord stores check sums rotated and shifted, so that a check sum of data with check sums is no special case.
uint32_t MaskedCrc(std::string_view bytes) { return std::rotr(Crc32c(bytes), 15) + 0xa282ead8u; }

template <class T>
void AppendRaw(T value, std::string* out) {
  out->append(reinterpret_cast<const char*>(&value), sizeof value);
}

// --- Protocol buffers: a key (field number, wire type), then the value.

enum WireType { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

void AppendVarint(uint64_t value, std::string* out) {
  for (; value >= 0x80; value >>= 7) out->push_back(static_cast<char>(value | 0x80));
  out->push_back(static_cast<char>(value));
}

void AppendKey(int field, WireType type, std::string* out) { AppendVarint(static_cast<uint64_t>(field) << 3 | type, out); }

void AppendBytes(int field, std::string_view bytes, std::string* out) {
  AppendKey(field, kBytes, out);
  AppendVarint(bytes.size(), out);
  out->append(bytes);
}

double SecondsSinceEpoch() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Event: 1 wall_time, 2 step, 3 file_version, 5 summary, 7 session_log.
std::string EventAt(int64_t step) {
  std::string event;
  AppendKey(1, kFixed64, &event);
  AppendRaw(SecondsSinceEpoch(), &event);
  AppendKey(2, kVarint, &event);
  AppendVarint(static_cast<uint64_t>(step), &event);
  return event;
}

}  // namespace

uint32_t Crc32c(std::string_view bytes) {
  uint32_t crc = 0xffffffffu;
  for (const char byte : bytes) crc = kCrcTable[(crc ^ static_cast<uint8_t>(byte)) & 0xff] ^ (crc >> 8);
  return ~crc;
}

EventFile::EventFile(const std::filesystem::path& folder, int64_t first_step)
    : path_(folder / ("events.out.tfevents." + std::to_string(static_cast<int64_t>(SecondsSinceEpoch())) + "." +
                      std::to_string(getpid()))),
      file_(std::fopen(path_.c_str(), "abe")) {
  if (!file_) throw base::Error("cannot write " + path_.string() + ": " + std::strerror(errno));
  std::string version = EventAt(0);
  AppendBytes(3, "brain.Event:2", &version);
  Write(version);
  // A session that starts at a step makes TensorBoard forget what came at or after it.
  std::string start = EventAt(first_step), session;
  AppendKey(1, kVarint, &session);
  AppendVarint(1, &session);  // SessionLog.START
  AppendBytes(7, session, &start);
  Write(start);
}

EventFile::~EventFile() { std::fclose(file_); }

void EventFile::Add(const std::string& tag, double value, int64_t step) {
  std::string number;
  AppendBytes(1, tag, &number);          // Summary.Value: 1 tag, 2 simple_value
  AppendKey(2, kFixed32, &number);
  AppendRaw(static_cast<float>(value), &number);
  std::string summary, event = EventAt(step);
  AppendBytes(1, number, &summary);      // Summary: 1 value
  AppendBytes(5, summary, &event);
  Write(event);
}

void EventFile::Write(const std::string& event) {
  std::string record;
  AppendRaw<uint64_t>(event.size(), &record);
  AppendRaw(MaskedCrc(record), &record);
  record += event;
  AppendRaw(MaskedCrc(event), &record);
  if (std::fwrite(record.data(), 1, record.size(), file_) != record.size() || std::fflush(file_) != 0)
    throw base::Error("cannot write " + path_.string() + ": " + std::strerror(errno));
}

}  // namespace figment::files
