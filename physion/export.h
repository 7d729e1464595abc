// Lays the trials of finished data sets out as the readers of other programs want them (docs/format.md, "Exports").
// The data sets are not changed; no physics and no pictures are made again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/table.h"

namespace figment::physion {

struct ExportRequest {
  std::string layout;                    // a name of LayoutNames()
  std::filesystem::path train, test;     // folders of data sets; empty = no such part, at least one is needed
  std::filesystem::path out;
  std::optional<int> balance;            // trials of each scenario and part, half of them positive
  uint64_t seed = 42;                    // of the choice by `balance`, and of the order in shards
  std::optional<int> shard_mb;           // webdataset: largest size of a shard, 10^6 bytes; otherwise 500
  bool copy = false;                     // v1: copies even where hard links are possible
  bool partial = false;                  // takes what is there of an incomplete data set
};

std::vector<std::string> LayoutNames();

// Exports, and returns per part and scenario how many trials there were, were exported and are positive. A part that
// is there already is written again if it is the same export; a part that is missing is added. Throws base::Error,
// before anything is written, for what the request or the data sets lack.
base::Table Export(const ExportRequest& request);

}  // namespace figment::physion
