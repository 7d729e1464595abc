// The table of tasks.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/table.h"
#include "rodent/task.h"

namespace figment::rodent {

// The square of an arena that is worth seeing from above; its middle is on the x axis.
struct Extent {
  double half_width_m = 2, x_m = 0;
};

struct TaskEntry {
  const char* name;
  const char* what;
  double time_limit_s;
  bool lays;  // writes its layout into the model: each instance needs a model of its own
  std::unique_ptr<Task> (*make)(const TaskOptions& options);
  Extent extent = {};
};

const std::vector<TaskEntry>& Tasks();

// Throws base::Error on an unknown name.
const TaskEntry& FindTask(const std::string& name);

base::Table TaskTable();

// One file each.
std::unique_ptr<Task> MakeOpenField(const TaskOptions& options);
std::unique_ptr<Task> MakeEscapeBowl(const TaskOptions& options);
std::unique_ptr<Task> MakeRunGaps(const TaskOptions& options);
std::unique_ptr<Task> MakeMazeForage(const TaskOptions& options);
std::unique_ptr<Task> MakeTwoTouch(const TaskOptions& options);

}  // namespace figment::rodent
