// `figment render`: pictures of any MuJoCo model.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace figment::lab {

struct RenderModelOptions {
  std::filesystem::path model, out;      // .png: one picture; .npy: uint8 [N, H, W, 3]
  std::string camera = "free";
  std::filesystem::path positions;       // .npy, float64 [nq] or [N, nq]: a picture each; empty: the start pose
  std::string quality = "faithful", device = "auto";
  int width = 320, height = 240;
  int steps = 0;                         // of the model's timestep before the picture
  std::vector<int> hidden_groups = {3, 4, 5};
};

// Throws base::Error.
void RenderModel(const RenderModelOptions& options);

}  // namespace figment::lab
