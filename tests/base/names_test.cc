#include "base/names.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "base/text.h"

namespace figment::base {
namespace {

struct Entry {
  const char* name;
  int value;
};

TEST(Names, EntriesAreFoundByTheirNames) {
  const std::vector<Entry> table = {{"a", 1}, {"b", 2}};
  EXPECT_EQ(&FindNamed("letter", "b", table), &table[1]);
  EXPECT_EQ(FindNamedOrNull("c", table), nullptr);
  EXPECT_EQ(NamesOf(table), (std::vector<std::string>{"a", "b"}));
}

TEST(Names, TheFirstOfAPairIsItsName) {
  const std::map<std::string, int> table = {{"a", 1}, {"b", 2}};
  EXPECT_EQ(FindNamed("letter", "b", table).second, 2);
}

TEST(Names, UnknownNamesAreErrors) {
  const std::vector<Entry> table = {{"a", 1}, {"bc", 2}};
  try {
    FindNamed("letter", "b", table, 1);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "unknown letter 'b': did you mean 'bc'? Valid: a and 1 more");
  }
  EXPECT_THROW(RequireName("letter", "b", NamesOf(table)), Error);
  EXPECT_NO_THROW(RequireName("letter", "a", NamesOf(table)));
}

TEST(Text, SplitKeepsEmptyParts) {
  EXPECT_EQ(SplitAt("a,,b,", ','), (std::vector<std::string>{"a", "", "b", ""}));
  EXPECT_EQ(SplitAt("", ','), (std::vector<std::string>{""}));
}

}  // namespace
}  // namespace figment::base
