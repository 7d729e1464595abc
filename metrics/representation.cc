#include "metrics/representation.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "metrics/linear_algebra.h"
#include "metrics/reliability.h"

namespace figment::metrics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kConstantRow = 1e-12;  // spread as a share of size: rounding

using Matrix = Eigen::MatrixXd;
using MatrixRef = Eigen::Ref<const Matrix>;

// Goes through the pairs in the order of a triangle: turn(i, j, dot product of rows i and j). Products are made by
// blocks of rows, which is where the time goes.
template <class Turn>
Triangle TriangleOf(const Matrix& rows, const Turn& turn) {
  constexpr Eigen::Index kBlock = 128;
  const Eigen::Index n = rows.rows();
  Triangle triangle;
  triangle.reserve(static_cast<size_t>(n * (n - 1) / 2));
  for (Eigen::Index first = 0; first < n; first += kBlock) {
    const Eigen::Index count = std::min(kBlock, n - first), rest = n - first;
    const Matrix products = ProductTransposed(rows.bottomRows(rest), rows.middleRows(first, count));  // [rest, count]
    for (Eigen::Index b = 0; b < count; ++b)
      for (Eigen::Index j = b + 1; j < rest; ++j) triangle.push_back(turn(first + b, first + j, products(j, b)));
  }
  return triangle;
}

bool AllFinite(const Triangle& triangle) {
  return std::all_of(triangle.begin(), triangle.end(), [](double value) { return std::isfinite(value); });
}

// The triangles as they are compared: finite pairs only, and ranks for Spearman.
class Compared {
 public:
  Compared(std::vector<const Triangle*> triangles, CorrelationKind kind) {
    const size_t all = triangles[0]->size();
    for (const Triangle* t : triangles) CHECK_EQ(t->size(), all);
    if (std::all_of(triangles.begin(), triangles.end(), [](const Triangle* t) { return AllFinite(*t); })) {
      for (const Triangle* t : triangles) lists_.emplace_back(*t);
    } else {
      std::vector<char> keep(all, 1);
      for (const Triangle* t : triangles)
        for (size_t i = 0; i < all; ++i) keep[i] = keep[i] && std::isfinite((*t)[i]);
      const auto kept = static_cast<size_t>(std::count(keep.begin(), keep.end(), 1));
      for (const Triangle* t : triangles) copies_.push_back(Kept(*t, keep, kept));
      lists_.assign(copies_.begin(), copies_.end());
    }
    pairs_ = static_cast<int64_t>(lists_[0].size()), dropped_ = static_cast<int64_t>(all) - pairs_;
    if (kind == CorrelationKind::kSpearman) {
      std::vector<Triangle> ranks;
      for (const auto& list : lists_) ranks.push_back(AverageRanks(list));
      copies_ = std::move(ranks);
      lists_.assign(copies_.begin(), copies_.end());
    }
  }

  double R(size_t i, size_t j) const { return Pearson(lists_[i], lists_[j]); }
  int64_t pairs() const { return pairs_; }
  int64_t dropped() const { return dropped_; }

 private:
  static Triangle Kept(const Triangle& triangle, const std::vector<char>& keep, size_t kept) {
    Triangle copy;
    copy.reserve(kept);
    for (size_t i = 0; i < keep.size(); ++i)
      if (keep[i]) copy.push_back(triangle[i]);
    return copy;
  }

  std::vector<Triangle> copies_;
  std::vector<std::span<const double>> lists_;
  int64_t pairs_ = 0, dropped_ = 0;
};

Matrix Centred(const MatrixRef& x) { return x.rowwise() - x.colwise().mean(); }

// |Y'X|_F^2 = sum of the products of the Gram matrices' entries, whichever is the smaller work.
double CrossSquaredNorm(const Matrix& x, const Matrix& y) {
  if (x.cols() * y.cols() <= x.rows() * (x.cols() + y.cols())) return (y.transpose() * x).squaredNorm();
  return (x * x.transpose()).cwiseProduct(y * y.transpose()).sum();
}

// Unbiased HSIC of the Gram matrices K = XX', L = YY' with zeroed diagonals.
double UnbiasedHsic(const Matrix& x, const Matrix& y) {
  const double n = static_cast<double>(x.rows());
  const Eigen::VectorXd k_diagonal = x.rowwise().squaredNorm(), l_diagonal = y.rowwise().squaredNorm();
  const Eigen::VectorXd k_sums = x * x.colwise().sum().transpose() - k_diagonal;  // K 1
  const Eigen::VectorXd l_sums = y * y.colwise().sum().transpose() - l_diagonal;
  const double trace = CrossSquaredNorm(x, y) - k_diagonal.dot(l_diagonal);
  return (trace + k_sums.sum() * l_sums.sum() / ((n - 1) * (n - 2)) - 2 / (n - 2) * k_sums.dot(l_sums)) / (n * (n - 3));
}

}  // namespace

Triangle CorrelationDistances(const Eigen::Ref<const Eigen::MatrixXd>& x) {
  Matrix rows = x.colwise() - x.rowwise().mean();
  for (Eigen::Index r = 0; r < rows.rows(); ++r) {
    const double norm = rows.row(r).norm();
    const bool varies = norm > kConstantRow * x.row(r).norm();
    if (varies) rows.row(r) /= norm;
    else rows.row(r).setConstant(kNaN);
  }
  return TriangleOf(rows, [](Eigen::Index, Eigen::Index, double product) { return 1 - product; });
}

Triangle EuclideanDistances(const Eigen::Ref<const Eigen::MatrixXd>& x) {
  const Matrix rows = Centred(x);
  const Eigen::VectorXd squares = rows.rowwise().squaredNorm();
  return TriangleOf(rows, [&](Eigen::Index i, Eigen::Index j, double product) {
    const double square = squares[i] + squares[j] - 2 * product;
    return std::isnan(square) ? kNaN : std::sqrt(std::max(square, 0.0));
  });
}

TriangleComparison CompareTriangles(const Triangle& a, const Triangle& b, CorrelationKind kind) {
  const Compared compared({&a, &b}, kind);
  return {compared.R(0, 1), compared.pairs(), compared.dropped()};
}

TriangleComparison CompareTrianglesPartial(const Triangle& a, const Triangle& b, const Triangle& control,
                                           CorrelationKind kind) {
  const Compared compared({&a, &b, &control}, kind);
  return {PartialCorrelation(compared.R(0, 1), compared.R(0, 2), compared.R(1, 2)), compared.pairs(),
          compared.dropped()};
}

CorrectedSimilarity CompareWithData(const Triangle& model, const Triangle& full, const Triangle& half1,
                                    const Triangle& half2, CorrelationKind kind, const Triangle* control) {
  std::vector<const Triangle*> triangles = {&model, &full, &half1, &half2};
  if (control) triangles.push_back(control);
  const Compared compared(triangles, kind);
  const auto r = [&](size_t i, size_t j) {
    return control ? PartialCorrelation(compared.R(i, j), compared.R(i, 4), compared.R(j, 4)) : compared.R(i, j);
  };
  CorrectedSimilarity result{.r = r(0, 1), .r_halves = r(2, 3), .pairs = compared.pairs(),
                             .dropped = compared.dropped()};
  const double across = 0.5 * (r(0, 2) + r(0, 3));
  result.cross_half = result.r_halves > 0 ? across / std::sqrt(result.r_halves) : kNaN;
  result.spearman_brown = SpearmanBrownConsistency(result.r, 1, result.r_halves);
  return result;
}

double LinearCka(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::MatrixXd>& y) {
  CHECK_EQ(x.rows(), y.rows());
  const Matrix a = Centred(x), b = Centred(y);
  const double scale = std::sqrt(CrossSquaredNorm(a, a) * CrossSquaredNorm(b, b));
  return scale > 0 ? CrossSquaredNorm(a, b) / scale : kNaN;
}

double LinearCkaUnbiased(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::MatrixXd>& y) {
  CHECK_EQ(x.rows(), y.rows());
  CHECK_GT(x.rows(), 3);
  // Centring changes nothing here but keeps digits.
  const Matrix a = Centred(x), b = Centred(y);
  const double own = UnbiasedHsic(a, a) * UnbiasedHsic(b, b);
  return own > 0 ? UnbiasedHsic(a, b) / std::sqrt(own) : 0;
}

}  // namespace figment::metrics
