#include "lab/bench_metrics.h"

#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/machine.h"
#include "base/random.h"
#include "files/atomic.h"
#include "files/npy.h"
#include "files/temporary_folder.h"
#include "lab/python_program.h"
#include "metrics/folds.h"
#include "metrics/linear_algebra.h"
#include "metrics/pls.h"
#include "metrics/ridge.h"
#include "metrics/ridge_cv.h"

namespace figment::lab {
namespace {

namespace fs = std::filesystem;
using Eigen::MatrixXd;

constexpr int kLatents = 60;
constexpr double kTightTolerance = 1e-14;  // of scikit-learn's PLS, where results are compared

MatrixXd Normal(Eigen::Index rows, Eigen::Index columns, base::Rng& rng) {
  MatrixXd matrix(rows, columns);
  for (double& value : matrix.reshaped()) value = rng.Normal();
  return matrix;
}

struct Data {
  MatrixXd x, y;
  std::vector<int> conditions;  // of each sample
};

// Features and targets share latent variables of falling weight; each has noise of its own. Entries are of order 1.
Data MakeData(const FitSize& size, uint64_t seed) {
  base::Rng rng({seed, base::KeyOf("bench metrics")});
  const int samples = size.conditions * size.bins;
  MatrixXd latents = Normal(samples, kLatents, rng);
  for (int k = 0; k < kLatents; ++k) latents.col(k) *= std::pow(0.93, k);
  const double scale = 1 / std::sqrt(latents.squaredNorm() / samples);
  const auto mixed = [&](int columns, double noise) {
    MatrixXd result = scale * metrics::Product(latents, Normal(kLatents, columns, rng));
    result += noise * Normal(samples, columns, rng);
    return result;
  };
  Data data{mixed(size.features, 0.5), mixed(size.targets, 1.0), {}};
  for (int i = 0; i < samples; ++i) data.conditions.push_back(i / size.bins);
  return data;
}

void WriteMatrix(const fs::path& path, const MatrixXd& matrix) {
  const MatrixXd rows = matrix.transpose();  // column-major: the matrix row by row
  const std::span<const double> values(rows.data(), static_cast<size_t>(rows.size()));
  files::WriteFileAtomically(path, files::EncodeNpy(values, {matrix.rows(), matrix.cols()}));
}

MatrixXd ReadMatrix(const fs::path& path) {
  const files::NpyArray array = files::ReadNpy(path);
  const std::vector<double> values = array.Values<double>(path.string());
  return Eigen::Map<const Eigen::Matrix<double, -1, -1, Eigen::RowMajor>>(values.data(), array.shape.at(0),
                                                                          array.shape.at(1));
}

struct Fit {
  double cpu_seconds = 0;
  MatrixXd coefficients;  // [features, targets]
};

// scikit-learn with one thread; absent if it is not there.
class Sklearn {
 public:
  explicit Sklearn(const MetricsBenchOptions& options)
      : folder_("figment-bench"),
        program_(options.python, options.sklearn_script, {{"fit", "none"}},
                 {{"OMP_NUM_THREADS", "1"}, {"OPENBLAS_NUM_THREADS", "1"}, {"MKL_NUM_THREADS", "1"}}) {}

  bool present() const { return program_.present(); }
  const std::string& version() const { return program_.version(); }

  void Give(const Data& data) {
    if (!present()) return;
    WriteMatrix(folder_.path() / "x.npy", data.x);
    WriteMatrix(folder_.path() / "y.npy", data.y);
  }

  // Of the data given last; nothing without scikit-learn.
  std::optional<Fit> Run(nlohmann::json request) {
    if (!present()) return std::nullopt;
    request["folder"] = folder_.path().string();
    const double cpu_seconds = program_.Ask(request).at("cpu_seconds").get<double>();
    return Fit{cpu_seconds, ReadMatrix(folder_.path() / "coefficients.npy")};
  }

 private:
  files::TemporaryFolder folder_;
  PythonProgram program_;
};

Fit Ours(const std::function<metrics::LinearMap()>& fit) {
  const double start = base::ProcessCpuSeconds();
  metrics::LinearMap map = fit();
  return {base::ProcessCpuSeconds() - start, std::move(map.coefficients)};
}

// `theirs` is timed; `same` is what the coefficients must equal.
std::vector<base::Cell> Row(const std::string& name, const Fit& ours, const std::optional<Fit>& theirs,
                            const std::optional<Fit>& same) {
  if (!theirs) return {name, base::Cell(ours.cpu_seconds, 2), base::Cell(), base::Cell(), base::Cell()};
  const double difference = (ours.coefficients - same->coefficients).cwiseAbs().maxCoeff();
  return {name, base::Cell(ours.cpu_seconds, 2), base::Cell(theirs->cpu_seconds, 2),
          base::Cell(theirs->cpu_seconds / ours.cpu_seconds, 1), base::Cell(difference, 13)};
}

std::string Describe(const FitSize& size) {
  return std::to_string(size.conditions * size.bins) + " samples, " + std::to_string(size.features) + " features, " +
         std::to_string(size.targets) + " targets";
}

void AddRidgeRows(const MetricsBenchOptions& options, Sklearn& sklearn, base::Table* table) {
  const Data data = MakeData(options.ridge, 1);
  sklearn.Give(data);
  metrics::RidgeCvOptions leave_one_out{.alphas = metrics::RidgeGrid24()}, grouped = leave_one_out;
  grouped.folds = metrics::GroupedFolds(data.conditions, options.folds);

  const auto run = [&](const std::string& name, const metrics::RidgeCvOptions& settings) {
    const Fit ours = Ours([&] { return metrics::FitRidgeCv(data.x, data.y, settings).map; });
    const auto theirs = sklearn.Run({{"fit", "ridge"}, {"alphas", settings.alphas}, {"folds", settings.folds}});
    table->rows.push_back(Row(name, ours, theirs, theirs));
  };
  run("ridge, 24 alphas, " + std::to_string(options.folds) + " grouped folds", grouped);
  run("ridge, 24 alphas, leave-one-out", leave_one_out);
}

void AddPlsRow(const MetricsBenchOptions& options, Sklearn& sklearn, base::Table* table) {
  const Data data = MakeData(options.pls, 2);
  sklearn.Give(data);
  const Fit ours = Ours([&] { return metrics::FitPls(data.x, data.y, options.pls_components).map; });
  nlohmann::json request = {{"fit", "pls"}, {"components", options.pls_components}, {"tolerance", 1e-6}};
  const auto timed = sklearn.Run(request);
  request["tolerance"] = kTightTolerance;
  const auto tight = sklearn.Run(request);
  table->rows.push_back(Row("PLS, " + std::to_string(options.pls_components) + " components", ours, timed, tight));
}

}  // namespace

base::Table BenchMetrics(const MetricsBenchOptions& options) {
  metrics::SetLinearAlgebraThreads(1);
  Sklearn sklearn(options);
  base::Table table;
  table.title = "Fits, one thread each";
  table.columns = {"fit", "CPU s", "scikit-learn CPU s", "x times as fast", "largest difference"};
  AddRidgeRows(options, sklearn, &table);
  AddPlsRow(options, sklearn, &table);
  table.notes = {"ridge: " + Describe(options.ridge) + "; PLS: " + Describe(options.pls),
                 "largest difference of a coefficient, features and targets being of order 1; PLS is timed at "
                 "scikit-learn's tolerance of 1e-6 and compared at 1e-14",
                 metrics::LinearAlgebraName() +
                     (sklearn.present() ? ", scikit-learn " + sklearn.version() : ", no scikit-learn here"),
                 "peak memory " + std::to_string(base::PeakResidentBytes() / 1'000'000) + " MB; " + base::CpuModel()};
  return table;
}

}  // namespace figment::lab
