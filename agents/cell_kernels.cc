#include "agents/cell_kernels.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "agents/vector_math.h"
#include "base/check.h"

// Each kernel is compiled for AVX2 and for every x86-64; the program picks one when it starts. Everything called from
// a kernel is inlined into it.
#define FIGMENT_KERNEL __attribute__((target_clones("avx2", "default"), flatten))

namespace figment::agents {
namespace {

constexpr int64_t kTile = 32;  // sequences that walk together: their state stays in the first-level cache

// --- Small matrix products.

// C[i, j] += sum_p A(i, p) B[p, j] for `Rows` rows and `Columns` vectors of columns.
template <class Vector, int Rows, int Columns>
inline void Block(int64_t depth, const float* a, int64_t a_row, int64_t a_depth, const float* b, int64_t b_depth, float* c,
                  int64_t c_row) {
  constexpr int64_t kWidth = sizeof(Vector) / sizeof(float);
  Vector sum[Rows][Columns];
  for (int i = 0; i < Rows; ++i)
    for (int j = 0; j < Columns; ++j) std::memcpy(&sum[i][j], c + i * c_row + j * kWidth, sizeof(Vector));
  for (int64_t p = 0; p < depth; ++p) {
    Vector right[Columns];
    for (int j = 0; j < Columns; ++j) std::memcpy(&right[j], b + p * b_depth + j * kWidth, sizeof(Vector));
    for (int i = 0; i < Rows; ++i) {
      const float left = a[i * a_row + p * a_depth];
      for (int j = 0; j < Columns; ++j) sum[i][j] += left * right[j];
    }
  }
  for (int i = 0; i < Rows; ++i)
    for (int j = 0; j < Columns; ++j) std::memcpy(c + i * c_row + j * kWidth, &sum[i][j], sizeof(Vector));
}

template <class Vector, int Columns>
inline void Strip(int64_t rows, int64_t depth, const float* a, int64_t a_row, int64_t a_depth, const float* b,
                  int64_t b_depth, float* c, int64_t c_row) {
  int64_t i = 0;
  for (; i + 4 <= rows; i += 4)
    Block<Vector, 4, Columns>(depth, a + i * a_row, a_row, a_depth, b, b_depth, c + i * c_row, c_row);
  for (; i < rows; ++i)
    Block<Vector, 1, Columns>(depth, a + i * a_row, a_row, a_depth, b, b_depth, c + i * c_row, c_row);
}

// C [rows, columns] += A [rows, depth] B [depth, columns]. The strides of A are free, so that it may be transposed.
inline void AddProduct(int64_t rows, int64_t columns, int64_t depth, const float* a, int64_t a_row, int64_t a_depth,
                       const float* b, int64_t b_depth, float* c, int64_t c_row) {
  int64_t j = 0;
  for (; j + 16 <= columns; j += 16) Strip<Vector8, 2>(rows, depth, a, a_row, a_depth, b + j, b_depth, c + j, c_row);
  if (j + 8 <= columns) Strip<Vector8, 1>(rows, depth, a, a_row, a_depth, b + j, b_depth, c + j, c_row), j += 8;
  if (j + 4 <= columns) Strip<Vector4, 1>(rows, depth, a, a_row, a_depth, b + j, b_depth, c + j, c_row), j += 4;
  for (; j < columns; ++j)
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t p = 0; p < depth; ++p) c[i * c_row + j] += a[i * a_row + p * a_depth] * b[p * b_depth + j];
}

// --- One step of each cell for `n` sequences. `pre` [n, G] holds the inputs' part and is scratch; h and c [n, H] are the
// states before the step and become those after it.

struct Step {
  int64_t n, units, gates;   // gates = G
  const float* recurrent;    // [H, G]
  const float* recurrent_bias;
};

// Backward: dh and dc [n, H] are derivatives with respect to the states after the step and become those before it;
// d_pre [n, G] is written.
struct StepBack {
  int64_t n, units, gates;
  const float* transposed;  // Wr' [G, H]
  const float *h_before, *c_before, *h_after, *c_after, *saved;
  float *dh, *dc, *d_pre;
  float *d_recurrent, *d_recurrent_bias;  // [H, G], [H]: added to
  float* scratch;                         // [n, G]
};

struct Lstm {
  static void Forward(const Step& s, float* pre, float* h, float* c, float* saved) {
    const int64_t H = s.units, G = s.gates;
    AddProduct(s.n, G, H, h, H, 1, s.recurrent, G, pre, G);
    for (int64_t k = 0; k < s.n; ++k, pre += G, h += H, c += H, saved += 5 * H)
      ForVectors(H, [=]<class V>(int64_t u) {
        const V i = Sigmoid(Load<V>(pre + u)), f = Sigmoid(Load<V>(pre + H + u)), g = Tanh(Load<V>(pre + 2 * H + u)),
                o = Sigmoid(Load<V>(pre + 3 * H + u));
        const V inner = f * Load<V>(c + u) + i * g;
        const V squashed = Tanh(inner);
        Store(saved + u, i), Store(saved + H + u, f), Store(saved + 2 * H + u, g), Store(saved + 3 * H + u, o);
        Store(saved + 4 * H + u, squashed);
        Store(c + u, inner);
        Store(h + u, V(o * squashed));
      });
  }

  static void Backward(const StepBack& s) {
    const int64_t H = s.units, G = s.gates;
    for (int64_t k = 0; k < s.n; ++k) {
      const float *in = s.saved + k * 5 * H, *before = s.c_before + k * H;
      float *dh = s.dh + k * H, *dc = s.dc + k * H, *dz = s.d_pre + k * G;
      ForVectors(H, [=]<class V>(int64_t u) {
        const V i = Load<V>(in + u), f = Load<V>(in + H + u), g = Load<V>(in + 2 * H + u), o = Load<V>(in + 3 * H + u),
                squashed = Load<V>(in + 4 * H + u), d = Load<V>(dh + u);
        const V d_inner = Load<V>(dc + u) + d * o * (1.0f - squashed * squashed);
        Store(dz + u, V(d_inner * g * i * (1.0f - i)));
        Store(dz + H + u, V(d_inner * Load<V>(before + u) * f * (1.0f - f)));
        Store(dz + 2 * H + u, V(d_inner * i * (1.0f - g * g)));
        Store(dz + 3 * H + u, V(d * squashed * o * (1.0f - o)));
        Store(dc + u, V(d_inner * f));
        Store(dh + u, V{});
      });
    }
    AddProduct(H, G, s.n, s.h_before, 1, H, s.d_pre, G, s.d_recurrent, G);
    AddProduct(s.n, H, G, s.d_pre, G, 1, s.transposed, H, s.dh, H);
  }
};

struct Gru {
  static void Forward(const Step& s, float* pre, float* h, float*, float* saved) {
    const int64_t H = s.units, G = s.gates;
    // r and z gain h Wr where they are; the candidate's part is kept apart, for the reset gate.
    AddProduct(s.n, 2 * H, H, h, H, 1, s.recurrent, G, pre, G);
    for (int64_t k = 0; k < s.n; ++k) std::memcpy(saved + k * 4 * H + 3 * H, s.recurrent_bias, sizeof(float) * H);
    AddProduct(s.n, H, H, h, H, 1, s.recurrent + 2 * H, G, saved + 3 * H, 4 * H);
    for (int64_t k = 0; k < s.n; ++k, pre += G, h += H, saved += 4 * H)
      ForVectors(H, [=]<class V>(int64_t u) {
        const V r = Sigmoid(Load<V>(pre + u)), z = Sigmoid(Load<V>(pre + H + u));
        const V n = Tanh(V(Load<V>(pre + 2 * H + u) + r * Load<V>(saved + 3 * H + u)));
        Store(saved + u, r), Store(saved + H + u, z), Store(saved + 2 * H + u, n);
        Store(h + u, V(n + z * (Load<V>(h + u) - n)));
      });
  }

  static void Backward(const StepBack& s) {
    const int64_t H = s.units, G = s.gates;
    for (int64_t k = 0; k < s.n; ++k) {
      const float *in = s.saved + k * 4 * H, *before = s.h_before + k * H;
      float *dh = s.dh + k * H, *dx = s.d_pre + k * G;
      float* d_rec = s.scratch + k * G;  // with respect to h Wr: other than d_pre for the candidate only
      ForVectors(H, [=]<class V>(int64_t u) {
        const V r = Load<V>(in + u), z = Load<V>(in + H + u), n = Load<V>(in + 2 * H + u), q = Load<V>(in + 3 * H + u),
                d = Load<V>(dh + u);
        const V dn = d * (1.0f - z) * (1.0f - n * n);
        const V dr = dn * q * r * (1.0f - r);
        const V dz = d * (Load<V>(before + u) - n) * z * (1.0f - z);
        Store(dx + u, dr), Store(dx + H + u, dz), Store(dx + 2 * H + u, dn);
        Store(d_rec + u, dr), Store(d_rec + H + u, dz), Store(d_rec + 2 * H + u, V(dn * r));
        Store(dh + u, V(d * z));
      });
    }
    for (int64_t k = 0; k < s.n; ++k)
      for (int64_t u = 0; u < H; ++u) s.d_recurrent_bias[u] += s.scratch[k * G + 2 * H + u];
    AddProduct(H, G, s.n, s.h_before, 1, H, s.scratch, G, s.d_recurrent, G);
    AddProduct(s.n, H, G, s.scratch, G, 1, s.transposed, H, s.dh, H);
  }
};

struct GruTf {
  static void Forward(const Step& s, float* pre, float* h, float*, float* saved) {
    const int64_t H = s.units, G = s.gates;
    AddProduct(s.n, 2 * H, H, h, H, 1, s.recurrent, G, pre, G);
    // The third part of `saved` holds r h until the candidate replaces it.
    for (int64_t k = 0; k < s.n; ++k) {
      const float *x = pre + k * G, *before = h + k * H;
      float* out = saved + k * 3 * H;
      ForVectors(H, [=]<class V>(int64_t u) {
        const V r = Sigmoid(Load<V>(x + u));
        Store(out + u, r), Store(out + H + u, Sigmoid(Load<V>(x + H + u)));
        Store(out + 2 * H + u, V(r * Load<V>(before + u)));
      });
    }
    AddProduct(s.n, H, H, saved + 2 * H, 3 * H, 1, s.recurrent + 2 * H, G, pre + 2 * H, G);
    for (int64_t k = 0; k < s.n; ++k, pre += G, h += H, saved += 3 * H)
      ForVectors(H, [=]<class V>(int64_t u) {
        const V n = Tanh(Load<V>(pre + 2 * H + u));
        Store(saved + 2 * H + u, n);
        Store(h + u, V(n + Load<V>(saved + H + u) * (Load<V>(h + u) - n)));
      });
  }

  static void Backward(const StepBack& s) {
    const int64_t H = s.units, G = s.gates;
    float* d_reset = s.scratch;          // [n, H]: with respect to r h
    float* reset = s.scratch + s.n * H;  // [n, H]: r h
    for (int64_t k = 0; k < s.n; ++k) {
      const float *in = s.saved + k * 3 * H, *before = s.h_before + k * H;
      float *dh = s.dh + k * H, *dx = s.d_pre + k * G, *rh = reset + k * H, *d_rh = d_reset + k * H;
      ForVectors(H, [=]<class V>(int64_t u) {
        const V r = Load<V>(in + u), z = Load<V>(in + H + u), n = Load<V>(in + 2 * H + u), d = Load<V>(dh + u),
                h_before = Load<V>(before + u);
        Store(dx + H + u, V(d * (h_before - n) * z * (1.0f - z)));
        Store(dx + 2 * H + u, V(d * (1.0f - z) * (1.0f - n * n)));
        Store(dh + u, V(d * z));
        Store(rh + u, V(r * h_before));
        Store(d_rh + u, V{});
      });
    }
    AddProduct(s.n, H, H, s.d_pre + 2 * H, G, 1, s.transposed + 2 * H * H, H, d_reset, H);
    for (int64_t k = 0; k < s.n; ++k) {
      const float *in = s.saved + k * 3 * H, *before = s.h_before + k * H, *d_rh = d_reset + k * H;
      float *dh = s.dh + k * H, *dx = s.d_pre + k * G;
      ForVectors(H, [=]<class V>(int64_t u) {
        const V r = Load<V>(in + u), d = Load<V>(d_rh + u);
        Store(dx + u, V(d * Load<V>(before + u) * r * (1.0f - r)));
        Store(dh + u, V(Load<V>(dh + u) + d * r));
      });
    }
    AddProduct(H, 2 * H, s.n, s.h_before, 1, H, s.d_pre, G, s.d_recurrent, G);
    AddProduct(H, H, s.n, reset, 1, H, s.d_pre + 2 * H, G, s.d_recurrent + 2 * H, G);
    AddProduct(s.n, H, 2 * H, s.d_pre, G, 1, s.transposed, H, s.dh, H);
  }
};

struct Ctrnn {
  static void Forward(const Step& s, float* pre, float* h, float* c, float*) {
    const int64_t H = s.units;
    AddProduct(s.n, H, H, h, H, 1, s.recurrent, H, pre, H);
    ForVectors(s.n * H, [=]<class V>(int64_t k) {
      const V before = Load<V>(c + k), inner = before + kCtrnnRate * (Load<V>(pre + k) - before);
      const V squashed = Tanh(inner), zero = V{};
      Store(c + k, inner);
      Store(h + k, squashed < zero ? zero : squashed);  // in this order NaN stays
    });
  }

  static void Backward(const StepBack& s) {
    const int64_t H = s.units;
    ForVectors(s.n * H, [=]<class V>(int64_t k) {
      const V h = Load<V>(s.h_after + k), zero = V{};
      const V slope = h > zero ? V(1.0f - h * h) : zero;
      const V d = Load<V>(s.dc + k) + Load<V>(s.dh + k) * slope;
      const V d_pre = kCtrnnRate * d;
      Store(s.d_pre + k, d_pre);
      Store(s.dc + k, V(d - d_pre));
      Store(s.dh + k, zero);
    });
    AddProduct(H, H, s.n, s.h_before, 1, H, s.d_pre, H, s.d_recurrent, H);
    AddProduct(s.n, H, H, s.d_pre, H, 1, s.transposed, H, s.dh, H);
  }
};

// --- A tile through all its steps.

struct Tile {
  const int32_t* sequence;  // [n], longest first
  int64_t n;
  float* saved;             // [T, kTile, saved * H]
};

inline int32_t LengthOf(const CellSequences& s, int32_t sequence) {
  return s.length ? s.length[sequence] : static_cast<int32_t>(s.steps);
}

// Sequences of the tile that have a step t; at most `n`, which were there before.
inline int64_t ActiveAt(const CellSequences& s, const Tile& tile, int64_t t, int64_t n) {
  while (n > 0 && LengthOf(s, tile.sequence[n - 1]) <= t) --n;
  return n;
}

inline int64_t RowOf(const CellSequences& s, int64_t t, int32_t sequence) {
  const int64_t at = t * s.batch + sequence;
  return s.row ? s.row[at] : at;
}

inline void Gather(const CellSequences& s, const Tile& tile, const float* from, int64_t t, int64_t n, float* to) {
  for (int64_t k = 0; k < n; ++k)
    std::memcpy(to + k * s.units, from + (t * s.batch + tile.sequence[k]) * s.units, sizeof(float) * s.units);
}

inline void Scatter(const CellSequences& s, const Tile& tile, const float* from, int64_t t, int64_t n, float* to) {
  for (int64_t k = 0; k < n; ++k)
    std::memcpy(to + (t * s.batch + tile.sequence[k]) * s.units, from + k * s.units, sizeof(float) * s.units);
}

// The states before step t.
inline void GatherBefore(const CellSequences& s, const Tile& tile, const float* states, const float* initial, int64_t t,
                         int64_t n, float* to) {
  if (t > 0) return Gather(s, tile, states, t - 1, n, to);
  if (initial) return Gather(s, tile, initial, 0, n, to);
  std::memset(to, 0, sizeof(float) * n * s.units);
}

template <class Cell>
inline void ForwardTile(const CellSequences& s, const Tile& tile, int64_t gates, int64_t saved, float* scratch, float* h,
                        float* c) {
  const int64_t H = s.units;
  float* h_now = scratch;
  float* c_now = h_now + kTile * H;
  float* pre = c_now + kTile * H;
  GatherBefore(s, tile, h, s.h0, 0, tile.n, h_now);
  GatherBefore(s, tile, c, s.c0, 0, tile.n, c_now);
  int64_t n = tile.n;
  for (int64_t t = 0; t < s.steps && (n = ActiveAt(s, tile, t, n)) > 0; ++t) {
    for (int64_t k = 0; k < n; ++k)
      std::memcpy(pre + k * gates, s.input + RowOf(s, t, tile.sequence[k]) * gates, sizeof(float) * gates);
    Cell::Forward({n, H, gates, s.recurrent, s.recurrent_bias}, pre, h_now, c_now, tile.saved + t * kTile * saved * H);
    Scatter(s, tile, h_now, t, n, h);
    if (c) Scatter(s, tile, c_now, t, n, c);
  }
}

struct TileGradients {
  float* input;           // of the whole batch
  float* shared_input;    // [G]: of the shared row, this tile's part
  float* recurrent;       // [H, G]: this tile's part
  float* recurrent_bias;  // [H]
};

template <class Cell>
inline void BackwardTile(const CellSequences& s, const Tile& tile, int64_t gates, int64_t saved, const float* transposed,
                         float* scratch, const float* h, const float* c, const float* dh_all, const TileGradients& to) {
  const int64_t H = s.units;
  float* dh = scratch;
  float* dc = dh + kTile * H;
  float* h_before = dc + kTile * H;
  float* c_before = h_before + kTile * H;
  float* h_after = c_before + kTile * H;
  float* d_pre = h_after + kTile * H;
  float* spare = d_pre + kTile * gates;
  std::memset(dh, 0, sizeof(float) * 2 * kTile * H);
  for (int64_t t = s.steps - 1; t >= 0; --t) {
    const int64_t n = ActiveAt(s, tile, t, tile.n);
    if (n == 0) continue;
    for (int64_t k = 0; k < n; ++k) {
      const float* from = dh_all + (t * s.batch + tile.sequence[k]) * H;
      for (int64_t u = 0; u < H; ++u) dh[k * H + u] += from[u];
    }
    GatherBefore(s, tile, h, s.h0, t, n, h_before);
    if (c) GatherBefore(s, tile, c, s.c0, t, n, c_before);
    Gather(s, tile, h, t, n, h_after);
    Cell::Backward({n, H, gates, transposed, h_before, c_before, h_after, nullptr, tile.saved + t * kTile * saved * H, dh,
                    dc, d_pre, to.recurrent, to.recurrent_bias, spare});
    for (int64_t k = 0; k < n; ++k) {
      const int64_t row = RowOf(s, t, tile.sequence[k]);
      if (row != s.shared_row) {
        std::memcpy(to.input + row * gates, d_pre + k * gates, sizeof(float) * gates);
      } else {
        for (int64_t g = 0; g < gates; ++g) to.shared_input[g] += d_pre[k * gates + g];
      }
    }
  }
}

int64_t ForwardScratch(int64_t units, int64_t gates) { return kTile * (2 * units + gates); }
int64_t BackwardScratch(int64_t units, int64_t gates) { return kTile * (5 * units + 2 * gates); }

// target_clones wants plain functions, one a cell.
#define FIGMENT_TILE_KERNELS(Cell)                                                                                     \
  FIGMENT_KERNEL void Forward##Cell(const CellSequences& s, const Tile& tile, int64_t gates, int64_t saved,            \
                                    float* scratch, float* h, float* c) {                                              \
    ForwardTile<Cell>(s, tile, gates, saved, scratch, h, c);                                                           \
  }                                                                                                                    \
  FIGMENT_KERNEL void Backward##Cell(const CellSequences& s, const Tile& tile, int64_t gates, int64_t saved,           \
                                     const float* transposed, float* scratch, const float* h, const float* c,          \
                                     const float* dh, const TileGradients& to) {                                       \
    BackwardTile<Cell>(s, tile, gates, saved, transposed, scratch, h, c, dh, to);                                      \
  }
FIGMENT_TILE_KERNELS(Lstm)
FIGMENT_TILE_KERNELS(Gru)
FIGMENT_TILE_KERNELS(GruTf)
FIGMENT_TILE_KERNELS(Ctrnn)
#undef FIGMENT_TILE_KERNELS

struct Kernels {
  decltype(&ForwardLstm) forward;
  decltype(&BackwardLstm) backward;
};

Kernels KernelsOf(CellKind kind) {
  switch (kind) {
    case CellKind::kLstm: return {ForwardLstm, BackwardLstm};
    case CellKind::kGru: return {ForwardGru, BackwardGru};
    case CellKind::kGruTf: return {ForwardGruTf, BackwardGruTf};
    case CellKind::kCtrnn: return {ForwardCtrnn, BackwardCtrnn};
  }
  base::CheckFailed(__FILE__, __LINE__, "a cell without kernels");
}

struct Sizes {
  int64_t gates, saved;  // G, and numbers saved a unit and step
};

Sizes SizesOf(const CellSequences& s) {
  const CellLayout& layout = LayoutOf(s.kind);
  CHECK_EQ(layout.has_recurrent_bias, s.recurrent_bias != nullptr);
  return {layout.gates * s.units, layout.saved};
}

Tile TileAt(const CellSequences& s, const CellTiles& tiles, int64_t index, int64_t saved_a_unit, float* saved) {
  const int64_t first = index * kTile;
  return {.sequence = tiles.order.data() + first,
          .n = std::min(kTile, s.batch - first),
          .saved = saved + index * s.steps * kTile * saved_a_unit * s.units};
}

// [H, G] -> for each gate's block of columns [H, H] its transpose, one below the other: [G, H].
std::vector<float> Transposed(const float* matrix, int64_t units, int64_t gates) {
  std::vector<float> out(static_cast<size_t>(units * gates));
  for (int64_t i = 0; i < units; ++i)
    for (int64_t g = 0; g < gates; ++g) out[g * units + i] = matrix[i * gates + g];
  return out;
}

}  // namespace

CellTiles MakeTiles(const CellSequences& s) {
  CellTiles tiles;
  tiles.order.resize(static_cast<size_t>(s.batch));
  std::iota(tiles.order.begin(), tiles.order.end(), 0);
  std::stable_sort(tiles.order.begin(), tiles.order.end(),
                   [&](int32_t a, int32_t b) { return LengthOf(s, a) > LengthOf(s, b); });
  tiles.count = (s.batch + kTile - 1) / kTile;
  return tiles;
}

int64_t SavedSize(const CellSequences& s, const CellTiles& tiles) {
  return tiles.count * s.steps * kTile * LayoutOf(s.kind).saved * s.units;
}

void Forward(const CellSequences& s, const CellTiles& tiles, const ForEach& for_each, float* h, float* c, float* saved) {
  const Sizes sizes = SizesOf(s);
  const Kernels kernels = KernelsOf(s.kind);
  for_each(tiles.count, [&](int64_t index) {
    std::vector<float> scratch(static_cast<size_t>(ForwardScratch(s.units, sizes.gates)));
    kernels.forward(s, TileAt(s, tiles, index, sizes.saved, saved), sizes.gates, sizes.saved, scratch.data(), h, c);
  });
}

void Backward(const CellSequences& s, const CellTiles& tiles, const ForEach& for_each, const float* h, const float* c,
              const float* saved, const float* dh, const CellGradients& gradients) {
  const Sizes sizes = SizesOf(s);
  const Kernels kernels = KernelsOf(s.kind);
  const std::vector<float> transposed = Transposed(s.recurrent, s.units, sizes.gates);
  // Each tile sums apart; the sums are then added in the order of the tiles.
  const int64_t weights = s.units * sizes.gates;
  const int64_t part = weights + s.units + sizes.gates;
  std::vector<float> parts(static_cast<size_t>(tiles.count * part));
  for_each(tiles.count, [&](int64_t index) {
    std::vector<float> scratch(static_cast<size_t>(BackwardScratch(s.units, sizes.gates)));
    float* own = parts.data() + index * part;
    // const_cast: the backward pass only reads what is saved.
    const Tile tile = TileAt(s, tiles, index, sizes.saved, const_cast<float*>(saved));
    kernels.backward(s, tile, sizes.gates, sizes.saved, transposed.data(), scratch.data(), h, c, dh,
                     {gradients.input, own + weights + s.units, own, own + weights});
  });
  const auto add = [&](int64_t from, int64_t n, float* to) {
    std::fill(to, to + n, 0.0f);
    for (int64_t index = 0; index < tiles.count; ++index)
      for (int64_t k = 0; k < n; ++k) to[k] += parts[index * part + from + k];
  };
  add(0, weights, gradients.recurrent);
  if (gradients.recurrent_bias) add(weights, s.units, gradients.recurrent_bias);
  if (s.shared_row >= 0) add(weights + s.units, sizes.gates, gradients.input + s.shared_row * sizes.gates);
}

}  // namespace figment::agents
