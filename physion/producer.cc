#include "physion/producer.h"

#include <algorithm>
#include <array>
#include <exception>
#include <fstream>
#include <memory>
#include <span>
#include <thread>

#include "base/bounded_queue.h"
#include "base/check.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/machine.h"
#include "base/version.h"
#include "envs/engines.h"
#include "files/atomic.h"
#include "files/movie.h"
#include "physion/common_scene.h"
#include "physion/encode.h"
#include "physion/library_models.h"
#include "physion/side_files.h"
#include "physion/trial_file.h"

namespace figment::physion {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// A config of which this many candidates in a row are rejected cannot make the trial.
constexpr int kMaxAttempts = 20;
// Frames under way between drawing and writing; each is about 2 MB at 256 x 256.
constexpr size_t kFramesInFlight = 3;

// The raw pixels of every pass drawn, frame by frame.
void UpdateHash(base::Sha256& hash, const render::Frame& frame) {
  hash.UpdateArray(std::span<const uint8_t>(frame.color));
  hash.UpdateArray(std::span<const uint16_t>(frame.id));
  hash.UpdateArray(std::span<const float>(frame.depth_m));
  hash.UpdateArray(std::span<const uint8_t>(frame.normals));
  hash.UpdateArray(std::span<const float>(frame.flow_px));
}

// The files of one trial, all under temporary names until Commit.
class TrialFiles {
 public:
  TrialFiles(const GenerateConfig& settings, const Trial& trial, const fs::path& stem);

  void AddFrame(const FrameRecord& record, const render::Frame& frame);
  // Completes the files and puts them under their names.
  struct Committed {
    Json hashes = Json::object(), bytes = Json::object();  // by name relative to the data set
  };
  Committed Commit(const Json& metadata);

  std::string frames_sha256() const { return hash_.Hex(); }
  const TrialMasks& masks() const { return masks_; }

 private:
  // Opens one more file of the trial; returns the name to write to until Commit.
  fs::path Open(const std::string& suffix);
  std::unique_ptr<files::MovieWriter> Movie(const char* suffix);
  void Write(const std::string& suffix, std::string_view bytes);
  void WriteObjFiles();

  const GenerateConfig& settings_;
  const Trial& trial_;
  fs::path stem_;
  std::vector<int> object_of_id_;
  FrameEncoder encoder_;
  EncodedFrame encoded_;
  base::Sha256 hash_;
  TrialMasks masks_;
  Bytes map_png_;
  std::vector<std::pair<std::string, std::unique_ptr<files::AtomicFile>>> pending_;  // by file name
  std::unique_ptr<TrialFileWriter> hdf5_;
  std::unique_ptr<files::MovieWriter> color_movie_, id_movie_;
};

TrialFiles::TrialFiles(const GenerateConfig& settings, const Trial& trial, const fs::path& stem)
    : settings_(settings),
      trial_(trial),
      stem_(stem),
      object_of_id_(ObjectOfRenderId(trial)),
      encoder_({.img_format = settings.image_format,
                .jpeg_quality = settings.jpeg_quality,
                .float_depth = std::count(settings.float_passes.begin(), settings.float_passes.end(), "depth") > 0,
                .float_flow = std::count(settings.float_passes.begin(), settings.float_passes.end(), "flow") > 0}) {
  fs::create_directories(stem.parent_path());
  if (settings.writes_hdf5()) {
    hdf5_ = std::make_unique<TrialFileWriter>(
        trial, TrialFileOptions{.version = base::kVersion, .save_meshes = settings.save_meshes != Switch::kOff});
  }
  const render::Passes passes = settings.render_passes();
  if (settings.movies && passes.color) color_movie_ = Movie("_img.mp4");
  if (settings.movies && passes.id) id_movie_ = Movie("_id.mp4");
}

fs::path TrialFiles::Open(const std::string& suffix) {
  const fs::path target = stem_.string() + suffix;
  pending_.emplace_back(target.filename().string(), std::make_unique<files::AtomicFile>(target));
  return pending_.back().second->temporary();
}

std::unique_ptr<files::MovieWriter> TrialFiles::Movie(const char* suffix) {
  return std::make_unique<files::MovieWriter>(Open(suffix), settings_.size_px, settings_.size_px, settings_.fps);
}

void TrialFiles::AddFrame(const FrameRecord& record, const render::Frame& frame) {
  UpdateHash(hash_, frame);
  if (hdf5_) {
    encoder_.Encode(frame, object_of_id_, trial_.camera, encoded_);
    hdf5_->AddFrame(record, encoded_);
  } else if (!frame.id.empty()) {
    PaintIds(frame, object_of_id_, encoded_);
  }
  if (!encoded_.masks.empty()) {
    masks_.width = frame.width, masks_.height = frame.height;
    if (masks_.first.empty()) {
      masks_.first = encoded_.masks;
      map_png_ = MapPng(frame, trial_);
    }
    masks_.last = encoded_.masks;
  }
  if (color_movie_) color_movie_->Add(frame.color.data());
  if (id_movie_) id_movie_->Add(encoded_.id_picture.data());
}

void TrialFiles::Write(const std::string& suffix, std::string_view bytes) {
  const fs::path path = Open(suffix);
  std::ofstream out(path, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) throw base::Error("cannot write '" + path.string() + "': is the disk full?");
}

void TrialFiles::WriteObjFiles() {
  for (size_t i = 0; i < trial_.spec.objects.size(); ++i) {
    const std::string id = std::to_string(trial_.spec.objects[i].id);
    Write("_obj" + id + ".obj", ObjText(MeshOfObject(trial_, static_cast<int>(i))));
  }
}

TrialFiles::Committed TrialFiles::Commit(const Json& metadata) {
  if (hdf5_) {
    const Bytes bytes = hdf5_->Finish(metadata);
    Write(".hdf5", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  if (color_movie_) color_movie_->Close();
  if (id_movie_) id_movie_->Close();
  if (!map_png_.empty())
    Write("_map.png", {reinterpret_cast<const char*>(map_png_.data()), map_png_.size()});
  if (settings_.save_meshes == Switch::kOn) WriteObjFiles();
  Committed committed;
  for (const auto& [file_name, file] : pending_) {
    const std::string name = trial_.spec.scenario + "/" + file_name;
    committed.hashes[name] = base::Sha256OfFile(file->temporary());
    committed.bytes[name] = fs::file_size(file->temporary());
    file->Commit();
  }
  return committed;
}

Json ModelsUsed(const TrialSpec& spec, const Models& models) {
  Json used = Json::array();
  for (const Model& model : models)
    if (std::any_of(spec.objects.begin(), spec.objects.end(),
                    [&](const ObjectSpec& object) { return object.model == model.name; }))
      used.push_back(ModelRecord(model));
  return used;
}

// A given scene, in the colours of the mode. What is painted over depends on the scene alone.
TrialSpec ReplayedScene(const Run& run, const Slot& slot) {
  TrialSpec spec = run.scenes->at(static_cast<size_t>(slot.number));
  for (ObjectSpec& object : spec.objects) PutOriginal(object, run.own_models());
  if (run.settings.mode == Mode::kTest) PaintCues(spec, base::Rng({base::KeyOf(spec.stimulus_name())}));
  return spec;
}

// The original model of each stand-in.
Json StandIns(const TrialSpec& spec) {
  Json stand_ins = Json::object();
  for (const ObjectSpec& object : spec.objects)
    if (!object.library_model.empty() && object.library_model != object.model) stand_ins[object.library_model] = object.model;
  return stand_ins;
}

}  // namespace

TrialSpec BuildCandidate(const Run& run, const Slot& slot, int attempt) {
  if (run.replays()) return ReplayedScene(run, slot);
  const Config& config = run.plan.configs[static_cast<size_t>(slot.config)].config;
  return BuildCandidate(run.settings, config, slot.index, attempt, run.own_models());
}

TrialSpec BuildCandidate(const GenerateConfig& settings, const Config& config, int index, int attempt,
                         const Models& models) {
  base::Rng rng({settings.seed, base::KeyOf(config.scenario), base::KeyOf(config.name), static_cast<uint64_t>(index),
                 static_cast<uint64_t>(attempt)});
  const BuildRequest request{
      .arguments = Arguments::FromConfig(config), .mode = settings.mode, .index = index, .models = models};
  TrialSpec spec = FindScenario(config.scenario).build(request, rng);
  spec.scenario = config.scenario;
  spec.config = config.name;
  spec.index = index;
  return spec;
}

SimulateOptions SimulateOptionsOf(const GenerateConfig& settings) {
  return {.world = settings.world,
          .max_start_overlap_m = settings.max_start_overlap_m,
          .stop_at_problem = !settings.replays()};
}

Candidate FindCandidate(const Run& run, const Slot& slot) {
  Candidate candidate;
  candidate.is_replay = run.replays();
  for (;; ++candidate.attempt) {
    candidate.trial = MakeTrial(BuildCandidate(run, slot, candidate.attempt), run.own_models());
    candidate.simulation = Simulate(candidate.trial, SimulateOptionsOf(run.settings));
    if (candidate.accepted() || candidate.is_replay) return candidate;
    candidate.rejected.push_back({candidate.attempt, candidate.simulation.reject_reason});
    if (candidate.attempt + 1 == kMaxAttempts) return candidate;
  }
}

struct Producer::Drawn {
  Json files = Json::object(), bytes = Json::object();
  std::string frames_sha256;
  Json metadata;
};

Producer::Producer(const Run& run, std::string device) : run_(run), device_(std::move(device)) {}

// Drawing and writing run side by side: this thread draws, the other encodes and writes.
Producer::Drawn Producer::DrawAndWrite(const Candidate& candidate, const fs::path& stem) {
  const GenerateConfig& settings = run_.settings;
  const Trial& trial = candidate.trial;
  const std::vector<FrameRecord>& records = candidate.simulation.frames;
  TrialFiles files(settings, trial, stem);

  base::BoundedQueue<std::pair<size_t, render::Frame>> drawn(kFramesInFlight);
  base::BoundedQueue<render::Frame> spare(kFramesInFlight + 1);
  for (size_t i = 0; i <= kFramesInFlight; ++i) spare.Push({});
  std::exception_ptr failure;
  std::thread writer([&] {
    try {
      while (auto item = drawn.Pop()) {
        files.AddFrame(records[item->first], item->second);
        spare.Push(std::move(item->second));
      }
    } catch (...) {
      failure = std::current_exception();
    }
    drawn.Close();
    spare.Close();
  });

  std::exception_ptr drawing_failure;
  try {
    if (settings.draws()) {
      if (!renderer_)
        renderer_.emplace(render::RenderConfig{
            .width = settings.size_px, .height = settings.size_px, .quality = settings.quality, .device = device_});
      renderer_->Upload(trial.scene);
    }
    for (size_t f = 0; f < records.size(); ++f) {
      auto frame = spare.Pop();
      if (!frame) break;  // the writer failed
      if (settings.draws()) {
        const render::View view{&records[f].state, trial.camera};
        const render::View previous{f > 0 ? &records[f - 1].state : nullptr, trial.camera};
        renderer_->Render(view, f > 0 ? &previous : nullptr, settings.render_passes(), *frame);
      }
      drawn.Push({f, std::move(*frame)});
    }
  } catch (...) {
    drawing_failure = std::current_exception();
  }
  drawn.Close();
  writer.join();
  if (drawing_failure) std::rethrow_exception(drawing_failure);
  if (failure) std::rethrow_exception(failure);

  Drawn result;
  result.metadata = MetadataEntry(trial, candidate.simulation.outcome, files.masks(), base::kVersion);
  const TrialFiles::Committed committed = files.Commit(result.metadata);
  result.files = committed.hashes;
  result.bytes = committed.bytes;
  if (settings.draws()) result.frames_sha256 = files.frames_sha256();
  return result;
}

Json Producer::Versions(bool was_drawn) const {
  return {{"figment", base::kVersion},
          {"engine", envs::EngineVersion(run_.settings.world.engine)},
          {"gl_renderer", was_drawn ? Json(renderer_->info().gl_renderer) : Json(nullptr)},
          {"cpu_class", base::CpuClass()}};
}

Json Producer::Produce(const Slot& slot, const fs::path& folder) {
  const GenerateConfig& settings = run_.settings;
  const Config& config = run_.plan.configs[static_cast<size_t>(slot.config)].config;
  const Candidate candidate = FindCandidate(run_, slot);
  const Outcome& outcome = candidate.simulation.outcome;

  Drawn drawn;
  if (candidate.is_kept() && (settings.draws() || settings.writes_hdf5()))
    drawn = DrawAndWrite(candidate, folder / SlotStem(run_.plan, slot));
  else
    drawn.metadata = MetadataEntry(candidate.trial, outcome, {}, base::kVersion);

  Json rejected = Json::array();
  for (const Candidate::Rejection& rejection : candidate.rejected)
    rejected.push_back({{"attempt", rejection.attempt}, {"reason", rejection.reason}});
  Json line = {
      {"slot", slot.number},
      {"stimulus_name", StimulusName(run_.plan, slot)},
      {"scenario", config.scenario},
      {"config", config.name},
      {"index", slot.index},
      {"seed", settings.seed},
      {"trial_seed", candidate.trial.spec.trial_seed},
      {"attempt", candidate.attempt},
      {"engine", settings.world.engine == envs::Engine::kBullet ? "bullet" : "mujoco"},
      {"accepted", candidate.accepted()},
      {"reject_reason", candidate.accepted() ? Json(nullptr) : Json(candidate.simulation.reject_reason)},
      {"rejected", rejected},
      {"label", candidate.is_kept() ? Json(outcome.label) : Json(nullptr)},
      {"first_contact_frame", OrNull(outcome.first_contact_frame)},
      {"num_frames", outcome.num_frames},
      {"ended_by", outcome.ended_by},
      {"start_overlap_m", outcome.start_overlap_m},
      {"max_penetration_m", outcome.max_penetration_m},
      {"minimum_distance_target_to_zone", OrNull(outcome.minimum_distance_target_to_zone)},
      {"state_sha256", candidate.simulation.state_sha256},
      {"frames_sha256", settings.draws() && candidate.is_kept() ? Json(drawn.frames_sha256) : Json(nullptr)},
      {"files", drawn.files},
      {"bytes", drawn.bytes},
      {"metadata", drawn.metadata},
      {"versions", Versions(!drawn.frames_sha256.empty())}};
  if (run_.replays()) line["stand_ins"] = StandIns(candidate.trial.spec);
  if (!run_.model_files.empty()) line["models"] = ModelsUsed(candidate.trial.spec, run_.own_models());
  return line;
}

}  // namespace figment::physion
