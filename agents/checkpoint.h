// Checkpoints of training: everything that a run needs to go on as if it had not stopped.
//
// One safetensors file: the tensors, and in its metadata `format`, `config` (a JSON object: what was trained, and how),
// `config_sha256` and `state` (JSON: counters, schedules, random states).
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "agents/named_tensors.h"

namespace figment::agents {

struct Checkpoint {
  NamedTensors tensors;
  nlohmann::ordered_json config, state;
};

// Atomic; replaces what is there. Tensors are written as 32-bit floats.
void WriteCheckpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

// Throws base::Error that names the file if it is none, is damaged, or its config is not the one it was written with.
Checkpoint ReadCheckpoint(const std::filesystem::path& path);

// Copies tensors by name. Throws base::Error naming `source` if one is missing or has another shape.
void CopyTensors(const NamedTensors& from, const std::string& prefix, const NamedTensors& to, const std::string& source);

// Throws base::Error that names every field in which the two configs differ, and both values.
void RequireSameConfig(const std::filesystem::path& path, const nlohmann::ordered_json& saved,
                       const nlohmann::ordered_json& now);

}  // namespace figment::agents
