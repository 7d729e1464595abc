// Responses of neurons in dorsomedial frontal cortex (DMFC) to the 79 published conditions, and what was recorded
// beside them.
//
// Source: Rajalingham, Sohn & Jazayeri, Nat Commun 2025 (doi 10.1038/s41467-024-54688-y), data at Zenodo
// 10.5281/zenodo.13952210: trial-averaged rates in 100 bins of 50 ms for each unit and condition, from all trials and
// from either half of them. Bin 6 begins with the ball's motion. The public files are MAT; NPZ made by
// scripts/convert_dmfc.py and HDF5 hold the same arrays under the same names (docs/neural.md). Pickles are refused.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "pong/state_analysis.h"
#include "pong/trials.h"

namespace figment::pong {

inline constexpr int kDmfcConditions = 79;
inline constexpr int kDmfcBins = 100;
inline constexpr int kDmfcOnsetBin = 6;  // 300 ms of the still scene come first
inline constexpr double kDmfcBin_ms = 50;
inline constexpr const char* kUnknownAnimal = "unknown";

// The 79 conditions by row. Made once and kept, because that takes a run of the whole generator.
const std::vector<Condition>& PublishedTrials();

// Which bins of each condition belong to an epoch: [79, 100], 1 or 0. The bin in which the ball reaches the occluder is
// the last visible and the first occluded one.
struct EpochMasks {
  std::vector<uint8_t> whole, visible, occluded;
  const std::vector<uint8_t>& Of(Epoch epoch) const;
};
// The masks of the public files, made again: with frames of 41 ms, as their authors rounded them, an event's bin is the
// last that begins before it. 3502, 2040 and 1541 bins.
EpochMasks PublishedMasks();

// Units of the file that are not among the responses, by reason.
struct DroppedUnits {
  int constant = 0;    // the same rate in every bin of the trial, in all trials or in a half
  int not_finite = 0;  // no rate in some bin of the trial
  int unreliable = 0;  // below the reliability that was asked for
  int total() const { return constant + not_finite + unreliable; }
};

struct Responses {
  int units = 0;
  // [units, 79, 100], spikes a millisecond: of all trials, and of two halves of them. May be NaN outside of the trial.
  std::vector<float> full, half1, half2;
  std::vector<int> animal;           // [units], an index into:
  std::vector<std::string> animals;
  std::vector<int> unit_in_file;     // [units], place in the file it came from
  EpochMasks masks;
  // [79, 100] each, by the name in the file; where there is any. Of several files that of the first.
  std::map<std::string, std::vector<double>> behavior;
  DroppedUnits dropped;
  std::vector<std::string> files, sha256;
  std::vector<std::string> notes;    // what a result should say about the data

  float At(const std::vector<float>& rates, int unit, int condition, int bin) const {
    return rates[(static_cast<size_t>(unit) * kDmfcConditions + condition) * kDmfcBins + bin];
  }
};

// A file, and whose units it holds where the file itself does not say ("" = as the file or its name says).
struct ResponseFile {
  std::filesystem::path path;
  std::string animal;
};
// "FILE" or "ANIMAL=FILE".
ResponseFile ParseResponseFile(const std::string& text);

struct ResponseOptions {
  std::string array = "neural_responses_reliable";
  std::string trials = "occ";    // occluded trials, or "vis"
  double min_reliability = -2;   // drop units whose halves correlate less than this over the whole trial
};

// One file, or the files of several animals, whose units are joined. Throws base::Error naming file and array: cut off,
// a pickle, no such array, another shape, conditions missing or in another order, masks that make no trial, a bin of the
// trial in which no unit has a rate, no unit left, the same file twice. Constant and incomplete units are dropped and counted.
Responses ReadResponses(std::span<const ResponseFile> files, const ResponseOptions& options = {});

// HDF5 (.h5, .hdf5) or .npz, by the name, in the layout that ReadResponses takes.
void WriteResponses(const Responses& responses, const std::filesystem::path& path);

// Units of one animal only.
Responses OfAnimal(const Responses& responses, int animal);

}  // namespace figment::pong
