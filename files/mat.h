// MATLAB's MAT files, versions 4, 5, 7 and 7.3, for reading. Numeric arrays only, found by path through structs.
//
// A path "neural_responses_reliable/occ" is a variable and a field of it. Cells and structs with a single element are
// passed through, so that 1 x 1 structs, cells in structs and arrays in cells are all reached by the names alone.
// Arrays come row-major: the element (i, j, k) of MATLAB at the same place of the shape. Every error (no such file, cut
// off, no such name, complex or no numbers) is a base::Error that names the file and the path in it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace figment::files {

class MatReader {
 public:
  explicit MatReader(const std::filesystem::path& file);
  ~MatReader();

  bool Has(const std::string& path) const;
  std::vector<std::string> Names(const std::string& path = "") const;  // variables, or fields of the struct there

  std::vector<int64_t> Shape(const std::string& path) const;
  // T: float or double, converted from any number.
  template <class T>
  std::vector<T> Read(const std::string& path) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The file starts as MAT files of version 5 and later do.
bool LooksLikeMat(const std::filesystem::path& path);

}  // namespace figment::files
