// `figment view`: a window on anything that has a picture and steps. What is shown is a Viewable; the session is what
// keys and mouse do to it, without a window; RunViewer joins both to a window (GLFW), where that is part of the build.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "envs/scene.h"
#include "render/image.h"

namespace figment::lab {

// A camera that circles a point. Angles in radians: azimuth from +x towards +y, elevation above the horizon.
struct Orbit {
  base::Vec3 target = base::Vec3::Zero();
  double distance_m = 3, azimuth = -1.2, elevation = 0.4;
  double fov_y_rad = 0.8;
};
envs::Camera CameraOf(const Orbit& orbit);
// The orbit about the point on a camera's axis that is nearest to `target`.
Orbit OrbitFrom(const envs::Camera& camera, const base::Vec3& target);

// Arrow keys held: -1, 0 or 1.
struct Arrows {
  int right = 0, up = 0;
};

struct Viewable {
  std::string title;
  std::string arrows;               // what the arrow keys do: "push the target"
  double step_s = 0.01;             // of its time, a step
  std::optional<Orbit> home;        // none: drawn by a camera that cannot move
  // All three return or draw at once. `reset` and `step` return a line about the state; `step` after the end does
  // nothing.
  std::function<std::string(uint64_t seed)> reset;
  std::function<std::string(const Arrows& arrows)> step;
  std::function<void(const envs::Camera* camera, render::Frame* frame)> draw;  // null: its own camera
};

// --- The session.

enum class Key { kPause, kStep, kNextSeed, kReset, kCamera, kRight, kLeft, kUp, kDown, kQuit };
// "space", "n", ...; "." is one step, "-" is no key. Throws base::Error with the nearest name.
std::optional<Key> ParseKey(const std::string& name);
std::string KeyHelp(const Viewable& viewable);  // a line for each key

struct Session {
  Viewable viewable;
  uint64_t seed = 0;
  bool paused = false, moving_camera = false, quit = false;
  Orbit orbit;
  Arrows arrows;
  double owed_s = 0;        // time that is not stepped yet
  std::string status;
};
Session StartSession(Viewable viewable, uint64_t seed);
void Press(Session& session, Key key);
void Release(Session& session, Key key);
void Drag(Session& session, double right, double down, bool pan);  // in window heights
void Zoom(Session& session, double clicks);
// Steps what `elapsed_s` of real time owe, at most a tenth of a second of it.
void Advance(Session& session, double elapsed_s);
void DrawSession(Session& session, render::Frame* frame);

// --- The window.

struct ViewerOptions {
  uint64_t seed = 0;
  int frames = 0;                   // close after as many; 0 = never
  std::vector<std::string> keys;    // pressed one a frame, and let go in the next, as if by hand
  std::filesystem::path picture;    // of the window's last content, .png; empty = none
};

// Returns when the window closes. Throws base::Error if there is no display, or no window in this build.
void RunViewer(Viewable viewable, const ViewerOptions& options);
std::string ViewerVersion();  // "GLFW 3.3.8", "not in this build"

}  // namespace figment::lab
