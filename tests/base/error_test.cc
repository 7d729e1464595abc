#include "base/error.h"

#include <gtest/gtest.h>

#include <vector>

namespace figment::base {
namespace {

TEST(Error, UnknownNameSuggestsTheNearest) {
  const std::vector<std::string> names = {"dominoes", "support", "roll"};
  const Error error = UnknownName("scenario", "rol", names);
  EXPECT_STREQ(error.what(), "unknown scenario 'rol': did you mean 'roll'? Valid: dominoes, support, roll");
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
}

TEST(Error, TheBeginningOfANameIsNearest) {
  const std::vector<std::string> names = {"run_gaps", "maze_forage"};
  EXPECT_EQ(NearestChoice("maze", names), "maze_forage");  // which takes more changes
}

TEST(Error, LongListsAreCut) {
  const std::vector<std::string> names = {"a", "b", "c"};
  EXPECT_STREQ(UnknownName("key", "A", names, 2).what(), "unknown key 'A': did you mean 'a'? Valid: a, b and 1 more");
}

}  // namespace
}  // namespace figment::base
