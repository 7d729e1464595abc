#include "render/phong_painter.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/check.h"
#include "render/shader_text.h"
#include "render/vertex_array.h"

namespace figment::render {
namespace {

GlTexture MakeImage(const envs::Image& image, GLint min_filter) {
  CHECK(image.width > 0 && image.height > 0);
  CHECK_EQ(image.rgb.size(), 3 * static_cast<size_t>(image.width) * static_cast<size_t>(image.height));
  const int side = image.width, height = image.cube ? image.width : image.height;
  GlTexture texture = GlTexture::Make(image.cube ? GL_TEXTURE_CUBE_MAP : GL_TEXTURE_2D);
  const GLuint name = texture.get();
  glTextureStorage2D(name, std::bit_width(static_cast<unsigned>(std::max(side, height))), GL_RGB8, side, height);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
  if (image.cube) {
    CHECK_EQ(image.height, 6 * side);
    glTextureSubImage3D(name, 0, 0, 0, 0, side, side, 6, GL_RGB, GL_UNSIGNED_BYTE, image.rgb.data());
  } else {
    glTextureSubImage2D(name, 0, 0, 0, side, height, GL_RGB, GL_UNSIGNED_BYTE, image.rgb.data());
  }
  glGenerateTextureMipmap(name);
  const GLint wrap = image.cube ? GL_CLAMP_TO_EDGE : GL_REPEAT;
  for (const GLenum axis : {GL_TEXTURE_WRAP_S, GL_TEXTURE_WRAP_T, GL_TEXTURE_WRAP_R}) glTextureParameteri(name, axis, wrap);
  glTextureParameteri(name, GL_TEXTURE_MIN_FILTER, min_filter);
  glTextureParameteri(name, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
  return texture;
}

// Depth reversed and compared as MuJoCo does: no blending of neighbours.
GlTexture MakeShadowMaps(int side, int layers) {
  GlTexture texture = GlTexture::Make(GL_TEXTURE_2D_ARRAY);
  const GLuint name = texture.get();
  glTextureStorage3D(name, 1, GL_DEPTH_COMPONENT24, side, side, layers);
  for (const auto& [parameter, value] :
       {std::pair<GLenum, GLint>{GL_TEXTURE_MIN_FILTER, GL_NEAREST}, {GL_TEXTURE_MAG_FILTER, GL_NEAREST},
        {GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE}, {GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE},
        {GL_TEXTURE_COMPARE_MODE, GL_COMPARE_REF_TO_TEXTURE}, {GL_TEXTURE_COMPARE_FUNC, GL_GEQUAL}})
    glTextureParameteri(name, parameter, value);
  return texture;
}

}  // namespace

void PhongPainter::Upload(const envs::Scene& scene) {
  scene_ = scene;
  geometry_ = BuildPhongGeometry(scene_);
  MakeVertexArray();
  UploadImages();
  field_heights_.assign(scene_.height_fields.size(), nullptr);
  programs_.clear();
  shadow_programs_.clear();
  frame_block_ = GlBuffer::Make();
  glNamedBufferData(frame_block_.get(), sizeof(FrameBlock), nullptr, GL_DYNAMIC_DRAW);
  lamp_block_ = GlBuffer::Make();
  glNamedBufferData(lamp_block_.get(), kMaxLamps * sizeof(LampBlock), nullptr, GL_DYNAMIC_DRAW);
  if (!sky_program_) sky_program_ = BuildProgram("", k_screen_vert, std::string(k_frame_glsl) + k_sky_frag);
}

void PhongPainter::MakeVertexArray() {
  vertices_ = GlBuffer::Make();
  indices_ = GlBuffer::Make();
  const SceneGeometry& geometry = geometry_.scene;
  const bool moves = !geometry_.fields.empty() || !geometry_.skins.empty();
  glNamedBufferData(vertices_.get(), static_cast<GLsizeiptr>(geometry.vertices.size() * sizeof(Vertex)),
                    geometry.vertices.data(), moves ? GL_DYNAMIC_DRAW : GL_STATIC_DRAW);
  glNamedBufferData(indices_.get(), static_cast<GLsizeiptr>(geometry.indices.size() * sizeof(uint32_t)),
                    geometry.indices.data(), GL_STATIC_DRAW);
  static_assert(offsetof(PhongInstance, image) == 9 * sizeof(Row));  // rows of two maps, scale, colour, surface
  vertex_array_ = MakeInstancedArray(offsetof(PhongInstance, id), {offsetof(PhongInstance, image), offsetof(PhongInstance, offset)});
  glVertexArrayVertexBuffer(vertex_array_.get(), kVertexBinding, vertices_.get(), 0, sizeof(Vertex));
  glVertexArrayElementBuffer(vertex_array_.get(), indices_.get());
}

void PhongPainter::UploadImages() {
  images_.clear();
  for (const auto& image : scene_.images) images_.push_back(MakeImage(*image, min_filter_));
}

// `scratch_` replaces vertices from `first` on.
void PhongPainter::WriteVertices(uint32_t first) {
  glNamedBufferSubData(vertices_.get(), static_cast<GLintptr>(first * sizeof(Vertex)),
                       static_cast<GLsizeiptr>(scratch_.size() * sizeof(Vertex)), scratch_.data());
}

void PhongPainter::UpdateFields(const envs::SceneState& state) {
  CHECK_EQ(state.height_fields.size(), scene_.height_fields.size());
  for (size_t k = 0; k < scene_.height_fields.size(); ++k) {
    const auto& heights = state.height_fields[k].heights_m;
    if (field_heights_[k] == heights) continue;
    CHECK(heights != nullptr);
    field_heights_[k] = heights;
    const DrawnField& field = geometry_.fields[k];
    const auto first = geometry_.scene.vertices.begin() + field.first_vertex;
    scratch_.assign(first, first + field.vertex_count);
    FillHeightField(scene_.height_fields[k], field, *heights, scratch_, geometry_.tile_bounds[k]);
    WriteVertices(field.first_vertex);
  }
}

void PhongPainter::UpdateSkins(const envs::SceneState& state, const envs::SceneState& previous) {
  if (!options_.skins) return;
  size_t bone = 0;
  for (size_t k = 0; k < scene_.skins.size(); ++k) {
    const envs::Skin& skin = scene_.skins[k];
    const DrawnSkin& drawn = geometry_.skins[k];
    CHECK(bone + skin.bones.size() <= state.bones_W.size());
    const auto first = geometry_.scene.vertices.begin() + drawn.first_vertex;
    scratch_.assign(first, first + drawn.vertex_count);
    FillSkin(skin, std::span(state.bones_W).subspan(bone, skin.bones.size()),
             std::span(previous.bones_W).subspan(bone, skin.bones.size()), scratch_);
    WriteVertices(drawn.first_vertex);
    Eigen::AlignedBox3d& bounds = geometry_.skin_bounds[k];
    bounds.setEmpty();
    for (const Vertex& vertex : scratch_) bounds.extend(vertex.position.cast<double>());
    bone += skin.bones.size();
  }
}

void PhongPainter::Prepare(const View& view, const View& previous, bool color) {
  UpdateFields(*view.state);
  UpdateSkins(*view.state, *previous.state);
  BuildPhongList(scene_, geometry_, view, previous, options_, list_);
  instances_.Write(list_.instances);
  commands_.Write(list_.commands);
  glNamedBufferSubData(frame_block_.get(), 0, sizeof(FrameBlock), &list_.frame);
  glNamedBufferSubData(lamp_block_.get(), 0, static_cast<GLsizeiptr>(list_.lamps.size() * sizeof(LampBlock)), list_.lamps.data());
  glBindBufferBase(GL_UNIFORM_BUFFER, 0, frame_block_.get());
  glBindBufferBase(GL_UNIFORM_BUFFER, 1, lamp_block_.get());
  glBindBuffer(GL_DRAW_INDIRECT_BUFFER, commands_.get());
  glVertexArrayVertexBuffer(vertex_array_.get(), kInstanceBinding, instances_.get(), 0, sizeof(PhongInstance));
  glBindVertexArray(vertex_array_.get());
  if (color && list_.shadow_lamps > 0) DrawShadowMaps();
}

std::string PhongPainter::LampDefines(bool shadows) const {
  const auto define = [](const char* name, size_t value) {
    return std::string("#define ") + name + " " + std::to_string(value) + "\n";
  };
  return define("LAMPS", list_.lamps.size()) +
         define("SHADOW_LAMPS", static_cast<size_t>(shadows ? list_.shadow_lamps : 0)) +
         define("ADDED_LAMPS", static_cast<size_t>(shadows ? list_.added_lamps : 0));
}

void PhongPainter::DrawShadowMaps() {
  const int side = options_.draw.shadow_map_size;
  const auto layers = static_cast<size_t>(list_.shadow_lamps);
  if (shadow_framebuffers_.size() < layers) {
    shadow_maps_ = MakeShadowMaps(side, list_.shadow_lamps);
    shadow_framebuffers_.clear();
    for (size_t k = 0; k < layers; ++k) {
      GlFramebuffer& made = shadow_framebuffers_.emplace_back(GlFramebuffer::Make());
      glNamedFramebufferTextureLayer(made.get(), GL_DEPTH_ATTACHMENT, shadow_maps_.get(), 0, static_cast<GLint>(k));
      glNamedFramebufferDrawBuffer(made.get(), GL_NONE);
      CheckFramebuffer(made);
    }
  }
  while (shadow_programs_.size() < layers)
    shadow_programs_.push_back(BuildProgram(
        LampDefines(true) + "#define LAMP " + std::to_string(shadow_programs_.size()) + "\n",
        std::string(k_frame_glsl) + k_phong_glsl + k_phong_shadow_vert, "void main() {}\n"));
  const float farthest = 0;
  glDepthFunc(GL_GEQUAL);
  glDisable(GL_CULL_FACE);  // every side casts
  glEnable(GL_POLYGON_OFFSET_FILL);
  glPolygonOffset(-1.5f, -4.0f);  // as MuJoCo; depth is reversed
  for (size_t k = 0; k < layers; ++k) {
    glBindFramebuffer(GL_FRAMEBUFFER, shadow_framebuffers_[k].get());
    glViewport(0, 0, side, side);
    glClearNamedFramebufferfv(shadow_framebuffers_[k].get(), GL_DEPTH, 0, &farthest);
    glUseProgram(shadow_programs_[k].get());
    DrawCommands(list_.casters[k]);
  }
  glDisable(GL_POLYGON_OFFSET_FILL);
  glEnable(GL_CULL_FACE);
  glBindTextureUnit(1, shadow_maps_.get());
}

void PhongPainter::DrawCommands(const PhongBatch& batch) const {
  if (batch.command_count == 0) return;
  const auto* first = reinterpret_cast<const void*>(static_cast<size_t>(batch.first_command) * sizeof(DrawCommand));
  glMultiDrawElementsIndirect(GL_TRIANGLES, GL_UNSIGNED_INT, first, batch.command_count, 0);
}

const GlProgram& PhongPainter::ProgramFor(const ProgramKey& key) {
  const auto found = programs_.find(key);
  if (found != programs_.end()) return found->second;
  const bool color = key.bits & kColorBit, lit_here = color && key.per_pixel, normals = key.bits & kNormalsBit;
  std::string defines = LampDefines(key.shadows);
  if (color) defines += "#define COLOR\n";
  if (key.bits & kIdBit) defines += "#define ID\n";
  if (normals) defines += "#define NORMALS\n";
  if (key.bits & kFlowBit) defines += "#define FLOW\n";
  if (key.image == 1) defines += "#define IMAGE_2D\n";
  if (key.image == 2) defines += "#define IMAGE_CUBE\n";
  if (key.per_pixel) defines += "#define PER_PIXEL\n";
  if (key.facets) defines += "#define FACETS\n";
  if (lit_here || normals) defines += "#define NEED_NORMAL\n";
  if (lit_here || (normals && key.facets)) defines += "#define NEED_POSITION\n";
  const std::string common = std::string(k_frame_glsl) + k_phong_glsl;
  return programs_.emplace(key, BuildProgram(defines, common + k_phong_vert, common + k_phong_frag)).first->second;
}

void PhongPainter::DrawBatches(const std::vector<PhongBatch>& batches, unsigned bits, bool shadows) {
  for (const PhongBatch& batch : batches) {
    const bool color = bits & kColorBit, has_image = color && batch.image >= 0;
    const auto image = static_cast<size_t>(batch.image);
    ProgramKey key{.bits = bits, .per_pixel = batch.per_pixel, .facets = batch.facets, .shadows = color && shadows};
    if (has_image) {
      key.image = scene_.images[image]->cube ? 2 : 1;
      glBindTextureUnit(0, images_[image].get());
    }
    glUseProgram(ProgramFor(key).get());
    DrawCommands(batch);
  }
}

void PhongPainter::DrawSky() {
  // Only where nothing has been drawn: its depth is the farthest.
  glDisable(GL_CULL_FACE);
  glDepthMask(GL_FALSE);
  glUseProgram(sky_program_.get());
  glUniform4fv(0, 3, list_.sky_rows.front().data());
  glBindTextureUnit(0, images_[static_cast<size_t>(scene_.sky)].get());
  glDrawArrays(GL_TRIANGLES, 0, 3);
  glDepthMask(GL_TRUE);
  glEnable(GL_CULL_FACE);
}

void PhongPainter::Draw(unsigned bits) {
  glBindVertexArray(vertex_array_.get());
  glDepthFunc(GL_GEQUAL);
  DrawBatches(list_.opaque, bits, true);
  if (!(bits & kColorBit)) return;
  // Sky and transparent things have no part in the other passes.
  for (GLuint target = 1; target < 4; ++target) glColorMaski(target, 0, 0, 0, 0);
  if (scene_.sky >= 0) DrawSky();
  if (!list_.transparent.empty()) {
    glEnablei(GL_BLEND, 0);
    glBlendFunci(0, GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA);
    glDepthMask(GL_FALSE);
    DrawBatches(list_.transparent, kColorBit, false);
    glDepthMask(GL_TRUE);
    glDisablei(GL_BLEND, 0);
  }
  glColorMask(1, 1, 1, 1);
}

}  // namespace figment::render
