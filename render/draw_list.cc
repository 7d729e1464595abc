#include "render/draw_list.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "render/affine.h"

namespace figment::render {
namespace {

// Strength of the highlight, linear light.
float Specular(envs::Texture texture) {
  switch (texture) {
    case envs::Texture::kMetal: return 0.35f;
    case envs::Texture::kPlastic: return 0.12f;
    case envs::Texture::kTile: return 0.06f;
    default: return 0.0f;
  }
}

Material MakeMaterial(const envs::Appearance& appearance, double emission, bool display_space) {
  Eigen::Vector3f color = appearance.color.cwiseMax(0.0f).cwiseMin(1.0f);
  if (!display_space) color = color.cwiseProduct(color).eval();
  CHECK(appearance.texture_size_m > 0);
  return {.color = {color.x(), color.y(), color.z(), Specular(appearance.texture)},
          .pattern = {static_cast<float>(appearance.texture), static_cast<float>(1 / appearance.texture_size_m),
                      static_cast<float>(emission), static_cast<float>(appearance.picture)}};
}

// What Override changes, per body.
struct Look {
  Vec3 scale;
  bool visible = true;
  const envs::Appearance* appearance = nullptr;  // null: the body's own, per slot
};

std::vector<Look> Looks(const envs::Scene& scene, const envs::SceneState& state) {
  std::vector<Look> looks;
  for (const envs::Body& body : scene.bodies) looks.push_back({.scale = body.scale});
  for (const envs::Override& change : state.overrides) {
    CHECK(change.body >= 0 && static_cast<size_t>(change.body) < looks.size());
    Look& look = looks[static_cast<size_t>(change.body)];
    if (change.scale) look.scale = *change.scale;
    look.visible = change.visible;
    if (change.appearance) look.appearance = &*change.appearance;
  }
  return looks;
}

// One thing to draw before its place in the list is known.
struct Item {
  double depth = 0;   // of the centre along the camera axis
  MeshRange range;
  InstanceBlock block;
  bool visible = false, casts = false;
};

// Bounds of the shadow casters in the light's frame: x, y across, z along the light.
class LightBox {
 public:
  explicit LightBox(const Vec3& direction_W) : q_LW_(base::Quat::FromTwoVectors(direction_W, Vec3::UnitZ())) {}
  void Include(const Sphere& sphere_W) {
    const Vec3 c = q_LW_ * sphere_W.centre, r = Vec3::Constant(sphere_W.radius);
    box_.extend(c - r);
    box_.extend(c + r);
  }
  bool empty() const { return box_.isEmpty(); }

  // World to shadow map coordinates, and the size of a texel. Sizes and places move in coarse steps, so that shadows
  // do not shimmer while bodies move.
  Affine Map(int map_size, double& texel_m) const {
    // One texel more on each side, for the snapping below and for blending at the edge.
    const double body_width = std::ceil(std::max(box_.sizes().x(), box_.sizes().y()) / kStep_m) * kStep_m;
    texel_m = body_width / (map_size - 2);
    const double width = body_width + 2 * texel_m;
    Vec3 low = box_.center() - Vec3::Constant(width / 2);
    low.x() = std::floor(low.x() / texel_m) * texel_m;
    low.y() = std::floor(low.y() / texel_m) * texel_m;
    // Receivers behind the last caster clamp to the far end of the map, where nothing casts.
    low.z() = std::floor(box_.min().z() / kStep_m) * kStep_m;
    const double deep = std::ceil((box_.max().z() - low.z()) / kStep_m + 1) * kStep_m;
    const Vec3 size(width, width, deep);
    Affine map;
    map.leftCols<3>() = size.cwiseInverse().asDiagonal() * q_LW_.toRotationMatrix();
    map.col(3) = -low.cwiseQuotient(size);
    return map;
  }

 private:
  static constexpr double kStep_m = 0.25;
  base::Quat q_LW_;
  Eigen::AlignedBox3d box_;
};

class Builder {
 public:
  Builder(const envs::Scene& scene, const SceneGeometry& geometry, const View& view, const View& previous,
          const DrawOptions& options, DrawList& out)
      : scene_(scene), geometry_(geometry), view_(view), previous_(previous), options_(options),
        out_(out), X_CW_(CameraPose(view).Inverse()), previous_X_CW_(CameraPose(previous).Inverse()),
        frustum_(view.camera, options), light_(scene.light.direction_W.normalized()),
        focal_px_(options.height / 2.0 / std::tan(view.camera.fov_y_rad / 2)) {}

  void Build() {
    AddBodies();
    AddCloths();
    std::stable_sort(items_.begin(), items_.end(), [](const Item& a, const Item& b) { return a.depth < b.depth; });
    AddRoom();
    Emit();
    FillFrame();
  }

 private:
  void AddBodies() {
    const std::vector<Look> looks = Looks(scene_, *view_.state);
    const std::vector<Look> previous_looks = Looks(scene_, *previous_.state);
    for (size_t b = 0; b < scene_.bodies.size(); ++b) {
      if (!looks[b].visible) continue;
      const DrawnShape& shape = geometry_.shapes[static_cast<size_t>(scene_.bodies[b].shape)];
      const Pose& X_WB = view_.state->bodies[b].X_WB;
      const Pose X_CB = X_CW_ * X_WB, previous_X_CB = previous_X_CW_ * previous_.state->bodies[b].X_WB;
      const Vec3& scale = looks[b].scale;
      InstanceBlock block = Instance(Scaled(X_CB, scale), Scaled(previous_X_CB, previous_looks[b].scale), scale,
                                     shape.project_uv, static_cast<uint32_t>(b + 1));
      const Sphere sphere_B = {shape.centre.cwiseProduct(scale), shape.half_size.cwiseProduct(scale).norm()};
      const Sphere sphere_C = {X_CB * sphere_B.centre, sphere_B.radius};
      for (const SlotRange& part : ChooseLevel(shape, scale.cwiseAbs().maxCoeff(), sphere_C).parts) {
        block.material = MaterialOf(scene_.bodies[b], looks[b], static_cast<size_t>(part.slot));
        if (shape.picture_uvs) PlacePicture(block);
        AddDraw(part.range, block, sphere_C, X_WB * sphere_B.centre);
      }
    }
  }

  // Texture coordinates as they are for a picture, by projection for a pattern.
  static void PlacePicture(InstanceBlock& block) {
    const bool has_picture = block.material.pattern[3] >= 0;
    block.scale[3] = has_picture ? 1 : 0;
    if (has_picture) block.material.pattern[1] = 1;
  }

  Material MaterialOf(const envs::Body& body, const Look& look, size_t slot) const {
    CHECK(!body.appearance.empty());
    if (look.appearance) return MakeMaterial(*look.appearance, 0, options_.display_space);
    return MakeMaterial(body.appearance[slot < body.appearance.size() ? slot : 0], 0, options_.display_space);
  }

  void AddCloths() {
    for (size_t c = 0; c < scene_.cloths.size(); ++c) {
      InstanceBlock block = Instance(Scaled(X_CW_, Vec3::Ones()), Scaled(previous_X_CW_, Vec3::Ones()), Vec3::Ones(),
                                     false, static_cast<uint32_t>(scene_.bodies.size() + c + 1));
      block.material = MakeMaterial(scene_.cloths[c].appearance, 0, options_.display_space);
      Eigen::AlignedBox3f bounds;
      for (const Eigen::Vector3f& v : view_.state->cloths[c].vertices_W) bounds.extend(v);
      const Vec3 centre = bounds.center().cast<double>();
      AddDraw(geometry_.cloths[c].range, block, {X_CW_ * centre, bounds.sizes().cast<double>().norm() / 2}, centre);
    }
  }

  // Fixtures and floor come last: bodies hide parts of them.
  void AddRoom() {
    for (const envs::Fixture& fixture : scene_.fixtures) {
      const Pose X_CF = X_CW_ * fixture.X_WF, previous_X_CF = previous_X_CW_ * fixture.X_WF;
      Item item{.range = geometry_.box, .block = Instance(Scaled(X_CF, fixture.half_size),
                                                          Scaled(previous_X_CF, fixture.half_size), fixture.half_size, true, 0)};
      item.block.material = MakeMaterial(fixture.appearance, fixture.emission, options_.display_space);
      item.visible = frustum_.Touches(X_CF, fixture.half_size);
      item.casts = fixture.casts_shadow && Casts({fixture.X_WF.p, fixture.half_size.norm()});
      items_.push_back(item);
    }
    const Pose X_WG = {Vec3(0, 0, scene_.ground.height_m), base::Quat::Identity()};
    const Vec3 size(scene_.ground.half_size_m, scene_.ground.half_size_m, 1);
    Item floor{.range = geometry_.ground,
               .block = Instance(Scaled(X_CW_ * X_WG, size), Scaled(previous_X_CW_ * X_WG, size), size, true, 0)};
    floor.block.material = MakeMaterial(scene_.ground.appearance, 0, options_.display_space);
    floor.visible = true;
    items_.push_back(floor);
  }

  // All of an instance but its material.
  static InstanceBlock Instance(const Affine& X_C, const Affine& previous_X_C, const Vec3& scale, bool project_uv,
                                uint32_t id) {
    const double uv_factor = project_uv ? 0.0 : std::cbrt(std::abs(scale.prod()));
    return {.rows = ToRows(X_C), .previous_rows = ToRows(previous_X_C), .scale = ToRow(scale, uv_factor),
            .material = {}, .id = id};
  }

  void AddDraw(const MeshRange& range, const InstanceBlock& block, const Sphere& sphere_C, const Vec3& centre_W) {
    items_.push_back({.depth = sphere_C.centre.z(), .range = range, .block = block,
                      .visible = frustum_.Touches(sphere_C), .casts = Casts({centre_W, sphere_C.radius})});
  }

  // What has left the floor's square casts no shadow anyone sees, and would stretch the map.
  bool Casts(const Sphere& sphere_W) {
    if (options_.shadow_map_size == 0) return false;
    if (sphere_W.centre.head<2>().cwiseAbs().maxCoeff() > scene_.ground.half_size_m) return false;
    light_.Include(sphere_W);
    return true;
  }

  // Instances in drawing order; neighbours of one mesh become one command.
  void Emit() {
    out_.instances.clear();
    out_.commands.clear();
    for (const Item& item : items_) out_.instances.push_back(item.block);
    out_.visible_count = EmitCommands(&Item::visible);
    out_.caster_count = EmitCommands(&Item::casts);
  }

  int EmitCommands(bool Item::*wanted) {
    const size_t before = out_.commands.size();
    bool joins = false;  // whether the item before this one is in the last command
    for (size_t i = 0; i < items_.size(); ++i) {
      const Item& item = items_[i];
      if (!(item.*wanted)) {
        joins = false;
        continue;
      }
      if (joins && out_.commands.back().first_index == item.range.first_index) {
        ++out_.commands.back().instance_count;
        continue;
      }
      out_.commands.push_back({.index_count = item.range.index_count, .first_index = item.range.first_index,
                               .base_vertex = item.range.base_vertex, .base_instance = static_cast<uint32_t>(i)});
      joins = true;
    }
    return static_cast<int>(out_.commands.size() - before);
  }

  // The coarsest level whose error at the body's nearest point stays below the limit.
  const LevelOfDetail& ChooseLevel(const DrawnShape& shape, double scale, const Sphere& sphere_C) const {
    const double nearest = std::max(sphere_C.centre.z() - sphere_C.radius, view_.camera.near_m);
    const double allowed = options_.pixel_error * nearest / (focal_px_ * scale);
    size_t level = shape.levels.size() - 1;
    while (level > 0 && shape.levels[level].error > allowed) --level;
    return shape.levels[level];
  }

  // sRGB to the space of the lighting: as it is, or linear with gamma 2.
  Vec3 Light(const envs::Rgb& color) const {
    const Vec3 c = color.cast<double>();
    return options_.display_space ? c : Vec3(c.cwiseProduct(c));
  }

  void FillFrame() {
    FrameBlock& frame = out_.frame;
    frame.projection = Projection(view_.camera, options_);
    frame.previous_projection = Projection(previous_.camera, options_);
    const Vec3 to_light = X_CW_.q * -scene_.light.direction_W.normalized();
    double texel_m = 0;
    frame.light_rows = ToRows(Affine::Zero());
    if (!light_.empty()) {
      const Affine map = light_.Map(options_.shadow_map_size, texel_m);
      frame.light_rows = ToRows(Compose(map, Scaled(CameraPose(view_), Vec3::Ones())));
    }
    frame.half_size_px = {static_cast<float>(options_.width / 2.0), static_cast<float>(options_.height / 2.0),
                          static_cast<float>(previous_.camera.near_m), static_cast<float>(kNormalOffset_texels * texel_m)};
    frame.to_light = ToRow(to_light);
    frame.up = ToRow(X_CW_.q * Vec3::UnitZ());
    frame.half_vector = ToRow((to_light - Vec3::UnitZ()).normalized());
    frame.sun = ToRow(scene_.light.intensity * Light(scene_.light.color));
    const Vec3 ambient = scene_.light.ambient.cast<double>();
    frame.ambient = ToRow((1 + kFloorBounce) / 2 * ambient);
    frame.ambient_slope = ToRow((1 - kFloorBounce) / 2 * ambient);
  }

  // Shadow lookups start this many texels off the surface along its normal: the diagonal of a 2 x 2 comparison.
  static constexpr double kNormalOffset_texels = 1.5;
  // Share of the ambient light that reaches surfaces facing down: the albedo of a light floor.
  static constexpr double kFloorBounce = 0.5;

  const envs::Scene& scene_;
  const SceneGeometry& geometry_;
  const View &view_, &previous_;
  const DrawOptions& options_;
  DrawList& out_;
  const Pose X_CW_, previous_X_CW_;
  const Frustum frustum_;
  LightBox light_;
  const double focal_px_;
  std::vector<Item> items_;
};

}  // namespace

base::Pose CameraPose(const View& view) {
  if (view.camera.parent < 0) return view.camera.X_PC;
  return view.state->bodies[static_cast<size_t>(view.camera.parent)].X_WB * view.camera.X_PC;
}

void BuildDrawList(const envs::Scene& scene, const SceneGeometry& geometry, const View& view, const View& previous,
                   const DrawOptions& options, DrawList& out) {
  CHECK_EQ(view.state->bodies.size(), scene.bodies.size());
  CHECK_EQ(previous.state->bodies.size(), scene.bodies.size());
  CHECK_EQ(view.state->cloths.size(), scene.cloths.size());
  Builder(scene, geometry, view, previous, options, out).Build();
}

}  // namespace figment::render
