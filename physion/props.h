// Props: furniture, plants, animals and the four drape props, built from code instead of a model library.
//
// Each stands for a category of the reference's library (threedworld-mit/tdw). The clutter - distractors and
// occluders - has plain names; props that a scenario simulates keep the name and the size of the reference's model.
// Shapes follow envs/shapes.h (z up, origin bottom centre, metres); a prop's front looks along +y, which is the
// reference's forward. Every prop has three levels of detail and a few convex parts that do not overlap.
#pragma once

#include <string>
#include <vector>

#include "envs/scene.h"

namespace figment::physion {

struct PropInfo {
  std::string name;
  std::string category;                        // of the reference's library: "vase", "dog", ...
  base::Vec3 size_yup = base::Vec3::Ones();    // bounds at scale 1 in the reference's axes: width, HEIGHT, depth
  bool clutter = false;                        // may be drawn as a distractor or an occluder
};

// All props, in a fixed order: clutter first.
const std::vector<PropInfo>& Props();
bool IsProp(const std::string& name);

// Shape of a prop, and the look of its material slots in the order of Shape::material_slots.
// Both throw base::Error for an unknown name, with the nearest.
envs::Shape MakeProp(const std::string& name);
std::vector<envs::Appearance> PropAppearance(const std::string& name);

// The prop that stands for a model of the reference's library, by name or else by category. Released scenes name
// about eighty models; primitives, cloth and ramps are not props and must not be asked for. A model or category never
// heard of becomes a vase. Library models may carry a unit factor (library_scale in the released table): a stand-in
// takes the scale without it.
std::string StandInFor(const std::string& library_model, const std::string& category);

}  // namespace figment::physion
