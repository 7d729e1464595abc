// Textures and materials of a model that is drawn.
#pragma once

#include <filesystem>
#include <string>

struct mjSpec_;
struct mjsMaterial_;
struct mjsTexture_;

namespace figment::rodent {

struct Rgb {
  double red, green, blue;
};

// An empty texture of a type (mjtTexture).
mjsTexture_& AddTexture(mjSpec_& spec, const std::string& name, int type);

// Its content: a file of pictures; true if there is such a file. Otherwise nothing happens.
bool FillFrom(mjsTexture_& texture, const std::filesystem::path& file);

// Its content: MuJoCo's own pattern (mjtBuiltin) of two colours, `size_px` a side.
void Fill(mjsTexture_& texture, int builtin, int size_px, const Rgb& first, const Rgb& second);

// A material with the texture of that name.
mjsMaterial_& AddMaterial(mjSpec_& spec, const std::string& name, const std::string& texture);

}  // namespace figment::rodent
