// HDF5 files: a writer that builds a file in memory, and a reader. Needs HDF5 1.10; so do the files (h5py reads them).
//
// Paths are like "frames/0003/objects/positions"; missing groups on the way are made. Arrays are row-major. The same
// calls give the same bytes: no times are stored and nothing depends on the clock or on addresses. One thread at a
// time.
//
// The types a file can hold and how h5py shows them: float, double, int32_t, int64_t, uint8_t, uint16_t as the NumPy
// types of those names; bool as NumPy's bool; a text as a variable-length string (bytes, or str with .asstr()); a list
// of texts as fixed-length bytes (dtype S).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace figment::files {

enum class Hdf5Type { kFloat, kDouble, kInt32, kInt64, kUint8, kUint16, kBool, kString, kOther };

const char* NameOf(Hdf5Type type);  // "float32", "string", ...

using Hdf5Shape = std::vector<int64_t>;  // empty = a scalar

enum class Hdf5Compression {
  kNone,
  kGzip,  // no byte shuffling; arrays under 1 kB are stored plain, because it gains nothing there
  kGzipByChannel,  // [..., C]: as kGzip, but each of the C values apart, for those that compress very differently
};

class Hdf5Writer {
 public:
  Hdf5Writer();
  ~Hdf5Writer();
  Hdf5Writer(const Hdf5Writer&) = delete;
  Hdf5Writer& operator=(const Hdf5Writer&) = delete;

  void MakeGroup(const std::string& path);  // an empty group; no error if it is there

  // A dataset of any shape; the number of values must be the product of the shape. Writing a path twice is a bug.
  void Write(const std::string& path, std::span<const float> values, const Hdf5Shape& shape,
             Hdf5Compression compression = Hdf5Compression::kNone);
  void Write(const std::string& path, std::span<const double> values, const Hdf5Shape& shape,
             Hdf5Compression compression = Hdf5Compression::kNone);
  void Write(const std::string& path, std::span<const int32_t> values, const Hdf5Shape& shape,
             Hdf5Compression compression = Hdf5Compression::kNone);
  void Write(const std::string& path, std::span<const int64_t> values, const Hdf5Shape& shape,
             Hdf5Compression compression = Hdf5Compression::kNone);
  void Write(const std::string& path, std::span<const uint8_t> values, const Hdf5Shape& shape,
             Hdf5Compression compression = Hdf5Compression::kNone);
  void Write(const std::string& path, std::span<const uint16_t> values, const Hdf5Shape& shape,
             Hdf5Compression compression = Hdf5Compression::kNone);

  template <class T>
  void WriteScalar(const std::string& path, T value) {
    Write(path, std::span<const T>(&value, 1), {});
  }
  void WriteBool(const std::string& path, bool value);
  void WriteBools(const std::string& path, const std::vector<bool>& values);  // [N]
  void WriteString(const std::string& path, const std::string& text);
  void WriteStrings(const std::string& path, std::span<const std::string> texts);  // [N], padded to the longest

  // Ends the file and returns its bytes; nothing can be written after it.
  std::vector<uint8_t> Finish();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Every error (no such file, not HDF5, truncated, no such dataset, another type or shape) is a base::Error that names
// the file and the path in it.
class Hdf5Reader {
 public:
  explicit Hdf5Reader(const std::filesystem::path& file);
  ~Hdf5Reader();
  Hdf5Reader(const Hdf5Reader&) = delete;
  Hdf5Reader& operator=(const Hdf5Reader&) = delete;

  bool Has(const std::string& path) const;
  std::vector<std::string> Children(const std::string& group) const;  // by name; "" or "/" is the root
  bool IsGroup(const std::string& path) const;

  Hdf5Type Type(const std::string& path) const;
  Hdf5Shape Shape(const std::string& path) const;

  // All values of a dataset, converted to T: float or double from any number; integers and bool from integers and bool.
  // T: float, double, int32_t, int64_t, uint8_t, uint16_t.
  template <class T>
  std::vector<T> Read(const std::string& path) const;

  template <class T>
  T ReadScalar(const std::string& path) const;  // of a scalar or a one-element array

  std::string ReadString(const std::string& path) const;                // of any kind of string
  std::vector<std::string> ReadStrings(const std::string& path) const;  // without padding

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace figment::files
