// Event files of TensorBoard: numbers by tag and step. Only what scalars need of that format: records with masked
// CRC-32C check sums (TFRecord) around protocol buffers (tensorflow/core/util/event.proto).
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

namespace figment::files {

// CRC-32C (Castagnoli) of bytes.
uint32_t Crc32c(std::string_view bytes);

class EventFile {
 public:
  // Makes "<folder>/events.out.tfevents.<time>.<process>"; a folder may hold several, which TensorBoard joins. From
  // `first_step` on, what earlier files say is hidden.
  EventFile(const std::filesystem::path& folder, int64_t first_step);
  ~EventFile();
  EventFile(const EventFile&) = delete;
  EventFile& operator=(const EventFile&) = delete;

  // Written through to the operating system at once. Throws base::Error if it cannot be written.
  void Add(const std::string& tag, double value, int64_t step);

  const std::filesystem::path& path() const { return path_; }

 private:
  void Write(const std::string& event);

  std::filesystem::path path_;
  std::FILE* file_;
};

}  // namespace figment::files
