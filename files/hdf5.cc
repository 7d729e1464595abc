#include "files/hdf5.h"

#include <fcntl.h>
#include <hdf5.h>
#include <libdeflate.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "files/descriptor.h"

namespace figment::files {
namespace {

// The library prints its own errors unless told otherwise; ours carry its reason in their text.
void SilenceLibrary() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

// What went wrong innermost, in the library's words.
std::string LibraryReason() {
  std::string reason;
  const auto keep_first = [](unsigned, const H5E_error2_t* error, void* out) -> herr_t {
    auto* text = static_cast<std::string*>(out);
    if (text->empty() && error->desc) *text = error->desc;
    return 0;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &reason);
  return reason.empty() ? "unknown reason" : reason;
}

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

// In a writer nothing but a wrong call of ours or lack of memory can fail.
hid_t Checked(hid_t id) {
  if (id < 0) base::CheckFailed(__FILE__, __LINE__, "HDF5: " + LibraryReason());
  return id;
}
void CheckOk(herr_t status) { Checked(status); }

// NumPy's bool as h5py stores and recognises it: an enumeration of bytes.
Id BoolType() {
  Id type(Checked(H5Tenum_create(H5T_STD_I8LE)), H5Tclose);
  for (const auto& [name, value] : {std::pair("FALSE", int8_t{0}), std::pair("TRUE", int8_t{1})})
    CheckOk(H5Tenum_insert(type, name, &value));
  return type;
}

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

template <class T> hid_t MemoryType();
template <> hid_t MemoryType<float>() { return H5T_NATIVE_FLOAT; }
template <> hid_t MemoryType<double>() { return H5T_NATIVE_DOUBLE; }
template <> hid_t MemoryType<int32_t>() { return H5T_NATIVE_INT32; }
template <> hid_t MemoryType<int64_t>() { return H5T_NATIVE_INT64; }
template <> hid_t MemoryType<uint8_t>() { return H5T_NATIVE_UINT8; }
template <> hid_t MemoryType<uint16_t>() { return H5T_NATIVE_UINT16; }

int64_t NumberOfValues(const Hdf5Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
}

Id MakeSpace(const Hdf5Shape& shape) {
  if (shape.empty()) return Id(Checked(H5Screate(H5S_SCALAR)), H5Sclose);
  const std::vector<hsize_t> sizes(shape.begin(), shape.end());
  return Id(Checked(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr)), H5Sclose);
}

}  // namespace

// --- Writer

class Hdf5Writer::Impl {
 public:
  Impl() {
    SilenceLibrary();
    // In memory, grown by 4 MiB; nothing reaches a disk.
    constexpr size_t kGrowth = size_t{4} << 20;
    const Id access(Checked(H5Pcreate(H5P_FILE_ACCESS)), H5Pclose);
    CheckOk(H5Pset_fapl_core(access, kGrowth, false));
    file_ = Id(Checked(H5Fcreate("figment.hdf5", H5F_ACC_TRUNC, H5P_DEFAULT, access)), H5Fclose);
    // What is in the file has the format of 1.10: small headers, one chunk without a B-tree. The file's own header, made
    // above, has the oldest: in the newer ones the image that Finish takes carries a wrong check sum (HDF5 1.10.8 clears
    // the mark "open for writing" after computing it).
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
    if (compression == Hdf5Compression::kGzip && size >= kGzipLimit) return WriteGzip(path, file_type, values, size, shape);
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

  // The whole array is one chunk, compressed by us: several times faster than the library's own filter.
  void WriteGzip(const std::string& path, hid_t type, const void* values, size_t size, const Hdf5Shape& shape) {
    constexpr int kLevel = 4;  // h5py's default for compression="gzip"
    const Id creation = DatasetCreation(H5D_CHUNKED);
    const std::vector<hsize_t> chunk(shape.begin(), shape.end());
    CheckOk(H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data()));
    CheckOk(H5Pset_deflate(creation, kLevel));
    const Id dataset = MakeDataset(path, type, shape, creation);

    const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
        libdeflate_alloc_compressor(kLevel), libdeflate_free_compressor);
    compressed_.resize(libdeflate_zlib_compress_bound(compressor.get(), size));
    const size_t compressed_size =
        libdeflate_zlib_compress(compressor.get(), values, size, compressed_.data(), compressed_.size());
    CHECK_GT(compressed_size, 0u);
    const std::vector<hsize_t> origin(shape.size(), 0);
    CheckOk(H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, origin.data(), compressed_size, compressed_.data()));
  }

  Id file_, link_, group_creation_, contiguous_, compact_, text_;
  Id group_;  // closed before the file
  std::string group_path_;
  std::vector<uint8_t> compressed_;
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

// --- Reader

class Hdf5Reader::Impl {
 public:
  explicit Impl(const std::filesystem::path& file) : name_(file.string()) {
    SilenceLibrary();
    { const Descriptor readable(file, O_RDONLY, "read"); }
    const Id access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    // Locks fail on some network file systems and protect nothing here: finished files never change.
    H5Pset_file_locking(access, false, true);
    file_ = Id(H5Fopen(name_.c_str(), H5F_ACC_RDONLY, access), H5Fclose);
    if (!file_.valid()) throw base::Error(name_ + " is not a whole HDF5 file: " + LibraryReason());
  }

  bool Has(const std::string& path) const {
    // Every group on the way must be asked for: the library treats a missing one as an error.
    for (size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1))
      if (!HasLink(path.substr(0, slash))) return false;
    return path.empty() || path == "/" || HasLink(path);
  }

  bool IsGroup(const std::string& path) const {
    const Id object = OpenObject(path);
    return H5Iget_type(object) == H5I_GROUP;
  }

  std::vector<std::string> Children(const std::string& path) const {
    const Id group = OpenObject(path);
    if (H5Iget_type(group) != H5I_GROUP) throw Failure(path, "is no group");
    std::vector<std::string> names;
    const auto append = [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
      static_cast<std::vector<std::string>*>(out)->push_back(name);
      return 0;
    };
    if (H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, append, &names) < 0) throw Failure(path, LibraryReason());
    return names;
  }

  Id OpenDataset(const std::string& path) const {
    Id object = OpenObject(path);
    if (H5Iget_type(object) != H5I_DATASET) throw Failure(path, "is no dataset");
    return object;
  }

  Hdf5Shape Shape(hid_t dataset) const {
    const Id space(H5Dget_space(dataset), H5Sclose);
    std::vector<hsize_t> sizes(static_cast<size_t>(std::max(H5Sget_simple_extent_ndims(space), 0)));
    H5Sget_simple_extent_dims(space, sizes.data(), nullptr);
    return Hdf5Shape(sizes.begin(), sizes.end());
  }

  void ReadInto(const std::string& path, hid_t dataset, hid_t memory_type, void* values) const {
    if (H5Dread(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) throw Failure(path, LibraryReason());
  }

  std::vector<std::string> ReadTexts(const std::string& path) const {
    const Id dataset = OpenDataset(path);
    const Id type(H5Dget_type(dataset), H5Tclose);
    if (H5Tget_class(type) != H5T_STRING) throw Failure(path, "holds no texts");
    const auto count = static_cast<size_t>(NumberOfValues(Shape(dataset)));
    if (count == 0) return {};
    return H5Tis_variable_str(type) > 0 ? ReadVariableTexts(path, dataset, type, count)
                                        : ReadFixedTexts(path, dataset, type, count);
  }

  base::Error Failure(const std::string& path, const std::string& what) const {
    return base::Error(name_ + ": '" + path + "' " + what);
  }

 private:
  bool HasLink(const std::string& path) const { return H5Lexists(file_, path.c_str(), H5P_DEFAULT) > 0; }

  Id OpenObject(const std::string& path) const {
    if (!Has(path)) throw Failure(path, "is not there");
    Id object(H5Oopen(file_, path.empty() ? "/" : path.c_str(), H5P_DEFAULT), H5Oclose);
    if (!object.valid()) throw Failure(path, "cannot be read: " + LibraryReason());
    return object;
  }

  std::vector<std::string> ReadFixedTexts(const std::string& path, hid_t dataset, hid_t type, size_t count) const {
    const size_t width = H5Tget_size(type);
    std::string padded(width * count, '\0');
    ReadInto(path, dataset, type, padded.data());
    std::vector<std::string> texts;
    for (size_t i = 0; i < count; ++i) {
      const std::string text = padded.substr(i * width, width);
      texts.push_back(text.substr(0, text.find('\0')));
    }
    return texts;
  }

  std::vector<std::string> ReadVariableTexts(const std::string& path, hid_t dataset, hid_t type, size_t count) const {
    std::vector<char*> pointers(count, nullptr);
    ReadInto(path, dataset, type, pointers.data());
    std::vector<std::string> texts;
    for (const char* text : pointers) texts.push_back(text ? text : "");
    const Id space(H5Dget_space(dataset), H5Sclose);
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, pointers.data());
    return texts;
  }

  std::string name_;
  Id file_;
};

namespace {

Hdf5Type TypeOf(hid_t type) {
  for (const auto& [known, native] : {std::pair(Hdf5Type::kFloat, H5T_NATIVE_FLOAT),
                                      std::pair(Hdf5Type::kDouble, H5T_NATIVE_DOUBLE),
                                      std::pair(Hdf5Type::kInt32, H5T_NATIVE_INT32),
                                      std::pair(Hdf5Type::kInt64, H5T_NATIVE_INT64),
                                      std::pair(Hdf5Type::kUint8, H5T_NATIVE_UINT8),
                                      std::pair(Hdf5Type::kUint16, H5T_NATIVE_UINT16)})
    if (H5Tequal(type, native) > 0) return known;
  if (H5Tequal(type, BoolType()) > 0) return Hdf5Type::kBool;
  return H5Tget_class(type) == H5T_STRING ? Hdf5Type::kString : Hdf5Type::kOther;
}

}  // namespace

const char* NameOf(Hdf5Type type) {
  switch (type) {
    case Hdf5Type::kFloat: return "float32";
    case Hdf5Type::kDouble: return "float64";
    case Hdf5Type::kInt32: return "int32";
    case Hdf5Type::kInt64: return "int64";
    case Hdf5Type::kUint8: return "uint8";
    case Hdf5Type::kUint16: return "uint16";
    case Hdf5Type::kBool: return "bool";
    case Hdf5Type::kString: return "string";
    case Hdf5Type::kOther: return "another type";
  }
  return "";
}

Hdf5Reader::Hdf5Reader(const std::filesystem::path& file) : impl_(std::make_unique<Impl>(file)) {}
Hdf5Reader::~Hdf5Reader() = default;

bool Hdf5Reader::Has(const std::string& path) const { return impl_->Has(path); }
bool Hdf5Reader::IsGroup(const std::string& path) const { return impl_->IsGroup(path); }
std::vector<std::string> Hdf5Reader::Children(const std::string& group) const { return impl_->Children(group); }
Hdf5Shape Hdf5Reader::Shape(const std::string& path) const { return impl_->Shape(impl_->OpenDataset(path)); }
std::vector<std::string> Hdf5Reader::ReadStrings(const std::string& path) const { return impl_->ReadTexts(path); }

Hdf5Type Hdf5Reader::Type(const std::string& path) const {
  const Id dataset = impl_->OpenDataset(path);
  return TypeOf(Id(H5Dget_type(dataset), H5Tclose));
}

template <class T>
std::vector<T> Hdf5Reader::Read(const std::string& path) const {
  const Id dataset = impl_->OpenDataset(path);
  const Id type(H5Dget_type(dataset), H5Tclose);
  const H5T_class_t kind = H5Tget_class(type);
  const bool is_bool = TypeOf(type) == Hdf5Type::kBool;
  const bool fits = kind == H5T_INTEGER || is_bool || (kind == H5T_FLOAT && std::is_floating_point_v<T>);
  if (!fits) throw impl_->Failure(path, std::string("holds ") + NameOf(TypeOf(type)) + ", not what is asked for");

  std::vector<T> values(static_cast<size_t>(NumberOfValues(impl_->Shape(dataset))));
  if (!is_bool) {
    if (!values.empty()) impl_->ReadInto(path, dataset, MemoryType<T>(), values.data());
    return values;
  }
  // An enumeration converts to itself only.
  std::vector<int8_t> bytes(values.size());
  if (!bytes.empty()) impl_->ReadInto(path, dataset, type, bytes.data());
  std::copy(bytes.begin(), bytes.end(), values.begin());
  return values;
}

template <class T>
T Hdf5Reader::ReadScalar(const std::string& path) const {
  const std::vector<T> values = Read<T>(path);
  if (values.size() != 1) throw impl_->Failure(path, "holds " + std::to_string(values.size()) + " values, not one");
  return values[0];
}

std::string Hdf5Reader::ReadString(const std::string& path) const {
  const std::vector<std::string> texts = impl_->ReadTexts(path);
  if (texts.size() != 1) throw impl_->Failure(path, "holds " + std::to_string(texts.size()) + " texts, not one");
  return texts[0];
}

template std::vector<float> Hdf5Reader::Read<float>(const std::string&) const;
template std::vector<double> Hdf5Reader::Read<double>(const std::string&) const;
template std::vector<int32_t> Hdf5Reader::Read<int32_t>(const std::string&) const;
template std::vector<int64_t> Hdf5Reader::Read<int64_t>(const std::string&) const;
template std::vector<uint8_t> Hdf5Reader::Read<uint8_t>(const std::string&) const;
template std::vector<uint16_t> Hdf5Reader::Read<uint16_t>(const std::string&) const;
template float Hdf5Reader::ReadScalar<float>(const std::string&) const;
template double Hdf5Reader::ReadScalar<double>(const std::string&) const;
template int32_t Hdf5Reader::ReadScalar<int32_t>(const std::string&) const;
template int64_t Hdf5Reader::ReadScalar<int64_t>(const std::string&) const;
template uint8_t Hdf5Reader::ReadScalar<uint8_t>(const std::string&) const;
template uint16_t Hdf5Reader::ReadScalar<uint16_t>(const std::string&) const;

}  // namespace figment::files
