// Pictures of a task for people: the arena from above, the rat from outside, what its eye sees over time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "envs/drawable.h"
#include "files/rgb_picture.h"
#include "render/renderer.h"
#include "rodent/env.h"

namespace figment::rodent {

struct PreviewRequest {
  EnvConfig env;
  uint64_t seed = 0;
  std::string quality = "faithful", device = "auto";
  int steps = 100;     // of random actions, over which the eye looks
};
base::FieldList FieldsOf(PreviewRequest* request);

// Throws base::Error.
files::RgbPicture Preview(const PreviewRequest& request);
void WritePreview(const PreviewRequest& request, const std::filesystem::path& out);  // .png

// A movie beside an episode: the rat from behind and, at the right, what its eye sees.
class Recorder {
 public:
  Recorder(const RodentEnv& env, const std::filesystem::path& out, const std::string& quality, const std::string& device);
  ~Recorder();
  void Add();      // the environment as it stands
  void Close();    // the file takes its name

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace figment::rodent
