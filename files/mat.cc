#include "files/mat.h"

#include <matio.h>

#include <array>
#include <fstream>
#include <mutex>

#include "base/error.h"
#include "files/claimed_size.h"
#include "files/npy.h"

namespace figment::files {
namespace {

// The library tells of damage only through its log. One thread reads at a time.
std::string& LoggedError() {
  static thread_local std::string message;
  return message;
}

void KeepError(int level, char* message) {
  if (level & (MATIO_LOG_LEVEL_ERROR | MATIO_LOG_LEVEL_CRITICAL | MATIO_LOG_LEVEL_WARNING)) LoggedError() = message;
}

struct CloseFile {
  void operator()(mat_t* file) const { Mat_Close(file); }
};
struct FreeVariable {
  void operator()(matvar_t* variable) const { Mat_VarFree(variable); }
};

// The library takes a file of version 5 that was cut off for whole. Its elements say how long they are: the last one
// must end where the file does.
bool IsWholeVersion5(const std::string& name) {
  constexpr uint64_t kHeaderSize = 128;
  constexpr uint32_t kCompressed = 15;
  std::ifstream in(name, std::ios::binary | std::ios::ate);
  const auto size = static_cast<uint64_t>(in.tellg());
  if (size < kHeaderSize) return false;
  in.seekg(126);
  const bool swapped = in.get() == 'M';  // "MI" in a file with the most significant byte first, else "IM"
  for (uint64_t place = kHeaderSize; place < size;) {
    std::array<uint32_t, 2> tag = {};  // type, bytes
    in.seekg(static_cast<std::streamoff>(place));
    if (!in.read(reinterpret_cast<char*>(tag.data()), sizeof tag)) return false;
    if (swapped)
      for (uint32_t& number : tag) number = __builtin_bswap32(number);
    const uint64_t padding = tag[0] == kCompressed ? 0 : (8 - tag[1] % 8) % 8;
    place += sizeof tag + tag[1] + padding;
    if (place > size) return false;
  }
  return true;
}

size_t CountOf(const matvar_t* variable) {
  size_t count = 1;
  for (int d = 0; d < variable->rank; ++d) count *= variable->dims[d];
  return count;
}

// Through structs and cells of one element; null if there is none inside.
const matvar_t* Inside(const matvar_t* variable) {
  while (variable && variable->class_type == MAT_C_CELL && CountOf(variable) == 1)
    variable = variable->data ? Mat_VarGetCell(const_cast<matvar_t*>(variable), 0) : nullptr;
  return variable;
}

const matvar_t* Field(const matvar_t* variable, const std::string& name) {
  variable = Inside(variable);
  if (!variable || variable->class_type != MAT_C_STRUCT || CountOf(variable) != 1) return nullptr;
  return Mat_VarGetStructFieldByName(const_cast<matvar_t*>(variable), name.c_str(), 0);
}

template <class From, class T>
void CopyRowMajor(const matvar_t* variable, std::vector<T>* out) {
  const auto* values = static_cast<const From*>(variable->data);
  const auto rank = static_cast<size_t>(variable->rank);
  std::vector<size_t> stride(rank), index(rank, 0);
  size_t step = 1;
  for (size_t d = 0; d < rank; ++d) stride[d] = step, step *= variable->dims[d];
  out->resize(step);
  size_t from = 0;
  for (T& value : *out) {
    value = static_cast<T>(values[from]);
    for (size_t d = rank; d-- > 0;) {
      from += stride[d];
      if (++index[d] < variable->dims[d]) break;
      from -= stride[d] * variable->dims[d];
      index[d] = 0;
    }
  }
}

template <class T>
bool CopyNumbers(const matvar_t* variable, std::vector<T>* out) {
  switch (variable->class_type) {
    case MAT_C_DOUBLE: CopyRowMajor<double>(variable, out); return true;
    case MAT_C_SINGLE: CopyRowMajor<float>(variable, out); return true;
    case MAT_C_INT8: CopyRowMajor<int8_t>(variable, out); return true;
    case MAT_C_UINT8: CopyRowMajor<uint8_t>(variable, out); return true;
    case MAT_C_INT16: CopyRowMajor<int16_t>(variable, out); return true;
    case MAT_C_UINT16: CopyRowMajor<uint16_t>(variable, out); return true;
    case MAT_C_INT32: CopyRowMajor<int32_t>(variable, out); return true;
    case MAT_C_UINT32: CopyRowMajor<uint32_t>(variable, out); return true;
    case MAT_C_INT64: CopyRowMajor<int64_t>(variable, out); return true;
    case MAT_C_UINT64: CopyRowMajor<uint64_t>(variable, out); return true;
    default: return false;
  }
}

}  // namespace

class MatReader::Impl {
 public:
  explicit Impl(const std::filesystem::path& path) : name_(path.string()) {
    if (LooksLikePickle(path)) throw PickleRefused(name_);
    if (!std::ifstream(path)) throw base::Error("cannot read " + name_);
    static std::once_flag once;
    std::call_once(once, [] { Mat_LogInitFunc("", KeepError); });
    LoggedError().clear();
    file_.reset(Mat_Open(name_.c_str(), MAT_ACC_RDONLY));
    if (!file_) throw base::Error(name_ + " is no MAT file, or it is cut off in its header");
    if (Mat_GetVersion(file_.get()) == MAT_FT_MAT5 && !IsWholeVersion5(name_))
      throw base::Error(name_ + " is no whole MAT file: it is cut off or damaged");
  }

  std::vector<std::string> Names(const std::string& path) {
    std::vector<std::string> names;
    if (path.empty()) {
      size_t count = 0;
      char* const* list = Mat_GetDir(file_.get(), &count);
      for (size_t i = 0; i < count; ++i)
        if (list[i]) names.push_back(list[i]);
      return names;
    }
    const matvar_t* variable = Inside(Find(path));
    if (!variable || variable->class_type != MAT_C_STRUCT) return names;
    char* const* fields = Mat_VarGetStructFieldnames(variable);
    const unsigned count = Mat_VarGetNumberOfFields(const_cast<matvar_t*>(variable));
    for (unsigned i = 0; i < count; ++i) names.push_back(fields[i]);
    return names;
  }

  // Null if it is not there.
  const matvar_t* Find(const std::string& path) {
    size_t end = std::min(path.find('/'), path.size());
    const matvar_t* variable = Variable(path.substr(0, end));
    while (variable && end < path.size()) {
      const size_t start = end + 1;
      end = std::min(path.find('/', start), path.size());
      variable = Field(variable, path.substr(start, end - start));
    }
    return variable;
  }

  const matvar_t* Get(const std::string& path) {
    const matvar_t* variable = Inside(Find(path));
    if (!variable) {
      const size_t slash = path.rfind('/');
      const std::vector<std::string> names = Names(slash == std::string::npos ? "" : path.substr(0, slash));
      throw base::Error(name_ + ": " +
                        base::UnknownName("array", slash == std::string::npos ? path : path.substr(slash + 1), names)
                            .what());
    }
    if (variable->data == nullptr && CountOf(variable) > 0) throw Failure(path, "is cut off or damaged");
    return variable;
  }

  // The library believes the dimensions of a damaged file.
  void CheckSize(const std::string& path, const matvar_t* variable) const {
    double bytes = variable->data_size;
    for (int d = 0; d < variable->rank; ++d) bytes *= static_cast<double>(variable->dims[d]);
    if (!MayHold(name_, bytes)) throw Failure(path, "claims more values than the file can hold: it is damaged");
    if (bytes > static_cast<double>(variable->nbytes)) throw Failure(path, "is cut off or damaged");
  }

  base::Error Failure(const std::string& path, const std::string& what) const {
    return base::Error(name_ + ": '" + path + "' " + what);
  }

 private:
  // The variable that was read last stays, because its fields are asked for one after the other.
  const matvar_t* Variable(const std::string& name) {
    if (variable_ && variable_name_ == name) return variable_.get();
    variable_.reset();
    LoggedError().clear();
    variable_.reset(Mat_VarRead(file_.get(), name.c_str()));
    variable_name_ = name;
    if (!LoggedError().empty()) {
      variable_.reset();
      throw base::Error(name_ + " is cut off or damaged (while reading '" + name + "'): " + LoggedError());
    }
    return variable_.get();
  }

  std::string name_;
  std::unique_ptr<mat_t, CloseFile> file_;
  std::unique_ptr<matvar_t, FreeVariable> variable_;
  std::string variable_name_;
};

MatReader::MatReader(const std::filesystem::path& file) : impl_(std::make_unique<Impl>(file)) {}
MatReader::~MatReader() = default;

bool MatReader::Has(const std::string& path) const { return impl_->Find(path) != nullptr; }
std::vector<std::string> MatReader::Names(const std::string& path) const { return impl_->Names(path); }

std::vector<int64_t> MatReader::Shape(const std::string& path) const {
  const matvar_t* variable = impl_->Get(path);
  return std::vector<int64_t>(variable->dims, variable->dims + variable->rank);
}

template <class T>
std::vector<T> MatReader::Read(const std::string& path) const {
  const matvar_t* variable = impl_->Get(path);
  if (variable->isComplex) throw impl_->Failure(path, "holds complex numbers");
  impl_->CheckSize(path, variable);
  std::vector<T> values;
  if (!CopyNumbers(variable, &values)) throw impl_->Failure(path, "is no array of numbers");
  return values;
}

template std::vector<float> MatReader::Read<float>(const std::string&) const;
template std::vector<double> MatReader::Read<double>(const std::string&) const;

bool LooksLikeMat(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string start(6, '\0');
  in.read(start.data(), 6);
  return start == "MATLAB";
}

}  // namespace figment::files
