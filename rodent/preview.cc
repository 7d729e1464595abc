#include "rodent/preview.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/random.h"
#include "envs/array_buffers.h"
#include "files/atomic.h"
#include "files/contact_sheet.h"
#include "files/movie.h"
#include "files/png.h"
#include "rodent/eye.h"

namespace figment::rodent {
namespace {

constexpr int kEye_px = 64, kEnlarged = 3;
constexpr int kOutside_px = 256;

// One of the scene's cameras at the state's time.
render::View ViewOf(const envs::Scene& scene, const envs::SceneState& state, const std::string& camera) {
  const bool from_head = camera == "egocentric";
  return {&state, envs::CameraNow(scene, state, camera), from_head ? TaskLooks::kFromHead : TaskLooks::kFromOutside};
}

files::RgbPicture Enlarged(const render::Frame& frame, int factor) {
  files::RgbPicture picture = {.width = factor * frame.width, .height = factor * frame.height};
  picture.pixels.reserve(3 * static_cast<size_t>(picture.width) * static_cast<size_t>(picture.height));
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x)
      for (int c = 0; c < 3; ++c)
        picture.pixels.push_back(frame.color[static_cast<size_t>(3 * (y / factor * frame.width + x / factor) + c)]);
  return picture;
}

// Draws one environment at two sizes: from outside and from the eye.
class Artist {
 public:
  Artist(const RodentEnv& env, const std::string& quality, const std::string& device)
      : drawable_(MakeDrawable(env, std::make_shared<TaskLooks>(env.config()))),
        outside_({.width = kOutside_px, .height = kOutside_px, .quality = render::ParseQuality(quality), .device = device}),
        eye_({.width = kEye_px, .height = kEye_px, .quality = render::ParseQuality(quality), .device = device}) {
    outside_.Upload(*drawable_->scene());
    eye_.Upload(*drawable_->scene());
  }

  files::RgbPicture Outside(const std::string& camera) {
    const envs::SceneState& state = drawable_->Now();
    return Outside(ViewOf(*drawable_->scene(), state, camera));
  }
  files::RgbPicture Eye(int enlarged) {
    const envs::SceneState& state = drawable_->Now();
    eye_.Render(ViewOf(*drawable_->scene(), state, "egocentric"), nullptr, {}, frame_);
    return Enlarged(frame_, enlarged);
  }
  // The whole arena: a camera high above that takes in everything but endless or hidden things.
  files::RgbPicture FromAbove(const Extent& extent) {
    const envs::SceneState& state = drawable_->Now();
    const double height_m = 3 * extent.half_width_m;
    envs::Camera camera = envs::LookAt({extent.x_m, 0, height_m}, {extent.x_m, 0, 0}, 2 * std::atan(1.05 / 3));
    camera.far_m = 10 * extent.half_width_m;
    return Outside({&state, camera, TaskLooks::kFromOutside});
  }

 private:
  files::RgbPicture Outside(const render::View& view) {
    outside_.Render(view, nullptr, {}, frame_);
    return Enlarged(frame_, 1);
  }

  std::unique_ptr<envs::Drawable> drawable_;
  render::Renderer outside_, eye_;
  render::Frame frame_;
};

}  // namespace

base::FieldList FieldsOf(PreviewRequest* request) {
  base::FieldList fields = FieldsOf(&request->env);
  fields.Add("seed", &request->seed, "of the episode");
  fields.Add("quality", &request->quality, "draft, standard, high or faithful");
  fields.Add("device", &request->device, "auto, cpu or gpu:N");
  fields.Add("steps", &request->steps, "of random actions, over which the eye looks").Range(0, 100000);
  return fields;
}

files::RgbPicture Preview(const PreviewRequest& request) {
  RodentEnv env(request.env);
  const envs::ArrayBuffers buffers(env.spec(), 1);
  env.Reset(request.seed, {}, buffers.OutputOf(0));
  Artist artist(env, request.quality, request.device);
  std::vector<files::RgbPicture> pictures = {artist.FromAbove(FindTask(request.env.task).extent),
                                             artist.Outside("walker/back"), artist.Outside("walker/side")};
  std::vector<std::string> captions = {"from above", "camera back", "camera side"};
  const size_t outside = pictures.size();

  constexpr int kLooks = 4;
  base::Rng rng({request.seed, base::KeyOf("policy")});
  int done = 0;
  for (int look = 0; look < kLooks; ++look) {
    const int until = request.steps * look / (kLooks - 1);
    for (; done < until && env.running(); ++done) {
      for (float& value : buffers.Array<float>(envs::Section::kActions, "action")) value = static_cast<float>(rng.Uniform(-1, 1));
      env.Step(buffers.ActionsOf(0), buffers.OutputOf(0));
    }
    pictures.push_back(artist.Eye(kEnlarged));
    captions.push_back("eye, step " + std::to_string(done));
  }

  std::vector<files::SheetRow> rows = {{.title = request.env.task + ", seed " + std::to_string(request.seed)}, {}};
  for (size_t k = 0; k < pictures.size(); ++k)
    rows[k < outside ? 0 : 1].pictures.push_back({pictures[k].width, pictures[k].height, pictures[k].pixels.data(), captions[k]});
  return files::MakeContactSheet(rows, {.text_scale = 1});
}

void WritePreview(const PreviewRequest& request, const std::filesystem::path& out) {
  if (out.extension() != ".png") throw base::UsageError("--out " + out.string() + ": expected a .png file");
  files::WritePng(out, Preview(request));
}

class Recorder::Impl {
 public:
  Impl(const RodentEnv& env, const std::filesystem::path& out, const std::string& quality, const std::string& device)
      : artist_(env, quality, device), file_(out),
        movie_(file_.temporary(), 2 * kOutside_px, kOutside_px, 1 / env.spec().step_s, {.crf = 18}) {}

  void Add() {
    const files::RgbPicture left = artist_.Outside("walker/back"), right = artist_.Eye(kOutside_px / kEye_px);
    both_.clear();
    constexpr size_t kRow = 3 * kOutside_px;
    for (size_t y = 0; y < kOutside_px; ++y)
      for (const files::RgbPicture* picture : {&left, &right}) {
        const auto row = picture->pixels.begin() + static_cast<ptrdiff_t>(y * kRow);
        both_.insert(both_.end(), row, row + static_cast<ptrdiff_t>(kRow));
      }
    movie_.Add(both_.data());
  }

  void Close() {
    movie_.Close();
    file_.Commit();
  }

 private:
  Artist artist_;
  files::AtomicFile file_;
  files::MovieWriter movie_;
  std::vector<uint8_t> both_;
};

Recorder::Recorder(const RodentEnv& env, const std::filesystem::path& out, const std::string& quality, const std::string& device)
    : impl_(std::make_unique<Impl>(env, out, quality, device)) {}
Recorder::~Recorder() = default;
void Recorder::Add() { impl_->Add(); }
void Recorder::Close() { impl_->Close(); }

}  // namespace figment::rodent
