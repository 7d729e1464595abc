// Physion v1, in the two trees its programs read:
//
//   OUT/stimuli/{train,test}/<scenario>/<config>/     as the generator of the released data left them, and as the
//       NNNN.hdf5 NNNN_img.mp4 NNNN_id.mp4            scripts of cogtoolslab/physics-benchmarking-neurips2021 walk them
//       NNNN_map.png metadata.json trial_stats.json
//       args.txt commandline_args.txt
//   OUT/stimuli/{train,test}/stimulus_names_and_labels.csv
//   OUT/stimuli/{train,test}/<scenario>_experimental_stims.json
//   OUT/physion_data/{train,test}/<Scenario>/<config>_NNNN.hdf5    as neuroailab/physics-models globs them
//
// Configs of a test part whose target is red and whose zone is yellow have the suffix -redyellow, as the versions of
// the released test stimuli that models were given.
#include <cctype>
#include <map>
#include <system_error>

#include "base/error.h"
#include "files/atomic.h"
#include "physion/arguments.h"
#include "physion/export_layouts.h"
#include "physion/side_files.h"

namespace figment::physion {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// Whether target and zone are red and yellow: by the mode, or because the config says so.
bool HasCueColors(const Run& run, const Config& config) {
  if (run.settings.mode == Mode::kTest || run.settings.mode == Mode::kReadout) return true;
  if (run.settings.mode == Mode::kTrain || run.replays()) return false;
  const Arguments arguments = Arguments::FromConfig(config);
  return arguments.Color("tcolor") == base::Vec3(1, 0, 0) && arguments.Color("zcolor") == base::Vec3(1, 1, 0);
}

std::string FolderName(const ExportPart& part, const PlannedConfig& planned) {
  const bool is_recolored = part.name == "test" && HasCueColors(part.run, planned.config);
  return planned.config.name + (is_recolored ? "-redyellow" : "");
}

// "0012", as it ends the trial's name.
std::string Number(const ExportTrial& trial) {
  const std::string name = trial.name();
  return name.substr(name.rfind('_') + 1);
}

std::string StimulusId(const ExportPart& part, const ExportTrial& trial) {
  return FolderName(part, part.ConfigOf(trial)) + "_" + Number(trial);
}

// One more name for the same file; where the file systems differ, or links are not wanted, its bytes.
void Place(const fs::path& source, const fs::path& target, bool copy) {
  std::error_code failure;
  fs::remove(target, failure);
  if (!copy) {
    fs::create_hard_link(source, target, failure);
    if (!failure) return;
  }
  files::AtomicFile file(target);
  fs::copy_file(source, file.temporary(), failure);
  if (failure)
    throw base::Error("cannot copy " + source.string() + " to " + target.string() + ": " + failure.message());
  fs::permissions(file.temporary(), fs::perms::owner_write, fs::perm_options::add);
  file.Commit();
}

// The trial's files in its config's folder, and its HDF5 file once more among all of its scenario.
void PlaceTrial(const ExportRequest& request, const ExportPart& part, const ExportTrial& trial) {
  const fs::path folder =
      request.out / "stimuli" / part.name / trial.scenario() / FolderName(part, part.ConfigOf(trial));
  const std::string stem = trial.scenario() + "/" + trial.name();
  for (const auto& [path, hash] : trial.line.at("files").items())
    Place(part.folder / path, folder / (Number(trial) + path.substr(stem.size())), request.copy);
  if (!trial.Has(".hdf5")) return;
  std::string scenario = trial.scenario();
  scenario[0] = static_cast<char>(std::toupper(scenario[0]));
  const fs::path flat = request.out / "physion_data" / part.name / scenario;
  fs::create_directories(flat);
  Place(folder / (Number(trial) + ".hdf5"), flat / (StimulusId(part, trial) + ".hdf5"), /*copy=*/false);
}

void WriteFilesOfConfigs(const ExportRequest& request, const ExportPart& part) {
  for (const PlannedConfig& planned : part.run.plan.configs) {
    std::vector<Json> entries;
    for (const ExportTrial& trial : part.trials)
      if (&part.ConfigOf(trial) == &planned) {
        entries.push_back(trial.line.at("metadata"));
        entries.back()["stimulus_name"] = StimulusId(part, trial);
      }
    const fs::path folder =
        request.out / "stimuli" / part.name / planned.config.scenario / FolderName(part, planned);
    if (!entries.empty()) WriteConfigFiles(folder, "", entries, ArgumentsOf(planned.config));
  }
}

// --- The tables. Their URLs are paths from the folder they stand in; absent files have none.

std::string Url(const ExportPart& part, const ExportTrial& trial, const std::string& suffix) {
  if (!trial.Has(suffix)) return "";
  return trial.scenario() + "/" + FolderName(part, part.ConfigOf(trial)) + "/" + Number(trial) + suffix;
}

// `correct` is the share of people who were right: nobody has been asked.
std::string NamesAndLabels(const ExportPart& part) {
  std::string csv = "stim_ID,scenario,stim_url,map_url,hdf5_url,correct,label\n";
  for (const ExportTrial& trial : part.trials)
    csv += StimulusId(part, trial) + "," + trial.scenario() + "," + Url(part, trial, "_img.mp4") + "," +
           Url(part, trial, "_map.png") + "," + Url(part, trial, ".hdf5") + ",," + (trial.label() ? "True" : "False") +
           "\n";
  return csv;
}

// By column, then by row: {"stim_ID": {"0": ...}, ...}.
Json ExperimentalStims(const ExportPart& part, const std::string& scenario) {
  Json table;
  int row = 0;
  for (const ExportTrial& trial : part.trials) {
    if (trial.scenario() != scenario) continue;
    const std::string key = std::to_string(row++), folder = FolderName(part, part.ConfigOf(trial));
    table["stim_ID"][key] = StimulusId(part, trial) + "_img";
    table["stim_url"][key] = Url(part, trial, "_img.mp4");
    table["map_url"][key] = Url(part, trial, "_map.png");
    table["hdf5_path"][key] = trial.Has(".hdf5") ? folder + "/" + Number(trial) + ".hdf5" : "";
    table["hdf5_url"][key] = Url(part, trial, ".hdf5");
    table["stim_set"][key] = folder;
    table["target_hit_zone_label"][key] = trial.label();
  }
  return table;
}

void WriteTables(const ExportRequest& request, const ExportPart& part) {
  const fs::path folder = request.out / "stimuli" / part.name;
  files::WriteFileAtomically(folder / "stimulus_names_and_labels.csv", NamesAndLabels(part));
  for (const auto& [scenario, counts] : part.counts)
    if (const Json table = ExperimentalStims(part, scenario); !table.is_null())
      files::WriteFileAtomically(folder / (scenario + "_experimental_stims.json"), table.dump() + "\n");
}

std::vector<std::string> Check(const ExportRequest&, std::span<const ExportPart> parts) {
  std::vector<std::string> notes;
  for (const ExportPart& part : parts) {
    const ExportTrial& first = part.trials.front();
    if (!first.Has(".hdf5") && !first.Has("_img.mp4"))
      throw base::Error("layout v1 is made of HDF5 files and movies, and '" + part.folder.string() +
                        "' has neither: generate it with img among its --passes");
    if (!first.Has(".hdf5"))
      notes.push_back(part.name + ": no HDF5 files, which models are trained on (generate: --hdf5 on)");
    if (!first.Has("_img.mp4"))
      notes.push_back(part.name + ": no movies, which people are shown (generate: --movies on, --passes img)");
    else if (!first.Has("_map.png"))
      notes.push_back(part.name + ": no maps, which cue people (generate: id among the --passes)");
  }
  return notes;
}

void Write(const ExportRequest& request, const ExportPart& part, base::Progress& progress) {
  for (const ExportTrial& trial : part.trials) {
    fs::create_directories(request.out / "stimuli" / part.name / trial.scenario() /
                           FolderName(part, part.ConfigOf(trial)));
    PlaceTrial(request, part, trial);
    progress.Advance();
  }
  WriteFilesOfConfigs(request, part);
  WriteTables(request, part);
}

}  // namespace

Layout LayoutV1() { return {.name = "v1", .takes = nullptr, .check = Check, .write = Write}; }

}  // namespace figment::physion
