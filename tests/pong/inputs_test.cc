#include "pong/inputs.h"

#include <Eigen/Eigenvalues>
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "pong/pictures.h"
#include "pong/trial_sets.h"

namespace figment::pong {
namespace {

constexpr int kPixels = 10000;

Eigen::VectorXd Picture(double x, double y) {
  static const Rasteriser rasteriser{PictureStyle{}};
  std::vector<uint8_t> bytes(kPixels);
  rasteriser.Draw(x, y, bytes);
  Eigen::VectorXd picture(kPixels);
  for (int i = 0; i < kPixels; ++i) picture[i] = bytes[i];
  return picture;
}

std::vector<BallPlace> RandomPlaces(int count) {
  base::Rng rng({3});
  std::vector<BallPlace> places;
  for (int i = 0; i < count; ++i) places.push_back({rng.Uniform(1, 34), rng.Uniform(0.64, 31.36)});
  return places;
}

TEST(PixelComponents, EqualThoseOfTheDenseCovariance) {
  // Few enough pictures that the eigenvectors follow from the small matrix of inner products.
  const std::vector<BallPlace> places = RandomPlaces(60);
  const PixelComponents fitted = FitPixelComponents(places, 10);
  Eigen::MatrixXd dense(places.size(), kPixels);
  for (size_t i = 0; i < places.size(); ++i) dense.row(i) = Picture(places[i].x, places[i].y);
  EXPECT_LT((fitted.mean - dense.colwise().mean().transpose()).cwiseAbs().maxCoeff(), 1e-10);
  const Eigen::MatrixXd centred = dense.rowwise() - dense.colwise().mean();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> inner(centred * centred.transpose() / (places.size() - 1.0));
  const Eigen::VectorXd expected = inner.eigenvalues().reverse().head(10);
  EXPECT_LT(((fitted.variance - expected).array() / expected.array()).abs().maxCoeff(), 1e-6);
  EXPECT_NEAR(fitted.total_variance, centred.squaredNorm() / (places.size() - 1.0), 1e-6 * fitted.total_variance);
  const Eigen::MatrixXd gram = fitted.components.transpose() * fitted.components;
  EXPECT_LT((gram - Eigen::MatrixXd::Identity(10, 10)).cwiseAbs().maxCoeff(), 1e-9);
  // Each component is an eigenvector: C v = l v.
  for (int k = 0; k < 10; ++k) {
    const Eigen::VectorXd image = centred.transpose() * (centred * fitted.components.col(k)) / (places.size() - 1.0);
    EXPECT_LT((image - expected[k] * fitted.components.col(k)).norm(), 1e-2 * expected[0]) << k;
  }
}

TEST(PixelComponents, ProjectionEqualsTheDenseOne) {
  const PixelComponents fitted = FitPixelComponents(RandomPlaces(300), 40);
  for (const BallPlace& place : RandomPlaces(50)) {
    const Eigen::VectorXd dense = fitted.components.transpose() * (Picture(place.x, place.y) - fitted.mean);
    EXPECT_LT((ProjectPicture(fitted, place) - dense).cwiseAbs().maxCoeff(), 1e-10) << place.x << " " << place.y;
  }
}

// Incremental components of one batch are those of all its pictures.
TEST(PixelInput, ValidBatchOfOneStepEqualsAllAtOnce) {
  const std::vector<Condition>& trials = TrialSet();
  Split split = MakeSplit();
  InputOptions options{.fit = InputFit::kValidBatch, .components = 6, .fit_conditions = 20};
  const InputTable incremental = FitInput(options, trials, split);
  split.train = split.valid;
  options.fit = InputFit::kTrain;
  const InputTable at_once = FitInput(options, trials, split);
  for (int k = 0; k < 6; ++k) EXPECT_NEAR(incremental.variance[k] / at_once.variance[k], 1, 1e-6) << k;
  // Components of nearly equal variance may mix: compare the first alone, up to rounding.
  for (int p = 0; p < kPixels; ++p) EXPECT_NEAR(incremental.weights[p * 6], at_once.weights[p * 6], 1e-2) << p;
}

class AnyInput : public testing::TestWithParam<InputKind> {
 protected:
  const std::vector<Condition>& trials_ = TrialSet();
  const Split split_ = MakeSplit();
  InputOptions options_{.kind = GetParam(), .components = 8, .fit_conditions = 12};
};

TEST_P(AnyInput, FramesPastTheDistinctOnesAreRest) {
  const auto input = MakeFrameInput(FitInput(options_, trials_, split_));
  for (const int index : {29337, 59920, 379400, 254}) {
    const Track track = MakeTrack(trials_[index]);
    const int distinct = input->DistinctFrames(track);
    std::vector<float> values(static_cast<size_t>(kPaddedFrames) * input->size());
    input->Encode(track, kPaddedFrames, values);
    for (int t = distinct; t < kPaddedFrames; ++t)
      for (int k = 0; k < input->size(); ++k)
        ASSERT_NEAR(values[t * input->size() + k], input->rest()[k], 1e-3 * (1 + std::abs(input->rest()[k]))) << index << " " << t;
    // And the frame before still differs (pixels) or may (energies, which see a few frames around).
    EXPECT_GT(distinct, trials_[index].t_occ - 1);
    std::vector<float> first(static_cast<size_t>(distinct) * input->size());
    input->Encode(track, distinct, first);
    for (size_t i = 0; i < first.size(); ++i) ASSERT_EQ(first[i], values[i]);
  }
}

TEST_P(AnyInput, WhitenedComponentsHaveUnitVarianceOverTheFittedFrames) {
  if (GetParam() == InputKind::kPixelDownsampled) return;  // has no components
  options_.whiten = true;
  const auto input = MakeFrameInput(FitInput(options_, trials_, split_));
  std::vector<Eigen::VectorXd> rows;
  for (int i = 0; i < options_.fit_conditions; ++i) {
    const Condition& condition = trials_[split_.train[i]];
    std::vector<float> values(static_cast<size_t>(condition.t_end) * input->size());
    input->Encode(MakeTrack(condition), condition.t_end, values);
    for (int t = 0; t < condition.t_end; ++t)
      rows.push_back(Eigen::Map<Eigen::VectorXf>(values.data() + t * input->size(), input->size()).cast<double>());
  }
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(input->size()), squares = sum;
  for (const Eigen::VectorXd& row : rows) sum += row, squares += row.cwiseProduct(row);
  const double n = static_cast<double>(rows.size());
  for (int k = 0; k < input->size(); ++k) {
    EXPECT_NEAR(sum[k] / n, 0, 1e-3);
    EXPECT_NEAR((squares[k] - sum[k] * sum[k] / n) / (n - 1), 1, 1e-2);
  }
}

std::string CaseName(const testing::TestParamInfo<InputKind>& info) {
  for (const auto& [name, kind] : InputKinds())
    if (kind == info.param) {
      std::string letters = name;
      std::erase(letters, '-');
      return letters;
    }
  return "unknown";
}
INSTANTIATE_TEST_SUITE_P(Inputs, AnyInput,
                         testing::Values(InputKind::kPixelPca, InputKind::kGaborPca, InputKind::kPixelDownsampled), CaseName);

TEST(PixelDownsampled, CellsAreMeansOfGrey) {
  const auto input = MakeFrameInput(FitInput({.kind = InputKind::kPixelDownsampled}, {}, {}));
  ASSERT_EQ(input->size(), 256);
  // The occluder's 128 fills the cells from column 75 on: cells are 6.25 pixels wide, so the 12 first are free.
  for (int cell = 0; cell < 16; ++cell) EXPECT_NEAR(input->rest()[cell], cell < 12 ? 0 : 128.0 / 255, 1e-6) << cell;
  // The ball's 255 spread over the cells adds up to its pixels.
  Track track = MakeTrack(8, 16, 0.5, 0);
  std::vector<float> values(256);
  input->Encode(track, 1, values);
  double sum = 0;
  for (int cell = 0; cell < 256; ++cell) sum += values[cell] - input->rest()[cell];
  EXPECT_NEAR(sum * 6.25 * 6.25 * 255, (Picture(8, 16) - Picture(NAN, NAN)).sum(), 0.5);
}

}  // namespace
}  // namespace figment::pong
