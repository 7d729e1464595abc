// NumPy's array files: .npy, and .npz (a zip of them, stored or deflated), read and written without Python.
//
// Format versions 1 to 3, little-endian, in C or Fortran order (turned into C order while reading). Object arrays hold
// a Python pickle, which may run any program when it is loaded: they are refused, never decoded. Every error is a
// base::Error that names the file and, in an .npz, the array.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace figment::files {

enum class NpyType { kFloat32, kFloat64, kInt32, kInt64, kUint8, kBool, kText };

struct NpyArray {
  NpyType type = NpyType::kFloat64;
  std::vector<int64_t> shape;       // empty = a scalar
  std::vector<uint8_t> bytes;       // of the values, row-major; not for texts
  std::vector<std::string> texts;   // of an array of strings (U or S), row-major, as UTF-8

  // The values converted to T (float, double, int32_t, int64_t, uint8_t): floats from any number; integers from
  // integers and bool. Throws base::Error naming `source` for texts and for floats that are asked for as integers.
  template <class T>
  std::vector<T> Values(const std::string& source) const;
};

NpyArray DecodeNpy(std::string_view bytes, const std::string& source);
NpyArray ReadNpy(const std::filesystem::path& path);

// The bytes before the values in a version 1 file, for who writes the values piece by piece, row-major.
template <class T>
std::vector<uint8_t> NpyHeader(const std::vector<int64_t>& shape);

// The bytes of a version 1 file. T: float, double, int32_t, int64_t, uint8_t.
template <class T>
std::vector<uint8_t> EncodeNpy(std::span<const T> values, const std::vector<int64_t>& shape);

// Opens the file and reads its table of contents; arrays are read one at a time.
class NpzReader {
 public:
  explicit NpzReader(const std::filesystem::path& path);
  ~NpzReader();

  bool Has(const std::string& name) const;   // without ".npy"
  std::vector<std::string> Names() const;    // in the order of the file
  NpyArray Read(const std::string& name) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The bytes of an .npz of encoded arrays (EncodeNpy), stored without compression and without times. Under 4 GB.
std::vector<uint8_t> EncodeNpz(std::span<const std::pair<std::string, std::vector<uint8_t>>> arrays);

// The file starts like a Python pickle, or is named like one.
bool LooksLikePickle(const std::filesystem::path& path);
// "FILE holds a Python pickle ...", for the caller to throw.
base::Error PickleRefused(const std::string& source);

}  // namespace figment::files
