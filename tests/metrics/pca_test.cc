#include "metrics/pca.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/metrics/fixture.h"
#include "tests/metrics/matrices.h"

namespace figment::metrics {
namespace {

using Eigen::Index;

void ExpectComponents(const Pca& pca, const nlohmann::json& expected) {
  EXPECT_LT(LargestDifference(pca.components, MatrixOf(expected.at("components"))), kParity);
  EXPECT_LT(LargestDifference(pca.explained_variance, VectorOf(expected.at("explained_variance"))), kParity);
  EXPECT_LT(LargestDifference(pca.explained_variance / pca.total_variance, VectorOf(expected.at("ratio"))), kParity);
}

// Points on a line along (3, 4) about (1, 2).
TEST(Pca, ByHand) {
  Eigen::MatrixXd x(3, 2);
  x << 1 - 3, 2 - 4, 1, 2, 1 + 3, 2 + 4;
  const Pca pca = FitPca(x, 1);
  EXPECT_LT(LargestDifference(pca.components, Eigen::Vector2d(0.6, 0.8)), 1e-12);
  EXPECT_NEAR(pca.explained_variance[0], 25, 1e-9);  // (25 + 0 + 25) / 2
  EXPECT_LT(LargestDifference(Transform(pca, x), Eigen::Vector3d(-5, 0, 5)), 1e-12);
  EXPECT_LT(LargestDifference(InverseTransform(pca, Transform(pca, x)), x), 1e-12);
}

TEST(Pca, EqualsScikitLearn) {
  for (const auto& fixture : Fixture("decomposition").at("cases")) {
    SCOPED_TRACE(fixture.at("name").get<std::string>());
    ExpectComponents(FitPca(MatrixOf(fixture.at("x")), fixture.at("count")), fixture.at("pca"));
  }
}

IncrementalPca::SparseRows SparseOf(const Eigen::MatrixXd& rows) { return rows.sparseView(); }

TEST(IncrementalPca, EqualsScikitLearnFromDenseAndSparseRows) {
  for (const auto& fixture : Fixture("decomposition").at("cases")) {
    SCOPED_TRACE(fixture.at("name").get<std::string>());
    const Eigen::MatrixXd x = MatrixOf(fixture.at("x"));
    IncrementalPca dense(fixture.at("count")), sparse(fixture.at("count"));
    Index start = 0;
    for (const Index end : fixture.at("batches").get<std::vector<Index>>()) {
      dense.Add(x.middleRows(start, end - start));
      sparse.Add(SparseOf(x.middleRows(start, end - start)));
      start = end;
    }
    EXPECT_EQ(dense.samples(), x.rows());
    for (const Pca& pca : {dense.result(), sparse.result()}) {
      ExpectComponents(pca, fixture.at("incremental"));
      EXPECT_LT(LargestDifference(pca.mean.transpose(), VectorOf(fixture.at("incremental").at("mean"))), kParity);
    }
  }
}

TEST(IncrementalPca, OneBatchIsPca) {
  base::Rng rng({1});
  const Eigen::MatrixXd x = NormalMatrix(20, 50, rng);
  IncrementalPca incremental(6);
  incremental.Add(x);
  EXPECT_LT(LargestDifference(incremental.result().components, FitPca(x, 6).components), 1e-9);
  EXPECT_NEAR(incremental.result().total_variance, FitPca(x, 6).total_variance, 1e-9);
}

// Fewer directions than components: the rest is zero, and later batches still count.
TEST(IncrementalPca, DirectionsWithoutVarianceAreZero) {
  base::Rng rng({2});
  const Eigen::MatrixXd directions = NormalMatrix(2, 30, rng);
  IncrementalPca incremental(4);
  for (int batch = 0; batch < 3; ++batch) incremental.Add(Product(NormalMatrix(10, 2, rng), directions));
  const Pca& pca = incremental.result();
  EXPECT_LT(pca.components.rightCols(2).cwiseAbs().maxCoeff(), 1e-12);
  EXPECT_NEAR(pca.explained_variance.head(2).sum(), pca.total_variance, 1e-9 * pca.total_variance);
  EXPECT_TRUE((pca.components.leftCols(2).transpose() * pca.components.leftCols(2)).isIdentity(1e-9));
}

TEST(Pca, ParticipationRatioByHand) {
  EXPECT_NEAR(ParticipationRatio(Eigen::Vector3d(4, 1, 1)), 2, 1e-12);
  EXPECT_NEAR(ParticipationRatio(Eigen::VectorXd::Ones(7)), 7, 1e-12);
  EXPECT_TRUE(std::isnan(ParticipationRatio(Eigen::Vector3d::Zero())));
}

TEST(Pca, BadInput) {
  base::Rng rng({3});
  Eigen::MatrixXd x = NormalMatrix(6, 4, rng);
  EXPECT_THROW(FitPca(x, 5), base::Error);
  EXPECT_THROW(FitPca(x, 0), base::Error);
  EXPECT_THROW(Transform(FitPca(x, 2), x.leftCols(3)), base::Error);
  IncrementalPca incremental(3);
  EXPECT_THROW(incremental.result(), base::Error);
  EXPECT_THROW(incremental.Add(x.topRows(2)), base::Error);
  incremental.Add(x);
  EXPECT_THROW(incremental.Add(x.leftCols(3)), base::Error);
  x(2, 2) = NAN;
  EXPECT_THROW(incremental.Add(x), base::Error);
  EXPECT_THROW(incremental.Add(SparseOf(x)), base::Error);
  EXPECT_THROW(FitPca(x, 2), base::Error);
}

}  // namespace
}  // namespace figment::metrics
