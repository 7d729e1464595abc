// Recipes: vases, coffee maker, computers, globe, lamps and the woven box. Metres.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "physion/prop_recipes.h"

namespace figment::physion::recipes {
namespace {

constexpr double kPi = std::numbers::pi;

// A vessel: the smooth outside, a rim, and the inside down to `depth_z` at `inner` radius.
std::vector<Vec2> Vessel(const PropBuilder& b, const std::vector<Vec2>& outside, double wall, Vec2 inside_bottom) {
  std::vector<Vec2> profile = SmoothProfile(outside, b.Pick(15, 9, 6));
  const Vec2 rim = profile.back();
  profile.push_back({rim.x() - wall, rim.y()});
  profile.push_back(inside_bottom);
  profile.push_back({0, inside_bottom.y() - 0.01});
  return profile;
}

// A painted band between two heights.
SlotRule Band(double low, double high) {
  return SlotRule([=](const Vec3& p) { return p.z() > low && p.z() < high ? 1 : 0; });
}

void VaseAmphora(PropBuilder& b) {
  const std::vector<Vec2> outside = {{0.070, 0.0},  {0.066, 0.03}, {0.115, 0.13}, {0.155, 0.27}, {0.135, 0.37},
                                     {0.062, 0.44}, {0.052, 0.49}, {0.080, 0.55}};
  b.Lathe(Vessel(b, outside, 0.015, {0.04, 0.42}), Band(0.22, 0.32));
  for (int x : {-1, 1}) {
    std::vector<TubePoint> handle = {{{x * 0.055, 0, 0.495}, 0.012}, {{x * 0.105, 0, 0.520}, 0.012},
                                     {{x * 0.150, 0, 0.500}, 0.012}, {{x * 0.163, 0, 0.450}, 0.012},
                                     {{x * 0.155, 0, 0.400}, 0.012}, {{x * 0.130, 0, 0.345}, 0.012}};
    if (b.level() == 2) handle = {handle[0], handle[2], handle[5]};
    b.Tube(handle, 0);
  }
  b.PartFrustum({0, 0}, 0, 0.07, 0.27, 0.155);
  b.PartFrustum({0, 0}, 0.27, 0.155, 0.44, 0.065);
  b.PartFrustum({0, 0}, 0.44, 0.060, 0.55, 0.080);
}

void VaseRound(PropBuilder& b) {
  const std::vector<Vec2> outside = {{0.045, 0.0}, {0.080, 0.045}, {0.0905, 0.105}, {0.070, 0.175},
                                     {0.036, 0.215}, {0.034, 0.235}, {0.050, 0.265}};
  b.Lathe(Vessel(b, outside, 0.008, {0.025, 0.20}), Band(0.085, 0.13));
  b.PartFrustum({0, 0}, 0, 0.05, 0.105, 0.0905);
  b.PartFrustum({0, 0}, 0.105, 0.0905, 0.215, 0.038);
  b.PartFrustum({0, 0}, 0.215, 0.036, 0.265, 0.050);
}

void VaseTall(PropBuilder& b) {
  const std::vector<Vec2> outside = {{0.038, 0.0}, {0.042, 0.02}, {0.034, 0.11},
                                     {0.040, 0.22}, {0.048, 0.29}, {0.050, 0.333}};
  b.Lathe(Vessel(b, outside, 0.007, {0.033, 0.24}), Band(0.21, 0.27));
  b.PartFrustum({0, 0}, 0, 0.042, 0.11, 0.036);
  b.PartFrustum({0, 0}, 0.11, 0.036, 0.333, 0.050);
}

void CoffeeMaker(PropBuilder& b) {
  enum { kBody, kMetal, kGlass };
  b.Cushion({-0.12, -0.15, 0}, {0.12, 0.15, 0.055}, 0.012, kBody);
  b.Box({-0.11, -0.145, 0.04}, {0.11, -0.03, 0.30}, kBody);
  b.Cushion({-0.12, -0.15, 0.27}, {0.12, 0.14, 0.36}, 0.015, kBody);
  b.Box({-0.075, 0.139, 0.30}, {0.075, 0.143, 0.335}, kMetal);
  b.Lathe({{0.085, 0.050}, {0.085, 0.064}}, kMetal, Pose{{0, 0.055, 0}, Quat::Identity()});
  const std::vector<Vec2> jug = {{0.060, 0.064}, {0.082, 0.10}, {0.080, 0.16}, {0.055, 0.215}};
  b.Lathe(SmoothProfile(jug, b.Pick(9, 6, 4)), kGlass, Pose{{0, 0.055, 0}, Quat::Identity()});
  b.Lathe({{0.058, 0.212}, {0.058, 0.230}, {0.02, 0.240}}, kBody, Pose{{0, 0.055, 0}, Quat::Identity()});
  b.Tube({{{0.050, 0.075, 0.205}, 0.010}, {{0.125, 0.11, 0.195}, 0.010}, {{0.120, 0.11, 0.11}, 0.010},
          {{0.078, 0.08, 0.10}, 0.010}}, kBody);
  b.PartBox({-0.12, -0.15, 0}, {0.12, 0.15, 0.055});
  b.PartBox({-0.11, -0.145, 0.055}, {0.11, -0.035, 0.27});
  b.PartBox({-0.12, -0.15, 0.27}, {0.12, 0.14, 0.36});
  b.PartFrustum({0, 0.055}, 0.055, 0.082, 0.24, 0.070);
}

void Laptop(PropBuilder& b) {
  enum { kCase, kKeys, kScreen };
  b.Cushion({-0.17, -0.12, 0}, {0.17, 0.12, 0.018}, 0.005, kCase);
  b.Box({-0.15, -0.09, 0.01}, {0.15, 0.02, 0.0205}, kKeys);
  b.Box({-0.05, 0.035, 0.01}, {0.05, 0.10, 0.0195}, kKeys);
  const Pose lid = Pose{{0, -0.115, 0.018}, TurnX(0.30)} * Pose{{0, 0, 0.115}, Quat::Identity()};
  b.Slab(lid, {0.34, 0.010, 0.23}, kCase);
  b.Slab(lid * Pose{{0, 0.003, 0}, Quat::Identity()}, {0.325, 0.007, 0.215}, kKeys);
  b.Slab(lid * Pose{{0, 0.004, 0.003}, Quat::Identity()}, {0.305, 0.009, 0.185}, kScreen);
  b.PartBox({-0.17, -0.11, 0}, {0.17, 0.12, 0.0205});
  b.PartHull({{-0.17, -0.13, 0.021}, {0.17, -0.13, 0.021}, {-0.17, -0.11, 0.021}, {0.17, -0.11, 0.021},
              {-0.17, -0.19, 0.238}, {0.17, -0.19, 0.238}, {-0.17, -0.177, 0.240}, {0.17, -0.177, 0.240}});
}

void DesktopComputer(PropBuilder& b) {
  enum { kCase, kDark, kScreen };
  // Monitor on its stand, tower at the right, keyboard in front.
  b.Cushion({-0.19, -0.12, 0}, {0.05, 0.06, 0.020}, 0.006, kDark);
  b.Box({-0.10, -0.08, 0.01}, {-0.04, -0.05, 0.22}, kDark);
  b.Cushion({-0.34, -0.06, 0.12}, {0.20, -0.015, 0.46}, 0.010, kDark);
  b.Box({-0.315, -0.03, 0.148}, {0.175, -0.011, 0.437}, kScreen);
  b.Cushion({0.225, -0.22, 0}, {0.385, 0.20, 0.42}, 0.010, kCase);
  b.Box({0.240, 0.19, 0.335}, {0.370, 0.205, 0.375}, kDark);
  b.Box({0.240, 0.19, 0.275}, {0.370, 0.205, 0.315}, kDark);
  b.Box({0.290, 0.19, 0.08}, {0.320, 0.206, 0.11}, kScreen);
  b.Cushion({-0.30, 0.11, 0}, {0.14, 0.25, 0.022}, 0.006, kCase);
  b.Box({-0.285, 0.122, 0.015}, {0.125, 0.238, 0.027}, kDark);
  b.PartBox({-0.19, -0.12, 0}, {0.05, 0.06, 0.020});
  b.PartBox({-0.34, -0.08, 0.12}, {0.20, -0.010, 0.46});
  b.PartBox({-0.10, -0.08, 0.02}, {-0.04, -0.05, 0.12});
  b.PartBox({0.225, -0.22, 0}, {0.385, 0.206, 0.42});
  b.PartBox({-0.30, 0.11, 0}, {0.14, 0.25, 0.027});
}

// Land where a few broad waves over the sphere are high: continents no atlas knows, but a globe at a glance.
bool IsLand(const Vec3& d) {
  const double longitude = std::atan2(d.y(), d.x()), latitude = std::asin(std::clamp(d.z(), -1.0, 1.0));
  const double wave = std::sin(2 * longitude + 0.9) * std::cos(1.6 * latitude - 0.4) +
                      0.6 * std::sin(3 * longitude - 2.2 * latitude) + 0.3 * std::cos(5 * latitude + longitude);
  return wave > 0.25 || latitude < -1.25;
}

void Globe(PropBuilder& b) {
  enum { kSea, kLand, kStand };
  const Vec3 centre(0, 0, 0.26);
  const Quat tilt = TurnY(23.4 * kPi / 180);  // obliquity of the Earth's axis
  const SlotRule map([=](const Vec3& p) {
    return IsLand((tilt.conjugate() * Vec3(p - centre)).normalized()) ? kLand : kSea;
  });
  const double r = 0.145, h = 0.707 * r;
  if (b.level() < 2) b.Ellipsoid({centre, tilt}, Vec3::Constant(r), map);
  else b.Lathe({{0, -r}, {h, -h}, {r, 0}, {h, h}, {0, r}}, map, {centre, tilt});  // rounder than a coarse ellipsoid
  // The half ring from pole to pole on the side of the stem.
  std::vector<TubePoint> meridian;
  const int steps = b.Pick(10, 6, 4);
  for (int i = 0; i <= steps; ++i) {
    const double angle = kPi * i / steps;
    meridian.push_back({centre + tilt * Vec3(-0.165 * std::sin(angle), 0, -0.165 * std::cos(angle)), 0.008});
  }
  b.Tube(meridian, kStand);
  b.Tube({{centre + tilt * Vec3(0, 0, 0.140), 0.006}, {centre + tilt * Vec3(0, 0, 0.172), 0.006}}, kStand);
  b.Lathe({{0.100, 0.0}, {0.100, 0.015}, {0.040, 0.032}, {0.016, 0.05}, {0.014, 0.11}}, kStand);
  b.PartFrustum({0, 0}, 0, 0.100, 0.035, 0.060);
  b.PartFrustum({0, 0}, 0.036, 0.02, 0.11, 0.02);
  b.PartFrustum({0, 0}, 0.115, 0.07, 0.19, 0.14);
  b.PartFrustum({0, 0}, 0.191, 0.14, 0.33, 0.14);
  b.PartFrustum({0, 0}, 0.331, 0.14, 0.41, 0.07);
}

void FloorLamp(PropBuilder& b) {
  enum { kMetal, kShade };
  b.Lathe({{0.20, 0.0}, {0.20, 0.025}, {0.05, 0.045}, {0.014, 0.06}}, kMetal);
  b.Tube({{{0, 0, 0.05}, 0.014}, {{0, 0, 1.40}, 0.012}}, kMetal);
  b.Lathe({{0.29, 1.27}, {0.305, 1.26}, {0.215, 1.60}, {0.19, 1.61}}, kShade);
  b.PartFrustum({0, 0}, 0, 0.20, 0.045, 0.20);
  b.PartBox({-0.013, -0.013, 0.045}, {0.013, 0.013, 1.26});
  b.PartFrustum({0, 0}, 1.26, 0.305, 1.60, 0.215);
}

void DeskLamp(PropBuilder& b) {
  enum { kMetal, kJoint, kBulb };
  // A balanced-arm lamp: heavy foot, upright, and a beam with the head in front and a counterweight behind.
  const Vec3 tail(-0.37, 0, 0.66), pivot(0, 0, 0.80), nose(0.31, 0, 0.93);
  b.Lathe({{0.095, 0.0}, {0.095, 0.035}, {0.080, 0.050}, {0.02, 0.060}}, kMetal);
  b.Tube({{{0, 0, 0.05}, 0.014}, {pivot, 0.012}}, kMetal);
  b.Tube({{tail, 0.010}, {nose, 0.010}}, kMetal);
  b.Tube({{pivot - Vec3(0, 0.025, 0), 0.024}, {pivot + Vec3(0, 0.025, 0), 0.024}}, kJoint);
  b.Tube({{tail - Vec3(0.01, 0, 0.004), 0.042}, {tail + Vec3(0.04, 0, 0.017), 0.042}}, kJoint);
  const Pose head{nose + Vec3(0.01, 0, 0), TurnY(-0.35)};
  b.Lathe({{0, -0.035}, {0.083, -0.095}, {0.089, -0.095}, {0.045, 0.015}, {0.025, 0.045}}, kMetal, head);
  b.Ellipsoid(head * Pose{{0, 0, -0.055}, Quat::Identity()}, {0.035, 0.035, 0.045}, kBulb);
  b.PartFrustum({0, 0}, 0, 0.095, 0.055, 0.095);
  b.PartBox({-0.013, -0.013, 0.055}, {0.013, 0.013, 0.775});
  // Beam, from behind the counterweight's end to the head.
  auto beam = [&](const Vec3& from, const Vec3& to, double radius) {
    const Vec3 along = (to - from).normalized(), up = Vec3::UnitY().cross(along) * -1.0;
    std::vector<Vec3> corners;
    for (const Vec3& end : {from, to})
      for (int i : {-1, 1})
        for (int j : {-1, 1}) corners.push_back(end + radius * (i * up + j * Vec3::UnitY()));
    b.PartHull(corners);
  };
  const Vec3 direction = (nose - tail).normalized();
  beam(tail - direction * 0.05, tail + direction * 0.08, 0.042);
  beam(tail + direction * 0.081, nose - direction * 0.095, 0.012);
  std::vector<Vec3> shade;
  for (int k = 0; k < 8; ++k) {
    const double c = std::cos(kPi * k / 4), s = std::sin(kPi * k / 4);
    shade.push_back(head * Vec3(0.089 * c, 0.089 * s, -0.095));
    shade.push_back(head * Vec3(0.030 * c, 0.030 * s, 0.045));
  }
  b.PartHull(shade);
}

// Open at the top, and hollow to touch: five collision boxes.
void WovenBox(PropBuilder& b) {
  enum { kWeave, kRim };
  const double half = 0.36, height = 0.497, wall = 0.03, floor = 0.03;
  b.Box({-half + wall, -half + wall, 0.002}, {half - wall, half - wall, floor}, kWeave);
  // Walls as one closed frame: the outside, the rim and the inside of a square tube.
  const double inner = half - wall;
  b.Frame({half - 0.012, half - 0.012}, {inner, inner}, 0, height - 0.04, kRim);
  // Rows of the weave stand out of the wall.
  const int rows = b.Pick(7, 5, 3);
  const double row_height = (height - 0.09) / rows;
  for (int row = 0; row < rows; ++row) {
    const double low = 0.045 + row * row_height;
    b.Frame({half - 0.004, half - 0.004}, {inner - 0.004, inner - 0.004}, low + 0.006, low + row_height - 0.006, kWeave);
  }
  b.Frame({half, half}, {inner - 0.008, inner - 0.008}, height - 0.045, height, kRim);
  b.Frame({half, half}, {inner + 0.005, inner + 0.005}, 0.001, 0.04, kRim);
  b.PartBox({-half, -half, 0}, {half, half, floor});
  for (int side : {-1, 1}) {
    const double near = side > 0 ? half - wall : -half, far = side > 0 ? half : -half + wall;
    b.PartBox({near, -half, floor}, {far, half, height});
    b.PartBox({-half + wall, near, floor}, {half - wall, far, height});
  }
}

}  // namespace

std::vector<PropRecipe> HouseholdRecipes() {
  const Appearance terracotta{Rgb(0.74f, 0.42f, 0.27f), Texture::kPlaster, 0.3};
  const Appearance dark_band{Rgb(0.20f, 0.14f, 0.12f), Texture::kPlain, 1};
  const Appearance celadon{Rgb(0.45f, 0.63f, 0.62f), Texture::kPlastic, 0.3};
  const Appearance white{Rgb(0.90f, 0.89f, 0.85f), Texture::kPlastic, 0.3};
  const Appearance cobalt{Rgb(0.17f, 0.25f, 0.55f), Texture::kPlastic, 0.3};
  const Appearance gold{Rgb(0.80f, 0.65f, 0.30f), Texture::kMetal, 0.2};
  const Appearance black{Rgb(0.12f, 0.12f, 0.13f), Texture::kPlastic, 0.2};
  const Appearance steel{Rgb(0.68f, 0.69f, 0.71f), Texture::kMetal, 0.2};
  const Appearance coffee{Rgb(0.25f, 0.14f, 0.08f), Texture::kPlastic, 0.2};
  const Appearance screen{Rgb(0.30f, 0.58f, 0.86f), Texture::kPlain, 1};
  const Appearance case_grey{Rgb(0.74f, 0.73f, 0.70f), Texture::kPlastic, 0.2};
  const Appearance sea{Rgb(0.22f, 0.45f, 0.72f), Texture::kPlain, 1};
  const Appearance land{Rgb(0.42f, 0.60f, 0.30f), Texture::kPlain, 1};
  const Appearance dark_wood{Rgb(0.36f, 0.22f, 0.13f), Texture::kWood, 0.2};
  const Appearance shade{Rgb(0.95f, 0.90f, 0.78f), Texture::kFabric, 0.1};
  const Appearance lamp_red{Rgb(0.66f, 0.18f, 0.15f), Texture::kMetal, 0.2};
  const Appearance bulb{Rgb(1.0f, 0.97f, 0.85f), Texture::kPlain, 1};
  const Appearance weave{Rgb(0.70f, 0.53f, 0.32f), Texture::kFabric, 0.12};
  const Appearance weave_dark{Rgb(0.52f, 0.36f, 0.20f), Texture::kFabric, 0.06};
  return {
      {"vase_amphora", "vase", {0.35, 0.55, 0.31}, true, {{"clay", terracotta}, {"band", dark_band}}, VaseAmphora},
      {"vase_round", "vase", {0.181, 0.2652, 0.181}, true, {{"glaze", celadon}, {"band", white}}, VaseRound},
      {"vase_tall", "vase", {0.1006, 0.3331, 0.1006}, true, {{"glaze", cobalt}, {"band", gold}}, VaseTall},
      {"coffee_maker", "coffee maker", {0.26, 0.36, 0.30}, true,
       {{"body", black}, {"metal", steel}, {"glass", coffee}}, CoffeeMaker},
      {"laptop", "laptop", {0.34, 0.24, 0.31}, true, {{"case", steel}, {"keys", black}, {"screen", screen}}, Laptop},
      {"desktop_computer", "desktop computer", {0.72, 0.46, 0.47}, true,
       {{"case", case_grey}, {"dark", black}, {"screen", screen}}, DesktopComputer},
      {"globe", "globe", {0.32, 0.435, 0.285}, true, {{"sea", sea}, {"land", land}, {"stand", dark_wood}}, Globe},
      {"alma_floor_lamp", "floor lamp", {0.6134, 1.6069, 0.5025}, false,
       {{"metal", black}, {"shade", shade}}, FloorLamp},
      {"desk_lamp", "table lamp", {0.8155, 0.9812, 0.1921}, false,
       {{"metal", lamp_red}, {"joint", black}, {"bulb", bulb}}, DeskLamp},
      {"woven_box", "box", {0.7201, 0.4973, 0.7201}, false, {{"weave", weave}, {"rim", weave_dark}}, WovenBox},
  };
}

}  // namespace figment::physion::recipes
