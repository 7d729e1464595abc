// What MuJoCo's own renderer draws of a model (its functions mjv_* and its classic OpenGL renderer), as values.
#include <mujoco/mujoco.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "base/check.h"
#include "envs/mjcf.h"
#include "envs/mjcf_shapes.h"

namespace figment::envs {
namespace {

using base::Pose;
using base::Quat;
using base::Vec2;
using base::Vec3;

Vec3 Vector(const mjtNum* v) { return {v[0], v[1], v[2]}; }
Eigen::Vector3f FloatVector(const float* v) { return {v[0], v[1], v[2]}; }

Quat Rotation(const mjtNum* matrix) {
  return Quat(Eigen::Map<const Eigen::Matrix<double, 3, 3, Eigen::RowMajor>>(matrix)).normalized();
}

double FarM(const mjModel& m) { return static_cast<double>(m.vis.map.zfar) * m.stat.extent; }

// MuJoCo's cameras look along -z with y up, ours along z with y down.
Pose CameraPose(const Vec3& position, const Quat& q) { return {position, q * Quat(0, 1, 0, 0)}; }

// --- Shapes

bool IsRound(int type) {
  return type == mjGEOM_SPHERE || type == mjGEOM_ELLIPSOID || type == mjGEOM_CAPSULE || type == mjGEOM_CYLINDER;
}
bool IsMesh(int type) { return type == mjGEOM_MESH || type == mjGEOM_SDF; }
bool IsDrawn(int type) {
  return type == mjGEOM_PLANE || type == mjGEOM_HFIELD || type == mjGEOM_BOX || IsRound(type) || IsMesh(type);
}

// Factors from the unit shape to the geom.
Vec3 ScaleOf(const mjModel& m, int geom) {
  const mjtNum* size = m.geom_size + 3 * geom;
  switch (m.geom_type[geom]) {
    case mjGEOM_SPHERE: return Vec3::Constant(size[0]);
    case mjGEOM_CAPSULE:
    case mjGEOM_CYLINDER: return {size[0], size[0], size[1]};
    case mjGEOM_ELLIPSOID:
    case mjGEOM_BOX: return Vector(size);
    case mjGEOM_PLANE: return {size[0] > 0 ? size[0] : 1, size[1] > 0 ? size[1] : 1, 1};
    default: return Vec3::Ones();
  }
}

// Width of the repeats an endless plane moves by.
double EndlessStepM(const mjModel& m, int geom, int axis) {
  const int material = m.geom_matid[geom];
  const float repeat = material >= 0 ? m.mat_texrepeat[2 * material + axis] : 0;
  return repeat > 0 ? 2.0 / repeat : 2.1 * FarM(m) / (mjMAXPLANEGRID - 2);
}

// Where MuJoCo puts the grid lines of a plane along one axis: -1..1 for a finite one, metres for an endless one.
std::vector<double> PlaneLines(const mjModel& m, int geom, int axis) {
  std::vector<double> lines;
  const mjtNum half = m.geom_size[3 * geom + axis];
  if (half <= 0) {
    const double spacing = (2.1 * FarM(m) + 2 * EndlessStepM(m, geom, axis)) / mjMAXPLANEGRID;
    for (int i = 0; i <= mjMAXPLANEGRID; ++i) lines.push_back(spacing * (i - mjMAXPLANEGRID / 2));
    return lines;
  }
  const double spacing = std::max(m.geom_size[3 * geom + 2], half / (mjMAXPLANEGRID - 2));
  const int cells = static_cast<int>(std::floor(half / std::max(1e-15, spacing))) / 2 * 2;
  const double pad = half - cells * spacing;  // what is left at each end
  lines.push_back(-1);
  for (int i = 0; i <= cells; ++i) lines.push_back((-half + pad + 2 * i * spacing) / half);
  lines.push_back(1);
  return lines;
}

Shape PlaneShape(const mjModel& m, int geom) {
  const bool finite_x = m.geom_size[3 * geom] > 0, finite_y = m.geom_size[3 * geom + 1] > 0;
  return MujocoPlane(PlaneLines(m, geom, 0), PlaneLines(m, geom, 1), finite_x ? Vec2(0.5, 0.5) : Vec2(0.5, 0),
                     finite_y ? Vec2(-0.5, 0.5) : Vec2(-0.5, 0));
}

// Corners of a face are not shared: each has the vertex's normal unless that differs much from the face's.
Shape MeshShape(const mjModel& m, int id) {
  Mesh mesh;
  const float* vertices = m.mesh_vert + 3 * static_cast<ptrdiff_t>(m.mesh_vertadr[id]);
  const float* normals = m.mesh_normal + 3 * static_cast<ptrdiff_t>(m.mesh_normaladr[id]);
  const bool textured = m.mesh_texcoordadr[id] >= 0;
  const float* uvs = textured ? m.mesh_texcoord + 2 * static_cast<ptrdiff_t>(m.mesh_texcoordadr[id]) : nullptr;
  Eigen::AlignedBox3f bounds;
  for (ptrdiff_t face = m.mesh_faceadr[id]; face < m.mesh_faceadr[id] + m.mesh_facenum[id]; ++face) {
    const int *corners = m.mesh_face + 3 * face, *corner_normals = m.mesh_facenormal + 3 * face;
    const auto first = static_cast<uint32_t>(mesh.vertices.size());
    for (int k = 0; k < 3; ++k) {
      mesh.vertices.push_back(FloatVector(vertices + 3 * static_cast<ptrdiff_t>(corners[k])));
      mesh.normals.push_back(FloatVector(normals + 3 * static_cast<ptrdiff_t>(corner_normals[k])));
      const float* uv = textured ? uvs + 2 * static_cast<ptrdiff_t>(m.mesh_facetexcoord[3 * face + k]) : nullptr;
      mesh.uvs.push_back(uv ? Eigen::Vector2f(uv[0], uv[1]) : Eigen::Vector2f::Zero());
      bounds.extend(mesh.vertices.back());
    }
    const Eigen::Vector3f normal =
        (mesh.vertices[first + 1] - mesh.vertices[first]).cross(mesh.vertices[first + 2] - mesh.vertices[first]).normalized();
    for (uint32_t k = first; k < first + 3; ++k)
      if (!textured && mesh.normals[k].dot(normal) < 0.8f) mesh.normals[k] = normal;
    mesh.triangles.push_back({first, first + 1, first + 2});
  }
  Shape shape;
  shape.name = "mesh";
  shape.kind = ShapeKind::kCompound;
  shape.low = bounds.min().cast<double>(), shape.high = bounds.max().cast<double>();
  shape.lods.push_back(std::move(mesh));
  return shape;
}

// Most slices, stacks and quads: MuJoCo's defaults are 28, 16 and 4, and a file may name any number.
constexpr int kFinest = 300;

// One shape for all geoms that look alike at unit scale.
class ShapeList {
 public:
  ShapeList(const mjModel& model, std::vector<Shape>* shapes) : m_(model), shapes_(*shapes) {}

  int IndexOf(int geom) {
    const int type = m_.geom_type[geom] == mjGEOM_ELLIPSOID ? mjGEOM_SPHERE : m_.geom_type[geom];
    std::vector<double> key = {static_cast<double>(type)};
    if (IsMesh(type)) key.push_back(m_.geom_dataid[geom]);
    if (type == mjGEOM_PLANE)
      for (const int axis : {0, 1}) {
        const std::vector<double> lines = PlaneLines(m_, geom, axis);
        key.push_back(m_.geom_size[3 * geom + axis] > 0);
        key.insert(key.end(), lines.begin(), lines.end());
      }
    const auto [found, is_new] = index_.try_emplace(key, static_cast<int>(shapes_.size()));
    if (is_new) shapes_.push_back(Make(type, geom));
    return found->second;
  }

 private:
  Shape Make(int type, int geom) const {
    const int slices = std::clamp(m_.vis.quality.numslices, 3, kFinest);
    const int stacks = std::clamp(m_.vis.quality.numstacks, 2, kFinest);
    if (type == mjGEOM_SPHERE) return MujocoSphere(slices, stacks);
    if (type == mjGEOM_CAPSULE) return MujocoCapsule(slices, stacks);
    if (type == mjGEOM_CYLINDER) return MujocoCylinder(slices, stacks);
    if (type == mjGEOM_BOX) return MujocoBox(std::clamp(m_.vis.quality.numquads, 1, kFinest));
    if (type == mjGEOM_PLANE) return PlaneShape(m_, geom);
    CHECK(IsMesh(type));
    return MeshShape(m_, m_.geom_dataid[geom]);
  }

  const mjModel& m_;
  std::vector<Shape>& shapes_;
  std::map<std::vector<double>, int> index_;
};

// --- Materials

bool SameImage(const Image& a, const Image& b) {
  return a.cube == b.cube && a.width == b.width && a.height == b.height && a.rgb == b.rgb;
}

// sRGB bytes as linear ones: MuJoCo asks for that of textures marked so.
uint8_t Linear(uint8_t srgb) {
  const double s = srgb / 255.0;
  return static_cast<uint8_t>(std::lround(255 * (s <= 0.04045 ? s / 12.92 : std::pow((s + 0.055) / 1.055, 2.4))));
}

Image ImageOf(const mjModel& m, int texture) {
  Image image{.cube = m.tex_type[texture] != mjTEXTURE_2D, .width = m.tex_width[texture], .height = m.tex_height[texture]};
  const int channels = m.tex_nchannel[texture];
  const auto texels = static_cast<size_t>(image.width) * static_cast<size_t>(image.height);
  const mjtByte* data = m.tex_data + m.tex_adr[texture];
  const bool srgb = m.tex_colorspace[texture] == mjCOLORSPACE_SRGB && !image.cube;
  image.rgb.reserve(3 * texels);
  for (size_t i = 0; i < texels; ++i)
    for (size_t c = 0; c < 3; ++c) {
      const mjtByte value = data[i * static_cast<size_t>(channels) + std::min(c, static_cast<size_t>(channels - 1))];
      image.rgb.push_back(srgb ? Linear(value) : value);
    }
  // A square one serves all six sides.
  if (image.cube && image.height == image.width) {
    const std::vector<uint8_t> face = image.rgb;
    for (int side = 1; side < 6; ++side) image.rgb.insert(image.rgb.end(), face.begin(), face.end());
    image.height *= 6;
  }
  return image;
}

// Where the same image is in the scene, or -1.
int FindImage(const Scene& scene, const Image& image) {
  for (size_t i = 0; i < scene.images.size(); ++i)
    if (SameImage(*scene.images[i], image)) return static_cast<int>(i);
  return -1;
}

// Fills scene->images without repeats. Returns the image of each texture.
std::vector<int> AddImages(const mjModel& m, Scene* scene) {
  std::vector<int> image_of_texture;
  for (int texture = 0; texture < m.ntex; ++texture) {
    Image image = ImageOf(m, texture);
    int& place = image_of_texture.emplace_back(FindImage(*scene, image));
    if (place < 0) {
      place = static_cast<int>(scene->images.size());
      scene->images.push_back(std::make_shared<const Image>(std::move(image)));
    }
    if (m.tex_type[texture] == mjTEXTURE_SKYBOX && scene->sky < 0) scene->sky = image_of_texture.back();
  }
  return image_of_texture;
}

// What texture mapping depends on besides the material.
struct Surfacing {
  int type = 0;
  bool has_uvs = false;    // of its own: skins and meshes with texture coordinates
  bool endless = false;
  bool prescaled = false;  // its mesh or height field has its true size, not that of a unit shape
  Eigen::Vector3f size = Eigen::Vector3f::Zero();  // as MuJoCo's drawing has it
};

void MapImage(const Surfacing& surface, bool cube, const Eigen::Vector2f& repeat, bool uniform, PhongMaterial* out) {
  const Eigen::Vector3f& size = surface.size;
  const auto unit = [&](int axis) { return uniform && size[axis] > 0 ? size[axis] : 1.0f; };
  const bool builtin = surface.type == mjGEOM_PLANE || surface.type == mjGEOM_BOX || IsRound(surface.type);
  if (surface.has_uvs || (builtin && !cube)) {
    out->mapping = PhongMaterial::Mapping::kVertex;
    for (const int axis : {0, 1}) out->image_scale[axis] = (repeat[axis] > 0 ? repeat[axis] : 1) * unit(axis);
    if (surface.endless) out->image_offset = Eigen::Vector2f::Constant(-0.5f);
    if (cube) out->image = -1;  // MuJoCo draws nothing sensible either
  } else if (!cube) {
    out->mapping = PhongMaterial::Mapping::kPlanar;
    for (const int axis : {0, 1}) {
      const float own = surface.prescaled && size[axis] > 0 ? size[axis] : 1;
      out->image_scale[axis] = (axis == 0 ? 0.5f : -0.5f) * repeat[axis] / own * unit(axis);
    }
    out->image_offset = Eigen::Vector2f::Constant(-0.5f);
  } else {
    out->mapping = PhongMaterial::Mapping::kCube;
    for (const int axis : {0, 1, 2}) out->image_scale[axis] = uniform ? size[axis] : 1;
  }
}

// `rgba` is the geom's own colour: it wins over the material's unless it is the default.
PhongMaterial MaterialOf(const mjModel& m, int material, const float* rgba, const Surfacing& surface,
                         std::span<const int> image_of_texture) {
  PhongMaterial out;
  const Eigen::Vector4f own(rgba[0], rgba[1], rgba[2], rgba[3]);
  out.rgba = own;
  if (material < 0) return out;
  if (own == Eigen::Vector4f(0.5f, 0.5f, 0.5f, 1.0f)) out.rgba = Eigen::Map<const Eigen::Vector4f>(m.mat_rgba + 4 * material);
  out.emission = m.mat_emission[material];
  out.specular = m.mat_specular[material];
  out.exponent = 128 * m.mat_shininess[material];
  const int texture = m.mat_texid[mjNTEXROLE * material + mjTEXROLE_RGB];
  if (texture < 0) return out;
  out.image = image_of_texture[static_cast<size_t>(texture)];
  const Eigen::Vector2f repeat(m.mat_texrepeat[2 * material], m.mat_texrepeat[2 * material + 1]);
  MapImage(surface, m.tex_type[texture] != mjTEXTURE_2D, repeat, m.mat_texuniform[material], &out);
  return out;
}

PhongMaterial GeomMaterial(const mjModel& m, int geom, std::span<const int> image_of_texture) {
  const int type = m.geom_type[geom];
  const mjtNum* size = m.geom_size + 3 * geom;
  Surfacing surface{.type = type, .prescaled = IsMesh(type) || type == mjGEOM_HFIELD};
  surface.size = IsRound(type) ? Eigen::Vector3f(ScaleOf(m, geom).cast<float>()) : Eigen::Vector3f(Vector(size).cast<float>());
  surface.has_uvs = IsMesh(type) && m.mesh_texcoordadr[m.geom_dataid[geom]] >= 0;
  surface.endless = type == mjGEOM_PLANE && (size[0] <= 0 || size[1] <= 0);
  return MaterialOf(m, m.geom_matid[geom], m.geom_rgba + 4 * geom, surface, image_of_texture);
}

bool IsVisible(const mjModel& m, int geom) {
  const int type = m.geom_type[geom];
  return IsDrawn(type) && !((IsMesh(type) || type == mjGEOM_HFIELD) && m.geom_dataid[geom] < 0);
}

// --- The parts of a scene

Body GeomBody(const mjModel& m, int geom, std::span<const int> image_of_texture, ShapeList* shapes) {
  Body body;
  const char* name = mj_id2name(&m, mjOBJ_GEOM, geom);
  body.name = name ? name : "geom " + std::to_string(geom);
  body.motion = m.body_weldid[m.geom_bodyid[geom]] == 0 ? Motion::kFixed : Motion::kDynamic;
  body.group = std::clamp(m.geom_group[geom], 0, 31);
  body.material = GeomMaterial(m, geom, image_of_texture);
  body.scale = ScaleOf(m, geom);
  if (!IsVisible(m, geom)) {
    body.material.rgba[3] = 0;
    return body;
  }
  if (m.geom_type[geom] == mjGEOM_HFIELD) body.height_field = m.geom_dataid[geom];
  else body.shape = shapes->IndexOf(geom);
  if (m.geom_type[geom] == mjGEOM_PLANE)
    for (const int axis : {0, 1})
      if (m.geom_size[3 * geom + axis] <= 0) body.endless_m[axis] = 2 * EndlessStepM(m, geom, axis);
  return body;
}

Skin SkinOf(const mjModel& m, int id, std::span<const int> image_of_texture) {
  Skin skin;
  const char* name = mj_id2name(&m, mjOBJ_SKIN, id);
  skin.name = name ? name : "skin " + std::to_string(id);
  skin.group = std::clamp(m.skin_group[id], 0, 31);
  skin.inflate_m = m.skin_inflate[id];
  const bool has_uvs = m.skin_texcoordadr[id] >= 0;
  skin.material = MaterialOf(m, m.skin_matid[id], m.skin_rgba + 4 * id,
                             {.type = mjGEOM_SKIN, .has_uvs = has_uvs, .size = Eigen::Vector3f::Constant(0.1f)}, image_of_texture);
  for (ptrdiff_t v = 0; v < m.skin_vertnum[id]; ++v) {
    skin.mesh.vertices.push_back(FloatVector(m.skin_vert + 3 * (m.skin_vertadr[id] + v)));
    const float* uv = has_uvs ? m.skin_texcoord + 2 * (m.skin_texcoordadr[id] + v) : nullptr;
    skin.mesh.uvs.push_back(uv ? Eigen::Vector2f(uv[0], uv[1]) : Eigen::Vector2f::Zero());
  }
  skin.mesh.normals.assign(skin.mesh.vertices.size(), Eigen::Vector3f::UnitZ());
  for (ptrdiff_t f = m.skin_faceadr[id]; f < m.skin_faceadr[id] + m.skin_facenum[id]; ++f) {
    const int* corners = m.skin_face + 3 * f;
    skin.mesh.triangles.push_back({static_cast<uint32_t>(corners[0]), static_cast<uint32_t>(corners[1]),
                                   static_cast<uint32_t>(corners[2])});
  }
  for (ptrdiff_t b = m.skin_boneadr[id]; b < m.skin_boneadr[id] + m.skin_bonenum[id]; ++b) {
    const float* q = m.skin_bonebindquat + 4 * b;
    Skin::Bone bone{.X_WB = {FloatVector(m.skin_bonebindpos + 3 * b).cast<double>(), Quat(q[0], q[1], q[2], q[3])}};
    const ptrdiff_t first = m.skin_bonevertadr[b], count = m.skin_bonevertnum[b];
    bone.vertices.assign(m.skin_bonevertid + first, m.skin_bonevertid + first + count);
    bone.weights.assign(m.skin_bonevertweight + first, m.skin_bonevertweight + first + count);
    skin.bones.push_back(std::move(bone));
  }
  return skin;
}

bool IsLamp(const mjModel& m, int light) {
  return m.light_active[light] && (m.light_type[light] == mjLIGHT_DIRECTIONAL || m.light_type[light] == mjLIGHT_SPOT);
}

void AddLamps(const mjModel& m, Scene* scene) {
  if (m.vis.headlight.active) {
    const auto& light = m.vis.headlight;
    scene->lamps.push_back({.kind = Lamp::Kind::kDirectional, .on_camera = true, .ambient = FloatVector(light.ambient),
                            .diffuse = FloatVector(light.diffuse), .specular = FloatVector(light.specular)});
  }
  for (int i = 0; i < m.nlight; ++i) {
    if (!IsLamp(m, i)) continue;
    scene->lamps.push_back({.kind = m.light_type[i] == mjLIGHT_SPOT ? Lamp::Kind::kSpot : Lamp::Kind::kDirectional,
                            .casts_shadow = static_cast<bool>(m.light_castshadow[i]),
                            .ambient = FloatVector(m.light_ambient + 3 * i), .diffuse = FloatVector(m.light_diffuse + 3 * i),
                            .specular = FloatVector(m.light_specular + 3 * i),
                            .attenuation = FloatVector(m.light_attenuation + 3 * i), .exponent = m.light_exponent[i],
                            .cutoff_rad = static_cast<double>(m.light_cutoff[i]) * std::numbers::pi / 180});
  }
  // Without any lamp there is a little light from everywhere.
  if (scene->lamps.empty()) {
    const Rgb none = Rgb::Zero();
    scene->lamps.push_back({.on_camera = true, .ambient = Rgb::Constant(0.3f), .diffuse = none, .specular = none});
  }
}

void AddCameras(const mjModel& m, Scene* scene) {
  const double near_m = static_cast<double>(m.vis.map.znear) * m.stat.extent;
  for (int i = 0; i < m.ncam; ++i) {
    const char* name = mj_id2name(&m, mjOBJ_CAMERA, i);
    Camera camera{.name = name ? name : "camera " + std::to_string(i), .near_m = near_m, .far_m = FarM(m)};
    camera.fov_y_rad = m.cam_projection[i] == mjPROJ_PERSPECTIVE ? m.cam_fovy[i] * std::numbers::pi / 180 : 0;
    scene->cameras.push_back(camera);
  }
  scene->cameras.push_back({.name = "free", .fov_y_rad = m.vis.global.fovy * std::numbers::pi / 180.0, .near_m = near_m,
                            .far_m = FarM(m)});
}

Pose FreeCameraPose(const mjModel& m) {
  const double azimuth = m.vis.global.azimuth * std::numbers::pi / 180.0;
  const double elevation = m.vis.global.elevation * std::numbers::pi / 180.0;
  const Vec3 forward(std::cos(elevation) * std::cos(azimuth), std::cos(elevation) * std::sin(azimuth), std::sin(elevation));
  const Vec3 centre = Vector(m.stat.center);
  return LookAt(centre - 1.5 * m.stat.extent * forward, centre, 1).X_PC;
}

}  // namespace

Scene SceneOf(const mjModel& m) {
  Scene scene;
  scene.lighting = Lighting::kPhong;
  const std::vector<int> image_of_texture = AddImages(m, &scene);
  ShapeList shapes(m, &scene.shapes);
  for (int geom = 0; geom < m.ngeom; ++geom) scene.bodies.push_back(GeomBody(m, geom, image_of_texture, &shapes));
  for (int i = 0; i < m.nhfield; ++i) {
    const mjtNum* size = m.hfield_size + 4 * i;
    scene.height_fields.push_back({.rows = m.hfield_nrow[i], .columns = m.hfield_ncol[i], .half_size_m = {size[0], size[1]},
                                   .base_m = size[3]});
  }
  for (int i = 0; i < m.nskin; ++i) scene.skins.push_back(SkinOf(m, i, image_of_texture));
  AddLamps(m, &scene);
  AddCameras(m, &scene);
  scene.shadow_map_side = m.vis.quality.shadowsize;
  scene.shadow_spot_scale = m.vis.map.shadowscale;
  scene.shadow_half_width_m = m.vis.map.shadowclip * m.stat.extent;
  return scene;
}

SceneState StateOf(const mjModel& m, const mjData& d) {
  SceneState state;
  state.bodies.resize(static_cast<size_t>(m.ngeom));
  state.height_fields.resize(static_cast<size_t>(m.nhfield));
  UpdatePoses(m, d, &state);
  UpdateHeights(m, &state);
  return state;
}

void UpdatePoses(const mjModel& m, const mjData& d, SceneState* state) {
  CHECK_EQ(state->bodies.size(), static_cast<size_t>(m.ngeom));
  state->time_s = d.time;
  for (ptrdiff_t g = 0; g < m.ngeom; ++g)
    state->bodies[static_cast<size_t>(g)].X_WB = {Vector(d.geom_xpos + 3 * g), Rotation(d.geom_xmat + 9 * g)};

  state->lamps.clear();
  if (m.vis.headlight.active) state->lamps.emplace_back();
  for (int i = 0; i < m.nlight; ++i)
    if (IsLamp(m, i)) state->lamps.push_back({Vector(d.light_xpos + 3 * i), Vector(d.light_xdir + 3 * i)});
  if (state->lamps.empty()) state->lamps.emplace_back();

  state->cameras_W.clear();
  for (ptrdiff_t i = 0; i < m.ncam; ++i)
    state->cameras_W.push_back(CameraPose(Vector(d.cam_xpos + 3 * i), Rotation(d.cam_xmat + 9 * i)));
  state->cameras_W.push_back(FreeCameraPose(m));

  state->bones_W.clear();
  for (ptrdiff_t b = 0; b < m.nskinbone; ++b) {
    const ptrdiff_t body = m.skin_bonebodyid[b];
    const mjtNum* q = d.xquat + 4 * body;
    state->bones_W.push_back({Vector(d.xpos + 3 * body), Quat(q[0], q[1], q[2], q[3])});
  }
}

std::vector<int> ImageOfTexture(const mjModel& m, const Scene& scene) {
  std::vector<int> image_of_texture;
  for (int texture = 0; texture < m.ntex; ++texture) image_of_texture.push_back(FindImage(scene, ImageOf(m, texture)));
  return image_of_texture;
}

void UpdateLooks(const mjModel& m, std::span<const int> image_of_texture, SceneState* state) {
  CHECK_EQ(image_of_texture.size(), static_cast<size_t>(m.ntex));
  CHECK_EQ(state->bodies.size(), static_cast<size_t>(m.ngeom));
  ++state->overrides_revision;
  state->overrides.clear();
  for (int g = 0; g < m.ngeom; ++g) {
    Override change{.body = g, .material = GeomMaterial(m, g, image_of_texture), .scale = ScaleOf(m, g)};
    change.visible = IsVisible(m, g) && change.material->rgba[3] > 0;
    state->overrides.push_back(change);
  }
}

void UpdateHeights(const mjModel& m, SceneState* state) {
  CHECK_EQ(state->height_fields.size(), static_cast<size_t>(m.nhfield));
  for (int i = 0; i < m.nhfield; ++i) {
    auto heights = std::make_shared<std::vector<float>>();
    const float* data = m.hfield_data + m.hfield_adr[i];
    const auto count = static_cast<ptrdiff_t>(m.hfield_nrow[i]) * m.hfield_ncol[i];
    const auto top = static_cast<float>(m.hfield_size[4 * i + 2]);
    heights->reserve(static_cast<size_t>(count));
    for (ptrdiff_t k = 0; k < count; ++k) heights->push_back(top * data[k]);
    state->height_fields[static_cast<size_t>(i)].heights_m = std::move(heights);
  }
}

}  // namespace figment::envs
