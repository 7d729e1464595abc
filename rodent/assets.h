// Where the rodent comes from: the files of an installed dm_control wheel, read at run time and never part of Figment.
// labmaze brings the maze's wall textures and is optional, as every texture is.
#pragma once

#include <filesystem>
#include <string>

namespace figment::rodent {

struct Assets {
  std::filesystem::path packages;  // the folder that holds dm_control and labmaze: a Python's site-packages

  std::filesystem::path body() const;     // rodent.xml
  std::filesystem::path grass() const;    // a picture of the ground, 512 x 512
  std::filesystem::path sky() const;      // six faces in one picture, 3 x 4
  std::filesystem::path labmaze() const;  // folder with style_01 to style_05; may be absent
};

// `packages` empty: the site-packages folder that the MuJoCo library was loaded from. Throws base::Error that names
// the missing file and the way to get it.
Assets FindAssets(const std::string& packages = "");

// True if FindAssets would succeed, for what must work without the wheel.
bool AssetsAreThere(const std::string& packages = "");

}  // namespace figment::rodent
