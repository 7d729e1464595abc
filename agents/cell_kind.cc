#include "agents/cell_kind.h"

#include "base/check.h"
#include "base/names.h"

namespace figment::agents {

const std::vector<CellLayout>& CellLayouts() {
  static const std::vector<CellLayout> layouts = {
      {CellKind::kLstm, "lstm", "long short-term memory; forget bias starts at 1", 4, 5, true, false},
      {CellKind::kGru, "gru", "gated recurrent unit, reset gate after the matrix product (LibTorch)", 3, 4, false, true},
      {CellKind::kGruTf, "gru-tf", "gated recurrent unit, reset gate before the matrix product (TensorFlow 1)", 3, 3, false,
       false},
      {CellKind::kCtrnn, "ctrnn", "continuous-time rate units, rectified tanh", 1, 0, true, false},
  };
  return layouts;
}

const CellLayout& LayoutOf(CellKind kind) {
  for (const CellLayout& layout : CellLayouts())
    if (layout.kind == kind) return layout;
  base::CheckFailed(__FILE__, __LINE__, "a cell without a layout");
}

CellKind CellNamed(const std::string& name) {
  return base::FindNamed("cell", name, CellLayouts()).kind;
}

}  // namespace figment::agents
