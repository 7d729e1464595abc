// One picture that shows a trial: eight frames, the map, and every pass of one frame, with captions.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "physion/producer.h"

namespace figment::physion {

struct PreviewRequest {
  std::string scenario;      // may be empty if `stimulus` is given
  std::string config;        // empty = one of the scenario's test configs, drawn by the seed; "released" = one of the
                             // scenario's released scenes, drawn by the seed
  std::string stimulus;      // a released scene by its stimulus name
  uint64_t seed = 0;
  std::vector<std::pair<std::string, std::string>> arguments;  // of the scenario, after those of the config
  std::filesystem::path out; // .png
};

// The trial that the request means. Throws base::Error if there is none, or all its candidates were rejected.
Candidate ChooseTrial(const PreviewRequest& request, const GenerateConfig& settings);

// Writes the sheet and returns one line about the trial: name, label, first contact. Throws base::Error.
std::string Preview(const PreviewRequest& request, const GenerateConfig& settings);

}  // namespace figment::physion
