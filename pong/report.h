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
  ModelScoreOptions options = {};  // how
};

// The same scores give the same bytes.
std::string ReportPage(std::span<const ModelScore> scores, std::span<const Subject> subjects,
                       const ReportSources& sources);

// Throws base::Error if `out` cannot become such a page (files/html.h); before the models are scored, which takes time.
void CheckReportTarget(const std::filesystem::path& out);
// Writes it; may replace an older report.
void WriteReport(const std::filesystem::path& out, const std::string& page);

}  // namespace figment::pong
