// Looks at a data set without changing it: what is there, what it contains, whether it is intact.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/table.h"
#include "physion/run_file.h"

namespace figment::physion {

struct Status {
  int slots = 0, done = 0, unaccepted = 0;
  base::Table table;                     // per scenario: planned, done, rejected
  std::vector<std::string> missing;      // stimulus names, in slot order
  std::string shards_to_run;             // "2,5-7 of 8", from the shards seen in the folder; empty if nothing is missing
};
// `shards`: into how many shards the run is divided; 0 = as the manifests in the folder say.
Status StatusOf(const std::filesystem::path& folder, int shards);

// Per scenario: trials, hit rate, median first contact, trial length, how trials ended, rejects, frames/s of the last run.
base::Table StatsTable(const std::filesystem::path& folder);

// Label agreement of two data sets made from the same scenes (for instance by two engines), per scenario.
base::Table AgreementTable(const std::filesystem::path& folder, const std::filesystem::path& other);

struct Verification {
  int trials = 0, files = 0, regenerated = 0;
  std::vector<std::string> problems;     // empty = intact
  std::vector<std::string> notes;        // "made on another CPU class: only labels were compared"
};
// Reads and hashes every file, opens every HDF5 file, and with regenerate > 0 makes that many trials again (chosen by a
// fixed seed) and compares them bit for bit; on another CPU class or renderer only their labels. `models`: where the
// user's models lie now; "" = where they lay when the data set was made.
Verification Verify(const std::filesystem::path& folder, int regenerate, const std::string& device,
                    const std::string& models);

}  // namespace figment::physion
