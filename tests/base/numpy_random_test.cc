// Expected numbers: numpy 2.4.6, numpy.random.RandomState.
#include "base/numpy_random.h"

#include <gtest/gtest.h>

namespace figment::base {
namespace {

using Order = std::vector<int>;

TEST(NumpyRandom, PermutationsAreNumpys) {
  EXPECT_EQ(NumpyRandom(0).Permutation(10), (Order{2, 8, 4, 9, 1, 6, 7, 3, 0, 5}));
  EXPECT_EQ(NumpyRandom(4294967295u).Permutation(6), (Order{1, 4, 5, 0, 2, 3}));
  Order first = NumpyRandom(1234).Permutation(79);
  first.resize(12);
  EXPECT_EQ(first, (Order{46, 21, 10, 54, 29, 67, 75, 45, 18, 68, 64, 4}));
}

TEST(NumpyRandom, SuccessiveDrawsContinueTheStream) {
  NumpyRandom random(0);
  const std::vector<Order> expected = {{49, 27, 30, 63, 45}, {4, 44, 62, 24, 5}, {0, 26, 76, 66, 42}};
  for (const Order& start : expected) {
    Order order = random.Permutation(79);
    order.resize(5);
    EXPECT_EQ(order, start);
  }
}

TEST(NumpyRandom, SmallPermutationsDrawNothingTheyNeedNot) {
  NumpyRandom random(7);
  const std::vector<Order> expected = {{0}, {0, 1}, {2, 1, 0}, {3, 1, 0, 2}, {3, 4, 2, 1, 0}};
  for (int n = 1; n <= 5; ++n) EXPECT_EQ(random.Permutation(n), expected[static_cast<size_t>(n - 1)]);
  EXPECT_EQ(random.Uniform(), 0.26843898010187117);
}

TEST(NumpyRandom, ShuffleAndUniform) {
  NumpyRandom random(42);
  Order items;
  for (int i = 0; i < 20; ++i) items.push_back(3 * i);
  random.Shuffle(std::span<int>(items));
  EXPECT_EQ(items, (Order{0, 51, 45, 3, 24, 15, 33, 9, 54, 48, 39, 6, 27, 57, 12, 36, 21, 30, 42, 18}));
  EXPECT_EQ(random.Uniform(), 0.0007787658410143283);
  EXPECT_EQ(random.Uniform(), 0.9922115592912175);
  EXPECT_EQ(random.Uniform(), 0.6174815096277165);
}

TEST(NumpyRandom, TheOrderOfTheTrialSet) {
  const Order order = NumpyRandom(0).Permutation(472225);
  EXPECT_EQ(Order(order.begin(), order.begin() + 4), (Order{13091, 327391, 459910, 400117}));
  EXPECT_EQ(order[47223], 281347);
  EXPECT_EQ(order.back(), 461484);
}

}  // namespace
}  // namespace figment::base
