#include "pong/state_analysis.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "base/random.h"
#include "pong/geometry.h"
#include "pong/trial_sets.h"

namespace figment::pong {
namespace {

std::vector<Condition> SomeConditions(int count) {
  const std::vector<Condition>& all = TrialSet();
  std::vector<Condition> chosen;
  for (int i = 0; i < count; ++i) chosen.push_back(all[static_cast<size_t>(i) * 1571 % all.size()]);
  return chosen;
}

// States whose channels are functions of the condition and frame.
template <class Function>
FrameArray States(std::span<const Condition> conditions, int channels, const Function& state) {
  FrameArray array{static_cast<int>(conditions.size()), kPaddedFrames, channels, {}};
  array.values.assign(static_cast<size_t>(array.conditions) * array.frames * channels, std::nanf(""));
  for (size_t c = 0; c < conditions.size(); ++c) {
    const Track track = MakeTrack(conditions[c]);
    for (int t = 0; t <= conditions[c].t_end; ++t)
      for (int k = 0; k < channels; ++k)
        array.values[(c * kPaddedFrames + t) * channels + k] = static_cast<float>(state(conditions[c], track, t, k));
  }
  return array;
}

double Ball(const Condition&, const Track& track, int t, int k) { return k == 0 ? 3 * track.x[t] - 1 : track.y[t] / 2; }

TEST(PongStates, ASimulatorHasIndexZero) {
  const auto conditions = SomeConditions(60);
  const BallDecoding decoding = DecodeBall(States(conditions, 2, Ball), conditions);
  EXPECT_LT(decoding.mae, 1e-5);
  EXPECT_NEAR(decoding.r, 1, 1e-9);
  int occluded = 0;
  for (const Condition& condition : conditions) occluded += condition.t_end - condition.t_occ + 1;
  EXPECT_EQ(decoding.frames, occluded);
}

// A state that freezes at the occluder tells where the ball went in, no more.
TEST(PongStates, AFrozenStateDoesNotSimulate) {
  const auto conditions = SomeConditions(200);
  const auto frozen = [](const Condition& condition, const Track& track, int t, int k) {
    return Ball(condition, track, std::min(t, condition.t_occ - 1), k);
  };
  const BallDecoding decoding = DecodeBall(States(conditions, 2, frozen), conditions);
  EXPECT_GT(decoding.mae, 1);
  EXPECT_LT(decoding.r, .9);
  const BallDecoding visible = DecodeBall(States(conditions, 2, frozen), conditions,
                                          {.train = Epoch::kVisible, .test = Epoch::kVisible});
  EXPECT_LT(visible.mae, 1e-5);
}

// A constant state predicts the mean of the training frames: the index is the spread of the ball about it.
TEST(PongStates, AConstantStatePredictsTheMean) {
  const auto conditions = SomeConditions(2);
  const auto constant = [](const Condition&, const Track&, int, int) { return 1.0; };
  const BallDecoding decoding =
      DecodeBall(States(conditions, 1, constant), conditions, {.train = Epoch::kOccluded});
  double expected = 0, frames = 0;
  for (const int axis : {0, 1})
    for (const int tested : {0, 1}) {
      const auto coordinate = [&](const Track& track, int t) { return axis == 0 ? track.x[t] : track.y[t]; };
      const Condition &test = conditions[tested], &train = conditions[1 - tested];
      double mean = 0;
      for (int t = train.t_occ; t <= train.t_end; ++t)
        mean += coordinate(MakeTrack(train), t) / (train.t_end - train.t_occ + 1);
      for (int t = test.t_occ; t <= test.t_end; ++t)
        expected += std::abs(coordinate(MakeTrack(test), t) - mean), frames += .5;
    }
  EXPECT_NEAR(decoding.mae, expected / frames / 2, 1e-9);
}

TEST(PongStates, TheEndpointIsReadWhenTheStateHoldsIt) {
  const auto conditions = SomeConditions(120);
  const auto knows_late = [](const Condition& condition, const Track& track, int t, int k) {
    return k == 0 && t >= 20 ? condition.y_f : std::sin(track.x[t] * (k + 1));
  };
  const EndpointCourse course = DecodeEndpoint(States(conditions, 3, knows_late), conditions);
  ASSERT_GT(course.mae_deg.size(), 40);
  EXPECT_GT(course.mae_deg[10], 2);
  EXPECT_LT(course.mae_deg[25], 1e-3);
  EXPECT_NEAR(course.time_s[24], 1, 1e-12);
  EXPECT_EQ(course.conditions[0], 120);
  EXPECT_TRUE(std::isnan(course.mae_deg.back()));  // too few trials are that long
}

// On a straight line at constant speed there are no second differences, and one dimension.
TEST(PongStates, GeometryOfALine) {
  const auto conditions = SomeConditions(20);
  const auto line = [](const Condition&, const Track&, int t, int k) { return k == 0 ? 10 + t : 0.0; };
  const StateGeometry geometry = MeasureGeometry(States(conditions, 3, line), conditions, Epoch::kVisible);
  EXPECT_NEAR(geometry.participation_ratio, 1, 1e-9);
  EXPECT_NEAR(geometry.relative_curvature, 0, 1e-6);
  double expected = 0;  // the mean norm of 10 .. 10 + t_occ - 1
  for (const Condition& condition : conditions) expected += 1 / (10 + (condition.t_occ - 1) / 2.) / 20;
  EXPECT_NEAR(geometry.relative_speed, expected, 1e-6);
}

// Independent channels of equal spread have as many dimensions as channels.
TEST(PongStates, ParticipationRatioOfNoise) {
  const auto conditions = SomeConditions(200);
  base::Rng rng({1});
  const auto noise = [&](const Condition&, const Track&, int, int) { return rng.Normal(); };
  EXPECT_NEAR(MeasureGeometry(States(conditions, 4, noise), conditions, Epoch::kWhole).participation_ratio, 4, .05);
}

TEST(PongStates, VelocityIsReadFromStatesThatHoldIt) {
  const auto conditions = SomeConditions(400);
  const auto velocity = [](const Condition&, const Track& track, int t, int k) {
    return k == 0 ? track.dx[t] : track.dy[t];
  };
  base::Rng rng({1});
  const auto noise = [&](const Condition&, const Track&, int, int) { return rng.Normal(); };
  const VelocityDecodingOptions options{.bins = 16, .repeats = 2};
  const VelocityDecoding known = DecodeVelocity(States(conditions, 2, velocity), conditions, options);
  const VelocityDecoding unknown = DecodeVelocity(States(conditions, 2, noise), conditions, options);
  EXPECT_GT(known.regions, 20);
  EXPECT_GT(known.r2, .999);
  EXPECT_LT(unknown.r2, .1);
}

TEST(PongStates, BadStatesAreNamed) {
  const auto conditions = SomeConditions(20);
  FrameArray states = States(conditions, 2, Ball);
  EXPECT_THROW(DecodeBall(states, SomeConditions(19)), base::Error);
  EXPECT_THROW(DecodeBall(states, conditions, {.folds = 21}), base::Error);
  states.values[(3 * kPaddedFrames + 5) * 2] = std::nanf("");
  try {
    DecodeBall(states, conditions);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find("(row 3) at frame 5"), std::string::npos) << error.what();
  }
  states.frames = 20;
  EXPECT_THROW(DecodeBall(states, conditions), base::Error);
}

}  // namespace
}  // namespace figment::pong
