#include "pong/model_features.h"


#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/names.h"
#include "base/version.h"
#include "files/atomic.h"
#include "files/hdf5.h"
#include "pong/train.h"

namespace figment::pong {
namespace {

void Write(files::Hdf5Writer& file, const std::string& path, const FrameArray& array) {
  file.Write(path, array.values, {array.conditions, array.frames, array.channels}, files::Hdf5Compression::kGzip);
}

std::string Header(const FeatureRequest& request, const TrainedNetwork& trained) {
  TrainConfig config = trained.config;
  const nlohmann::ordered_json header = {
      {"dt_ms", 1000 / kBallRate_hz},
      {"stimulus_rate_hz", kBallRate_hz},
      {"model", config.family + " " + config.cell + " " + std::to_string(config.units)},
      {"layer", request.layer},
      {"family", config.family},
      {"seeds", {config.seed}},
      {"context_length", nullptr},  // recurrent from frame 0 on
      {"set", request.selection.indices.empty() ? request.selection.set : "index"},
      {"passes", trained.passes},
      {"checkpoint_sha256", trained.sha256},
      {"config", nlohmann::ordered_json::parse(FieldsOf(&config).ToJson())},
      {"figment", base::kVersion}};
  return header.dump();
}

// At most [c, h] twice (as `state` and as `features`), h and the outputs, in memory all at once.
void RefuseHuge(size_t conditions, int units) {
  constexpr double kMost = 4e9;
  const double bytes = 4.0 * static_cast<double>(conditions) * kPaddedFrames * (5.0 * units + kChannels);
  if (bytes > kMost)
    throw base::UsageError("the states of " + std::to_string(conditions) + " conditions would have about " +
                           std::to_string(static_cast<int>(bytes / 1e9)) +
                           " GB: expected at most 4 GB; choose fewer conditions with --index or --set");
}

}  // namespace

const std::vector<std::string>& FeatureLayers() {
  static const std::vector<std::string> layers = {"h", "state", "outputs"};
  return layers;
}

int WriteModelFeatures(const FeatureRequest& request) {
  base::RequireName("layer", request.layer, FeatureLayers());
  const std::vector<int> indices = Select(request.selection);
  RefuseTwice(indices);
  if (std::filesystem::exists(request.out))
    throw base::Error("'" + request.out.string() + "' is there already and is not overwritten");
  TrainedNetwork trained = LoadNetwork(request.checkpoint);
  RefuseHuge(indices.size(), trained.config.units);
  std::vector<Condition> conditions;
  for (const int index : indices) conditions.push_back(TrialSet()[index]);
  const NetworkRun run = RunNetwork(trained.network, *MakeFrameInput(trained.input), conditions);

  files::Hdf5Writer file;
  Write(file, "features", request.layer == "h" ? run.h : request.layer == "state" ? run.state : run.outputs);
  file.Write("condition_index", std::vector<int32_t>(indices.begin(), indices.end()), {static_cast<int64_t>(indices.size())});
  Write(file, "outputs", run.outputs);
  Write(file, "h", run.h);
  Write(file, "state", run.state);
  std::vector<uint8_t> observed(conditions.size() * kPaddedFrames, 0);
  for (size_t c = 0; c < conditions.size(); ++c)
    for (int t = 0; t < conditions[c].t_occ; ++t) observed[c * kPaddedFrames + t] = 1;
  file.Write("observed", observed, {static_cast<int64_t>(conditions.size()), kPaddedFrames});
  file.WriteString("header", Header(request, trained));
  files::WriteFileAtomically(request.out, file.Finish());
  return static_cast<int>(conditions.size());
}

}  // namespace figment::pong
