#include "lab/viewer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "base/error.h"
#include "base/names.h"

namespace figment::lab {
namespace {

constexpr double kMostOwed_s = 0.1;
constexpr double kSteepest = 1.55;  // just short of straight down, where "up" is lost
constexpr double kTurn = 3.0;       // radians a window height
constexpr double kZoomClick = 0.9;

struct KeyName {
  Key key;
  const char* name;
  const char* what;  // null: told otherwise
};
constexpr std::array kKeys = {
    KeyName{Key::kPause, "space", "pause and go on"},
    KeyName{Key::kStep, ".", "pause, and one step"},
    KeyName{Key::kNextSeed, "n", "the next seed"},
    KeyName{Key::kReset, "r", "the same seed again"},
    KeyName{Key::kCamera, "c", "its own camera, or the moving one"},
    KeyName{Key::kRight, "right", nullptr},
    KeyName{Key::kLeft, "left", nullptr},
    KeyName{Key::kUp, "up", nullptr},
    KeyName{Key::kDown, "down", nullptr},
    KeyName{Key::kQuit, "q", "close"},
};

void Begin(Session& session) {
  session.status = session.viewable.reset(session.seed);
  session.owed_s = 0;
}

}  // namespace

envs::Camera CameraOf(const Orbit& orbit) {
  const base::Vec3 away(std::cos(orbit.elevation) * std::cos(orbit.azimuth),
                        std::cos(orbit.elevation) * std::sin(orbit.azimuth), std::sin(orbit.elevation));
  envs::Camera camera = envs::LookAt(orbit.target + orbit.distance_m * away, orbit.target, orbit.fov_y_rad);
  camera.near_m = std::min(camera.near_m, 0.05 * orbit.distance_m);
  return camera;
}

Orbit OrbitFrom(const envs::Camera& camera, const base::Vec3& target) {
  const base::Vec3 eye = camera.X_PC.p, forward = camera.X_PC.q * base::Vec3::UnitZ();
  Orbit orbit;
  orbit.distance_m = std::max(0.1, forward.dot(target - eye));
  orbit.target = eye + orbit.distance_m * forward;
  orbit.azimuth = std::atan2(-forward.y(), -forward.x());
  orbit.elevation = std::clamp(std::asin(std::clamp(-forward.z(), -1.0, 1.0)), -kSteepest, kSteepest);
  orbit.fov_y_rad = camera.fov_y_rad;
  return orbit;
}

std::optional<Key> ParseKey(const std::string& name) {
  if (name == "-") return std::nullopt;
  if (const KeyName* const key = base::FindNamedOrNull(name, kKeys)) return key->key;
  std::vector<std::string> names = base::NamesOf(kKeys);
  names.push_back("-");
  throw base::UnknownName("key", name, names);
}

std::string KeyHelp(const Viewable& viewable) {
  std::string help;
  const auto line = [&](const std::string& name, const std::string& what) {
    help += "  " + name + std::string(std::max<size_t>(1, 12 - name.size()), ' ') + what + "\n";
  };
  for (const KeyName& key : kKeys)
    if (key.what && (key.key != Key::kCamera || viewable.home)) line(key.name, key.what);
  line("arrows", viewable.arrows);
  if (viewable.home) {
    line("mouse", "left button turns, right button moves, wheel zooms");
  }
  return help;
}

Session StartSession(Viewable viewable, uint64_t seed) {
  Session session;
  session.viewable = std::move(viewable);
  session.seed = seed;
  Begin(session);
  session.orbit = session.viewable.home.value_or(Orbit{});
  return session;
}

void Press(Session& session, Key key) {
  switch (key) {
    case Key::kPause: session.paused = !session.paused; break;
    case Key::kStep:
      session.paused = true;
      session.status = session.viewable.step(session.arrows);
      break;
    case Key::kNextSeed: ++session.seed; [[fallthrough]];
    case Key::kReset: Begin(session); break;
    case Key::kCamera:
      if (!session.viewable.home) break;
      session.moving_camera = !session.moving_camera;
      if (session.moving_camera) session.orbit = *session.viewable.home;
      break;
    case Key::kRight: session.arrows.right = 1; break;
    case Key::kLeft: session.arrows.right = -1; break;
    case Key::kUp: session.arrows.up = 1; break;
    case Key::kDown: session.arrows.up = -1; break;
    case Key::kQuit: session.quit = true; break;
  }
}

void Release(Session& session, Key key) {
  if (key == Key::kRight || key == Key::kLeft) session.arrows.right = 0;
  if (key == Key::kUp || key == Key::kDown) session.arrows.up = 0;
}

void Drag(Session& session, double right, double down, bool pan) {
  if (!session.viewable.home) return;
  session.moving_camera = true;
  Orbit& orbit = session.orbit;
  if (pan) {
    const base::Pose X_WC = CameraOf(orbit).X_PC;
    const double height_m = 2 * orbit.distance_m * std::tan(orbit.fov_y_rad / 2);
    orbit.target -= height_m * (X_WC.q * base::Vec3(right, down, 0));
    return;
  }
  orbit.azimuth = std::remainder(orbit.azimuth - kTurn * right, 2 * std::numbers::pi);
  orbit.elevation = std::clamp(orbit.elevation + kTurn * down, -kSteepest, kSteepest);
}

void Zoom(Session& session, double clicks) {
  if (!session.viewable.home) return;
  session.moving_camera = true;
  session.orbit.distance_m = std::clamp(session.orbit.distance_m * std::pow(kZoomClick, clicks), 0.02, 500.0);
}

void Advance(Session& session, double elapsed_s) {
  if (session.paused) return;
  session.owed_s += std::min(elapsed_s, kMostOwed_s);
  for (; session.owed_s >= session.viewable.step_s; session.owed_s -= session.viewable.step_s)
    session.status = session.viewable.step(session.arrows);
}

void DrawSession(Session& session, render::Frame* frame) {
  if (!session.moving_camera) return session.viewable.draw(nullptr, frame);
  const envs::Camera camera = CameraOf(session.orbit);
  session.viewable.draw(&camera, frame);
}

}  // namespace figment::lab
