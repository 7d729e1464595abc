// `figment pong score`, `decode` and `synthetic` as functions: from files to tables and to what is kept on disk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/table.h"

namespace figment::pong {

struct ScoreRequest {
  std::string features;                 // a file; or:
  std::vector<std::string> oracle;      // parts of the true state: position, velocity, endpoint
  std::vector<std::string> responses;   // files, FILE or ANIMAL=FILE
  std::string array = "neural_responses_reliable", trials = "occ";
  double min_reliability = -2;
  std::optional<double> dt_ms;
  std::string map = "ridge";            // of RegressionMaps(), or rsa, or cka
  std::string epoch = "all";
  int folds = 5;
  bool leaky_rows = false;
  int components = 25;
  int factors = 0;                      // 0 = units as they are
  std::string reduction = "fa";         // fa or pca, where factors > 0
  bool factors_on_all = false;          // rsa and decode only
  std::string grid = "frames", distance = "euclidean", correlation = "pearson";  // of rsa
  std::string null = "none";            // or conditions: features with permuted conditions
  int bootstrap = 1000;
  bool other_animal = true;
  uint64_t seed = 0;
  int splits = 100, lag_bins = 0;       // of decode
};

struct ScoreReport {
  nlohmann::ordered_json json;          // everything: settings, seeds, hashes, split ids, scores
  base::Table table;                    // one row a population and epoch
  std::string scores_csv, units_csv;    // units_csv is empty without a fitted map
};

// Throw base::UsageError for options that do not fit together, base::Error for bad files.
ScoreReport RunScore(const ScoreRequest& request);
ScoreReport RunDecode(const ScoreRequest& request);

// score.json, scores.csv and units.csv in a folder, which is made. Throw base::Error if one of them is there: nothing is
// replaced. The check alone comes before a long score.
void CheckNoReport(const std::string& folder);
void WriteReport(const ScoreReport& report, const std::string& folder);

}  // namespace figment::pong
