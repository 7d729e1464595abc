// One HTML page that shows what a data set contains: settings, outcomes beside those of the released trials, rejected
// scenes, contact times, trials to watch, and a bias audit. docs/report.md says how to read it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "physion/run_file.h"

namespace figment::physion {

struct ReportRequest {
  std::filesystem::path folder;
  std::filesystem::path out;     // empty = report.html in the folder
  int thumbnails = 12;           // trials shown per scenario
};

struct ReportSummary {
  std::filesystem::path out;
  size_t bytes = 0;
  int planned = 0, trials = 0, accepted = 0;
  int thumbnails = 0;
  std::vector<std::string> notes;  // what is missing or could not be shown
};
nlohmann::ordered_json ToJson(const ReportSummary& summary);

// The same data set gives the same bytes. Replaces an older report at `out`. Throws base::Error if the folder holds no
// data set or no finished trial, if a manifest is damaged, or if `out` is a file that is no report.
ReportSummary WriteReport(const ReportRequest& request);

// The scene of a manifest line, built again from the run's settings and the line's seed.
TrialSpec SpecOfLine(const Run& run, const nlohmann::ordered_json& line);

}  // namespace figment::physion
