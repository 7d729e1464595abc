#include "rodent/terrain.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "base/check.h"

namespace figment::rodent {
namespace {

// Values of a line that lie `stride` apart.
struct Line {
  double* first;
  int count, stride;
  double& operator[](int i) const { return first[static_cast<std::ptrdiff_t>(i) * stride]; }
};

// Turns samples into the coefficients of the cubic B-spline through them: a recursive filter forth and back, with the
// signal mirrored at both ends (period 2 count - 2).
// Source: Unser, Aldroubi, Eden 1991, B-spline signal processing, IEEE Trans. Signal Process. 41(2).
void FilterLine(const Line& line) {
  const double pole = std::sqrt(3.0) - 2, gain = (1 - pole) * (1 - 1 / pole);
  const int last = line.count - 1;
  for (int i = 0; i <= last; ++i) line[i] *= gain;
  const double far = std::pow(pole, last);
  double sum = line[0] + far * line[last], power = pole;
  for (int i = 1; i < last; ++i, power *= pole) sum += power * (line[i] + far * line[last - i]);
  line[0] = sum / (1 - far * far);
  for (int i = 1; i <= last; ++i) line[i] += pole * line[i - 1];
  line[last] = pole / (pole * pole - 1) * (pole * line[last - 1] + line[last]);
  for (int i = last - 1; i >= 0; --i) line[i] = pole * (line[i + 1] - line[i]);
}

struct Sample {
  std::array<int, 4> index;
  std::array<double, 4> weight;
};

int Mirrored(int i, int count) {
  i = std::abs(i);
  return i < count ? i : 2 * (count - 1) - i;
}

std::vector<Sample> SamplesOf(int count, int new_count) {
  std::vector<Sample> samples(static_cast<size_t>(new_count));
  for (int k = 0; k < new_count; ++k) {
    const double x = k * ((count - 1.0) / (new_count - 1.0));
    const int base = std::min(static_cast<int>(x), count - 1);
    const double t = x - base, s = 1 - t;
    Sample& sample = samples[static_cast<size_t>(k)];
    sample.weight = {s * s * s / 6, (3 * t * t * t - 6 * t * t + 4) / 6, (3 * s * s * s - 6 * s * s + 4) / 6,
                     t * t * t / 6};
    for (int j = 0; j < 4; ++j) sample.index[static_cast<size_t>(j)] = Mirrored(base - 1 + j, count);
  }
  return samples;
}

void SampleLine(const Line& from, const std::vector<Sample>& samples, const Line& to) {
  for (int k = 0; k < to.count; ++k) {
    const Sample& s = samples[static_cast<size_t>(k)];
    double sum = 0;
    for (size_t j = 0; j < 4; ++j) sum += s.weight[j] * from[s.index[j]];
    to[k] = sum;
  }
}

}  // namespace

std::vector<double> ZoomCubic(std::span<const double> grid, int side, int new_side) {
  CHECK_GE(side, 2);
  CHECK_GE(new_side, 2);
  CHECK_EQ(grid.size(), static_cast<size_t>(side) * static_cast<size_t>(side));
  std::vector<double> coefficients(grid.begin(), grid.end());
  const auto line = [](std::vector<double>& values, int first, int count, int stride) {
    return Line{values.data() + first, count, stride};
  };
  for (int i = 0; i < side; ++i) FilterLine(line(coefficients, i, side, side));
  for (int i = 0; i < side; ++i) FilterLine(line(coefficients, i * side, side, 1));
  const std::vector<Sample> samples = SamplesOf(side, new_side);
  std::vector<double> wide(static_cast<size_t>(side) * static_cast<size_t>(new_side));
  std::vector<double> result(static_cast<size_t>(new_side) * static_cast<size_t>(new_side));
  for (int i = 0; i < side; ++i)
    SampleLine(line(coefficients, i * side, side, 1), samples, line(wide, i * new_side, new_side, 1));
  for (int i = 0; i < new_side; ++i)
    SampleLine(line(wide, i, side, new_side), samples, line(result, i, new_side, new_side));
  return result;
}

std::vector<double> DrawBumps(base::Rng& rng) {
  std::vector<double> bumps(kBumpSide * kBumpSide);
  for (double& bump : bumps) bump = rng.Uniform(kLowestBump, 1);
  return bumps;
}

std::vector<float> BowlHeights(std::span<const double> bumps) {
  const std::vector<double> smooth = ZoomCubic(bumps, kBumpSide, kTerrainSide);
  std::vector<float> heights(smooth.size());
  const double step = 2.0 / (kTerrainSide - 1);
  for (int row = 0; row < kTerrainSide; ++row) {
    for (int column = 0; column < kTerrainSide; ++column) {
      const double x = column * step - 1, y = row * step - 1;
      const double r = std::clamp(std::sqrt(x * x + y * y), 0.1, 1.0);
      const auto i = static_cast<size_t>(row * kTerrainSide + column);
      heights[i] = static_cast<float>((0.5 - std::cos(2 * std::numbers::pi * r) / 2) * smooth[i]);
    }
  }
  return heights;
}

}  // namespace figment::rodent
