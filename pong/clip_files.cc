#include "pong/clip_files.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <limits>
#include <map>
#include <numbers>

#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/machine.h"
#include "base/progress.h"
#include "base/version.h"
#include "files/atomic.h"
#include "files/contact_sheet.h"
#include "files/hdf5.h"
#include "files/movie.h"
#include "files/npy.h"
#include "files/png.h"

namespace figment::pong {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Picture = std::vector<uint8_t>;

constexpr int64_t kLargestArray = int64_t{4} << 30;
constexpr int kMostUnasked = 10000;
constexpr uint8_t kAfterEnd = 255;  // in `cover`

std::string HexOf(const Rgb8& color) {
  char text[8];
  std::snprintf(text, sizeof(text), "#%02x%02x%02x", color[0], color[1], color[2]);
  return text;
}

bool ParseHex(const std::string& text, Rgb8* color) {
  const bool valid =
      text.size() == 7 && text[0] == '#' && text.find_first_not_of("0123456789abcdefABCDEF", 1) == text.npos;
  if (!valid) return false;
  for (size_t i = 0; i < 3; ++i) (*color)[i] = static_cast<uint8_t>(std::stoi(text.substr(1 + 2 * i, 2), nullptr, 16));
  return true;
}

void AddColor(base::FieldList* fields, const std::string& key, Rgb8* color, const std::string& help) {
  fields->AddParsed(
      key, [color](const std::string& text) { return ParseHex(text, color); }, [color] { return HexOf(*color); },
      "a colour like #80ff00", help);
}

uint8_t GreyOf(const Rgb8& color) {  // ITU-R BT.601, as Pillow
  return static_cast<uint8_t>(std::lround(0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2]));
}

// One condition of a request.
struct Clip {
  const Condition* condition;
  std::vector<Position> positions;
  Epochs epochs;
};

std::vector<int> Chosen(const ClipRequest& request) {
  std::vector<int> indices;
  if (request.batch) {
    if (!request.selection.indices.empty()) throw base::UsageError("expected one of --batch and --index");
    const std::string& set = request.selection.set;
    if (set != "valid" && set != "train")
      throw base::UsageError("--batch needs --set valid or train, not '" + set + "'");
    const auto part = SetIndices(set), batch = Batch(part, *request.batch);
    if (batch.empty())
      throw base::UsageError("no batch " + std::to_string(*request.batch) + " in " + set + ": expected 0 to " +
                             std::to_string(BatchCount(part) - 1));
    indices.assign(batch.begin(), batch.end());
  } else {
    indices = Select(request.selection);
  }
  if (request.first && static_cast<size_t>(*request.first) < indices.size())
    indices.resize(static_cast<size_t>(*request.first));
  if (!request.first && indices.size() > kMostUnasked)
    throw base::UsageError(std::to_string(indices.size()) +
                           " conditions are asked for: choose with --index, --batch or --first N (at most " +
                           std::to_string(kMostUnasked) + " without --first)");
  RefuseTwice(indices);
  return indices;
}

void PrepareFolder(const fs::path& folder) {
  if (fs::exists(folder) && !fs::is_directory(folder))
    throw base::Error("'" + folder.string() + "' is there and is no folder");
  if (fs::exists(folder) && !fs::is_empty(folder))
    throw base::Error("'" + folder.string() + "' is not empty, and nothing is overwritten" +
                      (fs::exists(folder / "manifest.json") ? ": it holds clips already"
                                                            : ": it has no manifest.json, so it may be unfinished"));
  fs::create_directories(folder);
}

// The most pictures a clip can have; the length of padded arrays. 90 at 24 a second.
int PaddedLength(double rate_hz) { return static_cast<int>(std::ceil(kPaddedFrames * rate_hz / kBallRate_hz - 1e-9)); }

std::vector<int64_t> ShapeOf(size_t conditions, const ClipConfig& config, int channels) {
  const int length = PaddedLength(config.rate_hz);
  std::vector<int64_t> shape = {static_cast<int64_t>(conditions), length, config.size, config.size};
  if (channels == 3) shape.push_back(3);
  return shape;
}

// Where the pictures of a format go. Pictures of a clip come in order; arrays also get those after its end.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual bool pads() const { return false; }
  virtual void Begin(const Clip&) {}
  virtual void Add(const Picture& picture) = 0;
  virtual void EndClip() {}
  virtual void Finish() {}
};

class PngSink : public Sink {
 public:
  PngSink(fs::path folder, int size, int channels) : folder_(std::move(folder)), size_(size), channels_(channels) {}
  void Begin(const Clip& clip) override {
    clip_ = folder_ / std::to_string(clip.condition->index);
    fs::create_directories(clip_);
    frame_ = 0;
  }
  void Add(const Picture& picture) override {
    char name[32];
    std::snprintf(name, sizeof(name), "frame_%03d.png", frame_++);
    const auto format = channels_ == 1 ? files::PngFormat::kGray8 : files::PngFormat::kRgb8;
    encoder_.Encode({format, size_, size_, picture.data()}, files::PngFilter::kUp, &bytes_);
    files::WriteFileAtomically(clip_ / name, bytes_);
  }

 private:
  fs::path folder_, clip_;
  int size_, channels_, frame_ = 0;
  files::PngEncoder encoder_;
  std::vector<uint8_t> bytes_;
};

class MovieSink : public Sink {
 public:
  MovieSink(fs::path folder, int size, int channels, double rate_hz)
      : folder_(std::move(folder)), size_(size), channels_(channels), rate_hz_(rate_hz) {}
  void Begin(const Clip& clip) override {
    file_.emplace(folder_ / (std::to_string(clip.condition->index) + ".mp4"));
    movie_.emplace(file_->temporary(), size_, size_, rate_hz_, files::MovieOptions{.crf = 18});
  }
  void Add(const Picture& picture) override {
    if (channels_ == 3) return movie_->Add(picture.data());
    rgb_.clear();
    for (const uint8_t grey : picture) rgb_.insert(rgb_.end(), 3, grey);
    movie_->Add(rgb_.data());
  }
  void EndClip() override {
    movie_->Close();
    movie_.reset();
    file_->Commit();
    file_.reset();
  }

 private:
  fs::path folder_;
  int size_, channels_;
  double rate_hz_;
  std::optional<files::AtomicFile> file_;
  std::optional<files::MovieWriter> movie_;
  Picture rgb_;
};

// Written as it comes: an array may be larger than memory.
class NpySink : public Sink {
 public:
  NpySink(const fs::path& folder, const std::vector<int64_t>& shape)
      : file_(folder / "pictures.npy"), out_(file_.temporary(), std::ios::binary) {
    const std::vector<uint8_t> header = files::NpyHeader<uint8_t>(shape);
    Write(header);
  }
  bool pads() const override { return true; }
  void Add(const Picture& picture) override { Write(picture); }
  void Finish() override {
    out_.close();
    file_.Commit();
  }

 private:
  void Write(const std::vector<uint8_t>& bytes) {
    out_.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!out_.flush()) throw base::Error("cannot write '" + file_.temporary().string() + "': is the disk full?");
  }
  files::AtomicFile file_;
  std::ofstream out_;
};

struct EpochArrays {
  std::vector<int32_t> index, frames, vis_frame_end, occ_frame_start;
  std::vector<uint8_t> cover, visible, occluded;
  std::vector<double> x, y;
};

EpochArrays Pad(const std::vector<Clip>& clips, int length) {
  EpochArrays arrays;
  for (const Clip& clip : clips) {
    arrays.index.push_back(clip.condition->index);
    arrays.frames.push_back(static_cast<int32_t>(clip.positions.size()));
    arrays.vis_frame_end.push_back(clip.epochs.vis_frame_end);
    arrays.occ_frame_start.push_back(clip.epochs.occ_frame_start);
    for (size_t i = 0; i < static_cast<size_t>(length); ++i) {
      const bool there = i < clip.positions.size();
      arrays.cover.push_back(there ? static_cast<uint8_t>(clip.epochs.cover[i]) : kAfterEnd);
      arrays.visible.push_back(there ? clip.epochs.visible[i] : 0);
      arrays.occluded.push_back(there ? clip.epochs.occluded[i] : 0);
      arrays.x.push_back(there ? clip.positions[i].x : std::numeric_limits<double>::quiet_NaN());
      arrays.y.push_back(there ? clip.positions[i].y : std::numeric_limits<double>::quiet_NaN());
    }
  }
  return arrays;
}

// Gives every array to `put`(name, values, shape).
template <class Put>
void PutEpochs(const std::vector<Clip>& clips, double rate_hz, const Put& put) {
  const int length = PaddedLength(rate_hz);
  const EpochArrays arrays = Pad(clips, length);
  const auto n = static_cast<int64_t>(clips.size());
  put("condition_index", std::span(arrays.index), {n});
  put("frames", std::span(arrays.frames), {n});
  put("vis_frame_end", std::span(arrays.vis_frame_end), {n});
  put("occ_frame_start", std::span(arrays.occ_frame_start), {n});
  put("cover", std::span(arrays.cover), {n, length});
  put("visible", std::span(arrays.visible), {n, length});
  put("occluded", std::span(arrays.occluded), {n, length});
  put("ball_x", std::span(arrays.x), {n, length});
  put("ball_y", std::span(arrays.y), {n, length});
}

class Hdf5Sink : public Sink {
 public:
  Hdf5Sink(fs::path folder, std::vector<int64_t> shape, const std::vector<Clip>& clips, double rate_hz)
      : folder_(std::move(folder)), shape_(std::move(shape)), clips_(clips), rate_hz_(rate_hz) {}
  bool pads() const override { return true; }
  void Add(const Picture& picture) override { pictures_.insert(pictures_.end(), picture.begin(), picture.end()); }
  void Finish() override {
    files::Hdf5Writer writer;
    writer.Write("pictures", pictures_, shape_, files::Hdf5Compression::kGzip);
    PutEpochs(clips_, rate_hz_, [&](const char* name, auto values, const std::vector<int64_t>& shape) {
      writer.Write(name, values, shape);
    });
    files::WriteFileAtomically(folder_ / "pictures.h5", writer.Finish());
  }

 private:
  fs::path folder_;
  std::vector<int64_t> shape_;
  const std::vector<Clip>& clips_;
  double rate_hz_;
  Picture pictures_;
};

std::unique_ptr<Sink> MakeSink(const fs::path& folder, const ClipConfig& config, int channels,
                               const std::vector<Clip>& clips) {
  const std::vector<int64_t> shape = ShapeOf(clips.size(), config, channels);
  switch (config.format) {
    case ClipFormat::kPng: return std::make_unique<PngSink>(folder, config.size, channels);
    case ClipFormat::kMp4: return std::make_unique<MovieSink>(folder, config.size, channels, config.rate_hz);
    case ClipFormat::kNpy: return std::make_unique<NpySink>(folder, shape);
    case ClipFormat::kHdf5: return std::make_unique<Hdf5Sink>(folder, shape, clips, config.rate_hz);
  }
  CHECK(false);
}

void RefuseHugeArrays(size_t conditions, const ClipConfig& config) {
  if (config.format != ClipFormat::kNpy && config.format != ClipFormat::kHdf5) return;
  int64_t bytes = 1;
  for (const int64_t size : ShapeOf(conditions, config, config.uses_pixels() ? 1 : 3)) bytes *= size;
  if (bytes <= kLargestArray) return;
  throw base::UsageError("the array of " + std::to_string(conditions) + " conditions would have " +
                         std::to_string(bytes / 1'000'000'000) +
                         " GB: expected at most 4 GB; choose fewer with --index, --batch or --first, or --format mp4");
}

std::vector<Clip> MakeClips(const std::vector<int>& indices, const ClipConfig& config) {
  std::vector<Clip> clips;
  for (const int index : indices) {
    const Condition& condition = TrialSet()[static_cast<size_t>(index)];
    Clip clip{.condition = &condition, .positions = ClipPositions(MakeTrack(condition), config.rate_hz)};
    clip.epochs = EpochsOf(clip.positions, config.ball_radius);
    clips.push_back(std::move(clip));
  }
  return clips;
}

Json ManifestEntry(const Clip& clip, const std::string& sha256) {
  const Condition& c = *clip.condition;
  Json entry = {{"index", c.index}};
  const auto published = PublishedConditions();
  if (const auto at = std::find(published.begin(), published.end(), c.index); at != published.end())
    entry["row"] = at - published.begin();
  entry["t_occ"] = c.t_occ, entry["t_end"] = c.t_end, entry["frames"] = clip.positions.size();
  entry["vis_frame_end"] = clip.epochs.vis_frame_end, entry["occ_frame_start"] = clip.epochs.occ_frame_start;
  entry["pictures_sha256"] = sha256;
  return entry;
}

// Draws all pictures of a clip into the sink; returns the hash of those until its end.
std::string DrawClip(const Clip& clip, int padded, ClipArtist* artist, Sink* sink) {
  Picture picture;
  base::Sha256 hash;
  sink->Begin(clip);
  for (const Position& ball : clip.positions) {
    artist->Draw(ball, &picture);
    hash.UpdateArray(std::span<const uint8_t>(picture));
    sink->Add(picture);
  }
  if (sink->pads()) {
    artist->Draw(std::nullopt, &picture);
    for (size_t i = clip.positions.size(); i < static_cast<size_t>(padded); ++i) sink->Add(picture);
  }
  sink->EndClip();
  return hash.Hex();
}

void WriteEpochs(const fs::path& folder, const std::vector<Clip>& clips, double rate_hz) {
  std::vector<std::pair<std::string, std::vector<uint8_t>>> arrays;
  PutEpochs(clips, rate_hz, [&](const char* name, auto values, const std::vector<int64_t>& shape) {
    using Value = std::remove_const_t<typename decltype(values)::element_type>;
    arrays.emplace_back(name, files::EncodeNpy<Value>(values, shape));
  });
  files::WriteFileAtomically(folder / "epochs.npz", files::EncodeNpz(arrays));
}

Json FileHashes(const fs::path& folder) {
  std::map<std::string, std::string> hashes;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.is_regular_file()) hashes[entry.path().filename().string()] = base::Sha256OfFile(entry.path());
  return hashes;
}

}  // namespace

double ClipConfig::occluder_opacity() const {
  return variant == Variant::kOccluded ? 1 : variant == Variant::kVisible ? 0 : partial_opacity;
}

base::FieldList FieldsOf(ClipConfig* c) {
  base::FieldList fields;
  fields.Add("size", &c->size, "width and height").Range(16, 2048).Unit("pixels");
  fields.Add("rate", &c->rate_hz, "pictures a second: 24 are the published frames, 60 the display")
      .Range(1, 240)
      .Unit("Hz");
  fields.AddEnum("variant", &c->variant,
                 {{"occluded", Variant::kOccluded}, {"visible", Variant::kVisible}, {"partial", Variant::kPartial}},
                 "with the occluder, without, or with a partly transparent one");
  fields.AddEnum("format", &c->format,
                 {{"png", ClipFormat::kPng}, {"mp4", ClipFormat::kMp4}, {"npy", ClipFormat::kNpy},
                  {"hdf5", ClipFormat::kHdf5}},
                 "of the pictures");
  fields.AddEnum("drawing", &c->drawing,
                 {{"auto", Drawing::kAuto}, {"pixels", Drawing::kPixels}, {"scene", Drawing::kScene}},
                 "pixels: grey, by the published rule; scene: colour, by the renderer; auto: pixels at 100 x 100");
  fields.AddEnum("orientation", &c->orientation,
                 {{"auto", Orientation::kAuto},
                  {"published", Orientation::kPublished},
                  {"upright", Orientation::kUpright}},
                 "published networks saw y = 0 in the first row; auto: published with pixels, upright with scene");
  fields.Add("partial_opacity", &c->partial_opacity, "opacity of the partial occluder").Range(0, 1);
  fields.Add("ball_radius", &c->ball_radius, "as drawn; the frame has 32 units").Range(0.1, 8).Unit("units");
  fields.Add("paddle", &c->paddle, "draw a paddle in the middle of the right edge");
  AddColor(&fields, "background", &c->background, "colour of the background");
  AddColor(&fields, "ball", &c->ball, "colour of the ball");
  AddColor(&fields, "occluder", &c->occluder, "colour of the occluder");
  AddColor(&fields, "paddle_color", &c->paddle_color, "colour of the paddle");
  fields.Add("device", &c->device, "drawing device of the renderer: auto, cpu or gpu:N");
  return fields;
}

ClipArtist::ClipArtist(const ClipConfig& config) : config_(config) {
  if (config.uses_pixels()) {
    rasteriser_.emplace(PictureStyle{.size = config.size,
                                     .ball_radius = config.ball_radius,
                                     .occluder_opacity = config.occluder_opacity(),
                                     .upright = config.is_upright(),
                                     .background = GreyOf(config.background),
                                     .ball = GreyOf(config.ball),
                                     .occluder = GreyOf(config.occluder),
                                     .paddle = GreyOf(config.paddle_color)});
  } else {
    painter_ = std::make_unique<Painter>(PainterStyle{.size = config.size,
                                                      .ball_radius = config.ball_radius,
                                                      .background = config.background,
                                                      .ball = config.ball,
                                                      .occluder = config.occluder,
                                                      .paddle = config.paddle_color,
                                                      .upright = config.is_upright(),
                                                      .device = config.device});
  }
}

ClipArtist::~ClipArtist() = default;

size_t ClipArtist::bytes() const {
  return static_cast<size_t>(config_.size) * static_cast<size_t>(config_.size) * static_cast<size_t>(channels());
}

std::string ClipArtist::renderer() const { return painter_ ? painter_->info().gl_renderer : "pixels"; }

void ClipArtist::Draw(const std::optional<Position>& ball, std::vector<uint8_t>* picture) {
  const std::optional<PaddlePicture> paddle = config_.paddle ? std::optional(PaddlePicture{}) : std::nullopt;
  if (painter_) return painter_->Draw({ball, config_.occluder_opacity(), paddle}, picture);
  picture->resize(bytes());
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  const Position at = ball.value_or(Position{kNaN, kNaN});
  rasteriser_->Draw(at.x, at.y, *picture);
  if (paddle) rasteriser_->DrawPaddle(*paddle, *picture);
}

ClipSummary WriteClips(const ClipRequest& request, const ClipConfig& config) {
  const std::vector<int> indices = Chosen(request);
  RefuseHugeArrays(indices.size(), config);
  ClipArtist artist(config);
  PrepareFolder(request.out);
  const std::vector<Clip> clips = MakeClips(indices, config);
  const std::unique_ptr<Sink> sink = MakeSink(request.out, config, artist.channels(), clips);
  const int padded = PaddedLength(config.rate_hz);
  ClipSummary summary;
  Json entries = Json::array();
  base::Progress progress("clips", static_cast<int64_t>(clips.size()));
  for (const Clip& clip : clips) {
    entries.push_back(ManifestEntry(clip, DrawClip(clip, padded, &artist, sink.get())));
    ++summary.conditions;
    summary.frames += static_cast<int64_t>(clip.positions.size());
    progress.Advance();
  }
  sink->Finish();
  WriteEpochs(request.out, clips, config.rate_hz);
  ClipConfig settings = config;
  const Json manifest = {{"format", "figment pong clips 1"},
                         {"figment", base::kVersion},
                         {"renderer", artist.renderer()},
                         {"cpu_class", base::CpuClass()},
                         {"settings", Json::parse(FieldsOf(&settings).ToJson())},
                         {"files_sha256", FileHashes(request.out)},
                         {"clips", entries}};
  files::WriteFileAtomically(request.out / "manifest.json", manifest.dump(1) + "\n");
  return summary;
}

namespace {

constexpr int kPreviewSize = 200;  // a multiple of the published 100

// Frames worth looking at: the start, the last whole ball, t_occ, the reflection, t_end, and some between.
std::vector<int> FramesToShow(const Condition& c, const Track& track, const Epochs& epochs) {
  std::vector<int> frames = {0, c.t_occ / 2, epochs.vis_frame_end, c.t_occ, (c.t_occ + c.t_end) / 2, c.t_end};
  for (int frame = 1; frame <= c.t_end; ++frame)
    if (track.reflected[static_cast<size_t>(frame)]) frames.push_back(frame);
  std::sort(frames.begin(), frames.end());
  frames.erase(std::unique(frames.begin(), frames.end()), frames.end());
  return frames;
}

std::string FrameCaption(int frame, const Condition& c, const Track& track) {
  std::string text = "frame " + std::to_string(frame);
  if (frame == c.t_occ) text += ", t_occ";
  if (frame == c.t_end) text += ", t_end";
  if (track.reflected[static_cast<size_t>(frame)]) text += ", wall";
  return text;
}

std::string Describe(const Condition& c) {
  char text[256];
  std::snprintf(text, sizeof(text),
                "condition %d: %s, end point %.3f deg; from %.2f, %.2f at %.1f deg", c.index,
                c.n_bounce_at_t_end == 0 ? "no bounce" : c.n_bounce_visible > 0 ? "visible bounce" : "occluded bounce",
                DegreesOf(c.y_f), c.x0, c.y0, c.heading_rad * 180 / std::numbers::pi);
  return text;
}

// A grey picture in colour, each pixel repeated so that it has the size of the others.
Picture Enlarged(const Picture& grey, int size) {
  Picture rgb;
  const int times = kPreviewSize / size;
  for (int row = 0; row < size * times; ++row)
    for (int column = 0; column < size * times; ++column)
      rgb.insert(rgb.end(), 3, grey[static_cast<size_t>(row / times * size + column / times)]);
  return rgb;
}

// A row of the sheet: the frames drawn by one config. `pictures` holds them.
files::SheetRow PreviewRow(const std::string& title, const ClipConfig& config, const Condition& c,
                           const std::vector<int>& frames, std::vector<std::unique_ptr<Picture>>* pictures) {
  const Track track = MakeTrack(c);
  ClipArtist artist(config);
  files::SheetRow row{.title = title};
  Picture drawn;
  for (const int frame : frames) {
    artist.Draw(PositionAt(track, frame, c.t_end), &drawn);
    pictures->push_back(std::make_unique<Picture>());
    Picture& rgb = *pictures->back();
    rgb = artist.channels() == 3 ? drawn : Enlarged(drawn, config.size);
    row.pictures.push_back({kPreviewSize, kPreviewSize, rgb.data(), FrameCaption(frame, c, track)});
  }
  return row;
}

}  // namespace

std::string WritePreview(int index, const fs::path& out, const std::string& device) {
  if (out.extension() != ".png") throw base::UsageError("--out '" + out.string() + "': the preview is a .png picture");
  if (fs::exists(out)) throw base::Error("'" + out.string() + "' is there already and is not overwritten");
  const Condition& c = TrialSet()[static_cast<size_t>(Select({.indices = {index}}).front())];
  const Track track = MakeTrack(c);
  const std::vector<int> frames = FramesToShow(c, track, EpochsOf(ClipPositions(track)));
  std::vector<std::unique_ptr<Picture>> pictures;
  const ClipConfig scene{.size = kPreviewSize, .drawing = Drawing::kScene, .paddle = true, .device = device};
  ClipConfig visible = scene;
  visible.variant = Variant::kVisible;
  const std::vector<files::SheetRow> rows = {
      PreviewRow(Describe(c), scene, c, frames, &pictures),
      PreviewRow("without the occluder", visible, c, frames, &pictures),
      PreviewRow("as the published networks saw it: 100 x 100, upside down", {}, c, frames, &pictures)};
  files::WritePng(out, files::MakeContactSheet(rows));
  return Describe(c) + "\n" + out.string();
}

}  // namespace figment::pong
