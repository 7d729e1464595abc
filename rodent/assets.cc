#include "rodent/assets.h"

#include <dlfcn.h>
#include <mujoco/mujoco.h>

#include "base/error.h"

namespace figment::rodent {
namespace {

namespace fs = std::filesystem;

// .../site-packages/mujoco/libmujoco.so -> .../site-packages
fs::path PackagesOfMujoco() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&mj_version), &info) == 0 || info.dli_fname == nullptr) return {};
  return fs::path(info.dli_fname).parent_path().parent_path();
}

Assets Locate(const std::string& packages) { return {packages.empty() ? PackagesOfMujoco() : fs::path(packages)}; }

}  // namespace

fs::path Assets::body() const { return packages / "dm_control/locomotion/walkers/assets/rodent.xml"; }
fs::path Assets::grass() const {
  return packages / "dm_control/locomotion/arenas/assets/outdoor_natural/OutdoorGrassFloorD.png";
}
fs::path Assets::sky() const {
  return packages / "dm_control/locomotion/arenas/assets/outdoor_natural/OutdoorSkybox2048.png";
}
fs::path Assets::labmaze() const { return packages / "labmaze/assets"; }

Assets FindAssets(const std::string& packages) {
  Assets assets = Locate(packages);
  if (!fs::is_regular_file(assets.body()))
    throw base::Error("the rodent's body is not there: no file " + assets.body().string() +
                      ". Run scripts/setup.sh, which installs dm_control 1.0.50, or name a site-packages folder that "
                      "holds dm_control with --assets FOLDER");
  return assets;
}

bool AssetsAreThere(const std::string& packages) { return fs::is_regular_file(Locate(packages).body()); }

}  // namespace figment::rodent
