#include "files/csv.h"

#include "tests/files/scratch.h"

namespace figment::files {
namespace {

TEST(Csv, ReadsTextsAndNumbersByColumn) {
  const CsvTable table("a,b,c\n1,,x\r\n\n-2.5,3e2,\"y, \"\"z\"\"\"\n", "t.csv");
  ASSERT_EQ(table.rows(), 2u);
  EXPECT_EQ(table.Number(0, "a"), 1);
  EXPECT_EQ(table.Number(0, "b"), std::nullopt);
  EXPECT_EQ(table.Text(0, "c"), "x");
  EXPECT_EQ(table.Number(1, "a"), -2.5);
  EXPECT_EQ(table.Number(1, "b"), 300);
  EXPECT_EQ(table.Text(1, "c"), "y, \"z\"");
}

TEST(Csv, ErrorsNameLineAndColumn) {
  EXPECT_EQ(ErrorOf([] { CsvTable("a,b\n1,2\n1,2,3\n", "t.csv"); }),
            "t.csv:3: 3 fields where the first line names 2 columns");
  EXPECT_EQ(ErrorOf([] { CsvTable("\n\n", "t.csv"); }), "t.csv is empty: a line of column names was expected");
  const CsvTable table("a,b\n1,two\n", "t.csv");
  EXPECT_EQ(ErrorOf([&] { table.Text(0, "d"); }), "t.csv lacks the column d");
  EXPECT_EQ(ErrorOf([&] { table.Require({"a", "d", "e"}); }), "t.csv lacks the column(s) d, e");
  EXPECT_EQ(ErrorOf([&] { table.Number(0, "b"); }), "t.csv:2: b is 'two', expected a number");
  EXPECT_EQ(ErrorOf([] { CsvTable("a\nnan\n", "t.csv").Number(0, "a"); }), "t.csv:2: a is 'nan', expected a number");
}

}  // namespace
}  // namespace figment::files
