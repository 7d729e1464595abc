// Spheres to reach: they notice contacts and never push.
#pragma once

#include <string>
#include <vector>

#include "rodent/materials.h"
#include "rodent/task.h"

namespace figment::rodent {

// A checkered material, to be called once for each name; empty if the looks are not drawn.
std::string AddCheckers(mjSpec_& spec, const Looks& looks, const std::string& name, const Rgb& first,
                        const Rgb& second);

struct Sphere {
  int number = 0;  // names the body target_0_<number>/ and its geom
  double radius_m = 0;
  double body[3] = {0, 0, 0}, geom[3] = {0, 0, 0};  // places, the geom's in its body
  std::string material;
};
void AddSphere(mjSpec_& spec, const Sphere& sphere);

// The geoms of the spheres in a model, recorded ones too: all that do not belong to the rodent.
std::vector<int> FindSpheres(const mjModel_& model);

}  // namespace figment::rodent
