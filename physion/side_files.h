// The small files beside the trials, with the reference's names, keys and definitions (TX postprocessing/labels.py):
// one metadata entry a trial, the lists and means of a configuration, and meshes.
//
// A manifest keeps the metadata entry of each trial, so what WriteConfigFiles writes can be rebuilt from manifests.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "physion/encode.h"
#include "physion/scenario.h"
#include "physion/simulate.h"

namespace figment::physion {

template <class T>
nlohmann::ordered_json OrNull(const std::optional<T>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

// What the id pass of the first and of the last frame shows; `masks` empty = the pass was not drawn.
struct TrialMasks {
  int width = 0, height = 0;
  std::vector<ObjectMask> first, last;  // by object
};

// One object of metadata.json. Keys and order are the reference's; absent values are null; numbers to 3 places.
//   *_visible_area                   share of the first picture that shows the object's id (all channels)
//   final_target_mask_displacement   [row, column] the centre of the target's mask moved; the picture is 2 x 2
//   is_any_object_fully_occluded     some object covers less than .005 of the first picture
nlohmann::ordered_json MetadataEntry(const Trial& trial, const Outcome& outcome, const TrialMasks& masks,
                                     const std::string& version);

// Means over the entries of one configuration, keys as `does_target_contact_zone/avg_label`, and num_trials.
nlohmann::ordered_json TrialStats(std::span<const nlohmann::ordered_json> entries);

// The command line that made a configuration's trials, as tokens: "--num", "10", ...
struct ConfigArguments {
  std::vector<std::string> given;      // what the user or the released configuration says
  std::vector<std::string> effective;  // every argument with its value
};

ConfigArguments ArgumentsOf(const Config& config);

// Writes metadata.json, trial_stats.json, args.txt and commandline_args.txt, with `prefix` before their names, into
// `directory`, replacing older ones atomically. `entries` in the order of the trials. Throws base::Error.
void WriteConfigFiles(const std::filesystem::path& directory, const std::string& prefix,
                      std::span<const nlohmann::ordered_json> entries, const ConfigArguments& arguments);

// The mesh of an object in the reference's frame (left-handed, y up), NOT scaled: readers multiply by static/scale.
// Triangles wind so that (b - a) x (c - a), computed on these numbers, points outwards.
struct ReferenceMesh {
  std::vector<float> vertices;   // [V, 3]
  std::vector<int32_t> faces;    // [F, 3]
};
ReferenceMesh MeshOfObject(const Trial& trial, int object);

// Wavefront text of a mesh.
std::string ObjText(const ReferenceMesh& mesh);

}  // namespace figment::physion
