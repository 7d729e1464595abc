#include "agents/recurrent_layer.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <cmath>

#include "agents/cell_kernels.h"
#include "base/check.h"

namespace figment::agents {
namespace {

at::Tensor Drawn(int64_t rows, int64_t columns, const std::function<double()>& draw) {
  at::Tensor matrix = at::empty({rows, columns});
  float* values = matrix.data_ptr<float>();
  for (int64_t i = 0; i < rows * columns; ++i) values[i] = static_cast<float>(draw());
  return matrix;
}

// Draws one TensorFlow matrix [D + H, columns] into the given columns of Wi and Wr.
void DrawGlorot(const RecurrentLayer& layer, int64_t first, int64_t columns, base::Rng& rng) {
  const double limit = std::sqrt(6.0 / static_cast<double>(layer.inputs + layer.units + columns));
  const auto draw = [&] { return rng.Uniform(-limit, limit); };
  layer.input_weights.narrow(1, first, columns).copy_(Drawn(layer.inputs, columns, draw));
  layer.recurrent_weights.narrow(1, first, columns).copy_(Drawn(layer.units, columns, draw));
}

void DrawCtrnn(RecurrentLayer& layer, base::Rng& rng) {
  const auto normal = [&](double deviation) { return [&rng, deviation] { return deviation * rng.Normal(); }; };
  layer.input_weights = Drawn(layer.inputs, layer.units, normal(1 / std::sqrt(static_cast<double>(layer.inputs))));
  layer.recurrent_weights = Drawn(layer.units, layer.units, normal(1.5 / std::sqrt(static_cast<double>(layer.units))));
  layer.bias = Drawn(1, layer.units, normal(1)).reshape({layer.units});
  layer.c0 = Drawn(1, layer.units, normal(1)).reshape({layer.units});
  layer.h0 = layer.c0.tanh().clamp_min(0);
}

void RunParallel(int64_t n, const std::function<void(int64_t)>& body) {
  at::parallel_for(0, n, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) body(i);
  });
}

// What one run keeps for the way back, besides tensors.
struct Walk {
  CellKind kind;
  int64_t steps, batch, units;
  std::vector<int32_t> index, length;
  at::Tensor h0, c0;  // [B, H] or undefined
};

const float* DataOrNull(const at::Tensor& tensor) {
  return tensor.defined() && tensor.numel() > 0 ? tensor.const_data_ptr<float>() : nullptr;
}

CellSequences SequencesOf(const Walk& walk, const at::Tensor& input, const at::Tensor& recurrent,
                          const at::Tensor& recurrent_bias) {
  return {.kind = walk.kind,
          .steps = walk.steps,
          .batch = walk.batch,
          .units = walk.units,
          .input = input.const_data_ptr<float>(),
          .row = walk.index.empty() ? nullptr : walk.index.data(),
          .rows = input.size(0),
          .shared_row = walk.index.empty() ? -1 : input.size(0) - 1,
          .length = walk.length.empty() ? nullptr : walk.length.data(),
          .recurrent = recurrent.const_data_ptr<float>(),
          .recurrent_bias = DataOrNull(recurrent_bias),
          .h0 = DataOrNull(walk.h0),
          .c0 = DataOrNull(walk.c0)};
}

// (input [rows, G], Wr [H, G], br [H] or [0]) -> (h) or (h, c). Torch wants every tensor here to be defined.
class Sequence : public torch::autograd::Function<Sequence> {
 public:
  static torch::autograd::variable_list forward(torch::autograd::AutogradContext* context, const at::Tensor& input,
                                                const at::Tensor& recurrent, const at::Tensor& recurrent_bias,
                                                const std::shared_ptr<const Walk>& walk) {
    const CellSequences sequences = SequencesOf(*walk, input, recurrent, recurrent_bias);
    const CellTiles tiles = MakeTiles(sequences);
    const auto sizes = {walk->steps, walk->batch, walk->units};
    const at::Tensor h = at::zeros(sizes);
    const at::Tensor c = LayoutOf(walk->kind).has_inner ? at::zeros(sizes) : at::Tensor();
    const at::Tensor saved = at::empty({SavedSize(sequences, tiles)});
    Forward(sequences, tiles, RunParallel, h.data_ptr<float>(), c.defined() ? c.data_ptr<float>() : nullptr,
            saved.data_ptr<float>());
    context->save_for_backward({input, recurrent, recurrent_bias, h, c.defined() ? c : h, saved});
    context->saved_data["walk"] = c10::IValue::make_capsule(c10::make_intrusive<Keep>(walk));
    context->set_materialize_grads(false);
    if (!c.defined()) return {h};
    context->mark_non_differentiable({c});
    return {h, c};
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& d_outputs) {
    const auto saved = context->get_saved_variables();
    const auto kept = context->saved_data["walk"].toCapsule();
    const Walk* walk = static_cast<const Keep*>(kept.get())->walk.get();
    const at::Tensor &input = saved[0], &recurrent = saved[1], &recurrent_bias = saved[2], &h = saved[3];
    const at::Tensor c = LayoutOf(walk->kind).has_inner ? saved[4] : at::Tensor();
    const CellSequences sequences = SequencesOf(*walk, input, recurrent, recurrent_bias);
    const at::Tensor dh = d_outputs[0].contiguous();
    const at::Tensor d_input = at::zeros_like(input), d_recurrent = at::empty_like(recurrent);
    const at::Tensor d_bias = at::empty_like(recurrent_bias);
    Backward(sequences, MakeTiles(sequences), RunParallel, h.const_data_ptr<float>(), DataOrNull(c),
             saved[5].const_data_ptr<float>(), dh.const_data_ptr<float>(),
             {d_input.data_ptr<float>(), d_recurrent.data_ptr<float>(),
              d_bias.numel() > 0 ? d_bias.data_ptr<float>() : nullptr});
    return {d_input, d_recurrent, d_bias, at::Tensor()};
  }

 private:
  struct Keep : torch::CustomClassHolder {
    explicit Keep(std::shared_ptr<const Walk> kept) : walk(std::move(kept)) {}
    std::shared_ptr<const Walk> walk;
  };
};

at::Tensor Broadcast(const at::Tensor& state, int64_t batch) {
  return state.defined() ? state.expand({batch, -1}).contiguous() : state;
}

// rows [R, D].
States Apply(const RecurrentLayer& layer, const at::Tensor& rows, Walk walk) {
  CHECK_EQ(rows.size(1), layer.inputs);
  const at::Tensor input = at::addmm(layer.bias, rows, layer.input_weights);
  const at::Tensor bias = layer.recurrent_bias.defined() ? layer.recurrent_bias : at::empty({0});
  const std::shared_ptr<const Walk> kept = std::make_shared<Walk>(std::move(walk));
  const auto outputs = Sequence::apply(input, layer.recurrent_weights, bias, kept);
  return {outputs[0], outputs.size() > 1 ? outputs[1] : at::Tensor()};
}

}  // namespace

RecurrentLayer MakeRecurrentLayer(CellKind kind, int64_t inputs, int64_t units, base::Rng& rng) {
  const at::NoGradGuard no_grad;
  const CellLayout& layout = LayoutOf(kind);
  const int64_t columns = layout.gates * units;
  RecurrentLayer layer{.kind = kind, .inputs = inputs, .units = units};
  layer.input_weights = at::empty({inputs, columns});
  layer.recurrent_weights = at::empty({units, columns});
  layer.bias = at::zeros({columns});
  layer.h0 = at::zeros({units});
  if (layout.has_inner) layer.c0 = at::zeros({units});
  if (layout.has_recurrent_bias) layer.recurrent_bias = at::zeros({units});
  switch (kind) {
    case CellKind::kLstm:
      DrawGlorot(layer, 0, columns, rng);
      layer.bias.narrow(0, units, units).fill_(1);
      break;
    case CellKind::kGru:
    case CellKind::kGruTf:
      DrawGlorot(layer, 0, 2 * units, rng);
      DrawGlorot(layer, 2 * units, units, rng);
      layer.bias.narrow(0, 0, 2 * units).fill_(1);
      break;
    case CellKind::kCtrnn: DrawCtrnn(layer, rng); break;
  }
  for (const NamedTensor& parameter : Parameters(layer)) parameter.tensor.set_requires_grad(true);
  return layer;
}

NamedTensors Parameters(const RecurrentLayer& layer, const std::string& prefix) {
  NamedTensors all = {{prefix + "input_weights", layer.input_weights},
                      {prefix + "bias", layer.bias},
                      {prefix + "recurrent_weights", layer.recurrent_weights}};
  if (layer.recurrent_bias.defined()) all.push_back({prefix + "recurrent_bias", layer.recurrent_bias});
  return all;
}

NamedTensors Constants(const RecurrentLayer& layer, const std::string& prefix) {
  NamedTensors all = {{prefix + "h0", layer.h0}};
  if (layer.c0.defined()) all.push_back({prefix + "c0", layer.c0});
  return all;
}

States RunLayer(const RecurrentLayer& layer, const InputRows& inputs) {
  CHECK_EQ(static_cast<int64_t>(inputs.index.size()), inputs.steps * inputs.batch);
  return Apply(layer, inputs.rows,
               {layer.kind, inputs.steps, inputs.batch, layer.units, inputs.index, inputs.length,
                Broadcast(layer.h0, inputs.batch), Broadcast(layer.c0, inputs.batch)});
}

States RunLayer(const RecurrentLayer& layer, const at::Tensor& x, const at::Tensor& h0, const at::Tensor& c0) {
  CHECK_EQ(x.dim(), 3);
  const int64_t steps = x.size(0), batch = x.size(1);
  return Apply(layer, x.reshape({steps * batch, x.size(2)}),
               {layer.kind, steps, batch, layer.units, {}, {}, Broadcast(h0.defined() ? h0 : layer.h0, batch),
                Broadcast(c0.defined() ? c0 : layer.c0, batch)});
}

}  // namespace figment::agents
