// What a model that watches Mental-Pong answers, what its states hold, and whether it errs as a subject does: the
// scores of one feature file, and tables of many.
//
// A feature file (HDF5 or NPZ; pong/features.h, docs/training.md) holds `condition_index` [C] and `features` [C, T, D];
// for behaviour also `outputs` [C, T, 8], whose channel 6 is the paddle in native units; `h` and `state` are the states
// that the published analyses read (h for decoding, state for geometry and velocity), `features` where they are
// missing. One frame is 1/24 s.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/table.h"
#include "pong/behavior.h"
#include "pong/frame_array.h"
#include "pong/state_analysis.h"
#include "pong/targets.h"

namespace figment::pong {

struct ModelFile {
  std::string name, group;                  // group: the family, or the name
  std::vector<Condition> conditions;
  std::optional<FrameArray> outputs;
  FrameArray h, state;
  std::string sha256;
};
// `trial_set` is TrialSet(). Throws base::Error naming file and array: no such array, wrong shapes, unknown or
// repeated conditions, frames of another rate than 24 Hz.
ModelFile ReadModelFile(const std::filesystem::path& path, std::span<const Condition> trial_set);

// The paddle output in frame t_end of each condition. Throws base::Error where it is not finite.
Subject AnswersOf(const ModelFile& model);

struct ModelScoreOptions {
  uint64_t seed = 0;
  bool velocity = true;     // the slow part
  ErrorKind kind = ErrorKind::kResidualTotal;
};

struct ModelScore {
  std::string name, group, file_sha256;
  int conditions = 0;
  std::optional<EndpointScore> endpoint;    // nothing without outputs
  BallDecoding simulation;                  // the simulation index: two contiguous folds, as published
  BallDecoding simulation_shuffled;         // two random folds
  BallDecoding simulation_from_visible;     // map fitted on visible frames only
  BallDecoding simulation_from_occluded;    // on occluded frames only: the ball may be in other channels
  StateGeometry geometry;                   // of the whole trial
  std::optional<VelocityDecoding> velocity_visible, velocity_occluded;
  EndpointCourse course;
  std::vector<Consistency> consistency;     // with each subject, in their order
};
ModelScore ScoreModel(const ModelFile& model, std::span<const Subject> subjects, const ModelScoreOptions& options = {});

// The groups of the models, in the order of their first ones.
std::vector<std::string> GroupsOf(std::span<const ModelScore> scores);

// Endpoint scores of subjects, and the consistency of every pair (one column a subject, NaN where too few conditions
// are shared); on the diagonal the split-half reliability.
base::Table SubjectTable(std::span<const Subject> subjects, const ModelScoreOptions& options = {});
// One row a model.
base::Table ScoreTable(std::span<const ModelScore> scores, std::span<const Subject> subjects);
// One row a group: mean over its models, and their standard deviation.
base::Table GroupTable(std::span<const ModelScore> scores, std::span<const Subject> subjects);
nlohmann::ordered_json ToJson(std::span<const ModelScore> scores, std::span<const Subject> subjects,
                              const ModelScoreOptions& options);

}  // namespace figment::pong
