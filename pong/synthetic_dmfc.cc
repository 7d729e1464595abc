#include "pong/synthetic_dmfc.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "base/error.h"
#include "base/random.h"
#include "pong/features.h"
#include "pong/geometry.h"

namespace figment::pong {
namespace {

// Standard deviation of the rate over its mean: a drive of -1 / kModulation would make it negative.
constexpr double kModulation = 0.25;

void CheckOptions(const SyntheticOptions& o) {
  const auto fail = [](const std::string& what) { throw base::UsageError("synthetic responses: " + what); };
  if (o.units < 2 || o.units > kMostSyntheticUnits)
    fail("expected 2 to " + std::to_string(kMostSyntheticUnits) + " units, not " + std::to_string(o.units));
  if (!(o.reliability > 0 && o.reliability < 1))
    fail("reliability " + std::to_string(o.reliability) + " is not between 0 and 1");
  if (o.trials < 2 || o.trials % 2 != 0) fail("an even number of trials, not " + std::to_string(o.trials));
  if (!(o.second_animal >= 0 && o.second_animal < 1))
    fail("the second animal's share " + std::to_string(o.second_animal) + " is not in [0, 1)");
  for (const double size : {o.position, o.velocity, o.endpoint})
    if (!(size >= 0 && std::isfinite(size)))
      fail("a tuning of size " + std::to_string(size) + ", expected 0 or a positive number");
  if (o.position + o.velocity + o.endpoint == 0) fail("the sizes of the tuning must not all be 0");
}

// Number of events with this mean, by the inverse of the distribution, in parts small enough for it. Many events are as
// good as normally distributed: at 500 the skewness is 0.04.
double Poisson(double mean, base::Rng& rng) {
  constexpr double kPart = 30, kMany = 500;
  if (mean > kMany) return std::max(0.0, std::round(mean + std::sqrt(mean) * rng.Normal()));
  double events = 0;
  for (; mean > 0; mean -= kPart) {
    const double part = std::min(mean, kPart), uniform = rng.Uniform();
    double probability = std::exp(-part), sum = probability;
    int count = 0;
    while (uniform > sum && probability > 0) probability *= part / ++count, sum += probability;
    events += count;
  }
  return events;
}

void Standardize(Eigen::MatrixXd* x) {
  for (Eigen::Index c = 0; c < x->cols(); ++c) {
    x->col(c).array() -= x->col(c).mean();
    x->col(c) /= std::sqrt(x->col(c).squaredNorm() / static_cast<double>(x->rows()));
  }
}

// The drive of a unit in each row: mean 0, standard deviation 1.
Eigen::MatrixXd DriveOf(const Eigen::MatrixXd& state, const SyntheticOptions& o, base::Rng& rng) {
  Eigen::MatrixXd weights(state.cols(), 1);
  const double sizes[] = {o.position, o.position, o.velocity, o.velocity, o.endpoint};
  for (Eigen::Index i = 0; i < weights.rows(); ++i) weights(i, 0) = sizes[i] * rng.Normal();
  Eigen::MatrixXd drive = state * weights;
  Standardize(&drive);
  return drive;
}

// Fills one unit: `rate` spikes a bin and trial in the rows of the trial, `mean` before motion.
void DrawUnit(const Eigen::MatrixXd& rate, double mean, int unit, int trials, const BinRows& rows, base::Rng& rng,
              Responses* r) {
  const auto draw = [&](int condition, int bin, double expected) {
    const double half_trials = trials / 2;
    const double first = Poisson(expected * half_trials, rng), second = Poisson(expected * half_trials, rng);
    const size_t place = (static_cast<size_t>(unit) * kDmfcConditions + condition) * kDmfcBins + bin;
    r->half1[place] = static_cast<float>(first / half_trials / kDmfcBin_ms);
    r->half2[place] = static_cast<float>(second / half_trials / kDmfcBin_ms);
    r->full[place] = static_cast<float>((first + second) / trials / kDmfcBin_ms);
  };
  for (int condition = 0; condition < kDmfcConditions; ++condition)
    for (int bin = 0; bin < kDmfcOnsetBin; ++bin) draw(condition, bin, mean);
  for (int i = 0; i < rows.size(); ++i)
    draw(rows.condition[static_cast<size_t>(i)], rows.bin[static_cast<size_t>(i)], std::max(0.0, rate(i, 0)));
}

// Ball positions in degrees at each bin, under the names of the public files.
void AddBall(const Eigen::MatrixXd& position, const BinRows& rows, Responses* r) {
  const char* names[] = {"ball_pos_x_TRUE", "ball_pos_y_TRUE"};
  for (int axis = 0; axis < 2; ++axis) {
    std::vector<double> values(size_t{kDmfcConditions} * kDmfcBins, std::numeric_limits<double>::quiet_NaN());
    for (size_t i = 0; i < rows.bin.size(); ++i)
      values[static_cast<size_t>(rows.condition[i] * kDmfcBins + rows.bin[i])] =
          DegreesOf(position(static_cast<Eigen::Index>(i), axis));
    r->behavior[names[axis]] = std::move(values);
  }
}

}  // namespace

Responses MakeSyntheticResponses(const SyntheticOptions& o) {
  CheckOptions(o);
  Responses r;
  r.units = o.units;
  r.masks = PublishedMasks();
  r.animals = {"one"};
  const int first_of_second = o.units - static_cast<int>(std::lround(o.second_animal * o.units));
  if (first_of_second < o.units) r.animals.push_back("two");
  const size_t values = static_cast<size_t>(o.units) * kDmfcConditions * kDmfcBins;
  for (auto* rates : {&r.full, &r.half1, &r.half2}) rates->assign(values, std::numeric_limits<float>::quiet_NaN());

  const BinRows rows = RowsOf(r.masks.whole);
  const std::vector<std::string> all = {"position", "velocity", "endpoint"};
  Eigen::MatrixXd state = AtBins(OracleFeatures(all), rows);
  AddBall(state.leftCols(2), rows, &r);
  Standardize(&state);

  // With m spikes a bin and trial on average, a half of n trials has signal variance (kModulation m)^2 and noise
  // variance m / n; their ratio is that of reliability to its complement.
  const double mean = o.reliability / (1 - o.reliability) / (kModulation * kModulation * o.trials / 2);
  const base::Rng root({o.seed, base::KeyOf("synthetic dmfc")});
  for (int unit = 0; unit < o.units; ++unit) {
    base::Rng rng = root.Split(static_cast<uint64_t>(unit));
    const Eigen::MatrixXd rate = (mean * (1 + kModulation * DriveOf(state, o, rng).array())).matrix();
    DrawUnit(rate, mean, unit, o.trials, rows, rng, &r);
    r.animal.push_back(unit < first_of_second ? 0 : 1);
    r.unit_in_file.push_back(unit);
  }
  r.notes = {"synthetic responses: tuned to the ball's state, with Poisson noise"};
  return r;
}

}  // namespace figment::pong
