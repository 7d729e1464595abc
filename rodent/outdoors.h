// How the arenas look: grass, sky and the headlight of dm_control's `outdoor_natural`.
#pragma once

#include <string>

#include "rodent/task.h"

struct mjsGeom_;

namespace figment::rodent {

// The material of the ground for mjsGeom::material, with the wheel's picture of grass, or green squares if it is
// absent. Empty if the looks are not drawn. To be called once a specification.
std::string AddGrass(mjSpec_& spec, const Looks& looks);

// The sky box: the wheel's, or a gradient. Nothing if the looks are not drawn.
void AddSky(mjSpec_& spec, const Looks& looks);

// Both, under a headlight of ambient 0.4, diffuse 0.8, specular 0.1: all arenas but the maze. Returns the material.
std::string AddOutdoors(mjSpec_& spec, const Looks& looks);

// A plane of the world with a name, a place and half sizes.
mjsGeom_& AddPlane(mjSpec_& spec, const char* name, const double (&position)[3], const double (&size)[3]);

// The bowl's height field `terrain`, 12 x 12 m and flat until its heights are written into the compiled model (a
// specification would rescale them).
void AddTerrainField(mjSpec_& spec, int rows, int columns);

// A flat floor of 20 x 20 m with its looks: the whole arena of open_field and two_touch.
void AddFloor(mjSpec_& spec, const Looks& looks);

// Looks down from 100 m on a square of half this width.
void AddTopCamera(mjSpec_& spec, double half_width, double padding = 1.1);

}  // namespace figment::rodent
