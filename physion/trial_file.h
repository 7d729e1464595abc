// The HDF5 file of one trial, in the layout that readers of the released data know (docs/format.md).
//
//   TrialFileWriter writer(trial, options);                // `trial` must outlive the writer
//   for each frame: writer.AddFrame(record, encoded);      // in order; pictures may be empty
//   Bytes file = writer.Finish(metadata);                  // to be hashed and written by the caller
//
// The file is built in memory. Everything outside ext/ is in the reference's frame: left-handed, y up. The same calls
// give the same bytes.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "physion/encode.h"
#include "physion/simulate.h"

namespace figment::physion {

struct TrialFileOptions {
  std::string version;              // written as static/git_commit
  bool save_meshes = false;         // static/mesh/vertices_i, faces_i
};

class TrialFileWriter {
 public:
  TrialFileWriter(const Trial& trial, const TrialFileOptions& options);
  ~TrialFileWriter();

  void AddFrame(const FrameRecord& record, const EncodedFrame& pictures);
  // `metadata` is the trial's MetadataEntry; it is kept as ext/metadata.
  Bytes Finish(const nlohmann::ordered_json& metadata);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// What a trial's file says of itself, for checks.
struct TrialFileSummary {
  std::string stimulus_name;
  std::vector<int> object_ids;
  std::vector<std::string> model_names;
  int zone_id = 0, target_id = 0;
  int num_frames = 0;
  std::vector<std::string> passes;  // _img, _id, ... as in every frame
  int width = 0, height = 0;        // of the pictures; 0 without passes
  bool label = false;               // some frame's target_contacting_zone
  std::optional<int> first_contact_frame;
  nlohmann::ordered_json metadata;
};

// Reads the whole file and decodes every picture. Throws base::Error naming the file and what is wrong with it: not
// HDF5, truncated, an entry missing or of another shape, a picture that does not decode.
TrialFileSummary ReadTrialFile(const std::filesystem::path& path);

}  // namespace figment::physion
