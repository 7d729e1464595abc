#include "envs/mesh_file.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <numeric>
#include <unordered_map>

#include <Eigen/Eigenvalues>

#include "base/error.h"
#include "envs/mesh_soup.h"
#include "files/atomic.h"
#include "files/jpeg.h"
#include "files/png.h"

namespace figment::envs {
namespace {

namespace fs = std::filesystem;
using Eigen::Vector3f;

constexpr uintmax_t kMostBytes = 256u << 20;           // of one file
constexpr int kLargestPictureSide = 16384;             // before it is reduced
constexpr float kSmoothCosine = 0.766f;                // facets that meet at less than 40 degrees look round
constexpr float kFlat = 1e-3f;                         // thinner than this share of its size: no solid

// Corners at the same place, but for rounding, count as one: the number of each corner's place, in order of appearance.
struct Welded {
  std::vector<std::array<int, 3>> triangles;
  int places = 0;
};

uint64_t HashOf(const void* data, size_t bytes) {
  uint64_t hash = 1469598103934665603u;  // FNV-1a
  for (size_t i = 0; i < bytes; ++i) hash = (hash ^ static_cast<const uint8_t*>(data)[i]) * 1099511628211u;
  return hash;
}

template <size_t N>
struct FloatsHash {
  size_t operator()(const std::array<float, N>& key) const { return HashOf(key.data(), sizeof key); }
};
template <size_t N>
using Numbering = std::unordered_map<std::array<float, N>, int, FloatsHash<N>>;

Welded Weld(const std::vector<SoupTriangle>& triangles) {
  constexpr float kSamePlace = 1.0f / (1 << 16);  // of the largest coordinate
  float largest = 0;
  for (const SoupTriangle& triangle : triangles)
    for (const SoupCorner& corner : triangle.corners)
      largest = std::max(largest, corner.position.cwiseAbs().maxCoeff());
  Welded welded;
  Numbering<3> number_of;
  for (const SoupTriangle& triangle : triangles) {
    std::array<int, 3> places;
    for (size_t k = 0; k < 3; ++k) {
      const Vector3f scaled = triangle.corners[k].position / (largest * kSamePlace);
      const Vector3f p = scaled.array().round().matrix() + Vector3f::Zero();  // -0 becomes 0
      places[k] = number_of.try_emplace({p.x(), p.y(), p.z()}, static_cast<int>(number_of.size())).first->second;
    }
    welded.triangles.push_back(places);
  }
  welded.places = static_cast<int>(number_of.size());
  return welded;
}

Vector3f AreaNormal(const SoupTriangle& t) {
  const Vector3f& a = t.corners[0].position;
  return (t.corners[1].position - a).cross(t.corners[2].position - a);
}

void RemoveSlivers(std::vector<SoupTriangle>& triangles) {
  std::erase_if(triangles, [](const SoupTriangle& t) { return !(AreaNormal(t).squaredNorm() > 0); });
}

void CheckNumbers(const ModelFiles& files, const std::vector<SoupTriangle>& triangles) {
  constexpr float kFarthest = 1e6f;  // beyond it floats no longer hold a millimetre
  for (const SoupTriangle& triangle : triangles)
    for (const SoupCorner& corner : triangle.corners) {
      if (!corner.position.allFinite()) files.Fail("has a vertex that is not finite (NaN or infinite)");
      if (corner.position.cwiseAbs().maxCoeff() > kFarthest)
        files.Fail("has a vertex more than 1e6 from its origin");
      if (!corner.normal.allFinite()) files.Fail("has a normal that is not finite");
      if (!(corner.uv.cwiseAbs().maxCoeff() <= kFarthest))
        files.Fail("has a texture coordinate that is not finite or beyond 1e6");
    }
}

// The connected component of each triangle, numbered in order of appearance.
std::vector<int> ComponentsOf(const Welded& welded) {
  std::vector<int> root(static_cast<size_t>(welded.places));
  std::iota(root.begin(), root.end(), 0);
  const auto find = [&](int i) {
    while (root[static_cast<size_t>(i)] != i)
      i = root[static_cast<size_t>(i)] = root[static_cast<size_t>(root[static_cast<size_t>(i)])];
    return i;
  };
  for (const auto& [a, b, c] : welded.triangles) {
    root[static_cast<size_t>(find(b))] = find(a);
    root[static_cast<size_t>(find(c))] = find(a);
  }
  std::vector<int> components;
  std::map<int, int> number_of;
  for (const auto& triangle : welded.triangles)
    components.push_back(number_of.try_emplace(find(triangle[0]), static_cast<int>(number_of.size())).first->second);
  return components;
}

// Smooth over neighbours that meet at a small angle, weighted by area; only where the file gives none.
void FillNormals(const Welded& welded, std::vector<SoupTriangle>& triangles) {
  std::vector<std::vector<uint32_t>> around(static_cast<size_t>(welded.places));
  for (size_t t = 0; t < triangles.size(); ++t)
    for (const int place : welded.triangles[t]) around[static_cast<size_t>(place)].push_back(static_cast<uint32_t>(t));
  std::vector<Vector3f> areas;
  for (const SoupTriangle& triangle : triangles) areas.push_back(AreaNormal(triangle));
  for (size_t t = 0; t < triangles.size(); ++t)
    for (size_t k = 0; k < 3; ++k) {
      Vector3f& normal = triangles[t].corners[k].normal;
      if (normal.squaredNorm() > 0) {
        normal.normalize();
        continue;
      }
      const Vector3f own = areas[t].normalized();
      for (const uint32_t other : around[static_cast<size_t>(welded.triangles[t][k])])
        if (own.dot(areas[other].normalized()) > kSmoothCosine) normal += areas[other];
      normal = normal.squaredNorm() > 0 ? Vector3f(normal.normalized()) : own;
    }
}

void Flip(SoupTriangle& triangle) {
  std::swap(triangle.corners[1], triangle.corners[2]);
  for (SoupCorner& corner : triangle.corners) corner.normal = -corner.normal;
}

// Closed components look outwards; the others get a back.
void FaceOutwards(const Welded& welded, std::vector<SoupTriangle>& triangles) {
  const std::vector<int> components = ComponentsOf(welded);
  const size_t count = static_cast<size_t>(*std::max_element(components.begin(), components.end())) + 1;
  // Closed: each edge is passed once in each direction.
  const auto edge = [](int from, int to) { return static_cast<uint64_t>(from) << 32 | static_cast<uint32_t>(to); };
  std::unordered_map<uint64_t, int> passes;
  for (const auto& triangle : welded.triangles)
    for (size_t k = 0; k < 3; ++k) ++passes[edge(triangle[k], triangle[(k + 1) % 3])];
  std::vector<bool> closed(count, true);
  std::vector<double> volume(count, 0.0);
  for (size_t t = 0; t < triangles.size(); ++t) {
    const auto component = static_cast<size_t>(components[t]);
    const auto& corners = welded.triangles[t];
    for (size_t k = 0; k < 3; ++k) {
      const auto back = passes.find(edge(corners[(k + 1) % 3], corners[k]));
      if (back == passes.end() || back->second != passes.at(edge(corners[k], corners[(k + 1) % 3])))
        closed[component] = false;
    }
    const auto p = [&](size_t k) { return base::Vec3(triangles[t].corners[k].position.cast<double>()); };
    volume[component] += p(0).dot(p(1).cross(p(2)));
  }
  for (size_t t = 0, n = triangles.size(); t < n; ++t) {
    const auto component = static_cast<size_t>(components[t]);
    if (closed[component] && volume[component] < 0) Flip(triangles[t]);
    if (closed[component]) continue;
    SoupTriangle back = triangles[t];
    Flip(back);
    triangles.push_back(back);
  }
}

Mesh MeshOf(const std::vector<SoupTriangle>& triangles) {
  Mesh mesh;
  Numbering<8> number_of;
  for (const SoupTriangle& triangle : triangles) {
    std::array<uint32_t, 3> corners;
    for (size_t k = 0; k < 3; ++k) {
      const SoupCorner& c = triangle.corners[k];
      const std::array<float, 8> key = {c.position.x(), c.position.y(), c.position.z(), c.normal.x(),
                                        c.normal.y(),   c.normal.z(),   c.uv.x(),       c.uv.y()};
      const auto [found, is_new] = number_of.try_emplace(key, static_cast<int>(mesh.vertices.size()));
      corners[k] = static_cast<uint32_t>(found->second);
      if (!is_new) continue;
      mesh.vertices.push_back(c.position);
      mesh.normals.push_back(c.normal);
      mesh.uvs.push_back(c.uv);
    }
    mesh.triangles.push_back(corners);
    mesh.materials.push_back(triangle.material);
  }
  return mesh;
}

// Materials that no triangle has, and their pictures, are left out.
void KeepUsed(MeshSoup& soup) {
  std::vector<int> new_material(soup.materials.size(), -1), new_picture(soup.pictures.size(), -1);
  std::vector<MeshMaterial> materials;
  std::vector<Picture> pictures;
  for (SoupTriangle& triangle : soup.triangles) {
    int& number = new_material[triangle.material];
    if (number < 0) {
      number = static_cast<int>(materials.size());
      materials.push_back(soup.materials[triangle.material]);
      if (int& picture = materials.back().picture; picture >= 0) {
        int& moved = new_picture[static_cast<size_t>(picture)];
        if (moved < 0) {
          moved = static_cast<int>(pictures.size());
          pictures.push_back(std::move(soup.pictures[static_cast<size_t>(picture)]));
        }
        picture = moved;
      }
    }
    triangle.material = static_cast<uint16_t>(number);
  }
  soup.materials = std::move(materials);
  soup.pictures = std::move(pictures);
}

std::vector<std::vector<Vector3f>> PiecesOf(const MeshSoup& soup, const Welded& welded) {
  std::map<int, int> objects;
  for (const SoupTriangle& triangle : soup.triangles)
    objects.try_emplace(triangle.object, static_cast<int>(objects.size()));
  const std::vector<int> components = objects.size() > 1 ? std::vector<int>{} : ComponentsOf(welded);
  std::vector<std::vector<Vector3f>> pieces;
  std::vector<std::map<int, bool>> taken;
  for (size_t t = 0; t < soup.triangles.size(); ++t) {
    const auto piece = static_cast<size_t>(components.empty() ? objects.at(soup.triangles[t].object) : components[t]);
    if (pieces.size() <= piece) pieces.resize(piece + 1), taken.resize(piece + 1);
    for (size_t k = 0; k < 3; ++k)
      if (taken[piece].try_emplace(welded.triangles[t][k], true).second)
        pieces[piece].push_back(soup.triangles[t].corners[k].position);
  }
  return pieces;
}

std::string Lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// The mean over the texels that each new texel covers.
Picture Reduced(const Picture& picture, int width, int height) {
  Picture small{width, height, std::vector<uint8_t>(static_cast<size_t>(width) * static_cast<size_t>(height) * 3)};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const int x0 = x * picture.width / width, x1 = std::max(x0 + 1, (x + 1) * picture.width / width);
      const int y0 = y * picture.height / height, y1 = std::max(y0 + 1, (y + 1) * picture.height / height);
      const uint64_t texels = static_cast<uint64_t>(x1 - x0) * static_cast<uint64_t>(y1 - y0);
      for (size_t channel = 0; channel < 3; ++channel) {
        uint64_t sum = 0;
        for (int v = y0; v < y1; ++v)
          for (int u = x0; u < x1; ++u)
            sum += picture.rgb[3 * static_cast<size_t>(v * picture.width + u) + channel];
        small.rgb[3 * static_cast<size_t>(y * width + x) + channel] = static_cast<uint8_t>((sum + texels / 2) / texels);
      }
    }
  return small;
}

Picture RgbOf(const files::PngPicture& png) {
  Picture picture{png.width, png.height, {}};
  const size_t texels = static_cast<size_t>(png.width) * static_cast<size_t>(png.height);
  const auto step = static_cast<size_t>(files::BytesPerPixel(png.format));
  const bool is_color = png.format == files::PngFormat::kRgb8 || png.format == files::PngFormat::kRgba8;
  const size_t high = png.format == files::PngFormat::kGray16 ? 1 : 0;  // 16-bit values lie low byte first
  picture.rgb.reserve(3 * texels);
  for (size_t i = 0; i < texels; ++i)
    for (size_t channel = 0; channel < 3; ++channel)
      picture.rgb.push_back(png.pixels[i * step + (is_color ? channel : high)]);
  return picture;
}

// Thickness of the points in their thinnest direction, against their size.
bool IsFlat(const std::vector<Vector3f>& points) {
  if (points.size() < 4) return true;
  base::Vec3 mean = base::Vec3::Zero();
  for (const Vector3f& p : points) mean += p.cast<double>();
  mean /= static_cast<double>(points.size());
  Eigen::Matrix3d spread = Eigen::Matrix3d::Zero();
  for (const Vector3f& p : points) spread += (p.cast<double>() - mean) * (p.cast<double>() - mean).transpose();
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> axes(spread);
  const base::Vec3 thin = axes.eigenvectors().col(0);
  double low = INFINITY, high = -INFINITY, radius = 0;
  for (const Vector3f& p : points) {
    low = std::min(low, thin.dot(p.cast<double>()));
    high = std::max(high, thin.dot(p.cast<double>()));
    radius = std::max(radius, (p.cast<double>() - mean).norm());
  }
  return high - low < 2 * radius * static_cast<double>(kFlat);
}

}  // namespace

Vector3f Turned(const Vector3f& v, UpAxis up) {
  return up == UpAxis::kY ? Vector3f(-v.x(), v.z(), v.y()) : Vector3f(-v.x(), -v.y(), v.z());
}

ModelFiles::ModelFiles(const fs::path& model)
    : folder_(fs::weakly_canonical(model.has_parent_path() ? model.parent_path() : ".")), files_{model} {}

void ModelFiles::Fail(const std::string& problem) const {
  throw base::Error("model '" + files_.front().string() + "': " + problem);
}

std::string ModelFiles::Read() {
  std::error_code failure;
  const uintmax_t size = fs::file_size(files_.front(), failure);
  if (failure) Fail(failure.message());
  if (size > kMostBytes) Fail("is larger than " + std::to_string(kMostBytes >> 20) + " MB");
  return files::ReadFile(files_.front());
}

std::string ModelFiles::ReadNamed(const std::string& name, const std::string& what) {
  std::string forward = name;
  std::replace(forward.begin(), forward.end(), '\\', '/');  // as some programs on Windows write it
  if (name.empty()) Fail("names a " + what + " without a name");
  if (forward.find("://") != std::string::npos || fs::path(forward).is_absolute() ||
      (forward.size() > 1 && forward[1] == ':'))
    Fail("names the " + what + " '" + name + "'; only names within the model's own folder are read");
  // Links are followed before the check.
  const fs::path path = fs::weakly_canonical(folder_ / forward);
  const auto [end, unused] = std::mismatch(folder_.begin(), folder_.end(), path.begin(), path.end());
  if (end != folder_.end()) Fail("names the " + what + " '" + name + "', which is outside of the model's folder");
  std::error_code failure;
  if (!fs::is_regular_file(path, failure)) Fail("the " + what + " '" + name + "' is not there");
  if (fs::file_size(path) > kMostBytes)
    Fail("the " + what + " '" + name + "' is larger than " + std::to_string(kMostBytes >> 20) + " MB");
  if (std::find(files_.begin(), files_.end(), path) == files_.end()) files_.push_back(path);
  return files::ReadFile(path);
}

Picture DecodeMeshPicture(const ModelFiles& files, std::string_view bytes, const std::string& name) {
  const std::span<const uint8_t> data(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  const std::string source = files.model().string() + ": picture '" + name + "'";
  const bool is_png = bytes.starts_with("\x89PNG"), is_jpeg = bytes.starts_with("\xFF\xD8");
  if (!is_png && !is_jpeg) files.Fail("picture '" + name + "' is neither PNG nor JPEG; convert it to one of these");
  Picture picture;
  if (is_png) {
    picture = RgbOf(files::DecodePng(data, source, kLargestPictureSide));
  } else {
    files::RgbPicture jpeg = files::DecodeJpeg(data, source, kLargestPictureSide);
    picture = {jpeg.width, jpeg.height, std::move(jpeg.pixels)};
  }
  const int width = std::min(picture.width, kMeshPictureSide), height = std::min(picture.height, kMeshPictureSide);
  return width == picture.width && height == picture.height ? picture : Reduced(picture, width, height);
}

bool IsMeshFile(const fs::path& path) {
  const std::string ending = Lower(path.extension().string());
  return ending == ".obj" || ending == ".gltf" || ending == ".glb";
}

MeshFile ReadMeshFile(const fs::path& path, UpAxis up) {
  ModelFiles files(path);
  const std::string ending = Lower(path.extension().string());
  if (!IsMeshFile(path))
    files.Fail(base::UnknownName("kind of file", ending, std::vector<std::string>{".obj", ".gltf", ".glb"}).what());
  MeshSoup soup = ending == ".obj" ? ReadObj(files) : ReadGltf(files);
  CheckNumbers(files, soup.triangles);
  RemoveSlivers(soup.triangles);
  if (soup.triangles.empty()) files.Fail("has no faces");
  for (SoupTriangle& triangle : soup.triangles)
    for (SoupCorner& corner : triangle.corners) {
      corner.position = Turned(corner.position, up);
      corner.normal = Turned(corner.normal, up);
    }
  const Welded welded = Weld(soup.triangles);
  MeshFile result;
  result.pieces = PiecesOf(soup, welded);
  FillNormals(welded, soup.triangles);
  FaceOutwards(welded, soup.triangles);
  KeepUsed(soup);
  result.mesh = MeshOf(soup.triangles);
  result.materials = std::move(soup.materials);
  result.pictures = std::move(soup.pictures);
  result.files = files.files();
  return result;
}

Mesh MergeVertices(const Mesh& mesh, float cell) {
  // Of each cell the first vertex stands for all; those of another material, facing elsewhere or from another part of
  // the picture stay apart.
  constexpr float kPictureParts = 4;
  std::map<std::array<int64_t, 7>, uint32_t> kept;
  std::vector<uint16_t> material(mesh.vertices.size(), 0);
  for (size_t t = 0; t < mesh.triangles.size() && !mesh.materials.empty(); ++t)
    for (const uint32_t corner : mesh.triangles[t]) material[corner] = mesh.materials[t];
  Mesh coarse;
  std::vector<uint32_t> renamed;
  for (size_t v = 0; v < mesh.vertices.size(); ++v) {
    const Vector3f& p = mesh.vertices[v];
    const Vector3f& n = mesh.normals[v];
    Eigen::Index axis;
    n.cwiseAbs().maxCoeff(&axis);
    const auto at = [](float x) { return static_cast<int64_t>(std::floor(x)); };
    const std::array<int64_t, 7> key = {at(p.x() / cell), at(p.y() / cell), at(p.z() / cell),
                                    static_cast<int>(axis) * 2 + (n[axis] > 0), material[v],
                                    at(mesh.uvs[v].x() * kPictureParts), at(mesh.uvs[v].y() * kPictureParts)};
    const auto [found, is_new] = kept.try_emplace(key, static_cast<uint32_t>(coarse.vertices.size()));
    renamed.push_back(found->second);
    if (!is_new) continue;
    coarse.vertices.push_back(p);
    coarse.normals.push_back(n);
    coarse.uvs.push_back(mesh.uvs[v]);
  }
  for (size_t t = 0; t < mesh.triangles.size(); ++t) {
    const auto& [a, b, c] = mesh.triangles[t];
    const std::array<uint32_t, 3> triangle = {renamed[a], renamed[b], renamed[c]};
    if (triangle[0] == triangle[1] || triangle[1] == triangle[2] || triangle[2] == triangle[0]) continue;
    coarse.triangles.push_back(triangle);
    if (!mesh.materials.empty()) coarse.materials.push_back(mesh.materials[t]);
  }
  return coarse;
}

std::vector<Vector3f> OutermostPoints(const std::vector<Vector3f>& points, int count) {
  if (IsFlat(points)) return {};
  std::vector<bool> kept(points.size(), points.size() <= static_cast<size_t>(count));
  for (int i = 0; i < count && points.size() > static_cast<size_t>(count); ++i) {
    // The axes first, so that the box stays; then evenly over the sphere (Fibonacci sphere).
    Vector3f direction;
    if (i < 6) {
      direction = (i % 2 ? 1.0f : -1.0f) * Vector3f::Unit(i / 2);
    } else {
      const double z = 1 - (2 * (i - 6) + 1.0) / (count - 6), r = std::sqrt(1 - z * z);
      const double angle = (i - 6) * 2.399963229728653;  // golden angle
      direction = base::Vec3(r * std::cos(angle), r * std::sin(angle), z).cast<float>();
    }
    size_t best = 0;
    for (size_t p = 1; p < points.size(); ++p)
      if (points[p].dot(direction) > points[best].dot(direction)) best = p;
    kept[best] = true;
  }
  std::vector<Vector3f> outermost;
  for (size_t p = 0; p < points.size(); ++p)
    if (kept[p]) outermost.push_back(points[p]);
  return IsFlat(outermost) ? std::vector<Vector3f>{} : outermost;
}

}  // namespace figment::envs
