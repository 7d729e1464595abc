// What `figment physion generate` is asked to do. The field list gives the flags, the help, the YAML and the saved copy.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/config.h"
#include "envs/world.h"
#include "physion/encode.h"
#include "physion/scenario.h"
#include "render/renderer.h"

namespace figment::physion {

enum class Switch { kAuto, kOn, kOff };

// Shard i of n (1 <= i <= n) takes the slots s with s % n == i % n. On the command line 0 stands for n, so that both
// 1..n and 0..n-1 number the shards of a run.
struct Shard {
  int index = 1, count = 1;
  bool Has(int slot) const { return slot % count == index % count; }
  bool whole() const { return count == 1; }
};

inline constexpr int kDefaultTrials = 10;
inline constexpr char kReleased[] = "released", kImported[] = "imported";  // values of GenerateConfig::config

struct GenerateConfig {
  // What.
  std::vector<std::string> scenarios;       // names, or "all"
  std::string config = "all";               // a released config's name; all = the released test configs, sampled anew;
                                            // released = the released scenes replayed; imported = scenes.jsonl replayed
  std::optional<int> trials;                // per scenario; absent: kDefaultTrials, or all scenes of a replay
  uint64_t seed = 0;
  Mode mode = Mode::kTest;
  // Pictures.
  std::vector<std::string> passes = {"img", "id", "depth", "normals", "flow"};
  int size_px = 256;
  render::Quality quality = render::Quality::kStandard;
  ImageFormat image_format = ImageFormat::kJpeg;
  int jpeg_quality = 92;
  // Files.
  std::string out;
  std::string models;                       // folder of the user's own models; "" = none
  Switch hdf5 = Switch::kAuto;              // auto: on if anything is drawn
  bool movies = true;
  double fps = 30;                          // playback rate of the movies; states are 100 a second
  Switch save_meshes = Switch::kAuto;       // auto: inside the HDF5 file; on: also one .obj file an object
  std::vector<std::string> float_passes;    // depth, flow: also stored as floats under ext/
  // Physics.
  envs::WorldConfig world;
  std::optional<double> max_start_overlap_m;
  // How: none of these changes a result.
  double max_reject_rate = 0.5;             // a run that rejects more than this share of its candidates fails
  int workers = 0;                          // 0 = one per CPU
  std::string device = "auto";
  Shard shard;

  bool replays() const { return config == kReleased || config == kImported; }
  bool draws() const { return !passes.empty(); }
  bool writes_hdf5() const { return hdf5 == Switch::kOn || (hdf5 == Switch::kAuto && draws()); }
  render::Passes render_passes() const;
};

// Fields that say what is made; they are saved with a data set and must agree when it is continued.
base::FieldList ResultFields(GenerateConfig* config);
// All fields, in the order of the help.
base::FieldList AllFields(GenerateConfig* config);

// Checks fields against each other (cloth needs Bullet, what is drawn must be written, ...). Throws base::Error.
void Validate(const GenerateConfig& config);

// The scenarios asked for, in the table's order.
std::vector<std::string> ScenarioNames(const GenerateConfig& config);

}  // namespace figment::physion
