// write_synthetic_trials DIR: two small trials for compat_test.py, one of rigid objects, one with cloth.
#include <filesystem>
#include <iostream>

#include "files/atomic.h"
#include "physion/side_files.h"
#include "physion/trial_file.h"
#include "tests/physion/synthetic_trial.h"

namespace figment::physion {
namespace {

void WriteTrial(const Trial& trial, const std::filesystem::path& path) {
  const Simulation simulation = SyntheticSimulation(trial);
  const std::vector<int> object_of_render_id = ObjectOfRenderId(trial);
  FrameEncoder encoder(EncodeOptions{});
  TrialFileWriter writer(trial, {.version = "test", .save_meshes = true});
  EncodedFrame pictures;
  for (size_t f = 0; f < simulation.frames.size(); ++f) {
    encoder.Encode(SyntheticFrame(trial, static_cast<int>(f)), object_of_render_id, trial.camera, pictures);
    writer.AddFrame(simulation.frames[f], pictures);
  }
  files::WriteFileAtomically(path, writer.Finish(MetadataEntry(trial, simulation.outcome, {}, "test")));
}

}  // namespace
}  // namespace figment::physion

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: write_synthetic_trials DIR\n";
    return 2;
  }
  using namespace figment::physion;
  const std::filesystem::path folder = argv[1];
  WriteTrial(SyntheticTrial(), folder / "rigid_0007.hdf5");
  WriteTrial(SyntheticClothTrial(), folder / "cloth_0007.hdf5");
}
