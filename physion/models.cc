#include "physion/models.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/hash.h"
#include "envs/convex_hull.h"
#include "envs/convex_parts.h"
#include "envs/mesh_file.h"
#include "files/atomic.h"
#include "physion/props.h"

namespace figment::physion {
namespace {

namespace fs = std::filesystem;
using Eigen::Vector3f;
using Json = nlohmann::ordered_json;

constexpr size_t kMostModels = 500, kMostParts = 256;
constexpr int kPartCorners = 64;         // of one part's hull; every corner costs time in every step
// Coarser levels merge the vertices of a grid of this many cells a side; only for meshes of more triangles than these.
constexpr std::array<float, 3> kLevelCells = {64, 28, 12};
constexpr size_t kFewTriangles = 500;

std::string Stem(const fs::path& path) { return path.stem().string(); }

bool IsPartsFile(const fs::path& path) { return Stem(path).ends_with(".parts"); }

// NAME.json
struct Description {
  std::string category, licence = kLicenceNotStated, source;
  std::optional<double> size_m;
  envs::UpAxis up = envs::UpAxis::kY;
  std::string parts;
  bool clutter = true;
};

fs::path DescriptionPath(const fs::path& model) { return fs::path(model).replace_extension(".json"); }

Description DescriptionOf(const fs::path& model) {
  Description description;
  const fs::path path = DescriptionPath(model);
  if (!fs::exists(path)) return description;
  const Json json = Json::parse(files::ReadFile(path), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) throw base::Error(path.string() + ": is no JSON object");
  const std::vector<std::string> keys = {"category", "licence", "source", "size_m", "up", "parts", "clutter"};
  for (const auto& [key, value] : json.items()) {
    const auto expect = [&, &key = key](bool holds, const char* what) {
      if (!holds) throw base::Error(path.string() + ": '" + key + "' must be " + what);
    };
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
      throw base::Error(path.string() + ": " + base::UnknownName("key", key, keys).what());
    if (key == "clutter") {
      expect(value.is_boolean(), "true or false");
      description.clutter = value;
    } else if (key == "size_m") {
      expect(value.is_number() && value > 0 && value < 100, "a number of metres above 0 and below 100");
      description.size_m = value;
    } else {
      expect(value.is_string(), "text");
      const std::string text = value;
      if (key == "up") {
        expect(text == "y" || text == "z", "\"y\" or \"z\"");
        description.up = text == "z" ? envs::UpAxis::kZ : envs::UpAxis::kY;
      } else {
        (key == "category" ? description.category : key == "source" ? description.source
         : key == "licence" ? description.licence : description.parts) = text;
      }
    }
  }
  if (description.licence.empty()) description.licence = kLicenceNotStated;
  return description;
}

// The mesh files of the folder and of folders named as the model in them; none that is some model's parts.
std::vector<fs::path> MeshFilesIn(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file() && envs::IsMeshFile(entry.path()) && !IsPartsFile(entry.path()))
      found.push_back(entry.path());
    if (!entry.is_directory() || entry.path().filename().string().starts_with(".")) continue;
    for (const auto& inner : fs::directory_iterator(entry.path()))
      if (inner.is_regular_file() && envs::IsMeshFile(inner.path()) && Stem(inner.path()) == entry.path().filename())
        found.push_back(inner.path());
  }
  std::sort(found.begin(), found.end());
  std::set<fs::path> parts;
  for (const fs::path& path : found)
    if (const fs::path named = path.parent_path() / DescriptionOf(path).parts; named != path) parts.insert(named);
  std::erase_if(found, [&](const fs::path& path) { return parts.contains(path); });
  return found;
}

// By name.
std::map<std::string, fs::path> FindMeshes(const fs::path& folder) {
  if (!fs::is_directory(folder)) throw base::Error("the folder of models '" + folder.string() + "' is not there");
  std::map<std::string, fs::path> meshes;
  for (const fs::path& path : MeshFilesIn(folder)) {
    const auto [found, is_new] = meshes.try_emplace(Stem(path), path);
    if (!is_new)
      throw base::Error("two models are named '" + Stem(path) + "': " + found->second.string() + " and " +
                        path.string());
  }
  if (meshes.empty())
    throw base::Error("the folder '" + folder.string() + "' holds no model: .glb, .gltf or .obj files, or folders with "
                      "one of their own name in them");
  if (meshes.size() > kMostModels)
    throw base::Error("the folder '" + folder.string() + "' holds more than " + std::to_string(kMostModels) + " models");
  return meshes;
}

void CheckName(const std::string& name, const fs::path& path) {
  const bool is_plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '-';
  });
  if (!is_plain)
    throw base::Error("model '" + path.string() +
                      "': a model's name has letters, digits, '_' and '-' only: rename the file");
  std::set<std::string> taken = {"cloth_square", "core", "full", "flex", "primitives", "None"};
  for (const std::string& primitive : envs::PrimitiveNames()) taken.insert(primitive);
  for (const PropInfo& prop : Props()) taken.insert(prop.name);
  if (taken.contains(name))
    throw base::Error("model '" + path.string() + "': '" + name + "' is the name of a built-in shape: rename the file");
}

// Takes the points of the mesh's frame to the shape's: bottom centre at the origin, largest side 1.
struct Fit {
  Vector3f origin;
  float factor = 1;
  float largest_side = 1;

  explicit Fit(const envs::Mesh& mesh) {
    Eigen::AlignedBox3f box;
    for (const Vector3f& vertex : mesh.vertices) box.extend(vertex);
    largest_side = box.sizes().maxCoeff();
    factor = 1 / largest_side;
    origin = box.center();
    origin.z() = box.min().z();
  }
  Vector3f operator()(const Vector3f& p) const { return (p - origin) * factor; }
};

envs::ConvexPart PartOf(const std::vector<Vector3f>& corners, const Fit& fit) {
  envs::ConvexPart part;
  for (const Vector3f& corner : envs::OutermostPoints(corners, kPartCorners)) part.vertices.push_back(fit(corner));
  return part;
}

void AddLevels(envs::Shape& shape) {
  for (const float cells : kLevelCells) {
    if (shape.lods.back().triangles.size() < kFewTriangles) return;
    envs::Mesh coarse = envs::MergeVertices(shape.lods.front(), 1 / cells);
    const size_t before = shape.lods.back().triangles.size();
    const bool saves_much = !coarse.triangles.empty() && coarse.triangles.size() * 3 < before * 2;
    if (saves_much) shape.lods.push_back(std::move(coarse));
  }
}

// Where a model's parts stand or would stand.
fs::path PartsPath(const fs::path& path, const std::string& name, const Description& description) {
  if (description.parts.empty()) return path.parent_path() / (name + ".parts.obj");
  const fs::path parts_path = path.parent_path() / description.parts;
  if (fs::path(description.parts).has_parent_path() || !fs::exists(parts_path))
    throw base::Error(DescriptionPath(path).string() + ": 'parts' names '" + description.parts +
                      "', which is no file beside the model");
  return parts_path;
}

// Parts from their own file, which shares the model's frame; else one hull around everything.
void AddParts(const envs::MeshFile& mesh, const fs::path& parts_path, const Description& description, const Fit& fit,
              Model& model, std::vector<fs::path>& files) {
  if (fs::exists(parts_path)) {
    const envs::MeshFile parts = envs::ReadMeshFile(parts_path, description.up);
    if (parts.pieces.size() > kMostParts)
      throw base::Error(parts_path.string() + ": " + std::to_string(parts.pieces.size()) + " parts, at most " +
                        std::to_string(kMostParts) + " are taken");
    for (const auto& piece : parts.pieces) {
      model.shape.parts.push_back(PartOf(piece, fit));
      if (model.shape.parts.back().vertices.empty())
        throw base::Error(parts_path.string() + ": part " + std::to_string(model.shape.parts.size()) +
                          " is flat; a part is a solid");
    }
    model.has_parts = true;
    files.insert(files.end(), parts.files.begin(), parts.files.end());
    return;
  }
  model.shape.parts = {PartOf(mesh.mesh.vertices, fit)};
  if (model.shape.parts.front().vertices.empty())
    throw base::Error("model '" + files.front().string() + "': is flat, so it has no volume to collide with");
}

// The name of a file of the model, from the folder of all models.
std::string NameWithin(const fs::path& folder, const fs::path& file) {
  const fs::path followed = fs::weakly_canonical(file).lexically_relative(fs::weakly_canonical(folder));
  return (*followed.begin() == ".." ? file.lexically_relative(folder) : followed).generic_string();
}

Model ReadModel(const fs::path& folder, const std::string& name, const fs::path& path) {
  CheckName(name, path);
  std::vector<fs::path> files = {path};
  const Description description = DescriptionOf(path);
  if (fs::exists(DescriptionPath(path))) files.push_back(DescriptionPath(path));
  const envs::MeshFile mesh = envs::ReadMeshFile(path, description.up);
  files.insert(files.end(), mesh.files.begin() + 1, mesh.files.end());

  const Fit fit(mesh.mesh);
  Model model;
  model.name = name;
  model.category = description.category;
  model.licence = description.licence;
  model.source = description.source;
  model.clutter = description.clutter;
  model.size_m = description.size_m.value_or(fit.largest_side);
  model.pictures = mesh.pictures;
  model.shape.name = name;
  model.shape.picture_uvs = true;
  for (const envs::MeshMaterial& material : mesh.materials) {
    model.shape.material_slots.push_back(material.name);
    model.appearance.push_back({.color = material.color, .picture = material.picture});
  }
  envs::Mesh surface = mesh.mesh;
  for (Vector3f& vertex : surface.vertices) vertex = fit(vertex);
  model.shape.lods = {std::move(surface)};
  AddLevels(model.shape);

  AddParts(mesh, PartsPath(path, name, description), description, fit, model, files);
  model.shape.kind = envs::ShapeKind::kCompound;
  envs::FillMassProperties(model.shape);
  Eigen::AlignedBox3f box;
  for (const Vector3f& vertex : model.shape.lods.front().vertices) box.extend(vertex);
  model.shape.low = box.min().cast<double>(), model.shape.high = box.max().cast<double>();

  for (const fs::path& file : files) model.files[NameWithin(folder, file)] = base::Sha256OfFile(file);
  return model;
}

}  // namespace

Models ReadModels(const fs::path& folder) {
  Models models;
  for (const auto& [name, path] : FindMeshes(folder)) models.push_back(ReadModel(folder, name, path));
  return models;
}

const Models& NoModels() {
  static const Models none;
  return none;
}

const Model* FindModel(const Models& models, const std::string& name) {
  for (const Model& model : models)
    if (model.name == name) return &model;
  return nullptr;
}

std::map<std::string, std::string> FilesOf(const Models& models) {
  std::map<std::string, std::string> files;
  for (const Model& model : models) files.insert(model.files.begin(), model.files.end());
  return files;
}

std::string FileDifference(const std::map<std::string, std::string>& then,
                           const std::map<std::string, std::string>& now) {
  for (const auto& [name, hash] : then) {
    const auto found = now.find(name);
    if (found == now.end()) return name + " is missing";
    if (found->second != hash) return name + " has changed";
  }
  for (const auto& [name, hash] : now)
    if (!then.contains(name)) return name + " is new";
  return "";
}

Json ModelRecord(const Model& model) {
  return {{"name", model.name}, {"licence", model.licence}, {"source", model.source}, {"files", model.files}};
}

base::Table ModelsTable(const Models& models) {
  base::Table table;
  table.columns = {"model", "category", "size m",   "triangles", "levels",
                   "pictures", "parts", "may move", "licence",   "SHA-256"};
  for (const Model& model : models) {
    const base::Vec3 size = model.size_yup() * model.size_m;
    char text[64];
    std::snprintf(text, sizeof text, "%.3g x %.3g x %.3g", size.x(), size.y(), size.z());
    std::string first_hash;
    for (const auto& [name, hash] : model.files)
      if (fs::path(name).stem() == model.name && envs::IsMeshFile(name)) first_hash = hash.substr(0, 12);
    table.rows.push_back({model.name, model.category.empty() ? "any" : model.category, std::string(text),
                          static_cast<int>(model.shape.lods.front().triangles.size()),
                          static_cast<int>(model.shape.lods.size()), static_cast<int>(model.pictures.size()),
                          model.has_parts ? static_cast<int>(model.shape.parts.size()) : 0,
                          std::string(model.has_parts ? "yes" : "no"), model.licence, first_hash});
  }
  table.notes.push_back(
      "size: width x height x depth; without parts a model is clutter that stands fast (--make-parts)");
  return table;
}

Json ModelsJson(const Models& models) {
  Json list = Json::array();
  for (const Model& model : models) {
    const base::Vec3 size = model.size_yup() * model.size_m;
    Json json = ModelRecord(model);
    json["category"] = model.category;
    json["size_m"] = {size.x(), size.y(), size.z()};
    json["triangles"] = model.shape.lods.front().triangles.size();
    json["pictures"] = model.pictures.size();
    json["parts"] = model.has_parts ? model.shape.parts.size() : 0;
    json["clutter"] = model.clutter;
    list.push_back(json);
  }
  return list;
}

namespace {

// The hulls as an OBJ file, one object a part, in the frame of the model's file: turning to ours and back is the same.
std::string PartsText(const std::vector<std::vector<Vector3f>>& parts, envs::UpAxis up, const std::string& name) {
  std::string text = "# convex parts of " + name + ", made by figment physion models --make-parts\n";
  size_t first = 1;
  for (size_t p = 0; p < parts.size(); ++p) {
    const envs::Hull hull = envs::ConvexHull(parts[p]);
    text += "o part_" + std::to_string(p + 1) + "\n";
    char line[96];
    for (const base::Vec3& corner : hull.vertices) {
      const Vector3f v = envs::Turned(corner.cast<float>(), up);
      std::snprintf(line, sizeof line, "v %.9g %.9g %.9g\n", static_cast<double>(v.x()), static_cast<double>(v.y()),
                    static_cast<double>(v.z()));
      text += line;
    }
    for (const std::vector<int>& face : hull.faces) {
      text += "f";
      for (const int corner : face) text += " " + std::to_string(first + static_cast<size_t>(corner));
      text += "\n";
    }
    first += hull.vertices.size();
  }
  return text;
}

}  // namespace

std::vector<fs::path> MakeParts(const fs::path& folder, int most_parts) {
  ReadModels(folder);  // all is well before the first file is written
  std::vector<fs::path> made;
  for (const auto& [name, path] : FindMeshes(folder)) {
    const Description description = DescriptionOf(path);
    const fs::path parts_path = PartsPath(path, name, description);
    if (fs::exists(parts_path)) continue;
    const auto parts = envs::ConvexPartsOf(envs::ReadMeshFile(path, description.up).mesh, most_parts);
    files::WriteFileAtomically(parts_path, PartsText(parts, description.up, path.filename().string()));
    made.push_back(parts_path);
  }
  return made;
}

}  // namespace figment::physion
