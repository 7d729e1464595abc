#include "rodent/outdoors.h"

#include <mujoco/mujoco.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "rodent/materials.h"
#include "rodent/terrain.h"

namespace figment::rodent {

std::string AddGrass(mjSpec& spec, const Looks& looks) {
  if (!looks.drawn) return "";
  mjsTexture& texture = AddTexture(spec, "aesthetic_texture", mjTEXTURE_2D);
  if (!FillFrom(texture, looks.assets.grass()))
    Fill(texture, mjBUILTIN_CHECKER, 128, {0.23, 0.33, 0.14}, {0.28, 0.38, 0.17});
  AddMaterial(spec, "aesthetic_material", "aesthetic_texture").texuniform = 1;
  return "aesthetic_material";
}

void AddSky(mjSpec& spec, const Looks& looks) {
  if (!looks.drawn) return;
  mjsTexture& sky = AddTexture(spec, "aesthetic_skybox", mjTEXTURE_SKYBOX);
  if (FillFrom(sky, looks.assets.sky())) {
    sky.gridsize[0] = 3, sky.gridsize[1] = 4;
    std::copy_n(".U..LFRB.D..", 12, sky.gridlayout);
  } else {
    Fill(sky, mjBUILTIN_GRADIENT, 256, {0.4, 0.6, 0.8}, {0.1, 0.15, 0.2});
  }
}

std::string AddOutdoors(mjSpec& spec, const Looks& looks) {
  const std::string grass = AddGrass(spec, looks);
  AddSky(spec, looks);
  std::fill_n(spec.visual.headlight.ambient, 3, 0.4F);
  std::fill_n(spec.visual.headlight.diffuse, 3, 0.8F);
  std::fill_n(spec.visual.headlight.specular, 3, 0.1F);
  return grass;
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
  const std::string grass = AddOutdoors(spec, looks);
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
