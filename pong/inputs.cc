#include "pong/inputs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstring>
#include <map>
#include <numbers>

#include "base/check.h"
#include "base/error.h"
#include "base/random.h"
#include "metrics/linear_algebra.h"
#include "metrics/pca.h"
#include "pong/pictures.h"

namespace figment::pong {
namespace {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr int kSize = 100;
constexpr int kPixels = kSize * kSize;
constexpr int kTrainFitBatches = 10;  // as the published "pixel_pca_all"

const Rasteriser& Pictures() {
  static const Rasteriser rasteriser{PictureStyle{}};
  return rasteriser;
}

// body(first pixel, one past the last) for each row of the ball that is seen left of the occluder.
template <class Body>
void ForBall(double x, double y, std::vector<PixelSpan>* scratch, const Body& body) {
  Pictures().BallSpans(x, y, scratch);
  for (const PixelSpan& span : *scratch) {
    const int end = std::min(span.end, Pictures().occluder_column());
    if (span.begin < end) body(span.row * kSize + span.begin, span.row * kSize + end);
  }
}

// What the ball adds to a pixel left of the occluder.
double BallOverBackground() { return Pictures().style().ball - Pictures().style().background; }

Eigen::VectorXd EmptyPicture() {
  Eigen::VectorXd picture(kPixels);
  for (int i = 0; i < kPixels; ++i) picture[i] = Pictures().background()[i];
  return picture;
}

// --- Principal components of many sparse pictures.

// Distinct pictures as the runs of pixels that the ball covers, and how often each occurs.
struct PictureCounts {
  std::vector<std::vector<std::pair<int, int>>> runs;
  std::vector<double> count;
  double total = 0;
};

PictureCounts CountPictures(std::span<const BallPlace> places) {
  std::map<std::vector<std::pair<int, int>>, double> counts;
  std::vector<PixelSpan> scratch;
  std::vector<std::pair<int, int>> runs;
  for (const BallPlace& place : places) {
    runs.clear();
    ForBall(place.x, place.y, &scratch, [&](int begin, int end) { runs.push_back({begin, end}); });
    counts[runs] += 1;
  }
  PictureCounts result;
  for (const auto& [key, count] : counts) {
    result.runs.push_back(key);
    result.count.push_back(count);
    result.total += count;
  }
  return result;
}

// Pixels the ball ever covers, and pictures over those alone: all others are constant.
struct SparsePictures {
  std::vector<int> pixel;                     // of each used one
  std::vector<std::vector<int>> members;      // used pixels of each distinct picture
  std::vector<double> count;
  double total = 0;
  Eigen::VectorXd mean;                       // of ball / no ball, by used pixel
};

SparsePictures Compress(const PictureCounts& pictures) {
  SparsePictures result{.count = pictures.count, .total = pictures.total};
  std::vector<int> index(kPixels, -1);
  for (const auto& runs : pictures.runs) {
    std::vector<int> members;
    for (const auto& [begin, end] : runs)
      for (int p = begin; p < end; ++p) {
        if (index[p] < 0) index[p] = static_cast<int>(result.pixel.size()), result.pixel.push_back(p);
        members.push_back(index[p]);
      }
    result.members.push_back(std::move(members));
  }
  result.mean = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(result.pixel.size()));
  for (size_t i = 0; i < result.members.size(); ++i)
    for (const int p : result.members[i]) result.mean[p] += result.count[i] / result.total;
  return result;
}

// Covariance (over total - 1) times v [used pixels, columns].
RowMatrix TimesCovariance(const SparsePictures& pictures, const RowMatrix& v) {
  const Eigen::RowVectorXd at_mean = pictures.mean.transpose() * v;
  RowMatrix result = RowMatrix::Zero(v.rows(), v.cols());
  Eigen::RowVectorXd score(v.cols());
  for (size_t i = 0; i < pictures.members.size(); ++i) {
    score = -at_mean;
    for (const int p : pictures.members[i]) score += v.row(p);
    score *= pictures.count[i] / (pictures.total - 1);
    for (const int p : pictures.members[i]) result.row(p) += score;
  }
  // The centred pictures' other half needs no sum: centred scores add up to zero.
  return result;
}

// Orthonormal columns with the same span.
RowMatrix Orthonormal(const RowMatrix& v) {
  const metrics::SymmetricEigen gram = metrics::EigenOfSymmetric(metrics::Gram(Eigen::MatrixXd(v)));
  const double least = 1e-14 * gram.values.maxCoeff();
  Eigen::Index first = 0;
  while (gram.values[first] <= least) ++first;
  const Eigen::Index kept = gram.values.size() - first;
  const Eigen::MatrixXd basis =
      gram.vectors.rightCols(kept) * gram.values.tail(kept).cwiseSqrt().cwiseInverse().asDiagonal();
  return metrics::Product(Eigen::MatrixXd(v), basis);
}

void FixSigns(Eigen::MatrixXd& components) {
  for (Eigen::Index k = 0; k < components.cols(); ++k) {
    Eigen::Index largest = 0;
    components.col(k).cwiseAbs().maxCoeff(&largest);
    if (components(largest, k) < 0) components.col(k) *= -1;
  }
}

struct Leading {
  Eigen::VectorXd values;   // descending
  Eigen::MatrixXd vectors;  // orthonormal columns
};

// The leading eigenvectors of a covariance by subspace iteration from a fixed start. More columns than wanted are
// carried along, which sets the rate of convergence; it ends when the wanted eigenvalues stand still.
Leading LeadingEigenvectors(const SparsePictures& pictures, int wanted) {
  constexpr int kExtra = 60, kMostIterations = 100;
  constexpr double kStill = 1e-9;  // of the largest eigenvalue
  const Eigen::Index pixels = static_cast<Eigen::Index>(pictures.pixel.size());
  const Eigen::Index columns = std::min<Eigen::Index>(wanted + kExtra, pixels);
  base::Rng rng({base::KeyOf("pixel components")});
  RowMatrix v(pixels, columns);
  for (Eigen::Index i = 0; i < v.size(); ++i) v.data()[i] = rng.Normal();
  v = Orthonormal(v);
  Leading found;
  Eigen::VectorXd before = Eigen::VectorXd::Zero(wanted);
  for (int iteration = 0; iteration < kMostIterations; ++iteration) {
    const RowMatrix image = TimesCovariance(pictures, v);
    const metrics::SymmetricEigen inside =
        metrics::EigenOfSymmetric(metrics::TransposedProduct(Eigen::MatrixXd(v), Eigen::MatrixXd(image)));
    const Eigen::Index count = std::min<Eigen::Index>(wanted, inside.values.size());
    found.values = inside.values.reverse().head(count);
    const bool still = iteration > 0 && (found.values - before.head(count)).cwiseAbs().maxCoeff() <= kStill * found.values[0];
    if (still || iteration + 1 == kMostIterations) {
      const Eigen::MatrixXd rotation = inside.vectors.rowwise().reverse().leftCols(count);
      found.vectors = metrics::Product(Eigen::MatrixXd(v), rotation);
      break;
    }
    before.head(count) = found.values;
    v = Orthonormal(image);
  }
  return found;
}

// --- Pixels: everything that is linear in the picture.

using PixelRun = std::pair<int, int>;  // first, one past the last

// Adds rows [.., columns] of a matrix to a vector. A few columns at a time stay in registers while the rows pass by;
// compiled for AVX2 and for every x86-64. Each number's sum has the same order in both.
__attribute__((target_clones("avx2", "default"))) void AddRows(const float* matrix, int columns,
                                                               const std::vector<PixelRun>& runs, float* sum) {
  typedef float Vector __attribute__((vector_size(32)));
  constexpr int kVectors = 4, kWidth = 8;
  int k = 0;
  for (; k + kVectors * kWidth <= columns; k += kVectors * kWidth) {
    Vector total[kVectors];
    std::memcpy(total, sum + k, sizeof total);
    for (const auto& [begin, end] : runs)
      for (int p = begin; p < end; ++p)
        for (int v = 0; v < kVectors; ++v) {
          Vector row;
          std::memcpy(&row, matrix + static_cast<size_t>(p) * columns + k + v * kWidth, sizeof row);
          total[v] += row;
        }
    std::memcpy(sum + k, total, sizeof total);
  }
  for (const auto& [begin, end] : runs)
    for (int p = begin; p < end; ++p)
      for (int rest = k; rest < columns; ++rest) sum[rest] += matrix[static_cast<size_t>(p) * columns + rest];
}

class LinearInput : public FrameInput {
 public:
  explicit LinearInput(InputTable table) : table_(std::move(table)) {
    CHECK_EQ(table_.rows, kPixels);
    CHECK_EQ(table_.weights.size(), static_cast<size_t>(table_.rows) * table_.columns);
  }

  int size() const override { return table_.columns; }
  std::span<const float> rest() const override { return table_.rest; }

  int DistinctFrames(const Track& track) const override { return SeenFrames(track); }

  void Encode(const Track& track, int frames, std::span<float> out) const override {
    CHECK_EQ(out.size(), static_cast<size_t>(frames) * table_.columns);
    std::vector<PixelSpan> scratch;
    std::vector<PixelRun> runs;
    for (int t = 0; t < frames; ++t) {
      float* values = out.data() + static_cast<size_t>(t) * table_.columns;
      std::copy(table_.rest.begin(), table_.rest.end(), values);
      if (t > *track.t_end) continue;
      runs.clear();
      ForBall(track.x[t], track.y[t], &scratch, [&](int begin, int end) { runs.push_back({begin, end}); });
      AddRows(table_.weights.data(), table_.columns, runs, values);
    }
  }

  // Leading frames in which some of the ball is seen.
  static int SeenFrames(const Track& track) {
    std::vector<PixelSpan> scratch;
    for (int t = *track.t_occ; t < kPaddedFrames && t <= *track.t_end; ++t) {
      bool seen = false;
      ForBall(track.x[t], track.y[t], &scratch, [&](int, int) { seen = true; });
      if (!seen) return t;
    }
    return std::min(*track.t_end + 1, kPaddedFrames);
  }

 private:
  InputTable table_;
};

// --- Gabor energies. The published bank is not public; this one is ours: two wavelengths, four orientations, and for
// each of these the two directions across it, at the ball's usual speed. Each filter is a pair in quadrature (a complex
// Gabor function of space and time), its energy the root of the sum of both squares.

constexpr int kGrid = 8;                            // places where energies are read, in each direction
constexpr std::array<double, 2> kWavelengths = {12, 24};  // pixels
constexpr int kOrientations = 4;
constexpr double kSpeed = 0.5 * 3.125;              // pixels a frame: 0.5 units, the speed of 80 % of the conditions
constexpr int kReach = 3;                           // frames to either side
constexpr double kTemporalSigma = 1.5;              // frames
constexpr int kSpatialFilters = static_cast<int>(kWavelengths.size()) * kOrientations;
constexpr int kResponses = kSpatialFilters * kGrid * kGrid;  // complex numbers a picture
constexpr int kEnergies = 2 * kResponses;                    // two directions each

struct SpatialBank {
  // Real parts, then imaginary parts, of the responses to a pixel of 1: [10000, 2 * kResponses].
  std::vector<float> of_pixel;
  std::vector<float> of_empty;  // to the picture without ball
};

double GridPlace(int index) { return (index + 0.5) * kSize / kGrid; }

std::complex<double> SpatialFilter(int filter, double column, double row) {
  const double wavelength = kWavelengths[filter / kOrientations];
  const double angle = std::numbers::pi * (filter % kOrientations) / kOrientations;
  const double sigma = wavelength / 2;
  const double envelope = std::exp(-(column * column + row * row) / (2 * sigma * sigma)) / (2 * std::numbers::pi * sigma * sigma);
  const double phase = 2 * std::numbers::pi * (column * std::cos(angle) + row * std::sin(angle)) / wavelength;
  return std::polar(envelope, phase);
}

const SpatialBank& Bank() {
  static const SpatialBank bank = [] {
    SpatialBank made{std::vector<float>(static_cast<size_t>(kPixels) * 2 * kResponses), std::vector<float>(2 * kResponses)};
    std::vector<double> empty(2 * kResponses);
    for (int p = 0; p < kPixels; ++p) {
      float* row = made.of_pixel.data() + static_cast<size_t>(p) * 2 * kResponses;
      for (int f = 0, i = 0; f < kSpatialFilters; ++f)
        for (int place = 0; place < kGrid * kGrid; ++place, ++i) {
          const auto value = SpatialFilter(f, p % kSize + 0.5 - GridPlace(place % kGrid), p / kSize + 0.5 - GridPlace(place / kGrid));
          row[i] = static_cast<float>(value.real());
          row[kResponses + i] = static_cast<float>(value.imag());
          empty[i] += value.real() * Pictures().background()[p];
          empty[kResponses + i] += value.imag() * Pictures().background()[p];
        }
    }
    std::copy(empty.begin(), empty.end(), made.of_empty.begin());
    return made;
  }();
  return bank;
}

// Responses of all spatial filters to frame t: [2 * kResponses].
void SpatialResponses(const Track& track, int t, std::vector<PixelSpan>* scratch, float* out) {
  const SpatialBank& bank = Bank();
  std::copy(bank.of_empty.begin(), bank.of_empty.end(), out);
  if (t > *track.t_end) return;
  const float ball = static_cast<float>(BallOverBackground());
  ForBall(track.x[t], track.y[t], scratch, [&](int begin, int end) {
    for (int p = begin; p < end; ++p) {
      const float* __restrict row = bank.of_pixel.data() + static_cast<size_t>(p) * 2 * kResponses;
      float* __restrict sum = out;
      for (int i = 0; i < 2 * kResponses; ++i) sum[i] += ball * row[i];
    }
  });
}

// Energies of frames 0..frames-1: [frames, kEnergies]. Frames before the first and after the 90th repeat these.
void GaborEnergies(const Track& track, int frames, std::vector<float>* energies) {
  const int needed = std::min(frames + kReach, kPaddedFrames);
  std::vector<float> responses(static_cast<size_t>(needed) * 2 * kResponses);
  std::vector<PixelSpan> scratch;
  for (int t = 0; t < needed; ++t)
    SpatialResponses(track, t, &scratch, responses.data() + static_cast<size_t>(t) * 2 * kResponses);
  energies->assign(static_cast<size_t>(frames) * kEnergies, 0.0f);
  std::vector<float> even(2 * kResponses), odd(2 * kResponses);
  for (int t = 0; t < frames; ++t) {
    float* out = energies->data() + static_cast<size_t>(t) * kEnergies;
    for (size_t w = 0; w < kWavelengths.size(); ++w) {
      const int first = static_cast<int>(w) * kResponses / static_cast<int>(kWavelengths.size());
      const int end = first + kResponses / static_cast<int>(kWavelengths.size());
      std::fill(even.begin(), even.end(), 0.0f), std::fill(odd.begin(), odd.end(), 0.0f);
      for (int d = -kReach; d <= kReach; ++d) {
        const double envelope = std::exp(-d * d / (2 * kTemporalSigma * kTemporalSigma));
        const double phase = 2 * std::numbers::pi * kSpeed / kWavelengths[w] * d;
        const float cosine = static_cast<float>(envelope * std::cos(phase)), sine = static_cast<float>(envelope * std::sin(phase));
        const float* from = responses.data() + static_cast<size_t>(std::clamp(t + d, 0, needed - 1)) * 2 * kResponses;
        for (const int part : {0, kResponses})
          for (int i = part + first; i < part + end; ++i) even[i] += cosine * from[i], odd[i] += sine * from[i];
      }
      // (re + i im)(cos -+ i sin), summed over time: the two directions.
      for (int i = first; i < end; ++i) {
        const float re = even[i], im = even[kResponses + i], odd_re = odd[i], odd_im = odd[kResponses + i];
        out[i] = std::hypot(re + odd_im, im - odd_re);
        out[kResponses + i] = std::hypot(re - odd_im, im + odd_re);
      }
    }
  }
}

class GaborInput : public FrameInput {
 public:
  explicit GaborInput(InputTable table) : table_(std::move(table)) {
    CHECK_EQ(table_.rows, kEnergies);
    const std::vector<float> still = StillEnergies();
    rest_ = Project(still, 1).row(0);
  }

  int size() const override { return table_.columns; }
  std::span<const float> rest() const override { return {rest_.data(), static_cast<size_t>(rest_.size())}; }

  int DistinctFrames(const Track& track) const override {
    return std::min(LinearInput::SeenFrames(track) + kReach, kPaddedFrames);
  }

  void Encode(const Track& track, int frames, std::span<float> out) const override {
    CHECK_EQ(out.size(), static_cast<size_t>(frames) * table_.columns);
    std::vector<float> energies;
    GaborEnergies(track, frames, &energies);
    Eigen::Map<FloatRows>(out.data(), frames, table_.columns) = Project(energies, frames);
  }

 private:
  using FloatRows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

  FloatRows Project(const std::vector<float>& energies, int frames) const {
    const Eigen::Map<const FloatRows> rows(energies.data(), frames, kEnergies);
    const Eigen::Map<const FloatRows> weights(table_.weights.data(), kEnergies, table_.columns);
    const Eigen::Map<const Eigen::RowVectorXf> offset(table_.rest.data(), table_.columns);
    FloatRows result = rows * weights;
    result.rowwise() += offset;
    return result;
  }

  // Of the empty picture, for ever.
  static std::vector<float> StillEnergies() {
    Track gone;
    gone.x.fill(kFrameSize), gone.y.fill(kMiddle);
    gone.t_occ = 0, gone.t_end = 0;
    std::vector<float> energies;
    GaborEnergies(gone, 1, &energies);
    return energies;
  }

  InputTable table_;
  Eigen::RowVectorXf rest_;
};

// --- Fitting.

std::vector<const Condition*> FitConditions(const InputOptions& options, std::span<const Condition> trials, const Split& split) {
  std::vector<const Condition*> chosen;
  const bool train = options.fit == InputFit::kTrain;
  const std::vector<int>& part = train ? split.train : split.valid;
  size_t count = train ? kTrainFitBatches * kBatchSize : kBatchSize;
  if (options.fit_conditions > 0) count = std::min(count, static_cast<size_t>(options.fit_conditions));
  for (size_t i = 0; i < std::min(count, part.size()); ++i) chosen.push_back(&trials[part[i]]);
  return chosen;
}

std::vector<BallPlace> Places(std::span<const Condition* const> conditions) {
  std::vector<BallPlace> places;
  for (const Condition* condition : conditions) {
    const Track track = MakeTrack(*condition);
    for (int t = 0; t < condition->t_end; ++t) places.push_back({track.x[t], track.y[t]});
  }
  return places;
}

// Columns of weights and the offset of a projection on components; what is divided by is the components' deviation.
InputTable TableOf(InputKind kind, const Eigen::MatrixXd& components, const Eigen::VectorXd& variance, const Eigen::VectorXd& zero,
                   double scale, bool whiten) {
  InputTable table{.kind = kind, .rows = static_cast<int>(components.rows()), .columns = static_cast<int>(components.cols())};
  table.weights.resize(static_cast<size_t>(components.size()));
  table.variance.assign(variance.data(), variance.data() + variance.size());
  for (int k = 0; k < table.columns; ++k) {
    if (whiten && !(variance[k] > 1e-10 * variance[0]))
      throw base::UsageError("the fitted frames do not vary along component " + std::to_string(k + 1) + " of " +
                             std::to_string(table.columns) + ", which whitening divides by: expected fewer components "
                             "or more conditions to fit them to");
    const double divisor = whiten ? std::sqrt(variance[k]) : 1;
    table.rest.push_back(static_cast<float>(components.col(k).dot(zero) / divisor));
    for (int p = 0; p < table.rows; ++p)
      table.weights[static_cast<size_t>(p) * table.columns + k] = static_cast<float>(components(p, k) * scale / divisor);
  }
  return table;
}

// As published: 32 trials at a time. The empty picture is subtracted from every picture, which leaves the ball's pixels and
// changes the mean alone.
PixelComponents FitIncrementally(std::span<const Condition* const> conditions, int components) {
  constexpr size_t kTrialsAtOnce = 32;
  metrics::IncrementalPca incremental(components);
  std::vector<PixelSpan> scratch;
  for (size_t first = 0; first < conditions.size(); first += kTrialsAtOnce) {
    const auto some = conditions.subspan(first, std::min(kTrialsAtOnce, conditions.size() - first));
    const std::vector<BallPlace> places = Places(some);
    std::vector<Eigen::Triplet<double>> pixels;
    for (size_t row = 0; row < places.size(); ++row)
      ForBall(places[row].x, places[row].y, &scratch, [&](int begin, int end) {
        for (int p = begin; p < end; ++p) pixels.emplace_back(static_cast<int>(row), p, BallOverBackground());
      });
    metrics::IncrementalPca::SparseRows rows(static_cast<Eigen::Index>(places.size()), kPixels);
    rows.setFromTriplets(pixels.begin(), pixels.end());
    incremental.Add(rows);
  }
  const metrics::Pca& found = incremental.result();
  return {.mean = EmptyPicture() + found.mean.transpose(), .components = found.components, .variance = found.explained_variance,
          .total_variance = found.total_variance};
}

InputTable FitPixels(const InputOptions& options, std::span<const Condition* const> conditions) {
  const PixelComponents fitted = options.fit == InputFit::kValidBatch
                                     ? FitIncrementally(conditions, options.components)
                                     : FitPixelComponents(Places(conditions), options.components);
  InputTable table = TableOf(InputKind::kPixelPca, fitted.components, fitted.variance, EmptyPicture() - fitted.mean,
                             BallOverBackground(), options.whiten);
  table.total_variance = fitted.total_variance;
  return table;
}

InputTable FitGabor(const InputOptions& options, std::span<const Condition* const> conditions) {
  Eigen::MatrixXd second = Eigen::MatrixXd::Zero(kEnergies, kEnergies);
  Eigen::VectorXd first = Eigen::VectorXd::Zero(kEnergies);
  double count = 0;
  std::vector<float> energies;
  for (const Condition* condition : conditions) {
    GaborEnergies(MakeTrack(*condition), condition->t_end, &energies);
    const Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> rows(
        energies.data(), condition->t_end, kEnergies);
    const Eigen::MatrixXd values = rows.cast<double>();
    second += metrics::Gram(values);
    first += values.colwise().sum();
    count += static_cast<double>(values.rows());
  }
  const Eigen::VectorXd mean = first / count;
  const Eigen::MatrixXd covariance = (second - count * mean * mean.transpose()) / (count - 1);
  const metrics::SymmetricEigen found = metrics::EigenOfSymmetric(covariance);
  const Eigen::Index wanted = std::min<Eigen::Index>(options.components, kEnergies);
  Eigen::MatrixXd components = found.vectors.rowwise().reverse().leftCols(wanted);
  FixSigns(components);
  InputTable table = TableOf(InputKind::kGaborPca, components, found.values.reverse().head(wanted), -mean, 1, options.whiten);
  table.total_variance = covariance.trace();
  return table;
}

// Mean grey of each cell of a 16 x 16 grid; a pixel on a border counts by the part of it that is inside.
InputTable CellMeans() {
  constexpr int kCells = 16;
  constexpr double kWidth = static_cast<double>(kSize) / kCells;
  const auto overlap = [](int pixel, int cell) {
    return std::max(0.0, std::min(pixel + 1.0, (cell + 1) * kWidth) - std::max<double>(pixel, cell * kWidth));
  };
  Eigen::MatrixXd cells(kPixels, kCells * kCells);
  for (int p = 0; p < kPixels; ++p)
    for (int c = 0; c < kCells * kCells; ++c)
      cells(p, c) = overlap(p / kSize, c / kCells) * overlap(p % kSize, c % kCells) / (kWidth * kWidth * 255);
  return TableOf(InputKind::kPixelDownsampled, cells, {}, EmptyPicture(), BallOverBackground(), false);
}

}  // namespace

const std::vector<std::pair<std::string, InputKind>>& InputKinds() {
  static const std::vector<std::pair<std::string, InputKind>> kinds = {{"pixel-pca", InputKind::kPixelPca},
                                                                       {"gabor-pca", InputKind::kGaborPca},
                                                                       {"pixel-downsampled", InputKind::kPixelDownsampled}};
  return kinds;
}

const std::vector<std::pair<std::string, InputFit>>& InputFits() {
  static const std::vector<std::pair<std::string, InputFit>> fits = {{"train", InputFit::kTrain},
                                                                     {"valid-batch", InputFit::kValidBatch}};
  return fits;
}

InputTable FitInput(const InputOptions& options, std::span<const Condition> trials, const Split& split) {
  if (options.kind == InputKind::kPixelDownsampled) return CellMeans();
  const std::vector<const Condition*> conditions = FitConditions(options, trials, split);
  return options.kind == InputKind::kPixelPca ? FitPixels(options, conditions) : FitGabor(options, conditions);
}

void CheckTable(const InputTable& table, const std::string& source) {
  const int rows = table.kind == InputKind::kGaborPca ? kEnergies : kPixels;
  const auto finite = [](const std::vector<float>& values) {
    return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
  };
  if (table.rows != rows || table.columns < 1 || table.rest.size() != static_cast<size_t>(table.columns))
    throw base::Error(source + ": its input has " + std::to_string(table.rows) + " x " + std::to_string(table.columns) +
                      " weights and " + std::to_string(table.rest.size()) + " offsets; expected " + std::to_string(rows) +
                      " rows, and an offset a column");
  if (!finite(table.weights) || !finite(table.rest)) throw base::Error(source + ": its input's weights are not all finite");
}

std::unique_ptr<FrameInput> MakeFrameInput(InputTable table) {
  if (table.kind == InputKind::kGaborPca) return std::make_unique<GaborInput>(std::move(table));
  return std::make_unique<LinearInput>(std::move(table));
}

PixelComponents FitPixelComponents(std::span<const BallPlace> places, int components) {
  const SparsePictures pictures = Compress(CountPictures(places));
  const int wanted = std::min(components, static_cast<int>(pictures.pixel.size()));
  const Leading leading = LeadingEigenvectors(pictures, wanted);
  PixelComponents fitted;
  fitted.mean = EmptyPicture();
  fitted.components = Eigen::MatrixXd::Zero(kPixels, leading.vectors.cols());
  for (size_t i = 0; i < pictures.pixel.size(); ++i) {
    const double mean = pictures.mean[static_cast<Eigen::Index>(i)];
    fitted.mean[pictures.pixel[i]] += mean * BallOverBackground();
    fitted.components.row(pictures.pixel[i]) = leading.vectors.row(static_cast<Eigen::Index>(i));
    // A pixel is ball or no ball.
    fitted.total_variance += mean * (1 - mean) * pictures.total / (pictures.total - 1);
  }
  FixSigns(fitted.components);
  const double square = BallOverBackground() * BallOverBackground();
  fitted.variance = leading.values * square;
  fitted.total_variance *= square;
  return fitted;
}

Eigen::VectorXd ProjectPicture(const PixelComponents& fitted, const BallPlace& place) {
  Eigen::VectorXd result = fitted.components.transpose() * (EmptyPicture() - fitted.mean);
  std::vector<PixelSpan> scratch;
  ForBall(place.x, place.y, &scratch, [&](int begin, int end) {
    for (int p = begin; p < end; ++p) result += BallOverBackground() * fitted.components.row(p).transpose();
  });
  return result;
}

}  // namespace figment::pong
