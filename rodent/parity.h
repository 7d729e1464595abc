// Does our physics equal dm_control's? Repeats a recorded episode, or single states, and compares every array.
//
// How such files are made: scripts/parity_dm_control.py.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/table.h"

namespace figment::rodent {

inline constexpr double kParityTolerance = 1e-9;

struct ParityRow {
  std::string array;
  double largest = 0;             // absolute difference
  std::optional<int> first_step;  // where it exceeds kParityTolerance: row k is after control step k
};

struct ParityReport {
  std::string task;
  int rows = 0;
  bool trajectory = false;  // an episode; otherwise single states
  std::vector<ParityRow> arrays;
  bool equal() const;       // within kParityTolerance
};

struct ParityRequest {
  std::filesystem::path reference;  // .npz
  std::string task;                 // empty: as the file says or shows
  std::string assets;               // FindAssets
};

// Throws base::Error for a file that is not such a recording, or if the physics breaks down on the way.
ParityReport CompareWithReference(const ParityRequest& request);

base::Table ParityTable(const ParityReport& report);

}  // namespace figment::rodent
