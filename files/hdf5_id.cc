#include "files/hdf5_id.h"

#include <functional>
#include <numeric>

#include "base/check.h"

namespace figment::files {

void SilenceHdf5() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

std::string Hdf5Reason() {
  std::string reason;
  const auto keep_first = [](unsigned, const H5E_error2_t* error, void* out) -> herr_t {
    auto* text = static_cast<std::string*>(out);
    if (text->empty() && error->desc) *text = error->desc;
    return 0;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &reason);
  return reason.empty() ? "unknown reason" : reason;
}

hid_t Checked(hid_t id) {
  if (id < 0) base::CheckFailed(__FILE__, __LINE__, "HDF5: " + Hdf5Reason());
  return id;
}

Id BoolType() {
  Id type(Checked(H5Tenum_create(H5T_STD_I8LE)), H5Tclose);
  for (const auto& [name, value] : {std::pair("FALSE", int8_t{0}), std::pair("TRUE", int8_t{1})})
    Checked(H5Tenum_insert(type, name, &value));
  return type;
}

int64_t NumberOfValues(const Hdf5Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
}

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

}  // namespace figment::files
