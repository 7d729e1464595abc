// What the readers of single formats hand to ReadMeshFile: triangles with all their corners written out, in the file's
// frame. Private to envs/.
#pragma once

#include <map>

#include "envs/mesh_file.h"

namespace figment::envs {

struct SoupCorner {
  Eigen::Vector3f position, normal = Eigen::Vector3f::Zero();  // normal zero: not given
  Eigen::Vector2f uv = Eigen::Vector2f::Zero();                // v down
};

struct SoupTriangle {
  std::array<SoupCorner, 3> corners;
  uint16_t material = 0;
  int object = 0;
};

struct MeshSoup {
  std::vector<SoupTriangle> triangles;
  std::vector<MeshMaterial> materials;
  std::vector<Picture> pictures;
  int objects = 0;                  // named objects or groups that have triangles
};

// The files of one model: everything is read through it, and nothing outside of the model's folder.
class ModelFiles {
 public:
  explicit ModelFiles(const std::filesystem::path& model);

  const std::filesystem::path& model() const { return files_.front(); }
  const std::vector<std::filesystem::path>& files() const { return files_; }

  // The bytes of the model, or of a file that it names.
  std::string Read();
  std::string ReadNamed(const std::string& name, const std::string& what);
  // Throws base::Error that names the model.
  [[noreturn]] void Fail(const std::string& problem) const;

 private:
  std::filesystem::path folder_;
  std::vector<std::filesystem::path> files_;
};

// A PNG or JPEG picture, reduced to kMeshPictureSide. `name` for errors.
Picture DecodeMeshPicture(const ModelFiles& files, std::string_view bytes, const std::string& name);

MeshSoup ReadObj(ModelFiles& files);
MeshSoup ReadGltf(ModelFiles& files);

inline constexpr size_t kMostTriangles = 500'000, kMostMaterials = 64;

}  // namespace figment::envs
