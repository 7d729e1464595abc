#include "physion/preview.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/error.h"
#include "files/contact_sheet.h"
#include "files/png.h"
#include "physion/encode.h"
#include "physion/released.h"

namespace figment::physion {
namespace {

constexpr size_t kFramesShown = 8;
constexpr size_t kPicturesPerRow = 4;
// Depths are shown from here (white) to here (black); the room is about this deep.
constexpr float kNearestShown = 1.0f, kFarthestShown = 8.0f;
using Picture = std::vector<uint8_t>;  // [H, W, 3]

uint8_t Byte(float value) { return static_cast<uint8_t>(std::clamp(value, 0.0f, 1.0f) * 255.0f + 0.5f); }

// One RGB picture from a colour for every pixel.
Picture Paint(const render::Frame& frame, const std::function<Rgb8(size_t)>& color_at) {
  const size_t pixels = static_cast<size_t>(frame.width) * static_cast<size_t>(frame.height);
  Picture picture(pixels * 3);
  for (size_t i = 0; i < pixels; ++i) {
    const Rgb8 color = color_at(i);
    std::copy(color.begin(), color.end(), picture.begin() + static_cast<std::ptrdiff_t>(3 * i));
  }
  return picture;
}

Picture DepthPicture(const render::Frame& frame) {
  return Paint(frame, [&](size_t i) {
    const uint8_t level = Byte((kFarthestShown - frame.depth_m[i]) / (kFarthestShown - kNearestShown));
    return Rgb8{level, level, level};
  });
}

// Rightwards reddens, downwards greens, the opposite darkens; no motion is grey.
Picture FlowPicture(const render::Frame& frame, float full_color_px) {
  return Paint(frame, [&](size_t i) {
    return Rgb8{Byte(0.5f + 0.5f * frame.flow_px[2 * i] / full_color_px),
                Byte(0.5f + 0.5f * frame.flow_px[2 * i + 1] / full_color_px), 128};
  });
}

Picture MapPicture(const render::Frame& frame, const std::vector<int>& object_of_id, const Trial& trial) {
  constexpr Rgb8 kNothing = {30, 30, 30};
  return Paint(frame, [&](size_t i) { return CueColor(trial, object_of_id[frame.id[i]]).value_or(kNothing); });
}

// Frames to show: the first, the last, and between them evenly; the first contact takes the place of its neighbour.
std::vector<size_t> FramesToShow(const Outcome& outcome) {
  const auto last = static_cast<double>(outcome.num_frames - 1);
  std::vector<size_t> frames;
  for (size_t i = 0; i < kFramesShown; ++i)
    frames.push_back(static_cast<size_t>(std::lround(last * static_cast<double>(i) / (kFramesShown - 1))));
  if (outcome.first_contact_frame) {
    const auto contact = static_cast<size_t>(*outcome.first_contact_frame);
    const auto distance = [&](size_t f) { return f > contact ? f - contact : contact - f; };
    *std::min_element(frames.begin() + 1, frames.end() - 1,
                      [&](size_t a, size_t b) { return distance(a) < distance(b); }) = contact;
  }
  return frames;
}

Config ChosenConfig(const PreviewRequest& request) {
  const Scenario& scenario = FindScenario(request.scenario);
  if (!request.config.empty()) {
    const Config& config = FindConfig(request.config);
    if (config.scenario != scenario.name)
      throw base::UsageError("config '" + config.name + "' belongs to scenario " + config.scenario + ", not " + scenario.name);
    return config;
  }
  base::Rng rng({request.seed, base::KeyOf(scenario.name), base::KeyOf("preview")});
  return rng.Choice(SampledConfigs(scenario.name));
}

const TrialSpec& ChosenScene(const PreviewRequest& request) {
  if (!request.stimulus.empty()) {
    const TrialSpec& scene = FindReleasedTrial(request.stimulus);
    if (!request.scenario.empty() && FindScenario(request.scenario).name != scene.scenario)
      throw base::UsageError("stimulus '" + request.stimulus + "' is of scenario " + scene.scenario);
    return scene;
  }
  const Scenario& scenario = FindScenario(request.scenario);
  std::vector<const TrialSpec*> scenes;
  for (const TrialSpec& scene : ReleasedTrials())
    if (scene.scenario == scenario.name) scenes.push_back(&scene);
  if (scenes.empty()) throw base::UsageError("no scenes of scenario '" + scenario.name + "' were released");
  base::Rng rng({request.seed, base::KeyOf(scenario.name), base::KeyOf("preview released")});
  return *rng.Choice(scenes);
}

// A run of the one trial that is shown.
Run RunOf(const PreviewRequest& request, GenerateConfig settings) {
  if (request.scenario.empty() && request.stimulus.empty())
    throw base::UsageError("--scenario or --stimulus is required: what to draw");
  const bool is_released = !request.stimulus.empty() || request.config == kReleased;
  if (!request.stimulus.empty() && !request.config.empty() && request.config != kReleased)
    throw base::UsageError("--stimulus names a released scene: leave out --config, or give --config released");
  settings.seed = request.seed;
  settings.config = is_released ? kReleased : "all";
  Run run{.settings = settings, .plan = {}};
  run.plan.slots = {Slot{}};
  if (is_released)
    run.scenes = std::make_shared<const std::vector<TrialSpec>>(std::vector<TrialSpec>{ChosenScene(request)});
  else
    run.plan.configs = {{ChosenConfig(request), 1}};
  for (PlannedConfig& planned : run.plan.configs)
    planned.config.arguments.insert(planned.config.arguments.end(), request.arguments.begin(), request.arguments.end());
  if (is_released && !request.arguments.empty())
    throw base::UsageError("--set " + request.arguments.front().first +
                           ": a released scene is given, and takes no arguments");
  RecordModels(run);
  return run;
}

std::string Caption(const Candidate& candidate) {
  const Outcome& outcome = candidate.simulation.outcome;
  std::string text = candidate.trial.spec.stimulus_name() + ": target " +
                     (outcome.label ? "touches" : "does not touch") + " the zone";
  if (outcome.first_contact_frame) text += ", first in frame " + std::to_string(*outcome.first_contact_frame);
  return text + "; " + std::to_string(outcome.num_frames) + " frames";
}

// Draws single frames of a trial.
class FramePainter {
 public:
  FramePainter(const Candidate& candidate, const GenerateConfig& settings)
      : candidate_(candidate), passes_(settings.render_passes()),
        renderer_({.width = settings.size_px, .height = settings.size_px, .quality = settings.quality,
                   .device = settings.device}) {
    renderer_.Upload(candidate.trial.scene);
  }

  void Draw(size_t f, render::Frame& out) {
    const std::vector<FrameRecord>& records = candidate_.simulation.frames;
    const render::View previous{f > 0 ? &records[f - 1].state : nullptr, candidate_.trial.camera};
    renderer_.Render({&records[f].state, candidate_.trial.camera}, f > 0 ? &previous : nullptr, passes_, out);
  }

 private:
  const Candidate& candidate_;
  render::Passes passes_;
  render::Renderer renderer_;
};

// A picture of the sheet, which keeps its pixels.
struct Tile {
  Picture picture;
  std::string caption;
};

struct Film {
  std::vector<Tile> tiles;
  size_t fastest = 0;  // the shown frame with most motion
};

Film FilmOf(const Outcome& outcome, FramePainter& painter) {
  Film film;
  render::Frame frame;
  double most_motion = -1;
  for (const size_t f : FramesToShow(outcome)) {
    painter.Draw(f, frame);
    const bool contact = outcome.first_contact_frame == static_cast<int>(f);
    film.tiles.push_back({frame.color, "frame " + std::to_string(f) + (contact ? ", contact" : "")});
    double motion = 0;
    for (const float pixels : frame.flow_px) motion += std::abs(pixels);
    if (motion > most_motion) most_motion = motion, film.fastest = f;
  }
  return film;
}

// The map, and the other passes of frame `shown`.
std::vector<Tile> PassesOf(const Trial& trial, size_t shown, FramePainter& painter) {
  const std::vector<int> object_of_id = ObjectOfRenderId(trial);
  const std::string of = " " + std::to_string(shown);
  render::Frame frame;
  painter.Draw(0, frame);
  std::vector<Tile> tiles = {{MapPicture(frame, object_of_id, trial), "map"}};
  painter.Draw(shown, frame);
  EncodedFrame ids;
  PaintIds(frame, object_of_id, ids);
  float largest_flow = 0.5f;  // pixels; a picture without motion stays grey
  for (const float pixels : frame.flow_px) largest_flow = std::max(largest_flow, std::abs(pixels));
  tiles.push_back({ids.id_picture, "id" + of});
  tiles.push_back({DepthPicture(frame), "depth" + of});
  tiles.push_back({frame.normals, "normals" + of});
  tiles.push_back({FlowPicture(frame, largest_flow),
                   "flow" + of + ", +-" + std::to_string(std::lround(largest_flow)) + " px"});
  return tiles;
}

Candidate AcceptedCandidate(const Run& run) {
  Candidate candidate = FindCandidate(run, run.plan.slots.front());
  if (!candidate.is_kept())
    throw base::Error("no scene of this config and seed was accepted; the last one: " +
                      candidate.simulation.reject_reason);
  return candidate;
}

}  // namespace

Candidate ChooseTrial(const PreviewRequest& request, const GenerateConfig& settings) {
  return AcceptedCandidate(RunOf(request, settings));
}

std::string Preview(const PreviewRequest& request, const GenerateConfig& given) {
  if (request.out.extension() != ".png")
    throw base::UsageError("--out '" + request.out.string() + "': the preview is a .png picture");
  const Run run = RunOf(request, given);
  const Candidate candidate = AcceptedCandidate(run);

  FramePainter painter(candidate, run.settings);
  const Film film = FilmOf(candidate.simulation.outcome, painter);
  const std::vector<Tile> passes = PassesOf(candidate.trial, film.fastest, painter);
  const int size = run.settings.size_px;
  const auto shown = [&](const Tile& tile) {
    return files::SheetPicture{size, size, tile.picture.data(), tile.caption};
  };
  std::vector<files::SheetRow> rows;
  for (size_t i = 0; i < film.tiles.size(); ++i) {
    if (i % kPicturesPerRow == 0) rows.push_back({i == 0 ? Caption(candidate) : "", {}});
    rows.back().pictures.push_back(shown(film.tiles[i]));
  }
  rows.push_back({"", {}});
  for (const Tile& tile : passes) rows.back().pictures.push_back(shown(tile));
  files::WritePng(request.out, files::MakeContactSheet(rows));
  return Caption(candidate) + "\n" + request.out.string();
}

}  // namespace figment::physion
