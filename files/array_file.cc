#include "files/array_file.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "base/error.h"
#include "files/hdf5.h"
#include "files/mat.h"
#include "files/npy.h"

namespace figment::files {
namespace {

class NpzFile : public ArrayFile {
 public:
  explicit NpzFile(const std::filesystem::path& path) : source_(path.string()), reader_(path) {}
  std::string format() const override { return "NPZ"; }
  bool Has(const std::string& name) const override { return reader_.Has(name); }
  std::vector<std::string> Names(const std::string& below) const override {
    const std::string start = below.empty() ? "" : below + "/";
    std::vector<std::string> names;
    for (const std::string& full : reader_.Names()) {
      if (!full.starts_with(start)) continue;
      const std::string name = full.substr(start.size(), full.find('/', start.size()) - start.size());
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    return names;
  }
  Array<float> ReadFloats(const std::string& name) const override { return Read<float>(name); }
  Array<double> ReadDoubles(const std::string& name) const override { return Read<double>(name); }
  std::vector<std::string> ReadTexts(const std::string& name) const override {
    const NpyArray array = reader_.Read(name);
    if (array.type == NpyType::kText) return array.texts;
    if (array.type != NpyType::kUint8) throw base::Error(source_ + ": '" + name + "' holds no text");
    return Lines(std::string(array.bytes.begin(), array.bytes.end()));
  }

 private:
  // Texts may also be stored as bytes, one a line.
  static std::vector<std::string> Lines(const std::string& text) {
    std::vector<std::string> lines(1);
    for (const char c : text) {
      if (c == '\n') lines.emplace_back();
      else lines.back() += c;
    }
    return lines;
  }

  template <class T>
  Array<T> Read(const std::string& name) const {
    const NpyArray array = reader_.Read(name);
    return {array.shape, array.Values<T>(source_ + ": '" + name + "'")};
  }

  std::string source_;
  NpzReader reader_;
};

class NpyFile : public ArrayFile {
 public:
  explicit NpyFile(const std::filesystem::path& path) : source_(path.string()), array_(ReadNpy(path)) {}
  std::string format() const override { return "NPY"; }
  bool Has(const std::string& name) const override { return name == kName; }
  std::vector<std::string> Names(const std::string&) const override { return {kName}; }
  Array<float> ReadFloats(const std::string& name) const override { return Read<float>(name); }
  Array<double> ReadDoubles(const std::string& name) const override { return Read<double>(name); }
  std::vector<std::string> ReadTexts(const std::string& name) const override {
    throw base::Error(source_ + " is an .npy file: it has no text '" + name + "'");
  }

 private:
  static constexpr const char* kName = "array";
  template <class T>
  Array<T> Read(const std::string& name) const {
    if (!Has(name)) throw base::Error(source_ + " is an .npy file: its array is called 'array', not '" + name + "'");
    return {array_.shape, array_.Values<T>(source_)};
  }

  std::string source_;
  NpyArray array_;
};

class Hdf5File : public ArrayFile {
 public:
  explicit Hdf5File(const std::filesystem::path& path) : reader_(path) {}
  std::string format() const override { return "HDF5"; }
  bool Has(const std::string& name) const override { return reader_.Has(name); }
  std::vector<std::string> Names(const std::string& below) const override { return reader_.Children(below); }
  Array<float> ReadFloats(const std::string& name) const override {
    return {reader_.Shape(name), reader_.Read<float>(name)};
  }
  Array<double> ReadDoubles(const std::string& name) const override {
    return {reader_.Shape(name), reader_.Read<double>(name)};
  }
  std::vector<std::string> ReadTexts(const std::string& name) const override { return reader_.ReadStrings(name); }

 private:
  Hdf5Reader reader_;
};

class MatFile : public ArrayFile {
 public:
  explicit MatFile(const std::filesystem::path& path) : source_(path.string()), reader_(path) {}
  std::string format() const override { return "MAT"; }
  bool Has(const std::string& name) const override { return reader_.Has(name); }
  std::vector<std::string> Names(const std::string& below) const override { return reader_.Names(below); }
  Array<float> ReadFloats(const std::string& name) const override {
    return {reader_.Shape(name), reader_.Read<float>(name)};
  }
  Array<double> ReadDoubles(const std::string& name) const override {
    return {reader_.Shape(name), reader_.Read<double>(name)};
  }
  std::vector<std::string> ReadTexts(const std::string& name) const override {
    throw base::Error(source_ + ": texts such as '" + name + "' are not read from MAT files");
  }

 private:
  std::string source_;
  MatReader reader_;
};

}  // namespace

std::unique_ptr<ArrayFile> OpenArrays(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in || std::filesystem::is_directory(path)) throw base::Error("cannot read " + path.string());
  if (LooksLikePickle(path)) throw PickleRefused(path.string());
  std::array<char, 6> bytes = {};
  in.read(bytes.data(), bytes.size());
  const std::string_view start(bytes.data(), static_cast<size_t>(in.gcount()));
  if (start.starts_with("PK")) return std::make_unique<NpzFile>(path);
  if (start.starts_with("\x93NUMPY")) return std::make_unique<NpyFile>(path);
  if (start.starts_with("MATLAB")) return std::make_unique<MatFile>(path);
  if (start.starts_with("\x89HDF")) return std::make_unique<Hdf5File>(path);
  throw base::Error(path.string() +
                    " is none of the files that are read here: .npz, .npy, HDF5, MAT (version 5 or later)");
}

std::string ShapeText(const std::vector<int64_t>& shape) {
  std::string text = "(";
  for (const int64_t size : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(size);
  return text + (shape.size() == 1 ? ",)" : ")");
}

}  // namespace figment::files
