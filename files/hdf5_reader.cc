#include <fcntl.h>

#include <algorithm>
#include <type_traits>

#include "base/error.h"
#include "files/claimed_size.h"
#include "files/descriptor.h"
#include "files/hdf5_id.h"

namespace figment::files {
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

class Hdf5Reader::Impl {
 public:
  explicit Impl(const std::filesystem::path& file) : name_(file.string()) {
    SilenceHdf5();
    { const Descriptor readable(file, O_RDONLY, "read"); }
    const Id access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    // Locks fail on some network file systems and protect nothing here: finished files never change.
    H5Pset_file_locking(access, false, true);
    file_ = Id(H5Fopen(name_.c_str(), H5F_ACC_RDONLY, access), H5Fclose);
    if (!file_.valid()) throw base::Error(name_ + " is not a whole HDF5 file: " + Hdf5Reason());
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
    if (H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, append, &names) < 0) throw Failure(path, Hdf5Reason());
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

  size_t CountOf(const std::string& path, hid_t dataset) const {
    const Id type(H5Dget_type(dataset), H5Tclose);
    double count = 1;
    for (const int64_t size : Shape(dataset)) count *= static_cast<double>(size);
    if (!MayHold(name_, count * static_cast<double>(H5Tget_size(type))))
      throw Failure(path, "claims more values than the file can hold: it is damaged");
    return static_cast<size_t>(count);
  }

  void ReadInto(const std::string& path, hid_t dataset, hid_t memory_type, void* values) const {
    if (H5Dread(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) throw Failure(path, Hdf5Reason());
  }

  std::vector<std::string> ReadTexts(const std::string& path) const {
    const Id dataset = OpenDataset(path);
    const Id type(H5Dget_type(dataset), H5Tclose);
    if (H5Tget_class(type) != H5T_STRING) throw Failure(path, "holds no texts");
    const size_t count = CountOf(path, dataset);
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
    if (!object.valid()) throw Failure(path, "cannot be read: " + Hdf5Reason());
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

  std::vector<T> values(impl_->CountOf(path, dataset));
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
