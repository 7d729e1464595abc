// The optimiser of the small networks: Adam, and the gradient's norm.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "agents/named_tensors.h"

namespace figment::agents {

struct AdamOptions {
  double beta1 = 0.9, beta2 = 0.999;  // Kingma & Ba 2015
  double epsilon = 1e-8;
  // TensorFlow 1 adds epsilon to the root of the second moment before correcting its bias, Kingma & Ba (and torch) after
  // it. With the published epsilon of 0.01 that matters.
  bool epsilon_before_correction = false;
};

class Adam {
 public:
  Adam(NamedTensors parameters, const AdamOptions& options);

  // One update; gradients in the order of the parameters.
  void Step(const std::vector<at::Tensor>& gradients, double rate);

  // For checkpoints: the moments, named "first/NAME" and "second/NAME", which share memory with the optimiser's own.
  NamedTensors Moments() const;
  int64_t steps() const { return steps_; }
  void set_steps(int64_t steps) { steps_ = steps; }

 private:
  NamedTensors parameters_;
  AdamOptions options_;
  std::vector<at::Tensor> first_, second_;
  int64_t steps_ = 0;
};

// The Euclidean norm of all numbers together.
double GlobalNorm(const std::vector<at::Tensor>& gradients);
// Scales the gradients so that their norm, which is `norm`, is at most `limit`.
void ClipByGlobalNorm(const std::vector<at::Tensor>& gradients, double norm, double limit);

}  // namespace figment::agents
