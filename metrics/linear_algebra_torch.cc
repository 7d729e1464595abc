// A column-major matrix is a strided tensor over the same memory, so nothing is copied on the way in; torch hands such
// operands to MKL as they are. CHECK is torch's own here, which has the name and the meaning of base/check.h.
#include <algorithm>
#include <tuple>

#include <Eigen/QR>
#include <Eigen/SVD>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/cholesky_solve.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/linalg_cholesky_ex.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/linalg_lstsq.h>
#include <ATen/ops/linalg_svd.h>
#include <ATen/ops/mm.h>
#include <c10/util/Logging.h>
#include <torch/version.h>

#include "metrics/linear_algebra.h"

namespace figment::metrics {
namespace {

// Below these, calls and the meeting of threads cost more than arithmetic, and many times more on a busy machine.
constexpr Eigen::Index kSmallSide = 64;
constexpr double kSmallProduct = 1e6;  // multiply-adds
// Columns of a block of a Gram matrix: its upper triangle of blocks is copied, not computed.
constexpr Eigen::Index kGramBlock = 256;

at::Tensor View(const double* data, Eigen::Index rows, Eigen::Index columns, Eigen::Index stride) {
  // torch has no tensor of constants; none of the operations below writes to an operand.
  return at::from_blob(const_cast<double*>(data), {rows, columns}, {1, std::max<Eigen::Index>(stride, 1)},
                       at::TensorOptions().dtype(at::kDouble));
}

at::Tensor View(const MatrixView& a) { return View(a.data(), a.rows(), a.cols(), a.outerStride()); }

at::Tensor Output(Eigen::Ref<Eigen::MatrixXd> a) { return View(a.data(), a.rows(), a.cols(), a.outerStride()); }

Eigen::MatrixXd ToMatrix(const at::Tensor& tensor) {
  Eigen::MatrixXd matrix(tensor.size(0), tensor.size(1));
  Output(matrix).copy_(tensor);
  return matrix;
}

Eigen::VectorXd ToVector(const at::Tensor& tensor) { return ToMatrix(tensor.unsqueeze(1)); }

bool IsSmall(Eigen::Index rows, Eigen::Index inner, Eigen::Index columns) {
  return static_cast<double>(rows) * static_cast<double>(inner) * static_cast<double>(columns) < kSmallProduct;
}

}  // namespace

Eigen::MatrixXd Product(const MatrixView& a, const MatrixView& b) {
  Eigen::MatrixXd result(a.rows(), b.cols());
  ProductInto(a, b, result);
  return result;
}

Eigen::MatrixXd TransposedProduct(const MatrixView& a, const MatrixView& b) {
  CHECK(a.rows() == b.rows());
  if (IsSmall(a.cols(), a.rows(), b.cols())) return a.transpose() * b;
  Eigen::MatrixXd result(a.cols(), b.cols());
  at::Tensor out = Output(result);
  at::mm_out(out, View(a).t(), View(b));
  return result;
}

Eigen::MatrixXd ProductTransposed(const MatrixView& a, const MatrixView& b) {
  CHECK(a.cols() == b.cols());
  if (IsSmall(a.rows(), a.cols(), b.rows())) return a * b.transpose();
  Eigen::MatrixXd result(a.rows(), b.rows());
  at::Tensor out = Output(result);
  at::mm_out(out, View(a), View(b).t());
  return result;
}

void ProductInto(const MatrixView& a, const MatrixView& b, Eigen::Ref<Eigen::MatrixXd> result) {
  CHECK(a.cols() == b.rows());
  CHECK(result.rows() == a.rows() && result.cols() == b.cols());
  if (IsSmall(a.rows(), a.cols(), b.cols())) {
    result.noalias() = a * b;
    return;
  }
  at::Tensor out = Output(result);
  at::mm_out(out, View(a), View(b));
}

Eigen::MatrixXd Gram(const MatrixView& a) {
  Eigen::MatrixXd gram(a.cols(), a.cols());
  const at::Tensor all = View(a), transposed = all.t();
  at::Tensor out = Output(gram);
  for (Eigen::Index start = 0; start < a.cols(); start += kGramBlock) {
    const Eigen::Index width = std::min(kGramBlock, a.cols() - start), below = a.cols() - start;
    at::Tensor block = out.narrow(0, start, below).narrow(1, start, width);
    at::mm_out(block, transposed.narrow(0, start, below), all.narrow(1, start, width));
  }
  gram.triangularView<Eigen::StrictlyUpper>() = gram.transpose();
  return gram;
}

SymmetricEigen EigenOfSymmetric(const MatrixView& a) {
  CHECK(a.rows() == a.cols());
  const auto [values, vectors] = at::linalg_eigh(View(a), "L");
  return {ToVector(values), ToMatrix(vectors)};
}

std::optional<Eigen::MatrixXd> SolvePositive(const MatrixView& a, const MatrixView& b) {
  CHECK(a.rows() == a.cols() && a.rows() == b.rows());
  const auto [cholesky, info] = at::linalg_cholesky_ex(View(a));
  if (info.item<int>() != 0) return std::nullopt;
  return ToMatrix(at::cholesky_solve(View(b), cholesky));
}

Eigen::MatrixXd LeastSquares(const MatrixView& a, const MatrixView& b) {
  CHECK(a.rows() == b.rows());
  if (std::min(a.rows(), a.cols()) <= kSmallSide)
    return Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd>(a).solve(b);
  return ToMatrix(std::get<0>(at::linalg_lstsq(View(a), View(b), /*rcond=*/std::nullopt, "gelsd")));
}

ThinSvd SvdOf(const MatrixView& a) {
  if (std::min(a.rows(), a.cols()) <= kSmallSide) {
    const Eigen::BDCSVD<Eigen::MatrixXd> svd(a, Eigen::ComputeThinU | Eigen::ComputeThinV);
    return {svd.matrixU(), svd.singularValues(), svd.matrixV()};
  }
  const auto [u, values, v_transposed] = at::linalg_svd(View(a), /*full_matrices=*/false);
  return {ToMatrix(u), ToVector(values), ToMatrix(v_transposed.t())};
}

void SetLinearAlgebraThreads(int threads) { at::set_num_threads(threads); }

std::string LinearAlgebraName() {
  return std::string("ATen ") + TORCH_VERSION + (at::hasMKL() ? " with MKL" : " without MKL");
}

}  // namespace figment::metrics
