// Tensors in a file: the safetensors format. Eight bytes with the length of a JSON header, the header with each tensor's
// type, shape and place, then the raw numbers, little-endian. Nothing in such a file is ever executed.
// Format: https://github.com/huggingface/safetensors
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace figment::files {

struct SavedTensor {
  std::string name;
  std::string type;            // "F32", "F64", "F16", "BF16", "I64", "I32", "I16", "I8", "U8", "BOOL"
  std::vector<int64_t> shape;  // empty = a scalar
  std::vector<uint8_t> bytes;
};

struct SavedTensors {
  std::vector<SavedTensor> tensors;             // in the order of the file
  std::map<std::string, std::string> metadata;  // texts of the writer's own

  const SavedTensor* Find(const std::string& name) const;  // nullptr if there is none
};

// Makes a tensor of 32-bit floats.
SavedTensor FloatTensor(std::string name, std::vector<int64_t> shape, std::span<const float> values);
SavedTensor DoubleTensor(std::string name, std::vector<int64_t> shape, std::span<const double> values);

// The numbers of a tensor, whose type and shape must be these. Throws base::Error naming `source` otherwise; -1 in
// the shape stands for any size.
std::vector<float> Floats(const SavedTensor* tensor, const std::string& name, const std::vector<int64_t>& shape,
                          const std::string& source);
std::vector<double> Doubles(const SavedTensor* tensor, const std::string& name, const std::vector<int64_t>& shape,
                            const std::string& source);

// Atomic. Names must differ, and bytes fit type and shape: our bug otherwise.
void WriteSafetensors(const std::filesystem::path& path, const SavedTensors& tensors);

// Throws base::Error that names the file if it is not complete and consistent: header, types, sizes, places without gaps
// or overlaps.
SavedTensors ReadSafetensors(const std::filesystem::path& path);

}  // namespace figment::files
