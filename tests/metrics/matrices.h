// Matrices for tests (fixture.h reads those of fixtures).
#pragma once

#include <cmath>

#include <Eigen/Core>
#include <nlohmann/json.hpp>

#include "base/random.h"

namespace figment::metrics {

inline Eigen::MatrixXd NormalMatrix(Eigen::Index rows, Eigen::Index columns, base::Rng& rng) {
  Eigen::MatrixXd matrix(rows, columns);
  for (Eigen::Index c = 0; c < columns; ++c)
    for (Eigen::Index r = 0; r < rows; ++r) matrix(r, c) = rng.Normal();
  return matrix;
}

inline Eigen::VectorXd VectorOf(const nlohmann::json& numbers) {
  Eigen::VectorXd vector(numbers.size());
  for (Eigen::Index i = 0; i < vector.size(); ++i) vector[i] = numbers.at(static_cast<size_t>(i)).get<double>();
  return vector;
}

inline double LargestDifference(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() ? (a - b).cwiseAbs().maxCoeff() : INFINITY;
}

}  // namespace figment::metrics
