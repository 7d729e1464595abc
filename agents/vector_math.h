// Arithmetic on short vectors of floats and the functions of gates on them, for any x86-64 and its wider siblings: GCC
// and Clang lower the types below to what the target of the surrounding function has. Only for functions that are
// inlined into one with a target of its own (agents/cell_kernels.cc).
//
// V stands for Vector8, Vector4 or float. Relative error of Exp under 2e-7 in [-87, 88], where it is clamped; absolute
// error of Sigmoid and Tanh under 2e-7. NaN gives NaN.
#pragma once

#include <cstdint>
#include <cstring>

// GCC notes that such vectors are returned in other registers where AVX is on; nothing here is ever called.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace figment::agents {

typedef float Vector8 __attribute__((vector_size(32)));
typedef float Vector4 __attribute__((vector_size(16)));

template <class V>
struct BitsOf;
template <>
struct BitsOf<float> {
  using type = uint32_t;
};
template <>
struct BitsOf<Vector4> {
  typedef uint32_t type __attribute__((vector_size(16)));
};
template <>
struct BitsOf<Vector8> {
  typedef uint32_t type __attribute__((vector_size(32)));
};

template <class V>
inline V Load(const float* from) {
  V value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <class V>
inline void Store(float* to, const V& value) {
  std::memcpy(to, &value, sizeof value);
}

template <class V>
inline V Exp(const V& of) {
  constexpr float kLog2E = 1.44269504f;
  // ln 2 in two parts: the first has few bits, so that its product with n is exact.
  constexpr float kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;
  // Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits.
  constexpr float kRound = 12582912.0f;
  const V low = V{} - 87.0f, high = V{} + 88.0f;
  V x = of < low ? low : of;
  x = x > high ? high : x;
  const V rounded = x * kLog2E + kRound;
  const V n = rounded - kRound;
  const V r = (x - n * kLn2High) - n * kLn2Low;  // |r| <= ln 2 / 2
  // Taylor: the first term left out is under 6e-9.
  V y = r * (1.0f / 5040) + 1.0f / 720;
  y = y * r + 1.0f / 120;
  y = y * r + 1.0f / 24;
  y = y * r + 1.0f / 6;
  y = y * r + 0.5f;
  y = y * r + 1.0f;
  y = y * r + 1.0f;
  // 2^n by its exponent bits; the low bits of `rounded` are n, and what stands above them shifts out.
  typename BitsOf<V>::type bits;
  std::memcpy(&bits, &rounded, sizeof bits);
  bits = (bits << 23) + 0x3f800000u;
  V power;
  std::memcpy(&power, &bits, sizeof power);
  return y * power;
}

template <class V>
inline V Sigmoid(const V& x) {
  return 1.0f / (1.0f + Exp<V>(-x));
}

template <class V>
inline V Tanh(const V& x) {
  return 1.0f - 2.0f / (1.0f + Exp<V>(x + x));
}

// body.template operator()<V>(u) for all of 0..n-1, in steps of V's width.
template <class Body>
inline void ForVectors(int64_t n, const Body& body) {
  int64_t u = 0;
  for (; u + 8 <= n; u += 8) body.template operator()<Vector8>(u);
  for (; u + 4 <= n; u += 4) body.template operator()<Vector4>(u);
  for (; u < n; ++u) body.template operator()<float>(u);
}

}  // namespace figment::agents
