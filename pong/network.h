// A network that watches Mental-Pong: one recurrent layer and a linear readout of eight channels (pong/targets.h).
//
//   output = offset + scale * (h W + b), and at frame 0 the paddle's channel has the paddle's start minus offset added
//
// Published: scale 1, offset 0, so that 16 is added; W ~ N(0, 1 / units), b = 0, states start at 0.
#pragma once

#include <span>
#include <vector>

#include "agents/recurrent_layer.h"
#include "pong/frame_array.h"
#include "pong/inputs.h"
#include "pong/targets.h"
#include "pong/trials.h"

namespace figment::pong {

struct Readout {
  at::Tensor weights, bias;  // W [H, 8], b [8]
  double scale = 1, offset = 0;
};

struct Network {
  agents::RecurrentLayer layer;
  Readout readout;
};

struct NetworkOptions {
  agents::CellKind cell = agents::CellKind::kLstm;
  int inputs = 100, units = 20;
  double output_scale = 1, output_offset = 0;
};
Network MakeNetwork(const NetworkOptions& options, uint64_t seed);

agents::NamedTensors Parameters(const Network& network);
agents::NamedTensors Constants(const Network& network);

// A batch of trials as the network sees them, with their targets.
struct TrialBatch {
  agents::InputRows inputs;
  at::Tensor target, weight;  // [T, B, 8]; the target of the paddle at frame 0 has what is added there subtracted
};

enum class BatchFrames {
  kToTheEnd,  // trials stop after t_end, where nothing counts any more
  kAll,       // 90 frames of each
};

struct BatchOptions {
  const Family* family = nullptr;
  TimeMean mean = TimeMean::kAll;
  BatchFrames frames = BatchFrames::kToTheEnd;
  double paddle_start = kMiddle;  // minus the readout's offset: what is added at frame 0
};
TrialBatch MakeBatch(std::span<const Condition> trials, std::span<const int> indices, const FrameInput& input,
                     const BatchOptions& options);

// --- Loss

enum class PenaltyKind { kNone, kL1, kL2 };
enum class PenaltyMode {
  kConstant,  // of the readout's weights as they were at the start: has no gradient, as in the released code
  kActive,    // of the weights as they are
};

// Added to the squared errors. L1: sum of |W|; L2: half the sum of W^2. The dynamics terms are norms over all numbers of
// the batch: `activity` |H| + `change` |dH| + `relative_change` |dH| / |H|, dH being differences between frames.
struct LossOptions {
  PenaltyKind penalty = PenaltyKind::kNone;
  PenaltyMode mode = PenaltyMode::kConstant;
  double penalty_weight = 0;
  double activity = 0, change = 0, relative_change = 0;
  bool HasDynamics() const { return activity != 0 || change != 0 || relative_change != 0; }
};
at::Tensor Outputs(const Readout& readout, const at::Tensor& h);  // [T, B, H] -> [T, B, 8], nothing added at frame 0
at::Tensor SquaredErrors(const at::Tensor& outputs, const TrialBatch& batch);
// `initial_weights` are W at the start of training.
at::Tensor Penalty(const LossOptions& options, const at::Tensor& weights, const at::Tensor& initial_weights);
at::Tensor DynamicsPenalty(const LossOptions& options, const at::Tensor& h);  // h [T, B, H]

// --- What a network does

struct NetworkRun {
  FrameArray outputs;  // [C, 90, 8] in native units
  FrameArray h;        // [C, 90, H]
  FrameArray state;    // [C, 90, 2H]: c, then h; the same as h where the cell has no inner state
};
// NaN after each condition's t_end.
NetworkRun RunNetwork(const Network& network, const FrameInput& input, std::span<const Condition> conditions);

// |paddle output at t_end - y_f| and its kin, over conditions.
struct Endpoint {
  double mae_deg = 0, rmse_deg = 0, r = 0;
};
Endpoint EndpointOf(const FrameArray& outputs, std::span<const Condition> conditions);

}  // namespace figment::pong
