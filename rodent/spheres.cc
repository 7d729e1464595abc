#include "rodent/spheres.h"

#include <mujoco/mujoco.h>

#include <algorithm>

namespace figment::rodent {

std::string AddCheckers(mjSpec& spec, const Looks& looks, const std::string& name, const Rgb& first,
                        const Rgb& second) {
  if (!looks.drawn) return "";
  Fill(AddTexture(spec, name, mjTEXTURE_CUBE), mjBUILTIN_CHECKER, 100, first, second);
  AddMaterial(spec, name, name);
  return name;
}

void AddSphere(mjSpec& spec, const Sphere& sphere) {
  const std::string name = "target_0_" + std::to_string(sphere.number) + "/";
  mjsBody& body = *mjs_addBody(mjs_findBody(&spec, "world"), nullptr);
  mjs_setName(body.element, name.c_str());
  std::copy_n(sphere.body, 3, body.pos);
  mjsGeom& geom = *mjs_addGeom(&body, nullptr);
  mjs_setName(geom.element, (name + "geom").c_str());
  geom.type = mjGEOM_SPHERE;
  geom.size[0] = sphere.radius_m;
  std::copy_n(sphere.geom, 3, geom.pos);
  // Contacts are listed from a distance of margin + gap = 0 on, and push only from the margin on: a diameter deep.
  geom.margin = -2 * sphere.radius_m;
  geom.gap = 2 * sphere.radius_m;
  mjs_setString(geom.material, sphere.material.c_str());
}

std::vector<int> FindSpheres(const mjModel& model) {
  const std::vector<bool> of_body = GeomsOfBody(model);
  std::vector<int> spheres;
  for (int geom = 0; geom < model.ngeom; ++geom)
    if (model.geom_type[geom] == mjGEOM_SPHERE && !of_body[static_cast<size_t>(geom)]) spheres.push_back(geom);
  return spheres;
}

}  // namespace figment::rodent
