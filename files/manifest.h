// JSON lines: a file with one JSON value a line that is only ever appended to, such as a manifest of trials.
//
// A line counts once its newline is there. What a killed program leaves behind the last newline is dropped by the
// reader and cut off by the next append.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace figment::files {

// Appends one line and flushes it to the disk; makes the file if there is none. One writer a file. If it cannot be
// written the file is as before and an Error is thrown.
void AppendLine(const std::filesystem::path& path, const nlohmann::ordered_json& line);

struct JsonLines {
  std::vector<nlohmann::ordered_json> lines;
  bool dropped_unfinished_line = false;
};

// Throws Error: "manifest.jsonl:3: not valid JSON: ...". Empty lines are passed over.
JsonLines ReadJsonLines(const std::filesystem::path& path);

}  // namespace figment::files
