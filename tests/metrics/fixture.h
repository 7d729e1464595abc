// Inputs with the answers of scikit-learn and NumPy, made by scripts/make_metrics_fixtures.py.
#pragma once

#include <fstream>
#include <string>

#include <nlohmann/json.hpp>

namespace figment::metrics {

inline constexpr double kParity = 1e-6;

inline nlohmann::json Fixture(const std::string& name) {
  std::ifstream in(std::string(FIGMENT_SOURCE_DIR) + "/tests/metrics/data/" + name + ".json");
  return nlohmann::json::parse(in);
}

}  // namespace figment::metrics
