// Results on stdout: as text for people, as JSON where a program may read.
#pragma once

#include <cstdio>

#include <nlohmann/json.hpp>

#include "base/table.h"

namespace figment::cli {

enum class Format { kText, kJson };

inline void Print(const base::Table& table, Format format) {
  std::fputs((format == Format::kJson ? base::ToJson(table) + "\n" : base::ToText(table)).c_str(), stdout);
}

inline void Print(const nlohmann::ordered_json& json) { std::printf("%s\n", json.dump(1).c_str()); }

}  // namespace figment::cli
