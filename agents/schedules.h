// What the published networks' trainer adapts between passes over the data: the learning rate and the limit of the
// gradient's norm. Facts from Golub's recurrent-whisperer (AdaptiveLearningRate.py, AdaptiveGradNormClip.py and their use
// in RecurrentWhisperer.py), which trained the networks of Rajalingham et al. 2022. No torch.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

namespace figment::agents {

struct AdaptiveRateOptions {
  double initial = 0.1;
  double decrease = 0.95, increase = 1 / 0.95;  // factors
  int patience = 5;                             // passes looked back at, and at least between two changes
  double least = 1e-10;                         // training ends at it
};

// Falls when a pass's loss exceeds each of the `patience` before it; rises after that many falls of the loss in a row.
class AdaptiveRate {
 public:
  explicit AdaptiveRate(const AdaptiveRateOptions& options) : options_(options), rate_(options.initial) {}

  double rate() const { return rate_; }
  bool finished() const { return rate_ <= options_.least; }
  void Update(double pass_loss);

  nlohmann::ordered_json Save() const;
  void Restore(const nlohmann::ordered_json& saved);

 private:
  AdaptiveRateOptions options_;
  double rate_;
  int64_t passes_ = 0, last_change_ = 0;
  std::vector<double> losses_;  // the latest patience + 1
};

struct AdaptiveClipOptions {
  int window = 128;         // passes
  double percentile = 95;   // of the passes' norms, linear between two
  double initial = 1e12;    // the limit during the first pass
};

// The limit of the gradient's norm during a pass, from the norms of the passes before it (each the mean over batches).
class AdaptiveClip {
 public:
  explicit AdaptiveClip(const AdaptiveClipOptions& options) : options_(options), limit_(options.initial) {}

  double limit() const { return limit_; }
  void Update(double pass_norm);

  nlohmann::ordered_json Save() const;
  void Restore(const nlohmann::ordered_json& saved);

 private:
  AdaptiveClipOptions options_;
  double limit_;
  int64_t passes_ = 0;
  std::vector<double> norms_;  // a ring once it is full
};

// Half a cosine from `peak` to a hundredth of it after a linear rise over the first `warm_up` of the steps.
// step: 0..steps-1.
double CosineRate(double peak, double warm_up, int64_t step, int64_t steps);

}  // namespace figment::agents
