#include "render/patterns.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace figment::render {
namespace {

// Integer hash (the finaliser of MurmurHash3) to 0..1.
double Hash(uint32_t x, uint32_t y, uint32_t key) {
  uint32_t h = x * 0x9E3779B1u ^ (y + 0x7F4A7C15u) * 0x85EBCA77u ^ key * 0xC2B2AE3Du;
  h ^= h >> 16;
  h *= 0x85EBCA6Bu;
  h ^= h >> 13;
  h *= 0xC2B2AE35u;
  h ^= h >> 16;
  return h / 4294967295.0;
}

double Smooth(double t) { return t * t * (3 - 2 * t); }
double Mix(double a, double b, double t) { return a + (b - a) * t; }
double Fraction(double x) { return x - std::floor(x); }

// Value noise on a grid of cells_u x cells_v over the unit square, repeating; 0..1.
double Noise(double u, double v, int cells_u, int cells_v, uint32_t key) {
  const double x = Fraction(u) * cells_u, y = Fraction(v) * cells_v;
  const int i = static_cast<int>(x) % cells_u, j = static_cast<int>(y) % cells_v;
  const auto at = [&](int a, int b) {
    return Hash(static_cast<uint32_t>((i + a) % cells_u), static_cast<uint32_t>((j + b) % cells_v), key);
  };
  const double s = Smooth(x - std::floor(x)), t = Smooth(y - std::floor(y));
  return Mix(Mix(at(0, 0), at(1, 0), s), Mix(at(0, 1), at(1, 1), s), t);
}

// Octaves of noise, each twice as fine and half as strong; 0..1.
double Fractal(double u, double v, int cells_u, int cells_v, int octaves, uint32_t key) {
  double sum = 0, weight = 0, strength = 1;
  for (int k = 0; k < octaves; ++k, strength /= 2) {
    sum += strength * Noise(u, v, cells_u << k, cells_v << k, key + static_cast<uint32_t>(k));
    weight += strength;
  }
  return sum / weight;
}

// 1 in the middle of a cell, 0 on a seam of the given width at its edges.
double Inside(double t, double width) { return Smooth(std::clamp(std::min(t, 1 - t) / width, 0.0, 1.0)); }

// Grain along u: stretched noise plus wavy rings.
double Wood(double u, double v, uint32_t key) {
  const double wander = Fractal(u, v, 2, 4, 3, key);
  const double ring = 0.5 + 0.5 * std::sin(6.283185307179586 * (6 * v + 1.5 * wander));
  const double fibre = Fractal(u, v, 4, 64, 2, key + 10);
  return 0.72 + 0.16 * ring + 0.12 * fibre;
}

// Eight rows of boards, two boards a row, every other row shifted.
double Parquet(double u, double v) {
  const double row = std::floor(v * 8);
  const double along = u * 2 + (static_cast<int>(row) % 2 ? 0.37 : 0.0) + 0.11 * row;
  const uint32_t board = static_cast<uint32_t>(static_cast<int>(row) * 2 + (static_cast<int>(std::floor(along)) & 1));
  const double tone = 0.80 + 0.14 * Hash(board, 3, 21);
  const double grain = Fractal(u + 0.13 * board, v, 4, 64, 2, 22);
  const double seam = Inside(Fraction(v * 8), 0.05) * Inside(Fraction(along), 0.012);
  return (tone + 0.12 * (grain - 0.5)) * Mix(0.62, 1.0, seam);
}

// Four by four glazed tiles with darker joints.
double Tile(double u, double v) {
  const uint32_t i = static_cast<uint32_t>(u * 4), j = static_cast<uint32_t>(v * 4);
  const double tone = 0.90 + 0.08 * Hash(i, j, 31) + 0.04 * (Fractal(u, v, 8, 8, 3, 32) - 0.5);
  const double joint = Inside(Fraction(u * 4), 0.03) * Inside(Fraction(v * 4), 0.03);
  return tone * Mix(0.68, 1.0, joint);
}

double Carpet(double u, double v) { return 0.76 + 0.24 * Fractal(u, v, 64, 64, 2, 41) * (0.8 + 0.4 * Noise(u, v, 6, 6, 43)); }

// Brushed along u.
double Metal(double u, double v) { return 0.84 + 0.14 * Fractal(u, v, 3, 128, 1, 51) + 0.02 * Noise(u, v, 4, 4, 52); }

double Plastic(double u, double v) { return 0.96 + 0.04 * Noise(u, v, 128, 128, 61); }

// Over-and-under weave of 32 threads each way.
double Fabric(double u, double v) {
  const double a = std::abs(std::sin(3.141592653589793 * 32 * u)), b = std::abs(std::sin(3.141592653589793 * 32 * v));
  const bool over = (static_cast<int>(u * 32) + static_cast<int>(v * 32)) % 2 == 0;
  return 0.76 + 0.18 * (over ? a : b) + 0.06 * Noise(u, v, 32, 32, 71);
}

// A midrib along v with side veins.
double Leaf(double u, double v) {
  const double from_rib = std::abs(u - 0.5);
  const double rib = std::clamp(1 - from_rib / 0.03, 0.0, 1.0);
  const double vein = std::clamp(1 - std::abs(Fraction(v * 8 - from_rib * 6) - 0.5) / 0.08, 0.0, 1.0);
  return 0.74 + 0.18 * std::max(rib, 0.6 * vein) + 0.08 * Fractal(u, v, 16, 16, 2, 81);
}

double Plaster(double u, double v) { return 0.92 + 0.08 * Fractal(u, v, 8, 8, 5, 91); }

double Value(envs::Texture texture, double u, double v) {
  switch (texture) {
    case envs::Texture::kPlain: return 1.0;
    case envs::Texture::kWood: return Wood(u, v, 1);
    case envs::Texture::kParquet: return Parquet(u, v);
    case envs::Texture::kTile: return Tile(u, v);
    case envs::Texture::kCarpet: return Carpet(u, v);
    case envs::Texture::kMetal: return Metal(u, v);
    case envs::Texture::kPlastic: return Plastic(u, v);
    case envs::Texture::kFabric: return Fabric(u, v);
    case envs::Texture::kLeaf: return Leaf(u, v);
    case envs::Texture::kPlaster: return Plaster(u, v);
  }
  base::CheckFailed(__FILE__, __LINE__, "unknown texture");
}

std::vector<uint8_t> Halve(const std::vector<uint8_t>& fine, int fine_size) {
  const int size = fine_size / 2;
  std::vector<uint8_t> coarse(static_cast<size_t>(size) * static_cast<size_t>(size));
  const auto at = [&](int x, int y) { return fine[static_cast<size_t>(y * fine_size + x)]; };
  for (int y = 0; y < size; ++y)
    for (int x = 0; x < size; ++x)
      coarse[static_cast<size_t>(y * size + x)] = static_cast<uint8_t>(
          (at(2 * x, 2 * y) + at(2 * x + 1, 2 * y) + at(2 * x, 2 * y + 1) + at(2 * x + 1, 2 * y + 1) + 2) / 4);
  return coarse;
}

}  // namespace

std::vector<std::vector<uint8_t>> MakePattern(envs::Texture texture) {
  std::vector<uint8_t> finest;
  finest.reserve(static_cast<size_t>(kPatternSize) * kPatternSize);
  for (int y = 0; y < kPatternSize; ++y)
    for (int x = 0; x < kPatternSize; ++x) {
      const double value = Value(texture, (x + 0.5) / kPatternSize, (y + 0.5) / kPatternSize);
      finest.push_back(static_cast<uint8_t>(std::lround(255 * std::clamp(value, 0.0, 1.0))));
    }
  std::vector<std::vector<uint8_t>> levels = {std::move(finest)};
  for (int size = kPatternSize; size > 1; size /= 2) levels.push_back(Halve(levels.back(), size));
  CHECK_EQ(levels.size(), static_cast<size_t>(kPatternLevels));
  return levels;
}

}  // namespace figment::render
