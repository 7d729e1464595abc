#include <ATen/Parallel.h>
#include <torch/torch.h>

#include "pong/network.h"

#include <cmath>
#include <limits>

#include "base/check.h"
#include "metrics/correlation.h"

namespace figment::pong {
namespace {

// Runs body(i) for i in 0..n-1 on torch's threads.
void ForEachTrial(int64_t n, const std::function<void(int64_t)>& body) {
  at::parallel_for(0, n, 16, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) body(i);
  });
}

// Rows of inputs: each trial's distinct frames, one trial after another, then one row for all others.
void FillInputs(const FrameInput& input, const std::vector<Track>& tracks, agents::InputRows* inputs) {
  const int64_t batch = inputs->batch;
  std::vector<int> distinct(tracks.size());
  ForEachTrial(batch, [&](int64_t b) {
    distinct[b] = std::min<int>(input.DistinctFrames(tracks[b]), inputs->length[b]);
  });
  std::vector<int64_t> first(tracks.size() + 1, 0);
  for (size_t b = 0; b < tracks.size(); ++b) first[b + 1] = first[b] + distinct[b];
  const int64_t rows = first.back();
  inputs->rows = at::empty({rows + 1, input.size()});
  float* values = inputs->rows.data_ptr<float>();
  std::copy(input.rest().begin(), input.rest().end(), values + rows * input.size());
  inputs->index.assign(static_cast<size_t>(inputs->steps * batch), static_cast<int32_t>(rows));
  ForEachTrial(batch, [&](int64_t b) {
    input.Encode(tracks[b], distinct[b], {values + first[b] * input.size(), static_cast<size_t>(distinct[b]) * input.size()});
    for (int t = 0; t < distinct[b]; ++t) inputs->index[t * batch + b] = static_cast<int32_t>(first[b] + t);
  });
}

double Difference(const std::vector<double>& a, const std::vector<double>& b, double power) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += std::pow(std::abs(a[i] - b[i]), power);
  return sum / static_cast<double>(a.size());
}

// [T, B, N] of one batch into rows first..first+B-1 of an array, NaN after each condition's end.
void Store(const at::Tensor& tensor, std::span<const Condition> conditions, int first, int channel, FrameArray* out) {
  const at::Tensor values = tensor.contiguous();
  const float* from = values.const_data_ptr<float>();
  const int64_t batch = values.size(1), width = values.size(2);
  for (int64_t b = 0; b < batch; ++b)
    for (int t = 0; t <= std::min(conditions[first + b].t_end, kPaddedFrames - 1) && t < values.size(0); ++t)
      std::copy(from + (t * batch + b) * width, from + (t * batch + b + 1) * width,
                out->values.data() + ((first + b) * out->frames + t) * out->channels + channel);
}

FrameArray EmptyArray(size_t conditions, int64_t channels) {
  FrameArray array{static_cast<int>(conditions), kPaddedFrames, static_cast<int>(channels), {}};
  array.values.assign(conditions * kPaddedFrames * static_cast<size_t>(channels), std::numeric_limits<float>::quiet_NaN());
  return array;
}

}  // namespace

Network MakeNetwork(const NetworkOptions& options, uint64_t seed) {
  base::Rng rng({seed, base::KeyOf("pong network")});
  Network network{.layer = agents::MakeRecurrentLayer(options.cell, options.inputs, options.units, rng),
                  .readout = {.scale = options.output_scale, .offset = options.output_offset}};
  network.readout.weights = at::empty({options.units, kChannels});
  float* weights = network.readout.weights.data_ptr<float>();
  for (int64_t i = 0; i < network.readout.weights.numel(); ++i)
    weights[i] = static_cast<float>(rng.Normal() / std::sqrt(static_cast<double>(options.units)));
  network.readout.bias = at::zeros({kChannels});
  network.readout.weights.set_requires_grad(true);
  network.readout.bias.set_requires_grad(true);
  return network;
}

agents::NamedTensors Parameters(const Network& network) {
  agents::NamedTensors all = agents::Parameters(network.layer, "layer/");
  all.push_back({"readout/weights", network.readout.weights});
  all.push_back({"readout/bias", network.readout.bias});
  return all;
}

agents::NamedTensors Constants(const Network& network) { return agents::Constants(network.layer, "layer/"); }

TrialBatch MakeBatch(std::span<const Condition> trials, std::span<const int> indices, const FrameInput& input,
                     const BatchOptions& options) {
  const int64_t batch = static_cast<int64_t>(indices.size());
  std::vector<Track> tracks(indices.size());
  ForEachTrial(batch, [&](int64_t b) { tracks[b] = MakeTrack(trials[indices[b]]); });
  TrialBatch made{.inputs = {.steps = 1, .batch = batch}};
  for (const int index : indices) {
    const int length = options.frames == BatchFrames::kAll ? kPaddedFrames : std::min(trials[index].t_end + 1, kPaddedFrames);
    made.inputs.length.push_back(length);
    made.inputs.steps = std::max<int64_t>(made.inputs.steps, length);
  }
  FillInputs(input, tracks, &made.inputs);

  const int64_t steps = made.inputs.steps;
  made.target = at::empty({steps, batch, kChannels});
  made.weight = at::empty({steps, batch, kChannels});
  float *target = made.target.data_ptr<float>(), *weight = made.weight.data_ptr<float>();
  ForEachTrial(batch, [&](int64_t b) {
    TrialTargets targets = MakeTargets(trials[indices[b]], tracks[b], *options.family, options.mean);
    targets.value[0][kPaddleChannel] -= static_cast<float>(options.paddle_start);
    for (int64_t t = 0; t < steps; ++t)
      for (int k = 0; k < kChannels; ++k) {
        target[(t * batch + b) * kChannels + k] = targets.value[t][k];
        weight[(t * batch + b) * kChannels + k] = targets.weight[t][k] / static_cast<float>(batch);
      }
  });
  return made;
}

at::Tensor Outputs(const Readout& readout, const at::Tensor& h) {
  const at::Tensor flat = h.reshape({-1, h.size(2)});
  const at::Tensor linear = at::addmm(readout.bias, flat, readout.weights);
  const bool plain = readout.scale == 1 && readout.offset == 0;
  return (plain ? linear : linear * readout.scale + readout.offset).reshape({h.size(0), h.size(1), kChannels});
}

at::Tensor SquaredErrors(const at::Tensor& outputs, const TrialBatch& batch) {
  return ((outputs - batch.target).square() * batch.weight).sum();
}

at::Tensor Penalty(const LossOptions& options, const at::Tensor& weights, const at::Tensor& initial_weights) {
  const at::Tensor& which = options.mode == PenaltyMode::kActive ? weights : initial_weights;
  switch (options.penalty) {
    case PenaltyKind::kNone: return at::zeros({});
    case PenaltyKind::kL1: return options.penalty_weight * which.abs().sum();
    case PenaltyKind::kL2: return options.penalty_weight * 0.5 * which.square().sum();
  }
  base::CheckFailed(__FILE__, __LINE__, "a penalty without a formula");
}

at::Tensor DynamicsPenalty(const LossOptions& options, const at::Tensor& h) {
  const at::Tensor norm = h.norm(), change = (h.slice(0, 1) - h.slice(0, 0, h.size(0) - 1)).norm();
  return options.activity * norm + options.change * change + options.relative_change * change / norm;
}

NetworkRun RunNetwork(const Network& network, const FrameInput& input, std::span<const Condition> conditions) {
  const at::NoGradGuard no_grad;
  const int64_t units = network.layer.units;
  const bool has_inner = agents::LayoutOf(network.layer.kind).has_inner;
  NetworkRun run{EmptyArray(conditions.size(), kChannels), EmptyArray(conditions.size(), units),
                 EmptyArray(conditions.size(), has_inner ? 2 * units : units)};
  constexpr int kAtOnce = 512;
  for (int first = 0; first < static_cast<int>(conditions.size()); first += kAtOnce) {
    std::vector<int> indices;
    for (int i = first; i < std::min<int>(first + kAtOnce, static_cast<int>(conditions.size())); ++i) indices.push_back(i);
    const TrialBatch batch = MakeBatch(conditions, indices, input, {.family = &Families().front()});
    const agents::States states = agents::RunLayer(network.layer, batch.inputs);
    at::Tensor outputs = Outputs(network.readout, states.h);
    outputs.select(0, 0).select(1, kPaddleChannel).add_(kMiddle - network.readout.offset);
    Store(outputs, conditions, first, 0, &run.outputs);
    Store(states.h, conditions, first, 0, &run.h);
    if (has_inner) Store(states.c, conditions, first, 0, &run.state);
    Store(states.h, conditions, first, has_inner ? static_cast<int>(units) : 0, &run.state);
  }
  return run;
}

Endpoint EndpointOf(const FrameArray& outputs, std::span<const Condition> conditions) {
  CHECK_EQ(static_cast<size_t>(outputs.conditions), conditions.size());
  std::vector<double> answers, truths;
  for (int c = 0; c < outputs.conditions; ++c) {
    answers.push_back(DegreesOf(outputs.At(c, conditions[c].t_end)[kPaddleChannel]));
    truths.push_back(DegreesOf(conditions[c].y_f));
  }
  return {.mae_deg = Difference(answers, truths, 1),
          .rmse_deg = std::sqrt(Difference(answers, truths, 2)),
          .r = metrics::Pearson(answers, truths)};
}

}  // namespace figment::pong
