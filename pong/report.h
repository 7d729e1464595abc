// One HTML page on what models of Mental-Pong answer and hold in their states: tables, endpoint error and simulation
// index against consistency with subjects, and when the endpoint can be read from the state.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "pong/model_scores.h"

namespace figment::pong {

struct ReportSources {
  std::string subjects;   // where the subjects' answers come from, in a sentence
  std::string models;     // which files were scored
};

// The same scores give the same bytes.
std::string ReportPage(std::span<const ModelScore> scores, std::span<const Subject> subjects,
                       const ReportSources& sources);

// Writes it; replaces an older report. Throws base::Error if `out` is a file that is no report.
void WriteReport(const std::filesystem::path& out, const std::string& page);

}  // namespace figment::pong
