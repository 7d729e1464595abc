// Inputs with the answers of labmaze, dm_control and SciPy, made by scripts/make_rodent_fixtures.py.
#pragma once

#include <fstream>
#include <string>

#include <nlohmann/json.hpp>

namespace figment::rodent {

inline nlohmann::json Fixture(const std::string& name) {
  std::ifstream in(std::string(FIGMENT_SOURCE_DIR) + "/tests/rodent/data/" + name + ".json");
  return nlohmann::json::parse(in);
}

}  // namespace figment::rodent
