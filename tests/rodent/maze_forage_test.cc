// Episodes of maze forage that are told where to go.
#include <gtest/gtest.h>
#include <mujoco/mujoco.h>

#include <array>
#include <cmath>
#include <vector>

#include "envs/array_buffers.h"
#include "rodent/env.h"
#include "rodent/spheres.h"

namespace figment::rodent {
namespace {

class Forager {
 public:
  explicit Forager(Quirks quirks = Quirks::kReference)
      : env_({.task = "maze_forage", .quirks = quirks, .doubles = true}), buffers_(env_.spec(), 1) {}

  void Reset(uint64_t seed) { env_.Reset(seed, {}, buffers_.OutputOf(0)); }
  envs::StepResult Step() { return env_.Step(buffers_.ActionsOf(0), buffers_.OutputOf(0)); }
  double discount() const { return buffers_.Array<double>(envs::Section::kInfos, "discount")[0]; }
  RodentEnv& env() { return env_; }
  const mjData& data() const { return *env_.physics().data; }

  // Places of the spheres that are there.
  std::vector<std::array<double, 3>> Spheres() const {
    std::vector<std::array<double, 3>> places;
    for (const int geom : FindSpheres(*env_.physics().model)) {
      const double* const place = data().geom_xpos + 3 * geom;
      if (place[2] > 0) places.push_back({place[0], place[1], place[2]});
    }
    return places;
  }

  // Puts the animal, at rest, on the ground at a place.
  void Teleport(double x, double y) {
    mjData& data = *env_.physics().data;
    const double root[7] = {x - 0.03, y, 0, 1, 0, 0, 0};
    std::copy_n(root, 7, data.qpos);
    std::fill_n(data.qvel, 6, 0.0);
    mj_step1(env_.physics().model, env_.physics().data);
  }

 private:
  RodentEnv env_;
  envs::ArrayBuffers buffers_;
};

// A seed whose maze has a sphere in the middle, and one whose has not.
uint64_t SeedWithSphereInTheMiddle(Forager* forager, bool middle) {
  for (uint64_t seed = 0;; ++seed) {
    forager->Reset(seed);
    bool found = false;
    for (const auto& [x, y, z] : forager->Spheres()) found |= x == 0 && y == 0;
    if (found == middle) return seed;
  }
}

TEST(RodentMazeForage, EachSpherePaysOnceAndTheLastEndsTheEpisode) {
  Forager forager;
  SeedWithSphereInTheMiddle(&forager, false);
  const auto spheres = forager.Spheres();
  ASSERT_GE(spheres.size(), 6u);
  EXPECT_EQ(spheres.size() % 3, 0u);
  double sum = 0;
  envs::StepResult result;
  for (size_t i = 0; i < spheres.size(); ++i) {
    forager.Teleport(spheres[i][0], spheres[i][1]);
    result = forager.Step();
    EXPECT_GE(result.reward, 50);
    sum += result.reward;
    if (result.ended()) break;
    EXPECT_EQ(forager.Step().reward, 0);  // it is gone
  }
  EXPECT_EQ(sum, 50 * static_cast<double>(spheres.size()));
  EXPECT_TRUE(result.terminated);
  EXPECT_FALSE(result.truncated);
  EXPECT_EQ(forager.discount(), 1);
}

TEST(RodentMazeForage, SphereInTheMiddleIsTakenAtOnceAsInTheReference) {
  Forager reference, fixed(Quirks::kFixed);
  const uint64_t seed = SeedWithSphereInTheMiddle(&reference, true);
  reference.Reset(seed);
  fixed.Reset(seed);
  EXPECT_EQ(reference.Step().reward, 50);
  EXPECT_EQ(fixed.Step().reward, 0);
}

TEST(RodentMazeForage, SavedEpisodeGoesOnAlike) {
  Forager a, b;
  SeedWithSphereInTheMiddle(&a, false);
  const auto spheres = a.Spheres();
  a.Teleport(spheres[0][0], spheres[0][1]);
  EXPECT_EQ(a.Step().reward, 50);
  b.Reset(77);
  b.env().Restore(a.env().Save());
  for (int step = 0; step < 3; ++step) {
    EXPECT_EQ(a.Step().reward, 0);
    EXPECT_EQ(b.Step().reward, 0);  // the first sphere is known to be taken
  }
  EXPECT_EQ(a.env().Save(), b.env().Save());
}

TEST(RodentMazeForage, SpawnsInTheCellsAndFacesAnywhere) {
  Forager forager;
  std::vector<double> cosines;
  int north = 0;
  constexpr int kEpisodes = 200;
  for (uint64_t seed = 0; seed < kEpisodes; ++seed) {
    forager.Reset(seed);
    const double* const root = forager.data().qpos;
    EXPECT_EQ(std::remainder(root[0], 0.5), 0);
    EXPECT_EQ(std::remainder(root[1], 0.5), 0);
    EXPECT_EQ(root[2], 0);
    EXPECT_EQ(forager.Spheres().size() % 3, 0u);
    north += root[6] * root[3] > 0;  // sin of the yaw
  }
  EXPECT_NEAR(north, kEpisodes / 2, 4 * std::sqrt(kEpisodes / 4));
}

}  // namespace
}  // namespace figment::rodent
