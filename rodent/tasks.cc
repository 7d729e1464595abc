#include "rodent/tasks.h"

#include "base/names.h"

namespace figment::rodent {

const std::vector<TaskEntry>& Tasks() {
  static const std::vector<TaskEntry> tasks = {
      {"open_field", "a flat floor, nothing to do and no reward", 30, false, MakeOpenField},
      {"escape_bowl", "climb out of a bowl of bumpy ground", 20, true, MakeEscapeBowl, {6, 0}},
      {"run_gaps", "run at 1 m/s along a corridor with gaps", 30, true, MakeRunGaps, {3, 6}},
      {"maze_forage", "take all spheres of a random maze", 30, true, MakeMazeForage, {2.75, 0}},
      {"two_touch", "tap an orb twice, 0.7 to 0.9 s apart", 30, true, MakeTwoTouch}};
  return tasks;
}

const TaskEntry& FindTask(const std::string& name) {
  return base::FindNamed("rodent task", name, Tasks());
}

base::Table TaskTable() {
  base::Table table = {.title = "Rodent tasks", .columns = {"name", "what", "time limit (s)", "control steps"}};
  for (const TaskEntry& task : Tasks())
    table.rows.push_back({task.name, task.what, base::Cell(task.time_limit_s, 0),
                          base::Cell(task.time_limit_s / kControlStep_s, 0)});
  return table;
}

}  // namespace figment::rodent
