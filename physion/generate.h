// Makes or continues a data set: hands the plan's slots to worker processes and keeps the manifest.
//
// A killed run loses only the trials in progress; the same command continues it. Files of a trial appear under their
// names only when complete. The manifest gets one line a slot, in slot order. A worker first leaves its line under
// .pending/, so that a complete trial that is not listed yet is adopted (after its files are hashed again).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/table.h"
#include "physion/run_file.h"

namespace figment::physion {

struct GenerateReport {
  int slots = 0;             // of this shard
  int made = 0, adopted = 0, kept = 0, repaired = 0;
  int rejected_candidates = 0, unaccepted = 0;
  int rejected_for_overlap = 0;   // of the rejected, by --max-start-overlap
  int64_t frames = 0;
  double seconds = 0;
  int workers = 0;
  std::string gl_renderer;
  int stop_signal = 0;       // not 0: stopped before the end by this signal
};
nlohmann::ordered_json ToJson(const GenerateReport& report);

// `worker_program`: path of figment_worker. Throws base::Error.
GenerateReport Generate(const Run& run, const std::filesystem::path& worker_program);

// The worker's side: reads run.json of `folder`, then slots from stdin, and answers with manifest lines on stdout.
// `models`: where the run's models lie now.
void ServeSlots(const std::filesystem::path& folder, const std::string& device, const std::string& models);

struct DryRun {
  int slots = 0;
  double seconds = 0, bytes = 0;   // estimated for the whole shard, with the workers asked for
};
// Makes the first trial of each scenario in a temporary folder and extrapolates.
DryRun EstimateRun(const Run& run);

// --- Manifests.
// NAME.jsonl, or NAME.i-of-N.jsonl of a shard; one process writes it. NAME is manifest, times or log.
std::filesystem::path ShardFile(const std::filesystem::path& folder, const std::string& name, const Shard& shard);
std::vector<std::filesystem::path> ShardFiles(const std::filesystem::path& folder, const std::string& name);
// All files of a line are there in their sizes: a cheap check against truncation; `verify` compares hashes.
bool FilesComplete(const std::filesystem::path& folder, const nlohmann::ordered_json& line);
// The lines of all manifests in the folder, by slot; the first wins where two list one slot.
std::vector<nlohmann::ordered_json> ReadManifests(const std::filesystem::path& folder);

// Writes the per-config files of a complete data set, rebuilt from its manifests, below `into`.
void WriteConfigFilesFromManifest(const std::filesystem::path& folder, const Run& run, const std::filesystem::path& into);

}  // namespace figment::physion
