#include "pong/dmfc.h"

#include <gtest/gtest.h>
#include <matio.h>

#include <cmath>
#include <cstring>
#include <numeric>

#include "files/atomic.h"
#include "files/hdf5.h"
#include "files/npy.h"
#include "metrics/correlation.h"
#include "metrics/quantiles.h"
#include "pong/synthetic_dmfc.h"
#include "tests/files/scratch.h"

namespace figment::pong {
namespace {

using files::ExpectError;
using files::ScratchFolder;

Responses ReadFile(const std::filesystem::path& path, const ResponseOptions& options = {}) {
  const std::vector<ResponseFile> files = {{path, ""}};
  return ReadResponses(files, options);
}

int Count(const std::vector<uint8_t>& mask) { return std::accumulate(mask.begin(), mask.end(), 0); }

// The counts of the public files, and bin 6 as the first of every condition.
TEST(Dmfc, MasksHaveThePublishedNumbersOfBins) {
  const EpochMasks masks = PublishedMasks();
  EXPECT_EQ(Count(masks.whole), 3502);
  EXPECT_EQ(Count(masks.visible), 2040);
  EXPECT_EQ(Count(masks.occluded), 1541);
  int shared = 0;
  for (size_t i = 0; i < masks.whole.size(); ++i) {
    shared += masks.visible[i] && masks.occluded[i];
    EXPECT_EQ(masks.whole[i], masks.visible[i] || masks.occluded[i]);
    const int bin = static_cast<int>(i) % kDmfcBins;
    EXPECT_EQ(bin <= kDmfcOnsetBin && masks.whole[i], bin == kDmfcOnsetBin);
  }
  EXPECT_EQ(shared, 79);
}

TEST(Dmfc, SyntheticUnitsHaveTheReliabilityThatWasAskedFor) {
  for (const double reliability : {0.1, 0.5, 0.9, 1 - 1e-12}) {
    const Responses r = MakeSyntheticResponses({.units = 40, .reliability = reliability});
    std::vector<double> found;
    for (int unit = 0; unit < r.units; ++unit) {
      std::vector<double> first, second;
      for (int c = 0; c < kDmfcConditions; ++c)
        for (int b = 0; b < kDmfcBins; ++b)
          if (r.masks.whole[static_cast<size_t>(c * kDmfcBins + b)])
            first.push_back(r.At(r.half1, unit, c, b)), second.push_back(r.At(r.half2, unit, c, b));
      found.push_back(metrics::Pearson(first, second));
    }
    EXPECT_NEAR(metrics::Median(found), reliability, 0.02);  // several s.e. of a mean of 40 correlations of 3502
  }
}

TEST(Dmfc, SyntheticResponsesAreTheSameForASeedAndDifferBetweenSeeds) {
  const Responses a = MakeSyntheticResponses({.units = 4}), b = MakeSyntheticResponses({.units = 4});
  const Responses c = MakeSyntheticResponses({.units = 4, .seed = 2});
  EXPECT_EQ(std::memcmp(a.full.data(), b.full.data(), a.full.size() * sizeof(float)), 0);
  EXPECT_NE(std::memcmp(a.full.data(), c.full.data(), a.full.size() * sizeof(float)), 0);
  EXPECT_EQ(a.animal, (std::vector<int>{0, 0, 0, 1}));
}

TEST(Dmfc, BothFormatsGiveBackWhatWasWritten) {
  const ScratchFolder folder;
  const Responses made = MakeSyntheticResponses({.units = 5});
  for (const char* name : {"r.h5", "r.npz"}) {
    SCOPED_TRACE(name);
    WriteResponses(made, folder / name);
    const Responses read = ReadFile(folder / name);
    EXPECT_EQ(read.units, 5);
    EXPECT_EQ(std::memcmp(read.full.data(), made.full.data(), made.full.size() * sizeof(float)), 0);
    EXPECT_EQ(std::memcmp(read.half2.data(), made.half2.data(), made.full.size() * sizeof(float)), 0);
    EXPECT_EQ(read.masks.occluded, made.masks.occluded);
    EXPECT_EQ(read.animal, made.animal);
    EXPECT_EQ(read.animals, (std::vector<std::string>{"one", "two"}));
    EXPECT_EQ(read.behavior.count("ball_pos_x_TRUE"), 1u);
    EXPECT_EQ(read.dropped.total(), 0);
    EXPECT_EQ(read.sha256[0].size(), 64u);
  }
  ExpectError("expected a name that ends in", [&] { WriteResponses(made, folder / "r.pkl"); });
}

TEST(Dmfc, UnitsThatCannotBeScoredAreDroppedAndCounted) {
  const ScratchFolder folder;
  Responses made = MakeSyntheticResponses({.units = 6});
  const size_t unit = kDmfcConditions * kDmfcBins;
  std::fill_n(made.full.begin() + static_cast<long>(1 * unit), unit, 0.25f);   // constant
  std::fill_n(made.half2.begin() + static_cast<long>(2 * unit), unit, 0.25f);  // constant in a half
  made.half1[4 * unit + kDmfcOnsetBin] = NAN;                                 // a missing bin
  WriteResponses(made, folder / "r.h5");
  const Responses read = ReadFile(folder / "r.h5");
  EXPECT_EQ(read.units, 3);
  EXPECT_EQ(read.dropped.constant, 2);
  EXPECT_EQ(read.dropped.not_finite, 1);
  EXPECT_EQ(read.unit_in_file, (std::vector<int>{0, 3, 5}));
  EXPECT_EQ(read.animal, (std::vector<int>{0, 0, 1}));
  EXPECT_EQ(read.At(read.full, 1, 7, 20), made.At(made.full, 3, 7, 20));
  ExpectError("none of the 6 units can be scored (2 constant, 1 with missing bins, 3 below",
              [&] { ReadFile(folder / "r.h5", {.min_reliability = 0.9}); });
}

TEST(Dmfc, FilesOfAnimalsAreJoined) {
  const ScratchFolder folder;
  WriteResponses(MakeSyntheticResponses({.units = 3, .second_animal = 0}), folder / "perle.h5");
  WriteResponses(MakeSyntheticResponses({.units = 2, .second_animal = 0, .seed = 5}), folder / "mahler.npz");
  const std::vector<ResponseFile> files = {ParseResponseFile("perle=" + (folder / "perle.h5").string()),
                                           ParseResponseFile("mahler=" + (folder / "mahler.npz").string())};
  const Responses joined = ReadResponses(files);
  EXPECT_EQ(joined.units, 5);
  EXPECT_EQ(joined.animals, (std::vector<std::string>{"perle", "mahler"}));
  EXPECT_EQ(joined.animal, (std::vector<int>{0, 0, 0, 1, 1}));
  const Responses second = OfAnimal(joined, 1);
  EXPECT_EQ(second.units, 2);
  EXPECT_EQ(second.At(second.full, 1, 3, 10), joined.At(joined.full, 4, 3, 10));
}

// --- The public layout: MATLAB structs with a field per kind of trial.

matvar_t* Cube(const std::vector<float>& rates, size_t units, size_t conditions) {
  std::vector<double> column_major(units * conditions * kDmfcBins);
  for (size_t u = 0; u < units; ++u)
    for (size_t c = 0; c < conditions; ++c)
      for (size_t b = 0; b < kDmfcBins; ++b)
        column_major[(b * conditions + c) * units + u] =
            static_cast<double>(rates[(u * kDmfcConditions + c) * kDmfcBins + b]);
  size_t dims[] = {units, conditions, kDmfcBins};
  return Mat_VarCreate(nullptr, MAT_C_DOUBLE, MAT_T_DOUBLE, 3, dims, column_major.data(), 0);
}

void WriteMat(const std::string& path, const Responses& r, size_t conditions = kDmfcConditions, bool celled = false) {
  mat_t* file = Mat_CreateVer(path.c_str(), nullptr, MAT_FT_MAT5);
  size_t one[] = {1, 1};
  const char* fields[] = {"occ"};
  const std::pair<std::string, const std::vector<float>*> parts[] = {
      {"", &r.full}, {"_sh1", &r.half1}, {"_sh2", &r.half2}};
  for (const auto& [suffix, rates] : parts) {
    matvar_t* tree = Mat_VarCreateStruct(("neural_responses_reliable" + suffix).c_str(), 2, one, fields, 1);
    matvar_t* cube = Cube(*rates, static_cast<size_t>(r.units), conditions);
    matvar_t* cell = celled ? Mat_VarCreate(nullptr, MAT_C_CELL, MAT_T_CELL, 2, one, &cube, 0) : nullptr;
    Mat_VarSetStructFieldByName(tree, "occ", 0, celled ? cell : cube);
    Mat_VarWrite(file, tree, MAT_COMPRESSION_ZLIB);
    Mat_VarFree(tree);
  }
  Mat_Close(file);
}

TEST(Dmfc, ReadsThePublicMatLayout) {
  const ScratchFolder folder;
  const Responses made = MakeSyntheticResponses({.units = 3});
  for (const bool celled : {false, true}) {
    WriteMat(folder / "perle_hand_dmfc_dataset_50ms.mat", made, kDmfcConditions, celled);
    const Responses read = ReadFile(folder / "perle_hand_dmfc_dataset_50ms.mat");
    EXPECT_EQ(read.units, 3);
    EXPECT_EQ(read.At(read.half1, 2, 40, 12), made.At(made.half1, 2, 40, 12));
    EXPECT_EQ(read.animals, std::vector<std::string>{"perle"});  // by the file's name
    EXPECT_EQ(Count(read.masks.visible), 2040);
    EXPECT_NE(read.notes[0].find("no masks"), std::string::npos);
  }
}

TEST(Dmfc, BadFilesAreErrors) {
  const ScratchFolder folder;
  const Responses made = MakeSyntheticResponses({.units = 2});
  WriteMat(folder / "r.mat", made, 70);
  ExpectError("has shape (2, 70, 100): 9 of the 79 conditions are missing", [&] { ReadFile(folder / "r.mat"); });
  WriteMat(folder / "r.mat", made);
  const std::string whole = files::ReadFile(folder / "r.mat");
  files::WriteFileAtomically(folder / "cut.mat", whole.substr(0, whole.size() - 1000));
  ExpectError("cut.mat is no whole MAT file", [&] { ReadFile(folder / "cut.mat"); });

  WriteResponses(made, folder / "r.npz");
  const std::string npz = files::ReadFile(folder / "r.npz");
  files::WriteFileAtomically(folder / "cut.npz", npz.substr(0, npz.size() / 2));
  ExpectError("cut.npz is no whole .npz file", [&] { ReadFile(folder / "cut.npz"); });
  ExpectError("'neural_responses/occ'", [&] { ReadFile(folder / "r.npz", {.array = "neural_responses"}); });

  WriteResponses(made, folder / "r.h5");
  const std::string hdf5 = files::ReadFile(folder / "r.h5");
  files::WriteFileAtomically(folder / "cut.h5", hdf5.substr(0, hdf5.size() / 2));
  ExpectError("cut.h5 is not a whole HDF5 file", [&] { ReadFile(folder / "cut.h5"); });

  // An array alone has no names for what is needed.
  files::WriteFileAtomically(folder / "r.npy",
                             files::EncodeNpy<float>(made.full, {2, kDmfcConditions, kDmfcBins}));
  ExpectError("is an .npy file", [&] { ReadFile(folder / "r.npy"); });

  files::WriteFileAtomically(folder / "all_hand_dmfc_dataset_50ms.pkl", std::string("\x80\x04}\x94."));
  ExpectError("scripts/convert_dmfc.py", [&] { ReadFile(folder / "all_hand_dmfc_dataset_50ms.pkl"); });
  ExpectError("cannot read", [&] { ReadFile(folder / "absent.mat"); });
}

TEST(Dmfc, WrongShapesConditionsAndNaNRowsAreErrors) {
  const ScratchFolder folder;
  const auto write = [&](const std::vector<float>& half, std::vector<int64_t> shape, std::vector<int32_t> conditions) {
    const Responses made = MakeSyntheticResponses({.units = 2});
    const std::vector<int64_t> cube = {2, kDmfcConditions, kDmfcBins};
    const std::vector<std::pair<std::string, std::vector<uint8_t>>> arrays = {
        {"neural_responses_reliable/occ", files::EncodeNpy<float>(made.full, cube)},
        {"neural_responses_reliable_sh1/occ", files::EncodeNpy<float>(half, shape)},
        {"neural_responses_reliable_sh2/occ", files::EncodeNpy<float>(made.half2, cube)},
        {"condition_index", files::EncodeNpy<int32_t>(conditions, {static_cast<int64_t>(conditions.size())})}};
    files::WriteFileAtomically(folder / "r.npz", files::EncodeNpz(arrays));
  };
  const std::vector<int> published(PublishedConditions().begin(), PublishedConditions().end());
  std::vector<int32_t> conditions(published.begin(), published.end());
  const std::vector<float> half = MakeSyntheticResponses({.units = 2}).half1;

  write(std::vector<float>(kDmfcConditions * kDmfcBins), {1, kDmfcConditions, kDmfcBins}, conditions);
  ExpectError("has shape (1, 79, 100), but 'neural_responses_reliable' has 2 units",
              [&] { ReadFile(folder / "r.npz"); });
  write(half, {2, kDmfcConditions * kDmfcBins}, conditions);
  ExpectError("has shape (2, 7900), expected (units, 79, 100)", [&] { ReadFile(folder / "r.npz"); });

  std::vector<float> holes = half;
  for (size_t unit = 0; unit < 2; ++unit) holes[(unit * kDmfcConditions + 3) * kDmfcBins + 9] = NAN;
  write(holes, {2, kDmfcConditions, kDmfcBins}, conditions);
  ExpectError("no unit has a rate in bin 9 of condition 3 (NaN row)", [&] { ReadFile(folder / "r.npz"); });

  conditions.erase(conditions.begin());
  write(half, {2, kDmfcConditions, kDmfcBins}, conditions);
  ExpectError("conditions are missing: 29337", [&] { ReadFile(folder / "r.npz"); });
  conditions.push_back(29337);
  write(half, {2, kDmfcConditions, kDmfcBins}, conditions);
  ExpectError("in another order", [&] { ReadFile(folder / "r.npz"); });
}

// A converted file says the animals of its reliable units; all units are more.
TEST(Dmfc, AnimalsOfOtherUnitsAreNotTakenForAnotherArray) {
  const ScratchFolder folder;
  const Responses made = MakeSyntheticResponses({.units = 3});
  const std::vector<int64_t> cube = {3, kDmfcConditions, kDmfcBins};
  const auto read = [&](const std::string& array) {
    const std::string names = "perle\nmahler";
    const std::vector<std::pair<std::string, std::vector<uint8_t>>> arrays = {
        {array + "/occ", files::EncodeNpy<float>(made.full, cube)},
        {array + "_sh1/occ", files::EncodeNpy<float>(made.half1, cube)},
        {array + "_sh2/occ", files::EncodeNpy<float>(made.half2, cube)},
        {"animal", files::EncodeNpy<int32_t>(std::vector<int32_t>{0, 1}, {2})},
        {"animal_names", files::EncodeNpy<uint8_t>(std::vector<uint8_t>(names.begin(), names.end()), {12})}};
    files::WriteFileAtomically(folder / "all.npz", files::EncodeNpz(arrays));
    return ReadFile(folder / "all.npz", {.array = array});
  };
  EXPECT_EQ(read("neural_responses").animals, std::vector<std::string>{kUnknownAnimal});
  ExpectError("'animal' has 2 values for 3 units", [&] { read("neural_responses_reliable"); });
}

TEST(Dmfc, MasksThatMakeNoTrialAreErrors) {
  const ScratchFolder folder;
  const auto error_with = [&](const std::function<void(EpochMasks*)>& change) {
    Responses made = MakeSyntheticResponses({.units = 2});
    change(&made.masks);
    WriteResponses(made, folder / "r.npz");
    return files::ErrorOf([&] { ReadFile(folder / "r.npz"); });
  };
  const size_t row = 2 * kDmfcBins;
  EXPECT_NE(error_with([&](EpochMasks* m) { m->whole[row + 10] = 0; }).find("no trial of condition 2"),
            std::string::npos);
  EXPECT_NE(error_with([&](EpochMasks* m) {
              std::fill_n(m->whole.begin() + row, kDmfcBins, 0);
            }).find("no trial of condition 2: expected a run of two bins"), std::string::npos);
  EXPECT_NE(error_with([&](EpochMasks* m) { m->occluded[row + 2] = 1; }).find("bin 2 of condition 2 in an epoch"),
            std::string::npos);
}

TEST(Dmfc, SyntheticOptionsOutOfRangeAreErrors) {
  ExpectError("reliability 1", [] { MakeSyntheticResponses({.reliability = 1}); });
  ExpectError("even number of trials", [] { MakeSyntheticResponses({.trials = 5}); });
  ExpectError("expected 2 to 20000 units, not 1", [] { MakeSyntheticResponses({.units = 1}); });
  ExpectError("expected 2 to 20000 units, not 100000000", [] { MakeSyntheticResponses({.units = 100'000'000}); });
  ExpectError("a tuning of size inf", [] { MakeSyntheticResponses({.position = INFINITY}); });
  ExpectError("must not all be 0", [] { MakeSyntheticResponses({.position = 0, .velocity = 0, .endpoint = 0}); });
}

}  // namespace
}  // namespace figment::pong
