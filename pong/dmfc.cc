#include "pong/dmfc.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "base/check.h"
#include "base/error.h"
#include "base/hash.h"
#include "files/array_file.h"
#include "files/atomic.h"
#include "files/hdf5.h"
#include "files/npy.h"
#include "metrics/correlation.h"

namespace figment::pong {
namespace {

constexpr size_t kValues = size_t{kDmfcConditions} * kDmfcBins;  // of a unit

// Names in the public files.
constexpr const char* kWholeMask = "start_end_pad0";
constexpr const char* kVisibleMask = "start_occ_pad0";
constexpr const char* kOccludedMask = "occ_end_pad0";

// --- Masks

// The public masks count frames of 41 ms.
int BinOfFrame(int frame) {
  constexpr int kFrame_ms = 41, kBin = static_cast<int>(kDmfcBin_ms);
  return kDmfcOnsetBin + (frame * kFrame_ms + kBin - 1) / kBin - 1;
}

void Mark(int condition, int first, int last, std::vector<uint8_t>* mask) {
  for (int bin = first; bin <= last; ++bin) (*mask)[static_cast<size_t>(condition * kDmfcBins + bin)] = 1;
}

std::vector<uint8_t> ReadMask(const files::ArrayFile& file, const std::string& name, const std::string& source) {
  const files::Array<double> array = file.ReadDoubles(name);
  if (array.shape != std::vector<int64_t>{kDmfcConditions, kDmfcBins})
    throw base::Error(source + ": '" + name + "' has shape " + files::ShapeText(array.shape) + ", expected (79, 100)");
  std::vector<uint8_t> mask(kValues);
  for (size_t i = 0; i < kValues; ++i) mask[i] = std::isfinite(array.values[i]) && array.values[i] != 0;
  return mask;
}

// --- One file

struct Reading {
  const files::ArrayFile& file;
  std::string source;
  const ResponseOptions& options;
};

std::vector<float> ReadRates(const Reading& from, const std::string& suffix, int* units) {
  const std::string name = from.options.array + suffix + "/" + from.options.trials;
  files::Array<float> array = from.file.ReadFloats(name);
  const auto& shape = array.shape;
  const std::string has = from.source + ": '" + name + "' has shape " + files::ShapeText(shape);
  if (shape.size() == 3 && shape[1] < kDmfcConditions && shape[2] == kDmfcBins)
    throw base::Error(has + ": " + std::to_string(kDmfcConditions - shape[1]) + " of the 79 conditions are missing");
  if (shape.size() != 3 || shape[1] != kDmfcConditions || shape[2] != kDmfcBins)
    throw base::Error(has + ", expected (units, 79, 100)");
  if (*units >= 0 && shape[0] != *units)
    throw base::Error(has + ", but '" + from.options.array + "' has " + std::to_string(*units) + " units");
  if (shape[0] == 0) throw base::Error(has + ": no units");
  *units = static_cast<int>(shape[0]);
  return std::move(array.values);
}

// Files that say which conditions they hold must hold the published ones in their order.
void CheckConditions(const Reading& from) {
  for (const char* name : {"condition_index", "meta/py_meta_index"}) {
    if (!from.file.Has(name)) continue;
    const std::vector<double> found = from.file.ReadDoubles(name).values;
    const std::span<const int> expected = PublishedConditions();
    std::string missing;
    for (const int index : expected)
      if (std::find(found.begin(), found.end(), index) == found.end())
        missing += (missing.empty() ? "" : ", ") + std::to_string(index);
    if (!missing.empty()) throw base::Error(from.source + ": conditions are missing: " + missing);
    if (!std::equal(found.begin(), found.end(), expected.begin(), expected.end()))
      throw base::Error(from.source + ": '" + name + "' lists the conditions in another order than the published one");
  }
}

// A trial is a run of bins, and the epochs lie in it.
void CheckMasks(const EpochMasks& masks, const std::string& which) {
  for (int condition = 0; condition < kDmfcConditions; ++condition) {
    const auto bins = [&](const std::vector<uint8_t>& mask) {
      return std::span(mask).subspan(static_cast<size_t>(condition) * kDmfcBins, kDmfcBins);
    };
    const auto whole = bins(masks.whole), visible = bins(masks.visible), occluded = bins(masks.occluded);
    const auto first = std::find(whole.begin(), whole.end(), 1);
    const auto end = std::find(first, whole.end(), 0);
    if (end - first < 2 || std::find(end, whole.end(), 1) != whole.end())
      throw base::Error(which + " make no trial of condition " + std::to_string(condition) +
                        ": expected a run of two bins or more");
    for (size_t bin = 0; bin < kDmfcBins; ++bin)
      if ((visible[bin] || occluded[bin]) && !whole[bin])
        throw base::Error(which + " have bin " + std::to_string(bin) + " of condition " + std::to_string(condition) +
                          " in an epoch but not in the whole trial");
  }
}

EpochMasks ReadMasks(const Reading& from, std::vector<std::string>* notes) {
  const std::string folder = "masks/" + from.options.trials + "/";
  if (!from.file.Has(folder + kWholeMask)) {
    notes->push_back("the file holds no masks: the published ones were made again from the conditions");
    return PublishedMasks();
  }
  const auto read = [&](const char* name) { return ReadMask(from.file, folder + name, from.source); };
  EpochMasks masks{read(kWholeMask), read(kVisibleMask), read(kOccludedMask)};
  CheckMasks(masks, from.source + ": the masks under '" + folder + "'");
  return masks;
}

std::map<std::string, std::vector<double>> ReadBehavior(const Reading& from) {
  std::map<std::string, std::vector<double>> behavior;
  const std::string folder = "behavioral_responses/" + from.options.trials;
  const bool any = from.file.format() == "NPZ" ? !from.file.Names(folder).empty() : from.file.Has(folder);
  if (!any) return behavior;
  for (const std::string& name : from.file.Names(folder)) {
    files::Array<double> array = from.file.ReadDoubles(folder + "/" + name);
    if (array.shape == std::vector<int64_t>{kDmfcConditions, kDmfcBins}) behavior[name] = std::move(array.values);
  }
  return behavior;
}

void ReadAnimals(const Reading& from, const std::string& given, Responses* responses) {
  const auto units = static_cast<size_t>(responses->units);
  responses->animal.assign(units, 0);
  if (!given.empty()) {
    responses->animals = {given};
    return;
  }
  // The numbers are of the units of the usual array; another one may have more.
  const bool has_numbers = from.file.Has("animal") && from.file.Has("animal_names");
  const std::vector<double> numbers = has_numbers ? from.file.ReadDoubles("animal").values : std::vector<double>();
  if (has_numbers && (numbers.size() == units || from.options.array == ResponseOptions().array)) {
    responses->animals = from.file.ReadTexts("animal_names");
    if (numbers.size() != units)
      throw base::Error(from.source + ": 'animal' has " + std::to_string(numbers.size()) + " values for " +
                        std::to_string(units) + " units");
    for (size_t i = 0; i < units; ++i) {
      if (!(numbers[i] >= 0) || numbers[i] >= static_cast<double>(responses->animals.size()))
        throw base::Error(from.source + ": 'animal' of unit " + std::to_string(i) + " names none of 'animal_names'");
      responses->animal[i] = static_cast<int>(numbers[i]);
    }
    return;
  }
  const std::string name = std::filesystem::path(from.source).filename().string();
  for (const char* animal : {"perle", "mahler"})
    if (name.find(animal) != std::string::npos) responses->animals.push_back(animal);
  if (responses->animals.size() == 1) return;
  responses->animals = {kUnknownAnimal};
  responses->notes.push_back(name + " does not say which animal a unit is from: scored as one population");
}

// --- Units to keep

// A bin of the trial in which no unit at all has a rate is a fault of the file, not of units.
void CheckRows(const Responses& r, const std::string& source) {
  for (const auto* rates : {&r.full, &r.half1, &r.half2}) {
    for (size_t i = 0; i < kValues; ++i) {
      if (!r.masks.whole[i]) continue;
      bool any = false;
      for (int unit = 0; unit < r.units && !any; ++unit)
        any = std::isfinite((*rates)[static_cast<size_t>(unit) * kValues + i]);
      if (!any)
        throw base::Error(source + ": no unit has a rate in bin " + std::to_string(i % kDmfcBins) + " of condition " +
                          std::to_string(i / kDmfcBins) + " (NaN row), which is inside of the trial" +
                          (rates == &r.full ? "" : rates == &r.half1 ? ", half 1" : ", half 2"));
    }
  }
}

struct Spread {
  bool finite = true, constant = true;
};

Spread SpreadOf(const Responses& r, const std::vector<float>& rates, int unit) {
  Spread spread;
  float first = std::numeric_limits<float>::quiet_NaN();
  for (size_t i = 0; i < kValues; ++i) {
    if (!r.masks.whole[i]) continue;
    const float rate = rates[static_cast<size_t>(unit) * kValues + i];
    spread.finite = spread.finite && std::isfinite(rate);
    if (std::isnan(first)) first = rate;
    spread.constant = spread.constant && rate == first;
  }
  return spread;
}

double Reliability(const Responses& r, int unit) {
  std::vector<double> first, second;
  for (size_t i = 0; i < kValues; ++i) {
    if (!r.masks.whole[i]) continue;
    first.push_back(r.half1[static_cast<size_t>(unit) * kValues + i]);
    second.push_back(r.half2[static_cast<size_t>(unit) * kValues + i]);
  }
  return metrics::Pearson(first, second);
}

void KeepUnits(const std::vector<int>& kept, Responses* r) {
  for (auto* rates : {&r->full, &r->half1, &r->half2}) {
    for (size_t to = 0; to < kept.size(); ++to) {
      const auto from = rates->begin() + static_cast<std::ptrdiff_t>(static_cast<size_t>(kept[to]) * kValues);
      std::copy(from, from + kValues, rates->begin() + static_cast<std::ptrdiff_t>(to * kValues));
    }
    rates->resize(kept.size() * kValues);
  }
  for (auto* list : {&r->animal, &r->unit_in_file}) {
    for (size_t to = 0; to < kept.size(); ++to) (*list)[to] = (*list)[static_cast<size_t>(kept[to])];
    list->resize(kept.size());
  }
  r->units = static_cast<int>(kept.size());
}

void DropUnits(const Reading& from, Responses* r) {
  std::vector<int> kept;
  for (int unit = 0; unit < r->units; ++unit) {
    bool finite = true, constant = false;
    for (const auto* rates : {&r->full, &r->half1, &r->half2}) {
      const Spread spread = SpreadOf(*r, *rates, unit);
      finite = finite && spread.finite, constant = constant || spread.constant;
    }
    if (!finite) ++r->dropped.not_finite;
    else if (constant) ++r->dropped.constant;
    else if (from.options.min_reliability > -1 && !(Reliability(*r, unit) >= from.options.min_reliability))
      ++r->dropped.unreliable;
    else kept.push_back(unit);
  }
  if (kept.empty())
    throw base::Error(from.source + ": none of the " + std::to_string(r->units) + " units can be scored (" +
                      std::to_string(r->dropped.constant) + " constant, " + std::to_string(r->dropped.not_finite) +
                      " with missing bins, " + std::to_string(r->dropped.unreliable) +
                      " below the reliability asked for)");
  if (static_cast<int>(kept.size()) < r->units) KeepUnits(kept, r);
}

Responses ReadOne(const ResponseFile& which, const ResponseOptions& options) {
  const std::unique_ptr<files::ArrayFile> file = files::OpenArrays(which.path);
  const Reading from{*file, which.path.string(), options};
  Responses r;
  r.units = -1;
  CheckConditions(from);
  r.full = ReadRates(from, "", &r.units);
  r.half1 = ReadRates(from, "_sh1", &r.units);
  r.half2 = ReadRates(from, "_sh2", &r.units);
  r.masks = ReadMasks(from, &r.notes);
  ReadAnimals(from, which.animal, &r);
  r.behavior = ReadBehavior(from);
  for (int unit = 0; unit < r.units; ++unit) r.unit_in_file.push_back(unit);
  r.files = {which.path.string()};
  r.sha256 = {base::Sha256OfFile(which.path)};
  CheckRows(r, from.source);
  DropUnits(from, &r);
  return r;
}

template <class T>
void Append(const std::vector<T>& from, std::vector<T>* to) {
  to->insert(to->end(), from.begin(), from.end());
}

void Join(Responses&& other, Responses* r) {
  if (std::find(r->sha256.begin(), r->sha256.end(), other.sha256[0]) != r->sha256.end())
    throw base::Error(other.files[0] + " holds the same units as a file given before it");
  for (const Epoch epoch : {Epoch::kWhole, Epoch::kVisible, Epoch::kOccluded})
    if (r->masks.Of(epoch) != other.masks.Of(epoch))
      throw base::Error(other.files[0] + " has other masks than " + r->files[0]);
  for (const int animal : other.animal) {
    const std::string& name = other.animals[static_cast<size_t>(animal)];
    auto place = std::find(r->animals.begin(), r->animals.end(), name);
    if (place == r->animals.end()) place = r->animals.insert(place, name);
    r->animal.push_back(static_cast<int>(place - r->animals.begin()));
  }
  Append(other.full, &r->full), Append(other.half1, &r->half1), Append(other.half2, &r->half2);
  Append(other.unit_in_file, &r->unit_in_file);
  Append(other.files, &r->files), Append(other.sha256, &r->sha256), Append(other.notes, &r->notes);
  r->units += other.units;
  r->dropped.constant += other.dropped.constant;
  r->dropped.not_finite += other.dropped.not_finite;
  r->dropped.unreliable += other.dropped.unreliable;
}

// --- Writing

std::vector<double> MaskValues(const std::vector<uint8_t>& mask) {
  std::vector<double> values;
  for (const uint8_t inside : mask) values.push_back(inside ? 1 : std::numeric_limits<double>::quiet_NaN());
  return values;
}

// The same calls for either format.
class ArrayWriter {
 public:
  explicit ArrayWriter(bool npz) : npz_(npz) {}

  template <class T>
  void Write(const std::string& name, const std::vector<T>& values, const std::vector<int64_t>& shape) {
    if (npz_) arrays_.emplace_back(name, files::EncodeNpy<T>(values, shape));
    else hdf5_.Write(name, std::span<const T>(values), shape, files::Hdf5Compression::kGzip);
  }
  void WriteNames(const std::string& name, const std::vector<std::string>& texts) {
    if (!npz_) return hdf5_.WriteStrings(name, texts);
    std::string joined;
    for (const std::string& text : texts) joined += (joined.empty() ? "" : "\n") + text;
    arrays_.emplace_back(name, files::EncodeNpy<uint8_t>(std::vector<uint8_t>(joined.begin(), joined.end()),
                                                         {static_cast<int64_t>(joined.size())}));
  }
  std::vector<uint8_t> Finish() { return npz_ ? files::EncodeNpz(arrays_) : hdf5_.Finish(); }

 private:
  bool npz_;
  files::Hdf5Writer hdf5_;
  std::vector<std::pair<std::string, std::vector<uint8_t>>> arrays_;
};

}  // namespace

const std::vector<uint8_t>& EpochMasks::Of(Epoch epoch) const {
  return epoch == Epoch::kWhole ? whole : epoch == Epoch::kVisible ? visible : occluded;
}

const std::vector<Condition>& PublishedTrials() {
  static const std::vector<Condition> trials = [] {
    const std::vector<Condition> all = MakeTrialSet();
    std::vector<Condition> published;
    for (const int index : PublishedConditions()) published.push_back(all[static_cast<size_t>(index)]);
    return published;
  }();
  return trials;
}

EpochMasks PublishedMasks() {
  EpochMasks masks{std::vector<uint8_t>(kValues), std::vector<uint8_t>(kValues), std::vector<uint8_t>(kValues)};
  for (int row = 0; row < kDmfcConditions; ++row) {
    const Condition& condition = PublishedTrials()[static_cast<size_t>(row)];
    const int occlusion = BinOfFrame(condition.t_occ), end = BinOfFrame(condition.t_end);
    Mark(row, kDmfcOnsetBin, end, &masks.whole);
    Mark(row, kDmfcOnsetBin, occlusion, &masks.visible);
    Mark(row, occlusion, end, &masks.occluded);
  }
  return masks;
}

ResponseFile ParseResponseFile(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || text.substr(0, equals).find('/') != std::string::npos) return {text, ""};
  return {text.substr(equals + 1), text.substr(0, equals)};
}

Responses ReadResponses(std::span<const ResponseFile> files, const ResponseOptions& options) {
  if (files.empty()) throw base::UsageError("no file of responses was given");
  Responses responses = ReadOne(files[0], options);
  for (const ResponseFile& file : files.subspan(1)) Join(ReadOne(file, options), &responses);
  return responses;
}

void WriteResponses(const Responses& r, const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  if (extension != ".npz" && extension != ".h5" && extension != ".hdf5")
    throw base::UsageError("cannot write '" + path.string() + "': expected a name that ends in .h5, .hdf5 or .npz");
  ArrayWriter writer(extension == ".npz");
  const std::vector<int64_t> rates = {r.units, kDmfcConditions, kDmfcBins}, bins = {kDmfcConditions, kDmfcBins};
  const std::string name = ResponseOptions().array;
  writer.Write(name + "/occ", r.full, rates);
  writer.Write(name + "_sh1/occ", r.half1, rates);
  writer.Write(name + "_sh2/occ", r.half2, rates);
  writer.Write("masks/occ/" + std::string(kWholeMask), MaskValues(r.masks.whole), bins);
  writer.Write("masks/occ/" + std::string(kVisibleMask), MaskValues(r.masks.visible), bins);
  writer.Write("masks/occ/" + std::string(kOccludedMask), MaskValues(r.masks.occluded), bins);
  for (const auto& [key, values] : r.behavior) writer.Write("behavioral_responses/occ/" + key, values, bins);
  const std::span<const int> conditions = PublishedConditions();
  writer.Write("condition_index", std::vector<int32_t>(conditions.begin(), conditions.end()), {kDmfcConditions});
  writer.Write("animal", std::vector<int32_t>(r.animal.begin(), r.animal.end()), {r.units});
  writer.WriteNames("animal_names", r.animals);
  files::WriteFileAtomically(path, writer.Finish());
}

Responses OfAnimal(const Responses& responses, int animal) {
  Responses part = responses;
  std::vector<int> kept;
  for (int unit = 0; unit < responses.units; ++unit)
    if (responses.animal[static_cast<size_t>(unit)] == animal) kept.push_back(unit);
  KeepUnits(kept, &part);
  return part;
}

}  // namespace figment::pong
