// Makes trials: builds a candidate scene, simulates it, replaces it if it must be rejected, draws it and writes its
// files. What comes out depends on (run, slot) alone - not on the worker, the shard or what was made before.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "physion/run_file.h"
#include "physion/simulate.h"
#include "render/renderer.h"

namespace figment::physion {

// A candidate that was accepted, or the last one if all were rejected.
struct Candidate {
  Trial trial;
  Simulation simulation;
  int attempt = 0;
  struct Rejection {
    int attempt = 0;
    std::string reason;
  };
  std::vector<Rejection> rejected;
  bool is_replay = false;
  bool accepted() const { return simulation.reject_reason.empty(); }
  // Whether its outcome and files count. A given scene is kept even if the checks object, unless its simulation failed.
  bool is_kept() const { return accepted() || (is_replay && simulation.is_complete); }
};

// Candidates are drawn from Rng(seed, scenario, config, index, attempt), attempt 0, 1, ... until one is accepted. The
// scene of a replay is the one candidate of its slot.
Candidate FindCandidate(const Run& run, const Slot& slot);

// The scene of one attempt at a slot, drawn or given.
TrialSpec BuildCandidate(const Run& run, const Slot& slot, int attempt);
// The scene of one attempt, drawn.
TrialSpec BuildCandidate(const GenerateConfig& settings, const Config& config, int index, int attempt,
                         const Models& models = NoModels());

SimulateOptions SimulateOptionsOf(const GenerateConfig& settings);

class Producer {
 public:
  // `device` as RenderConfig::device; the renderer is made when the first trial is drawn. The run's models
  // must have been loaded.
  Producer(const Run& run, std::string device);

  // Writes the slot's files below `folder` and returns its manifest line (docs/format.md).
  nlohmann::ordered_json Produce(const Slot& slot, const std::filesystem::path& folder);

 private:
  struct Drawn;
  Drawn DrawAndWrite(const Candidate& candidate, const std::filesystem::path& stem);
  nlohmann::ordered_json Versions(bool was_drawn) const;

  const Run& run_;
  std::string device_;
  std::optional<render::Renderer> renderer_;
};

}  // namespace figment::physion
