#include "envs/scene.h"

#include <numbers>

#include "base/error.h"
#include "base/names.h"

namespace figment::envs {

Camera LookAt(const base::Vec3& position, const base::Vec3& target, double fov_y_rad) {
  const base::Vec3 forward = (target - position).normalized();
  base::Vec3 right = forward.cross(base::Vec3::UnitZ());
  // Straight up or down: any horizontal right will do.
  right = right.norm() > 1e-9 ? right.normalized() : base::Vec3::UnitX();
  Eigen::Matrix3d R_WC;
  R_WC << right, forward.cross(right), forward;
  Camera camera;
  camera.X_PC = {position, base::Quat(R_WC).normalized()};
  camera.fov_y_rad = fov_y_rad;
  return camera;
}

Camera CameraNow(const Scene& scene, const SceneState& state, const std::string& name) {
  const Camera& found = base::FindNamed("camera", name, scene.cameras);
  Camera camera = found;
  if (!(camera.fov_y_rad > 0 && camera.fov_y_rad < std::numbers::pi))
    throw base::Error("camera '" + name + "' has no angle of view (orthographic ones are not drawn)");
  if (!state.cameras_W.empty()) camera.X_PC = state.cameras_W[static_cast<size_t>(&found - scene.cameras.data())];
  else if (camera.parent >= 0) camera.X_PC = state.bodies[static_cast<size_t>(camera.parent)].X_WB * camera.X_PC;
  camera.parent = -1;
  return camera;
}

SceneState InitialState(const Scene& scene) {
  SceneState state;
  for (const Body& body : scene.bodies) state.bodies.push_back({.X_WB = body.X_WB});
  for (const Cloth& cloth : scene.cloths) {
    const auto [columns, rows] = cloth.resolution;
    ClothState sheet;
    for (int j = 0; j < rows; ++j)
      for (int i = 0; i < columns; ++i) {
        const base::Vec3 p_C((i / (columns - 1.0) - 0.5) * cloth.size_m.x(), (j / (rows - 1.0) - 0.5) * cloth.size_m.y(), 0);
        sheet.vertices_W.push_back((cloth.X_WC * p_C).cast<float>());
      }
    sheet.velocities_W.assign(sheet.vertices_W.size(), Eigen::Vector3f::Zero());
    state.cloths.push_back(std::move(sheet));
  }
  return state;
}

base::Vec3 CentreOfMass(const Scene& scene, const SceneState& state, int body) {
  const Body& b = scene.bodies[static_cast<size_t>(body)];
  const base::Vec3 com_B = scene.shapes[static_cast<size_t>(b.shape)].centre_of_mass.cwiseProduct(b.scale);
  return state.bodies[static_cast<size_t>(body)].X_WB * com_B;
}

}  // namespace figment::envs
