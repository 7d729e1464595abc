// The recurrent cells, by name and layout. No torch.
//
// One step maps an input x [D], a hidden output h [H] and, for some, an inner state c [H] to the next h and c:
//
//   lstm    i, f, g, o = split(x Wi + b + h Wr);  c' = s(f) c + s(i) tanh(g);  h' = s(o) tanh(c')
//   gru     r, z, n    = gates as in LibTorch:    n = tanh(x.. + s(r) (h Wr_n + br));  h' = (1 - s(z)) n + s(z) h
//   gru-tf  r, u, n    = gates as in TensorFlow 1: n = tanh(x.. + (s(r) h) Wr_n);      h' = (1 - s(u)) n + s(u) h
//   ctrnn   c' = c + (dt / tau) (-c + x Wi + b + h Wr);  h' = max(tanh c', 0)
//
// s is the logistic function. The two GRUs differ in where the reset gate acts: after or before the matrix product.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace figment::agents {

enum class CellKind { kLstm, kGru, kGruTf, kCtrnn };

struct CellLayout {
  CellKind kind;
  std::string name;     // "gru-tf"
  std::string help;
  int gates;            // columns of Wi, b and Wr, in units: 4 for lstm
  int saved;            // numbers a unit and step that the backward pass needs besides h and c
  bool has_inner;       // whether there is a c
  bool has_recurrent_bias;  // br [H] of the candidate
};

const std::vector<CellLayout>& CellLayouts();
const CellLayout& LayoutOf(CellKind kind);
CellKind CellNamed(const std::string& name);  // throws base::Error with the nearest name

// dt / tau of the ctrnn: one frame, and a time constant of ten (Nayebi et al. 2023, public code).
inline constexpr float kCtrnnRate = 0.1f;

}  // namespace figment::agents
