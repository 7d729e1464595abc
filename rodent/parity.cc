#include "rodent/parity.h"

#include <mujoco/mujoco.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/error.h"
#include "files/npy.h"
#include "rodent/env.h"
#include "rodent/recorded_arena.h"

namespace figment::rodent {
namespace {

using files::NpzReader;

constexpr const char* kObservation = "obs:";
constexpr const char* kWalker = "walker/";

// One array of the file: rows of equal width.
struct Recorded {
  std::vector<double> values;
  size_t width = 0;
  const double* row(int k) const { return values.data() + static_cast<size_t>(k) * width; }
};

class Recording {
 public:
  explicit Recording(const std::filesystem::path& path) : path_(path.string()), file_(path) {
    if (!file_.Has("qpos")) throw base::Error(path_ + " holds no array 'qpos': it is no recording of the rodent");
    rows_ = static_cast<int>(Shape("qpos").front());
    if (rows_ < 1) throw base::Error(path_ + ": array 'qpos' has no rows");
  }

  const NpzReader& file() const { return file_; }
  const std::string& path() const { return path_; }
  int rows() const { return rows_; }
  bool Has(const std::string& name) const { return file_.Has(name); }
  bool is_trajectory() const { return Has("action"); }

  // Rows of `width` numbers; any width if it is 0.
  Recorded Read(const std::string& name, int rows, int64_t width) const {
    const files::NpyArray array = file_.Read(name);
    Recorded recorded{.values = array.Values<double>(path_ + ": array '" + name + "'")};
    const auto total = static_cast<int64_t>(recorded.values.size());
    if (array.shape.empty() || array.shape.front() != rows || (width > 0 && total != rows * width))
      throw base::Error(path_ + ": array '" + name + "' has the shape " + ShapeText(array.shape) + ", expected [" +
                        std::to_string(rows) + ", " + std::to_string(width) + "]");
    recorded.width = static_cast<size_t>(rows > 0 ? total / rows : width);
    return recorded;
  }

  std::vector<int64_t> Shape(const std::string& name) const {
    const std::vector<int64_t> shape = file_.Read(name).shape;
    if (shape.empty()) throw base::Error(path_ + ": array '" + name + "' is a single value");
    return shape;
  }

 private:
  static std::string ShapeText(const std::vector<int64_t>& shape) {
    std::string text;
    for (const int64_t size : shape) text += (text.empty() ? "[" : ", ") + std::to_string(size);
    return text.empty() ? "[]" : text + "]";
  }

  std::string path_;
  NpzReader file_;
  int rows_ = 0;
};

// The task that the file names; else what its arrays show.
std::string TaskOf(const Recording& recording) {
  if (recording.Has("task")) {
    const files::NpyArray task = recording.file().Read("task");
    if (task.texts.size() == 1) return task.texts.front();
  }
  if (recording.Has("hfield_data") || recording.Has("obs:walker/origin")) return "escape_bowl";
  if (recording.Has("obs:task_logic")) return "two_touch";
  if (recording.Has("target_geom_xpos")) return "maze_forage";
  if (recording.Has("arena_geom_type")) {
    const auto types = recording.file().Read("arena_geom_type").Values<double>(recording.path());
    if (std::count(types.begin(), types.end(), static_cast<double>(mjGEOM_BOX)) > 0) return "run_gaps";
  }
  return "open_field";
}

// Compares as the episode goes.
class Comparison {
 public:
  void Add(const std::string& array, const double* ours, const double* theirs, size_t count, int step) {
    ParityRow& row = Row(array);
    for (size_t i = 0; i < count; ++i) {
      double difference = std::abs(ours[i] - theirs[i]);
      if (std::isnan(difference)) difference = std::numeric_limits<double>::infinity();
      row.largest = std::max(row.largest, difference);
      if (difference > kParityTolerance && !row.first_step) row.first_step = step;
    }
  }

  std::vector<ParityRow> rows() const { return rows_; }

 private:
  ParityRow& Row(const std::string& array) {
    for (ParityRow& row : rows_)
      if (row.array == array) return row;
    return rows_.emplace_back(ParityRow{.array = array});
  }

  std::vector<ParityRow> rows_;
};

struct RecordedObservation {
  std::string array;
  Recorded recorded;
  const Observable* observable = nullptr;  // of the body; or
  int task_place = 0;                      // a place among the task's numbers
};

struct TaskObservation {
  int place = 0;
  int64_t size = 0;
};

std::map<std::string, TaskObservation> TaskObservations(const Task& task, int* total) {
  std::map<std::string, TaskObservation> places;
  *total = 0;
  for (const envs::ArraySpec& array : task.Observations()) {
    places[array.name] = {*total, array.count()};
    *total += static_cast<int>(array.count());
  }
  return places;
}

std::string WithoutPrefixes(const std::string& array) {
  std::string name = array.substr(std::string(kObservation).size());
  return name.starts_with(kWalker) ? name.substr(std::string(kWalker).size()) : name;
}

class Replay {
 public:
  Replay(const Recording& recording, Task& task, Physics& physics)
      : recording_(recording), task_(task), physics_(physics) {
    const int rows = recording.rows();
    for (const auto& [name, width] : {std::pair{"qpos", kPositions}, {"qvel", kVelocities}, {"act", kActuators},
                                      {"ctrl", kActuators}})
      if (recording.Has(name)) states_[name] = recording.Read(name, rows, width);
    FindObservations();
    if (recording.Has("target_geom_xpos")) ReadTargets();
  }

  std::vector<ParityRow> RunTrajectory() {
    const int steps = recording_.rows() - 1;
    const Recorded actions = recording_.Read("action", steps, kActuators);
    Put(0);
    ForwardWithoutActuation(physics_);
    task_.Begin(physics_, base::Rng({0}));
    Compare(0, true);
    for (int k = 1; k <= steps; ++k) {
      task_.BeforeStep(physics_);
      if (!targets_.values.empty()) task_.PlaceTargets(physics_, Targets(k));
      SetControl(physics_, actions.row(k - 1));
      for (int i = 0; i < physics_.substeps; ++i) {
        if (!Substep(physics_))
          throw base::Error(recording_.path() + ": the physics broke down at control step " + std::to_string(k) + ": " +
                            Warnings(physics_));
        task_.AfterSubstep(physics_);
      }
      const Outcome outcome = task_.AfterStep(physics_);
      Compare(k, true);
      CompareOutcome(k, outcome);
    }
    return comparison_.rows();
  }

  std::vector<ParityRow> RunStates() {
    for (int k = 0; k < recording_.rows(); ++k) {
      Put(k);
      Forward(physics_);
      Compare(k, false);
    }
    return comparison_.rows();
  }

 private:
  void FindObservations() {
    std::vector<std::string> names;
    const auto places = TaskObservations(task_, &task_total_);
    for (const std::string& array : recording_.file().Names()) {
      if (!array.starts_with(kObservation)) continue;
      const std::string name = WithoutPrefixes(array);
      for (const Observable& observable : Observables())
        if (observable.name == name)
          observations_.push_back({array, recording_.Read(array, recording_.rows(), observable.size), &observable});
      if (const auto found = places.find(name); found != places.end())
        observations_.push_back(
            {array, recording_.Read(array, recording_.rows(), found->second.size), nullptr, found->second.place});
    }
  }

  // [rows, n, 3], or [rows, 3] for one sphere; with another number of rows [n, 3], for spheres that stay where they are.
  void ReadTargets() {
    const auto rows = static_cast<int>(recording_.Shape("target_geom_xpos").front());
    targets_move_ = rows == recording_.rows();
    targets_ = recording_.Read("target_geom_xpos", rows, targets_move_ ? 0 : 3);
    if (targets_.width % 3 != 0)
      throw base::Error(recording_.path() + ": array 'target_geom_xpos' does not hold places of 3 numbers");
  }

  std::span<const double> Targets(int k) const {
    if (!targets_move_) return targets_.values;
    return {targets_.row(k), targets_.width};
  }

  void Put(int k) {
    ResetState(physics_);
    mjData& data = *physics_.data;
    const std::pair<const char*, double*> parts[] = {
        {"qpos", data.qpos}, {"qvel", data.qvel}, {"act", data.act}, {"ctrl", data.ctrl}};
    for (const auto& [name, to] : parts)
      if (const auto found = states_.find(name); found != states_.end())
        std::copy_n(found->second.row(k), found->second.width, to);
    if (!targets_.values.empty()) task_.PlaceTargets(physics_, Targets(k));
  }

  void Compare(int k, bool with_state) {
    const mjData& data = *physics_.data;
    const std::pair<const char*, const double*> parts[] = {
        {"qpos", data.qpos}, {"qvel", data.qvel}, {"act", data.act}, {"ctrl", data.ctrl}};
    for (const auto& [name, ours] : parts)
      if (const auto found = states_.find(name); with_state && found != states_.end())
        comparison_.Add(name, ours, found->second.row(k), found->second.width, k);
    std::vector<double> of_task(static_cast<size_t>(task_total_)), of_body(kActuators);
    task_.WriteObservation(physics_, of_task.data());
    for (const RecordedObservation& observation : observations_) {
      if (observation.observable != nullptr) observation.observable->write(physics_, of_body.data());
      const double* const ours =
          observation.observable != nullptr ? of_body.data() : of_task.data() + observation.task_place;
      comparison_.Add(observation.array, ours, observation.recorded.row(k), observation.recorded.width, k);
    }
  }

  void CompareOutcome(int k, const Outcome& outcome) {
    const int steps = recording_.rows() - 1;
    for (const auto& [name, ours] : {std::pair{"reward", outcome.reward}, {"discount", outcome.discount}}) {
      if (!recording_.Has(name)) continue;
      auto& recorded = outcomes_[name];
      if (recorded.values.empty()) recorded = recording_.Read(name, steps, 1);
      comparison_.Add(name, &ours, recorded.row(k - 1), 1, k);
    }
  }

  const Recording& recording_;
  Task& task_;
  Physics& physics_;
  std::map<std::string, Recorded> states_, outcomes_;
  std::vector<RecordedObservation> observations_;
  int task_total_ = 0;
  Recorded targets_;
  bool targets_move_ = false;
  Comparison comparison_;
};

envs::MujocoModel ModelOf(const Recording& recording, const std::string& task, const std::string& assets) {
  if (HoldsArena(recording.file()))
    return CompileRecordedArena(recording.file(), recording.path(), FindAssets(assets));
  if (task != "open_field" && task != "two_touch")
    throw base::Error(recording.path() + " holds no arena (arena_geom_type, ...), and that of " + task +
                      " is another in every episode");
  return CompileTask({.task = task, .assets = assets});
}

}  // namespace

bool ParityReport::equal() const {
  return std::none_of(arrays.begin(), arrays.end(), [](const ParityRow& row) { return row.first_step.has_value(); });
}

ParityReport CompareWithReference(const ParityRequest& request) {
  const Recording recording(request.reference);
  const std::string name = request.task.empty() ? TaskOf(recording) : request.task;
  const std::unique_ptr<Task> task = FindTask(name).make({});
  const envs::MujocoModel model = ModelOf(recording, name, request.assets);
  Physics physics = CopyModel(*model, Profile::kExact);
  task->Bind(physics);
  Replay replay(recording, *task, physics);
  const bool trajectory = recording.is_trajectory();
  return {.task = name,
          .rows = recording.rows(),
          .trajectory = trajectory,
          .arrays = trajectory ? replay.RunTrajectory() : replay.RunStates()};
}

base::Table ParityTable(const ParityReport& report) {
  base::Table table = {.title = "Parity of " + report.task + ", " +
                                (report.trajectory ? std::to_string(report.rows - 1) + " control steps"
                                                   : std::to_string(report.rows) + " states"),
                       .columns = {"array", "largest difference", "first step over 1e-9"}};
  for (const ParityRow& row : report.arrays) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.3g", row.largest);
    table.rows.push_back({row.array, text, row.first_step ? base::Cell(*row.first_step) : base::Cell()});
  }
  return table;
}

}  // namespace figment::rodent
