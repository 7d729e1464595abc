// glTF 2.0, as .gltf with its buffers and pictures beside it or inside, and as .glb (Khronos, "glTF 2.0 Specification").
// Read are the triangles of the default scene with their places, normals, texture coordinates and base colours.
#include <bit>
#include <cmath>
#include <cstring>
#include <set>

#include <nlohmann/json.hpp>

#include "envs/mesh_soup.h"

namespace figment::envs {
namespace {

using Eigen::Matrix4d;
using Eigen::Vector2f;
using Eigen::Vector3f;
using Json = nlohmann::json;

static_assert(std::endian::native == std::endian::little);  // glTF's numbers are read as they lie

// Component types of accessors and modes of primitives, from the specification.
constexpr int kInt8 = 5120, kUint8 = 5121, kInt16 = 5122, kUint16 = 5123, kUint32 = 5125, kFloat = 5126;
constexpr int kTriangles = 4, kStrip = 5, kFan = 6;
constexpr int kDeepestNode = 64, kMostNodes = 100'000;

// Required extensions that change nothing of what is read here.
const std::set<std::string> kHarmless = {"KHR_mesh_quantization", "KHR_materials_unlit", "KHR_materials_specular",
                                         "KHR_materials_ior", "KHR_materials_emissive_strength"};

uint32_t Word(std::string_view bytes, size_t at) {
  uint32_t word = 0;
  std::memcpy(&word, bytes.data() + at, sizeof word);
  return word;
}

// Linear light to sRGB (IEC 61966-2-1).
float Srgb(double linear) {
  linear = std::clamp(linear, 0.0, 1.0);
  return static_cast<float>(linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055);
}

class GltfReader {
 public:
  explicit GltfReader(ModelFiles& files) : files_(files) {}

  MeshSoup Read() {
    try {
      ReadContainer();
      CheckVersion();
      ReadBuffers();
      ReadMaterials();
      for (const size_t node : Roots()) AddNode(node, Matrix4d::Identity(), 0);
    } catch (const Json::exception& error) {
      files_.Fail(std::string("is not as glTF 2.0 has it: ") + error.what());
    }
    return std::move(soup_);
  }

 private:
  // --- The file: JSON, or a container with JSON and one buffer.

  void ReadContainer() {
    text_ = files_.Read();
    if (!text_.starts_with("glTF")) {
      Parse(text_);
      return;
    }
    constexpr size_t kHeader = 12, kChunkHeader = 8;
    constexpr uint32_t kJsonChunk = 0x4E4F534A, kBinaryChunk = 0x004E4942;
    if (text_.size() < kHeader + kChunkHeader || Word(text_, 8) > text_.size())
      files_.Fail("is truncated: " + std::to_string(text_.size()) + " bytes" +
                  (text_.size() < kHeader ? "" : " of the " + std::to_string(Word(text_, 8)) + " it says it has"));
    for (size_t at = kHeader; at + kChunkHeader <= Word(text_, 8);) {
      const size_t size = Word(text_, at), type = Word(text_, at + 4), begin = at + kChunkHeader;
      if (size > text_.size() - begin) files_.Fail("is truncated: a chunk reaches beyond the end of the file");
      const std::string_view chunk(text_.data() + begin, size);
      if (at == kHeader && type != kJsonChunk) files_.Fail("does not begin with its JSON chunk");
      if (at == kHeader) Parse(chunk);
      else if (type == kBinaryChunk && binary_.empty()) binary_ = chunk;
      at = begin + size;
    }
  }

  void Parse(std::string_view json) {
    json_ = Json::parse(json, nullptr, /*allow_exceptions=*/false);
    if (!json_.is_object()) files_.Fail("is no JSON, so no glTF");
  }

  void CheckVersion() const {
    const std::string version = json_.at("asset").at("version");
    if (!version.starts_with("2.")) files_.Fail("is glTF " + version + "; glTF 2.0 is read: export it again");
    for (const std::string extension : json_.value("extensionsRequired", Json::array()))
      if (!kHarmless.contains(extension))
        files_.Fail("needs the extension " + extension + ", which is not read; export without it (uncompressed)");
  }

  // "data:...;base64,..." or the name of a file.
  std::string ReadUri(const std::string& uri, const std::string& what) {
    if (!uri.starts_with("data:")) return files_.ReadNamed(WithoutEscapes(uri), what);
    const size_t comma = uri.find(";base64,");
    if (comma == std::string::npos) files_.Fail("a " + what + " inside the file is not in base64");
    return FromBase64(std::string_view(uri).substr(comma + 8), what);
  }

  std::string FromBase64(std::string_view text, const std::string& what) const {
    std::string bytes;
    uint32_t bits = 0;
    int count = 0;
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    for (const char c : text) {
      static constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
      const size_t digit = kDigits.find(c);
      if (digit == std::string_view::npos) files_.Fail("a " + what + " inside the file is no valid base64");
      bits = bits << 6 | static_cast<uint32_t>(digit), count += 6;
      if (count >= 8) count -= 8, bytes.push_back(static_cast<char>(bits >> count & 255));
    }
    return bytes;
  }

  // %20 to a blank, and so on.
  static std::string WithoutEscapes(const std::string& uri) {
    std::string name;
    for (size_t i = 0; i < uri.size(); ++i) {
      const auto is_digit = [&](size_t k) { return k < uri.size() && std::isxdigit(static_cast<unsigned char>(uri[k])); };
      const bool escaped = uri[i] == '%' && is_digit(i + 1) && is_digit(i + 2);
      if (!escaped) name.push_back(uri[i]);
      else name.push_back(static_cast<char>(std::stoi(uri.substr(i + 1, 2), nullptr, 16))), i += 2;
    }
    return name;
  }

  void ReadBuffers() {
    for (const Json& buffer : List("buffers")) {
      const size_t size = buffer.at("byteLength");
      std::string& bytes = buffers_.emplace_back();
      if (buffer.contains("uri")) bytes = ReadUri(buffer.at("uri"), "buffer");
      else bytes = std::string(binary_);
      if (bytes.size() < size)
        files_.Fail("a buffer has " + std::to_string(bytes.size()) + " bytes of the " + std::to_string(size) +
                    " it should have");
    }
  }

  const Json& List(const char* name) const { return json_.contains(name) ? json_.at(name) : kNone; }

  const Json& Item(const char* list, size_t index) const {
    const Json& items = List(list);
    if (index >= items.size())
      files_.Fail("names number " + std::to_string(index) + " of '" + list + "', and there are " +
                  std::to_string(items.size()));
    return items.at(index);
  }

  std::string_view View(size_t index) const {
    const Json& view = Item("bufferViews", index);
    const size_t buffer = view.at("buffer"), offset = view.value("byteOffset", size_t{0}), size = view.at("byteLength");
    if (buffer >= buffers_.size()) files_.Fail("names a buffer that is not there");
    if (offset > buffers_[buffer].size() || size > buffers_[buffer].size() - offset)
      files_.Fail("a buffer view reaches beyond the end of its buffer");
    return std::string_view(buffers_[buffer]).substr(offset, size);
  }

  // --- Materials.

  void ReadMaterials() {
    const Json& materials = List("materials");
    if (materials.size() > kMostMaterials)
      files_.Fail("more than " + std::to_string(kMostMaterials) + " materials");
    for (const Json& material : materials) {
      MeshMaterial& out = soup_.materials.emplace_back();
      const Json& surface = material.contains("pbrMetallicRoughness") ? material.at("pbrMetallicRoughness") : kNone;
      out.name = material.value("name", "");
      if (out.name.empty()) out.name = "material " + std::to_string(soup_.materials.size());
      const std::vector<double> factor = surface.value("baseColorFactor", std::vector<double>{1, 1, 1, 1});
      if (factor.size() < 3) files_.Fail("material '" + out.name + "' has a base colour of less than three numbers");
      out.color = Rgb(Srgb(factor[0]), Srgb(factor[1]), Srgb(factor[2]));
      uv_set_.push_back(0);
      if (!surface.contains("baseColorTexture")) continue;
      uv_set_.back() = surface.at("baseColorTexture").value("texCoord", 0);
      const Json& texture = Item("textures", surface.at("baseColorTexture").at("index"));
      if (!texture.contains("source"))
        files_.Fail("material '" + out.name + "' has a picture that is neither PNG nor JPEG; export it as one of these");
      out.picture = PictureOf(texture.at("source"));
    }
    default_material_ = soup_.materials.size();
    soup_.materials.push_back({.name = "default", .color = Rgb::Ones()});  // as the specification has it
    uv_set_.push_back(0);
  }

  int PictureOf(size_t image) {
    const auto [found, is_new] = pictures_.try_emplace(image, static_cast<int>(soup_.pictures.size()));
    if (!is_new) return found->second;
    const Json& json = Item("images", image);
    const std::string name = json.value("name", "picture " + std::to_string(image));
    if (json.contains("bufferView")) {
      soup_.pictures.push_back(DecodeMeshPicture(files_, View(json.at("bufferView")), name));
    } else {
      const std::string uri = json.at("uri");
      soup_.pictures.push_back(
          DecodeMeshPicture(files_, ReadUri(uri, "picture"), uri.starts_with("data:") ? name : uri));
    }
    return found->second;
  }

  // --- Geometry.

  std::vector<size_t> Roots() const {
    if (!List("scenes").empty()) {
      const Json& scene = Item("scenes", json_.value("scene", size_t{0}));
      return scene.value("nodes", std::vector<size_t>{});
    }
    std::set<size_t> roots;  // no scene: every node that is nobody's child
    const Json& nodes = List("nodes");
    for (size_t i = 0; i < nodes.size(); ++i) roots.insert(i);
    for (const Json& node : nodes)
      for (const size_t child : node.value("children", std::vector<size_t>{})) roots.erase(child);
    return {roots.begin(), roots.end()};
  }

  // As many as there are in `otherwise`.
  std::vector<double> NumbersOf(const Json& node, const char* key, const std::vector<double>& otherwise) const {
    const std::vector<double> given = node.value(key, otherwise);
    if (given.size() != otherwise.size())
      files_.Fail("the " + std::string(key) + " of a node has " + std::to_string(given.size()) + " numbers, expected " +
                  std::to_string(otherwise.size()));
    return given;
  }

  Matrix4d LocalTransform(const Json& node) const {
    if (node.contains("matrix")) {
      const std::vector<double> numbers = NumbersOf(node, "matrix", std::vector<double>(16));
      return Eigen::Map<const Matrix4d>(numbers.data());  // column by column, as in Eigen
    }
    const std::vector<double> t = NumbersOf(node, "translation", {0, 0, 0}),
                              r = NumbersOf(node, "rotation", {0, 0, 0, 1}), s = NumbersOf(node, "scale", {1, 1, 1});
    Matrix4d X = Matrix4d::Identity();
    X.topLeftCorner<3, 3>() = base::Quat(r[3], r[0], r[1], r[2]).normalized().toRotationMatrix() *
                              base::Vec3(s[0], s[1], s[2]).asDiagonal();
    X.topRightCorner<3, 1>() = base::Vec3(t[0], t[1], t[2]);
    return X;
  }

  void AddNode(size_t index, const Matrix4d& parent, int depth) {
    if (depth > kDeepestNode) files_.Fail("its nodes are nested more than " + std::to_string(kDeepestNode) + " deep");
    if (++nodes_visited_ > kMostNodes) files_.Fail("more than " + std::to_string(kMostNodes) + " nodes");
    const Json& node = Item("nodes", index);
    const Matrix4d X = parent * LocalTransform(node);
    if (node.contains("mesh")) {
      ++soup_.objects;
      for (const Json& primitive : Item("meshes", node.at("mesh")).at("primitives")) AddPrimitive(primitive, X);
    }
    for (const size_t child : node.value("children", std::vector<size_t>{})) AddNode(child, X, depth + 1);
  }

  void AddPrimitive(const Json& primitive, const Matrix4d& X) {
    const int mode = primitive.value("mode", kTriangles);
    if (mode != kTriangles && mode != kStrip && mode != kFan) return;  // points and lines have no surface
    const size_t material = primitive.value("material", default_material_);
    if (material >= soup_.materials.size()) files_.Fail("a mesh names a material that is not there");
    const Json& attributes = primitive.at("attributes");
    const auto positions = Floats<3>(attributes.at("POSITION"));
    const std::string uv_name = "TEXCOORD_" + std::to_string(uv_set_[material]);
    const auto normals = attributes.contains("NORMAL") ? Floats<3>(attributes.at("NORMAL")) : decltype(positions){};
    const auto uvs = attributes.contains(uv_name) ? Floats<2>(attributes.at(uv_name)) : std::vector<Vector2f>{};
    if ((!normals.empty() && normals.size() != positions.size()) || (!uvs.empty() && uvs.size() != positions.size()))
      files_.Fail("a mesh has normals or texture coordinates for another number of vertices than it has");

    const Eigen::Matrix3d linear = X.topLeftCorner<3, 3>();
    const Eigen::Matrix3d cofactors = linear.determinant() * linear.inverse().transpose();
    if (!cofactors.allFinite() || linear.determinant() == 0) files_.Fail("a node flattens its mesh (scale 0)");
    const bool mirrored = linear.determinant() < 0;
    const auto corner = [&](uint32_t vertex) {
      if (vertex >= positions.size())
        files_.Fail("a triangle names vertex " + std::to_string(vertex) + ", and the mesh has " +
                    std::to_string(positions.size()));
      SoupCorner out;
      out.position = (linear * positions[vertex].cast<double>() + X.topRightCorner<3, 1>()).cast<float>();
      if (!normals.empty()) {
        const base::Vec3 normal = cofactors * normals[vertex].cast<double>() * (mirrored ? -1 : 1);
        if (normal.norm() > 0) out.normal = normal.normalized().cast<float>();
      }
      if (!uvs.empty()) out.uv = uvs[vertex];
      return out;
    };
    const std::vector<uint32_t> order =
        primitive.contains("indices") ? Indices(primitive.at("indices")) : Counting(positions.size());
    for (const auto& [a, b, c] : TrianglesOf(order, mode)) {
      if (soup_.triangles.size() == kMostTriangles)
        files_.Fail("more than " + std::to_string(kMostTriangles) + " triangles; simplify the model");
      SoupTriangle triangle{{corner(a), corner(b), corner(c)}, static_cast<uint16_t>(material), soup_.objects};
      if (mirrored) std::swap(triangle.corners[1], triangle.corners[2]);
      soup_.triangles.push_back(triangle);
    }
  }

  static std::vector<uint32_t> Counting(size_t count) {
    std::vector<uint32_t> order(count);
    for (size_t i = 0; i < count; ++i) order[i] = static_cast<uint32_t>(i);
    return order;
  }

  static std::vector<std::array<uint32_t, 3>> TrianglesOf(const std::vector<uint32_t>& order, int mode) {
    std::vector<std::array<uint32_t, 3>> triangles;
    const size_t step = mode == kTriangles ? 3 : 1;
    for (size_t i = 0; i + 2 < order.size(); i += step) {
      if (mode == kFan) triangles.push_back({order[0], order[i + 1], order[i + 2]});
      else if (mode == kStrip && i % 2 == 1) triangles.push_back({order[i + 1], order[i], order[i + 2]});
      else triangles.push_back({order[i], order[i + 1], order[i + 2]});
    }
    return triangles;
  }

  // --- Accessors.

  struct Accessor {
    std::string_view bytes;
    size_t count = 0, stride = 0;
    int type = 0;
    bool normalized = false;
  };

  static size_t BytesOf(int type) {
    switch (type) {
      case kInt8: case kUint8: return 1;
      case kInt16: case kUint16: return 2;
      case kUint32: case kFloat: return 4;
      default: return 0;
    }
  }

  Accessor Open(size_t index, const std::string& shape, size_t components) const {
    const Json& json = Item("accessors", index);
    if (json.contains("sparse") || !json.contains("bufferView"))
      files_.Fail("has sparse arrays, which are not read; export without them");
    if (json.at("type") != shape) files_.Fail("an array is of " + json.at("type").dump() + ", expected " + shape);
    Accessor accessor{.bytes = View(json.at("bufferView")), .count = json.at("count"), .type = json.at("componentType"),
                      .normalized = json.value("normalized", false)};
    const size_t offset = json.value("byteOffset", size_t{0}), element = components * BytesOf(accessor.type);
    if (element == 0) files_.Fail("an array has the unknown component type " + std::to_string(accessor.type));
    accessor.stride = Item("bufferViews", json.at("bufferView")).value("byteStride", element);
    if (accessor.stride == 0) accessor.stride = element;
    const size_t size = accessor.bytes.size();
    if (accessor.count == 0) files_.Fail("an array is empty");
    if (accessor.count > 3 * kMostTriangles)
      files_.Fail("an array has more elements than " + std::to_string(kMostTriangles) + " triangles have corners; " +
                  "simplify the model");
    if (offset > size || element > size - offset || (accessor.count - 1) > (size - offset - element) / accessor.stride)
      files_.Fail("an array reaches beyond the end of its buffer view");
    accessor.bytes.remove_prefix(offset);
    return accessor;
  }

  // One component as a float; whole numbers count as shares of their range if normalized (3.6.2.2).
  static float Component(const Accessor& accessor, size_t at) {
    const char* from = accessor.bytes.data() + at;
    const auto read = [&]<class T>(T value) {
      std::memcpy(&value, from, sizeof value);
      const float most = accessor.normalized ? static_cast<float>(std::numeric_limits<T>::max()) : 1.0f;
      return std::max(static_cast<float>(value) / most, accessor.normalized ? -1.0f : -INFINITY);
    };
    switch (accessor.type) {
      case kFloat: {
        float value = 0;
        std::memcpy(&value, from, sizeof value);
        return value;
      }
      case kUint8: return read(uint8_t{});
      case kUint16: return read(uint16_t{});
      case kInt8: return read(int8_t{});
      case kInt16: return read(int16_t{});
      default: return read(uint32_t{});
    }
  }

  template <int N>
  std::vector<Eigen::Matrix<float, N, 1>> Floats(size_t index) const {
    const Accessor accessor = Open(index, "VEC" + std::to_string(N), N);
    std::vector<Eigen::Matrix<float, N, 1>> values(accessor.count);
    for (size_t i = 0; i < accessor.count; ++i)
      for (size_t k = 0; k < N; ++k)
        values[i][static_cast<int>(k)] = Component(accessor, i * accessor.stride + k * BytesOf(accessor.type));
    return values;
  }

  std::vector<uint32_t> Indices(size_t index) const {
    const Accessor accessor = Open(index, "SCALAR", 1);
    if (accessor.type != kUint8 && accessor.type != kUint16 && accessor.type != kUint32)
      files_.Fail("the corners of its triangles are not given by whole numbers");
    std::vector<uint32_t> values(accessor.count);
    for (size_t i = 0; i < accessor.count; ++i)
      std::memcpy(&values[i], accessor.bytes.data() + i * accessor.stride, BytesOf(accessor.type));
    return values;
  }

  inline static const Json kNone = Json::object();

  ModelFiles& files_;
  MeshSoup soup_;
  std::string text_;
  Json json_;
  std::string_view binary_;
  std::vector<std::string> buffers_;
  std::map<size_t, int> pictures_;
  std::vector<int> uv_set_;         // by material
  size_t default_material_ = 0;
  int nodes_visited_ = 0;
};

}  // namespace

MeshSoup ReadGltf(ModelFiles& files) { return GltfReader(files).Read(); }

}  // namespace figment::envs
