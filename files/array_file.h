// Named arrays in a file of whichever format: .npz, .npy, HDF5 or MAT, told apart by how the file starts. For readers
// of data that people keep in several of them.
//
// Names are paths, "masks/occ/start_occ_pad0": HDF5 groups, MATLAB structs, or names with slashes in an .npz. The one
// array of an .npy is called "array". Python pickles are refused. Every error is a base::Error that names the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace figment::files {

template <class T>
struct Array {
  std::vector<int64_t> shape;
  std::vector<T> values;  // row-major
};

class ArrayFile {
 public:
  virtual ~ArrayFile() = default;

  virtual std::string format() const = 0;  // "NPZ", "NPY", "HDF5", "MAT"
  virtual bool Has(const std::string& name) const = 0;
  // Everything directly below a path; "" is the top.
  virtual std::vector<std::string> Names(const std::string& below = "") const = 0;
  // Any numbers, converted; NaN stays. Throw base::Error if there is no such array or it holds no numbers.
  virtual Array<float> ReadFloats(const std::string& name) const = 0;
  virtual Array<double> ReadDoubles(const std::string& name) const = 0;
  // One text or a list of them; in an .npz also bytes (uint8), one text a line. MAT files have none (Error).
  virtual std::vector<std::string> ReadTexts(const std::string& name) const = 0;
};

std::unique_ptr<ArrayFile> OpenArrays(const std::filesystem::path& path);

// "(1889, 79, 100)"
std::string ShapeText(const std::vector<int64_t>& shape);

}  // namespace figment::files
