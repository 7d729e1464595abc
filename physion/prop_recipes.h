// What the recipes of the props share: the types they speak in, turns about the axes, and their lists.
#pragma once

#include <vector>

#include "physion/prop_builder.h"

namespace figment::physion::recipes {

using base::Pose;
using base::Quat;
using base::Vec2;
using base::Vec3;
using envs::Appearance;
using envs::Rgb;
using envs::Texture;

inline Quat TurnX(double angle_rad) { return Quat(Eigen::AngleAxisd(angle_rad, Vec3::UnitX())); }
inline Quat TurnY(double angle_rad) { return Quat(Eigen::AngleAxisd(angle_rad, Vec3::UnitY())); }

// The lists by kind; props.cc joins them into the table.
std::vector<PropRecipe> FurnitureRecipes();   // tables, chairs, sofa, shelf
std::vector<PropRecipe> HouseholdRecipes();   // vases, coffee maker, computers, globe, lamps, box
std::vector<PropRecipe> LivingRecipes();      // plants, dogs, the seated statue

}  // namespace figment::physion::recipes
