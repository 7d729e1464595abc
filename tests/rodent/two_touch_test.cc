// Episodes of two touch in which the animal is put where its hand touches the orb.
#include <gtest/gtest.h>
#include <mujoco/mujoco.h>

#include <cmath>
#include <string>
#include <vector>

#include "envs/array_buffers.h"
#include "rodent/env.h"
#include "rodent/spheres.h"

namespace figment::rodent {
namespace {

class Tapper {
 public:
  explicit Tapper(Quirks quirks)
      : env_({.task = "two_touch", .quirks = quirks, .doubles = true}), buffers_(env_.spec(), 1) {
    Reset(1);
  }

  void Reset(uint64_t seed) { env_.Reset(seed, {}, buffers_.OutputOf(0)); }
  double Step() { return env_.Step(buffers_.ActionsOf(0), buffers_.OutputOf(0)).reward; }
  int64_t logic() const { return buffers_.Array<int64_t>(envs::Section::kObservations, "task_logic")[0]; }
  RodentEnv& env() { return env_; }
  const mjModel& model() const { return *env_.physics().model; }
  mjData& data() { return *env_.physics().data; }
  const double* Orb() { return data().geom_xpos + 3 * FindSpheres(model())[0]; }

  // The animal, in its start pose and at rest, with the middle of one of its geoms in the middle of the orb.
  void Touch(const std::string& geom) { MoveBy(data().geom_xpos + 3 * mj_name2id(&model(), mjOBJ_GEOM, geom.c_str())); }

  void Leave() {
    const double away[3] = {Orb()[0] + (Orb()[0] > 0 ? 3 : -3), Orb()[1], Orb()[2]};
    MoveBy(away);
  }

 private:
  void MoveBy(const double* from) {
    double shift[3];
    mju_sub3(shift, Orb(), from);
    mju_addTo3(data().qpos, shift);
    mju_zero(data().qvel, kVelocities);
    mj_step1(&model(), &data());
  }

  RodentEnv env_;
  envs::ArrayBuffers buffers_;
};

// Geoms of the hands' bodies and below, by name.
std::vector<std::string> GeomsOf(const mjModel& model, const std::string& body) {
  std::vector<std::string> names;
  const int id = mj_name2id(&model, mjOBJ_BODY, body.c_str());
  for (int geom = 0; geom < model.ngeom; ++geom)
    if (model.geom_bodyid[geom] == id) names.emplace_back(mj_id2name(&model, mjOBJ_GEOM, geom));
  return names;
}

TEST(RodentTwoTouch, TwoTapsInTimePayTwice) {
  Tapper tapper(Quirks::kReference);
  const std::string palm = GeomsOf(tapper.model(), "walker/hand_L").at(0);
  EXPECT_LT(tapper.Step(), 0.25);
  tapper.Touch(palm);
  EXPECT_GT(tapper.Step(), 25);
  EXPECT_EQ(tapper.logic(), 0);  // as it was before the step was judged
  tapper.Leave();
  tapper.Step();
  EXPECT_EQ(tapper.logic(), 1);
  for (int step = 0; step < 38; ++step) EXPECT_LT(tapper.Step(), 0.25);
  tapper.Touch(palm);
  EXPECT_GT(tapper.Step(), 25);
  const double x = tapper.Orb()[0];
  tapper.Leave();
  tapper.Step();
  EXPECT_EQ(tapper.logic(), 2);
  EXPECT_EQ(tapper.Orb()[0], x);
  tapper.Step();
  EXPECT_EQ(tapper.logic(), 0);
  EXPECT_NE(tapper.Orb()[0], x);  // elsewhere two steps after the success
}

TEST(RodentTwoTouch, SecondTapTooSoonPaysNothingAndWaits) {
  Tapper tapper(Quirks::kReference);
  const std::string palm = GeomsOf(tapper.model(), "walker/hand_R").at(0);
  tapper.Touch(palm);
  EXPECT_GT(tapper.Step(), 25);
  tapper.Leave();
  for (int step = 0; step < 14; ++step) tapper.Step();
  tapper.Touch(palm);
  EXPECT_LT(tapper.Step(), 1);
  tapper.Leave();
  const double x = tapper.Orb()[0];
  int steps = 0;
  for (; tapper.Orb()[0] == x; ++steps) tapper.Step();
  EXPECT_GE(steps, 62);
  EXPECT_LE(steps, 63);
}

TEST(RodentTwoTouch, OnlyHandsCount) {
  Tapper tapper(Quirks::kFixed);
  tapper.Touch(GeomsOf(tapper.model(), "walker/torso").at(0));
  EXPECT_LT(tapper.Step(), 1);
}

int ContactsBetween(Tapper& tapper, int a, int b) {
  int count = 0;
  for (int i = 0; i < tapper.data().ncon; ++i) {
    const int* const geom = tapper.data().contact[i].geom;
    count += (geom[0] == a && geom[1] == b) || (geom[0] == b && geom[1] == a);
  }
  return count;
}

// The reference misses contacts of bodies with several geoms, as fingers are, unless the orb is where it was compiled.
TEST(RodentTwoTouch, FingersAreNoticedAlwaysWithoutTheQuirk) {
  Tapper reference(Quirks::kReference), fixed(Quirks::kFixed);
  const std::vector<std::string> fingers = GeomsOf(fixed.model(), "walker/finger_L");
  ASSERT_GT(fingers.size(), 1u);
  const int finger = mj_name2id(&fixed.model(), mjOBJ_GEOM, fingers.back().c_str());
  const int orb = FindSpheres(fixed.model())[0];
  int seen = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    for (Tapper* tapper : {&reference, &fixed}) {
      tapper->Reset(seed);
      tapper->Touch(fingers.back());
    }
    seen += ContactsBetween(reference, orb, finger);
    EXPECT_EQ(ContactsBetween(fixed, orb, finger), 1) << seed;
  }
  EXPECT_LE(seen, 2);
}

TEST(RodentTwoTouch, OrbsLieUniformly) {
  Tapper tapper(Quirks::kReference);
  constexpr int kEpisodes = 200;
  double sum_x = 0, sum_y = 0, squares = 0;
  for (uint64_t seed = 0; seed < kEpisodes; ++seed) {
    tapper.Reset(seed);
    const double x = tapper.Orb()[0], y = tapper.Orb()[1];
    EXPECT_LE(std::max(std::abs(x), std::abs(y)), 1.5);
    EXPECT_DOUBLE_EQ(tapper.Orb()[2], 0.14);
    sum_x += x, sum_y += y, squares += x * x + y * y;
  }
  // Variance 1.5^2 / 3 = 0.75 each; four standard errors.
  EXPECT_NEAR(sum_x / kEpisodes, 0, 4 * std::sqrt(0.75 / kEpisodes));
  EXPECT_NEAR(sum_y / kEpisodes, 0, 4 * std::sqrt(0.75 / kEpisodes));
  EXPECT_NEAR(squares / kEpisodes, 1.5, 4 * 1.5 * std::sqrt(0.4 / kEpisodes));
}

TEST(RodentTwoTouch, SavedEpisodeGoesOnAlike) {
  Tapper a(Quirks::kReference), b(Quirks::kReference);
  a.Touch(GeomsOf(a.model(), "walker/hand_L").at(0));
  a.Step();
  a.Leave();
  b.Reset(9);
  b.env().Restore(a.env().Save());
  for (int step = 0; step < 3; ++step) EXPECT_EQ(a.Step(), b.Step());
  EXPECT_EQ(a.logic(), b.logic());
  EXPECT_EQ(a.env().Save(), b.env().Save());
}

}  // namespace
}  // namespace figment::rodent
