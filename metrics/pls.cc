// NIPALS iterates w = X'u, t = X w, c = Y't, u = Y c to find w, passing over all data each time, and deflates X. The w
// it converges to is the first left singular vector of C = X'Y (features x targets), which is deflated instead:
// X'Y - p (t't) c'. The scores of the deflated X follow from the rotations.
#include "metrics/pls.h"

#include <algorithm>
#include <limits>
#include <string>

#include <Eigen/Eigenvalues>

#include "base/error.h"

namespace figment::metrics {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Of a residual relative to its eigenvalue. An eigenvector's error is this over the relative gap to the next.
constexpr double kResidual = 1e-14;
constexpr Index kLanczosSteps = 80;  // then it starts again from the best vector so far
constexpr Index kCheckEvery = 5;     // steps between looks at the residual
constexpr int kRestarts = 50;
// Of C's norm at the start: what is left after the last component of the data is rounding.
constexpr double kNothingLeft = 1e-13;

// Largest eigenvector of the tridiagonal matrix that Lanczos has built, and how far it is from an eigenvector of the
// whole.
struct Ritz {
  VectorXd coefficients;
  double residual;  // relative to the eigenvalue
};

Ritz LargestRitz(const VectorXd& diagonal, const VectorXd& off_diagonal, Index steps) {
  Eigen::SelfAdjointEigenSolver<MatrixXd> solver;
  solver.computeFromTridiagonal(diagonal.head(steps), off_diagonal.head(steps - 1));
  const double value = solver.eigenvalues()[steps - 1];
  const VectorXd vector = solver.eigenvectors().col(steps - 1);
  return {vector, std::abs(off_diagonal[steps - 1] * vector[steps - 1]) / value};
}

// One run of Lanczos's iteration on c'c with full orthogonalisation, from `start`; true if it has converged.
bool ImproveRightVector(const MatrixXd& c, VectorXd* start) {
  const Index most = std::min(kLanczosSteps, c.cols());
  MatrixXd basis(c.cols(), most);
  VectorXd diagonal(most), off_diagonal(most);
  basis.col(0) = start->normalized();
  for (Index k = 0; k < most; ++k) {
    const VectorXd image = c * basis.col(k);
    VectorXd next = c.transpose() * image;
    diagonal[k] = next.dot(basis.col(k));
    const auto before = basis.leftCols(k + 1);
    for (int pass = 0; pass < 2; ++pass) next -= before * (before.transpose() * next).eval();
    off_diagonal[k] = next.norm();
    const bool exhausted = off_diagonal[k] <= kResidual * diagonal.head(k + 1).maxCoeff();
    if (k + 1 == most || exhausted || (k + 1) % kCheckEvery == 0) {
      const Ritz ritz = LargestRitz(diagonal, off_diagonal, k + 1);
      const bool done = exhausted || ritz.residual <= kResidual || k + 1 == c.cols();
      if (done || k + 1 == most) *start = before * ritz.coefficients;
      if (done) return true;
      if (k + 1 == most) return false;
    }
    basis.col(k + 1) = next / off_diagonal[k];
  }
  return false;
}

// First left singular vector of c, largest entry positive.
VectorXd FirstLeftVector(const MatrixXd& c) {
  Index largest = 0;
  c.rowwise().squaredNorm().maxCoeff(&largest);
  VectorXd right = c.row(largest).transpose();
  for (int i = 0; i < kRestarts; ++i)
    if (ImproveRightVector(c, &right)) break;
  VectorXd left = (c * right).normalized();
  left.cwiseAbs().maxCoeff(&largest);
  return left[largest] < 0 ? VectorXd(-left) : left;
}

}  // namespace

Pls FitPls(const MatrixView& x, const MatrixView& y, int components) {
  CheckRegression(x, y);
  const Index most = std::min(x.rows(), x.cols());
  if (components < 1 || components > most)
    throw base::Error("partial least squares with " + std::to_string(components) + " components of " +
                      std::to_string(x.rows()) + " samples and " + std::to_string(x.cols()) +
                      " features: expected 1 to " + std::to_string(most));
  const Centred features = Centre(x), targets = Centre(y);
  MatrixXd cross = TransposedProduct(features.values, targets.values);
  const double nothing = kNothingLeft * cross.norm();

  Pls pls;
  for (MatrixXd* matrix : {&pls.weights, &pls.rotations, &pls.loadings}) matrix->resize(x.cols(), components);
  pls.scores.resize(x.rows(), components);
  pls.target_loadings.resize(y.cols(), components);
  Index k = 0;
  for (; k < components && cross.norm() > nothing; ++k) {
    const VectorXd weight = FirstLeftVector(cross);
    const VectorXd rotation =
        weight - pls.rotations.leftCols(k) * (pls.loadings.leftCols(k).transpose() * weight).eval();
    VectorXd score = features.values * rotation;
    // Orthogonal to those before but for rounding, which is removed.
    const auto before = pls.scores.leftCols(k);
    const VectorXd along = (before.transpose() * score).cwiseQuotient(before.colwise().squaredNorm().transpose());
    score -= before * along;
    const double size = score.squaredNorm();
    if (!(size > std::numeric_limits<double>::min())) break;

    pls.weights.col(k) = weight;
    pls.rotations.col(k) = rotation;
    pls.scores.col(k) = score;
    pls.loadings.col(k) = features.values.transpose() * score / size;
    pls.target_loadings.col(k) = targets.values.transpose() * score / size;
    cross.noalias() -= size * pls.loadings.col(k) * pls.target_loadings.col(k).transpose();
  }
  for (MatrixXd* matrix : {&pls.weights, &pls.rotations, &pls.scores, &pls.loadings, &pls.target_loadings})
    matrix->conservativeResize(Eigen::NoChange, k);
  pls.map = MapAboutMeans(ProductTransposed(pls.rotations, pls.target_loadings), features.mean, targets.mean);
  return pls;
}

}  // namespace figment::metrics
