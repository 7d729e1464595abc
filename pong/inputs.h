// What a network sees of a frame of Mental-Pong: a short list of numbers made from the 100 x 100 picture (pong/pictures.h).
//
//   pixel-pca          the picture on its leading principal components, mean subtracted, not scaled (published: 100)
//   gabor-pca          energies of 16 spatio-temporal Gabor filters on a grid, on their leading principal components
//   pixel-downsampled  mean grey of 16 x 16 cells, 0 to 1
//
// A picture differs from the empty one by the ball's few pixels only, so its projection is that of the empty picture
// plus a sum over those pixels; the sum is exact, no position is rounded. Once the ball is behind the occluder every
// frame is the same, and stays so after the trial's end.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "pong/trials.h"

namespace figment::pong {

enum class InputKind { kPixelPca, kGaborPca, kPixelDownsampled };

// Which frames the principal components are fitted to.
enum class InputFit {
  kTrain,       // frames 0..t_end-1 of the first ten batches of the train split, all at once
  kValidBatch,  // of batch 0 of the valid split, 32 trials at a time (incremental PCA): as published
};

struct InputOptions {
  InputKind kind = InputKind::kPixelPca;
  InputFit fit = InputFit::kTrain;
  int components = 100;
  bool whiten = false;      // divide each component by its standard deviation over the fitted frames
  int fit_conditions = 0;   // at most; 0 = as the fit says
};

const std::vector<std::pair<std::string, InputKind>>& InputKinds();
const std::vector<std::pair<std::string, InputFit>>& InputFits();

// What was fitted: plain numbers, so that it can be kept in a file. values = rest + sum of rows.
struct InputTable {
  InputKind kind = InputKind::kPixelPca;
  int rows = 0, columns = 0;    // rows: pixels or energies; columns: numbers a frame
  std::vector<float> weights;   // [rows, columns]
  std::vector<float> rest;      // [columns]: pixels: of the picture without ball; energies: of zero energy
  std::vector<double> variance; // [columns] along the components over the fitted frames; empty if nothing was fitted
  double total_variance = 0;
};

InputTable FitInput(const InputOptions& options, std::span<const Condition> trials, const Split& split);

class FrameInput {
 public:
  virtual ~FrameInput() = default;
  virtual int size() const = 0;  // numbers a frame
  // Leading frames that may differ from the last one, 0..90.
  virtual int DistinctFrames(const Track& track) const = 0;
  // Frames 0..frames-1 into out [frames, size]; 90 frames at most. The track must reach x = 32.
  virtual void Encode(const Track& track, int frames, std::span<float> out) const = 0;
  // Every frame from DistinctFrames on. [size]
  virtual std::span<const float> rest() const = 0;
};

// Throws base::Error naming `source`, where the table was read, if it cannot be one of its kind.
void CheckTable(const InputTable& table, const std::string& source);
std::unique_ptr<FrameInput> MakeFrameInput(InputTable table);

// --- The parts, for tests.

// Principal components of pictures with a ball at each of some places. Pictures that are equal count together.
struct PixelComponents {
  Eigen::VectorXd mean;        // [10000]
  Eigen::MatrixXd components;  // [10000, K], orthonormal columns, largest variance first; each column's largest entry
                               // (by size) is positive
  Eigen::VectorXd variance;    // [K]
  double total_variance = 0;
};
struct BallPlace {
  double x, y;
};
PixelComponents FitPixelComponents(std::span<const BallPlace> places, int components);

// The projection of one picture, in double: the empty picture's plus the ball's pixels'.
Eigen::VectorXd ProjectPicture(const PixelComponents& fitted, const BallPlace& place);

}  // namespace figment::pong
