// What the machine offers Figment: EGL devices, libraries and their versions, and what is missing with the line that
// installs it.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace figment::lab {

// {"figment", "machine": {...}, "devices": [...], "renderer": {...}, "libraries": {...}, "problems": [{what, fix}],
//  "notes": [...]}. "problems" is empty where everything a user needs works.
nlohmann::ordered_json Examine();

// The GPU path beside the software path: the same pictures of a Physion trial drawn by both, how far they differ, and
// frames a second; and the path into CUDA memory where the build has it. Problems as above: no GPU is one.
// Throws base::UsageError for what is no name of a device.
nlohmann::ordered_json ExamineGpu(const std::string& device = "gpu:0");

// The same as lines for people.
std::string ToText(const nlohmann::ordered_json& report);     // of Examine
std::string GpuToText(const nlohmann::ordered_json& report);  // of ExamineGpu

}  // namespace figment::lab
