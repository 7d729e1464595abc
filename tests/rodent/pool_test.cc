// Arenas that are laid anew in a compiled model equal arenas that are compiled as they are.
#include <gtest/gtest.h>
#include <mujoco/mujoco.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "rodent/physics.h"
#include "rodent/tasks.h"

namespace figment::rodent {
namespace {

constexpr int kSteps = 100;  // control steps

// A model of its own with just the boxes that the pooled one uses.
envs::MujocoModel CompileAlike(const mjModel& pooled) {
  const envs::MujocoSpec spec = MakeArenaSpec(Profile::kExact);
  FindTask("run_gaps").make({})->AddArena(*spec, {});
  for (int geom = 0; geom < pooled.ngeom; ++geom) {
    const std::string name = mj_id2name(&pooled, mjOBJ_GEOM, geom) ? mj_id2name(&pooled, mjOBJ_GEOM, geom) : "";
    if (name.find("floor") == std::string::npos) continue;
    mjsElement* const element = mjs_findElement(spec.get(), mjOBJ_GEOM, name.c_str());
    if (pooled.geom_contype[geom] == 0) {
      mjs_delete(spec.get(), element);
      continue;
    }
    std::copy_n(pooled.geom_pos + 3 * geom, 3, mjs_asGeom(element)->pos);
    std::copy_n(pooled.geom_size + 3 * geom, 3, mjs_asGeom(element)->size);
  }
  AttachBody(*spec, FindAssets(), {});
  return envs::Compile(*spec);
}

// Positions after each control step of an animal that falls on the platforms and runs about.
std::vector<double> RunAbout(Physics& physics) {
  ResetState(physics);
  physics.data->qpos[0] = 8;
  physics.data->qpos[2] = 0.02;
  physics.data->qvel[0] = 1;
  ForwardWithoutActuation(physics);
  base::Rng rng({5});
  std::vector<double> positions;
  for (int step = 0; step < kSteps; ++step) {
    for (int i = 0; i < kActuators; ++i) physics.data->ctrl[i] = rng.Uniform(-1, 1);
    for (int i = 0; i < physics.substeps; ++i) EXPECT_TRUE(Substep(physics));
    positions.insert(positions.end(), physics.data->qpos, physics.data->qpos + kPositions);
  }
  return positions;
}

TEST(Pool, GapsLaidAnewEqualGapsCompiled) {
  const TaskEntry& entry = FindTask("run_gaps");
  const std::unique_ptr<Task> task = entry.make({});
  const envs::MujocoSpec spec = MakeArenaSpec(Profile::kExact);
  task->AddArena(*spec, {});
  AttachBody(*spec, FindAssets(), {});
  Physics pooled = CopyModel(*envs::Compile(*spec), Profile::kExact);
  task->Bind(pooled);
  task->Lay(pooled, base::Rng({1}));  // another layout before
  task->Lay(pooled, base::Rng({2}));
  const envs::MujocoModel compiled = CompileAlike(*pooled.model);
  EXPECT_LT(compiled->ngeom, pooled.model->ngeom);
  Physics fresh = CopyModel(*compiled, Profile::kExact);
  EXPECT_EQ(RunAbout(pooled), RunAbout(fresh));
}

}  // namespace
}  // namespace figment::rodent
