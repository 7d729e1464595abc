#include "metrics/representation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "metrics/reliability.h"
#include "tests/metrics/fixture.h"

namespace figment::metrics {
namespace {

constexpr auto kPearson = CorrelationKind::kPearson;
constexpr auto kSpearman = CorrelationKind::kSpearman;

Eigen::MatrixXd Random(int rows, int columns, uint64_t seed) {
  base::Rng rng({seed});
  Eigen::MatrixXd matrix(rows, columns);
  for (Eigen::Index i = 0; i < matrix.size(); ++i) matrix.data()[i] = rng.Normal();
  return matrix;
}

void ExpectNear(const Triangle& a, const Triangle& b, double tolerance) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], tolerance) << i;
}

TEST(Representation, CorrelationDistancesByHand) {
  Eigen::MatrixXd x(3, 3);
  x << 1, 2, 3, 2, 4, 6, 3, 2, 1;
  ExpectNear(CorrelationDistances(x), {0, 2, 2}, 1e-14);
  Eigen::MatrixXd blocks(4, 2);
  blocks << 1, 2, 1, 2, 4, 3, 4, 3;
  ExpectNear(CorrelationDistances(blocks), {0, 2, 2, 2, 2, 0}, 1e-14);
}

TEST(Representation, EuclideanDistancesByHand) {
  Eigen::MatrixXd x(3, 2);
  x << 0, 0, 3, 4, 0, 1;
  ExpectNear(EuclideanDistances(x), {5, 1, std::sqrt(18.)}, 1e-14);
}

// Blocks of rows are joined in the order of the pairs.
TEST(Representation, ManyRowsAreInOrder) {
  Eigen::MatrixXd x(300, 1);
  for (int i = 0; i < 300; ++i) x(i, 0) = i * i;
  const Triangle triangle = EuclideanDistances(x);
  ASSERT_EQ(triangle.size(), 300u * 299 / 2);
  size_t k = 0;
  for (int i = 0; i < 300; ++i)
    for (int j = i + 1; j < 300; ++j) ASSERT_NEAR(triangle[k++], j * j - i * i, 1e-2);  // 1e-8 of 9e4, twice squared
}

TEST(Representation, TrianglesComparedByHand) {
  const Triangle a = {.1, .4, .3, .9, .5, .7}, b = {.2, .1, .5, .8, .6, .9};
  EXPECT_NEAR(CompareTriangles(a, b, kSpearman).r, 0.771429, 5e-7);
  EXPECT_NEAR(CompareTriangles({1, 2, 3}, {1, 3, 2}, kSpearman).r, 0.5, 1e-15);
  EXPECT_NEAR(CompareTriangles({1, 2, 3, 4}, {2, 1, 4, 3}, kPearson).r, 0.6, 1e-15);
}

TEST(Representation, RowsWithoutVariationAreDroppedAndCounted) {
  Eigen::MatrixXd x = Random(6, 4, 1);
  x.row(2).setConstant(0.3);
  const Triangle with = CorrelationDistances(x), model = CorrelationDistances(Random(6, 4, 2));
  const TriangleComparison comparison = CompareTriangles(with, model, kPearson);
  EXPECT_EQ(comparison.dropped, 5);
  EXPECT_EQ(comparison.pairs, 10);
  EXPECT_TRUE(std::isfinite(comparison.r));
}

// Two triangles that share nothing but the control.
TEST(Representation, PartialTakesTheControlOutOfBoth) {
  base::Rng rng({3});
  Triangle a, b, control;
  for (int i = 0; i < 20000; ++i) {
    control.push_back(rng.Normal());
    a.push_back(control.back() + rng.Normal()), b.push_back(control.back() + rng.Normal());
  }
  EXPECT_NEAR(CompareTriangles(a, b, kPearson).r, 0.5, 0.03);
  EXPECT_NEAR(CompareTrianglesPartial(a, b, control, kPearson).r, 0, 0.03);
  EXPECT_NEAR(CompareTrianglesPartial(a, b, control, kSpearman).r, 0, 0.03);
}

TEST(Representation, DataComparedWithItselfReachesItsCeiling) {
  const Eigen::MatrixXd signal = Random(150, 20, 4);
  const Eigen::MatrixXd half1 = signal + 0.5 * Random(150, 20, 5), half2 = signal + 0.5 * Random(150, 20, 6);
  const CorrectedSimilarity similarity =
      CompareWithData(EuclideanDistances(signal), EuclideanDistances((half1 + half2) / 2), EuclideanDistances(half1),
                      EuclideanDistances(half2), kPearson);
  EXPECT_LT(similarity.r_halves, 0.8);
  EXPECT_NEAR(similarity.cross_half, 1, 0.03);
  EXPECT_NEAR(similarity.spearman_brown, similarity.r / std::sqrt(SpearmanBrown(similarity.r_halves)), 1e-15);
  EXPECT_EQ(similarity.pairs, 150 * 149 / 2);
}

TEST(Representation, CkaByHand) {
  const Eigen::MatrixXd x = (Eigen::VectorXd(5) << 1, 2, 3, 4, 5).finished();
  const Eigen::MatrixXd y = (Eigen::VectorXd(5) << 1, 3, 2, 5, 4).finished();
  EXPECT_NEAR(LinearCka(x, y), 0.64, 1e-12);
  EXPECT_NEAR(LinearCkaUnbiased(x, y), 0.625806, 5e-7);
  Eigen::MatrixXd diamond(4, 2), stretched(4, 2);
  diamond << 1, 0, -1, 0, 0, 1, 0, -1;
  stretched << 2, 0, -2, 0, 0, 1, 0, -1;
  EXPECT_NEAR(LinearCka(diamond, stretched), 0.857493, 5e-7);
}

TEST(Representation, CkaOfUnrelatedInputs) {
  const Eigen::MatrixXd x = Random(50, 500, 7), y = Random(50, 500, 8);
  EXPECT_NEAR(LinearCka(x, y), 0.91, 0.02);
  EXPECT_NEAR(LinearCkaUnbiased(x, y), 0, 0.05);
}

TEST(Representation, CkaIgnoresRotationAndScale) {
  const Eigen::MatrixXd x = Random(40, 3, 9), y = Random(40, 5, 10);
  Eigen::Matrix3d rotation;
  rotation << 0.36, 0.48, -0.8, -0.8, 0.6, 0, 0.48, 0.64, 0.6;
  EXPECT_NEAR(LinearCka(3 * x * rotation, y), LinearCka(x, y), 1e-12);
  EXPECT_NEAR(LinearCkaUnbiased(3 * x * rotation, y), LinearCkaUnbiased(x, y), 1e-12);
}

TEST(Representation, AgreesWithSciPy) {
  const auto fixture = Fixture("representation");
  const Eigen::MatrixXd x = MatrixOf(fixture.at("x")), y = MatrixOf(fixture.at("y")), z = MatrixOf(fixture.at("z"));
  ExpectNear(EuclideanDistances(x), fixture.at("euclidean"), kParity);
  ExpectNear(CorrelationDistances(x), fixture.at("correlation"), kParity);
  const Triangle a = EuclideanDistances(x), b = EuclideanDistances(y), control = EuclideanDistances(z);
  EXPECT_NEAR(CompareTriangles(a, b, kPearson).r, fixture.at("pearson").get<double>(), kParity);
  EXPECT_NEAR(CompareTriangles(a, b, kSpearman).r, fixture.at("spearman").get<double>(), kParity);
  EXPECT_NEAR(CompareTrianglesPartial(a, b, control, kPearson).r, fixture.at("partial").get<double>(), kParity);
  EXPECT_NEAR(LinearCka(x, y), fixture.at("cka").get<double>(), kParity);
  EXPECT_NEAR(LinearCkaUnbiased(x, y), fixture.at("cka_unbiased").get<double>(), kParity);
}

}  // namespace
}  // namespace figment::metrics
