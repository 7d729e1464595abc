// Recipes: plants, dogs and the seated statue. Metres.
#include <cmath>
#include <numbers>

#include "physion/prop_recipes.h"

namespace figment::physion::recipes {
namespace {

constexpr double kPi = std::numbers::pi;
// Leaves placed one golden angle apart never stand in rows.
constexpr double kGoldenAngle = 2.39996322972865332;

Vec3 Polar(double angle, double radius, double z) { return {radius * std::cos(angle), radius * std::sin(angle), z}; }

// --- Plants.

// A pot of outer radii and height with soil inside: slot 1 is the pot, slot 2 the soil.
void Pot(PropBuilder& b, double bottom_radius, double top_radius, double height) {
  const double soil_z = height - 0.03, lip = 0.012;
  if (b.level() == 2) {
    b.Lathe({{bottom_radius, 0}, {top_radius, height}, {0, soil_z}}, 1);
    b.Lathe({{top_radius - 0.03, soil_z}, {0, soil_z + 0.02}}, 2);
    return;
  }
  b.Lathe({{bottom_radius, 0}, {top_radius - lip, height - 0.05}, {top_radius, height - 0.05}, {top_radius, height},
           {top_radius - 0.015, height}, {top_radius - 0.02, soil_z - 0.005}, {0, soil_z - 0.005}}, 1);
  b.Lathe({{top_radius - 0.03, soil_z - 0.02}, {top_radius - 0.025, soil_z}, {0, soil_z + 0.01}}, 2);
}

// Stems that fan out of a pot, each with a few broad leaves that droop at the tip.
void Houseplant(PropBuilder& b) {
  enum { kLeaf, kPot, kSoil, kStem };
  Pot(b, 0.11, 0.155, 0.26);
  const int leaves = b.Pick(34, 22, 9);
  const double width = b.Pick(100, 120, 170) * 1e-3;
  for (int k = 0; k < leaves; ++k) {
    const double level = (k + 0.5) / leaves, angle = k * kGoldenAngle;  // 0 = lowest and outermost
    const double rise = 0.40 + 0.46 * level;
    const Vec3 root = Polar(angle, 0.10 * (1 - 0.75 * level), rise - 0.10);
    const double reach = 0.30 - 0.15 * level;
    b.Blade({.root = root, .tip = root + Polar(angle, reach, 0.03 + 0.17 * level), .width = width, .sag = 0.05}, kLeaf);
  }
  const int stems = b.Pick(5, 3, 1);
  for (int k = 0; k < stems; ++k) {
    const double angle = k * 2 * kPi / stems + 0.4;
    b.Bar({0, 0, 0.22}, Polar(angle, stems == 1 ? 0 : 0.05, 0.80), 0.022, 0.012, kStem);
  }
  b.PartFrustum({0, 0}, 0, 0.11, 0.26, 0.155);
  b.PartFrustum({0, 0}, 0.261, 0.12, 0.55, 0.36);
  b.PartFrustum({0, 0}, 0.551, 0.36, 0.93, 0.16);
}

// A terracotta pot with seven flowers and strap leaves.
void Flowerpot(PropBuilder& b) {
  enum { kLeaf, kPot, kSoil, kPetal, kHeart };
  Pot(b, 0.095, 0.14, 0.20);
  const int leaves = b.Pick(14, 10, 5);
  for (int k = 0; k < leaves; ++k) {
    const double angle = k * kGoldenAngle, reach = 0.10 + 0.05 * (k % 3);
    b.Blade({.root = Polar(angle, 0.03, 0.17), .tip = Polar(angle, reach, 0.33 - 0.02 * (k % 3)),
             .width = b.Pick(34, 40, 64) * 1e-3, .sag = 0.02}, kLeaf);
  }
  const int flowers = b.Pick(7, 7, 3), petals = b.Pick(6, 5, 0);
  for (int k = 0; k < flowers; ++k) {
    const double angle = k == 0 ? 0 : 2 * kPi * k / (flowers - 1), reach = k == 0 ? 0 : 0.105;
    const double height = k == 0 ? 0.47 : 0.38 + 0.035 * (k % 2);
    const Vec3 bloom = Polar(angle, reach, height);
    b.Bar(Polar(angle, reach * 0.3, 0.17), bloom, 0.008, 0.006, kLeaf);
    const Vec3 axis = Polar(angle, k == 0 ? 0 : 0.5, 1).normalized();  // blooms face outwards
    const Quat turn = Quat::FromTwoVectors(Vec3::UnitZ(), axis);
    if (petals == 0) {
      b.Ellipsoid({bloom, turn}, {0.05, 0.05, 0.022}, kPetal);
      continue;
    }
    for (int j = 0; j < petals; ++j) {
      const double around = 2 * kPi * j / petals;
      b.Blade({.root = bloom, .tip = bloom + turn * Polar(around, 0.055, 0.022), .width = 0.044, .sag = -0.004,
               .up = axis}, kPetal);
    }
    if (b.level() == 0) b.Ellipsoid({bloom + axis * 0.008, turn}, {0.018, 0.018, 0.012}, kHeart);
  }
  b.PartFrustum({0, 0}, 0, 0.095, 0.20, 0.14);
  b.PartFrustum({0, 0}, 0.201, 0.08, 0.36, 0.15);
  b.PartFrustum({0, 0}, 0.361, 0.15, 0.48, 0.06);
}

// A tuft of arching blades on a small mound, with a few flower spikes.
void GardenPlant(PropBuilder& b) {
  enum { kLeaf, kSoil, kBloom };
  if (b.level() == 2) b.Lathe({{0.20, 0}, {0, 0.07}}, kSoil);
  else b.Lathe({{0.20, 0}, {0.17, 0.025}, {0.09, 0.05}, {0, 0.06}}, kSoil);
  const int blades = b.Pick(54, 36, 12);
  for (int k = 0; k < blades; ++k) {
    const double upright = (k + 0.5) / blades, angle = k * kGoldenAngle;  // 0 = lies outside, 1 = stands
    const double reach = 0.36 * std::sqrt(1 - upright) + 0.03, rise = 0.12 + 0.38 * std::sqrt(upright);
    b.Blade({.root = Polar(angle, 0.04 + 0.06 * (1 - upright), 0.035), .tip = Polar(angle, reach, rise),
             .width = b.Pick(38, 46, 80) * 1e-3, .sag = 0.10 * (1 - 0.7 * upright)}, kLeaf);
  }
  const int spikes = b.Pick(4, 4, 2);
  for (int k = 0; k < spikes; ++k) {
    const Vec3 top = Polar(2 * kPi * k / spikes + 0.7, 0.10, 0.55);
    b.Bar({0, 0, 0.05}, top, 0.010, 0.008, kLeaf);
    b.Ellipsoid({top, Quat::Identity()}, {0.022, 0.022, 0.060}, kBloom);
  }
  b.PartFrustum({0, 0}, 0, 0.20, 0.06, 0.12);
  b.PartFrustum({0, 0}, 0.061, 0.20, 0.30, 0.36);
  b.PartFrustum({0, 0}, 0.301, 0.36, 0.58, 0.12);
}

// --- Dogs. The nose points along +y.

enum DogSlot { kCoat, kDark, kBelly };

// Head with muzzle, ears, eyes and nose; `pose` has its origin at the middle of the skull and y along the muzzle.
void DogHead(PropBuilder& b, const Pose& pose) {
  b.Ellipsoid(pose, {0.070, 0.085, 0.072}, kCoat);
  b.Tube({{pose * Vec3(0, 0.05, -0.015), 0.046}, {pose * Vec3(0, 0.135, -0.030), 0.034}}, kBelly);
  b.Ellipsoid(pose * Pose{{0, 0.168, -0.012}, Quat::Identity()}, {0.020, 0.014, 0.014}, kDark);
  for (int x : {-1, 1}) {
    const Pose ear = pose * Pose{{x * 0.072, -0.020, 0.0}, TurnY(x * -0.22) * TurnX(-0.15)};
    b.Ellipsoid(ear * Pose{{0, 0, -0.030}, Quat::Identity()}, {0.017, 0.038, 0.080}, kDark);
    const Pose eye = pose * Pose{{x * 0.038, 0.066, 0.030}, Quat::Identity()};
    if (b.level() < 2) b.Ellipsoid(eye, Vec3::Constant(0.012), kDark);
  }
}

void Paw(PropBuilder& b, const Vec3& foot) {
  if (b.level() < 2) b.Ellipsoid({foot + Vec3(0, 0.015, 0.020), Quat::Identity()}, {0.030, 0.042, 0.022}, kBelly);
}

void Dog(PropBuilder& b) {
  b.Tube({{{0, -0.22, 0.37}, 0.095}, {{0, -0.05, 0.365}, 0.100}, {{0, 0.14, 0.37}, 0.120}}, kCoat);
  b.Tube({{{0, 0.17, 0.40}, 0.085}, {{0, 0.28, 0.52}, 0.062}}, kCoat);
  DogHead(b, {{0, 0.31, 0.585}, TurnX(-0.12)});
  for (int x : {-1, 1}) {
    b.Tube({{{x * 0.065, 0.17, 0.35}, 0.056}, {{x * 0.068, 0.165, 0.18}, 0.034}, {{x * 0.068, 0.175, 0.032}, 0.027}},
           kCoat);
    b.Tube({{{x * 0.065, -0.22, 0.35}, 0.072}, {{x * 0.068, -0.205, 0.20}, 0.042}, {{x * 0.068, -0.245, 0.13}, 0.027},
            {{x * 0.068, -0.235, 0.032}, 0.026}}, kCoat);
    Paw(b, {x * 0.068, 0.175, 0});
    Paw(b, {x * 0.068, -0.235, 0});
  }
  b.Tube({{{0, -0.30, 0.40}, 0.026}, {{0, -0.40, 0.46}, 0.022}, {{0, -0.45, 0.57}, 0.012}}, kCoat);
  b.PartBox({-0.10, -0.32, 0.27}, {0.10, 0.25, 0.475});
  b.PartBox({-0.095, 0.14, 0}, {0.095, 0.21, 0.27});
  b.PartBox({-0.095, -0.27, 0}, {0.095, -0.19, 0.27});
  b.PartBox({-0.085, 0.22, 0.476}, {0.085, 0.46, 0.66});
}

void DogSitting(PropBuilder& b) {
  b.Tube({{{0, -0.14, 0.14}, 0.125}, {{0, -0.04, 0.29}, 0.110}, {{0, 0.06, 0.40}, 0.100}}, kCoat);
  b.Tube({{{0, 0.07, 0.43}, 0.080}, {{0, 0.10, 0.55}, 0.062}}, kCoat);
  b.Ellipsoid({{0, 0.125, 0.37}, TurnX(0.25)}, {0.070, 0.050, 0.110}, kBelly);
  DogHead(b, {{0, 0.13, 0.625}, TurnX(-0.10)});
  for (int x : {-1, 1}) {
    b.Tube({{{x * 0.062, 0.11, 0.36}, 0.050}, {{x * 0.062, 0.155, 0.18}, 0.033}, {{x * 0.062, 0.16, 0.030}, 0.027}},
           kCoat);
    Paw(b, {x * 0.062, 0.165, 0});
    b.Ellipsoid({{x * 0.105, -0.09, 0.125}, TurnX(0.35)}, {0.055, 0.115, 0.120}, kCoat);
    b.Tube({{{x * 0.115, -0.03, 0.030}, 0.029}, {{x * 0.118, 0.08, 0.027}, 0.027}}, kCoat);
  }
  b.Tube({{{0, -0.25, 0.06}, 0.026}, {{0.05, -0.36, 0.035}, 0.022}, {{0.13, -0.41, 0.030}, 0.014}}, kCoat);
  b.PartBox({-0.15, -0.25, 0}, {0.15, 0.10, 0.26});
  b.PartBox({-0.10, -0.12, 0.261}, {0.10, 0.17, 0.50});
  b.PartBox({-0.09, 0.11, 0}, {0.09, 0.19, 0.26});
  b.PartBox({-0.085, 0.05, 0.501}, {0.085, 0.29, 0.70});
}

// --- The seated statue of the drape trials: crossed legs, hands in the lap, on a low plinth.
void SeatedStatue(PropBuilder& b) {
  enum { kStone, kPlinth };
  if (b.level() == 2) b.Lathe({{0.56, 0}, {0.52, 0.12}}, kPlinth);
  else b.Lathe({{0.56, 0}, {0.57, 0.03}, {0.53, 0.06}, {0.55, 0.12}}, kPlinth);
  b.Ellipsoid({{0, -0.06, 0.22}, Quat::Identity()}, {0.30, 0.28, 0.15}, kStone);
  for (int x : {-1, 1}) {
    // Thigh out to the knee, shin back across.
    b.Tube({{{x * 0.14, -0.04, 0.22}, 0.13}, {{x * 0.36, 0.20, 0.20}, 0.095}}, kStone);
    b.Tube({{{x * 0.37, 0.22, 0.185}, 0.085}, {{x * -0.12, 0.36, 0.165 + 0.03 * x}, 0.060}}, kStone);
    // Upper arm, forearm, and hands one on the other.
    b.Tube({{{x * 0.215, -0.06, 0.585}, 0.075}, {{x * 0.285, -0.01, 0.40}, 0.062}}, kStone);
    b.Tube({{{x * 0.285, 0.00, 0.40}, 0.060}, {{x * 0.08, 0.235, 0.315}, 0.045}}, kStone);
    if (b.level() < 2) b.Ellipsoid({{x * 0.095, -0.08, 0.785}, Quat::Identity()}, {0.014, 0.026, 0.055}, kStone);
  }
  if (b.level() < 2) b.Ellipsoid({{0, 0.25, 0.310}, Quat::Identity()}, {0.08, 0.055, 0.030}, kStone);
  std::vector<Vec2> torso = {{0.17, 0.22}, {0.175, 0.32}, {0.205, 0.48}, {0.215, 0.57}, {0.16, 0.635}, {0.07, 0.665}};
  if (b.level() == 2) torso = {torso[0], torso[3], torso[5]};
  b.Lathe(torso, kStone, Pose{{0, -0.08, 0}, Quat::Identity()});
  b.Tube({{{0, -0.08, 0.64}, 0.065}, {{0, -0.075, 0.70}, 0.060}}, kStone);
  b.Ellipsoid({{0, -0.065, 0.785}, Quat::Identity()}, {0.095, 0.105, 0.115}, kStone);
  b.Ellipsoid({{0, -0.085, 0.885}, Quat::Identity()}, {0.048, 0.048, 0.045}, kStone);
  b.PartFrustum({0, 0}, 0, 0.55, 0.12, 0.53);
  b.PartHull({{-0.44, 0.20, 0.121}, {0.44, 0.20, 0.121}, {-0.20, 0.42, 0.121}, {0.20, 0.42, 0.121},
              {-0.28, -0.32, 0.121}, {0.28, -0.32, 0.121}, {-0.42, 0.20, 0.27}, {0.42, 0.20, 0.27},
              {-0.16, 0.40, 0.25}, {0.16, 0.40, 0.25}, {-0.26, -0.30, 0.30}, {0.26, -0.30, 0.30}});
  b.PartHull({{-0.30, -0.24, 0.31}, {0.30, -0.24, 0.31}, {-0.30, 0.10, 0.31}, {0.30, 0.10, 0.31},
              {-0.27, -0.17, 0.62}, {0.27, -0.17, 0.62}, {-0.27, 0.01, 0.62}, {0.27, 0.01, 0.62}});
  b.PartFrustum({0, -0.07}, 0.621, 0.08, 0.78, 0.10);
  b.PartFrustum({0, -0.075}, 0.781, 0.10, 0.93, 0.04);
}

}  // namespace

std::vector<PropRecipe> LivingRecipes() {
  const Appearance leaf{Rgb(0.22f, 0.46f, 0.18f), Texture::kLeaf, 0.1};
  const Appearance light_leaf{Rgb(0.38f, 0.58f, 0.22f), Texture::kLeaf, 0.1};
  const Appearance soil{Rgb(0.24f, 0.16f, 0.11f), Texture::kPlaster, 0.2};
  const Appearance stem{Rgb(0.36f, 0.34f, 0.17f), Texture::kPlain, 1};
  const Appearance glazed{Rgb(0.82f, 0.80f, 0.76f), Texture::kPlaster, 0.3};
  const Appearance terracotta{Rgb(0.73f, 0.40f, 0.26f), Texture::kPlaster, 0.3};
  const Appearance petal{Rgb(0.86f, 0.36f, 0.56f), Texture::kPlain, 1};
  const Appearance heart{Rgb(0.93f, 0.76f, 0.25f), Texture::kPlain, 1};
  const Appearance violet{Rgb(0.50f, 0.36f, 0.74f), Texture::kPlain, 1};
  const Appearance tan_coat{Rgb(0.72f, 0.52f, 0.32f), Texture::kPlain, 0.2};
  const Appearance grey_coat{Rgb(0.60f, 0.57f, 0.54f), Texture::kPlain, 0.2};
  const Appearance dark{Rgb(0.16f, 0.11f, 0.09f), Texture::kPlain, 1};
  const Appearance brown{Rgb(0.38f, 0.24f, 0.15f), Texture::kPlain, 1};
  const Appearance cream{Rgb(0.90f, 0.83f, 0.72f), Texture::kPlain, 1};
  const Appearance stone{Rgb(0.66f, 0.65f, 0.60f), Texture::kPlaster, 0.4};
  const Appearance bronze{Rgb(0.45f, 0.38f, 0.27f), Texture::kPlaster, 0.4};
  return {
      {"houseplant", "houseplant", {0.74, 1.05, 0.74}, true,
       {{"leaf", leaf}, {"pot", glazed}, {"soil", soil}, {"stem", stem}}, Houseplant},
      {"flowerpot", "flowerpot", {0.34, 0.50, 0.34}, true,
       {{"leaf", light_leaf}, {"pot", terracotta}, {"soil", soil}, {"petal", petal}, {"heart", heart}}, Flowerpot},
      {"garden_plant", "garden plant", {0.74, 0.61, 0.74}, true,
       {{"leaf", light_leaf}, {"soil", soil}, {"bloom", violet}}, GardenPlant},
      {"dog", "dog", {0.26, 0.66, 0.95}, true, {{"coat", tan_coat}, {"dark", brown}, {"belly", cream}}, Dog},
      {"dog_sitting", "dog", {0.32, 0.70, 0.72}, true,
       {{"coat", grey_coat}, {"dark", dark}, {"belly", cream}}, DogSitting},
      {"buddah", "sculpture", {1.1556, 0.9342, 1.1784}, false, {{"stone", stone}, {"plinth", bronze}}, SeatedStatue},
  };
}

}  // namespace figment::physion::recipes
