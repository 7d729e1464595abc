// Forward and backward passes of a recurrent cell over whole sequences on the CPU, in plain C++. No torch.
//
// Small cells (10 to 20 units) spend their time in the overhead of tensor operations when a library steps through them.
// Here a tile of sequences walks through all its steps at once, and stops at its sequences' lengths. Results depend
// neither on the number of threads nor on the width of the vector instructions: sums have a fixed order.
//
// All arrays are row-major. T steps, B sequences, H units, G = gates * H columns (agents/cell_kind.h).
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "agents/cell_kind.h"

namespace figment::agents {

struct CellSequences {
  CellKind kind;
  int64_t steps = 0, batch = 0, units = 0;

  // What the inputs contribute to the gates, x Wi + b: one row of G numbers for each step and sequence,
  // input[row[t * B + b]]. Steps with equal inputs may share a row, but only `shared_row`; any other row is used once.
  const float* input = nullptr;   // [rows, G]
  const int32_t* row = nullptr;   // [T, B]; nullptr: row t * B + b
  int64_t rows = 0;
  int64_t shared_row = -1;

  const int32_t* length = nullptr;  // [B], each from 0 to T; nullptr: T. Outputs past the end are not written
  const float* recurrent = nullptr;       // Wr [H, G]
  const float* recurrent_bias = nullptr;  // br [H], where the cell has one
  const float* h0 = nullptr;              // [B, H]; nullptr: 0
  const float* c0 = nullptr;              // [B, H]; nullptr: 0
};

// Runs body(i) for i in 0..n-1, in any order and on any threads.
using ForEach = std::function<void(int64_t n, const std::function<void(int64_t)>& body)>;

// Sequences that walk together, longest first.
struct CellTiles {
  std::vector<int32_t> order;  // sequences, longest first
  int64_t count = 0;           // of tiles
};
CellTiles MakeTiles(const CellSequences& sequences);
// Numbers that Forward keeps for Backward.
int64_t SavedSize(const CellSequences& sequences, const CellTiles& tiles);

// h [T, B, H]; c [T, B, H] where the cell has one, else nullptr; saved [SavedSize].
void Forward(const CellSequences& sequences, const CellTiles& tiles, const ForEach& for_each, float* h, float* c,
             float* saved);

struct CellGradients {
  float* input;           // [rows, G]; rows that no step uses are left as they are
  float* recurrent;       // [H, G]
  float* recurrent_bias;  // [H], or nullptr where the cell has none
};

// From dh [T, B, H], the loss's derivative with respect to every h (past the end it is not read), the derivatives with
// respect to inputs and weights, which are overwritten. Initial states count as constants.
void Backward(const CellSequences& sequences, const CellTiles& tiles, const ForEach& for_each, const float* h,
              const float* c, const float* saved, const float* dh, const CellGradients& gradients);

}  // namespace figment::agents
