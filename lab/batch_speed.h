// How fast batches of environments step under random actions, and how two workers do beside two processes that know
// nothing of each other.
#pragma once

#include <span>
#include <string>

#include "envs/vector_env.h"
#include "lab/environments.h"

namespace figment::lab {

// Made and reset, with random actions that stay, and a few steps old.
envs::VectorEnv BeginBatch(const BatchConfig& config);

// Steps of single environments a second, by the clock.
double StepsPerSecond(envs::VectorEnv& batch, double seconds);

struct TwoWorkers {
  double apart = 0;      // steps/s of two processes of half the batch each, together
  double together = 0;   // of one batch with two workers, step by step
  double waiting = 0;    // the share of their time in which these waited
  double by_blocks = 0;  // of the same batch, each worker stepped again as soon as it is done; 0 among threads, of which
                         // one is the caller, who cannot look after the other meanwhile
};

// Both sides in their fastest of rounds that alternate. `config.workers` is not looked at; n is even.
TwoWorkers MeasureTwoWorkers(const BatchConfig& config, int rounds, double seconds);

// The main of one of those processes, for `figment_worker --alone N SECONDS NAME [KEY=VALUE ...]`, the arguments from
// N on: says that it is ready, and answers every line of its parent with its steps/s.
void ServeSpeed(std::span<const std::string> arguments);

}  // namespace figment::lab
