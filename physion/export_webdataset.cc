// WebDataset: tar shards of samples. A sample is a group of neighbouring members with the same key, which is the name up
// to its first dot.
//
//   OUT/{train,test}-NNNNNN.tar    KEY.json, KEY.mp4, KEY.map.png, KEY.id.mp4, KEY.hdf5; those of them there are
//
// Samples are shuffled by the seed, so that every shard holds all scenarios: readers shuffle only what they hold.
#include <algorithm>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/random.h"
#include "base/version.h"
#include "files/hdf5.h"
#include "files/tar.h"
#include "physion/export_layouts.h"
#include "physion/producer.h"

namespace figment::physion {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kDefaultShardMb = 500;

struct Member {
  const char* suffix;     // of the file in the data set
  const char* extension;  // of the member
};
constexpr Member kMembers[] = {
    {"_img.mp4", ".mp4"}, {"_map.png", ".map.png"}, {"_id.mp4", ".id.mp4"}, {".hdf5", ".hdf5"}};

// The first dot ends a key.
std::string KeyOf(const ExportTrial& trial) {
  std::string key = trial.name();
  std::replace(key.begin(), key.end(), '.', '-');
  return key;
}

// From the trial's own file; without one the scene is built again, by the version that made it only and if no models
// of the user's are needed for it.
Json CameraOf(const ExportPart& part, const ExportTrial& trial) {
  const Json& line = trial.line;
  if (trial.Has(".hdf5"))
    return Json::parse(files::Hdf5Reader(part.SourceOf(trial, ".hdf5")).ReadString("ext/trial")).at("camera");
  if (line.at("versions").at("figment") != base::kVersion || !part.run.model_files.empty()) return nullptr;
  const TrialSpec spec = BuildCandidate(part.run, part.SlotOf(trial), line.at("attempt"));
  return ToJson(spec).at("camera");
}

Json DescriptionOf(const ExportPart& part, const ExportTrial& trial) {
  const Json& line = trial.line;
  Json description = {{"key", KeyOf(trial)}};
  for (const char* name :
       {"stimulus_name", "scenario", "config", "index", "label", "first_contact_frame", "num_frames"})
    description[name] = line.at(name);
  description["frames_per_second"] = 100;
  description["movie_fps"] = part.run.settings.fps;
  for (const char* name : {"ended_by", "seed", "trial_seed", "attempt", "engine"}) description[name] = line.at(name);
  description["camera"] = CameraOf(part, trial);
  for (const char* name : {"state_sha256", "frames_sha256", "versions", "metadata"}) description[name] = line.at(name);
  if (line.contains("models")) description["models"] = line.at("models");
  description["sha256"] = Json::object();
  for (const Member& member : kMembers)
    if (trial.Has(member.suffix))
      description["sha256"][member.extension + 1] = line.at("files").at(trial.PathOf(member.suffix));
  return description;
}

uint64_t SampleSize(const ExportTrial& trial, const std::string& description) {
  uint64_t size = files::TarMemberSize(KeyOf(trial) + ".json", description.size());
  for (const Member& member : kMembers)
    if (trial.Has(member.suffix))
      size += files::TarMemberSize(KeyOf(trial) + member.extension,
                                   trial.line.at("bytes").at(trial.PathOf(member.suffix)));
  return size;
}

void AddSample(const ExportPart& part, const ExportTrial& trial, const std::string& description,
               files::TarWriter& shard) {
  shard.Add(KeyOf(trial) + ".json", description);
  for (const Member& member : kMembers)
    if (trial.Has(member.suffix)) shard.AddFile(KeyOf(trial) + member.extension, part.SourceOf(trial, member.suffix));
}

fs::path ShardPath(const ExportRequest& request, const ExportPart& part, int number) {
  char name[16];
  std::snprintf(name, sizeof name, "-%06d.tar", number);
  return request.out / (part.name + name);
}

std::vector<std::string> Check(const ExportRequest&, std::span<const ExportPart> parts) {
  for (const ExportPart& part : parts) {
    std::set<std::string> keys;
    for (const ExportTrial& trial : part.trials)
      if (!keys.insert(KeyOf(trial)).second)
        throw base::Error("two trials would have the same key '" + KeyOf(trial) + "'; one is " + trial.name());
  }
  return {};
}

void Write(const ExportRequest& request, const ExportPart& part, base::Progress& progress) {
  std::vector<size_t> order;
  for (size_t i = 0; i < part.trials.size(); ++i) order.push_back(i);
  base::Rng({request.seed, base::KeyOf("shards")}).Shuffle(order);
  const uint64_t limit = static_cast<uint64_t>(request.shard_mb.value_or(kDefaultShardMb)) * 1'000'000;
  std::optional<files::TarWriter> shard;
  uint64_t size = 0;
  int number = 0;
  for (const size_t i : order) {
    const std::string description = DescriptionOf(part, part.trials[i]).dump() + "\n";
    const uint64_t added = SampleSize(part.trials[i], description);
    if (shard && size + added > limit) {
      shard->Close();
      shard.reset();
      size = 0;
    }
    if (!shard) shard.emplace(ShardPath(request, part, number++));
    AddSample(part, part.trials[i], description, *shard);
    size += added;
    progress.Advance();
  }
  if (shard) shard->Close();
}

}  // namespace

Layout LayoutWebdataset() { return {.name = "webdataset", .takes = nullptr, .check = Check, .write = Write}; }

}  // namespace figment::physion
