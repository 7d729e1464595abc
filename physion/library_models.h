// The models of the reference's library that stand beside the action in the released scenes, and how our own props take
// their place: most of the originals are not free, and none of their meshes is here.
//
// Sizes are those of TDW's public metadata (physion/data/released_models.csv); of the non-free library there are none.
#pragma once

#include <optional>
#include <string>

#include "physion/models.h"
#include "physion/trial_spec.h"

namespace figment::physion {

struct LibraryModel {
  std::string name, category;
  std::optional<base::Vec3> size_yup;   // metres at scale 1, unit factor included; nullopt = not public
};

// nullptr if the released scenes do not name it.
const LibraryModel* FindLibraryModel(const std::string& name);

// Whether a scene can hold the model as it is: a primitive, the ramp, the cloth or one of our props.
bool IsOurModel(const std::string& name);

// Puts the prop that stands for object.model (StandInFor, physion/props.h) in its place, with the original's name in
// library_model. Where the original's size is known the stand-in fills the same box; otherwise it takes the scale without
// the library's unit factor, up to the 1.5 m along the longest side that the reference allows clutter. Leaves objects alone
// whose model is our own.
void PutStandIn(ObjectSpec& object, double library_scale);

// Puts a model of the user's that has the original's name in the place of its stand-in, filling the same box. It moves
// only if it has convex parts.
void PutOriginal(ObjectSpec& object, const Models& models);

}  // namespace figment::physion
