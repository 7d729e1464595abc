// The noisy simulator: a process model of what people and monkeys do behind the occluder.
//
// From frame t_occ on the ball is moved in the mind: each frame adds Gaussian noise to its height, a bounce adds more,
// and the answer is drawn towards the middle of the frame:
//   u += dy + sigma_occ * z           each frame from t_occ to t_end, walls mirror
//   u += sigma_bounce * z             at the first hidden bounce (published conditions have one at most)
//   answer = (y + w_bias * 16) / (1 + w_bias)
// Lengths in units. Rajalingham, Piccato & Jazayeri 2022 describe such a model (three parameters in 0..2, 100 samples a
// condition); where exactly the noise enters is our choice.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/config.h"
#include "base/random.h"
#include "pong/behavior.h"
#include "pong/trials.h"

namespace figment::pong {

struct NoisySimulator {
  double sigma_occ = 0.2;     // units a frame
  double sigma_bounce = 0.5;  // units a bounce
  double w_bias = 0.1;        // weight of the middle beside 1 of the simulation
};
inline constexpr double kLargestParameter = 2;  // of each; none is negative
base::FieldList FieldsOf(NoisySimulator* model);

// One answer: a height in the frame.
double Simulate(const NoisySimulator& model, const Condition& condition, base::Rng& rng);

// A subject that answers each condition so many times.
Subject MakeSyntheticSubject(const std::string& name, const NoisySimulator& model,
                             std::span<const Condition> conditions, int trials, uint64_t seed);

enum class FitTo {
  kAnswers,     // Gaussian likelihood of every answer, with the model's mean and variance of its condition
  kMeanErrors,  // squares of the differences of the conditions' mean errors; says little about the two sigmas
};
struct FitOptions {
  FitTo fit_to = FitTo::kAnswers;
  int samples = 100;  // of the model, a condition
  uint64_t seed = 0;
};

struct NoisyFit {
  NoisySimulator model;
  double loss = 0;      // mean negative log likelihood an answer, or mean square in degrees squared
  int conditions = 0, answers = 0, evaluations = 0;
};
// The samples' random numbers stay the same over all parameters, so that the loss is nearly smooth; its least value is
// found by a grid over the bounds and the simplex method of Nelder and Mead from the best point of it. Throws
// base::Error if a condition is not in `trial_set` or if there are fewer than 5 conditions.
NoisyFit FitNoisySimulator(const Subject& subject, std::span<const Condition> trial_set,
                           const FitOptions& options = {});

}  // namespace figment::pong
