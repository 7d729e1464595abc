// Inputs with the answers of scikit-learn and NumPy, made by scripts/make_metrics_fixtures.py.
#pragma once

#include <fstream>
#include <string>

#include <Eigen/Core>
#include <nlohmann/json.hpp>

namespace figment::metrics {

inline constexpr double kParity = 1e-6;

inline nlohmann::json Fixture(const std::string& name) {
  std::ifstream in(std::string(FIGMENT_SOURCE_DIR) + "/tests/metrics/data/" + name + ".json");
  return nlohmann::json::parse(in);
}

inline Eigen::MatrixXd MatrixOf(const nlohmann::json& rows) {
  Eigen::MatrixXd matrix(rows.size(), rows.at(0).size());
  for (Eigen::Index r = 0; r < matrix.rows(); ++r)
    for (Eigen::Index c = 0; c < matrix.cols(); ++c)
      matrix(r, c) = rows.at(static_cast<size_t>(r)).at(static_cast<size_t>(c)).get<double>();
  return matrix;
}

}  // namespace figment::metrics
