#include "metrics/linear_algebra.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>

#include "base/random.h"
#include "tests/metrics/matrices.h"

namespace figment::metrics {
namespace {

constexpr double kRounding = 1e-12;  // of sums of some hundred products of numbers near 1

TEST(LinearAlgebra, ProductsOfWholeMatricesAndBlocks) {
  base::Rng rng({1});
  const Eigen::MatrixXd a = NormalMatrix(31, 20, rng), b = NormalMatrix(20, 9, rng), c = NormalMatrix(31, 7, rng);
  EXPECT_TRUE(Product(a, b).isApprox(a * b, kRounding));
  EXPECT_TRUE(TransposedProduct(a, c).isApprox(a.transpose() * c, kRounding));
  EXPECT_TRUE(ProductTransposed(b, b).isApprox(b * b.transpose(), kRounding));
  const auto block = a.block(3, 2, 11, 20 - 4);
  EXPECT_TRUE(Product(block, b.middleRows(1, 16)).isApprox(block * b.middleRows(1, 16), kRounding));
  Eigen::MatrixXd into = Eigen::MatrixXd::Constant(40, 9, 5);
  ProductInto(a, b, into.middleRows(2, 31));
  EXPECT_TRUE(into.middleRows(2, 31).isApprox(a * b, kRounding));
  EXPECT_EQ(into(1, 0), 5);
  EXPECT_EQ(into(33, 8), 5);
}

TEST(LinearAlgebra, OneColumnAndOneRow) {
  base::Rng rng({2});
  const Eigen::MatrixXd a = NormalMatrix(1, 6, rng), b = NormalMatrix(6, 1, rng);
  EXPECT_TRUE(Product(a, b).isApprox(a * b, kRounding));
  EXPECT_TRUE(Product(b, a).isApprox(b * a, kRounding));
  EXPECT_TRUE(Gram(b).isApprox(b.transpose() * b, kRounding));
}

TEST(LinearAlgebra, GramIsSymmetricAcrossItsBlocks) {
  base::Rng rng({3});
  const Eigen::MatrixXd a = NormalMatrix(17, 530, rng), gram = Gram(a);
  EXPECT_TRUE(gram.isApprox(a.transpose() * a, kRounding));
  EXPECT_TRUE((gram.array() == gram.transpose().array()).all());
}

TEST(LinearAlgebra, EigenvectorsRebuildTheMatrix) {
  base::Rng rng({4});
  const Eigen::MatrixXd a = Gram(NormalMatrix(40, 25, rng));
  const SymmetricEigen eigen = EigenOfSymmetric(a.triangularView<Eigen::Lower>().toDenseMatrix());
  EXPECT_TRUE((eigen.vectors * eigen.values.asDiagonal() * eigen.vectors.transpose()).isApprox(a, kRounding));
  EXPECT_TRUE((eigen.vectors.transpose() * eigen.vectors).isIdentity(kRounding));
  for (Eigen::Index i = 1; i < 25; ++i) EXPECT_LE(eigen.values[i - 1], eigen.values[i]);
}

TEST(LinearAlgebra, SingularVectorsRebuildTheMatrix) {
  base::Rng rng({5});
  for (const auto& [rows, columns] : std::array{std::pair{12, 5}, std::pair{5, 12}}) {
    const Eigen::MatrixXd a = NormalMatrix(rows, columns, rng);
    const ThinSvd svd = SvdOf(a);
    EXPECT_EQ(svd.values.size(), 5);
    EXPECT_TRUE((svd.u * svd.values.asDiagonal() * svd.v.transpose()).isApprox(a, kRounding));
    EXPECT_GE(svd.values[0], svd.values[4]);
  }
}

// Tall, wide, and with a column twice, whose weight is shared: the normal equations hold, and nothing lies outside the
// rows of a.
TEST(LinearAlgebra, LeastSquaresAreTheShortest) {
  base::Rng rng({7});
  Eigen::MatrixXd twice = NormalMatrix(12, 5, rng);
  twice.col(4) = twice.col(2);
  for (const Eigen::MatrixXd& a : {NormalMatrix(12, 5, rng), NormalMatrix(5, 12, rng), twice}) {
    const Eigen::MatrixXd b = NormalMatrix(a.rows(), 3, rng), x = LeastSquares(a, b);
    EXPECT_LT((a.transpose() * (a * x - b)).cwiseAbs().maxCoeff(), 1e-12);
    const Eigen::MatrixXd rows = SvdOf(a).v.leftCols(a.isApprox(twice) ? 4 : 5);
    EXPECT_TRUE((rows * (rows.transpose() * x)).isApprox(x, 1e-12));
  }
}

TEST(LinearAlgebra, SolvesWithAPositiveMatrixOnly) {
  base::Rng rng({6});
  const Eigen::MatrixXd a = Gram(NormalMatrix(40, 12, rng)), x = NormalMatrix(12, 3, rng);
  EXPECT_TRUE(SolvePositive(a, a * x)->isApprox(x, 1e-10));  // condition number below 100
  EXPECT_FALSE(SolvePositive(-a, x).has_value());
}

}  // namespace
}  // namespace figment::metrics
