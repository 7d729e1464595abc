#include "pong/features.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/hash.h"
#include "files/array_file.h"
#include "pong/geometry.h"

namespace figment::pong {
namespace {

double TimeOfFrame(const files::ArrayFile& file, const std::string& source, std::optional<double> given,
                   std::string* header) {
  std::optional<double> said;
  if (file.format() != "NPY" && file.Has("header")) {
    // One text; as bytes in an .npz it may have several lines.
    for (const std::string& line : file.ReadTexts("header")) *header += (header->empty() ? "" : "\n") + line;
    const auto json = nlohmann::json::parse(*header, nullptr, false);
    if (json.is_discarded()) throw base::Error(source + ": its header is not valid JSON");
    if (json.contains("dt_ms") && json["dt_ms"].is_number()) said = json["dt_ms"].get<double>();
  } else if (file.format() != "NPY" && file.Has("dt_ms")) {
    const std::vector<double> values = file.ReadDoubles("dt_ms").values;
    if (values.size() != 1)
      throw base::Error(source + ": 'dt_ms' holds " + std::to_string(values.size()) + " values, expected one");
    said = values[0];
  }
  if (given && said && std::abs(*given - *said) > 1e-3 * *said)
    throw base::Error(source + " says dt_ms " + std::to_string(*said) + ", not " + std::to_string(*given));
  if (!given && !said)
    throw base::Error(source + " does not say how long a frame is: give --dt-ms (a frame of 24 Hz is 41.6667 ms)");
  const double dt_ms = given ? *given : *said;
  if (!(dt_ms > 0)) throw base::Error(source + ": dt_ms is " + std::to_string(dt_ms) + ", expected a positive time");
  if (dt_ms > kDmfcBin_ms + 1e-9)
    throw base::Error(source + ": frames of " + std::to_string(dt_ms) +
                      " ms are longer than the 50-ms bins of the responses; features are resampled down, never up");
  return dt_ms;
}

// For each of the 79 the row of the file.
std::vector<size_t> RowsInFile(const files::ArrayFile& file, int64_t rows, const std::string& source) {
  const std::span<const int> wanted = PublishedConditions();
  std::vector<size_t> places;
  if (file.format() == "NPY" || !file.Has("condition_index")) {
    if (rows != kDmfcConditions)
      throw base::Error(source + " has " + std::to_string(rows) +
                        " conditions and no 'condition_index': expected the 79 published ones in their order");
    for (size_t i = 0; i < wanted.size(); ++i) places.push_back(i);
    return places;
  }
  const std::vector<double> index = file.ReadDoubles("condition_index").values;
  if (static_cast<int64_t>(index.size()) != rows)
    throw base::Error(source + ": 'condition_index' has " + std::to_string(index.size()) + " values for " +
                      std::to_string(rows) + " rows of features");
  std::string missing;
  for (const int condition : wanted) {
    const auto found = std::find(index.begin(), index.end(), condition);
    if (found == index.end()) missing += (missing.empty() ? "" : ", ") + std::to_string(condition);
    places.push_back(static_cast<size_t>(found - index.begin()));
  }
  if (!missing.empty()) throw base::Error(source + ": conditions of the 79 are missing: " + missing);
  return places;
}

bool IsFinite(std::span<const float> values) {
  return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

}  // namespace

Features ReadFeatures(const std::filesystem::path& path, std::optional<double> dt_ms) {
  const auto file = files::OpenArrays(path);
  const std::string source = path.string();
  Features features{.name = path.stem().string(), .file = source, .sha256 = base::Sha256OfFile(path)};
  features.dt_ms = TimeOfFrame(*file, source, dt_ms, &features.header);
  const files::Array<float> array = file->ReadFloats(file->format() == "NPY" ? "array" : "features");
  if (array.shape.size() != 3 || array.shape[1] == 0 || array.shape[2] == 0)
    throw base::Error(source + ": features have shape " + files::ShapeText(array.shape) +
                      ", expected (conditions, frames, channels)");
  const std::vector<size_t> rows = RowsInFile(*file, array.shape[0], source);
  FrameArray& out = features.array;
  out = {kDmfcConditions, static_cast<int>(array.shape[1]), static_cast<int>(array.shape[2]), {}};
  const size_t size = static_cast<size_t>(array.shape[1] * array.shape[2]);
  out.values.resize(rows.size() * size);
  for (size_t i = 0; i < rows.size(); ++i)
    std::copy_n(array.values.begin() + static_cast<std::ptrdiff_t>(rows[i] * size), size,
                out.values.begin() + static_cast<std::ptrdiff_t>(i * size));
  return features;
}

BinRows RowsOf(const std::vector<uint8_t>& mask) {
  BinRows rows;
  for (int condition = 0; condition < kDmfcConditions; ++condition)
    for (int bin = 0; bin < kDmfcBins; ++bin)
      if (mask[static_cast<size_t>(condition * kDmfcBins + bin)])
        rows.condition.push_back(condition), rows.bin.push_back(bin);
  return rows;
}

std::optional<Eigen::RowVectorXd> AtBin(const Features& features, int condition, int bin) {
  const double start = (bin - kDmfcOnsetBin) * kDmfcBin_ms, end = start + kDmfcBin_ms;
  Eigen::RowVectorXd sum = Eigen::RowVectorXd::Zero(features.array.channels);
  double covered = 0;
  const double before = std::clamp<double>(std::floor(start / features.dt_ms + 1e-9), 0, features.array.frames);
  const int first = static_cast<int>(before);
  for (int frame = first; frame < features.array.frames && frame * features.dt_ms < end - 1e-9; ++frame) {
    const double shared = std::min(end, (frame + 1) * features.dt_ms) - std::max(start, frame * features.dt_ms);
    const std::span<const float> values = features.array.At(condition, frame);
    if (shared <= 0 || !IsFinite(values)) continue;
    covered += shared;
    sum += shared * Eigen::Map<const Eigen::RowVectorXf>(values.data(), sum.size()).cast<double>();
  }
  if (covered < 0.5 * kDmfcBin_ms - 1e-9) return std::nullopt;
  return Eigen::RowVectorXd(sum / covered);
}

Eigen::MatrixXd AtBins(const Features& features, const BinRows& rows) {
  Eigen::MatrixXd x(rows.size(), features.array.channels);
  for (int i = 0; i < rows.size(); ++i) {
    const int condition = rows.condition[static_cast<size_t>(i)], bin = rows.bin[static_cast<size_t>(i)];
    const std::optional<Eigen::RowVectorXd> mean = AtBin(features, condition, bin);
    if (!mean)
      throw base::Error(features.name + ": features of condition " + std::to_string(condition) + " (index " +
                        std::to_string(PublishedConditions()[static_cast<size_t>(condition)]) +
                        ") are missing or not finite (NaN) in bin " + std::to_string(bin) + ", " +
                        std::to_string((bin - kDmfcOnsetBin) * static_cast<int>(kDmfcBin_ms)) +
                        " ms after motion onset");
    x.row(i) = *mean;
  }
  return x;
}

Features OracleFeatures(std::span<const std::string> what) {
  const std::map<std::string, int> channels = {{"position", 2}, {"velocity", 2}, {"endpoint", 1}};
  const std::vector<std::string> names = {"position", "velocity", "endpoint"};
  Features features{.dt_ms = 1000 / kBallRate_hz, .name = "oracle"};
  FrameArray& array = features.array;
  array = {kDmfcConditions, kTrackFrames, 0, {}};
  for (const std::string& name : what) {
    if (!channels.contains(name)) throw base::UnknownName("oracle", name, names);
    array.channels += channels.at(name);
    features.name += (features.name == "oracle" ? " " : ", ") + name;
  }
  if (array.channels == 0) throw base::UsageError("an oracle needs at least one of position, velocity, endpoint");

  for (const Condition& condition : PublishedTrials()) {
    const Track track = MakeTrack(condition);
    const auto append = [&](double value) { array.values.push_back(static_cast<float>(value)); };
    for (size_t frame = 0; frame < kTrackFrames; ++frame)
      for (const std::string& name : what) {
        if (name == "position") append(track.x[frame]), append(track.y[frame]);
        if (name == "velocity") append(track.dx[frame]), append(track.dy[frame]);
        if (name == "endpoint") append(condition.y_f);
      }
  }
  return features;
}

Eigen::MatrixXd AtRows(const Responses& responses, const std::vector<float>& rates, const BinRows& rows) {
  Eigen::MatrixXd y(rows.size(), responses.units);
  for (int unit = 0; unit < responses.units; ++unit)
    for (int i = 0; i < rows.size(); ++i)
      y(i, unit) = static_cast<double>(
          responses.At(rates, unit, rows.condition[static_cast<size_t>(i)], rows.bin[static_cast<size_t>(i)]));
  return y;
}

}  // namespace figment::pong
