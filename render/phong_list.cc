#include "render/phong_list.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.h"
#include "render/affine.h"

namespace figment::render {
namespace {

// Alpha from which MuJoCo takes a surface as opaque, and what a plane keeps of it seen from behind.
constexpr float kOpaque = 0.995f;
constexpr float kFromBehind = 0.3f;

// What Override changes, per body.
struct Look {
  const Vec3* scale = nullptr;
  const envs::PhongMaterial* material = nullptr;
  bool visible = true;
};

std::vector<Look> Looks(const envs::Scene& scene, const envs::SceneState& state) {
  std::vector<Look> looks;
  looks.reserve(scene.bodies.size());
  for (const envs::Body& body : scene.bodies) looks.push_back({&body.scale, &body.material});
  for (const envs::Override& change : state.overrides) {
    CHECK(change.body >= 0 && static_cast<size_t>(change.body) < looks.size());
    Look& look = looks[static_cast<size_t>(change.body)];
    if (change.scale) look.scale = &*change.scale;
    if (change.material) look.material = &*change.material;
    look.visible = change.visible;
  }
  return looks;
}

// One thing to draw before its place in the list is known.
struct Item {
  double depth = 0;        // opaque: of the centre along the camera axis; transparent: distance of the nearest point
  MeshRange range;
  PhongInstance instance;
  PhongBatch state;
  bool visible = false, transparent = false;
  Sphere sphere_W;
};

// What a lamp's shadow map sees: a pyramid or a box along its direction. Frame L: z the way it shines.
class LampView {
 public:
  LampView(const envs::Scene& scene, const envs::Lamp& lamp, const envs::LampState& now, const envs::Camera& camera)
      : spot_(lamp.kind == envs::Lamp::Kind::kSpot), near_m_(camera.near_m), far_m_(camera.far_m),
        X_LW_(base::Pose{now.position_W, base::Quat::FromTwoVectors(Vec3::UnitZ(), now.direction_W)}.Inverse()) {
    const double widest_rad = 160 * std::numbers::pi / 180;
    const double field_rad = std::min(2 * lamp.cutoff_rad * scene.shadow_spot_scale, widest_rad);
    reach_ = spot_ ? std::tan(field_rad / 2) : scene.shadow_half_width_m;
  }

  bool Touches(const Sphere& sphere_W) const {
    const Vec3 p = X_LW_ * sphere_W.centre;
    const double r = sphere_W.radius;
    if (p.z() < near_m_ - r || p.z() > far_m_ + r) return false;
    const double widest = spot_ ? std::max(0.0, p.z()) * reach_ + r * std::sqrt(1 + reach_ * reach_) : reach_ + r;
    return std::abs(p.x()) <= widest && std::abs(p.y()) <= widest;
  }

  // Frame C to (s, t, r, q): place in the map s/q, t/q in 0..1, reversed depth r/q in 0..1.
  std::array<Row, 4> Rows4(const Pose& X_WC, int map_side) const {
    const Pose X_LC = X_LW_ * X_WC;
    Eigen::Matrix4d to_L = Eigen::Matrix4d::Identity();
    to_L.topLeftCorner<3, 3>() = X_LC.q.toRotationMatrix();
    to_L.topRightCorner<3, 1>() = X_LC.p;
    Eigen::Matrix4d project = Eigen::Matrix4d::Zero();
    const double range = far_m_ - near_m_;
    // A texel is left free at the edge: what lies beyond it is lit.
    const double share = 0.5 * (map_side - 2) / map_side;
    project(0, 0) = project(1, 1) = share / reach_;
    if (spot_) {
      project(0, 2) = project(1, 2) = 0.5;
      project(2, 2) = -near_m_ / range, project(2, 3) = near_m_ * far_m_ / range;
      project(3, 2) = 1;
    } else {
      project(0, 3) = project(1, 3) = 0.5;
      project(2, 2) = -1 / range, project(2, 3) = far_m_ / range;
      project(3, 3) = 1;
    }
    const Eigen::Matrix4d whole = project * to_L;
    std::array<Row, 4> rows;
    for (int i = 0; i < 4; ++i)
      for (int j = 0; j < 4; ++j) rows[static_cast<size_t>(i)][static_cast<size_t>(j)] = static_cast<float>(whole(i, j));
    return rows;
  }

 private:
  bool spot_;
  double near_m_, far_m_, reach_ = 1;
  Pose X_LW_;
};

Row ColorRow(const envs::Rgb& color, float w) { return {color.x(), color.y(), color.z(), w}; }

class Builder {
 public:
  Builder(const envs::Scene& scene, const PhongGeometry& geometry, const View& view, const View& previous,
          const PhongOptions& options, PhongList& out)
      : scene_(scene), geometry_(geometry), view_(view), previous_(previous), options_(options), out_(out),
        X_WC_(CameraPose(view)), X_CW_(X_WC_.Inverse()), previous_X_CW_(CameraPose(previous).Inverse()),
        frustum_(view.camera, options.draw), focal_px_(options.draw.height / 2.0 / std::tan(view.camera.fov_y_rad / 2)) {}

  void Build() {
    FillFrame();
    FillLamps();
    AddBodies();
    if (options_.skins) AddSkins();
    Emit();
  }

 private:
  bool Shown(int group) const { return view_.groups >> group & 1; }

  void FillFrame() {
    out_.frame = {};
    out_.frame.projection = Projection(view_.camera, options_.draw);
    out_.frame.previous_projection = Projection(previous_.camera, options_.draw);
    out_.frame.half_size_px = {static_cast<float>(options_.draw.width / 2.0), static_cast<float>(options_.draw.height / 2.0),
                               static_cast<float>(previous_.camera.near_m), 0};
    // The sky's cube has +y overhead: (x, z, -y) of the world.
    Affine sky = Affine::Zero();
    const Eigen::Matrix3d R_WC = X_WC_.q.toRotationMatrix();
    sky.row(0).head<3>() = R_WC.row(0), sky.row(1).head<3>() = R_WC.row(2), sky.row(2).head<3>() = -R_WC.row(1);
    out_.sky_rows = ToRows(sky);
  }

  void FillLamps() {
    CHECK_EQ(view_.state->lamps.size(), scene_.lamps.size());
    const size_t count = std::min(scene_.lamps.size(), kMaxLamps);
    std::vector<size_t> order;
    for (size_t k = 0; k < count && order.size() < kMaxShadowLamps; ++k)
      if (scene_.lamps[k].casts_shadow && !scene_.lamps[k].on_camera) order.push_back(k);
    out_.added_lamps = static_cast<int>(order.size());
    out_.shadow_lamps = options_.draw.shadow_map_size > 0 ? out_.added_lamps : 0;
    for (size_t k = 0; k < count; ++k)
      if (std::find(order.begin(), order.end(), k) == order.end()) order.push_back(k);
    out_.lamps.clear();
    lamp_views_.clear();
    for (const size_t k : order) AddLamp(scene_.lamps[k], view_.state->lamps[k]);
  }

  void AddLamp(const envs::Lamp& lamp, const envs::LampState& now) {
    const bool spot = lamp.kind == envs::Lamp::Kind::kSpot;
    const Vec3 direction_C = lamp.on_camera ? Vec3(0, 0, 1) : Vec3(X_CW_.q * now.direction_W.normalized());
    LampBlock block = {};
    block.position = ToRow(lamp.on_camera ? Vec3(0, 0, 0) : X_CW_ * now.position_W, spot ? 1 : 0);
    block.direction = ToRow(direction_C, std::cos(lamp.cutoff_rad));
    block.ambient = ColorRow(lamp.ambient, lamp.exponent);
    block.diffuse = ColorRow(lamp.diffuse, 0);
    block.specular = ColorRow(lamp.specular, 0);
    block.attenuation = ColorRow(lamp.attenuation, 0);
    if (static_cast<int>(lamp_views_.size()) < out_.shadow_lamps) {
      lamp_views_.emplace_back(scene_, lamp, now, view_.camera);
      block.shadow_rows = lamp_views_.back().Rows4(X_WC_, options_.draw.shadow_map_size);
    }
    out_.lamps.push_back(block);
  }

  void AddBodies() {
    const std::vector<Look> looks = Looks(scene_, *view_.state);
    // A body's size in the previous view differs only where overrides do.
    const bool same_looks = previous_.state->overrides_revision == view_.state->overrides_revision;
    const std::vector<Look> previous_looks = same_looks ? looks : Looks(scene_, *previous_.state);
    for (size_t b = 0; b < scene_.bodies.size(); ++b) {
      const envs::Body& body = scene_.bodies[b];
      if (!looks[b].visible || !Shown(body.group) || looks[b].material->rgba[3] <= 0) continue;
      const Pose X_WB = Recentred(body, view_.state->bodies[b].X_WB);
      const Pose previous_X_WB = Recentred(body, previous_.state->bodies[b].X_WB);
      if (body.height_field >= 0) AddField(b, X_WB, previous_X_WB, *looks[b].material);
      else AddShape(b, X_WB, previous_X_WB, looks[b], *previous_looks[b].scale);
    }
  }

  // An endless plane stays under the camera, in steps that its pattern does not show.
  Pose Recentred(const envs::Body& body, Pose X_WB) const {
    if (body.endless_m.maxCoeff() <= 0) return X_WB;
    const Vec3 camera_B = X_WB.Inverse() * X_WC_.p;
    Vec3 shift = Vec3::Zero();
    for (const int axis : {0, 1})
      if (body.endless_m[axis] > 0) shift[axis] = body.endless_m[axis] * std::round(camera_B[axis] / body.endless_m[axis]);
    X_WB.p = X_WB * shift;
    return X_WB;
  }

  void AddShape(size_t b, const Pose& X_WB, const Pose& previous_X_WB, const Look& look, const Vec3& previous_scale) {
    const envs::Body& body = scene_.bodies[b];
    const DrawnShape& shape = geometry_.scene.shapes[static_cast<size_t>(body.shape)];
    const Vec3& scale = *look.scale;
    const Pose X_CB = X_CW_ * X_WB;
    Item item{.instance = Instance(Scaled(X_CB, scale), Scaled(previous_X_CW_ * previous_X_WB, previous_scale), *look.material,
                                   static_cast<uint32_t>(b + 1))};
    item.instance.scale = ToRow(scale, shape.round_ends ? scale.x() / scale.z() : 0);
    Vec3 half_size = shape.half_size.cwiseProduct(scale);
    if (shape.round_ends) half_size.z() = scale.z() + scale.x();
    item.sphere_W = {X_WB * shape.centre.cwiseProduct(scale), half_size.norm()};
    item.state.image = look.material->image;
    const bool sheet = !shape.back_levels.empty();
    const bool behind = sheet && (X_WB.Inverse() * X_WC_.p).z() < 0;
    if (behind) item.instance.color[3] *= kFromBehind;
    item.transparent = behind || item.instance.color[3] < kOpaque;
    const std::vector<LevelOfDetail>& levels = behind ? shape.back_levels : shape.levels;
    // Levels of flat faces differ in lighting at their vertices only.
    const bool flat_faces = levels.size() > 1 && levels.back().error == 0;
    item.state.per_pixel = flat_faces && !options_.mujoco_meshes;
    const size_t level = flat_faces ? (options_.mujoco_meshes ? 0 : levels.size() - 1)
                                    : ChooseLevel(levels, scale.cwiseAbs().maxCoeff(), item.sphere_W);
    item.visible = sheet ? frustum_.Touches(X_CB * Pose{shape.centre.cwiseProduct(scale), base::Quat::Identity()}, half_size)
                         : frustum_.Touches({X_CW_ * item.sphere_W.centre, item.sphere_W.radius});
    for (const SlotRange& part : levels[level].parts) {
      item.range = part.range;
      Place(item, sheet);
    }
  }

  void AddField(size_t b, const Pose& X_WB, const Pose& previous_X_WB, const envs::PhongMaterial& material) {
    const auto index = static_cast<size_t>(scene_.bodies[b].height_field);
    const DrawnField& field = geometry_.fields[index];
    const std::vector<Eigen::AlignedBox3d>& bounds = geometry_.tile_bounds[index];
    if (bounds.empty()) return;
    const Pose X_CB = X_CW_ * X_WB;
    Item item{.instance = Instance(Scaled(X_CB, Vec3::Ones()), Scaled(previous_X_CW_ * previous_X_WB, Vec3::Ones()), material,
                                   static_cast<uint32_t>(b + 1))};
    item.state = {.image = material.image, .per_pixel = true, .facets = options_.mujoco_meshes};
    item.transparent = material.rgba[3] < kOpaque;
    Eigen::AlignedBox3d whole;
    for (size_t t = 0; t < field.tiles.size(); ++t) {
      whole.extend(bounds[t]);
      item.sphere_W = {X_WB * bounds[t].center(), bounds[t].sizes().norm() / 2};
      item.visible = frustum_.Touches(X_CB * Pose{bounds[t].center(), base::Quat::Identity()}, bounds[t].sizes() / 2);
      item.range = field.tiles[t].levels[FieldLevel(field, item.sphere_W)];
      Place(item, false);
    }
    item.range = field.walls;
    item.sphere_W = {X_WB * whole.center(), whole.sizes().norm() / 2};
    item.visible = frustum_.Touches({X_CW_ * item.sphere_W.centre, item.sphere_W.radius});
    Place(item, true);
  }

  // Cells of a far tile may grow to a pixel or two.
  size_t FieldLevel(const DrawnField& field, const Sphere& sphere_W) const {
    if (options_.mujoco_meshes) return 0;
    const double distance = (X_CW_ * sphere_W.centre).norm() - sphere_W.radius;
    const double cell_px = field.cell_m * focal_px_ / std::max(distance, 1e-6);
    constexpr double kLargest_px = 3;
    size_t level = 0;
    while (level + 1 < kFieldLevels && cell_px * static_cast<double>(2 << level) <= kLargest_px) ++level;
    return level;
  }

  void AddSkins() {
    for (size_t k = 0; k < scene_.skins.size(); ++k) {
      const envs::Skin& skin = scene_.skins[k];
      if (!Shown(skin.group) || skin.material.rgba[3] <= 0) continue;
      const Eigen::AlignedBox3d& bounds = geometry_.skin_bounds[k];
      Item item{.range = geometry_.skins[k].range,
                .instance = Instance(Scaled(X_CW_, Vec3::Ones()), Scaled(previous_X_CW_, Vec3::Ones()), skin.material,
                                     static_cast<uint32_t>(scene_.bodies.size() + k + 1))};
      item.state.image = skin.material.image;
      item.transparent = skin.material.rgba[3] < kOpaque;
      item.sphere_W = {bounds.center(), bounds.sizes().norm() / 2};
      item.visible = frustum_.Touches({X_CW_ * item.sphere_W.centre, item.sphere_W.radius});
      Place(item, false);
    }
  }

  PhongInstance Instance(const Affine& X_C, const Affine& previous_X_C, const envs::PhongMaterial& material, uint32_t id) const {
    const bool planar = material.mapping == envs::PhongMaterial::Mapping::kPlanar;
    return {.rows = ToRows(X_C), .previous_rows = ToRows(previous_X_C), .scale = {1, 1, 1, 0},
            .color = {material.rgba[0], material.rgba[1], material.rgba[2], material.rgba[3]},
            .surface = {material.specular, material.exponent, material.emission, planar ? 1.0f : 0.0f},
            .image = {material.image_scale[0], material.image_scale[1], material.image_scale[2], 0},
            .offset = {material.image_offset[0], material.image_offset[1], 0, 0}, .id = id};
  }

  // Coarsest level whose error at the nearest point stays below the limit.
  size_t ChooseLevel(const std::vector<LevelOfDetail>& levels, double scale, const Sphere& sphere_W) const {
    const double z = (X_CW_ * sphere_W.centre).z() - sphere_W.radius;
    const double allowed = options_.draw.pixel_error * std::max(z, view_.camera.near_m) / (focal_px_ * scale);
    size_t level = levels.size() - 1;
    while (level > 0 && levels[level].error > allowed) --level;
    return level;
  }

  // `far`: what other things hide rather than the other way round.
  void Place(Item& item, bool far) {
    const Vec3 centre_C = X_CW_ * item.sphere_W.centre;
    item.depth = item.transparent ? (far ? 1e10 : centre_C.norm() - item.sphere_W.radius) : centre_C.z() + (far ? 1e6 : 0);
    items_.push_back(item);
  }

  void Emit() {
    out_.instances.clear();
    out_.commands.clear();
    out_.opaque.clear();
    out_.transparent.clear();
    // Opaque ones by state, near ones first; the state with the nearest first.
    std::vector<const Item*> opaque, transparent;
    for (const Item& item : items_)
      if (item.visible) (item.transparent ? transparent : opaque).push_back(&item);
    const auto state_key = [](const Item& item) {
      return std::array<int, 3>{item.state.image, item.state.per_pixel, item.state.facets};
    };
    std::stable_sort(opaque.begin(), opaque.end(), [&](const Item* a, const Item* b) {
      const auto key_a = state_key(*a), key_b = state_key(*b);
      return key_a != key_b ? key_a < key_b : a->depth < b->depth;
    });
    for (const Item* item : opaque) EmitItem(*item, out_.opaque);
    // As MuJoCo blends: front to back, then back to front.
    std::stable_sort(transparent.begin(), transparent.end(), [](const Item* a, const Item* b) { return a->depth < b->depth; });
    for (const Item* item : transparent) EmitItem(*item, out_.transparent);
    for (size_t i = transparent.size(); i-- > 0;) EmitItem(*transparent[i], out_.transparent);
    for (size_t k = 0; k < lamp_views_.size(); ++k) {
      std::vector<PhongBatch> batches;
      for (Item& item : items_) {
        if (!lamp_views_[k].Touches(item.sphere_W)) continue;
        item.state = {};
        EmitItem(item, batches);
      }
      out_.casters[k] = batches.empty() ? PhongBatch{} : batches.front();
    }
  }

  void EmitItem(const Item& item, std::vector<PhongBatch>& batches) {
    const auto place = static_cast<uint32_t>(out_.instances.size());
    out_.instances.push_back(item.instance);
    if (batches.empty() || !batches.back().SameState(item.state)) {
      batches.push_back(item.state);
      batches.back().first_command = static_cast<int>(out_.commands.size());
    }
    PhongBatch& batch = batches.back();
    if (batch.command_count > 0 && out_.commands.back().first_index == item.range.first_index &&
        out_.commands.back().index_count == item.range.index_count) {
      ++out_.commands.back().instance_count;
      return;
    }
    out_.commands.push_back({.index_count = item.range.index_count, .first_index = item.range.first_index,
                             .base_vertex = item.range.base_vertex, .base_instance = place});
    ++batch.command_count;
  }

  const envs::Scene& scene_;
  const PhongGeometry& geometry_;
  const View &view_, &previous_;
  const PhongOptions& options_;
  PhongList& out_;
  const Pose X_WC_, X_CW_, previous_X_CW_;
  const Frustum frustum_;
  const double focal_px_;
  std::vector<LampView> lamp_views_;
  std::vector<Item> items_;
};

}  // namespace

PhongGeometry BuildPhongGeometry(const envs::Scene& scene) {
  PhongGeometry geometry{.scene = BuildGeometry(scene)};
  for (const envs::HeightField& field : scene.height_fields) geometry.fields.push_back(AppendHeightField(field, geometry.scene));
  for (const envs::Skin& skin : scene.skins) geometry.skins.push_back(AppendSkin(skin, geometry.scene));
  geometry.tile_bounds.resize(geometry.fields.size());
  geometry.skin_bounds.resize(geometry.skins.size());
  return geometry;
}

void BuildPhongList(const envs::Scene& scene, const PhongGeometry& geometry, const View& view, const View& previous,
                    const PhongOptions& options, PhongList& out) {
  CHECK_EQ(view.state->bodies.size(), scene.bodies.size());
  CHECK_EQ(previous.state->bodies.size(), scene.bodies.size());
  Builder(scene, geometry, view, previous, options, out).Build();
}

}  // namespace figment::render
