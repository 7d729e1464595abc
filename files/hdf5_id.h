// What hdf5_writer.cc and hdf5_reader.cc share: identifiers that close themselves, types, and the library's error text.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <string>
#include <utility>

#include "files/hdf5.h"

namespace figment::files {

// An HDF5 identifier that closes itself.
class Id {
 public:
  using Close = herr_t (*)(hid_t);
  Id() = default;
  Id(hid_t id, Close close) : id_(id), close_(close) {}
  Id(Id&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
  Id& operator=(Id&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Id() { Reset(); }
  void Reset() {
    if (id_ >= 0) close_(id_);
    id_ = H5I_INVALID_HID;
  }
  bool valid() const { return id_ >= 0; }
  operator hid_t() const { return id_; }

 private:
  hid_t id_ = H5I_INVALID_HID;
  Close close_ = nullptr;
};

// The library prints its own errors unless told otherwise; ours carry its reason in their text.
void SilenceHdf5();

// What went wrong innermost, in the library's words.
std::string Hdf5Reason();

// Aborts with the library's reason if a call failed that only a bug of ours or lack of memory makes fail.
hid_t Checked(hid_t id);

// NumPy's bool as h5py stores and recognises it: an enumeration of bytes.
Id BoolType();

int64_t NumberOfValues(const Hdf5Shape& shape);

template <class T>
hid_t MemoryType();
template <> inline hid_t MemoryType<float>() { return H5T_NATIVE_FLOAT; }
template <> inline hid_t MemoryType<double>() { return H5T_NATIVE_DOUBLE; }
template <> inline hid_t MemoryType<int32_t>() { return H5T_NATIVE_INT32; }
template <> inline hid_t MemoryType<int64_t>() { return H5T_NATIVE_INT64; }
template <> inline hid_t MemoryType<uint8_t>() { return H5T_NATIVE_UINT8; }
template <> inline hid_t MemoryType<uint16_t>() { return H5T_NATIVE_UINT16; }

}  // namespace figment::files
