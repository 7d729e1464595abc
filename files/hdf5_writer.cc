#include <libdeflate.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "files/hdf5_id.h"

namespace figment::files {
namespace {

void CheckOk(herr_t status) { Checked(status); }

Id StringType(size_t size) {
  Id type(Checked(H5Tcopy(H5T_C_S1)), H5Tclose);
  CheckOk(H5Tset_size(type, size));
  if (size != H5T_VARIABLE) CheckOk(H5Tset_strpad(type, H5T_STR_NULLPAD));
  if (size == H5T_VARIABLE) CheckOk(H5Tset_cset(type, H5T_CSET_UTF8));
  return type;
}

// The file is little-endian, and compressed values go into it as they lie in memory.
static_assert(std::endian::native == std::endian::little);

template <class T> hid_t FileType();
template <> hid_t FileType<float>() { return H5T_IEEE_F32LE; }
template <> hid_t FileType<double>() { return H5T_IEEE_F64LE; }
template <> hid_t FileType<int32_t>() { return H5T_STD_I32LE; }
template <> hid_t FileType<int64_t>() { return H5T_STD_I64LE; }
template <> hid_t FileType<uint8_t>() { return H5T_STD_U8LE; }
template <> hid_t FileType<uint16_t>() { return H5T_STD_U16LE; }

Id MakeSpace(const Hdf5Shape& shape) {
  if (shape.empty()) return Id(Checked(H5Screate(H5S_SCALAR)), H5Sclose);
  const std::vector<hsize_t> sizes(shape.begin(), shape.end());
  return Id(Checked(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr)), H5Sclose);
}

}  // namespace

class Hdf5Writer::Impl {
 public:
  Impl() {
    SilenceHdf5();
    // In memory, grown by 4 MiB; nothing reaches a disk.
    constexpr size_t kGrowth = size_t{4} << 20;
    const Id access(Checked(H5Pcreate(H5P_FILE_ACCESS)), H5Pclose);
    CheckOk(H5Pset_fapl_core(access, kGrowth, false));
    file_ = Id(Checked(H5Fcreate("figment.hdf5", H5F_ACC_TRUNC, H5P_DEFAULT, access)), H5Fclose);
    // What is in the file has the format of 1.10: small headers, one chunk without a B-tree. The file's own header,
    // made above, has the oldest: in the newer ones the image that Finish takes carries a wrong check sum (HDF5 1.10.8
    // clears the mark "open for writing" after computing it).
    CheckOk(H5Fset_libver_bounds(file_, H5F_LIBVER_V110, H5F_LIBVER_V110));

    link_ = Id(Checked(H5Pcreate(H5P_LINK_CREATE)), H5Pclose);
    CheckOk(H5Pset_create_intermediate_group(link_, 1));
    group_creation_ = Id(Checked(H5Pcreate(H5P_GROUP_CREATE)), H5Pclose);
    SetLinkStorage(group_creation_);
    contiguous_ = DatasetCreation(H5D_CONTIGUOUS);
    compact_ = DatasetCreation(H5D_COMPACT);
    // Every value is written, so none is filled in before. (Texts are references and must be.)
    CheckOk(H5Pset_fill_time(contiguous_, H5D_FILL_TIME_NEVER));
    CheckOk(H5Pset_fill_time(compact_, H5D_FILL_TIME_NEVER));
    text_ = DatasetCreation(H5D_CONTIGUOUS);
  }

  void MakeGroup(const std::string& path) { OpenGroup(path); }

  template <class T>
  void Write(const std::string& path, std::span<const T> values, const Hdf5Shape& shape, Hdf5Compression compression) {
    CHECK_EQ(static_cast<int64_t>(values.size()), NumberOfValues(shape));
    Write(path, FileType<T>(), MemoryType<T>(), sizeof(T), values.data(), shape, compression);
  }

  void Write(const std::string& path, hid_t file_type, hid_t memory_type, size_t value_size, const void* values,
             const Hdf5Shape& shape, Hdf5Compression compression) {
    const size_t size = value_size * static_cast<size_t>(NumberOfValues(shape));
    // Up to here a dataset lies inside its own header: one piece less to allocate and to read.
    constexpr size_t kCompactLimit = 2048;
    constexpr size_t kGzipLimit = 1024;
    if (compression != Hdf5Compression::kNone && size >= kGzipLimit) {
      WriteGzip(path, file_type, value_size, values, shape, compression);
      return;
    }
    const Id dataset = MakeDataset(path, file_type, shape, size <= kCompactLimit ? compact_ : contiguous_);
    if (size > 0) CheckOk(H5Dwrite(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
  }

  void WriteText(const std::string& path, const std::string& text) {
    const Id type = StringType(H5T_VARIABLE);
    const Id dataset = MakeDataset(path, type, {}, text_);
    const char* const value = text.c_str();
    CheckOk(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, &value));
  }

  std::vector<uint8_t> Finish() {
    group_.Reset();
    CheckOk(H5Fflush(file_, H5F_SCOPE_GLOBAL));
    const ssize_t size = H5Fget_file_image(file_, nullptr, 0);
    CHECK_GT(size, 0);
    std::vector<uint8_t> bytes(static_cast<size_t>(size));
    CHECK_EQ(H5Fget_file_image(file_, bytes.data(), bytes.size()), size);
    file_.Reset();
    return bytes;
  }

 private:
  // Links stay in the group's header, up to this many; the alternative (a heap and a B-tree) takes kilobytes a group.
  static void SetLinkStorage(hid_t group_creation) {
    constexpr unsigned kMostCompactLinks = 4096;
    CheckOk(H5Pset_link_phase_change(group_creation, kMostCompactLinks, kMostCompactLinks - 1));
    CheckOk(H5Pset_obj_track_times(group_creation, false));
  }

  static Id DatasetCreation(H5D_layout_t layout) {
    Id creation(Checked(H5Pcreate(H5P_DATASET_CREATE)), H5Pclose);
    CheckOk(H5Pset_layout(creation, layout));
    CheckOk(H5Pset_obj_track_times(creation, false));
    return creation;
  }

  // Keeps the last group open, because datasets come group by group.
  hid_t OpenGroup(const std::string& path) {
    if (path.empty()) return file_;
    if (group_.valid() && path == group_path_) return group_;
    group_.Reset();
    const size_t slash = path.rfind('/');
    if (slash != std::string::npos) OpenGroup(path.substr(0, slash));
    const bool exists = Checked(H5Lexists(file_, path.c_str(), H5P_DEFAULT)) > 0;
    group_ = exists ? Id(Checked(H5Gopen2(file_, path.c_str(), H5P_DEFAULT)), H5Gclose)
                    : Id(Checked(H5Gcreate2(file_, path.c_str(), link_, group_creation_, H5P_DEFAULT)), H5Gclose);
    group_path_ = path;
    return group_;
  }

  Id MakeDataset(const std::string& path, hid_t type, const Hdf5Shape& shape, hid_t creation) {
    const size_t slash = path.rfind('/');
    const hid_t group = OpenGroup(slash == std::string::npos ? "" : path.substr(0, slash));
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    const Id space = MakeSpace(shape);
    return Id(Checked(H5Dcreate2(group, name.c_str(), type, space, H5P_DEFAULT, creation, H5P_DEFAULT)), H5Dclose);
  }

  // Compressed by us: several times faster than the library's own filter. One chunk, or one a channel.
  void WriteGzip(const std::string& path, hid_t type, size_t value_size, const void* values, const Hdf5Shape& shape,
                 Hdf5Compression compression) {
    const bool by_channel = compression == Hdf5Compression::kGzipByChannel;
    const Id creation = DatasetCreation(H5D_CHUNKED);
    std::vector<hsize_t> chunk(shape.begin(), shape.end());
    const hsize_t channels = by_channel ? std::exchange(chunk.back(), hsize_t{1}) : 1;
    CheckOk(H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data()));
    CheckOk(H5Pset_deflate(creation, kGzipLevel));
    const Id dataset = MakeDataset(path, type, shape, creation);

    const size_t count = static_cast<size_t>(NumberOfValues(shape)) / channels;
    std::vector<hsize_t> origin(shape.size(), 0);
    for (hsize_t channel = 0; channel < channels; ++channel) {
      origin.back() = channel;
      const void* part = by_channel ? GatherChannel(values, value_size, count, channels, channel) : values;
      WriteGzipChunk(dataset, origin, part, count * value_size);
    }
  }

  // Every `channels`-th value, from the `channel`-th on.
  const void* GatherChannel(const void* values, size_t value_size, size_t count, size_t channels, size_t channel) {
    gathered_.resize(count * value_size);
    const auto* from = static_cast<const uint8_t*>(values) + channel * value_size;
    if (value_size == 1) {  // pictures
      for (size_t i = 0; i < count; ++i) gathered_[i] = from[i * channels];
    } else {
      for (size_t i = 0; i < count; ++i)
        std::memcpy(&gathered_[i * value_size], from + i * channels * value_size, value_size);
    }
    return gathered_.data();
  }

  void WriteGzipChunk(hid_t dataset, const std::vector<hsize_t>& origin, const void* values, size_t size) {
    compressed_.resize(libdeflate_zlib_compress_bound(compressor_.get(), size));
    const size_t compressed_size =
        libdeflate_zlib_compress(compressor_.get(), values, size, compressed_.data(), compressed_.size());
    CHECK_GT(compressed_size, 0u);
    CheckOk(H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, origin.data(), compressed_size, compressed_.data()));
  }

  static constexpr int kGzipLevel = 4;  // h5py's default for compression="gzip"
  std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor_{
      libdeflate_alloc_compressor(kGzipLevel), libdeflate_free_compressor};
  std::vector<uint8_t> compressed_, gathered_;

  Id file_, link_, group_creation_, contiguous_, compact_, text_;
  Id group_;  // closed before the file
  std::string group_path_;
};

Hdf5Writer::Hdf5Writer() : impl_(std::make_unique<Impl>()) {}
Hdf5Writer::~Hdf5Writer() = default;

void Hdf5Writer::MakeGroup(const std::string& path) { impl_->MakeGroup(path); }

std::vector<uint8_t> Hdf5Writer::Finish() { return impl_->Finish(); }

void Hdf5Writer::WriteBool(const std::string& path, bool value) {
  const Id type = BoolType();
  const int8_t byte = value ? 1 : 0;
  impl_->Write(path, type, type, 1, &byte, {}, Hdf5Compression::kNone);
}

void Hdf5Writer::WriteBools(const std::string& path, const std::vector<bool>& values) {
  const Id type = BoolType();
  const std::vector<int8_t> bytes(values.begin(), values.end());
  impl_->Write(path, type, type, 1, bytes.data(), {static_cast<int64_t>(bytes.size())}, Hdf5Compression::kNone);
}

void Hdf5Writer::WriteString(const std::string& path, const std::string& text) { impl_->WriteText(path, text); }

void Hdf5Writer::WriteStrings(const std::string& path, std::span<const std::string> texts) {
  size_t width = 1;
  for (const std::string& text : texts) width = std::max(width, text.size());
  std::string padded;
  for (const std::string& text : texts) padded += text + std::string(width - text.size(), '\0');
  const Id type = StringType(width);
  impl_->Write(path, type, type, width, padded.data(), {static_cast<int64_t>(texts.size())}, Hdf5Compression::kNone);
}

void Hdf5Writer::Write(const std::string& path, std::span<const float> values, const Hdf5Shape& shape,
                       Hdf5Compression compression) {
  impl_->Write(path, values, shape, compression);
}
void Hdf5Writer::Write(const std::string& path, std::span<const double> values, const Hdf5Shape& shape,
                       Hdf5Compression compression) {
  impl_->Write(path, values, shape, compression);
}
void Hdf5Writer::Write(const std::string& path, std::span<const int32_t> values, const Hdf5Shape& shape,
                       Hdf5Compression compression) {
  impl_->Write(path, values, shape, compression);
}
void Hdf5Writer::Write(const std::string& path, std::span<const int64_t> values, const Hdf5Shape& shape,
                       Hdf5Compression compression) {
  impl_->Write(path, values, shape, compression);
}
void Hdf5Writer::Write(const std::string& path, std::span<const uint8_t> values, const Hdf5Shape& shape,
                       Hdf5Compression compression) {
  impl_->Write(path, values, shape, compression);
}
void Hdf5Writer::Write(const std::string& path, std::span<const uint16_t> values, const Hdf5Shape& shape,
                       Hdf5Compression compression) {
  impl_->Write(path, values, shape, compression);
}

}  // namespace figment::files
