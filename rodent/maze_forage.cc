// Maze forage: take all spheres of a random maze, 50 a piece. A sphere is taken when any part of the body touches it;
// when all are, the episode ends, with discount 1.
//
// Walls, their textured faces, floor tiles and spheres are pools, as many as a maze can need; what an episode does not
// need collides with nothing and is not drawn. A wall is a box in a group that is not drawn, behind five planes that
// are.
//
// The reference looks for taken spheres in the start pose at the origin, before it puts the body to its place: a sphere
// in the middle of the maze is taken at once. With fixed quirks it is not.
// Source: Merel et al. 2020; dm_control 1.0.50, locomotion/tasks/random_goal_maze.py, locomotion/arenas/mazes.py.
#include <mujoco/mujoco.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "base/check.h"
#include "rodent/materials.h"
#include "rodent/maze_arena.h"
#include "rodent/outdoors.h"
#include "rodent/spheres.h"
#include "rodent/tasks.h"

namespace figment::rodent {
namespace {

constexpr MazeConfig kMaze;
constexpr MazeScale kScale;
// Of 250,000 mazes none needed more than 24 walls and 21 tiles; one that needs more than these is drawn again.
constexpr int kWalls = 28, kTiles = 26;
constexpr int kSpheres = 12;
constexpr double kRadius_m = 0.05, kHeight_m = 0.125, kReward = 50;
constexpr double kAway_m = -5;  // height of what is not needed
constexpr int kHiddenGroup = 3;
// Labmaze's pictures of walls, and what stands in for them.
constexpr struct {
  const char* name;
  Rgb colour;
} kWallTextures[] = {{"blue", {0.35, 0.5, 0.75}},   {"cerise", {0.8, 0.3, 0.5}},  {"green_bright", {0.5, 0.8, 0.4}},
                     {"green", {0.3, 0.55, 0.3}},   {"purple", {0.55, 0.35, 0.7}}, {"red_bright", {0.9, 0.4, 0.3}},
                     {"red", {0.7, 0.25, 0.2}},     {"yellow", {0.85, 0.8, 0.3}}};
constexpr int kTextureCount = std::size(kWallTextures);

// A face of a box: which side, and the plane's own axes, which is how its texture lies.
struct Face {
  const char* name;
  int axis, sign;
  double x_axis[3], y_axis[3];
  int across[2];  // the box's axes along the plane's
};
constexpr Face kFaces[] = {{"neg_x", 0, -1, {0, -1, 0}, {0, 0, 1}, {1, 2}},
                           {"pos_x", 0, 1, {0, 1, 0}, {0, 0, 1}, {1, 2}},
                           {"neg_y", 1, -1, {1, 0, 0}, {0, 0, 1}, {0, 2}},
                           {"pos_y", 1, 1, {-1, 0, 0}, {0, 0, 1}, {0, 2}},
                           {"pos_z", 2, 1, {1, 0, 0}, {0, 1, 0}, {0, 1}}};
constexpr int kFaceCount = std::size(kFaces);

std::string WallName(int i) { return "wall*_" + std::to_string(i); }
std::string FaceName(int i, int face) { return WallName(i) + "_texturing_" + kFaces[face].name; }
std::string TileName(int i) { return "floor_" + std::to_string(i); }
std::string TextureName(int i) { return std::string("wall_") + kWallTextures[i].name; }

void AddWallTextures(mjSpec& spec, const Looks& looks) {
  for (int i = 0; i < kTextureCount; ++i) {
    const Rgb& colour = kWallTextures[i].colour;
    const Rgb shade = {0.8 * colour.red, 0.8 * colour.green, 0.8 * colour.blue};
    mjsTexture& texture = AddTexture(spec, TextureName(i), mjTEXTURE_2D);
    if (!FillFrom(texture, looks.assets.labmaze() / "style_01" / (TextureName(i) + "_d.png")))
      Fill(texture, mjBUILTIN_CHECKER, 128, colour, shade);
  }
}

// A material of a plane's own, because the reference's texture repeats by the plane's length.
void GiveMaterial(mjSpec& spec, const Looks& looks, const std::string& name, const std::string& texture, mjsGeom& plane) {
  if (!looks.drawn) return;
  AddMaterial(spec, name, texture);
  mjs_setString(plane.material, name.c_str());
}

mjsGeom& AddLook(mjSpec& spec, const std::string& name) {
  mjsGeom& plane = AddPlane(spec, name.c_str(), {0, 0, kAway_m}, {1, 1, kScale.cell_m});
  plane.contype = plane.conaffinity = 0;
  std::fill_n(plane.rgba, 4, 1.0F);
  return plane;
}

void AddFaces(mjSpec& spec, const Looks& looks) {
  for (int i = 0; i < kWalls; ++i) {
    for (int f = 0; f < kFaceCount; ++f) {
      mjsGeom& plane = AddLook(spec, FaceName(i, f));
      plane.alt.type = mjORIENTATION_XYAXES;
      std::copy_n(kFaces[f].x_axis, 3, plane.alt.xyaxes);
      std::copy_n(kFaces[f].y_axis, 3, plane.alt.xyaxes + 3);
      GiveMaterial(spec, looks, FaceName(i, f), TextureName(0), plane);
    }
  }
}

void AddWalls(mjSpec& spec) {
  mjsBody* const body = mjs_addBody(mjs_findBody(&spec, "world"), nullptr);
  mjs_setName(body->element, "maze_body");
  for (int i = 0; i < kWalls; ++i) {
    mjsGeom& box = *mjs_addGeom(body, nullptr);
    mjs_setName(box.element, WallName(i).c_str());
    box.type = mjGEOM_BOX;
    box.group = kHiddenGroup;
    std::fill_n(box.size, 3, 0.1);
  }
}

std::vector<int> FindGeoms(const mjModel& model, int count, std::string (*name)(int)) {
  std::vector<int> geoms;
  for (int i = 0; i < count; ++i) {
    const int geom = mj_name2id(&model, mjOBJ_GEOM, name(i).c_str());
    if (geom >= 0) geoms.push_back(geom);
  }
  return geoms;
}

void PutGeom(mjModel* model, int geom, const double* position, const double* size) {
  std::copy_n(position, 3, model->geom_pos + 3 * geom);
  std::copy_n(size, 3, model->geom_size + 3 * geom);
}

void Show(mjModel* model, int geom, bool shown) { model->geom_rgba[4 * geom + 3] = shown ? 1 : 0; }

// A texture a cell, on a plane with a material of its own.
void SetRepeat(mjModel* drawn, int plane) {
  const int material = drawn->geom_matid[plane];
  if (material < 0) return;
  for (int k = 0; k < 2; ++k)
    drawn->mat_texrepeat[2 * material + k] = static_cast<float>(2 * drawn->geom_size[3 * plane + k] / kScale.cell_m);
}

class MazeForage : public Task {
 public:
  explicit MazeForage(const TaskOptions& options) : options_(options) {}

  void AddArena(mjSpec& spec, const Looks& looks) const override {
    const std::string grass = AddGrass(spec, looks);
    AddSky(spec, looks);
    if (looks.drawn) AddWallTextures(spec, looks);
    spec.visual.map.znear = 0.0005F;
    const double half_width = kMaze.columns * kScale.cell_m / 2;
    std::fill_n(AddPlane(spec, "ground", {0, 0, 0}, {half_width, half_width, 1}).rgba, 4, 0.0F);
    AddFaces(spec, looks);
    for (int i = 0; i < kTiles; ++i)
      GiveMaterial(spec, looks, TileName(i), "aesthetic_texture", AddLook(spec, TileName(i)));
    mjs_setName(mjs_addBody(mjs_findBody(&spec, "world"), nullptr)->element, "labmaze_style_01/");  // empty, as there
    AddWalls(spec);
    AddTopCamera(spec, half_width);
  }

  void AddTargets(mjSpec& spec, const Looks& looks) const override {
    const std::string material = AddCheckers(spec, looks, "target_sphere", {0, 0, 0.4}, {0, 0, 0.7});
    for (int i = 0; i < kSpheres; ++i)
      AddSphere(spec, {.number = i, .radius_m = kRadius_m, .geom = {0, 0, kHeight_m}, .material = material});
  }

  void Bind(const Physics& physics) override {
    const mjModel& model = *physics.model;
    walls_ = FindGeoms(model, kWalls, WallName);
    tiles_ = FindGeoms(model, kTiles, TileName);
    for (int i = 0; i < kWalls * kFaceCount; ++i)
      faces_.push_back(mj_name2id(&model, mjOBJ_GEOM, FaceName(i / kFaceCount, i % kFaceCount).c_str()));
    spheres_ = FindSpheres(model);
    sphere_of_.assign(static_cast<size_t>(model.ngeom), -1);
    for (size_t i = 0; i < spheres_.size(); ++i) sphere_of_[static_cast<size_t>(spheres_[i])] = static_cast<int>(i);
    StartWith(spheres_.size());
  }

  void Lay(Physics& physics, base::Rng rng) override {
    do {
      arena_ = ArrangeMaze(MakeMaze(kMaze, rng), kScale);
    } while (arena_.walls.size() > kWalls || arena_.tiles.size() > kTiles);
    wall_texture_ = static_cast<int>(rng.Integer(0, kTextureCount));
    mjModel* const model = physics.layout;
    CHECK(model != nullptr);
    LayWalls(model);
    LaySpheres(model);
    mj_setConst(model, physics.data);  // bounding volumes, without which contacts would be missed
    LayLooks(model);
  }

  void Spawn(Physics& physics, base::Rng rng) override {
    if (options_.quirks == Quirks::kReference) TakeFromTheOrigin(physics);
    const auto& [x, y, z] = rng.Choice(arena_.spawns);
    Stand(physics, x, y, rng.Uniform(0, 2 * std::numbers::pi));
  }

  void AfterSubstep(Physics& physics) override { TakeTouched(physics); }

  Outcome AfterStep(Physics&) override {
    const auto taken = static_cast<size_t>(std::count(taken_.begin(), taken_.end(), uint8_t{1}));
    const double reward = kReward * static_cast<double>(taken - rewarded_);
    rewarded_ = taken;
    return {.reward = reward, .terminated = taken == taken_.size()};
  }

  void PlaceTargets(Physics& physics, std::span<const double> places) override {
    CHECK(physics.layout != nullptr);
    const size_t count = std::min(places.size() / 3, spheres_.size());
    if (taken_.size() != count) StartWith(count);
    for (size_t i = 0; i < spheres_.size(); ++i) PutSphere(physics.layout, i, i < count ? &places[3 * i] : nullptr);
  }

  void Paint(mjModel& drawn) const override {
    const int texture = mj_name2id(&drawn, mjOBJ_TEXTURE, TextureName(wall_texture_).c_str());
    for (const int face : faces_) {
      SetRepeat(&drawn, face);
      const int material = drawn.geom_matid[face];
      if (material >= 0) drawn.mat_texid[mjNTEXROLE * material + mjTEXROLE_RGB] = texture;
    }
    for (const int tile : tiles_) SetRepeat(&drawn, tile);
  }

  void Save(std::vector<std::byte>* bytes) const override {
    envs::AppendBytes(static_cast<uint64_t>(rewarded_), bytes);
    envs::AppendSpan(std::as_bytes(std::span(taken_)), bytes);
  }

  void Restore(Physics& physics, std::span<const std::byte> bytes) override {
    uint64_t rewarded = 0;
    envs::RestoreBytes(bytes.first(std::min(sizeof(rewarded), bytes.size())), &rewarded);
    envs::CopyBytes(bytes.subspan(sizeof(rewarded)), std::as_writable_bytes(std::span(taken_)));
    rewarded_ = rewarded;
    for (size_t i = 0; i < taken_.size(); ++i) Show(physics.layout, spheres_[i], !taken_[i]);
  }

 private:
  // None of the spheres is taken.
  void StartWith(size_t spheres) {
    taken_.assign(spheres, 0);
    rewarded_ = 0;
  }

  void LayWalls(mjModel* model) const {
    const double away[3] = {0, 0, kAway_m}, small[3] = {0.1, 0.1, 0.1};
    for (size_t i = 0; i < walls_.size(); ++i) {
      const bool used = i < arena_.walls.size();
      const Wall* const wall = used ? &arena_.walls[i] : nullptr;
      PutGeom(model, walls_[i], used ? wall->position.data() : away, used ? wall->half_size.data() : small);
      model->geom_sameframe[walls_[i]] = mjSAMEFRAME_BODYROT;
      model->geom_contype[walls_[i]] = model->geom_conaffinity[walls_[i]] = used;
    }
  }

  void LaySpheres(mjModel* model) {
    StartWith(arena_.targets.size());
    for (size_t i = 0; i < spheres_.size(); ++i) {
      const bool used = i < arena_.targets.size();
      double place[3] = {0, 0, 0};
      if (used) std::copy_n(arena_.targets[i].data(), 3, place);
      place[2] += kHeight_m;
      PutSphere(model, i, used ? place : nullptr);
    }
  }

  // Moves the body, whose bounding volumes move with it. `place` is the sphere's middle; null = not needed.
  void PutSphere(mjModel* model, size_t i, const double* place) const {
    const int geom = spheres_[i], body = model->geom_bodyid[geom];
    const double away[3] = {0, 0, kAway_m};
    for (int k = 0; k < 3; ++k)
      model->body_pos[3 * body + k] = place ? place[k] - model->geom_pos[3 * geom + k] : away[k];
    model->geom_contype[geom] = model->geom_conaffinity[geom] = place != nullptr;
    Show(model, geom, place != nullptr && !(i < taken_.size() && taken_[i]));
  }

  // Faces and tiles; and the unit of the clip distances, as compilation makes it of the walls' bounding spheres.
  void LayLooks(mjModel* model) const {
    for (int i = 0; i < kWalls; ++i) {
      const bool used = i < static_cast<int>(arena_.walls.size());
      for (int f = 0; f < kFaceCount; ++f) {
        const int geom = faces_[static_cast<size_t>(i * kFaceCount + f)];
        Show(model, geom, used);
        if (used) LayFace(model, geom, arena_.walls[static_cast<size_t>(i)], kFaces[f]);
      }
    }
    for (size_t i = 0; i < tiles_.size(); ++i) {
      const bool used = i < arena_.tiles.size();
      Show(model, tiles_[i], used);
      if (!used) continue;
      const double size[3] = {arena_.tiles[i].half_size[0], arena_.tiles[i].half_size[1], kScale.cell_m};
      PutGeom(model, tiles_[i], arena_.tiles[i].position.data(), size);
    }
    model->stat.extent = ExtentOfWalls(*model);
  }

  static void LayFace(mjModel* model, int geom, const Wall& wall, const Face& face) {
    double position[3];
    std::copy_n(wall.position.data(), 3, position);
    position[face.axis] += face.sign * wall.half_size[static_cast<size_t>(face.axis)];
    const double size[3] = {wall.half_size[static_cast<size_t>(face.across[0])],
                            wall.half_size[static_cast<size_t>(face.across[1])], kScale.cell_m};
    PutGeom(model, geom, position, size);
  }

  double ExtentOfWalls(const mjModel& model) const {
    double extent = 0;
    for (int axis = 0; axis < 3; ++axis) {
      double low = 0, high = 0;
      for (size_t i = 0; i < arena_.walls.size(); ++i) {
        const double middle = arena_.walls[i].position[static_cast<size_t>(axis)];
        low = std::min(low, middle - model.geom_rbound[walls_[i]]);
        high = std::max(high, middle + model.geom_rbound[walls_[i]]);
      }
      extent = std::max(extent, high - low);
    }
    return extent;
  }

  void TakeTouched(Physics& physics) {
    const mjData& data = *physics.data;
    for (int i = 0; i < data.ncon; ++i) {
      for (const int geom : data.contact[i].geom) {
        const int sphere = geom < 0 ? -1 : sphere_of_[static_cast<size_t>(geom)];
        if (sphere < 0 || sphere >= static_cast<int>(taken_.size()) || taken_[static_cast<size_t>(sphere)]) continue;
        taken_[static_cast<size_t>(sphere)] = 1;
        Show(physics.layout, geom, false);
      }
    }
  }

  // The body is in its start pose at the origin. Nothing else is near enough to touch.
  void TakeFromTheOrigin(Physics& physics) {
    const bool any = std::any_of(arena_.targets.begin(), arena_.targets.end(),
                                 [](const auto& place) { return place[0] == 0 && place[1] == 0; });
    if (!any) return;
    CountContacts(physics);
    TakeTouched(physics);
  }

  TaskOptions options_;
  std::vector<int> walls_, faces_, tiles_, spheres_;  // geoms; kFaceCount faces of each wall, one behind the other
  std::vector<int> sphere_of_;  // number of the sphere that is this geom, else -1
  MazeArena arena_;
  int wall_texture_ = 0;
  std::vector<uint8_t> taken_;  // of the spheres that are there
  size_t rewarded_ = 0;         // how many of them
};

}  // namespace

std::unique_ptr<Task> MakeMazeForage(const TaskOptions& options) { return std::make_unique<MazeForage>(options); }

}  // namespace figment::rodent
