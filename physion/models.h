// The user's own models (--models DIR): meshes that serve as clutter and, with convex parts, as any object of a scene.
//
//   DIR/mug.glb          the model, named by its file: .glb, .gltf or .obj (envs/mesh_file.h)
//   DIR/mug.json         what is known of it; optional: category, licence, source, size_m, up, parts, clutter
//   DIR/mug.parts.obj    its convex parts, in the model's own frame; optional (docs/models.md)
//
// A model may also have a folder of its own, DIR/mug/mug.glb. Its shape is scaled so that its largest side is 1 m, as
// those of the primitives are about, and stands on its bottom centre.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/table.h"
#include "envs/scene.h"

namespace figment::physion {

inline constexpr char kLicenceNotStated[] = "not stated";

struct Model {
  std::string name, category, licence, source;  // category "": fits all; licence "not stated" where it is missing
  double size_m = 1;                            // largest side, of clutter at scale 1
  bool clutter = true;                          // may be drawn as a distractor or an occluder
  bool has_parts = false;                       // may move: else it collides as its hull and stands fast
  envs::Shape shape;
  std::vector<envs::Appearance> appearance;     // by material slot; picture: index into `pictures`
  std::vector<envs::Picture> pictures;
  std::map<std::string, std::string> files;     // all it was read from, by name within DIR -> SHA-256

  bool licence_stated() const { return licence != kLicenceNotStated; }
  base::Vec3 size_yup() const { return {shape.size().x(), shape.size().z(), shape.size().y()}; }
};

// By name. Empty: no models of the user's.
using Models = std::vector<Model>;

// All models of a folder. Throws base::Error that names the file and what is wrong with it.
Models ReadModels(const std::filesystem::path& folder);

const Models& NoModels();

const Model* FindModel(const Models& models, const std::string& name);  // null: none of that name

// Name within the folder -> SHA-256 of every file that was read.
std::map<std::string, std::string> FilesOf(const Models& models);

// How `now` differs from `then`, naming the first file that does ("mug.glb has changed"); empty if it does not.
std::string FileDifference(const std::map<std::string, std::string>& then,
                           const std::map<std::string, std::string>& now);

// What a manifest line says of a model.
nlohmann::ordered_json ModelRecord(const Model& model);

// For `figment physion models`.
base::Table ModelsTable(const Models& models);
nlohmann::ordered_json ModelsJson(const Models& models);

// Makes NAME.parts.obj for every model that has no parts and returns the files made. Nothing is overwritten.
std::vector<std::filesystem::path> MakeParts(const std::filesystem::path& folder, int most_parts);

}  // namespace figment::physion
