// PhongPainter: draws scenes under Lighting::kPhong into the renderer's targets - lamps, images, sky, shadow maps of
// lamps, transparent surfaces. Private to render/: needs a current context.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "render/gl.h"
#include "render/phong_list.h"

namespace figment::render {

// Passes as bits, to name framebuffers and programs.
enum PassBit : unsigned { kColorBit = 1, kIdBit = 2, kNormalsBit = 4, kFlowBit = 8 };

class PhongPainter {
 public:
  // `min_filter` is that of images.
  PhongPainter(const PhongOptions& options, GLint min_filter) : options_(options), min_filter_(min_filter) {}

  void Upload(const envs::Scene& scene);

  // Sends what has changed to the GPU and, if colour is wanted, draws the shadow maps.
  void Prepare(const View& view, const View& previous, bool color);

  // Into the bound framebuffer, after it has been cleared.
  void Draw(unsigned bits);

 private:
  struct ProgramKey {
    unsigned bits = 0;
    int image = 0;  // 0 none, 1 flat, 2 cube
    bool per_pixel = false, facets = false, shadows = false;
    auto operator<=>(const ProgramKey&) const = default;
  };

  void MakeVertexArray();
  void UploadImages();
  void UpdateFields(const envs::SceneState& state);
  void UpdateSkins(const envs::SceneState& state, const envs::SceneState& previous);
  void WriteVertices(uint32_t first);
  void DrawShadowMaps();
  void DrawBatches(const std::vector<PhongBatch>& batches, unsigned bits, bool shadows);
  void DrawSky();
  void DrawCommands(const PhongBatch& batch) const;
  const GlProgram& ProgramFor(const ProgramKey& key);
  std::string LampDefines(bool shadows) const;

  PhongOptions options_;
  GLint min_filter_;
  envs::Scene scene_;
  PhongGeometry geometry_;
  PhongList list_;
  std::vector<std::shared_ptr<const std::vector<float>>> field_heights_;  // those in the vertex buffer
  std::vector<Vertex> scratch_;

  std::vector<GlTexture> images_;       // as Scene::images
  GlTexture shadow_maps_;
  std::vector<GlFramebuffer> shadow_framebuffers_;  // a layer each
  std::map<ProgramKey, GlProgram> programs_;
  std::vector<GlProgram> shadow_programs_;
  GlProgram sky_program_;
  GlVertexArray vertex_array_;
  GlBuffer vertices_, indices_, frame_block_, lamp_block_;
  GrowingBuffer instances_, commands_;
};

}  // namespace figment::render
