// The layouts of an export. One more: a file that makes its Layout, and a line in the table of export.cc.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/progress.h"
#include "physion/export.h"
#include "physion/run_file.h"

namespace figment::physion {

// A trial to export.
struct ExportTrial {
  nlohmann::ordered_json line;           // of the manifest

  std::string name() const { return line.at("stimulus_name"); }
  std::string scenario() const { return line.at("scenario"); }
  bool label() const { return line.at("label"); }
  bool Has(const std::string& suffix) const;             // "_img.mp4", ".hdf5", ...
  std::string PathOf(const std::string& suffix) const;   // relative to the data set
};

// train or test: the trials chosen from one data set, in slot order.
struct ExportPart {
  std::string name;
  std::filesystem::path folder;          // of the data set
  Run run;
  std::vector<ExportTrial> trials;

  // What became of the data set's trials, by scenario.
  struct Counts {
    int there = 0, not_accepted = 0, left_out = 0;
  };
  std::map<std::string, Counts> counts;

  const Slot& SlotOf(const ExportTrial& trial) const;
  const PlannedConfig& ConfigOf(const ExportTrial& trial) const;
  std::filesystem::path SourceOf(const ExportTrial& trial, const std::string& suffix) const;
};

struct Layout {
  std::string name;
  // Whether the readers of this layout know the scenario; nullptr = all. Others are left out before trials are chosen.
  bool (*takes)(const std::string& scenario) = nullptr;
  // Throws base::Error if the request or a part cannot be laid out; returns notes to the user.
  std::vector<std::string> (*check)(const ExportRequest& request, std::span<const ExportPart> parts) = nullptr;
  // Writes a part, replacing files of the same names; advances `progress` once a trial.
  void (*write)(const ExportRequest& request, const ExportPart& part, base::Progress& progress) = nullptr;
};

Layout LayoutV1();
Layout LayoutV15();
Layout LayoutWebdataset();

// The error for a part of which no trial has a file the layout is made of.
void RequireFile(const ExportPart& part, const std::string& suffix, const std::string& layout,
                 const std::string& generate_flags);

}  // namespace figment::physion
