// Arenas that are laid anew in a compiled model equal arenas that are compiled as they are.
#include <gtest/gtest.h>
#include <mujoco/mujoco.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "rodent/env.h"
#include "rodent/physics.h"
#include "rodent/tasks.h"

namespace figment::rodent {
namespace {

constexpr int kSteps = 100;  // control steps

std::string NameOf(const mjModel& model, int geom) {
  const char* const name = mj_id2name(&model, mjOBJ_GEOM, geom);
  return name ? name : "";
}

// Gives an element of the specification the place and size of its counterpart in the pooled model; one that is not
// needed is taken away, a sphere with its body.
void MakeAlike(mjSpec& spec, const mjModel& pooled, int geom) {
  mjsElement* const element = mjs_findElement(&spec, mjOBJ_GEOM, NameOf(pooled, geom).c_str());
  const bool sphere = pooled.geom_type[geom] == mjGEOM_SPHERE;
  const int body = pooled.geom_bodyid[geom];
  mjsBody* const owner = mjs_findBody(&spec, mj_id2name(&pooled, mjOBJ_BODY, body));
  if (pooled.geom_contype[geom] == 0) {
    mjs_delete(&spec, sphere ? owner->element : element);
    return;
  }
  std::copy_n(pooled.geom_pos + 3 * geom, 3, mjs_asGeom(element)->pos);
  std::copy_n(pooled.geom_size + 3 * geom, 3, mjs_asGeom(element)->size);
  if (sphere) std::copy_n(pooled.body_pos + 3 * body, 3, owner->pos);
}

// A model of its own with just the boxes and spheres that the pooled one uses.
envs::MujocoModel CompileAlike(const std::string& task_name, const mjModel& pooled) {
  const std::unique_ptr<Task> task = FindTask(task_name).make({});
  const envs::MujocoSpec spec = MakeArenaSpec(Profile::kExact);
  task->AddArena(*spec, {});
  AttachBody(*spec, FindAssets(), {});
  task->AddTargets(*spec, {});
  for (int geom = 0; geom < pooled.ngeom; ++geom) {
    const int type = pooled.geom_type[geom];
    if (NameOf(pooled, geom).starts_with("walker/") || (type != mjGEOM_BOX && type != mjGEOM_SPHERE)) continue;
    MakeAlike(*spec, pooled, geom);
  }
  return envs::Compile(*spec);
}

struct Course {
  std::vector<double> positions;  // after each control step
  std::vector<int> contacts;
  int walls = 0;                  // contacts with walls
  bool operator==(const Course&) const = default;
};

int WallContacts(const Physics& physics) {
  int count = 0;
  for (int i = 0; i < physics.data->ncon; ++i)
    for (const int geom : physics.data->contact[i].geom) count += NameOf(*physics.model, geom).starts_with("wall");
  return count;
}

// An animal that moves at random and starts at 1 m/s in x.
Course RunAbout(Physics& physics, double x, double y, int steps) {
  ResetState(physics);
  const double root[3] = {x, y, 0.02};
  std::copy_n(root, 3, physics.data->qpos);
  physics.data->qvel[0] = 1;
  ForwardWithoutActuation(physics);
  base::Rng rng({5});
  Course course;
  for (int step = 0; step < steps; ++step) {
    for (int i = 0; i < kActuators; ++i) physics.data->ctrl[i] = rng.Uniform(-1, 1);
    for (int i = 0; i < physics.substeps; ++i) EXPECT_TRUE(Substep(physics));
    course.positions.insert(course.positions.end(), physics.data->qpos, physics.data->qpos + kPositions);
    course.contacts.push_back(physics.data->ncon);
    course.walls += WallContacts(physics);
  }
  return course;
}

// The second layout of a pool.
struct Pool {
  explicit Pool(const std::string& name) : task(FindTask(name).make({})), physics(Compile(*task)) {
    task->Bind(physics);
    task->Lay(physics, base::Rng({1}));
    task->Lay(physics, base::Rng({2}));
    compiled = CompileAlike(name, *physics.model);
  }

  static Physics Compile(const Task& task) {
    const envs::MujocoSpec spec = MakeArenaSpec(Profile::kExact);
    task.AddArena(*spec, {});
    AttachBody(*spec, FindAssets(), {});
    task.AddTargets(*spec, {});
    return CopyModel(*envs::Compile(*spec), Profile::kExact);
  }

  std::unique_ptr<Task> task;
  Physics physics;
  envs::MujocoModel compiled;
};

TEST(Pool, GapsLaidAnewEqualGapsCompiled) {
  Pool pool("run_gaps");
  EXPECT_LT(pool.compiled->ngeom, pool.physics.model->ngeom);
  Physics fresh = CopyModel(*pool.compiled, Profile::kExact);
  EXPECT_EQ(RunAbout(pool.physics, 8, 0, kSteps), RunAbout(fresh, 8, 0, kSteps));
}

bool IsFree(const mjModel& model, double x, double y) {
  for (int geom = 0; geom < model.ngeom; ++geom) {
    if (model.geom_type[geom] != mjGEOM_BOX || NameOf(model, geom).starts_with("walker/")) continue;
    const double* const place = model.geom_pos + 3 * geom;
    const double* const size = model.geom_size + 3 * geom;
    if (std::abs(x - place[0]) < size[0] && std::abs(y - place[1]) < size[1]) return false;
  }
  return true;
}

// Places in front of the west sides of walls, where an animal that runs east hits them.
std::vector<std::pair<double, double>> BeforeWalls(const mjModel& model) {
  std::vector<std::pair<double, double>> places;
  for (int geom = 0; geom < model.ngeom; ++geom) {
    if (model.geom_type[geom] != mjGEOM_BOX || NameOf(model, geom).starts_with("walker/")) continue;
    const double x = model.geom_pos[3 * geom] - model.geom_size[3 * geom] - 0.2, y = model.geom_pos[3 * geom + 1];
    if (std::abs(x) < 2.2 && std::abs(y) < 2.2 && IsFree(model, x, y)) places.emplace_back(x, y);
  }
  return places;
}

TEST(Pool, MazeLaidAnewEqualsMazeCompiled) {
  Pool pool("maze_forage");
  EXPECT_LT(pool.compiled->ngeom, pool.physics.model->ngeom);
  EXPECT_NEAR(pool.compiled->stat.extent, pool.physics.model->stat.extent, 1e-9);
  Physics fresh = CopyModel(*pool.compiled, Profile::kExact);
  const auto places = BeforeWalls(*pool.compiled);
  ASSERT_GE(places.size(), 2u);
  int walls = 0;
  for (const auto& [x, y] : {places.front(), places.back()}) {
    const Course course = RunAbout(pool.physics, x, y, kSteps / 2);
    EXPECT_EQ(course, RunAbout(fresh, x, y, kSteps / 2));
    walls += course.walls;
  }
  EXPECT_GT(walls, 0);
}

TEST(Pool, TwoTouchLaidAnewEqualsCompiled) {
  Pool pool("two_touch");
  Physics fresh = CopyModel(*pool.compiled, Profile::kExact);
  const Course a = RunAbout(pool.physics, 0, 0, 20), b = RunAbout(fresh, 0, 0, 20);
  EXPECT_EQ(a.positions, b.positions);
}

// A drawn model has the same geoms and bodies, so that a layout fits both.
TEST(Pool, DrawnModelsHaveTheSameParts) {
  for (const TaskEntry& entry : Tasks()) {
    const envs::MujocoModel plain = CompileTask({.task = entry.name});
    const envs::MujocoModel drawn = CompileTask({.task = entry.name}, true);
    ASSERT_EQ(plain->ngeom, drawn->ngeom) << entry.name;
    ASSERT_EQ(plain->nbody, drawn->nbody) << entry.name;
    EXPECT_GT(drawn->ntex, 0) << entry.name;
    for (int geom = 0; geom < plain->ngeom; ++geom)
      EXPECT_EQ(NameOf(*plain, geom), NameOf(*drawn, geom)) << entry.name;
  }
}

// A texture a cell: a wall's material repeats by its length.
TEST(Pool, MazeIsPainted) {
  Pool pool("maze_forage");
  const envs::MujocoModel drawn = CompileTask({.task = "maze_forage"}, true);
  std::copy_n(pool.physics.model->geom_size, 3 * drawn->ngeom, drawn->geom_size);
  pool.task->Paint(*drawn);
  const int face = mj_name2id(drawn.get(), mjOBJ_GEOM, "wall*_0_texturing_pos_z");
  const int material = drawn->geom_matid[face];
  ASSERT_GE(material, 0);
  EXPECT_EQ(drawn->mat_texrepeat[2 * material], 11);  // the northern wall
  EXPECT_EQ(drawn->mat_texrepeat[2 * material + 1], 1);
  const std::string texture =
      mj_id2name(drawn.get(), mjOBJ_TEXTURE, drawn->mat_texid[mjNTEXROLE * material + mjTEXROLE_RGB]);
  EXPECT_TRUE(texture.starts_with("wall_")) << texture;
}

}  // namespace
}  // namespace figment::rodent
