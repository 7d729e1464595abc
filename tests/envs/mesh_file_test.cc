#include "envs/mesh_file.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

#include "base/error.h"
#include "envs/convex_parts.h"
#include "files/atomic.h"
#include "files/jpeg.h"
#include "files/png.h"
#include "files/temporary_folder.h"

namespace figment::envs {
namespace {

namespace fs = std::filesystem;
using Eigen::Vector2f;
using Eigen::Vector3f;

// A folder with the files of a test's model.
class Folder {
 public:
  fs::path Write(const std::string& name, std::string_view text) const {
    fs::create_directories((folder_.path() / name).parent_path());
    std::ofstream(folder_.path() / name, std::ios::binary) << text;
    return folder_.path() / name;
  }
  fs::path path() const { return folder_.path(); }

 private:
  files::TemporaryFolder folder_{"figment-mesh-test"};
};

// 2 x 1: a red texel left, a blue one right.
std::string RedBluePng() {
  const std::vector<uint8_t> pixels = {255, 0, 0, 0, 0, 255};
  std::vector<uint8_t> png;
  files::PngEncoder().Encode({files::PngFormat::kRgb8, 2, 1, pixels.data()}, files::PngFilter::kNone, &png);
  return {png.begin(), png.end()};
}

constexpr char kTetrahedron[] =
    "v 0 0 0\nv 1 0 0\nv 0 2 0\nv 0 0 3\n"
    "f 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n";

// What reading the file says, or "" if it is read.
std::string ErrorOf(const fs::path& path) {
  try {
    ReadMeshFile(path);
    return "";
  } catch (const base::Error& error) {
    return error.what();
  }
}

void ExpectError(const fs::path& path, const std::vector<std::string>& words) {
  const std::string error = ErrorOf(path);
  EXPECT_NE(error.find(path.filename().string()), std::string::npos) << error;
  for (const std::string& word : words) EXPECT_NE(error.find(word), std::string::npos) << error << "\nlacks: " << word;
}

double VolumeOf(const Mesh& mesh) {
  double volume = 0;
  for (const auto& [a, b, c] : mesh.triangles)
    volume += static_cast<double>(mesh.vertices[a].dot(mesh.vertices[b].cross(mesh.vertices[c]))) / 6;
  return volume;
}

Eigen::AlignedBox3f BoxOf(const Mesh& mesh) {
  Eigen::AlignedBox3f box;
  for (const Vector3f& v : mesh.vertices) box.extend(v);
  return box;
}

TEST(MeshFile, ObjIsTurnedToOurFrame) {
  const Folder folder;
  const MeshFile file = ReadMeshFile(folder.Write("t.obj", kTetrahedron));
  // The file's x 1, y (up) 2, z (front) 3 are our -x, z and y.
  EXPECT_EQ(BoxOf(file.mesh).min(), Vector3f(-1, 0, 0));
  EXPECT_EQ(BoxOf(file.mesh).max(), Vector3f(0, 3, 2));
  EXPECT_NEAR(VolumeOf(file.mesh), 1, 1e-6);  // 1 * 2 * 3 / 6, outwards
  const MeshFile z_up = ReadMeshFile(folder.path() / "t.obj", UpAxis::kZ);
  EXPECT_EQ(BoxOf(z_up.mesh).min(), Vector3f(-1, -2, 0));
  EXPECT_EQ(BoxOf(z_up.mesh).max(), Vector3f(0, 0, 3));
  EXPECT_NEAR(VolumeOf(z_up.mesh), 1, 1e-6);
  EXPECT_EQ(file.files, std::vector<fs::path>{folder.path() / "t.obj"});
}

TEST(MeshFile, AMeshThatIsInsideOutIsTurnedAndAnOpenOneGetsABack) {
  const Folder folder;
  const MeshFile inside_out = ReadMeshFile(
      folder.Write("i.obj", "v 0 0 0\nv 1 0 0\nv 0 2 0\nv 0 0 3\nf 1 2 3\nf 1 4 2\nf 1 3 4\nf 2 4 3\n"));
  EXPECT_NEAR(VolumeOf(inside_out.mesh), 1, 1e-6);
  const MeshFile open = ReadMeshFile(folder.Write("o.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"));
  ASSERT_EQ(open.mesh.triangles.size(), 2u);
  EXPECT_EQ(open.mesh.normals[open.mesh.triangles[0][0]], -open.mesh.normals[open.mesh.triangles[1][0]]);
}

TEST(MeshFile, MissingNormalsAreSmoothAcrossSmallAnglesOnly) {
  const Folder folder;
  // Two facets that meet at 20 degrees, and one at right angles to the first.
  const MeshFile file = ReadMeshFile(folder.Write(
      "n.obj", "v 0 0 0\nv 0 0 1\nv -1 0 0\nv .9397 .342 0\nv 0 -1 0\nf 1 3 2\nf 1 2 4\nf 1 2 5\n"));
  const Mesh& mesh = file.mesh;
  const Vector3f up(0, 0, 1);  // of the level facet
  const Vector3f& shared = mesh.normals[mesh.triangles[0][0]];
  EXPECT_NEAR(shared.dot(up), std::cos(10 * 3.14159265 / 180), 1e-3);
  EXPECT_NEAR(std::abs(mesh.normals[mesh.triangles[2][0]].dot(up)), 0, 1e-3);
}

TEST(MeshFile, MaterialsAndPicturesOfObj) {
  const Folder folder;
  folder.Write("pictures/red blue.png", RedBluePng());
  folder.Write("m.mtl", "newmtl plain\nKd 0 .5 1\nnewmtl painted\nmap_Kd pictures\\red blue.png\nnewmtl unused\nKd 1 1 1\n");
  const MeshFile file = ReadMeshFile(folder.Write(
      "m.obj", std::string("mtllib m.mtl\nvt 0.25 0.25\nusemtl painted\n") + "v 0 0 0\nv 1 0 0\nv 0 2 0\nv 0 0 3\n" +
                   "f 1/1 3/1 2/1\nusemtl plain\nf 1 2 4\nf 1 4 3\nf 2 3 4\n"));
  ASSERT_EQ(file.materials.size(), 2u);
  EXPECT_EQ(file.materials[0].name, "painted");
  EXPECT_EQ(file.materials[0].picture, 0);
  EXPECT_EQ(file.materials[1].color, Rgb(0, .5f, 1));
  EXPECT_EQ(file.materials[1].picture, -1);
  ASSERT_EQ(file.pictures.size(), 1u);
  EXPECT_EQ(file.pictures[0].rgb, (std::vector<uint8_t>{255, 0, 0, 0, 0, 255}));
  EXPECT_EQ(file.mesh.uvs[file.mesh.triangles[0][0]], Vector2f(.25f, .75f));  // v down
  EXPECT_EQ(file.mesh.materials, (std::vector<uint16_t>{0, 1, 1, 1}));
  EXPECT_EQ(file.files.size(), 3u);  // the model, its materials, the picture
}

TEST(MeshFile, PiecesAreNamedObjectsOrElseComponents) {
  const Folder folder;
  const std::string second = "v 5 0 0\nv 6 0 0\nv 5 2 0\nv 5 0 3\nf 5 7 6\nf 5 6 8\nf 5 8 7\nf 6 7 8\n";
  EXPECT_EQ(ReadMeshFile(folder.Write("c.obj", kTetrahedron + second)).pieces.size(), 2u);
  EXPECT_EQ(ReadMeshFile(folder.Write("o.obj", "o a\n" + (kTetrahedron + second))).pieces.size(), 2u);
  // Two names for one component, one name for two.
  EXPECT_EQ(ReadMeshFile(folder.Write("n.obj", "o a\nv 0 0 0\nv 1 0 0\nv 0 2 0\nv 0 0 3\nf 1 3 2\nf 1 2 4\no b\nf 1 4 3\n"
                                               "f 2 3 4\n")).pieces.size(), 2u);
}

TEST(MeshFile, LargePicturesAreReduced) {
  const Folder folder;
  std::vector<uint8_t> pixels(3 * 2048 * 2, 90), jpeg;
  files::JpegEncoder().Encode(pixels.data(), 2048, 2, &jpeg);
  folder.Write("p.jpg", {reinterpret_cast<const char*>(jpeg.data()), jpeg.size()});
  folder.Write("m.mtl", "newmtl a\nmap_Kd -s 1 1 1 p.jpg\n");
  const MeshFile file = ReadMeshFile(folder.Write("m.obj", std::string("mtllib m.mtl\nusemtl a\n") + kTetrahedron));
  EXPECT_EQ(file.pictures[0].width, 1024);
  EXPECT_EQ(file.pictures[0].height, 2);
  EXPECT_NEAR(file.pictures[0].rgb[0], 90, 2);
}

TEST(MeshFile, BadObjFiles) {
  const Folder folder;
  const std::string face = "f 1 2 3\n", triangle = "v 0 0 0\nv 1 0 0\nv 0 1 0\n";
  ExpectError(folder.Write("nan.obj", "v 0 0 nan\nv 1 0 0\nv 0 1 0\n" + face), {"line 1", "finite"});
  ExpectError(folder.Write("inf.obj", "v 0 0 0\nv 1e999 0 0\nv 0 1 0\n" + face), {"line 2", "finite"});
  ExpectError(folder.Write("word.obj", "v 0 0 x\n" + face), {"line 1", "'x'"});
  ExpectError(folder.Write("short.obj", "v 0 0\n" + face), {"line 1", "three"});
  ExpectError(folder.Write("range.obj", triangle + "f 1 2 4\n"), {"line 4", "vertex 4", "3"});
  ExpectError(folder.Write("zero.obj", triangle + "f 0 1 2\n"), {"line 4"});
  ExpectError(folder.Write("back.obj", triangle + "f -1 -2 -4\n"), {"line 4", "-4"});
  ExpectError(folder.Write("two.obj", triangle + "f 1 2\n"), {"line 4", "three"});
  ExpectError(folder.Write("empty.obj", ""), {"no faces"});
  ExpectError(folder.Write("points.obj", triangle), {"no faces"});
  ExpectError(folder.Write("line.obj", "v 0 0 0\nv 1 0 0\nv 2 0 0\n" + face), {"no faces"});
  ExpectError(folder.Write("lib.obj", "mtllib gone.mtl\n" + triangle + face), {"gone.mtl", "not there"});
  ExpectError(folder.Write("model.fbx", "x"), {".fbx", ".obj"});
  ExpectError(folder.path() / "nowhere.obj", {"No such file"});
}

TEST(MeshFile, WildTextureCoordinatesAndHugePicturesAreErrors) {
  const Folder folder;
  ExpectError(folder.Write("uv.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 1e30 0\nf 1/1 2/1 3/1\n"), {"texture coordinate"});
  std::vector<uint8_t> pixels(3 * 16385), jpeg;
  files::JpegEncoder().Encode(pixels.data(), 16385, 1, &jpeg);
  folder.Write("wide.jpg", {reinterpret_cast<const char*>(jpeg.data()), jpeg.size()});
  folder.Write("m.mtl", "newmtl a\nmap_Kd wide.jpg\n");
  ExpectError(folder.Write("m.obj", std::string("mtllib m.mtl\nusemtl a\n") + kTetrahedron), {"wide.jpg", "16384"});
}

TEST(MeshFile, NothingOutsideOfTheFolderIsRead) {
  const Folder folder;
  folder.Write("secret.mtl", "newmtl a\n");
  const std::string mesh = kTetrahedron;
  ExpectError(folder.Write("in/up.obj", "mtllib ../secret.mtl\n" + mesh), {"../secret.mtl", "outside"});
  ExpectError(folder.Write("in/root.obj", "mtllib /etc/passwd\n" + mesh), {"/etc/passwd", "folder"});
  ExpectError(folder.Write("in/drive.obj", "mtllib C:\\a.mtl\n" + mesh), {"C:\\a.mtl"});
  fs::create_symlink("../secret.mtl", folder.path() / "in" / "link.mtl");
  ExpectError(folder.Write("in/link.obj", "mtllib link.mtl\n" + mesh), {"link.mtl", "outside"});
  folder.Write("in/own.mtl", "newmtl a\nmap_Kd ../p.png\n");
  ExpectError(folder.Write("in/picture.obj", "mtllib own.mtl\n" + mesh), {"../p.png", "outside"});
  folder.Write("in/gone.mtl", "newmtl a\nmap_Kd gone.png\n");
  ExpectError(folder.Write("in/gone.obj", "mtllib gone.mtl\n" + mesh), {"gone.png", "not there"});
  folder.Write("in/notes.png", "these are no pixels");
  folder.Write("in/bad.mtl", "newmtl a\nmap_Kd notes.png\n");
  ExpectError(folder.Write("in/bad.obj", "mtllib bad.mtl\n" + mesh), {"notes.png", "PNG nor JPEG"});
}

// --- glTF

// Three vertices and their texture coordinates as they lie in a buffer: 36 + 24 bytes, then indices 0 1 2 as bytes.
std::string Buffer() {
  const float numbers[] = {0, 0, 0, 1, 0, 0, 0, 2, 0, /* uv */ .25f, .75f, .25f, .75f, .25f, .75f};
  std::string bytes(sizeof numbers, '\0');
  std::memcpy(bytes.data(), numbers, sizeof numbers);
  return bytes + std::string("\0\1\2\0", 4);
}

// A triangle; `%` stand for what a test changes: node, texture source, index count, buffer.
std::string Gltf(const std::string& node, const std::string& image, int indices, const std::string& buffer) {
  return R"({"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [)" + node + R"(],
    "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "indices": 2, "material": 0}]}],
    "materials": [{"name": "skin", "pbrMetallicRoughness": {"baseColorFactor": [1, 0.2140411, 0, 1],
                   "baseColorTexture": {"index": 0}}}],
    "textures": [{"source": 0}], "images": [)" + image + R"(],
    "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"},
                  {"bufferView": 1, "componentType": 5126, "count": 3, "type": "VEC2"},
                  {"bufferView": 2, "componentType": 5121, "count": )" + std::to_string(indices) + R"(, "type": "SCALAR"}],
    "bufferViews": [{"buffer": 0, "byteLength": 36}, {"buffer": 0, "byteOffset": 36, "byteLength": 24},
                    {"buffer": 0, "byteOffset": 60, "byteLength": 3}],
    "buffers": [)" + buffer + "]}";
}

constexpr char kNode[] = R"({"mesh": 0})", kImage[] = R"({"uri": "p.png"})",
               kBuffer[] = R"({"uri": "b.bin", "byteLength": 64})";

std::string Glb(std::string json, const std::string& binary) {
  while (json.size() % 4) json += ' ';
  const auto word = [](size_t value) {
    const auto number = static_cast<uint32_t>(value);
    return std::string(reinterpret_cast<const char*>(&number), 4);
  };
  return "glTF" + word(2) + word(28 + json.size() + binary.size()) + word(json.size()) + "JSON" + json +
         word(binary.size()) + std::string("BIN\0", 4) + binary;
}

TEST(MeshFile, GltfWithBufferAndPictureBeside) {
  const Folder folder;
  folder.Write("b.bin", Buffer());
  folder.Write("p.png", RedBluePng());
  const MeshFile file = ReadMeshFile(folder.Write("t.gltf", Gltf(kNode, kImage, 3, kBuffer)));
  EXPECT_EQ(BoxOf(file.mesh).min(), Vector3f(-1, 0, 0));
  EXPECT_EQ(BoxOf(file.mesh).max(), Vector3f(0, 0, 2));
  EXPECT_EQ(file.mesh.uvs[0], Vector2f(.25f, .75f));
  ASSERT_EQ(file.materials.size(), 1u);
  EXPECT_EQ(file.materials[0].name, "skin");
  EXPECT_NEAR(file.materials[0].color.y(), .5, 1e-3);  // linear .214 is sRGB .5
  EXPECT_EQ(file.pictures[0].rgb, (std::vector<uint8_t>{255, 0, 0, 0, 0, 255}));
  EXPECT_EQ(file.files.size(), 3u);
}

TEST(MeshFile, GlbIsTheSameInOneFile) {
  const Folder folder;
  folder.Write("b.bin", Buffer());
  folder.Write("p.png", RedBluePng());
  const MeshFile beside = ReadMeshFile(folder.Write("t.gltf", Gltf(kNode, kImage, 3, kBuffer)));
  const MeshFile file = ReadMeshFile(folder.Write("t.glb", Glb(Gltf(kNode, kImage, 3, R"({"byteLength": 64})"), Buffer())));
  EXPECT_EQ(file.mesh.vertices, beside.mesh.vertices);
  EXPECT_EQ(file.mesh.normals, beside.mesh.normals);
  EXPECT_EQ(file.mesh.triangles, beside.mesh.triangles);
}

TEST(MeshFile, GltfNodesPlaceTheirMeshes) {
  const Folder folder;
  folder.Write("p.png", RedBluePng());
  // The buffer in base64, made by hand: 64 bytes.
  folder.Write("b.bin", Buffer());
  const std::string nodes = R"({"children": [1], "translation": [10, 0, 0]}, {"mesh": 0, "scale": [-2, 1, 1]})";
  const MeshFile file = ReadMeshFile(folder.Write("n.gltf", Gltf(nodes, kImage, 3, kBuffer)));
  EXPECT_EQ(BoxOf(file.mesh).min(), Vector3f(-10, 0, 0));  // x 8..10
  EXPECT_EQ(BoxOf(file.mesh).max(), Vector3f(-8, 0, 2));
  // The mirror turns the triangle's order round, so it still faces +z, which is our +y.
  EXPECT_NEAR(file.mesh.normals[file.mesh.triangles[0][0]].y(), 1, 1e-6);
}

TEST(MeshFile, BuffersInsideTheTextAreDecoded) {
  const Folder folder;
  folder.Write("p.png", RedBluePng());
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  const std::string bytes = Buffer() + std::string(2, '\0');  // a multiple of three
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const uint32_t bits = static_cast<uint32_t>(static_cast<uint8_t>(bytes[i])) << 16 |
                          static_cast<uint32_t>(static_cast<uint8_t>(bytes[i + 1])) << 8 | static_cast<uint8_t>(bytes[i + 2]);
    for (const int shift : {18, 12, 6, 0}) text += kDigits[bits >> shift & 63];
  }
  const std::string uri = R"({"uri": "data:application/octet-stream;base64,)" + text + R"(", "byteLength": 64})";
  const MeshFile file = ReadMeshFile(folder.Write("d.gltf", Gltf(kNode, kImage, 3, uri)));
  EXPECT_EQ(BoxOf(file.mesh).min(), Vector3f(-1, 0, 0));
}

TEST(MeshFile, BadGltfFiles) {
  const Folder folder;
  folder.Write("b.bin", Buffer());
  folder.Write("p.png", RedBluePng());
  const std::string good = Gltf(kNode, kImage, 3, kBuffer);
  ASSERT_EQ(ErrorOf(folder.Write("good.gltf", good)), "");
  const std::string glb = Glb(Gltf(kNode, kImage, 3, R"({"byteLength": 64})"), Buffer());
  for (const size_t size : {3u, 11u, 19u, 40u, 900u})
    ExpectError(folder.Write("cut.glb", std::string_view(glb).substr(0, size)), {});
  ExpectError(folder.Write("cut.glb", std::string_view(glb).substr(0, glb.size() - 8)), {"truncated"});
  ExpectError(folder.Write("text.gltf", "solid teapot"), {"JSON"});
  ExpectError(folder.Write("old.gltf", R"({"asset": {"version": "1.0"}})"), {"1.0", "2.0"});
  ExpectError(folder.Write("none.gltf", R"({"asset": {"version": "2.0"}})"), {"no faces"});
  ExpectError(folder.Write("type.gltf", R"({"asset": {"version": 2}})"), {"glTF 2.0"});
  ExpectError(folder.Write("long.gltf", Gltf(kNode, kImage, 4, kBuffer)), {"beyond the end"});
  ExpectError(folder.Write("node.gltf", Gltf(R"({"mesh": 7})", kImage, 3, kBuffer)), {"7", "meshes"});
  ExpectError(folder.Write("loop.gltf", Gltf(R"({"children": [0, 0]})", kImage, 3, kBuffer)), {"nested"});
  ExpectError(folder.Write("flat.gltf", Gltf(R"({"mesh": 0, "scale": [0, 1, 1]})", kImage, 3, kBuffer)), {"scale 0"});
  ExpectError(folder.Write("turn.gltf", Gltf(R"({"mesh": 0, "rotation": [0, 0, 1]})", kImage, 3, kBuffer)),
              {"rotation", "3 numbers, expected 4"});
  ExpectError(folder.Write("short.gltf", Gltf(kNode, kImage, 3, R"({"uri": "p.png", "byteLength": 6400})")), {"6400"});
  ExpectError(folder.Write("gone.gltf", Gltf(kNode, R"({"uri": "gone.png"})", 3, kBuffer)), {"gone.png"});
  ExpectError(folder.Write("up.gltf", Gltf(kNode, R"({"uri": "../p.png"})", 3, kBuffer)), {"../p.png", "outside"});
  ExpectError(folder.Write("web.gltf", Gltf(kNode, R"({"uri": "http://a.b/p.png"})", 3, kBuffer)), {"http://a.b/p.png"});
  ExpectError(folder.Write("esc.gltf", Gltf(kNode, R"({"uri": "%2e%2e/p.png"})", 3, kBuffer)), {"outside"});
  std::string draco = good;
  draco.insert(1, R"("extensionsRequired": ["KHR_draco_mesh_compression"], )");
  ExpectError(folder.Write("draco.gltf", draco), {"KHR_draco_mesh_compression"});
  std::string wild = Buffer();
  const float nan = NAN;
  std::memcpy(wild.data() + 12, &nan, sizeof nan);
  folder.Write("b.bin", wild);
  ExpectError(folder.Write("nan.gltf", good), {"not finite"});
  wild = Buffer();
  wild[62] = 9;
  folder.Write("b.bin", wild);
  ExpectError(folder.Write("range.gltf", good), {"vertex 9"});
}

// --- Made from meshes

TEST(ConvexParts, AnLNeedsTwoAndABoxOne) {
  Mesh box = BoxMesh({0, 0, 0}, {1, 1, 1});
  EXPECT_EQ(ConvexPartsOf(box, 16).size(), 1u);
  // An L of three unit cubes: 12 corners, extruded by 1.
  const Folder folder;
  const MeshFile file = ReadMeshFile(folder.Write(
      "l.obj", "v 0 0 0\nv 2 0 0\nv 2 1 0\nv 1 1 0\nv 1 2 0\nv 0 2 0\nv 0 0 1\nv 2 0 1\nv 2 1 1\nv 1 1 1\nv 1 2 1\nv 0 2 1\n"
               "f 4 3 2 1\nf 6 5 4 1\nf 7 8 9 10\nf 7 10 11 12\n"
               "f 1 2 8 7\nf 2 3 9 8\nf 3 4 10 9\nf 4 5 11 10\nf 5 6 12 11\nf 6 1 7 12\n"));
  EXPECT_NEAR(VolumeOf(file.mesh), 3, 1e-6);
  const auto parts = ConvexPartsOf(file.mesh, 16);
  EXPECT_GE(parts.size(), 2u);
  EXPECT_LE(parts.size(), 4u);
  for (const auto& part : parts)  // none reaches into the notch
    EXPECT_FALSE(std::any_of(part.begin(), part.end(), [](const Vector3f& p) { return p.x() < -1.01f && p.z() > 1.01f; }));
}

TEST(ConvexParts, TrianglesThatFormNoSurfaceGetOneHull) {
  // Every triangle between the corners of a box and a point aside: each edge joins seven.
  std::string text = "v 3 0 0\n";
  for (const char* corner : {"0 0 0", "1 0 0", "0 1 0", "1 1 0", "0 0 1", "1 0 1", "0 1 1", "1 1 1"})
    text += std::string("v ") + corner + "\n";
  for (int a = 1; a <= 9; ++a)
    for (int b = a + 1; b <= 9; ++b)
      for (int c = b + 1; c <= 9; ++c)
        text += "f " + std::to_string(a) + " " + std::to_string(b) + " " + std::to_string(c) + "\n";
  const Folder folder;
  EXPECT_EQ(ConvexPartsOf(ReadMeshFile(folder.Write("soup.obj", text)).mesh, 16).size(), 1u);
}

TEST(OutermostPoints, KeepTheBoxAndLeaveFlatThingsOut) {
  std::vector<Vector3f> ball;
  for (int i = 0; i < 2000; ++i) {
    const double z = 1 - (2 * i + 1.0) / 2000, r = std::sqrt(1 - z * z), a = i * 2.399963;
    ball.push_back(base::Vec3(r * std::cos(a), r * std::sin(a), z).cast<float>());
  }
  const auto few = OutermostPoints(ball, 64);
  EXPECT_LE(few.size(), 64u);
  EXPECT_GE(few.size(), 50u);
  const auto reach = [](const std::vector<Vector3f>& points) {
    float most = 0;
    for (const Vector3f& p : points) most = std::max(most, p.x());
    return most;
  };
  EXPECT_EQ(reach(few), reach(ball));
  EXPECT_TRUE(OutermostPoints({{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {1, 1, 0}, {.5f, .5f, 0}}, 64).empty());
}

TEST(MergeVertices, KeepsTheOutlineWithFewerTriangles) {
  Mesh sphere = MakePrimitive("sphere").lods.front();
  const Mesh coarse = MergeVertices(sphere, .1f);
  EXPECT_LT(coarse.triangles.size(), sphere.triangles.size() * 2 / 3);
  EXPECT_GT(VolumeOf(coarse), .8 * VolumeOf(sphere));
}

}  // namespace
}  // namespace figment::envs
