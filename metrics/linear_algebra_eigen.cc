#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <Eigen/SVD>

#include "base/check.h"
#include "metrics/linear_algebra.h"

namespace figment::metrics {

Eigen::MatrixXd Product(const MatrixView& a, const MatrixView& b) {
  CHECK_EQ(a.cols(), b.rows());
  return a * b;
}

Eigen::MatrixXd TransposedProduct(const MatrixView& a, const MatrixView& b) {
  CHECK_EQ(a.rows(), b.rows());
  return a.transpose() * b;
}

Eigen::MatrixXd ProductTransposed(const MatrixView& a, const MatrixView& b) {
  CHECK_EQ(a.cols(), b.cols());
  return a * b.transpose();
}

void ProductInto(const MatrixView& a, const MatrixView& b, Eigen::Ref<Eigen::MatrixXd> result) {
  CHECK_EQ(a.cols(), b.rows());
  CHECK(result.rows() == a.rows() && result.cols() == b.cols());
  result.noalias() = a * b;
}

Eigen::MatrixXd Gram(const MatrixView& a) {
  Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(a.cols(), a.cols());
  gram.selfadjointView<Eigen::Lower>().rankUpdate(a.transpose());
  gram.triangularView<Eigen::StrictlyUpper>() = gram.transpose();
  return gram;
}

SymmetricEigen EigenOfSymmetric(const MatrixView& a) {
  CHECK_EQ(a.rows(), a.cols());
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(a);
  CHECK(solver.info() == Eigen::Success);
  return {solver.eigenvalues(), solver.eigenvectors()};
}

std::optional<Eigen::MatrixXd> SolvePositive(const MatrixView& a, const MatrixView& b) {
  CHECK(a.rows() == a.cols() && a.rows() == b.rows());
  const Eigen::LLT<Eigen::MatrixXd> cholesky(a);
  if (cholesky.info() != Eigen::Success) return std::nullopt;
  return Eigen::MatrixXd(cholesky.solve(b));
}

Eigen::MatrixXd LeastSquares(const MatrixView& a, const MatrixView& b) {
  CHECK_EQ(a.rows(), b.rows());
  return Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd>(a).solve(b);
}

ThinSvd SvdOf(const MatrixView& a) {
  const Eigen::BDCSVD<Eigen::MatrixXd> svd(a, Eigen::ComputeThinU | Eigen::ComputeThinV);
  return {svd.matrixU(), svd.singularValues(), svd.matrixV()};
}

void SetLinearAlgebraThreads(int) {}

std::string LinearAlgebraName() {
  return "Eigen " + std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." +
         std::to_string(EIGEN_MINOR_VERSION);
}

}  // namespace figment::metrics
