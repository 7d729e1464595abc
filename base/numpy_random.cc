#include "base/numpy_random.h"

#include <bit>
#include <numeric>

#include "base/check.h"

namespace figment::base {

double NumpyRandom::Uniform() {
  const uint32_t high = Next32() >> 5, low = Next32() >> 6;  // 27 and 26 bits
  return (high * 67108864.0 + low) / 9007199254740992.0;
}

uint32_t NumpyRandom::Interval(uint32_t largest) {
  if (largest == 0) return 0;  // draws nothing
  const uint32_t mask = ~uint32_t{0} >> std::countl_zero(largest);
  uint32_t value = Next32() & mask;
  while (value > largest) value = Next32() & mask;
  return value;
}

std::vector<int> NumpyRandom::Permutation(int n) {
  CHECK_GE(n, 0);
  std::vector<int> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  Shuffle(std::span<int>(order));
  return order;
}

}  // namespace figment::base
