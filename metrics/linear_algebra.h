// The heavy linear algebra of this folder behind one seam: products, eigenvectors, solves. Two implementations, chosen
// when the program is built: Eigen alone (linear_algebra_eigen.cc), and torch's with MKL where torch is part of the
// build (linear_algebra_torch.cc), which is several times as fast. Both work in double precision and agree to rounding.
// What is small or linear in the data is written with Eigen directly.
//
// Matrices are column-major. Arguments are views without a copy as long as their columns are contiguous (blocks are;
// a transpose is not). The shapes must fit (CHECKed); numbers must be finite where a factorisation is asked for.
#pragma once

#include <optional>
#include <string>

#include <Eigen/Core>

namespace figment::metrics {

using MatrixView = Eigen::Ref<const Eigen::MatrixXd>;

Eigen::MatrixXd Product(const MatrixView& a, const MatrixView& b);            // a b
Eigen::MatrixXd TransposedProduct(const MatrixView& a, const MatrixView& b);  // a' b
Eigen::MatrixXd ProductTransposed(const MatrixView& a, const MatrixView& b);  // a b'

// a b into `result`, which has the shape of it and overlaps neither.
void ProductInto(const MatrixView& a, const MatrixView& b, Eigen::Ref<Eigen::MatrixXd> result);

Eigen::MatrixXd Gram(const MatrixView& a);  // a' a, both triangles

struct SymmetricEigen {
  Eigen::VectorXd values;   // ascending
  Eigen::MatrixXd vectors;  // orthonormal columns, in the order of the values
};
// Of a symmetric matrix, whose lower triangle is read.
SymmetricEigen EigenOfSymmetric(const MatrixView& a);

// x of a x = b for a symmetric positive definite, by Cholesky; nothing if a is not.
std::optional<Eigen::MatrixXd> SolvePositive(const MatrixView& a, const MatrixView& b);

// x of least |a x - b|; of all such x the shortest. Directions of a that are rounding only count as none.
Eigen::MatrixXd LeastSquares(const MatrixView& a, const MatrixView& b);

struct ThinSvd {
  Eigen::MatrixXd u;        // [rows, k], k = min(rows, columns)
  Eigen::VectorXd values;   // [k], descending
  Eigen::MatrixXd v;        // [columns, k]: a = u diag(values) v'
};
ThinSvd SvdOf(const MatrixView& a);

// Threads of the products and factorisations from now on, for the whole process. Eigen's use one whatever is asked.
void SetLinearAlgebraThreads(int threads);

std::string LinearAlgebraName();  // "Eigen 3.4.0", "ATen 2.13.0 with MKL"

}  // namespace figment::metrics
