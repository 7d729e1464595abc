#include "base/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace figment::base {
namespace {

TEST(Rng, SameKeysSameNumbersOnEveryMachine) {
  Rng rng({1, KeyOf("collide"), 3});
  Rng twin({1, KeyOf("collide"), 3});
  for (int i = 0; i < 100; ++i) EXPECT_EQ(rng.Next32(), twin.Next32());
}

TEST(Rng, AnyKeyChangesTheStream) {
  std::set<uint64_t> first;
  for (uint64_t seed = 0; seed < 30; ++seed)
    for (uint64_t index = 0; index < 30; ++index) first.insert(Rng({seed, index}).Next64());
  EXPECT_EQ(first.size(), 900u);
}

TEST(Rng, SplitDoesNotAdvanceTheParent) {
  Rng rng({7});
  Rng untouched({7});
  Rng child = rng.Split("camera");
  EXPECT_EQ(rng.Next64(), untouched.Next64());
  EXPECT_NE(child.Next64(), Rng({7}).Next64());
}

// Mean 1/2 and variance 1/12; 4 standard errors of 100000 draws are .0037 and about .001.
TEST(Rng, UniformHasTheMomentsOfTheUniformDistribution) {
  Rng rng({11});
  double sum = 0, square = 0;
  const int n = 100000;
  for (int i = 0; i < n; ++i) {
    const double u = rng.Uniform();
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    sum += u, square += u * u;
  }
  EXPECT_NEAR(sum / n, 0.5, 0.0037);
  EXPECT_NEAR(square / n - sum * sum / n / n, 1.0 / 12, 0.001);
}

TEST(Rng, IntegerExcludesTheUpperEndAndReachesBothBounds) {
  Rng rng({5});
  std::set<int64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(rng.Integer(-2, 3));
  EXPECT_EQ(seen, (std::set<int64_t>{-2, -1, 0, 1, 2}));
}

TEST(Rng, NormalHasUnitVariance) {
  Rng rng({6});
  double sum = 0, square = 0;
  const int n = 100000;
  for (int i = 0; i < n; ++i) {
    const double x = rng.Normal();
    sum += x, square += x * x;
  }
  EXPECT_NEAR(sum / n, 0, 0.013);      // 4 / sqrt(n)
  EXPECT_NEAR(square / n, 1, 0.018);   // 4 sqrt(2 / n)
}

TEST(Rng, SavedStateContinuesEqually) {
  Rng rng({9});
  rng.Next64();
  const Rng::State saved = rng.Save();
  const uint64_t next = rng.Next64();
  Rng other({0});
  other.Restore(saved);
  EXPECT_EQ(other.Next64(), next);
}

}  // namespace
}  // namespace figment::base
