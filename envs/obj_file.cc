// Wavefront OBJ: v, vt, vn, f, o, g, usemtl, mtllib; of MTL: newmtl, Kd, map_Kd. Other lines say nothing that we draw.
// Format: "Advanced Visualizer Manual", Appendix B1 (Wavefront, 1993).
#include <charconv>
#include <cmath>
#include <optional>

#include "envs/mesh_soup.h"

namespace figment::envs {
namespace {

using Eigen::Vector2f;
using Eigen::Vector3f;

constexpr std::string_view kBlank = " \t\r";

// The words of one line, and where it stands.
class Line {
 public:
  Line(const ModelFiles& files, const std::string& file, int number, std::string_view text)
      : files_(files), file_(file), number_(number), rest_(text.substr(0, text.find('#'))) {}

  std::string_view Word() {
    const size_t begin = std::min(rest_.find_first_not_of(kBlank), rest_.size());
    const size_t end = std::min(rest_.find_first_of(kBlank, begin), rest_.size());
    const std::string_view word = rest_.substr(begin, end - begin);
    rest_.remove_prefix(end);
    return word;
  }

  // All that is left, as names with blanks in them need it.
  std::string Rest() const {
    const size_t begin = rest_.find_first_not_of(kBlank);
    if (begin == std::string_view::npos) return "";
    return std::string(rest_.substr(begin, rest_.find_last_not_of(kBlank) + 1 - begin));
  }

  float Number(std::string_view word, const char* what) const {
    float value = 0;
    if (!word.empty() && word.front() == '+') word.remove_prefix(1);
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error == std::errc::result_out_of_range && end == word.data() + word.size() && !word.empty())
      return std::abs(std::strtod(std::string(word).c_str(), nullptr)) < 1 ? 0.0f : Infinite(word, what);
    if (error != std::errc() || end != word.data() + word.size())
      Fail("'" + std::string(word) + "' is no number (" + what + ")");
    if (!std::isfinite(value)) return Infinite(word, what);
    return value;
  }

  template <int N>
  Eigen::Matrix<float, N, 1> Numbers(const char* what) {
    Eigen::Matrix<float, N, 1> values;
    for (int i = 0; i < N; ++i) values[i] = Number(Word(), what);
    return values;
  }

  [[noreturn]] void Fail(const std::string& problem) const {
    files_.Fail((file_.empty() ? "" : "'" + file_ + "' ") + "line " + std::to_string(number_) + ": " + problem);
  }

 private:
  float Infinite(std::string_view word, const char* what) const {
    Fail("'" + std::string(word) + "' is not a finite number (" + what + ")");
  }

  const ModelFiles& files_;
  const std::string& file_;
  int number_;
  std::string_view rest_;
};

// Calls `on_line` for each line, with continued lines joined.
template <class OnLine>
void ForEachLine(const ModelFiles& files, const std::string& file, const std::string& text, OnLine on_line) {
  int number = 0;
  std::string joined;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view piece(text.data() + begin, end - begin);
    begin = end + 1;
    ++number;
    if (!piece.empty() && piece.back() == '\r') piece.remove_suffix(1);
    if (!piece.empty() && piece.back() == '\\') {
      joined += std::string(piece.substr(0, piece.size() - 1)) + " ";
      continue;
    }
    joined += piece;
    on_line(Line(files, file, number, joined));
    joined.clear();
  }
  if (!joined.empty()) on_line(Line(files, file, number, joined));
}

class ObjReader {
 public:
  explicit ObjReader(ModelFiles& files) : files_(files) {}

  MeshSoup Read() {
    const std::string text = files_.Read();
    ForEachLine(files_, "", text, [this](Line line) { Take(line); });
    if (soup_.materials.empty()) soup_.materials.push_back({.name = "default"});
    return std::move(soup_);
  }

 private:
  struct Corner {
    size_t position = 0;
    std::optional<size_t> uv, normal;
  };

  void Take(Line& line) {
    const std::string_view keyword = line.Word();
    if (keyword == "v") positions_.push_back(line.Numbers<3>("a vertex has three"));
    else if (keyword == "vt") TakeUv(line);
    else if (keyword == "vn") normals_.push_back(line.Numbers<3>("a normal has three"));
    else if (keyword == "f") TakeFace(line);
    else if (keyword == "o" || keyword == "g") starts_object_ = true;
    else if (keyword == "usemtl") TakeMaterial(line);
    else if (keyword == "mtllib") ReadMaterials(line);
  }

  void TakeUv(Line& line) {
    const float u = line.Number(line.Word(), "a texture coordinate has two");
    const std::string_view v = line.Word();
    uvs_.push_back(Vector2f(u, 1 - (v.empty() ? 0 : line.Number(v, "a texture coordinate has two"))));
  }

  void TakeFace(Line& line) {
    std::vector<SoupCorner> corners;
    for (std::string_view word = line.Word(); !word.empty(); word = line.Word()) {
      const Corner corner = ReadCorner(line, word);
      SoupCorner& out = corners.emplace_back();
      out.position = positions_[corner.position];
      if (corner.uv) out.uv = uvs_[*corner.uv];
      if (corner.normal) out.normal = normals_[*corner.normal];
    }
    if (corners.size() < 3) line.Fail("a face has at least three corners");
    if (starts_object_) ++soup_.objects, starts_object_ = false;
    if (soup_.materials.empty()) material_ = AddMaterial("default");
    for (size_t k = 1; k + 1 < corners.size(); ++k) {
      if (soup_.triangles.size() == kMostTriangles)
        files_.Fail("more than " + std::to_string(kMostTriangles) + " triangles; simplify the model");
      soup_.triangles.push_back(
          {{corners[0], corners[k], corners[k + 1]}, static_cast<uint16_t>(material_), soup_.objects});
    }
  }

  // "position", "position/uv", "position//normal" or "position/uv/normal".
  Corner ReadCorner(const Line& line, std::string_view word) const {
    std::array<std::string_view, 3> fields;
    for (size_t k = 0; k < 3; ++k) {
      const size_t slash = std::min(word.find('/'), word.size());
      fields[k] = word.substr(0, slash);
      word.remove_prefix(std::min(slash + 1, word.size()));
    }
    Corner corner{.position = Index(line, fields[0], positions_.size(), "vertex")};
    if (!fields[1].empty()) corner.uv = Index(line, fields[1], uvs_.size(), "texture coordinate");
    if (!fields[2].empty()) corner.normal = Index(line, fields[2], normals_.size(), "normal");
    return corner;
  }

  // Indices count from 1, negative ones back from the newest.
  static size_t Index(const Line& line, std::string_view word, size_t count, const char* what) {
    int64_t index = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), index);
    if (error != std::errc() || end != word.data() + word.size() || index == 0)
      line.Fail("'" + std::string(word) + "' is no index of a " + what);
    if (index < 0) index += static_cast<int64_t>(count) + 1;
    if (index < 1 || index > static_cast<int64_t>(count))
      line.Fail("the face names " + std::string(what) + " " + std::string(word) + ", and there are " +
                std::to_string(count) + " before it");
    return static_cast<size_t>(index - 1);
  }

  size_t AddMaterial(const std::string& name) {
    if (soup_.materials.size() == kMostMaterials)
      files_.Fail("more than " + std::to_string(kMostMaterials) + " materials");
    soup_.materials.push_back({.name = name});
    return soup_.materials.size() - 1;
  }

  void TakeMaterial(Line& line) {
    const std::string name = line.Rest();
    for (material_ = 0; material_ < soup_.materials.size(); ++material_)
      if (soup_.materials[material_].name == name) return;
    const auto known = library_.find(name);
    if (!has_library_) {  // files that name materials and no file of them are common: plain surfaces
      material_ = AddMaterial(name);
      return;
    }
    if (known == library_.end()) line.Fail("material '" + name + "' is in no material file (mtllib) before this line");
    material_ = AddMaterial(name);
    soup_.materials[material_] = known->second;
  }

  void ReadMaterials(Line& line) {
    has_library_ = true;
    const std::string file = line.Rest();
    const std::string text = files_.ReadNamed(file, "material file");
    MeshMaterial* material = nullptr;
    ForEachLine(files_, file, text, [&](Line mtl) {
      const std::string_view keyword = mtl.Word();
      if (keyword == "newmtl") {
        material = &library_[mtl.Rest()];
        material->name = mtl.Rest();
      } else if (keyword == "Kd" && material) {
        material->color = mtl.Numbers<3>("a colour has three").cwiseMax(0.0f).cwiseMin(1.0f);
      } else if (keyword == "map_Kd" && material) {
        material->picture = PictureNamed(NameAfterOptions(mtl));
        material->color = Rgb::Ones();  // as most programs do: the picture stands for the colour
      }
    });
  }

  // "-s 1 1 1 wood.png": with options the name is the last word.
  static std::string NameAfterOptions(Line& line) {
    std::string name = line.Rest();
    if (name.starts_with("-")) name = name.substr(name.find_last_of(" \t") + 1);
    return name;
  }

  int PictureNamed(const std::string& name) {
    const auto [found, is_new] = pictures_.try_emplace(name, static_cast<int>(soup_.pictures.size()));
    if (is_new) soup_.pictures.push_back(DecodeMeshPicture(files_, files_.ReadNamed(name, "picture"), name));
    return found->second;
  }

  ModelFiles& files_;
  MeshSoup soup_;
  std::vector<Vector3f> positions_, normals_;
  std::vector<Vector2f> uvs_;
  std::map<std::string, MeshMaterial> library_;
  std::map<std::string, int> pictures_;
  size_t material_ = 0;
  bool starts_object_ = false, has_library_ = false;
};

}  // namespace

MeshSoup ReadObj(ModelFiles& files) { return ObjReader(files).Read(); }

}  // namespace figment::envs
