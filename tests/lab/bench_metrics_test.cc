#include "lab/bench_metrics.h"

#include <gtest/gtest.h>

namespace figment::lab {
namespace {

TEST(MetricsBench, RunsWithoutScikitLearnAndSaysSo) {
  const base::Table table = BenchMetrics({.python = "/nowhere/python",
                                          .ridge = {6, 5, 8, 4},
                                          .pls = {6, 5, 8, 4},
                                          .folds = 3,
                                          .pls_components = 2});
  ASSERT_EQ(table.rows.size(), 3u);
  for (const auto& row : table.rows) {
    EXPECT_NE(row.at(1).Text(), "-");
    EXPECT_EQ(row.at(2).Text(), "-");
  }
  EXPECT_NE(ToText(table).find("no scikit-learn here"), std::string::npos);
}

}  // namespace
}  // namespace figment::lab
