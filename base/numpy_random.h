// NumPy's legacy random numbers (numpy.random.RandomState), for data sets and splits that were published with them.
// Everything new draws from base/random.h.
//
// The stream is MT19937 seeded with one 32-bit number (`RandomState(seed)`), the same as std::mt19937. NumPy promises
// that the legacy distributions never change.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace figment::base {

class NumpyRandom {
 public:
  explicit NumpyRandom(uint32_t seed) : engine_(seed) {}

  uint32_t Next32() { return static_cast<uint32_t>(engine_()); }
  double Uniform();                   // `random_sample()`: [0, 1), 53 bits
  uint32_t Interval(uint32_t largest);  // 0..largest, both included: masked draws, too large ones are drawn again

  // `shuffle(items)` of a one-dimensional array.
  template <class T>
  void Shuffle(std::span<T> items) {
    for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[Interval(static_cast<uint32_t>(i - 1))]);
  }

  std::vector<int> Permutation(int n);  // `permutation(n)`: 0..n-1 in random order

 private:
  std::mt19937 engine_;
};

}  // namespace figment::base
