#include "agents/recurrent_layer.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "base/error.h"

namespace figment::agents {
namespace {

constexpr int64_t kSteps = 7, kBatch = 37, kInputs = 5;  // more than one tile of sequences

// One step written with tensor operations, from the equations in agents/cell_kind.h.
void StepPlainly(const RecurrentLayer& layer, const at::Tensor& x, at::Tensor& h, at::Tensor& c) {
  const int64_t units = layer.units;
  const at::Tensor pre = x.matmul(layer.input_weights) + layer.bias;
  const auto part = [&](const at::Tensor& all, int64_t gate) { return all.narrow(1, gate * units, units); };
  const auto weights = [&](int64_t gate) { return layer.recurrent_weights.narrow(1, gate * units, units); };
  switch (layer.kind) {
    case CellKind::kLstm: {
      const at::Tensor z = pre + h.matmul(layer.recurrent_weights);
      c = part(z, 1).sigmoid() * c + part(z, 0).sigmoid() * part(z, 2).tanh();
      h = part(z, 3).sigmoid() * c.tanh();
      break;
    }
    case CellKind::kGru: {
      const at::Tensor r = (part(pre, 0) + h.matmul(weights(0))).sigmoid();
      const at::Tensor z = (part(pre, 1) + h.matmul(weights(1))).sigmoid();
      const at::Tensor n = (part(pre, 2) + r * (h.matmul(weights(2)) + layer.recurrent_bias)).tanh();
      h = (1 - z) * n + z * h;
      break;
    }
    case CellKind::kGruTf: {
      const at::Tensor r = (part(pre, 0) + h.matmul(weights(0))).sigmoid();
      const at::Tensor u = (part(pre, 1) + h.matmul(weights(1))).sigmoid();
      const at::Tensor n = (part(pre, 2) + (r * h).matmul(weights(2))).tanh();
      h = u * h + (1 - u) * n;
      break;
    }
    case CellKind::kCtrnn: {
      c = c + 0.1 * (-c + pre + h.matmul(layer.recurrent_weights));
      h = c.tanh().clamp_min(0);
      break;
    }
  }
}

at::Tensor RunPlainly(const RecurrentLayer& layer, const at::Tensor& x) {
  at::Tensor h = layer.h0.expand({x.size(1), -1}), c = layer.c0.defined() ? layer.c0.expand({x.size(1), -1}) : at::Tensor();
  std::vector<at::Tensor> all;
  for (int64_t t = 0; t < x.size(0); ++t) StepPlainly(layer, x[t], h, c), all.push_back(h);
  return at::stack(all);
}

double Largest(const at::Tensor& difference) { return difference.abs().max().item<double>(); }

std::vector<at::Tensor> GradientsOf(const at::Tensor& loss, const RecurrentLayer& layer, const at::Tensor& x) {
  std::vector<at::Tensor> wanted = {x};
  for (const NamedTensor& parameter : Parameters(layer)) wanted.push_back(parameter.tensor);
  return torch::autograd::grad({loss}, wanted);
}

class AnyCell : public testing::TestWithParam<std::tuple<CellKind, int64_t>> {
 protected:
  void SetUp() override {
    base::Rng rng({7});
    torch::manual_seed(3);
    layer_ = MakeRecurrentLayer(std::get<0>(GetParam()), kInputs, std::get<1>(GetParam()), rng);
    const at::NoGradGuard no_grad;
    if (layer_.recurrent_bias.defined()) layer_.recurrent_bias.normal_();
    x_ = at::randn({kSteps, kBatch, kInputs});
    x_.set_requires_grad(true);
    weights_ = at::randn({kSteps, kBatch, layer_.units});
  }
  RecurrentLayer layer_;
  at::Tensor x_, weights_;
};

TEST_P(AnyCell, StatesAndGradientsEqualThoseOfTensorOperations) {
  const at::Tensor ours = RunLayer(layer_, x_).h, plain = RunPlainly(layer_, x_);
  EXPECT_LT(Largest(ours - plain), 2e-6);
  const auto d_ours = GradientsOf((ours * weights_).sum(), layer_, x_);
  const auto d_plain = GradientsOf((plain * weights_).sum(), layer_, x_);
  for (size_t i = 0; i < d_ours.size(); ++i)
    EXPECT_LT(Largest(d_ours[i] - d_plain[i]), 1e-5 * (1 + d_plain[i].abs().max().item<double>())) << i;
}

TEST_P(AnyCell, GradientEqualsFiniteDifference) {
  const auto loss = [&] { return (RunLayer(layer_, x_).h * weights_).sum(); };
  const auto gradients = GradientsOf(loss(), layer_, x_);
  const NamedTensors parameters = Parameters(layer_);
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < parameters.size(); ++i) {
    // Along a random direction, where the derivative is large against float rounding of the loss.
    at::Tensor direction = at::randn_like(parameters[i].tensor);
    direction /= direction.norm();
    // The rectifier of the ctrnn has kinks; a small step crosses few of them.
    const double step = layer_.kind == CellKind::kCtrnn ? 1e-3 : 2e-2;
    const auto at_offset = [&](double offset) {
      parameters[i].tensor.add_(direction, offset);
      const double value = loss().item<double>();
      parameters[i].tensor.sub_(direction, offset);
      return value;
    };
    const double slope = (8 * (at_offset(step) - at_offset(-step)) - (at_offset(2 * step) - at_offset(-2 * step))) / (12 * step);
    const double expected = (gradients[i + 1] * direction).sum().item<double>();
    EXPECT_NEAR(slope, expected, 2e-2 * (1 + std::abs(expected))) << parameters[i].name;
  }
}

TEST_P(AnyCell, SequencesEndWhereTheirLengthSays) {
  InputRows inputs{.steps = kSteps, .batch = kBatch};
  for (int64_t b = 0; b < kBatch; ++b) inputs.length.push_back(static_cast<int32_t>(b % (kSteps + 1)));
  for (int64_t k = 0; k < kSteps * kBatch; ++k) inputs.index.push_back(static_cast<int32_t>(k));
  inputs.rows = x_.detach().reshape({kSteps * kBatch, kInputs});
  const at::Tensor h = RunLayer(layer_, inputs).h, all = RunLayer(layer_, x_).h;
  for (int64_t b = 0; b < kBatch; ++b)
    for (int64_t t = 0; t < kSteps; ++t) {
      const at::Tensor expected = t < inputs.length[b] ? all[t][b] : at::zeros({layer_.units});
      EXPECT_TRUE(at::equal(h[t][b], expected)) << t << " " << b;
    }
}

TEST_P(AnyCell, SharedRowsEqualTheSameInputsWrittenOut) {
  // Every odd step of every sequence sees the last row.
  InputRows inputs{.steps = kSteps, .batch = kBatch};
  const int32_t distinct = static_cast<int32_t>((kSteps + 1) / 2 * kBatch);
  int32_t next = 0;
  for (int64_t t = 0; t < kSteps; ++t)
    for (int64_t b = 0; b < kBatch; ++b) inputs.index.push_back(t % 2 == 0 ? next++ : distinct);
  ASSERT_EQ(next, distinct);
  inputs.rows = at::randn({distinct + 1, kInputs}).set_requires_grad(true);
  const at::Tensor index = at::tensor(inputs.index, at::kInt).to(at::kLong);
  const at::Tensor written_out = inputs.rows.index_select(0, index).reshape({kSteps, kBatch, kInputs});
  const at::Tensor shared = RunLayer(layer_, inputs).h, full = RunLayer(layer_, written_out).h;
  EXPECT_LT(Largest(shared - full), 1e-6);
  const auto d_shared = GradientsOf((shared * weights_).sum(), layer_, inputs.rows);
  const auto d_full = GradientsOf((full * weights_).sum(), layer_, inputs.rows);
  for (size_t i = 0; i < d_shared.size(); ++i)
    EXPECT_LT(Largest(d_shared[i] - d_full[i]), 1e-5 * (1 + d_full[i].abs().max().item<double>())) << i;
}

TEST_P(AnyCell, SameBitsOnOneThreadAndTwo) {
  const int threads = at::get_num_threads();
  std::vector<std::vector<at::Tensor>> results;
  for (const int count : {1, 2}) {
    at::set_num_threads(count);
    InputRows inputs{.steps = kSteps, .batch = kBatch};
    for (int64_t k = 0; k < kSteps * kBatch; ++k) inputs.index.push_back(static_cast<int32_t>(k));
    inputs.rows = x_.reshape({kSteps * kBatch, kInputs});
    const at::Tensor h = RunLayer(layer_, inputs).h;
    results.push_back(torch::autograd::grad({(h * weights_).sum()}, {layer_.recurrent_weights}));
    results.back().push_back(h);
  }
  at::set_num_threads(threads);
  for (size_t i = 0; i < results[0].size(); ++i) EXPECT_TRUE(at::equal(results[0][i], results[1][i])) << i;
}

TEST_P(AnyCell, NaNStaysNaN) {
  const at::NoGradGuard no_grad;
  x_[0][0].fill_(std::nan(""));
  const at::Tensor h = RunLayer(layer_, x_).h;
  EXPECT_TRUE(h[0][0].isnan().all().item<bool>());
  EXPECT_TRUE(h[0][1].isfinite().all().item<bool>());
}

std::string CaseName(const testing::TestParamInfo<std::tuple<CellKind, int64_t>>& info) {
  std::string name = LayoutOf(std::get<0>(info.param)).name;
  std::erase(name, '-');
  return name + std::to_string(std::get<1>(info.param));
}

INSTANTIATE_TEST_SUITE_P(Cells, AnyCell,
                         testing::Combine(testing::Values(CellKind::kLstm, CellKind::kGru, CellKind::kGruTf, CellKind::kCtrnn),
                                          testing::Values(3, 10, 20)),
                         CaseName);

TEST(RecurrentLayer, LstmEqualsTorch) {
  base::Rng rng({1});
  const RecurrentLayer layer = MakeRecurrentLayer(CellKind::kLstm, kInputs, 20, rng);
  torch::nn::LSTM torch_lstm(kInputs, 20);
  const at::NoGradGuard no_grad;
  auto named = torch_lstm->named_parameters();
  named["weight_ih_l0"].copy_(layer.input_weights.t());
  named["weight_hh_l0"].copy_(layer.recurrent_weights.t());
  named["bias_ih_l0"].copy_(layer.bias);
  named["bias_hh_l0"].zero_();
  const at::Tensor x = at::randn({90, kBatch, kInputs});
  const auto [output, state] = torch_lstm->forward(x);
  const States ours = RunLayer(layer, x);
  EXPECT_LT(Largest(ours.h - output), 2e-6);
  EXPECT_LT(Largest(ours.c[89] - std::get<1>(state)[0]), 5e-6);
}

TEST(RecurrentLayer, GruEqualsTorch) {
  base::Rng rng({1});
  const RecurrentLayer layer = MakeRecurrentLayer(CellKind::kGru, kInputs, 20, rng);
  torch::nn::GRU torch_gru(kInputs, 20);
  const at::NoGradGuard no_grad;
  layer.recurrent_bias.normal_();
  auto named = torch_gru->named_parameters();
  named["weight_ih_l0"].copy_(layer.input_weights.t());
  named["weight_hh_l0"].copy_(layer.recurrent_weights.t());
  named["bias_ih_l0"].copy_(layer.bias);
  named["bias_hh_l0"].zero_();
  named["bias_hh_l0"].narrow(0, 40, 20).copy_(layer.recurrent_bias);
  const at::Tensor x = at::randn({90, kBatch, kInputs});
  EXPECT_LT(Largest(RunLayer(layer, x).h - std::get<0>(torch_gru->forward(x))), 2e-6);
}

// One unit, one step, all weights chosen: the reset gate acts before the candidate's product.
TEST(RecurrentLayer, TensorFlowGruByHand) {
  base::Rng rng({1});
  const RecurrentLayer layer = MakeRecurrentLayer(CellKind::kGruTf, 1, 1, rng);
  const at::NoGradGuard no_grad;
  layer.input_weights.copy_(at::tensor(std::vector<float>{0.5f, -1.0f, 2.0f}).reshape({1, 3}));
  layer.recurrent_weights.copy_(at::tensor(std::vector<float>{1.5f, 0.25f, -3.0f}).reshape({1, 3}));
  EXPECT_TRUE(at::equal(layer.bias, at::tensor(std::vector<float>{1, 1, 0})));
  const at::Tensor h = RunLayer(layer, at::full({1, 1, 1}, 0.4), at::full({1, 1}, 0.6)).h;
  const double r = 1 / (1 + std::exp(-(0.5 * 0.4 + 1 + 1.5 * 0.6)));    // sigmoid(2.1)
  const double u = 1 / (1 + std::exp(-(-0.4 + 1 + 0.25 * 0.6)));        // sigmoid(0.75)
  const double candidate = std::tanh(2 * 0.4 - 3 * r * 0.6);
  EXPECT_NEAR(h.item<double>(), u * 0.6 + (1 - u) * candidate, 1e-6);
}

TEST(RecurrentLayer, InitialWeights) {
  base::Rng rng({5});
  const RecurrentLayer lstm = MakeRecurrentLayer(CellKind::kLstm, 100, 20, rng);
  EXPECT_TRUE(at::equal(lstm.bias, at::cat({at::zeros({20}), at::ones({20}), at::zeros({40})})));
  const double limit = std::sqrt(6.0 / (100 + 20 + 80));
  EXPECT_LE(Largest(lstm.input_weights), limit);
  EXPECT_GT(Largest(lstm.input_weights), 0.99 * limit);
  const RecurrentLayer gru = MakeRecurrentLayer(CellKind::kGru, 100, 20, rng);
  EXPECT_TRUE(at::equal(gru.bias, at::cat({at::ones({40}), at::zeros({20})})));
  EXPECT_LE(Largest(gru.input_weights.narrow(1, 0, 40)), std::sqrt(6.0 / (100 + 20 + 40)));
}

TEST(CellKind, UnknownNameSuggestsTheNearest) {
  try {
    CellNamed("lstn");
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean 'lstm'"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace figment::agents
