#include "rodent/outdoors.h"

#include <mujoco/mujoco.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "rodent/terrain.h"

namespace figment::rodent {
namespace {

void SetColour(double (&colour)[3], double red, double green, double blue) {
  colour[0] = red, colour[1] = green, colour[2] = blue;
}

}  // namespace

std::string AddGrass(mjSpec& spec, const Looks& looks) {
  if (!looks.drawn) return "";
  mjsTexture& texture = *mjs_addTexture(&spec, nullptr);
  mjs_setName(texture.element, "aesthetic_texture");
  texture.type = mjTEXTURE_2D;
  if (std::filesystem::is_regular_file(looks.assets.grass())) {
    mjs_setString(texture.file, looks.assets.grass().c_str());
  } else {
    texture.builtin = mjBUILTIN_CHECKER;
    texture.width = texture.height = 128;
    SetColour(texture.rgb1, 0.23, 0.33, 0.14);
    SetColour(texture.rgb2, 0.28, 0.38, 0.17);
  }
  mjsMaterial& material = *mjs_addMaterial(&spec, nullptr);
  mjs_setName(material.element, "aesthetic_material");
  mjs_setInStringVec(material.textures, mjTEXROLE_RGB, "aesthetic_texture");
  material.texuniform = 1;
  return "aesthetic_material";
}

void AddSky(mjSpec& spec, const Looks& looks) {
  if (!looks.drawn) return;
  mjsTexture& sky = *mjs_addTexture(&spec, nullptr);
  mjs_setName(sky.element, "aesthetic_skybox");
  sky.type = mjTEXTURE_SKYBOX;
  if (std::filesystem::is_regular_file(looks.assets.sky())) {
    mjs_setString(sky.file, looks.assets.sky().c_str());
    sky.gridsize[0] = 3, sky.gridsize[1] = 4;
    std::copy_n(".U..LFRB.D..", 12, sky.gridlayout);
  } else {
    sky.builtin = mjBUILTIN_GRADIENT;
    sky.width = sky.height = 256;
    SetColour(sky.rgb1, 0.4, 0.6, 0.8);
    SetColour(sky.rgb2, 0.1, 0.15, 0.2);
  }
}

void BrightHeadlight(mjSpec& spec) {
  std::fill_n(spec.visual.headlight.ambient, 3, 0.4F);
  std::fill_n(spec.visual.headlight.diffuse, 3, 0.8F);
  std::fill_n(spec.visual.headlight.specular, 3, 0.1F);
}

mjsGeom& AddPlane(mjSpec& spec, const char* name, const double (&position)[3], const double (&size)[3]) {
  mjsGeom& plane = *mjs_addGeom(mjs_findBody(&spec, "world"), nullptr);
  mjs_setName(plane.element, name);
  plane.type = mjGEOM_PLANE;
  std::copy_n(position, 3, plane.pos);
  std::copy_n(size, 3, plane.size);
  return plane;
}

void AddTerrainField(mjSpec& spec, int rows, int columns) {
  mjsHField& field = *mjs_addHField(&spec);
  mjs_setName(field.element, "terrain");
  field.nrow = rows;
  field.ncol = columns;
  const double size[4] = {kTerrainReach, kTerrainReach, kTerrainHeight, 0.1};
  std::copy_n(size, 4, field.size);
  const std::vector<float> flat(static_cast<size_t>(rows) * static_cast<size_t>(columns));
  mjs_setFloat(field.userdata, flat.data(), static_cast<int>(flat.size()));
}

void AddFloor(mjSpec& spec, const Looks& looks) {
  const std::string grass = AddGrass(spec, looks);
  AddSky(spec, looks);
  BrightHeadlight(spec);
  mjs_setString(AddPlane(spec, "groundplane", {0, 0, 0}, {10, 10, 0.25}).material, grass.c_str());
  AddTopCamera(spec, 10);
}

void AddTopCamera(mjSpec& spec, double half_width, double padding) {
  constexpr double kDistance_m = 100;
  mjsCamera& camera = *mjs_addCamera(mjs_findBody(&spec, "world"), nullptr);
  mjs_setName(camera.element, "top_camera");
  camera.pos[2] = kDistance_m;
  camera.fovy = 2 * std::atan2(padding * half_width, kDistance_m) * 180 / std::numbers::pi;
}

}  // namespace figment::rodent
