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

TEST(Error, AWordOfAChoiceComesBeforeLikeness) {
  const std::vector<std::string> names = {"run_gaps", "Maze_forage", "two_touch", "touching"};
  EXPECT_EQ(NearestChoice("maze", names), "Maze_forage");
  EXPECT_EQ(NearestChoice("gap", names), "run_gaps");
  EXPECT_EQ(NearestChoice("touch", names), "touching");  // of two the more alike
  EXPECT_EQ(NearestChoice("two-touch", names), "two_touch");
  EXPECT_EQ(NearestChoice("aze", names), "run_gaps");  // inside a word is not enough
  EXPECT_EQ(NearestChoice("", names), "run_gaps");
  EXPECT_EQ(NearestChoice("x", {}), "");
}

TEST(Error, LongListsAreCut) {
  const std::vector<std::string> names = {"a", "b", "c"};
  EXPECT_STREQ(UnknownName("key", "A", names, 2).what(), "unknown key 'A': did you mean 'a'? Valid: a, b and 1 more");
}

}  // namespace
}  // namespace figment::base
