#include "agents/optimizer.h"

#include <torch/torch.h>

#include <cmath>

#include "base/check.h"

namespace figment::agents {

Adam::Adam(NamedTensors parameters, const AdamOptions& options) : parameters_(std::move(parameters)), options_(options) {
  for (const NamedTensor& parameter : parameters_) {
    first_.push_back(at::zeros_like(parameter.tensor));
    second_.push_back(at::zeros_like(parameter.tensor));
  }
}

void Adam::Step(const std::vector<at::Tensor>& gradients, double rate) {
  CHECK_EQ(gradients.size(), parameters_.size());
  const at::NoGradGuard no_grad;
  ++steps_;
  const double correction1 = 1 - std::pow(options_.beta1, static_cast<double>(steps_));
  const double correction2 = std::sqrt(1 - std::pow(options_.beta2, static_cast<double>(steps_)));
  const double epsilon = options_.epsilon_before_correction ? options_.epsilon : options_.epsilon * correction2;
  for (size_t i = 0; i < gradients.size(); ++i) {
    first_[i].mul_(options_.beta1).add_(gradients[i], 1 - options_.beta1);
    second_[i].mul_(options_.beta2).addcmul_(gradients[i], gradients[i], 1 - options_.beta2);
    parameters_[i].tensor.addcdiv_(first_[i], second_[i].sqrt().add_(epsilon), -rate * correction2 / correction1);
  }
}

NamedTensors Adam::Moments() const {
  NamedTensors moments;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    moments.push_back({"first/" + parameters_[i].name, first_[i]});
    moments.push_back({"second/" + parameters_[i].name, second_[i]});
  }
  return moments;
}

double GlobalNorm(const std::vector<at::Tensor>& gradients) {
  double sum = 0;
  for (const at::Tensor& gradient : gradients) sum += gradient.to(at::kDouble).square().sum().item<double>();
  return std::sqrt(sum);
}

void ClipByGlobalNorm(const std::vector<at::Tensor>& gradients, double norm, double limit) {
  if (!(norm > limit)) return;
  const at::NoGradGuard no_grad;
  for (const at::Tensor& gradient : gradients) gradient.mul_(limit / norm);
}

}  // namespace figment::agents
