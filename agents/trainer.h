// The loop of training: passes over batches, the optimiser, the log, checkpoints, going on after a stop.
//
// A folder of a run holds
//   checkpoint.safetensors     all that is needed to go on (agents/checkpoint.h); replaced as the run goes on
//   log.jsonl                  one JSON object a pass
//   events.out.tfevents.*      the same numbers for TensorBoard
// A run that goes on from its checkpoint ends with the same bits as one that was never stopped, at the same number of
// threads. What is learned, and from what, is the task's own: the trainer knows tensors and losses only.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "agents/checkpoint.h"
#include "agents/named_tensors.h"
#include "agents/optimizer.h"
#include "agents/schedules.h"
#include "base/random.h"

namespace figment::agents {

struct TrainingTask {
  nlohmann::ordered_json config;  // what a checkpoint must agree with to be gone on from
  NamedTensors parameters;        // trained
  NamedTensors constants;         // kept in checkpoints beside them
  int64_t steps_per_pass = 0;
  // The loss of one batch, a differentiable scalar. Depends on parameters, pass, step and `random` only.
  std::function<at::Tensor(int64_t pass, int64_t step)> loss;
  // Scores after so many passes, for the log: a flat object of numbers. May be empty.
  std::function<nlohmann::ordered_json(int64_t passes)> evaluate;
  std::vector<base::Rng*> random;  // generators that `loss` draws from; their states are kept
};

enum class RateSchedule { kAdaptive, kCosine };

struct TrainerOptions {
  int64_t passes = 1;
  RateSchedule schedule = RateSchedule::kAdaptive;
  AdaptiveRateOptions adaptive_rate;
  double peak_rate = 0.01, warm_up = 0.02;  // of the cosine
  bool adaptive_clip = true;
  AdaptiveClipOptions clip;
  double fixed_clip = 0;                    // without adaptive_clip; 0 = none
  AdamOptions adam;
  int64_t evaluate_every = 1;               // passes; the last one always
  double checkpoint_every_s = 60;           // and at the end, and when asked to stop
  int most_skipped = 10;                    // steps in a row with a loss or gradient that is not finite
};

struct TrainingOutcome {
  int64_t passes = 0;           // done in all
  bool stopped = false;         // asked to (base/signals.h); the same call goes on
  bool rate_exhausted = false;  // the adaptive rate fell to its least
  int64_t skipped = 0;          // steps, in all
  double seconds = 0;           // in all, of training and evaluation
  nlohmann::ordered_json last;  // the log's last line, or null
};

// Called after every step and pass, for a progress display.
using TrainingProgress = std::function<void(int64_t steps_done)>;

// Goes on from the folder's checkpoint if there is one. Throws base::Error if that checkpoint is of another config, and
// when too many steps in a row are not finite (the last good checkpoint stays). Only one process may work in a folder:
// the caller sees to that (files/lock_file.h).
TrainingOutcome Train(const TrainingTask& task, const TrainerOptions& options, const std::filesystem::path& folder,
                      const TrainingProgress& progress = {});

std::filesystem::path CheckpointPath(const std::filesystem::path& folder);

// The lines of a run's log: objects with a number `pass`. None if there is no log. Throws base::Error if it is another
// program's.
std::vector<nlohmann::ordered_json> ReadLog(const std::filesystem::path& folder);

// How far a checkpoint is.
struct TrainingState {
  int64_t passes = 0;
  bool rate_exhausted = false;  // the adaptive rate, if that was used, fell to its least
};
TrainingState StateOf(const Checkpoint& checkpoint, const std::string& source);  // throws base::Error if it is damaged

}  // namespace figment::agents
