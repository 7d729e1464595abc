// The one random generator. Same keys, same numbers: on every compiler, machine and number of threads.
//
// An Rng is made from a list of keys (seed, stream name, index, ...), never from the clock, and is passed to whoever
// draws. The engine is PCG-XSH-RR 64/32 (O'Neill 2014); the distributions are ours because those of the standard
// library differ between vendors.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace figment::base {

// A key for an Rng stream out of a name (FNV-1a, 64 bit).
uint64_t KeyOf(std::string_view name);

class Rng {
 public:
  explicit Rng(std::initializer_list<uint64_t> keys);

  // An independent generator for a part of the work; does not advance this one.
  Rng Split(uint64_t key) const;
  Rng Split(std::string_view name) const { return Split(KeyOf(name)); }

  uint32_t Next32();
  uint64_t Next64();
  double Uniform();                          // [0, 1), 53 bits
  double Uniform(double low, double high);   // [low, high); equal bounds give that value
  int64_t Integer(int64_t low, int64_t end); // low <= value < end, without modulo bias
  bool Chance(double probability) { return Uniform() < probability; }
  double Normal();                           // standard normal (Box-Muller, one value a call)

  template <class T>
  const T& Choice(std::span<const T> items) {
    return items[static_cast<size_t>(Integer(0, static_cast<int64_t>(items.size())))];
  }
  template <class T>
  const T& Choice(const std::vector<T>& items) {
    return Choice(std::span<const T>(items));
  }
  template <class T>
  void Shuffle(std::vector<T>& items) {  // Fisher-Yates
    for (size_t i = items.size(); i > 1; --i)
      std::swap(items[i - 1], items[static_cast<size_t>(Integer(0, static_cast<int64_t>(i)))]);
  }

  // Complete state, for checkpoints.
  struct State {
    uint64_t key, state, increment;
  };
  State Save() const { return {key_, state_, increment_}; }
  void Restore(const State& saved) { key_ = saved.key, state_ = saved.state, increment_ = saved.increment; }

 private:
  explicit Rng(uint64_t key);
  uint64_t key_, state_, increment_;
};

}  // namespace figment::base
