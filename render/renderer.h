// Renderer: draws a SceneState from a camera, headless (OpenGL 4.5 core over EGL: a GPU, or Mesa's llvmpipe).
//
//   Renderer renderer(config);
//   renderer.Upload(scene);                                  // once per scene
//   renderer.Render(view, &previous_view, passes, frame);    // per frame; keeps no history
//
// All passes come from one multi-target draw (preset high: labels from a second, single-sample draw). Ids, depth and
// flow are never averaged. One renderer per thread; its context stays current on that thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "envs/scene.h"
#include "render/image.h"

namespace figment::render {

enum class Quality {
  kDraft,     // no shadows, one sample
  kStandard,  // shadows (a small map, the floor casts none)
  kHigh,      // 4x multi-sampling, ambient occlusion, larger shadow map
  kFaithful,  // as MuJoCo draws
};
const std::vector<std::string>& QualityNames();
Quality ParseQuality(const std::string& name);  // throws base::Error with the nearest name

// "auto": a GPU if there is one, else software; "cpu": software; "gpu:N": EGL device with CUDA number N.
// Asking for a GPU and getting software is an Error with the fix in its text.
struct RenderConfig {
  int width = 256, height = 256;
  Quality quality = Quality::kStandard;
  std::string device = "auto";
};

struct View {
  const envs::SceneState* state = nullptr;
  envs::Camera camera;
  unsigned groups = ~0u;  // bit g: bodies and skins of group g are drawn (Lighting::kPhong)
};

struct RendererInfo {
  std::string gl_renderer, gl_version, gl_vendor, egl_device;
  bool software = false;
};

// Where RenderToDevice leaves a picture: [H, W, channels] bytes from the top left in the memory of the CUDA device that
// draws, written in the order of `stream` (a cudaStream_t; null is the default one).
struct DevicePicture {
  void* data = nullptr;
  int channels = 3;  // 3: sRGB; 4: sRGB and 255
  void* stream = nullptr;
};

class Renderer {
 public:
  explicit Renderer(const RenderConfig& config);
  ~Renderer();
  Renderer(Renderer&&) noexcept;
  Renderer& operator=(Renderer&&) noexcept;

  const RenderConfig& config() const;
  const RendererInfo& info() const;

  void Upload(const envs::Scene& scene);
  // `previous` may be null (flow is then 0). Buffers of passes not asked for are left empty.
  void Render(const View& view, const View* previous, const Passes& passes, Frame& out);

  // The colour only, without a copy through the host (render/device_copy.h). Throws base::Error if this build has no
  // CUDA, or the context or the memory is of another device. Not yet run on a GPU by us.
  void RenderToDevice(const View& view, const DevicePicture& out);

  // Until the next call on any thread the renderer belongs to none. To be called before another thread takes over.
  void Release();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// What the machine offers, for `figment doctor`.
struct DeviceInfo {
  int index = 0;
  int cuda_number = -1;      // -1: none
  std::string name;          // EGL vendor or DRM path
  std::string gl_renderer, gl_version;
  bool software = false;
  std::string problem;       // why it cannot be used, else empty
};
std::vector<DeviceInfo> ListDevices();

}  // namespace figment::render
