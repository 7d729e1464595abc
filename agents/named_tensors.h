// Tensors with names: the parameters of a network, the parts of a checkpoint.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

namespace figment::agents {

struct NamedTensor {
  std::string name;
  at::Tensor tensor;
};
using NamedTensors = std::vector<NamedTensor>;

}  // namespace figment::agents
