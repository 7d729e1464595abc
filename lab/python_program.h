// A Python script that a benchmark compares with: it reads a line of JSON, answers it with one, and so on.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "base/process.h"

namespace figment::lab {

class PythonProgram {
 public:
  // Starts `script` in a process of its own and sends `first`, which is answered by {"version": ...}. It is not present
  // if either path is missing, or if no such answer comes, because what it needs is not installed.
  PythonProgram(const std::filesystem::path& python, const std::filesystem::path& script, const nlohmann::json& first,
                const base::Process::Environment& environment = {});

  bool present() const { return process_.has_value(); }
  const std::string& version() const { return version_; }

  // Throws base::Error naming the script if it ends, or answers with anything but JSON. It must be present (CHECKed).
  nlohmann::json Ask(const nlohmann::json& request);

 private:
  std::optional<nlohmann::json> Exchange(const nlohmann::json& request);  // nothing without an answer in JSON

  std::filesystem::path script_;
  std::optional<base::Process> process_;
  std::string version_;
};

}  // namespace figment::lab
