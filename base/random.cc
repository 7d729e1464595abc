#include "base/random.h"

#include <cmath>
#include <numbers>

#include "base/check.h"

namespace figment::base {
namespace {

// The SplitMix64 finaliser (Steele, Lea, Flood 2014): spreads every key over all 64 bits.
uint64_t Mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

uint64_t Combine(uint64_t key, uint64_t next) { return Mix(key ^ Mix(next)); }

}  // namespace

uint64_t KeyOf(std::string_view name) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

Rng::Rng(uint64_t key) : key_(key), state_(0), increment_((Mix(key) << 1) | 1u) {
  Next32();
  state_ += Mix(key + 1);
  Next32();
}

Rng::Rng(std::initializer_list<uint64_t> keys) : Rng([&] {
  uint64_t key = 0x46696d656e740000u;
  for (const uint64_t k : keys) key = Combine(key, k);
  return key;
}()) {}

Rng Rng::Split(uint64_t key) const { return Rng(Combine(key_, key)); }

uint32_t Rng::Next32() {
  const uint64_t old = state_;
  state_ = old * 6364136223846793005u + increment_;
  const auto xorshifted = static_cast<uint32_t>(((old >> 18u) ^ old) >> 27u);
  const auto rotation = static_cast<uint32_t>(old >> 59u);
  return (xorshifted >> rotation) | (xorshifted << ((32u - rotation) & 31u));
}

uint64_t Rng::Next64() {
  const uint64_t high = Next32();
  return (high << 32) | Next32();
}

double Rng::Uniform() { return static_cast<double>(Next64() >> 11) * 0x1.0p-53; }

double Rng::Uniform(double low, double high) { return low + (high - low) * Uniform(); }

int64_t Rng::Integer(int64_t low, int64_t end) {
  CHECK_LT(low, end);
  const uint64_t count = static_cast<uint64_t>(end) - static_cast<uint64_t>(low);
  // Reject the incomplete last block so that every value is equally likely.
  const uint64_t limit = UINT64_MAX - UINT64_MAX % count;
  uint64_t draw = Next64();
  while (draw >= limit) draw = Next64();
  return low + static_cast<int64_t>(draw % count);
}

double Rng::Normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - Uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * Uniform());
}

}  // namespace figment::base
