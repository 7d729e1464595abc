#include "pong/recorded_answers.h"

#include <gtest/gtest.h>

#include <cmath>

#include "pong/geometry.h"
#include "tests/files/scratch.h"

namespace figment::pong {
namespace {

// A paddle that stands at `deg` degrees, and elsewhere after the last bin of a trial.
Responses WithPaddleAt(double deg) {
  Responses responses{.animal = {1, 1}, .animals = {"mahler", "perle"}, .masks = PublishedMasks()};
  std::vector<double>& paddle = responses.behavior["paddle_pos_y"];
  for (const uint8_t inside : responses.masks.whole) paddle.push_back(inside ? deg : NAN);
  return responses;
}

TEST(RecordedAnswers, AreThePaddleInTheLastBinOfEachTrial) {
  const Subject subject = RecordedAnswers(WithPaddleAt(-2.5));
  EXPECT_EQ(subject.name, "perle");
  ASSERT_EQ(subject.answers.size(), 79u);
  EXPECT_EQ(subject.answers[0].condition, 29337);
  EXPECT_NEAR(subject.answers[0].ball_y, 15.565789784, 1e-9);
  for (const Answer& answer : subject.answers) EXPECT_DOUBLE_EQ(answer.paddle_y, 12);  // 16 - 2.5 x 1.6
}

TEST(RecordedAnswers, MissingOnesAreErrors) {
  Responses responses = WithPaddleAt(1);
  responses.animals[1] = kUnknownAnimal, responses.files = {"data/all.npz"};
  EXPECT_EQ(RecordedAnswers(responses).name, "animals of all.npz");
  auto& paddle = responses.behavior["paddle_pos_y"];
  std::fill(paddle.begin() + kDmfcBins, paddle.begin() + 2 * kDmfcBins, NAN);
  files::ExpectError("paddle_pos_y of condition 55062 (row 1) is not finite", [&] { RecordedAnswers(responses); });
  responses.behavior.clear();
  files::ExpectError("has no 'behavioral_responses/occ/paddle_pos_y'", [&] { RecordedAnswers(responses); });
}

}  // namespace
}  // namespace figment::pong
