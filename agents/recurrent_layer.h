// A layer of recurrent units over whole sequences, differentiable, fast on the CPU for small layers
// (agents/cell_kernels.h). The cells and their equations: agents/cell_kind.h.
#pragma once

#include <cstdint>
#include <vector>

#include "agents/cell_kind.h"
#include "agents/named_tensors.h"
#include "base/random.h"

namespace figment::agents {

// Float tensors on the CPU. G = gates * H. Plain data: copies share their tensors.
struct RecurrentLayer {
  CellKind kind = CellKind::kLstm;
  int64_t inputs = 0, units = 0;
  at::Tensor input_weights;      // Wi [D, G]
  at::Tensor bias;               // b [G]
  at::Tensor recurrent_weights;  // Wr [H, G]
  at::Tensor recurrent_bias;     // br [H], where the cell has one; else undefined
  at::Tensor h0, c0;             // [H], states before the first step; not trained; c0 undefined where there is no c
};

// Initial weights as TensorFlow 1 draws them: uniform in +-sqrt(6 / (D + H + columns)) for each of its matrices (all
// gates of an LSTM; the two gates and the candidate of a GRU), biases 0, the forget gate's and a GRU's gates' 1; states 0.
// ctrnn (Nayebi et al. 2023): Wi ~ N(0, 1 / D), Wr ~ N(0, 1.5^2 / H), b, h0 and c0 from N(0, 1), h0 rectified.
RecurrentLayer MakeRecurrentLayer(CellKind kind, int64_t inputs, int64_t units, base::Rng& rng);

NamedTensors Parameters(const RecurrentLayer& layer, const std::string& prefix = "");  // what is trained
NamedTensors Constants(const RecurrentLayer& layer, const std::string& prefix = "");   // h0, c0

// Inputs as distinct rows: step t of sequence b has the input rows[index[t * B + b]]. A row may stand for any number of
// steps if it is the last one; the others are used by one step each.
struct InputRows {
  at::Tensor rows;             // [R, D]
  std::vector<int32_t> index;  // [T, B]
  std::vector<int32_t> length;  // [B]: steps of each sequence; empty: T
  int64_t steps = 0, batch = 0;
};

struct States {
  at::Tensor h;  // [T, B, H]; 0 past a sequence's end
  at::Tensor c;  // [T, B, H] where the cell has an inner state; no gradient goes through it
};

// Time comes first in the results: [T, B, H].
States RunLayer(const RecurrentLayer& layer, const InputRows& inputs);
// x [T, B, D], all of one length. h0, c0 [B, H] replace the layer's own if defined; no gradient goes through them.
States RunLayer(const RecurrentLayer& layer, const at::Tensor& x, const at::Tensor& h0 = {}, const at::Tensor& c0 = {});

}  // namespace figment::agents
