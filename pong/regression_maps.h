// The maps from features to responses that a neural score can use.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>

namespace figment::pong {

// Rows of a training set and of a test set. The halves are fitted like the full responses, with the same settings: a
// map that chooses a setting chooses it on the full ones, inside the training rows.
struct FitData {
  Eigen::MatrixXd x_train, x_test;                     // [rows, features]
  std::span<const Eigen::MatrixXd> y_train;            // [rows, units] each: full, half 1, half 2
  std::span<const int> train_groups;                   // of the training rows: conditions, or rows if folds are leaky
  int components = 25;                                 // of PLS
};

// Predictions of the test rows, one matrix a training set.
using FitAndPredict = std::function<std::vector<Eigen::MatrixXd>(const FitData&)>;

struct RegressionMap {
  std::string name, what;
  FitAndPredict fit;
};

const std::vector<RegressionMap>& RegressionMaps();
const RegressionMap& FindRegressionMap(const std::string& name);  // throws base::UsageError with the nearest name

}  // namespace figment::pong
