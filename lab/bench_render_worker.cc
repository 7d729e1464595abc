// figment_bench_render SIZE QUALITY rgb|all SECONDS: draws the benchmark's scene and prints frames a second of wall and
// of processor time. Started by `figment bench render`, which sets LP_NUM_THREADS for it.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "lab/bench_render.h"

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "figment_bench_render is started by `figment bench render`\n");
    return 2;
  }
  try {
    using namespace figment;
    const int size = std::atoi(argv[1]);
    render::Passes passes;
    if (std::strcmp(argv[3], "all") == 0) passes = {.color = true, .id = true, .depth = true, .normals = true, .flow = true};
    const lab::RenderSpeed speed = lab::MeasureRendering(
        {.width = size, .height = size, .quality = render::ParseQuality(argv[2]), .device = "cpu"}, passes, std::atof(argv[4]));
    std::printf("%.6g %.6g\n", speed.frames_per_s, speed.frames_per_cpu_s);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
  return 0;
}
