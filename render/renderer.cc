#include "render/renderer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <optional>

#include "base/check.h"
#include "base/error.h"
#include "base/names.h"
#include "render/device_copy.h"
#include "render/draw_list.h"
#include "render/egl_context.h"
#include "render/gl.h"
#include "render/patterns.h"
#include "render/phong_painter.h"
#include "render/pictures.h"
#include "render/pixels.h"
#include "render/shader_text.h"
#include "render/vertex_array.h"

namespace figment::render {
namespace {

// What a quality costs and buys.
struct Preset {
  const char* name;
  const char* defines;       // of the scene's shaders
  int samples = 1;           // of the colour; labels always have one
  double shadow_texels = 0;  // of the shadow map's side, per pixel of the picture's larger side; 0: no shadows
  // In software a blended lookup costs 10 ns a pixel, the nearest texel 5, a second mip level 10 more.
  GLint pattern_filter = GL_LINEAR_MIPMAP_NEAREST;
  GLint image_filter = GL_LINEAR_MIPMAP_LINEAR;  // of images under Lighting::kPhong
  bool occlusion = false;
  bool skins = true;
  bool display_space = false;
  double pixel_error = 0.5;  // of levels of detail, pixels
};

constexpr std::array<Preset, 4> kPresets = {{
    {.name = "draft", .defines = "#define DRAFT\n", .pattern_filter = GL_NEAREST_MIPMAP_NEAREST,
     .image_filter = GL_LINEAR_MIPMAP_NEAREST, .skins = false, .pixel_error = 1.0},
    {.name = "standard", .defines = "#define SHADOWS\n", .shadow_texels = 1.5},
    {.name = "high", .defines = "#define SHADOWS\n#define SOFT_SHADOWS\n", .samples = 4, .shadow_texels = 8,
     .pattern_filter = GL_LINEAR_MIPMAP_LINEAR, .occlusion = true, .pixel_error = 0.25},
    {.name = "faithful", .defines = "#define SHADOWS\n#define FIXED_FUNCTION\n", .samples = 4, .shadow_texels = 16,
     .pattern_filter = GL_LINEAR_MIPMAP_LINEAR, .display_space = true, .pixel_error = 0.25},
}};

const Preset& PresetOf(Quality quality) { return kPresets[static_cast<size_t>(quality)]; }

// Side of the shadow map. It follows the picture's size: a finer map than the picture shows nothing, and llvmpipe takes
// over a nanosecond to clear each texel.
int ShadowMapSize(const Preset& preset, const RenderConfig& config) {
  if (preset.shadow_texels == 0) return 0;
  const double wanted = preset.shadow_texels * std::max(config.width, config.height);
  return std::clamp(static_cast<int>(std::ceil(wanted / 64)) * 64, 128, 4096);  // whole tiles of llvmpipe
}

// Colour of what nothing covers: a light overcast sky, display values.
constexpr std::array<float, 4> kSky = {0.72f, 0.77f, 0.82f, 1.0f};

// Largest side: what OpenGL 4.5 guarantees for a viewport and a texture.
constexpr int kMaxSize = 16384;

constexpr unsigned kAllTargets = 4;
constexpr unsigned kPicturesBit = 1u << kAllTargets;  // of programs only: surfaces with pictures of their own

unsigned TargetBits(const Passes& passes) {
  return (passes.color ? kColorBit : 0u) | (passes.id ? kIdBit : 0u) | (passes.normals ? kNormalsBit : 0u) |
         (passes.flow ? kFlowBit : 0u);
}

GlTexture MakeTarget(GLenum format, int width, int height) {
  GlTexture texture = GlTexture::Make(GL_TEXTURE_2D);
  glTextureStorage2D(texture.get(), 1, format, width, height);
  glTextureParameteri(texture.get(), GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTextureParameteri(texture.get(), GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  return texture;
}

GlTexture MakeMultisampled(GLenum format, int samples, int width, int height) {
  GlTexture texture = GlTexture::Make(GL_TEXTURE_2D_MULTISAMPLE);
  glTextureStorage2DMultisample(texture.get(), samples, format, width, height, GL_TRUE);
  return texture;
}

GlTexture MakePatterns(const Preset& preset) {
  GlTexture texture = GlTexture::Make(GL_TEXTURE_2D_ARRAY);
  glTextureStorage3D(texture.get(), kPatternLevels, GL_R8, kPatternSize, kPatternSize, kPatternCount);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
  for (int layer = 0; layer < kPatternCount; ++layer) {
    const auto levels = MakePattern(static_cast<envs::Texture>(layer));
    for (int level = 0; level < kPatternLevels; ++level) {
      const int size = kPatternSize >> level;
      glTextureSubImage3D(texture.get(), level, 0, 0, layer, size, size, 1, GL_RED, GL_UNSIGNED_BYTE,
                          levels[static_cast<size_t>(level)].data());
    }
  }
  glTextureParameteri(texture.get(), GL_TEXTURE_MIN_FILTER, preset.pattern_filter);
  glTextureParameteri(texture.get(), GL_TEXTURE_MAG_FILTER, GL_LINEAR);
  return texture;
}

GlTexture MakePictures(const std::vector<envs::Picture>& scene_pictures, const Preset& preset) {
  const int side = PictureSide(scene_pictures);
  GlTexture texture = GlTexture::Make(GL_TEXTURE_2D_ARRAY);
  glTextureStorage3D(texture.get(), std::bit_width(static_cast<unsigned>(side)), GL_RGBA8, side, side,
                     static_cast<GLsizei>(scene_pictures.size()));
  glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
  for (size_t layer = 0; layer < scene_pictures.size(); ++layer) {
    GLint level = 0;
    for (const std::vector<uint8_t>& texels : PictureLevels(scene_pictures[layer], side)) {
      glTextureSubImage3D(texture.get(), level, 0, 0, static_cast<GLint>(layer), side >> level, side >> level, 1, GL_RGB,
                          GL_UNSIGNED_BYTE, texels.data());
      ++level;
    }
  }
  glTextureParameteri(texture.get(), GL_TEXTURE_MIN_FILTER, preset.pattern_filter);
  glTextureParameteri(texture.get(), GL_TEXTURE_MAG_FILTER, GL_LINEAR);
  return texture;
}

GlTexture MakeShadowMap(int size) {
  GlTexture texture = GlTexture::Make(GL_TEXTURE_2D);
  glTextureStorage2D(texture.get(), 1, GL_DEPTH_COMPONENT16, size, size);
  glTextureParameteri(texture.get(), GL_TEXTURE_MIN_FILTER, GL_LINEAR);
  glTextureParameteri(texture.get(), GL_TEXTURE_MAG_FILTER, GL_LINEAR);
  glTextureParameteri(texture.get(), GL_TEXTURE_COMPARE_MODE, GL_COMPARE_REF_TO_TEXTURE);
  glTextureParameteri(texture.get(), GL_TEXTURE_COMPARE_FUNC, GL_LEQUAL);
  glTextureParameteri(texture.get(), GL_TEXTURE_WRAP_S, GL_CLAMP_TO_BORDER);
  glTextureParameteri(texture.get(), GL_TEXTURE_WRAP_T, GL_CLAMP_TO_BORDER);
  const float lit[] = {1, 1, 1, 1};
  glTextureParameterfv(texture.get(), GL_TEXTURE_BORDER_COLOR, lit);
  return texture;
}

void CheckConfig(const RenderConfig& config) {
  for (const auto& [name, value] : {std::pair{"width", config.width}, {"height", config.height}})
    if (value < 1 || value > kMaxSize)
      throw base::UsageError(std::string("picture ") + name + " " + std::to_string(value) + ": valid are 1 to " +
                             std::to_string(kMaxSize) + " pixels");
}

}  // namespace

const std::vector<std::string>& QualityNames() {
  static const std::vector<std::string> names = base::NamesOf(kPresets);
  return names;
}

Quality ParseQuality(const std::string& name) {
  return static_cast<Quality>(&base::FindNamed("quality", name, kPresets) - kPresets.data());
}

struct Renderer::Impl {
  explicit Impl(const RenderConfig& render_config);
  ~Impl() { context.MakeCurrent(); }  // the members that follow the context are OpenGL objects

  void Upload(const envs::Scene& new_scene);
  void Render(const View& view, const View* previous, const Passes& passes, Frame& out);

  // What CUDA copies from; made when first asked for.
  struct SharedPicture {
    GlBuffer buffer;
    std::unique_ptr<DeviceCopy> copy;  // goes first
  };

  bool separate_labels() const { return preset.samples > 1; }
  void MakeTargets();
  const GlFramebuffer& FramebufferFor(unsigned bits);
  const GlProgram& ProgramFor(unsigned bits);
  PhongOptions PhongOptionsFor(const envs::Scene& new_scene) const;
  void UpdateCloth(const envs::SceneState& now, const envs::SceneState& previous);
  void PrepareRoom(const View& view, const View& before, const Passes& passes);
  void UpdateBuffers();
  void DrawShadows();
  void DrawVisible(const GlFramebuffer& target, unsigned bits);
  void DrawMultisampledColor();
  void DrawOcclusion();
  void Read(unsigned bits, GLenum attachment, GLenum format, GLenum type, void* out);
  unsigned Draw(const View& view, const View* previous, const Passes& passes);
  SharedPicture& SharedPictureOf(int channels);
  void RenderToDevice(const View& view, const DevicePicture& out);
  void ReadBack(const envs::Camera& camera, const Passes& passes, unsigned bits, Frame& out);

  RenderConfig config;
  const Preset& preset;
  EglContext context;
  DrawOptions options;

  envs::Scene scene;
  bool uploaded = false;
  SceneGeometry geometry;
  // Scratch, reused from frame to frame.
  DrawList list;
  std::vector<Vertex> cloth_vertices;
  std::vector<uint8_t> rgba;

  GlTexture color, id, normals, flow, depth, shadow_map, patterns, pictures;
  GlTexture multisampled_color, multisampled_depth;
  std::map<unsigned, GlFramebuffer> framebuffers;   // by target bits
  GlFramebuffer multisampled, color_alone, shadow_framebuffer;
  std::map<unsigned, GlProgram> programs;           // by target bits
  GlProgram shadow_program, occlusion_program;
  GlVertexArray vertex_array;
  GlBuffer vertices, indices, frame_block;
  GrowingBuffer instances, commands;
  std::array<std::optional<SharedPicture>, 2> shared_pictures;  // with 3 and with 4 channels
  std::optional<PhongPainter> phong;                // of a scene under Lighting::kPhong
};

Renderer::Impl::Impl(const RenderConfig& render_config)
    : config((CheckConfig(render_config), render_config)), preset(PresetOf(config.quality)), context(config.device),
      options{.width = config.width, .height = config.height, .pixel_error = preset.pixel_error,
              .shadow_map_size = ShadowMapSize(preset, config), .display_space = preset.display_space} {
  // Depth runs from 1 (near) to 0 (far): with floating point that keeps millimetres apart at any distance.
  glClipControl(GL_LOWER_LEFT, GL_ZERO_TO_ONE);
  // Frame C has y down, so the first row in memory is the top of the picture and outlines turn the other way round.
  glFrontFace(GL_CW);
  glEnable(GL_CULL_FACE);
  glEnable(GL_DEPTH_TEST);
  glDisable(GL_DITHER);
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  patterns = MakePatterns(preset);
  MakeTargets();
  static_assert(offsetof(InstanceBlock, id) == 9 * sizeof(Row));  // rows of two maps, the scale, the material
  vertex_array = MakeInstancedArray(offsetof(InstanceBlock, id));
  frame_block = GlBuffer::Make();
  glNamedBufferData(frame_block.get(), sizeof(FrameBlock), nullptr, GL_DYNAMIC_DRAW);
  CheckGl("making the renderer");
}

void Renderer::Impl::MakeTargets() {
  const int width = config.width, height = config.height;
  color = MakeTarget(GL_RGBA8, width, height);
  depth = MakeTarget(GL_DEPTH_COMPONENT32F, width, height);
  id = MakeTarget(GL_R16UI, width, height);
  normals = MakeTarget(GL_RGBA8, width, height);
  flow = MakeTarget(GL_RG32F, width, height);
  if (preset.samples > 1) {
    multisampled_color = MakeMultisampled(GL_RGBA8, preset.samples, width, height);
    multisampled_depth = MakeMultisampled(GL_DEPTH_COMPONENT32F, preset.samples, width, height);
    multisampled = GlFramebuffer::Make();
    glNamedFramebufferTexture(multisampled.get(), GL_COLOR_ATTACHMENT0, multisampled_color.get(), 0);
    glNamedFramebufferTexture(multisampled.get(), GL_DEPTH_ATTACHMENT, multisampled_depth.get(), 0);
    CheckFramebuffer(multisampled);
    color_alone = GlFramebuffer::Make();
    glNamedFramebufferTexture(color_alone.get(), GL_COLOR_ATTACHMENT0, color.get(), 0);
    CheckFramebuffer(color_alone);
  }
  if (options.shadow_map_size > 0) {
    shadow_map = MakeShadowMap(options.shadow_map_size);
    shadow_framebuffer = GlFramebuffer::Make();
    glNamedFramebufferTexture(shadow_framebuffer.get(), GL_DEPTH_ATTACHMENT, shadow_map.get(), 0);
    glNamedFramebufferDrawBuffer(shadow_framebuffer.get(), GL_NONE);
    CheckFramebuffer(shadow_framebuffer);
    shadow_program = BuildProgram("", std::string(k_frame_glsl) + k_shadow_vert, "void main() {}\n");
  }
  if (preset.occlusion)
    occlusion_program = BuildProgram("", k_screen_vert, std::string(k_frame_glsl) + k_occlusion_frag);
}

// The draw buffers are numbered as the shader's outputs; only those asked for are attached.
const GlFramebuffer& Renderer::Impl::FramebufferFor(unsigned bits) {
  const auto found = framebuffers.find(bits);
  if (found != framebuffers.end()) return found->second;
  GlFramebuffer made = GlFramebuffer::Make();
  const GlTexture* targets[kAllTargets] = {&color, &id, &normals, &flow};
  GLenum draw_buffers[kAllTargets];
  for (unsigned k = 0; k < kAllTargets; ++k) {
    const bool asked = bits >> k & 1;
    draw_buffers[k] = asked ? GL_COLOR_ATTACHMENT0 + k : GL_NONE;
    if (asked) glNamedFramebufferTexture(made.get(), GL_COLOR_ATTACHMENT0 + k, targets[k]->get(), 0);
  }
  glNamedFramebufferTexture(made.get(), GL_DEPTH_ATTACHMENT, depth.get(), 0);
  glNamedFramebufferDrawBuffers(made.get(), kAllTargets, draw_buffers);
  CheckFramebuffer(made);
  return framebuffers.emplace(bits, std::move(made)).first->second;
}

const GlProgram& Renderer::Impl::ProgramFor(unsigned bits) {
  if (bits & kColorBit && !scene.pictures.empty()) bits |= kPicturesBit;
  const auto found = programs.find(bits);
  if (found != programs.end()) return found->second;
  const bool draft = config.quality == Quality::kDraft;
  std::string defines;
  if (bits & kColorBit) defines += std::string("#define COLOR\n") + preset.defines;
  if (bits & kIdBit) defines += "#define ID\n";
  if (bits & kNormalsBit) defines += "#define NORMALS\n";
  if (bits & kFlowBit) defines += "#define FLOW\n";
  if (bits & kPicturesBit) defines += "#define PICTURES\n";
  if (bits & kNormalsBit || (bits & kColorBit && !draft)) defines += "#define NEED_NORMAL\n";
  GlProgram made = BuildProgram(defines, std::string(k_frame_glsl) + k_scene_vert, std::string(k_frame_glsl) + k_scene_frag);
  return programs.emplace(bits, std::move(made)).first->second;
}

void Renderer::Impl::Upload(const envs::Scene& new_scene) {
  context.MakeCurrent();
  phong.reset();
  uploaded = true;
  if (new_scene.lighting == envs::Lighting::kPhong) {
    phong.emplace(PhongOptionsFor(new_scene), preset.image_filter);
    phong->Upload(new_scene);
    CheckGl("uploading the scene");
    return;
  }
  scene = new_scene;
  geometry = BuildGeometry(scene);
  vertices = GlBuffer::Make();
  indices = GlBuffer::Make();
  glNamedBufferData(vertices.get(), static_cast<GLsizeiptr>(geometry.vertices.size() * sizeof(Vertex)),
                    geometry.vertices.data(), scene.cloths.empty() ? GL_STATIC_DRAW : GL_DYNAMIC_DRAW);
  glNamedBufferData(indices.get(), static_cast<GLsizeiptr>(geometry.indices.size() * sizeof(uint32_t)),
                    geometry.indices.data(), GL_STATIC_DRAW);
  glVertexArrayVertexBuffer(vertex_array.get(), kVertexBinding, vertices.get(), 0, sizeof(Vertex));
  glVertexArrayElementBuffer(vertex_array.get(), indices.get());
  if (!scene.pictures.empty()) pictures = MakePictures(scene.pictures, preset);
  CheckGl("uploading the scene");
}

PhongOptions Renderer::Impl::PhongOptionsFor(const envs::Scene& new_scene) const {
  PhongOptions phong_options{.draw = options, .skins = preset.skins, .mujoco_meshes = preset.display_space};
  phong_options.draw.shadow_map_size = std::min(options.shadow_map_size, new_scene.shadow_map_side);
  return phong_options;
}

void Renderer::Impl::UpdateCloth(const envs::SceneState& now, const envs::SceneState& previous) {
  for (size_t c = 0; c < scene.cloths.size(); ++c) {
    const DrawnCloth& cloth = geometry.cloths[c];
    const size_t count = 2 * static_cast<size_t>(cloth.resolution[0]) * static_cast<size_t>(cloth.resolution[1]);
    const auto first = geometry.vertices.begin() + cloth.first_vertex;
    cloth_vertices.assign(first, first + static_cast<ptrdiff_t>(count));
    FillClothVertices(cloth, now.cloths[c], previous.cloths[c], cloth_vertices);
    glNamedBufferSubData(vertices.get(), static_cast<GLintptr>(cloth.first_vertex * sizeof(Vertex)),
                         static_cast<GLsizeiptr>(count * sizeof(Vertex)), cloth_vertices.data());
  }
}

void Renderer::Impl::UpdateBuffers() {
  instances.Write(list.instances);
  commands.Write(list.commands);
  glNamedBufferSubData(frame_block.get(), 0, sizeof(FrameBlock), &list.frame);
  glBindBufferBase(GL_UNIFORM_BUFFER, 0, frame_block.get());
  glBindBuffer(GL_DRAW_INDIRECT_BUFFER, commands.get());
  glVertexArrayVertexBuffer(vertex_array.get(), kInstanceBinding, instances.get(), 0, sizeof(InstanceBlock));
  glBindVertexArray(vertex_array.get());
}

void Renderer::Impl::DrawShadows() {
  const float farthest = 1;
  glBindFramebuffer(GL_FRAMEBUFFER, shadow_framebuffer.get());
  glViewport(0, 0, options.shadow_map_size, options.shadow_map_size);
  glClearNamedFramebufferfv(shadow_framebuffer.get(), GL_DEPTH, 0, &farthest);
  glDepthFunc(GL_LESS);
  glEnable(GL_POLYGON_OFFSET_FILL);
  // One texel of slope and two steps of a 16-bit map; lookups are moved off the surface besides.
  glPolygonOffset(1.0f, 2.0f);
  glUseProgram(shadow_program.get());
  const auto* first = reinterpret_cast<const void*>(static_cast<size_t>(list.visible_count) * sizeof(DrawCommand));
  glMultiDrawElementsIndirect(GL_TRIANGLES, GL_UNSIGNED_INT, first, list.caster_count, 0);
  glDisable(GL_POLYGON_OFFSET_FILL);
  glBindTextureUnit(1, shadow_map.get());
}

void Renderer::Impl::DrawVisible(const GlFramebuffer& target, unsigned bits) {
  const float farthest = 0;
  const std::array<float, 4> zero = {};
  const std::array<GLuint, 4> background = {};
  glBindFramebuffer(GL_FRAMEBUFFER, target.get());
  glViewport(0, 0, config.width, config.height);
  glClearBufferfv(GL_DEPTH, 0, &farthest);
  if (bits & kColorBit) glClearBufferfv(GL_COLOR, 0, phong ? zero.data() : kSky.data());
  if (bits & kIdBit) glClearBufferuiv(GL_COLOR, 1, background.data());
  if (bits & kNormalsBit) glClearBufferfv(GL_COLOR, 2, zero.data());
  if (bits & kFlowBit) glClearBufferfv(GL_COLOR, 3, zero.data());
  if (phong) return phong->Draw(bits);
  glDepthFunc(GL_GREATER);
  glUseProgram(ProgramFor(bits).get());
  glBindTextureUnit(0, patterns.get());
  if (!scene.pictures.empty()) glBindTextureUnit(3, pictures.get());
  glMultiDrawElementsIndirect(GL_TRIANGLES, GL_UNSIGNED_INT, nullptr, list.visible_count, 0);
}

// Multiplies the colour by the occlusion found in the depth picture.
void Renderer::Impl::DrawOcclusion() {
  glBindFramebuffer(GL_FRAMEBUFFER, color_alone.get());
  glDisable(GL_DEPTH_TEST);
  glDisable(GL_CULL_FACE);
  glEnable(GL_BLEND);
  glBlendFunc(GL_ZERO, GL_SRC_COLOR);
  glUseProgram(occlusion_program.get());
  glBindTextureUnit(2, depth.get());
  glDrawArrays(GL_TRIANGLES, 0, 3);
  glDisable(GL_BLEND);
  glEnable(GL_CULL_FACE);
  glEnable(GL_DEPTH_TEST);
}

// Colour with several samples, averaged into the colour target.
void Renderer::Impl::DrawMultisampledColor() {
  DrawVisible(multisampled, kColorBit);
  glBlitNamedFramebuffer(multisampled.get(), color_alone.get(), 0, 0, config.width, config.height, 0, 0, config.width,
                         config.height, GL_COLOR_BUFFER_BIT, GL_NEAREST);
}

// `bits` names the framebuffer the pass was drawn into.
void Renderer::Impl::Read(unsigned bits, GLenum attachment, GLenum format, GLenum type, void* out) {
  const GlFramebuffer& source = FramebufferFor(bits);
  if (attachment != GL_NONE) glNamedFramebufferReadBuffer(source.get(), attachment);
  glBindFramebuffer(GL_READ_FRAMEBUFFER, source.get());
  glReadPixels(0, 0, config.width, config.height, format, type, out);
}

void Renderer::Impl::ReadBack(const envs::Camera& camera, const Passes& passes, unsigned bits, Frame& out) {
  const size_t pixels = static_cast<size_t>(config.width) * static_cast<size_t>(config.height);
  const auto read_rgb = [&](unsigned from, GLenum attachment, std::vector<uint8_t>& rgb) {
    rgba.resize(4 * pixels);
    rgb.resize(3 * pixels);
    Read(from, attachment, GL_RGBA, GL_UNSIGNED_BYTE, rgba.data());
    DropAlpha(rgba, rgb);
  };
  if (passes.color) read_rgb(separate_labels() ? kColorBit : bits, GL_COLOR_ATTACHMENT0, out.color);
  if (passes.id) {
    out.id.resize(pixels);
    Read(bits, GL_COLOR_ATTACHMENT1, GL_RED_INTEGER, GL_UNSIGNED_SHORT, out.id.data());
  }
  if (passes.depth) {
    out.depth_m.resize(pixels);
    Read(bits, GL_NONE, GL_DEPTH_COMPONENT, GL_FLOAT, out.depth_m.data());
    DepthToMetres(out.depth_m, camera.near_m, camera.far_m);
  }
  if (passes.normals) read_rgb(bits, GL_COLOR_ATTACHMENT2, out.normals);
  if (passes.flow) out.flow_px.assign(2 * pixels, 0.0f);
  if (bits & kFlowBit) Read(bits, GL_COLOR_ATTACHMENT3, GL_RG, GL_FLOAT, out.flow_px.data());
}

void Renderer::Impl::PrepareRoom(const View& view, const View& before, const Passes& passes) {
  BuildDrawList(scene, geometry, view, before, options, list);
  UpdateCloth(*view.state, *before.state);
  UpdateBuffers();
  if (passes.color && options.shadow_map_size > 0) DrawShadows();
}

// Returns the bits of the targets that were drawn.
unsigned Renderer::Impl::Draw(const View& view, const View* previous, const Passes& passes) {
  CHECK(uploaded);
  CHECK(view.state != nullptr);
  context.MakeCurrent();
  const View& before = previous ? *previous : view;
  unsigned bits = TargetBits(passes);
  if (!previous) bits &= ~kFlowBit;  // without a previous view nothing has moved
  if (phong) phong->Prepare(view, before, passes.color);
  else PrepareRoom(view, before, passes);
  if (separate_labels()) {
    bits &= ~kColorBit;
    if (passes.color) DrawMultisampledColor();
    const bool occlusion = passes.color && preset.occlusion && !phong;
    if (bits || passes.depth || occlusion) DrawVisible(FramebufferFor(bits), bits);
    if (occlusion) DrawOcclusion();
  } else {
    DrawVisible(FramebufferFor(bits), bits);
  }
  return bits;
}

void Renderer::Impl::Render(const View& view, const View* previous, const Passes& passes, Frame& out) {
  out.width = config.width, out.height = config.height;
  out.color.clear(), out.id.clear(), out.depth_m.clear(), out.normals.clear(), out.flow_px.clear();
  const unsigned bits = Draw(view, previous, passes);
  ReadBack(view.camera, passes, bits, out);
  CheckGl("drawing");
}

Renderer::Impl::SharedPicture& Renderer::Impl::SharedPictureOf(int channels) {
  std::optional<SharedPicture>& shared = shared_pictures[static_cast<size_t>(channels - 3)];
  if (!shared) {
    const size_t bytes =
        static_cast<size_t>(config.width) * static_cast<size_t>(config.height) * static_cast<size_t>(channels);
    SharedPicture made = {.buffer = GlBuffer::Make()};
    glNamedBufferStorage(made.buffer.get(), static_cast<GLsizeiptr>(bytes), nullptr, 0);
    made.copy = std::make_unique<DeviceCopy>(made.buffer.get(), bytes);
    shared = std::move(made);
  }
  return *shared;
}

void Renderer::Impl::RenderToDevice(const View& view, const DevicePicture& out) {
  if (out.channels != 3 && out.channels != 4)
    throw base::Error("a picture of " + std::to_string(out.channels) + " channels: expected 3 or 4");
  const unsigned bits = Draw(view, nullptr, {.color = true});
  SharedPicture& shared = SharedPictureOf(out.channels);
  glBindBuffer(GL_PIXEL_PACK_BUFFER, shared.buffer.get());
  Read(separate_labels() ? kColorBit : bits, GL_COLOR_ATTACHMENT0, out.channels == 3 ? GL_RGB : GL_RGBA,
       GL_UNSIGNED_BYTE, nullptr);
  glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
  CheckGl("drawing for CUDA");
  shared.copy->CopyTo(out.data, out.stream);
}

Renderer::Renderer(const RenderConfig& config) : impl_(std::make_unique<Impl>(config)) {}
Renderer::~Renderer() = default;
Renderer::Renderer(Renderer&&) noexcept = default;
Renderer& Renderer::operator=(Renderer&&) noexcept = default;
const RenderConfig& Renderer::config() const { return impl_->config; }
const RendererInfo& Renderer::info() const { return impl_->context.info(); }
void Renderer::Release() { impl_->context.Release(); }
void Renderer::Upload(const envs::Scene& scene) { impl_->Upload(scene); }
void Renderer::Render(const View& view, const View* previous, const Passes& passes, Frame& out) {
  impl_->Render(view, previous, passes, out);
}
void Renderer::RenderToDevice(const View& view, const DevicePicture& out) { impl_->RenderToDevice(view, out); }

}  // namespace figment::render
