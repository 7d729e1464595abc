#include "physion/rooms.h"

#include <algorithm>

#include "base/names.h"

namespace figment::physion {

using base::Pose;
using base::Vec3;
using envs::Appearance;
using envs::Fixture;
using envs::Rgb;
using envs::Texture;

namespace {

// The camera stands up to 4.3 m from the centre (sqrt(2) * 3.0, contain) and up to 3.5 m high (twice the highest drop
// of 1.75 m), at any azimuth; walls and ceiling leave it a good metre.
constexpr double kHalfWidth_m = 6.4, kHalfDepth_m = 5.6, kHeight_m = 4.6;
constexpr double kWall_m = 0.2;
// Share of their own colour that walls show in any light: it stands for the light that a bright room throws back on
// them, without which the walls turned away from the lamp would be dark.
constexpr double kWallGlow = 0.4;

struct RoomLook {
  Appearance wall, ceiling, skirting;
};

Fixture& AddBox(envs::Scene& scene, const Vec3& low, const Vec3& high, const Appearance& look) {
  Fixture box;
  box.X_WF.p = (low + high) / 2;
  box.half_size = (high - low) / 2;
  box.appearance = look;
  scene.fixtures.push_back(box);
  return scene.fixtures.back();
}

// Four walls, skirting boards in front of them, and the ceiling.
void AddShell(envs::Scene& scene, const RoomLook& look) {
  const double floor = scene.ground.height_m, x = kHalfWidth_m, y = kHalfDepth_m, top = floor + kHeight_m;
  const double skirting_height = 0.12, skirting_depth = 0.02;
  // A layer along the two walls of one side, from the wall's inner face outwards (depth > 0) or into the room.
  auto add_layer = [&](int side, double depth, double low, double high, const Appearance& appearance) {
    const auto [x_low, x_high] = std::minmax({side * x, side * (x + depth)});
    const auto [y_low, y_high] = std::minmax({side * y, side * (y + depth)});
    AddBox(scene, {x_low, -y - kWall_m, low}, {x_high, y + kWall_m, high}, appearance).emission = kWallGlow;
    AddBox(scene, {-x, y_low, low}, {x, y_high, high}, appearance).emission = kWallGlow;
  };
  for (int side : {-1, 1}) add_layer(side, kWall_m, floor - kWall_m, top, look.wall);
  for (Fixture& wall : scene.fixtures) wall.collides = true;
  for (int side : {-1, 1}) add_layer(side, -skirting_depth, floor, floor + skirting_height, look.skirting);
  AddBox(scene, {-x - kWall_m, -y - kWall_m, top}, {x + kWall_m, y + kWall_m, top + kWall_m}, look.ceiling).emission =
      kWallGlow;
}

// A window of four panes in the wall at y = side * kHalfDepth_m: a frame, one bright pane and a cross before it.
void AddWindow(envs::Scene& scene, int side, double x) {
  const double half_width = 1.0, low = 1.0, high = 3.2, bar = 0.06;
  const Appearance frame{Rgb(0.93f, 0.93f, 0.92f), Texture::kPlain, 1};
  const Appearance sky{Rgb(0.90f, 0.95f, 1.0f), Texture::kPlain, 1};
  auto layer = [&](double x_low, double x_high, double z_low, double z_high, double depth, const Appearance& look) {
    const double wall = side * kHalfDepth_m, front = side * (kHalfDepth_m - depth);
    const auto [y_low, y_high] = std::minmax({wall, front});
    return &AddBox(scene, {x + x_low, y_low, z_low}, {x + x_high, y_high, z_high}, look);
  };
  layer(-half_width - bar, half_width + bar, low - bar, high + bar, 0.04, frame);
  layer(-half_width, half_width, low, high, 0.05, sky)->emission = 1.0;
  layer(-bar / 2, bar / 2, low, high, 0.07, frame);
  const double middle = (low + high) / 2;
  layer(-half_width, half_width, middle - bar / 2, middle + bar / 2, 0.065, frame);
}

// The reference's box_room_2018: a bare, light room with a wooden floor.
void FurnishBoxRoom(envs::Scene& scene) {
  scene.ground.height_m = 0;
  scene.ground.appearance = {Rgb(0.68f, 0.54f, 0.39f), Texture::kParquet, 1.2};
  const Appearance wall{Rgb(0.86f, 0.85f, 0.82f), Texture::kPlaster, 2.0};
  const Appearance ceiling{Rgb(0.94f, 0.94f, 0.93f), Texture::kPlain, 1};
  const Appearance skirting{Rgb(0.74f, 0.72f, 0.68f), Texture::kPlain, 1};
  AddShell(scene, {.wall = wall, .ceiling = ceiling, .skirting = skirting});
  scene.light.direction_W = Vec3(0.35, 0.30, -1.0).normalized();
  scene.light.color = Rgb(1.0f, 0.98f, 0.94f);
  scene.light.intensity = 0.75;
  scene.light.ambient = Rgb(0.46f, 0.46f, 0.48f);
}

// The reference's tdw_room: floor tiles and windows; its floor lies 4 mm above zero (released resting heights).
void FurnishTdwRoom(envs::Scene& scene) {
  scene.ground.height_m = 0.004;
  scene.ground.appearance = {Rgb(0.62f, 0.60f, 0.57f), Texture::kTile, 0.6};
  const Appearance wall{Rgb(0.74f, 0.76f, 0.76f), Texture::kPlaster, 2.0};
  const Appearance ceiling{Rgb(0.88f, 0.88f, 0.87f), Texture::kPlain, 1};
  const Appearance dark_wood{Rgb(0.35f, 0.31f, 0.28f), Texture::kWood, 1.0};
  AddShell(scene, {.wall = wall, .ceiling = ceiling, .skirting = dark_wood});
  for (int side : {-1, 1})
    for (double x : {-3.6, 0.0, 3.6}) AddWindow(scene, side, x);
  scene.light.direction_W = Vec3(-0.25, -0.60, -1.0).normalized();  // in through the windows of one side
  scene.light.color = Rgb(1.0f, 0.97f, 0.90f);
  scene.light.intensity = 0.80;
  scene.light.ambient = Rgb(0.42f, 0.44f, 0.48f);
}

}  // namespace

const std::vector<std::string>& RoomNames() {
  static const std::vector<std::string> names = {"box", "tdw"};
  return names;
}

void FurnishRoom(const std::string& room, envs::Scene& scene) {
  base::RequireName("room", room, RoomNames());
  scene.ground.half_size_m = std::max(kHalfWidth_m, kHalfDepth_m) + kWall_m;
  scene.fixtures.clear();
  if (room == "box") FurnishBoxRoom(scene);
  if (room == "tdw") FurnishTdwRoom(scene);
}

}  // namespace figment::physion
