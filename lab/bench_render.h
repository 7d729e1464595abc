// How fast pictures are drawn, side by side with mujoco.Renderer on the same scene.
#pragma once

#include <filesystem>
#include <string>

#include "base/table.h"
#include "render/renderer.h"

namespace figment::lab {

// Twelve bodies of different shapes on a wooden floor between four walls, one camera.
envs::Scene RenderBenchScene();

// The same scene for MuJoCo: the finest meshes, the same poses, colours, walls, light and camera.
std::string ToMjcf(const envs::Scene& scene);

struct RenderSpeed {
  double frames_per_s = 0;      // of wall time
  double frames_per_cpu_s = 0;  // of this process's processor time: steadier on a shared machine
};

// Draws the scene for `seconds` while the bodies move; one context, this thread.
RenderSpeed MeasureRendering(const render::RenderConfig& config, const render::Passes& passes, double seconds);

// The programs a comparison needs. Without Python and its mujoco package the rows of mujoco.Renderer are left out and a
// note says so.
struct RenderBenchPrograms {
  std::filesystem::path worker;         // figment_bench_render: prints MeasureRendering's result
  std::filesystem::path python;         // of the virtual environment
  std::filesystem::path mujoco_script;  // scripts/bench_mujoco_render.py
};

// Two tables in one: comparisons (each the median of three alternating runs), then frames/s for every size, preset
// and set of passes with one process and with two.
base::Table BenchRender(const RenderBenchPrograms& programs);

}  // namespace figment::lab
