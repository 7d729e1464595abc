#include "base/table.h"

#include <gtest/gtest.h>

namespace figment::base {
namespace {

const Table kTable{.title = "",
                   .columns = {"name", "n", "rate"},
                   .rows = {{"roll", 2, Cell(0.5, 2)}, {"drop \"1\"", 10, Cell()}},
                   .notes = {"note"}};

TEST(Table, TextsStandLeftAndNumbersRight) {
  EXPECT_EQ(ToText(kTable),
            "name       n  rate\n"
            "roll       2  0.50\n"
            "drop \"1\"  10     -\n"
            "note\n");
}

TEST(Table, JsonKeepsNumbersAndEscapesTexts) {
  EXPECT_EQ(ToJson(kTable),
            "{\"title\": \"\", \"rows\": [{\"name\": \"roll\", \"n\": 2, \"rate\": 0.5}, "
            "{\"name\": \"drop \\\"1\\\"\", \"n\": 10, \"rate\": null}], \"notes\": [\"note\"]}");
}

}  // namespace
}  // namespace figment::base
