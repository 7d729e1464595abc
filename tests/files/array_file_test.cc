// .npy, .npz, MAT and HDF5 through the readers and through files/array_file.h. The files under data/ were written by
// NumPy and SciPy (scripts/make_array_fixtures.py); element (i, j, k) of each array is 100 i + 10 j + k.
#include "files/array_file.h"

#include <gtest/gtest.h>
#include <matio.h>

#include <cmath>
#include <numeric>

#include "files/atomic.h"
#include "files/hdf5.h"
#include "files/mat.h"
#include "files/npy.h"
#include "tests/files/scratch.h"

namespace figment::files {
namespace {

std::filesystem::path Data(const std::string& name) {
  return std::filesystem::path(FIGMENT_SOURCE_DIR) / "tests/files/data" / name;
}

using Shape = std::vector<int64_t>;

template <class T>
std::vector<T> Cube() {
  std::vector<T> values;
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 3; ++j)
      for (int k = 0; k < 4; ++k) values.push_back(static_cast<T>(100 * i + 10 * j + k));
  return values;
}

template <class T>
std::vector<T> Half(int i) {
  const std::vector<T> cube = Cube<T>();
  return {cube.begin() + 12 * i, cube.begin() + 12 * (i + 1)};
}

TEST(Npy, ReadsEveryVersionAndFortranOrder) {
  for (const char* name : {"cube_v1.npy", "cube_v2.npy", "cube_v3.npy", "cube_fortran.npy"}) {
    SCOPED_TRACE(name);
    const NpyArray array = ReadNpy(Data(name));
    EXPECT_EQ(array.shape, (Shape{2, 3, 4}));
    EXPECT_EQ(array.Values<double>(name), Cube<double>());
  }
}

TEST(Npy, WhatIsWrittenIsReadBack) {
  const std::vector<float> values = Cube<float>();
  const std::vector<uint8_t> bytes = EncodeNpy<float>(values, {2, 3, 4});
  EXPECT_EQ((bytes.size() - 24 * sizeof(float)) % 64, 0u);  // values are aligned
  const NpyArray array = DecodeNpy({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, "t");
  EXPECT_EQ(array.type, NpyType::kFloat32);
  EXPECT_EQ(array.Values<float>("t"), values);
  // The same array written by NumPy has the same bytes.
  const auto numpy = ReadBytes(Data("cube_v1.npy"));
  EXPECT_EQ(EncodeNpy<double>(Cube<double>(), {2, 3, 4}), numpy);
}

TEST(Npy, BadFilesAreErrors) {
  const std::string whole = ReadFile(Data("cube_v1.npy"));
  for (size_t size : {size_t{0}, size_t{7}, size_t{9}, size_t{40}, size_t{128}, whole.size() - 1})
    ExpectError("t.npy is no whole .npy array", [&] { DecodeNpy(whole.substr(0, size), "t.npy"); });
  std::string huge = whole;
  huge.replace(huge.find("(2, 3, 4)"), 9, "(2,99999)");
  ExpectError("too few for its shape", [&] { DecodeNpy(huge, "t.npy"); });
  ExpectError("holds a Python pickle", [&] { ReadNpy(Data("objects.npy")); });
  ExpectError("scripts/convert_dmfc.py", [&] { ReadNpy(Data("objects.npy")); });
  ExpectError("'>f8'", [&] { ReadNpy(Data("big_endian.npy")); });
  ExpectError("integers are expected", [&] { ReadNpy(Data("cube_v1.npy")).Values<int32_t>("t"); });
}

TEST(Npz, ReadsStoredAndDeflated) {
  for (const char* name : {"stored.npz", "deflated.npz"}) {
    SCOPED_TRACE(name);
    const NpzReader reader(Data(name));
    EXPECT_EQ(reader.Read("f4").Values<float>("t"), Cube<float>());
    EXPECT_EQ(reader.Read("f8").Values<double>("t"), Cube<double>());
    EXPECT_EQ(reader.Read("i4").Values<int32_t>("t"), Cube<int32_t>());
    EXPECT_EQ(reader.Read("i8").Values<int64_t>("t"), Cube<int64_t>());
    EXPECT_EQ(reader.Read("i8").Values<double>("t"), Cube<double>());
    EXPECT_EQ(reader.Read("u1").Values<int32_t>("t"), Half<int32_t>(0));
    EXPECT_EQ(reader.Read("bool").Values<int32_t>("t"), (std::vector<int32_t>{0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1}));
    EXPECT_EQ(reader.Read("scalar").Values<double>("t"), std::vector<double>{2.5});
    EXPECT_TRUE(reader.Read("scalar").shape.empty());
    EXPECT_EQ(reader.Read("empty").shape, (Shape{0, 3, 4}));
    EXPECT_EQ(reader.Read("text").texts, std::vector<std::string>{"dt_ms: µ"});
    EXPECT_EQ(reader.Read("texts").texts, (std::vector<std::string>{"perle", "mahler"}));
    EXPECT_FALSE(reader.Has("f44"));
    ExpectError("did you mean 'f4'", [&] { reader.Read("f44"); });
  }
  EXPECT_EQ(NpzReader(Data("deflated.npz")).Read("zeros").Values<double>("t"), std::vector<double>(1000));
}

TEST(Npz, WhatIsWrittenIsReadBack) {
  const ScratchFolder folder;
  const std::vector<std::pair<std::string, std::vector<uint8_t>>> arrays = {
      {"a/b", EncodeNpy<double>(Cube<double>(), {2, 3, 4})}, {"c", EncodeNpy<uint8_t>(Half<uint8_t>(0), {12})}};
  WriteFileAtomically(folder / "t.npz", EncodeNpz(arrays));
  const NpzReader reader(folder / "t.npz");
  EXPECT_EQ(reader.Names(), (std::vector<std::string>{"a/b", "c"}));
  EXPECT_EQ(reader.Read("a/b").Values<double>("t"), Cube<double>());
  EXPECT_EQ(reader.Read("c").Values<uint8_t>("t"), Half<uint8_t>(0));
}

TEST(Npz, BadFilesAreErrors) {
  const ScratchFolder folder;
  const auto read_all = [&](const std::string& bytes) {
    WriteFileAtomically(folder / "t.npz", bytes);
    const NpzReader reader(folder / "t.npz");
    for (const std::string& name : reader.Names()) reader.Read(name);
  };
  for (const char* name : {"stored.npz", "deflated.npz"}) {
    const std::string whole = ReadFile(Data(name));
    for (const size_t size : {size_t{0}, size_t{30}, whole.size() / 2, whole.size() - 30})
      ExpectError("t.npz is no whole .npz file", [&] { read_all(whole.substr(0, size)); });
    std::string changed = whole;
    changed[100] = static_cast<char>(changed[100] ^ 1);  // inside the first array
    ExpectError("'f4' is damaged", [&] { read_all(changed); });
  }
  const NpzReader reader(Data("objects.npz"));
  EXPECT_EQ(reader.Read("plain").Values<double>("t"), Cube<double>());
  ExpectError("'objects' holds a Python pickle", [&] { reader.Read("objects"); });
  ExpectError("scripts/convert_dmfc.py", [&] { NpzReader{Data("dictionary.pkl")}; });
}

TEST(Mat, ReadsStructsAndCellsByPath) {
  for (const char* name : {"tree_v5.mat", "tree_v7.mat"}) {
    SCOPED_TRACE(name);
    const MatReader reader(Data(name));
    for (const char* path : {"cube", "single", "reliable/occ", "celled/occ"}) {
      SCOPED_TRACE(path);
      EXPECT_EQ(reader.Shape(path), (Shape{2, 3, 4}));
      EXPECT_EQ(reader.Read<double>(path), Cube<double>());
    }
    EXPECT_EQ(reader.Read<float>("bytes"), Half<float>(0));
    EXPECT_TRUE(std::isnan(reader.Read<double>("masks/occ/whole")[0]));
    EXPECT_EQ(reader.Read<double>("masks/occ/whole")[11], 1);
    EXPECT_EQ(reader.Names("reliable"), (std::vector<std::string>{"occ", "vis"}));
    EXPECT_FALSE(reader.Has("reliable/accuracy"));
    ExpectError("did you mean 'occ'", [&] { reader.Read<double>("reliable/acc"); });
    ExpectError("did you mean 'cube'", [&] { reader.Read<double>("cubes"); });
    ExpectError("complex", [&] { reader.Read<double>("complex"); });
    ExpectError("'name' is no array of numbers", [&] { reader.Read<double>("name"); });
    ExpectError("'reliable' is no array of numbers", [&] { reader.Read<double>("reliable"); });
  }
}

// Version 7.3 is HDF5 inside; the library that reads it wrote this one.
TEST(Mat, ReadsVersion73) {
  const ScratchFolder folder;
  const std::string file = folder / "t.mat";
  std::vector<double> column_major;
  for (int k = 0; k < 4; ++k)
    for (int j = 0; j < 3; ++j)
      for (int i = 0; i < 2; ++i) column_major.push_back(100 * i + 10 * j + k);
  size_t dims[] = {2, 3, 4}, one[] = {1, 1};
  mat_t* out = Mat_CreateVer(file.c_str(), nullptr, MAT_FT_MAT73);
  ASSERT_NE(out, nullptr);
  const char* fields[] = {"occ"};
  matvar_t* cube = Mat_VarCreate(nullptr, MAT_C_DOUBLE, MAT_T_DOUBLE, 3, dims, column_major.data(), 0);
  matvar_t* tree = Mat_VarCreateStruct("reliable", 2, one, fields, 1);
  Mat_VarSetStructFieldByName(tree, "occ", 0, cube);
  Mat_VarWrite(out, tree, MAT_COMPRESSION_NONE);
  Mat_VarFree(tree);
  Mat_Close(out);
  const auto arrays = OpenArrays(file);
  EXPECT_EQ(arrays->ReadDoubles("reliable/occ").shape, (Shape{2, 3, 4}));
  EXPECT_EQ(arrays->ReadDoubles("reliable/occ").values, Cube<double>());
}

TEST(Mat, BadFilesAreErrors) {
  const ScratchFolder folder;
  for (const char* name : {"tree_v5.mat", "tree_v7.mat"}) {
    const std::string whole = ReadFile(Data(name));
    const auto error_of = [&](size_t size) {
      WriteFileAtomically(folder / "t.mat", whole.substr(0, size));
      return ErrorOf([&] { MatReader(folder / "t.mat").Read<double>("cube"); });
    };
    // In the header, inside the array, and one byte before its end.
    for (const size_t size : {size_t{0}, size_t{60}, size_t{140}, size_t{180}, size_t{200}, whole.size() - 1})
      EXPECT_NE(error_of(size).find("t.mat"), std::string::npos) << name << " " << size << ": " << error_of(size);
  }
  ExpectError("cannot read", [&] { MatReader(folder / "absent.mat"); });

  std::string damaged = ReadFile(Data("tree_v5.mat"));
  const std::string sizes("\x02\0\0\0\x03\0\0\0\x04\0\0\0", 12);  // of the first array, "cube"
  damaged.replace(damaged.find(sizes) + 8, 4, std::string("\0\0\0\x04", 4));  // 67 million instead of 4
  WriteFileAtomically(folder / "t.mat", damaged);
  ExpectError("t.mat: 'cube'", [&] { MatReader(folder / "t.mat").Read<double>("cube"); });
}

TEST(ArrayFile, TellsFormatsByTheirStart) {
  const ScratchFolder folder;
  Hdf5Writer writer;
  writer.Write("reliable/occ", std::span<const double>(Cube<double>()), {2, 3, 4});
  writer.WriteString("header", "{}");
  WriteFileAtomically(folder / "t.bin", writer.Finish());
  const auto hdf5 = OpenArrays(folder / "t.bin");
  EXPECT_EQ(hdf5->format(), "HDF5");
  EXPECT_EQ(hdf5->ReadFloats("reliable/occ").values, Cube<float>());
  EXPECT_EQ(hdf5->ReadTexts("header"), std::vector<std::string>{"{}"});
  EXPECT_EQ(OpenArrays(Data("cube_v1.npy"))->ReadDoubles("array").values, Cube<double>());
  const auto npz = OpenArrays(Data("stored.npz"));
  EXPECT_EQ(npz->ReadDoubles("group/inside").values, Half<double>(1));
  EXPECT_EQ(npz->Names("group"), std::vector<std::string>{"inside"});
  EXPECT_EQ(OpenArrays(Data("tree_v5.mat"))->format(), "MAT");
  ExpectError("holds a Python pickle", [&] { OpenArrays(Data("dictionary.pkl")); });
  WriteFileAtomically(folder / "renamed.npz", ReadFile(Data("dictionary.pkl")));
  ExpectError("holds a Python pickle", [&] { OpenArrays(folder / "renamed.npz"); });
  WriteFileAtomically(folder / "t.csv", "a,b\n");
  ExpectError("none of the files that are read here", [&] { OpenArrays(folder / "t.csv"); });
  ExpectError("cannot read", [&] { OpenArrays(folder / "absent"); });
}

}  // namespace
}  // namespace figment::files
