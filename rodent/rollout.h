// Episodes under a simple policy: what comes out of a task by doing little or nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/table.h"
#include "rodent/env.h"

namespace figment::rodent {

enum class RolloutPolicy { kRandom, kZero };  // uniform in -1 to 1, new every control step; or all 0

struct RolloutRequest {
  EnvConfig env;
  RolloutPolicy policy = RolloutPolicy::kRandom;
  int episodes = 1;
  uint64_t seed = 0;
  int most_steps = 0;  // of an episode; 0 = to its end
  std::string video;   // .mp4 of the first episode; empty: none
  std::string quality = "faithful", device = "auto";  // of the video
};
base::FieldList FieldsOf(RolloutRequest* request);

struct EpisodeRecord {
  uint64_t seed = 0;
  double sum = 0;  // of rewards
  int steps = 0;
  std::string end;  // "terminated", "truncated", "stopped", or why the physics broke down
  double seconds = 0;
};

std::vector<EpisodeRecord> Rollout(const RolloutRequest& request);

// A line of column names, then one an episode, with all digits.
std::string RolloutCsv(const std::vector<EpisodeRecord>& episodes);
base::Table RolloutTable(const RolloutRequest& request, const std::vector<EpisodeRecord>& episodes);

}  // namespace figment::rodent
