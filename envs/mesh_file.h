// Reads a 3D model: Wavefront OBJ (with its MTL), glTF 2.0 as .gltf or .glb.
//
// Out come plain triangles in the frame of envs/shapes.h. Both formats are right-handed and y up with the front along
// +z, as glTF 2.0 has it (3.4 Coordinate System) and OBJ files usually do: (x, y, z) of the file is (-x, z, y) here,
// which keeps up up and puts the front at +y, as of our props and as Unity imports such a model. A z-up OBJ (front along
// -y) gives (-x, -y, z). Lengths stay as they are; the origin stays where it is.
//
// Surfaces: missing normals are made, smooth where facets meet at less than 40 degrees. A piece (connected by its
// corners) that is closed but inside out is turned; one that is not closed gets its triangles from behind too, so that
// it can be seen from both sides. Colours: a base colour, or a base-colour picture, per material; transparency,
// animation, skins and all other maps are left out.
//
// A file is only read if all is well with it: every error is a base::Error that names the file (for OBJ the line) and
// the reason. A model reads nothing outside of its own folder.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "envs/scene.h"

namespace figment::envs {

struct MeshMaterial {
  std::string name;
  Rgb color = Rgb(0.7f, 0.7f, 0.7f);        // of the surface, or what the picture's colours are multiplied by
  int picture = -1;                         // index into MeshFile::pictures, or -1
};

struct MeshFile {
  Mesh mesh;                                // uvs: place in the picture, u right and v DOWN, 0..1, repeating
  std::vector<MeshMaterial> materials;      // at least one; Mesh::materials says which, a triangle each
  std::vector<Picture> pictures;            // decoded, at most kMeshPictureSide a side
  // Corners of each piece: of each object or group where the file names several, else of each connected component.
  std::vector<std::vector<Eigen::Vector3f>> pieces;
  std::vector<std::filesystem::path> files; // all that was read, the model itself first
};

enum class UpAxis { kY, kZ };

// Ours of a point or direction of the file, and back: it is its own inverse.
Eigen::Vector3f Turned(const Eigen::Vector3f& v, UpAxis up);

inline constexpr int kMeshPictureSide = 1024;

// The endings that ReadMeshFile reads: .obj, .gltf, .glb.
bool IsMeshFile(const std::filesystem::path& path);

// Throws base::Error.
MeshFile ReadMeshFile(const std::filesystem::path& path, UpAxis up = UpAxis::kY);

// --- Made from meshes

// Coarser by merging the vertices of each cell of a grid into one of them; `cell` in the mesh's unit.
Mesh MergeVertices(const Mesh& mesh, float cell);

// At most about `count` of the points: the outermost in evenly spread directions. Their hull lies inside the points'
// hull by little. Points that lie in a plane (thinner than a thousandth of their size) give an empty list.
std::vector<Eigen::Vector3f> OutermostPoints(const std::vector<Eigen::Vector3f>& points, int count);

}  // namespace figment::envs
