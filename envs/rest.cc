#include "envs/rest.h"

#include <algorithm>

namespace figment::envs {
namespace {

constexpr double kWakeTime_s = 0.4;       // ScInternalWakeCounterResetValue
constexpr double kSleepThreshold = 0.01;  // m^2/s^2, set_sleep_threshold in the released logs

}  // namespace

void RestJudge::Add(const base::Vec3& moments_per_mass) {
  bodies_.push_back({.moments_per_mass = moments_per_mass, .wake_counter_s = kWakeTime_s});
}

void RestJudge::ClearTouches() {
  for (int k = 0; k < size(); ++k) bodies_[static_cast<size_t>(k)].island = k;
}

int RestJudge::IslandOf(int body) {
  while (bodies_[static_cast<size_t>(body)].island != body) {
    int& parent = bodies_[static_cast<size_t>(body)].island;
    parent = bodies_[static_cast<size_t>(parent)].island;
    body = parent;
  }
  return body;
}

void RestJudge::Touch(int a, int b) { bodies_[static_cast<size_t>(IslandOf(a))].island = IslandOf(b); }

void RestJudge::SetNeighbours(int body, int count) { bodies_[static_cast<size_t>(body)].neighbours = count; }

void RestJudge::Settle() {
  std::vector<char> is_ready(bodies_.size(), 1);  // by island
  for (int k = 0; k < size(); ++k)
    if (bodies_[static_cast<size_t>(k)].wake_counter_s > 0) is_ready[static_cast<size_t>(IslandOf(k))] = 0;
  for (int k = 0; k < size(); ++k) {
    if (is_ready[static_cast<size_t>(IslandOf(k))]) bodies_[static_cast<size_t>(k)].asleep = true;
    else if (asleep(k)) Wake(k);
  }
}

void RestJudge::Moved(int index, const base::Vec3& velocity, const base::Vec3& spin, double step_s) {
  Body& body = bodies_[static_cast<size_t>(index)];
  if (body.wake_counter_s < kWakeTime_s / 2) {
    body.velocity_sum += velocity;
    body.spin_sum += spin;
    const double energy =
        0.5 * (body.velocity_sum.squaredNorm() + body.spin_sum.cwiseAbs2().dot(body.moments_per_mass));
    const double threshold = (1 + body.neighbours) * kSleepThreshold;
    if (energy >= threshold) {
      body.velocity_sum = body.spin_sum = base::Vec3::Zero();
      body.wake_counter_s = std::min(energy / threshold, 2.0) * kWakeTime_s / 2 + body.neighbours * step_s;
      return;
    }
  }
  body.wake_counter_s = std::max(body.wake_counter_s - step_s, 0.0);
  if (body.wake_counter_s == 0) body.velocity_sum = body.spin_sum = base::Vec3::Zero();
}

void RestJudge::Wake(int index) {
  Body& body = bodies_[static_cast<size_t>(index)];
  body.asleep = false;
  body.wake_counter_s = kWakeTime_s;
  body.velocity_sum = body.spin_sum = base::Vec3::Zero();
}

std::vector<double> RestJudge::Snapshot() const {
  std::vector<double> numbers;
  for (const Body& body : bodies_) {
    numbers.push_back(body.asleep);
    numbers.push_back(body.wake_counter_s);
    numbers.insert(numbers.end(), body.velocity_sum.begin(), body.velocity_sum.end());
    numbers.insert(numbers.end(), body.spin_sum.begin(), body.spin_sum.end());
  }
  return numbers;
}

void RestJudge::SetSnapshot(const double* numbers) {
  for (Body& body : bodies_) {
    body.asleep = numbers[0] != 0;
    body.wake_counter_s = numbers[1];
    for (int k = 0; k < 3; ++k) body.velocity_sum[k] = numbers[2 + k], body.spin_sum[k] = numbers[5 + k];
    numbers += kNumbers;
  }
}

}  // namespace figment::envs
