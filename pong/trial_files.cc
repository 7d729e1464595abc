#include "pong/trial_files.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "base/names.h"
#include "base/progress.h"
#include "files/atomic.h"
#include "files/hdf5.h"

namespace figment::pong {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHeader =
    "index,ix,iy,iheading,ispeed,x0,y0,heading_rad,speed,dx,dy,t_occ,t_end,n_bounce_at_t_end,n_bounce_visible,"
    "n_bounce_occluded,n_bounce_total,x_f,y_f,split,split_position\n";

template <class Number>
void Append(Number number, char end, std::string* text) {
  char digits[32];
  text->append(digits, std::to_chars(digits, digits + sizeof(digits), number).ptr);
  text->push_back(end);
}

void AppendLine(const Condition& c, const SplitPlace& place, std::string* text) {
  for (const int number : {c.index, c.ix, c.iy, c.iheading, c.ispeed}) Append(number, ',', text);
  for (const double number : {c.x0, c.y0, c.heading_rad, c.speed, c.dx, c.dy}) Append(number, ',', text);
  for (const int number :
       {c.t_occ, c.t_end, c.n_bounce_at_t_end, c.n_bounce_visible, c.n_bounce_occluded, c.n_bounce_total})
    Append(number, ',', text);
  for (const double number : {c.x_f, c.y_f}) Append(number, ',', text);
  text->append(place.valid ? "valid," : "train,");
  Append(place.position, '\n', text);
}

void RefuseExisting(const fs::path& path) {
  if (fs::exists(path))
    throw base::Error("'" + path.string() +
                      "' is there already and is not overwritten: give another name or remove it");
}

std::vector<uint8_t> BatchFile(const std::vector<Condition>& conditions, std::span<const int> indices) {
  std::vector<double> input, label;
  std::vector<double> output(indices.size() * kPaddedFrames, std::numeric_limits<double>::quiet_NaN());
  for (size_t row = 0; row < indices.size(); ++row) {
    const Condition& condition = conditions[static_cast<size_t>(indices[row])];
    const std::vector<double> record = MakeRecord(condition);
    input.insert(input.end(), record.begin(), record.end());
    output[row * kPaddedFrames + static_cast<size_t>(condition.t_end)] = condition.y_f;
    for (const double value : {condition.y_f, double(condition.t_end), double(condition.t_occ)}) label.push_back(value);
  }
  const auto n = static_cast<int64_t>(indices.size());
  files::Hdf5Writer writer;
  writer.Write("index", indices, {n});
  writer.Write("input", input, {n, kPaddedFrames, kRecordColumns});
  writer.Write("label", label, {n, 3});
  writer.Write("output", output, {n, kPaddedFrames});
  return writer.Finish();
}

std::vector<int> PartOf(const std::string& name) {
  base::RequireName("part of the split for batches", name, std::vector<std::string>{"valid", "train"});
  return Select({.set = name});
}

}  // namespace

std::string TrialCsv(const TrialSelection& selection) {
  const std::vector<int> indices = Select(selection);
  const std::vector<Condition>& conditions = TrialSet();
  const std::vector<SplitPlace> places = PlacesIn(MakeSplit());
  std::string text = kHeader;
  text.reserve(text.size() + indices.size() * 224);
  for (const int index : indices)
    AppendLine(conditions[static_cast<size_t>(index)], places[static_cast<size_t>(index)], &text);
  return text;
}

int WriteTrialCsv(const fs::path& path, const TrialSelection& selection) {
  RefuseExisting(path);
  const std::string text = TrialCsv(selection);
  files::WriteFileAtomically(path, text);
  return static_cast<int>(std::count(text.begin(), text.end(), '\n')) - 1;
}

int WriteBatches(const BatchRequest& request) {
  const std::vector<int> part = PartOf(request.part);
  std::vector<int> batches = request.batches;
  if (batches.empty()) {
    batches.resize(static_cast<size_t>(BatchCount(part)));
    std::iota(batches.begin(), batches.end(), 0);
  }
  const auto path = [&](int batch) { return request.folder / ("batch_" + std::to_string(batch) + ".h5"); };
  for (const int batch : batches) {
    if (Batch(part, batch).empty())
      throw base::UsageError("no batch " + std::to_string(batch) + " in " + request.part + ": expected 0 to " +
                             std::to_string(BatchCount(part) - 1));
    RefuseExisting(path(batch));
  }
  fs::create_directories(request.folder);
  const std::vector<Condition>& conditions = TrialSet();
  base::Progress progress("batches", static_cast<int64_t>(batches.size()));
  for (const int batch : batches) {
    files::WriteFileAtomically(path(batch), BatchFile(conditions, Batch(part, batch)));
    progress.Advance();
  }
  return static_cast<int>(batches.size());
}

}  // namespace figment::pong
