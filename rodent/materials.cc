#include "rodent/materials.h"

#include <mujoco/mujoco.h>

namespace figment::rodent {
namespace {

void SetColour(double (&colour)[3], const Rgb& rgb) { colour[0] = rgb.red, colour[1] = rgb.green, colour[2] = rgb.blue; }

}  // namespace

mjsTexture& AddTexture(mjSpec& spec, const std::string& name, int type) {
  mjsTexture& texture = *mjs_addTexture(&spec, nullptr);
  mjs_setName(texture.element, name.c_str());
  texture.type = static_cast<mjtTexture>(type);
  return texture;
}

bool FillFrom(mjsTexture& texture, const std::filesystem::path& file) {
  if (!std::filesystem::is_regular_file(file)) return false;
  mjs_setString(texture.file, file.c_str());
  return true;
}

void Fill(mjsTexture& texture, int builtin, int size_px, const Rgb& first, const Rgb& second) {
  texture.builtin = static_cast<mjtBuiltin>(builtin);
  texture.width = texture.height = size_px;
  SetColour(texture.rgb1, first);
  SetColour(texture.rgb2, second);
}

mjsMaterial& AddMaterial(mjSpec& spec, const std::string& name, const std::string& texture) {
  mjsMaterial& material = *mjs_addMaterial(&spec, nullptr);
  mjs_setName(material.element, name.c_str());
  mjs_setInStringVec(material.textures, mjTEXROLE_RGB, texture.c_str());
  return material;
}

}  // namespace figment::rodent
