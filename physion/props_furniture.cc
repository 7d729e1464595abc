// Recipes: tables, seats and the bookshelf. Dimensions are those of ordinary furniture, metres.
#include <cmath>

#include "physion/prop_recipes.h"

namespace figment::physion::recipes {
namespace {

void CoffeeTable(PropBuilder& b) {
  enum { kWood, kLeg };
  b.Cushion({-0.55, -0.30, 0.38}, {0.55, 0.30, 0.42}, 0.012, kWood);
  b.Box({-0.47, -0.23, 0.14}, {0.47, 0.23, 0.16}, kWood);
  for (int x : {-1, 1})
    for (int y : {-1, 1}) b.Bar({x * 0.50, y * 0.25, 0}, {x * 0.48, y * 0.24, 0.38}, 0.04, 0.06, kLeg);
  b.PartBox({-0.55, -0.30, 0.38}, {0.55, 0.30, 0.42});
  b.PartBox({-0.52, -0.27, 0}, {-0.45, 0.27, 0.38});
  b.PartBox({0.45, -0.27, 0}, {0.52, 0.27, 0.38});
  b.PartBox({-0.45, -0.23, 0.14}, {0.45, 0.23, 0.16});
}

void ChairWood(PropBuilder& b) {
  enum { kWood, kSeat };
  b.Box({-0.215, -0.20, 0.40}, {0.215, 0.22, 0.435}, kWood);
  b.Cushion({-0.20, -0.185, 0.430}, {0.20, 0.21, 0.465}, 0.015, kSeat);
  for (int x : {-1, 1}) {
    b.Bar({x * 0.19, 0.20, 0}, {x * 0.19, 0.195, 0.41}, 0.030, 0.040, kWood);
    b.Bar({x * 0.19, -0.23, 0}, {x * 0.19, -0.185, 0.44}, 0.030, 0.040, kWood);
    b.Bar({x * 0.19, -0.185, 0.43}, {x * 0.20, -0.255, 0.90}, 0.040, 0.030, kWood);
  }
  // Back: a broad top rail and two narrow ones, or spindles between them near by.
  const double lean = std::atan2(0.07, 0.47);
  auto rail = [&](double z, double height) {
    const double y = -0.185 - 0.07 * (z - 0.43) / 0.47;
    b.Slab({{0, y, z}, TurnX(lean)}, {0.39, 0.020, height}, kWood);
  };
  rail(0.84, 0.09);
  rail(0.55, 0.05);
  const int spindles = b.Pick(5, 3, 0);
  for (int i = 0; i < spindles; ++i) {
    const double x = 0.30 * ((i + 0.5) / spindles - 0.5);
    b.Bar({x, -0.207, 0.57}, {x, -0.241, 0.81}, 0.016, 0.016, kWood);
  }
  if (spindles == 0) rail(0.69, 0.05);
  b.PartBox({-0.215, -0.20, 0.40}, {0.215, 0.22, 0.465});
  b.PartHull({{-0.215, -0.205, 0.466}, {0.215, -0.205, 0.466}, {-0.215, -0.175, 0.466}, {0.215, -0.175, 0.466},
              {-0.215, -0.27, 0.90}, {0.215, -0.27, 0.90}, {-0.215, -0.24, 0.90}, {0.215, -0.24, 0.90}});
  b.PartBox({-0.21, -0.245, 0}, {-0.17, 0.22, 0.40});
  b.PartBox({0.17, -0.245, 0}, {0.21, 0.22, 0.40});
}

// A garden chair of boards: low sloping seat, tall fanned back, broad arms.
void ChairGarden(PropBuilder& b) {
  enum { kPaint };
  const double slope = -0.22, lean = 0.42;  // radians: seat falls to the back, back leans away
  const int seat_boards = b.Pick(5, 3, 1), back_boards = b.Pick(5, 5, 1);
  for (int i = 0; i < seat_boards; ++i) {
    const double pitch = 0.50 / seat_boards, y = 0.27 - (i + 0.5) * pitch;
    b.Slab({{0, y, 0.30 + (y - 0.02) * -std::tan(slope)}, TurnX(-slope)}, {0.52, pitch * 0.86, 0.022}, kPaint);
  }
  for (int i = 0; i < back_boards; ++i) {
    const double t = back_boards == 1 ? 0 : 2.0 * i / (back_boards - 1) - 1;  // -1..1 across the back
    const double width = back_boards == 1 ? 0.50 : 0.098, length = 0.72 - 0.10 * t * t;
    const Quat turn = TurnX(lean) * Quat(Eigen::AngleAxisd(0.10 * t, Vec3::UnitY()));
    b.Slab({Vec3(0.205 * t, -0.20, 0.24) + turn * Vec3(0, 0, length / 2), turn}, {width, 0.020, length}, kPaint);
  }
  b.Slab({Vec3(0, -0.185, 0.24) + TurnX(lean) * Vec3(0, -0.022, 0.40), TurnX(lean)}, {0.50, 0.020, 0.07}, kPaint);
  for (int x : {-1, 1}) {
    b.Box({x * 0.35 - 0.065, -0.36, 0.50}, {x * 0.35 + 0.065, 0.36, 0.525}, kPaint);
    b.Box({x * 0.29 - 0.015, 0.24, 0}, {x * 0.29 + 0.015, 0.32, 0.505}, kPaint);
    b.Bar({x * 0.285, 0.25, 0.33}, {x * 0.285, -0.40, 0.03}, 0.05, 0.05, kPaint);
    b.Bar({x * 0.30, -0.33, 0.10}, {x * 0.30, -0.33, 0.51}, 0.04, 0.04, kPaint);
  }
  b.PartHull({{-0.26, 0.28, 0.33}, {0.26, 0.28, 0.33}, {-0.26, 0.28, 0.37}, {0.26, 0.28, 0.37},
              {-0.26, -0.22, 0.22}, {0.26, -0.22, 0.22}, {-0.26, -0.22, 0.26}, {0.26, -0.22, 0.26}});
  b.PartHull({{-0.25, -0.24, 0.27}, {0.25, -0.24, 0.27}, {-0.25, -0.20, 0.27}, {0.25, -0.20, 0.27},
              {-0.25, -0.52, 0.90}, {0.25, -0.52, 0.90}, {-0.25, -0.48, 0.90}, {0.25, -0.48, 0.90}});
  for (int x : {-1, 1}) {
    const double inner = 0.27, outer = 0.41;
    b.PartBox({x > 0 ? inner : -outer, -0.36, 0}, {x > 0 ? outer : -inner, 0.36, 0.525});
  }
}

// The low wooden armchair of the drape trials.
void Armchair(PropBuilder& b) {
  enum { kWood, kFabric };
  b.Cushion({-0.29, -0.24, 0.24}, {0.29, 0.42, 0.38}, 0.04, kFabric);
  const double lean = 0.38;
  const Pose back{{0, -0.33, 0.47}, TurnX(lean)};
  b.Slab(back, {0.58, 0.10, 0.44}, kFabric);
  b.Slab(back * Pose{{0, -0.065, 0}, Quat::Identity()}, {0.66, 0.03, 0.40}, kWood);
  for (int x : {-1, 1}) {
    b.Cushion({x * 0.335 - 0.045, -0.40, 0.50}, {x * 0.335 + 0.045, 0.40, 0.54}, 0.012, kWood);
    b.Bar({x * 0.335, 0.36, 0}, {x * 0.335, 0.32, 0.51}, 0.045, 0.055, kWood);
    b.Bar({x * 0.335, -0.40, 0}, {x * 0.335, -0.28, 0.51}, 0.045, 0.055, kWood);
    b.Bar({x * 0.325, 0.36, 0.25}, {x * 0.325, -0.34, 0.21}, 0.05, 0.05, kWood);
  }
  b.Box({-0.33, 0.30, 0.20}, {0.33, 0.34, 0.26}, kWood);
  b.Box({-0.33, -0.30, 0.17}, {0.33, -0.26, 0.23}, kWood);
  b.PartBox({-0.29, -0.24, 0.20}, {0.29, 0.42, 0.38});
  b.PartHull({{-0.29, -0.24, 0.24}, {0.29, -0.24, 0.24}, {-0.29, -0.34, 0.24}, {0.29, -0.34, 0.24},
              {-0.29, -0.36, 0.69}, {0.29, -0.36, 0.69}, {-0.29, -0.46, 0.66}, {0.29, -0.46, 0.66}});
  for (int x : {-1, 1}) {
    const double inner = 0.30, outer = 0.38;
    b.PartBox({x > 0 ? inner : -outer, -0.40, 0}, {x > 0 ? outer : -inner, 0.40, 0.54});
  }
}

void Sofa(PropBuilder& b) {
  enum { kFabric, kCushion, kLeg };
  b.Cushion({-0.95, -0.42, 0.10}, {0.95, 0.40, 0.30}, 0.04, kFabric);
  b.Cushion({-0.80, -0.43, 0.12}, {0.80, -0.20, 0.80}, 0.07, kFabric);
  for (int x : {-1, 1}) {
    b.Cushion({x * 0.86 - 0.10, -0.43, 0.10}, {x * 0.86 + 0.10, 0.42, 0.60}, 0.07, kFabric);
    b.Cushion({x * 0.38 - 0.375, -0.22, 0.29}, {x * 0.38 + 0.375, 0.43, 0.44}, 0.05, kCushion);
    b.Slab({{x * 0.38, -0.17, 0.60}, TurnX(0.22)}, {0.70, 0.14, 0.34}, kCushion);
    for (int y : {-1, 1}) b.Bar({x * 0.86, y * 0.35, 0}, {x * 0.86, y * 0.35, 0.11}, 0.04, 0.06, kLeg);
  }
  b.PartBox({-0.76, -0.20, 0.0}, {0.76, 0.42, 0.44});
  b.PartBox({-0.76, -0.43, 0.0}, {0.76, -0.21, 0.80});
  b.PartBox({-0.96, -0.43, 0.0}, {-0.765, 0.42, 0.60});
  b.PartBox({0.765, -0.43, 0.0}, {0.96, 0.42, 0.60});
}

void Stool(PropBuilder& b) {
  enum { kSeat, kLeg };
  const std::vector<Vec2> seat = {{0.16, 0.575}, {0.18, 0.590}, {0.18, 0.605}, {0.15, 0.620}};
  b.Lathe(seat, kSeat);
  for (int x : {-1, 1})
    for (int y : {-1, 1}) b.Tube({{{x * 0.165, y * 0.165, 0.012}, 0.014}, {{x * 0.10, y * 0.10, 0.58}, 0.018}}, kLeg);
  const double r = 0.145, z = 0.20;
  const Vec3 corners[] = {{r, r, z}, {-r, r, z}, {-r, -r, z}, {r, -r, z}};
  for (int i = 0; i < 4; ++i) b.Tube({{corners[i], 0.010}, {corners[(i + 1) % 4], 0.010}}, kLeg);
  b.PartFrustum({0, 0}, 0.575, 0.18, 0.620, 0.18);
  b.PartHull({{-0.175, -0.175, 0}, {0.175, -0.175, 0}, {-0.175, 0.175, 0}, {0.175, 0.175, 0},
              {-0.115, -0.115, 0.57}, {0.115, -0.115, 0.57}, {-0.115, 0.115, 0.57}, {0.115, 0.115, 0.57}});
}

// Books of one shelf: widths, heights and colours repeat with a period that shares no factor with the shelf count.
void BookRow(PropBuilder& b, int shelf, double floor_z) {
  const double widths[] = {0.052, 0.034, 0.045, 0.060, 0.038, 0.048, 0.041};
  const double heights[] = {0.25, 0.22, 0.27, 0.20, 0.26, 0.23, 0.21};
  const int per_block = b.Pick(1, 2, 4);
  double x = -0.355;
  const double end = shelf == 2 ? 0.10 : 0.33;  // one shelf stays half empty
  for (int k = 3 * shelf, color = shelf; x < end; k += per_block, ++color) {
    double width = 0;
    for (int j = 0; j < per_block && x + width < end; ++j) width += widths[(k + j) % 7];
    b.Box({x, -0.10, floor_z}, {x + width - 0.003, 0.10, floor_z + heights[k % 7]}, 2 + color % 3);
    x += width;
  }
}

void Bookshelf(PropBuilder& b) {
  enum { kWood, kBack, kBookRed, kBookBlue, kBookOchre };
  const double floors[] = {0.06, 0.42, 0.78, 1.14};
  b.Box({-0.385, -0.145, 0.02}, {0.385, -0.130, 1.48}, kBack);
  for (int x : {-1, 1}) b.Box({x * 0.385 - 0.015, -0.15, 0}, {x * 0.385 + 0.015, 0.15, 1.47}, kWood);
  b.Box({-0.405, -0.152, 1.465}, {0.405, 0.152, 1.50}, kWood);
  for (int i = 0; i < 4; ++i) {
    b.Box({-0.375, -0.135, floors[i] - 0.025}, {0.375, 0.140, floors[i]}, kWood);
    BookRow(b, i, floors[i]);
  }
  b.PartBox({-0.40, -0.15, 0}, {0.40, 0.15, 1.50});
}

}  // namespace

std::vector<PropRecipe> FurnitureRecipes() {
  const Appearance oak{Rgb(0.66f, 0.47f, 0.29f), Texture::kWood, 0.5};
  const Appearance walnut{Rgb(0.42f, 0.27f, 0.17f), Texture::kWood, 0.5};
  const Appearance teak{Rgb(0.58f, 0.36f, 0.20f), Texture::kWood, 0.4};
  const Appearance paint{Rgb(0.29f, 0.47f, 0.40f), Texture::kWood, 0.4};
  const Appearance grey_fabric{Rgb(0.42f, 0.46f, 0.53f), Texture::kFabric, 0.1};
  const Appearance light_fabric{Rgb(0.56f, 0.60f, 0.66f), Texture::kFabric, 0.1};
  const Appearance cream{Rgb(0.86f, 0.80f, 0.68f), Texture::kFabric, 0.1};
  const Appearance steel{Rgb(0.62f, 0.63f, 0.65f), Texture::kMetal, 0.3};
  const Appearance pale{Rgb(0.80f, 0.68f, 0.50f), Texture::kWood, 0.5};
  return {
      {"coffee_table", "coffee table", {1.10, 0.42, 0.60}, true, {{"top", walnut}, {"leg", walnut}}, CoffeeTable},
      {"chair_wood", "chair", {0.44, 0.90, 0.50}, true, {{"wood", oak}, {"seat", cream}}, ChairWood},
      {"chair_garden", "chair", {0.83, 0.90, 0.88}, true, {{"paint", paint}}, ChairGarden},
      {"linbrazil_diz_armchair", "chair", {0.7621, 0.6944, 0.9136}, true,
       {{"wood", teak}, {"fabric", cream}}, Armchair},
      {"sofa", "sofa", {1.92, 0.80, 0.86}, true,
       {{"fabric", grey_fabric}, {"cushion", light_fabric}, {"leg", walnut}}, Sofa},
      {"stool", "stool", {0.37, 0.62, 0.37}, true, {{"seat", oak}, {"leg", steel}}, Stool},
      {"bookshelf", "bookshelf", {0.81, 1.50, 0.30}, true,
       {{"wood", pale}, {"back", pale},
        {"book_red", {Rgb(0.62f, 0.20f, 0.18f), Texture::kPlain, 1}},
        {"book_blue", {Rgb(0.18f, 0.30f, 0.52f), Texture::kPlain, 1}},
        {"book_ochre", {Rgb(0.78f, 0.68f, 0.45f), Texture::kPlain, 1}}}, Bookshelf},
  };
}

}  // namespace figment::physion::recipes
